"""Criteria that are no single column: functions of other tables, each named by its criterion, as known on a day.

Each takes the tables by name, the accounts' slice of the panel (index account_id) and the day, and returns a value by
account_id. Rows of later days are left out and what closed later is still open, so that a criterion of an earlier day
knows nothing of what came after it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

Tables = Mapping[str, "pd.DataFrame"]
YEAR, TWO_YEARS = 365, 730
LEADS = r"leit|lead|head|chief|direct|manag|geschäftsf|vorst|inhab|owner|president|\bc[eotif]o\b|prokur"
PURCHASING = r"einkauf|beschaff|purchas|procure|sourcing|buying"
URGENT = r"hoch|high|urgent|dring|krit|crit|sofort|notfall|emergency"
PERSONS = r"^e\.? ?k\.?(?:fm|fr)?\.?$|einzelunt|einzelkauf|eingetragene[r]? kauf|freiberuf|sole (?:trader|propr)"
NOT_NEEDS = r"^(?:nps|csat|ces|job|pain|gain|auswahl|pick)\b"  # of jobs, pains and picks `needs` of persons are made
PARTS = ("site", "department", "person")
DIGITAL = ("visit", "click", "download")


def country(tables: Tables, accounts: pd.DataFrame, day: pd.Timestamp) -> pd.Series:
    """Two-letter code of the country where its spelling is known, else the spelling."""
    written = _accounts(tables)["country"].str.strip()
    return written.str.casefold().map(_country_codes()).fillna(written)


@functools.cache
def _country_codes() -> dict[str, str]:
    from babel import Locale

    found = {"d": "DE", "a": "AT", "ch": "CH", "uk": "GB", "usa": "US", "f": "FR", "i": "IT"}
    for language in ("de", "en"):
        names = {str(code): str(name) for code, name in Locale(language).territories.items()}
        found |= {text.casefold(): code for code, name in names.items() if len(code) == 2 for text in (name, code)}
    return found


def sole_trader(tables: Tables, accounts: pd.DataFrame, day: pd.Timestamp) -> pd.Series:
    """Yes where the legal form is that of a natural person."""
    form = _accounts(tables)["legal_form"].dropna()
    return _yes_no(form.str.strip().str.contains(PERSONS, case=False, regex=True))


def group_ties(tables: Tables, accounts: pd.DataFrame, day: pd.Timestamp) -> pd.Series:
    """Subsidiary, parent or independent; empty for a part of a company (site, department, person)."""
    import pandas as pd

    known = _accounts(tables)
    parents = known["parent_id"].drop(_parts(known).index)
    is_parent = parents.index.isin(parents.dropna())
    kinds = np.where(parents.notna(), "subsidiary", np.where(is_parent, "parent", "independent"))
    return pd.Series(kinds, index=parents.index)


def industry_growth(tables: Tables, accounts: pd.DataFrame, day: pd.Timestamp) -> pd.Series:
    """Growth of the account's industry in the newest period: of the whole code (28.22), else of its division (28)."""
    newest = tables["sectors"].dropna(subset="growth").sort_values("period").groupby("industry_code")["growth"].last()
    code = _accounts(tables)["industry_code"].astype("str")
    of_code = code.map(newest)
    return of_code.where(of_code.notna(), code.str[:2].map(newest))


def n_sites(tables: Tables, accounts: pd.DataFrame, day: pd.Timestamp) -> pd.Series:
    """Number of sites with machines."""
    return tables["installed_base"].groupby("account_id")["site_id"].nunique().replace(0, np.nan)


def n_machines(tables: Tables, accounts: pd.DataFrame, day: pd.Timestamp) -> pd.Series:
    """Number of machines."""
    return tables["installed_base"].groupby("account_id").size()


def machine_age(tables: Tables, accounts: pd.DataFrame, day: pd.Timestamp) -> pd.Series:
    """Median age of the machines in years."""
    base = tables["installed_base"]
    return (day - base["built"]).dt.days.div(365.25).groupby(base["account_id"]).median()


def site_concentration(tables: Tables, accounts: pd.DataFrame, day: pd.Timestamp) -> pd.Series:
    """Share of the machines at the largest site."""
    by_site = tables["installed_base"].dropna(subset="site_id").groupby(["account_id", "site_id"]).size()
    of_account = by_site.groupby(level="account_id")
    return of_account.max() / of_account.sum()


def digital_contacts(tables: Tables, accounts: pd.DataFrame, day: pd.Timestamp) -> pd.Series:
    """Visits, clicks and downloads of twelve months."""
    events = _until(tables["engagements"], "engagement_date", day, YEAR)
    return events[events["engagement_type"].isin(DIGITAL)].groupby("account_id").size()


