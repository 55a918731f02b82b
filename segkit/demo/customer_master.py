"""The customer master as it is kept: duplicates, old head counts, gaps, every spelling that people have."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segkit.demo import catalogue as lists
from segkit.demo.blocks import block_accounts
from segkit.demo.crm import owners, phone_numbers
from segkit.demo.ledger import COLLECTIVE
from segkit.demo.parameters import stream
from segkit.demo.sample import Sample

COUNTRIES = ("Deutschland", "DE", "Germany", "D", "deutschland")
INDUSTRY_VARIANTS = {
    "Maschinenbau": ("Maschinenbau", "MASCHINENBAU", "Masch.bau", "Maschinen-Bau"),
    "Chemische Erzeugnisse": ("Chemische Erzeugnisse", "Chemie", "chem. Erzeugnisse"),
    "Wasserversorgung": ("Wasserversorgung", "Wasser", "Wasserversorg."),
    "Getränkeherstellung": ("Getränkeherstellung", "Getraenkeherstellung", "Getränke"),
    "Krankenhäuser": ("Krankenhäuser", "Krankenhaus", "Klinik"),
}


def customer_master(sample: Sample) -> pd.DataFrame:
    """Return the customer master: the columns of `accounts` as text or numbers, as people typed them.

    Truth turns into what is known: head counts of some years ago, industries in several spellings, empty cells and
    "k. A."; accounts that stand twice; the collective accounts of the ERP; and accounts that nobody may contact.
    """
    rng = stream(sample.seed, "master")
    true = sample.accounts.merge(owners(sample), on="account_id", how="left", validate="1:1")
    frame = pd.concat([_typed(true, rng), _typed(_second_records(sample, true), rng), _collective()], ignore_index=True)
    frame = frame.sort_values(["created_date", "account_id"], kind="stable", ignore_index=True)
    return block_accounts(frame, sample.seed)


def as_of_july(master: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return the delivery of 2 July 2026: accounts entered later are missing, some had another person in charge."""
    rng = stream(seed, "july")
    july = master[master["created_date"] <= pd.Timestamp("2026-06-30")].reset_index(drop=True)
    field = july["team"].isin(lists.TEAMS.values()) & (rng.random(len(july)) < 0.05)
    return july.assign(owner_id=july["owner_id"].mask(field, "V-116"))


def _typed(true: pd.DataFrame, rng) -> pd.DataFrame:
    n = len(true)
    known = pd.Timestamp("2026-07-01") - pd.to_timedelta(np.round(rng.gamma(1.3, 520, n)).clip(5, 3900), unit="D")
    known = pd.Series(np.maximum(known, true["created_date"] - pd.Timedelta(days=2000)))
    years = (pd.Timestamp("2026-07-01") - known).dt.days / 365.25
    drift = np.exp(rng.normal(-0.01, 0.10, n) * np.sqrt(years) * 1.5)
    employees = np.maximum(1, np.round(true["employees"] * drift)).astype(int).astype(str)
    industry = [
        _variant(INDUSTRY_VARIANTS.get(name, (name,)), u)
        for name, u in zip(true["industry"], rng.random(n), strict=True)
    ]
    gap, filler = rng.random((n, 5)), rng.choice(["", "k. A.", "-"], n, p=(0.6, 0.3, 0.1))
    code = true["industry_code"].where(rng.random(n) < 0.8, true["industry_code"].str.replace(".", "", regex=False))
    return pd.DataFrame(
        {
            "account_id": true["account_id"],
            "name": _spaced(true["name"], rng),
            "legal_form": true["legal_form"].mask(gap[:, 0] < 0.05, ""),
            "industry_code": code.mask(gap[:, 1] < 0.10, ""),
            "industry": pd.Series(industry).mask(gap[:, 1] < 0.06, pd.Series(filler)),
            "employees": pd.Series(employees).mask(gap[:, 2] < 0.14, pd.Series(filler)),
            "employees_date": known.mask(gap[:, 2] < 0.14),
            "account_revenue": true["account_revenue"].mask(gap[:, 3] < 0.45),
            "street": true["street"],
            "postal_code": true["postal_code"].fillna(""),
            "city": true["city"].where(rng.random(n) < 0.97, true["city"].str.upper()),
            "region": true["region"].mask(gap[:, 4] < 0.08, ""),
            "country": rng.choice(COUNTRIES, n, p=(0.72, 0.12, 0.06, 0.06, 0.04)),
            "phone": phone_numbers(n, rng),
            "owner_id": true["owner_id"],
            "team": true["team"],
            "account_group": "Inland",
            "created_date": true["created_date"],
            "consent": np.where(rng.random(n) < 0.1, "", np.where(rng.random(n) < 0.85, "Ja", "Nein")),
        }
    )  # fmt: skip


def _second_records(sample: Sample, true: pd.DataFrame) -> pd.DataFrame:
    """Return the second records of accounts that stand twice, with their own number, spelling and dates."""
    pairs = sample.duplicates
    second = true.set_index("account_id").loc[pairs["account_id"]].reset_index(drop=True)
    columns = ["name", "street", "postal_code", "created_date"]
    return second.assign(account_id=pairs["duplicate_id"], **{name: pairs[name] for name in columns})


def _collective() -> pd.DataFrame:
    groups = {"99000": "CPD", "99100": "Personal", "99200": "Konzern"}
    return pd.DataFrame(
        {
            "account_id": list(COLLECTIVE),
            "name": list(COLLECTIVE.values()),
            "account_group": [groups[number] for number in COLLECTIVE],
            "country": "Deutschland",
            "created_date": pd.Timestamp("2009-01-05"),
        }
    )


def _variant(options: tuple[str, ...], draw: float) -> str:
    """Return the first spelling in most cases, else one of the others."""
    return options[0] if draw < 0.75 else options[int(draw * 1000) % len(options)]


def _spaced(names: pd.Series, rng) -> pd.Series:
    """Return the names with a few blanks too many."""
    draw = pd.Series(rng.random(len(names)))
    spaced = names.mask(draw < 0.02, names + " ")
    return spaced.mask((draw >= 0.02) & (draw < 0.03), names.str.replace(" ", "  ", n=1))
