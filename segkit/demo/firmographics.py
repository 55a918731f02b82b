"""What a credit agency knows of the sample company's accounts: newer, spelt as registers spell, sometimes wrong."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segkit.demo.parameters import stream
from segkit.demo.sample import Sample

KNOWN_SHARE = 0.82  # of the companies; the agency has never heard of the others
OTHERS = 140  # companies of the file that are no accounts
WRONG_SHARE = 0.025  # of the head counts: another company's, or of a whole group
EMPTY_SHARE = 0.08  # of the values of each column
WRITTEN_OUT = {
    "GmbH": "Gesellschaft mit beschränkter Haftung",
    "AG": "Aktiengesellschaft",
    "KG": "Kommanditgesellschaft",
    "e.V.": "eingetragener Verein",
}
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"})
FIRST_DAY, LAST_DAY = pd.Timestamp("2025-07-01"), pd.Timestamp("2026-09-15")


def company_data(sample: Sample) -> pd.DataFrame:
    """Return one row for each company that the agency knows.

    Columns: record_id, name, legal_form, street, postal_code, city, industry_code, employees, account_revenue,
    credit_rating, known_date, and account_id, which is true and never exported (NA: no account).

    Head counts are those of today within a few percent; a few are another company's. Names are written as registers
    write them: legal forms in full, capitals, no umlauts. Some companies moved, some of the file are no accounts.
    """
    rng = stream(sample.seed, "firmographics")
    true = sample.accounts
    n = len(true)
    known = rng.random(n) < KNOWN_SHARE
    companies = pd.concat([true[known], _others(sample, rng)], ignore_index=True)
    n = len(companies)
    wrong = rng.random(n) < WRONG_SHARE
    factor = np.where(wrong, rng.choice([0.1, 4.0, 12.0], n), np.exp(rng.normal(0, 0.03, n)))
    heads = np.maximum(1, np.round(companies["employees"] * factor)).astype(int)
    turnover = companies["account_revenue"] * np.exp(rng.normal(0, 0.05, n))
    days = FIRST_DAY + pd.to_timedelta(rng.integers(0, (LAST_DAY - FIRST_DAY).days + 1, n), unit="D")
    gap = rng.random((n, 4)) < EMPTY_SHARE
    moved = rng.random(n) < 0.015
    rating = pd.Series(rng.normal(250, 40, n).round().clip(100, 600).astype(int)).astype(str)
    frame = pd.DataFrame(
        {
            "record_id": [f"7{number:07d}" for number in rng.permutation(9_000_000)[:n] + 1_000_000],
            "name": _as_registered(companies["name"], companies["legal_form"], rng),
            "legal_form": companies["legal_form"],
            "street": companies["street"].mask(moved, "Am Neubau 1"),
            "postal_code": companies["postal_code"],
            "city": companies["city"],
            "industry_code": (companies["industry_code"] + ".0").mask(gap[:, 0], ""),
            "employees": pd.Series(heads).astype(str).mask(gap[:, 1], "").mask(rng.random(n) < 0.01, "0"),
            "account_revenue": np.round(turnover, -3).mask(gap[:, 2]),
            "credit_rating": rating.mask(gap[:, 3], ""),
            "known_date": days,
            "account_id": companies["account_id"],
        }
    )
    return frame.sort_values("record_id", ignore_index=True)


def known_on(companies: pd.DataFrame, day: str) -> pd.DataFrame:
    """Return the file as it was delivered on a day: later findings are missing."""
    return companies[companies["known_date"] <= day].reset_index(drop=True)


def _others(sample: Sample, rng) -> pd.DataFrame:
    """Return companies that are no accounts, at the addresses of accounts' towns, with names made of two."""
    first = sample.accounts.sample(OTHERS, random_state=int(rng.integers(2**31)), replace=True).reset_index(drop=True)
    last = sample.accounts.sample(OTHERS, random_state=int(rng.integers(2**31)), replace=True).reset_index(drop=True)
    root = first["name"].str.split().str[0] + "-" + last["name"].str.split().str[0]
    name = root + " Beteiligungen " + first["legal_form"]
    return first.assign(
        name=name, employees=last["employees"], account_id=pd.Series(pd.NA, first.index, dtype="object")
    )


def _as_registered(names: pd.Series, forms: pd.Series, rng) -> pd.Series:
    """Return names in the spelling of a register: the legal form in full, all capitals, or no umlauts."""
    draw = pd.Series(rng.random(len(names)))
    core = [
        name.removesuffix(f" {form}") + " " + WRITTEN_OUT.get(form, form)
        for name, form in zip(names, forms, strict=True)
    ]
    spelt = names.mask(draw < 0.25, pd.Series(core))
    spelt = spelt.mask((draw >= 0.25) & (draw < 0.37), names.str.upper())
    return spelt.mask((draw >= 0.37) & (draw < 0.47), names.map(lambda name: name.translate(UMLAUTS)))