def has_purchasing(tables: Tables, accounts: pd.DataFrame, day: pd.Timestamp) -> pd.Series:
    """Yes where a person of a purchasing department is known."""
    contacts = tables["contacts"].dropna(subset="department")
    return _yes_no(_matches(contacts["department"], PURCHASING).groupby(contacts["account_id"]).any())


def n_departments(tables: Tables, accounts: pd.DataFrame, day: pd.Timestamp) -> pd.Series:
    """Number of departments of which persons are known."""
    return tables["contacts"].groupby("account_id")["department"].nunique().replace(0, np.nan)


def n_leaders(tables: Tables, accounts: pd.DataFrame, day: pd.Timestamp) -> pd.Series:
    """Number of persons who lead by level or job title."""
    contacts = tables["contacts"]
    leads = _matches(contacts["seniority"], LEADS) | _matches(contacts["job_title"], LEADS)
    return leads.groupby(contacts["account_id"]).sum()


def sales_cycle(tables: Tables, accounts: pd.DataFrame, day: pd.Timestamp) -> pd.Series:
    """Median days from opening to closing, of what closed within 24 months."""
    closed = _until(tables["opportunities"], "close_date", day, TWO_YEARS)
    return (closed["close_date"] - closed["created_date"]).dt.days.groupby(closed["account_id"]).median()


def lead_source(tables: Tables, accounts: pd.DataFrame, day: pd.Timestamp) -> pd.Series:
    """Source of the first lead."""
    leads = _until(tables["leads"], "created_date", day).dropna(subset=["account_id", "source_name"])
    return leads.sort_values(["created_date", "lead_id"]).groupby("account_id")["source_name"].first()


def competitor_bound(tables: Tables, accounts: pd.DataFrame, day: pd.Timestamp) -> pd.Series:
    """Days until the last agreement with a competitor ends; 0 where it has ended."""
    rows = tables["competitors"]
    return (rows["bound_until"] - day).dt.days.clip(lower=0).groupby(rows["account_id"]).max()


def urgency(tables: Tables, accounts: pd.DataFrame, day: pd.Timestamp) -> pd.Series:
    """Share of tickets of twelve months with a high priority."""
    tickets = _until(tables["tickets"], "created_date", day, YEAR).dropna(subset="priority")
    return _matches(tickets["priority"], URGENT).groupby(tickets["account_id"]).mean()


def application(tables: Tables, accounts: pd.DataFrame, day: pd.Timestamp) -> pd.Series:
    """Product group with the most revenue of twelve months."""
    money = _groups_bought(tables)
    bought = money[money > 0].reset_index()
    return bought.sort_values(["revenue", "product_group"]).groupby("account_id")["product_group"].last()


def cross_sell(tables: Tables, accounts: pd.DataFrame, day: pd.Timestamp) -> pd.Series:
    """Share of the product groups sold of which nothing was bought in twelve months."""
    money = _groups_bought(tables)
    bought = money[money > 0].reset_index()
    share = bought.groupby("account_id")["product_group"].nunique() / max(bought["product_group"].nunique(), 1)
    return (1 - share).reindex(accounts.index, fill_value=1.0)


def open_demand(tables: Tables, accounts: pd.DataFrame, day: pd.Timestamp) -> pd.Series:
    """Sum of the opportunities open on the day."""
    known = _until(tables["opportunities"], "created_date", day)
    is_open = known["close_date"].isna() | (known["close_date"] > day)
    return known[is_open].groupby("account_id")["amount"].sum()


def recurring_revenue(tables: Tables, accounts: pd.DataFrame, day: pd.Timestamp) -> pd.Series:
    """Yearly value of the contracts in force."""
    return _in_force(tables, day).groupby("account_id")["annual_value"].sum()


def contract_type(tables: Tables, accounts: pd.DataFrame, day: pd.Timestamp) -> pd.Series:
    """Kind of the largest contract in force."""
    largest = _in_force(tables, day).sort_values(["annual_value", "contract_id"])
    return largest.groupby("account_id")["contract_type"].last()


def contract_remaining(tables: Tables, accounts: pd.DataFrame, day: pd.Timestamp) -> pd.Series:
    """Days until the first agreed end of a contract in force."""
    contracts = _in_force(tables, day)
    return (contracts["end_date"] - day).dt.days.groupby(contracts["account_id"]).min()


def tickets_12m(tables: Tables, accounts: pd.DataFrame, day: pd.Timestamp) -> pd.Series:
    """Number of tickets of twelve months."""
    return _until(tables["tickets"], "created_date", day, YEAR).groupby("account_id").size()


