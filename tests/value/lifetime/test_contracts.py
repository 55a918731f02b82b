"""Contracts in force, chains of renewals, and cover of the months ahead, by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segkit.value.lifetime.contracts import chain_contracts, contracts_in_force, count_tenures, cover

DAY = pd.Timestamp("2026-09-30")


def contracts(*rows: tuple[str, str, str | None, float | None]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["account_id", "start_date", "end_date", "annual_value"])
    dates = {name: pd.to_datetime(frame[name]).astype("datetime64[us]") for name in ("start_date", "end_date")}
    return frame.assign(contract_id=[f"V{i}" for i in range(len(frame))], **dates)


def test_contract_that_starts_within_90_days_of_the_end_renews_it() -> None:
    rows = contracts(
        ("K1", "2022-01-01", "2022-12-31", 100.0),
        ("K1", "2023-03-31", "2024-03-30", 100.0),  # 90 days later
        ("K1", "2024-07-01", "2027-06-30", 100.0),  # 93 days later: begun anew
        ("K2", "2024-01-01", "2025-12-31", 50.0),  # ended, nobody renewed it
        ("K3", "2025-08-01", "2026-08-31", 50.0),  # ended a month ago: may yet be renewed
        ("K4", "2027-01-01", "2028-01-01", 9.0),  # not known yet
        (None, "2024-01-01", "2028-01-01", 9.0),
    )
    chains = chain_contracts(rows, DAY)
    assert chains["contract_id"].tolist() == ["V0", "V1", "V2", "V3", "V4"]
    assert chains["n_renewals"].tolist() == [0, 1, 0, 0, 0]
    assert chains["is_lost"].tolist() == [False, True, False, True, False]
    tenures = count_tenures(chains)
    assert tenures["n_renewals"].tolist() == [1, 0, 0, 0]
    assert tenures["is_churned"].tolist() == [True, False, True, False]


def test_contracts_beside_each_other_are_one_term_and_add_up() -> None:
    rows = contracts(
        ("K1", "2025-01-01", "2027-12-31", 100.0),
        ("K1", "2026-01-01", "2026-12-31", 40.0),
        ("K1", "2026-02-01", None, None),
    )
    found = contracts_in_force(rows, DAY).loc["K1"]
    assert (found["annual_value"], found["n_renewals"]) == (140.0, 0)
    assert pd.isna(found["end_date"])
    assert contracts_in_force(rows.iloc[:2], DAY).at["K1", "end_date"] == pd.Timestamp("2027-12-31")
    assert contracts_in_force(rows.iloc[:0], DAY).empty


def test_cover_is_sure_to_the_end_and_then_as_likely_as_renewals() -> None:
    rows = contracts(("K1", "2026-01-01", "2026-12-31", 100.0))
    survive = np.array([[1.0, 0.5, 0.25, 0.125]])
    months = cover(contracts_in_force(rows, DAY), DAY, 18, survive)[0]
    assert months[:3].tolist() == [1.0] * 3  # October to December
    assert months[3:14].tolist() == [0.5] * 11
    assert months[-1] == 0.25
