"""Accounts that stand twice in the customer master: typed again, with typos, another legal form, an old address."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segkit.demo.demand import Demand
from segkit.demo.parameters import stream

SHARE = 0.05
SPLIT_SHARE = 0.4

FOLDED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
_FORMS = {
    "GmbH": ("Gesellschaft mit beschränkter Haftung", "G.m.b.H.", "GMBH", "GmbH & Co. KG", ""),
    "GmbH & Co. KG": ("GmbH u. Co. KG", "GmbH&Co.KG", "GmbH + Co. KG", "KG"),
    "AG": ("Aktiengesellschaft", "A.G."),
    "KG": ("Kommanditgesellschaft", "K.G."),
    "e.K.": ("e. K.", "eK", "e.Kfm."),
    "UG (haftungsbeschränkt)": ("UG", "UG haftungsbeschr."),
    "SE": ("S.E.", "SE & Co. KG"),
    "e.V.": ("e. V.", "eingetragener Verein"),
}


def simulate_duplicates(accounts: pd.DataFrame, demand: Demand, seed: int) -> pd.DataFrame:
    """Return pairs: account_id (the true one), duplicate_id, name, street, postal_code, created_date, is_split, share.

    `is_split`: some invoices of the account bear the duplicate's number; `share` says how many of them.
    """
    rng = stream(seed, "duplicates")
    buys = np.asarray(demand.is_buying[:, -4:]).any(axis=1)
    doubled = np.flatnonzero(rng.random(len(accounts)) < SHARE)
    frame = accounts.iloc[doubled].reset_index(drop=True)
    n = len(frame)
    last = accounts["account_id"].astype(int).max()
    return pd.DataFrame(
        {
            "account_id": frame["account_id"],
            "duplicate_id": [str(number) for number in last + np.cumsum(rng.integers(1, 9, n))],
            "name": [misspelt(name, form, rng) for name, form in zip(frame["name"], frame["legal_form"], strict=True)],
            "street": [street_variant(street, rng) for street in frame["street"]],
            "postal_code": np.where(rng.random(n) < 0.15, None, frame["postal_code"]),
            "created_date": pd.Timestamp("2026-06-15") - pd.to_timedelta(rng.integers(0, 1400, n), unit="D"),
            "is_split": np.take(buys, doubled) & (rng.random(n) < SPLIT_SHARE),
            "share": rng.uniform(0.2, 0.6, n),
        }
    )


def book_on_duplicates(lines: pd.DataFrame, duplicates: pd.DataFrame, seed: int) -> np.ndarray:
    """Return the customer number on each line: the duplicate's for a share of whole invoices after it was created."""
    split = duplicates[duplicates["is_split"]].set_index("account_id")
    if split.empty:
        return lines["account_id"].to_numpy()
    other = lines["account_id"].map(split["duplicate_id"])
    since = lines["account_id"].map(split["created_date"])
    share = lines["account_id"].map(split["share"]).fillna(0.0).to_numpy()
    draw = stream(seed, "booking").random(int(lines["invoice"].max() % 10_000_000) + 1 if len(lines) else 1)
    number = lines["invoice"].to_numpy() % 10_000_000  # a credit note follows its invoice
    wrong = other.notna() & (lines["invoice_date"] >= since) & (draw[np.minimum(number, len(draw) - 1)] < share)
    return np.where(wrong, other.fillna(""), lines["account_id"])


def misspelt(name: str, legal_form: str, rng) -> str:
    """Return the name as somebody else typed it."""
    body = name.removesuffix(legal_form).strip()
    kind = rng.integers(5)
    if kind == 0:
        body = body.translate(FOLDED)
    elif kind == 1:
        body = typo(body, rng)
    elif kind == 2:
        body = body.upper()
    elif kind == 3:
        body = typo(body.translate(FOLDED), rng)
    forms = _FORMS[legal_form]
    form = forms[rng.integers(len(forms))] if kind == 4 or rng.random() < 0.5 else legal_form
    return f"{body} {form}".strip()


def typo(text: str, rng) -> str:
    """Return the text with two letters swapped, one doubled or one lost."""
    at = int(rng.integers(1, max(2, len(text) - 2)))
    kind = rng.integers(3)
    if kind == 0:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text[:at] + text[at] * (2 if kind == 1 else 0) + text[at + 1 :]


def street_variant(street: str, rng) -> str:
    """Return the street as somebody else typed it."""
    variants = (
        street,
        street.replace("straße", "str."),
        street.replace("straße", "strasse"),
        street.replace(" ", "  "),
    )
    return variants[rng.integers(len(variants))]
