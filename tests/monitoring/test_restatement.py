"""What changed in released figures, on frames that can be checked by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segkit.monitoring.restatement import all_restatements, quarter_figures, restate_quarter, summarise_restatements
from segkit.tables import check


def figures(**accounts: tuple[float, str]) -> pd.DataFrame:
    rows = [(account, revenue, segment) for account, (revenue, segment) in accounts.items()]
    return pd.DataFrame(rows, columns=["account_id", "revenue", "segment_id"])


def restate(before: pd.DataFrame, now: pd.DataFrame, is_own: bool = False) -> pd.DataFrame:
    return restate_quarter(before, now, "2026Q1", "2026-04-10", "A. Weber", is_own)


def test_only_what_changed_is_listed_and_adds_up():
    before = figures(A=(100.0, "S1"), B=(50.0, "S3"), C=(0.1, "S3"))
    found = restate(before, figures(A=(100.0, "S3"), B=(80.25, "S3"), D=(10.0, "S5")))
    assert found["account_id"].tolist() == ["B", "C", "D"]
    assert found["difference"].tolist() == [30.25, -0.1, 10.0] and found["difference"].sum() == 40.15
    assert pd.isna(found.loc[2, "revenue_before"]) and pd.isna(found.loc[1, "revenue_now"])
    assert found["to_segment_id"].isna().all(), "segments of an earlier quarter are not those of today"
    check(found, "restatements")


def test_segments_count_for_the_own_quarter():
    before = figures(A=(100.0, "S1"), B=(50.0, "S3"), C=(7.0, "S7"))
    now = figures(A=(100.0, "S4"), B=(50.0, "S3"), D=(0.0, "S6"))
    found = restate(before, now, is_own=True).set_index("account_id")
    assert found.index.tolist() == ["A", "C", "D"] and found.loc["A", "difference"] == 0
    summary = summarise_restatements(found.reset_index()).iloc[0]
    assert (summary["n_accounts"], summary["n_segments"], summary["difference"]) == (3, 1, -7.0)


def test_sums_agree_to_the_cent_with_ten_thousand_accounts():
    draw = np.random.default_rng(7)
    ids = [f"K{i}" for i in range(10_000)]
    cents = draw.integers(-100_000, 10_000_000, 10_000), draw.integers(-100_000, 10_000_000, 10_000)
    before, now = (pd.DataFrame({"account_id": ids, "revenue": c / 100, "segment_id": "S3"}) for c in cents)
    difference = restate(before, now)["difference"].sum()
    assert round(difference * 100) == int(cents[1].sum() - cents[0].sum())


def test_nothing_changed_is_an_empty_table():
    same = figures(A=(100.0, "S1"))
    assert restate(same, same, is_own=True).empty
    table = check(all_restatements([restate(same, same)]), "restatements")
    assert table.empty and summarise_restatements(table).empty


def test_figures_of_a_quarter_are_those_of_its_last_day():
    panel = pd.DataFrame(
        {
            "account_id": ["A", "A", "A"],
            "as_of": pd.to_datetime(["2025-12-31", "2026-02-10", "2026-03-31"]),
            "quarter": ["2025Q4", "2026Q1", "2026Q1"],
            "revenue_q": [1.0, 2.0, 3.0],
        }
    )
    segments = pd.DataFrame(
        {"segmentation_id": ["needs", "value"], "account_id": ["A", "A"], "segment_id": ["C1", "S1"]}
    )
    assert quarter_figures(panel, "2026Q1", segments).values.tolist() == [["A", 3.0, "S1"]]
    assert quarter_figures(panel, "2026Q1")["segment_id"].isna().all()