def response_days(tables: Tables, accounts: pd.DataFrame, day: pd.Timestamp) -> pd.Series:
    """Median days until a ticket was closed, of those closed within 24 months."""
    closed = _until(tables["tickets"], "closed_date", day, TWO_YEARS)
    return (closed["closed_date"] - closed["created_date"]).dt.days.groupby(closed["account_id"]).median()


def top_need(tables: Tables, accounts: pd.DataFrame, day: pd.Timestamp) -> pd.Series:
    """Need rated highest above the mean of all accounts, in 24 months."""
    answers = _until(tables["surveys"], "survey_date", day, TWO_YEARS)
    answers = answers[~_matches(answers["question"], NOT_NEEDS)].dropna(subset=["account_id", "answer"])
    means = answers.groupby(["account_id", "question"])["answer"].mean()
    above = (means - means.groupby(level="question").mean()).rename("above").reset_index()
    return above.sort_values(["above", "question"]).groupby("account_id")["question"].last()


def satisfaction(tables: Tables, accounts: pd.DataFrame, day: pd.Timestamp) -> pd.Series:
    """Mean answer to the NPS question in 24 months."""
    answers = _until(tables["surveys"], "survey_date", day, TWO_YEARS)
    answers = answers[_matches(answers["question"], r"^nps\b")]
    return answers.groupby("account_id")["answer"].mean()


def care_cost_share(tables: Tables, accounts: pd.DataFrame, day: pd.Timestamp) -> pd.Series:
    """Cost of care over revenue of twelve months, where there is revenue.

    A company whose sites, departments or persons are accounts of their own has none: its cost stands for theirs, too.
    """
    cost = _until(tables["care_costs"], "cost_date", day, YEAR).groupby("account_id")["cost"].sum()
    cost = cost[~cost.index.isin(_parts(_accounts(tables))["parent_id"])] if "accounts" in tables else cost
    revenue = accounts["revenue_12m"].astype("float64")
    return cost.reindex(accounts.index) / revenue.where(revenue > 0)


def wallet_share(tables: Tables, accounts: pd.DataFrame, day: pd.Timestamp) -> pd.Series:
    """What known competitors leave of the account's demand."""
    return (1 - tables["competitors"].groupby("account_id")["share"].sum(min_count=1)).clip(0, 1)


def _accounts(tables: Tables) -> pd.DataFrame:
    return tables["accounts"].set_index("account_id")


def _parts(accounts: pd.DataFrame) -> pd.DataFrame:
    """Return the accounts that are a part of a company; the company is their parent."""
    return accounts[accounts["unit_level"].isin(PARTS)] if "unit_level" in accounts else accounts[:0]


def _until(rows: pd.DataFrame, date: str, day: pd.Timestamp, days: int | None = None) -> pd.DataFrame:
    """Return the rows dated up to the day, of the last `days` days only if given."""
    import pandas as pd

    is_known = rows[date] <= day
    return rows[is_known if days is None else is_known & (rows[date] > day - pd.Timedelta(days=days))]


def _in_force(tables: Tables, day: pd.Timestamp) -> pd.DataFrame:
    started = _until(tables["contracts"], "start_date", day)
    return started[started["end_date"].isna() | (started["end_date"] > day)]


def _groups_bought(tables: Tables) -> pd.Series:
    """Return revenue of twelve months by account_id and product_group."""
    groups = tables["products"].set_index("product_id")["product_group"]
    bought = tables["account_products"]
    bought = bought.assign(product_group=bought["product_id"].map(groups)).dropna(subset="product_group")
    return bought.groupby(["account_id", "product_group"])["revenue"].sum()


def _matches(column: pd.Series, pattern: str) -> pd.Series:
    return column.fillna("").str.contains(pattern, case=False, regex=True).astype(bool)


def _yes_no(flags: pd.Series) -> pd.Series:
    return flags.astype(bool).map({True: "yes", False: "no"})


AGGREGATES: dict[str, Callable[[Tables, pd.DataFrame, pd.Timestamp], pd.Series]] = {
    function.__name__: function
    for function in (
        *(country, sole_trader, group_ties, industry_growth, n_sites, n_machines, machine_age, site_concentration),
        *(digital_contacts, has_purchasing, n_departments, n_leaders, sales_cycle, lead_source, competitor_bound),
        *(urgency, application, cross_sell, open_demand, recurring_revenue, contract_type, contract_remaining),
        *(tickets_12m, response_days, top_need, satisfaction, care_cost_share, wallet_share),
    )
}
