"""The sample company's accounts with what they could truly buy, straight from the generator, without any export."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import numpy as np
import pandas as pd

from segkit.demo.customer_master import customer_master
from segkit.demo.firmographics import company_data
from segkit.demo.market import competitors, sectors
from segkit.demo.sample import simulate
from segkit.demo.service import installed_base
from segkit.settings.value import Value
from segkit.value.abc import abc_classes
from segkit.value.potential.score import score_potential

AS_OF = dt.date(2026, 9, 30)
NO_ESTIMATES = pd.DataFrame(columns=["account_id", "potential"])
HELD_SHARE = 0.3


class Company(NamedTuple):
    """Tables as a run has them, and the truth."""

    value: pd.DataFrame
    accounts: pd.DataFrame
    installed_base: pd.DataFrame
    sectors: pd.DataFrame
    competitors: pd.DataFrame
    truth: pd.DataFrame
    """Index account_id: potential (euro a year), is_diamond."""


def plant_company(seed: int, n_accounts: int = 1200) -> Company:
    """Return one company. What is known of accounts is the customer master's, with the agency's newer figures on it:
    as cleansing leaves it when every company of the agency finds its account, and second records are merged.
    """
    sample = simulate(seed, n_accounts)
    master = customer_master(sample).set_index("account_id").reindex(sample.accounts["account_id"])
    agency = company_data(sample).dropna(subset=["account_id"]).set_index("account_id").reindex(master.index)
    known = pd.DataFrame({"name": master["name"], "owner_id": master["owner_id"]})
    for column in ("employees", "account_revenue"):
        newer, older = (pd.to_numeric(frame[column], errors="coerce") for frame in (agency, master))
        known[column] = newer.where(newer > 0, older)
    code = master["industry_code"].where(master["industry_code"] != "", agency["industry_code"])
    known["industry_code"] = code.where(code.fillna("") != "", None)
    known["industry_division"] = known["industry_code"].str[:2]
    words = sample.accounts.set_index("account_id")
    known["industry"] = words["industry"].where(known["industry_division"].notna())
    size = pd.cut(known["employees"], [0, 9, 49, 249, np.inf], labels=["micro", "small", "medium", "large"])
    known["size_class"] = size.astype("object")
    goods = sample.lines[sample.lines["kind"] != "freight"]
    year = goods[goods["invoice_date"] > pd.Timestamp("2025-09-30")]
    ids = pd.Index(sorted(goods["account_id"].unique()), name="account_id")
    revenue = (year.groupby("account_id")["revenue_cents"].sum() / 100).reindex(ids, fill_value=0.0)
    return Company(
        value_of(revenue),
        known.reset_index(),
        installed_base(sample),
        sectors(seed),
        competitors(sample),
        words.loc[ids, ["potential", "is_diamond"]],
    )


def value_of(revenue: pd.Series) -> pd.DataFrame:
    """Return account_id, revenue_12m, days_since_last (nobody is lost), abc_class from revenue by account."""
    return pd.DataFrame(
        {
            "account_id": revenue.index,
            "revenue_12m": revenue.to_numpy(),
            "days_since_last": 0,
            "abc_class": abc_classes(revenue, 0.8, 0.95).to_numpy(),
        }
    )


def score(company: Company, value: pd.DataFrame, seed: int):
    """Return `score_potential` of the company with its usual settings, without estimates of owners."""
    tables = (company.accounts, company.installed_base, company.sectors, company.competitors)
    return score_potential(value, *tables, NO_ESTIMATES, AS_OF, Value(), seed)


def held_out(company: Company, seed: int) -> pd.Series:
    """Return for each held-out customer (index account_id) whether it lies below the limit it then gets.

    They stay accounts, but as such that never bought: so nothing of their revenue is in anything that is fitted.
    """
    revenue = company.value.set_index("account_id")["revenue_12m"]
    buyers = revenue[revenue > 0]
    held = buyers.sample(frac=HELD_SHARE, random_state=seed)
    rows = score(company, value_of(revenue.mask(revenue.index.isin(held.index), 0.0)), seed).rows
    limit = rows.set_index("account_id")["potential"].loc[held.index]
    return held <= limit
