"""What was known of an account on a day and may tell whether it leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segkit.value.churn.silence import usual_intervals

if TYPE_CHECKING:
    import pandas as pd

FACTS = [
    "days_silent", "usual_interval_days", "orders_12m", "orders_half", "orders_half_before", "revenue_12m",
    "revenue_prev_12m", "n_products", "n_products_before", "tenure_days",
    "tickets_90d", "tickets_12m", "engagements_90d", "engagements_usual_90d", "days_to_contract_end",
    "has_contract",
]  # fmt: skip
"""Plain numbers as of a day: what reasons are told in; the model sees their logarithms (`to_predictors`)."""

PREDICTORS = {
    "log_silence": ("silence", 1), "overdue": ("silence", 1), "log_days_silent": ("silence", 1), "late": ("silence", 1),
    "orders_change": ("orders", -1), "revenue_change": ("revenue", -1), "products_change": ("breadth", -1),
    "log_orders": ("few_orders", -1), "log_revenue": ("size", -1), "log_tenure": ("tenure", -1),
    "log_tickets_90d": ("tickets", 1), "log_tickets_12m": ("tickets", 1), "engagement_change": ("engagement", -1),
    "is_ending": ("contract", 1), "has_contract": ("contract", -1),
}  # fmt: skip
"""What the model sees: the reason each belongs to, and whether more of it can only raise (1) or lower (−1) the risk."""

UNUSUAL = 0.01  # a silence is overdue from where only one in a hundred accounts still buying had waited as long
OF_DAY = [
    "account_id", "first_sale_date", "last_sale_date", "n_sale_days", "frequency_12m", "revenue_12m",
    "revenue_prev_12m", "tenure_days",
]  # fmt: skip
OF_QUARTER = ["account_id", "orders_q", "n_products_12m"]
QUARTER_DAYS = 80  # a shorter step of the panel is a quarter that is not over
YEAR, SHORT = 365, 90
FLOOR, CEILING = -2.5, 1.0  # logarithm of a ratio: nothing is told by falls beyond nine tenths or rises beyond 2.7


def build_facts(tables: dict[str, pd.DataFrame], day: pd.Timestamp, horizon_days: int) -> pd.DataFrame:
    """Return what was known of each account on a day, from rows of the panel and events up to that day only.

    Attributes without history (head count, industry, owner) are no facts of a past day and are not used.

    Parameters
    ----------
    tables : dict of DataFrame
        `panel` (`account_features`), `contracts`, `tickets`, `engagements`.
    day : Timestamp
        A day of the panel.
    horizon_days : int
        Length of the outcome, here for contracts that end within it.

    Returns
    -------
    DataFrame
        Index account_id of the accounts with a sale, columns `FACTS`: days, counts and money. Halves are the last two
        complete quarters and the same two of the year before; empty where the panel does not reach back so far or the
        account was not a customer then. Engagements a quarter are beside the mean quarter of the nine months before.
    """
    panel = tables["panel"]
    days = [end for end in sorted(panel["as_of"].unique()) if end <= day]
    now = panel[(panel["as_of"] == day) & panel["last_sale_date"].notna()]
    now = now[OF_DAY].set_index("account_id").sort_index().rename(columns={"frequency_12m": "orders_12m"})
    facts = now[["orders_12m", "revenue_12m", "revenue_prev_12m", "tenure_days"]].astype("float64")
    facts["days_silent"] = (day - now["last_sale_date"]).dt.days.astype("float64")
    facts["usual_interval_days"] = usual_intervals(now)
    facts = facts.join(_changes(panel, days, facts))
    facts = facts.join(_tickets(tables["tickets"], day, facts.index))
    facts = facts.join(_engagements(tables["engagements"], day, facts.index))
    return facts.join(_contracts(tables["contracts"], day, facts.index))[FACTS]


def _changes(panel: pd.DataFrame, days: list[pd.Timestamp], facts: pd.DataFrame) -> pd.DataFrame:
    """Return orders and breadth of the last half year and of the same half a year before."""
    import pandas as pd

    is_over = len(days) < 2 or (days[-1] - days[-2]).days >= QUARTER_DAYS
    ends = days if is_over else days[:-1]
    past = {
        back: panel.loc[panel["as_of"] == ends[-1 - back], OF_QUARTER].set_index("account_id").reindex(facts.index)
        for back in (0, 1, 4, 5)
        if len(ends) > back
    }
    empty = pd.Series(np.nan, facts.index)

    def half(column: str, back: int) -> pd.Series:
        if back + 1 not in past:
            return empty
        return past[back][column].astype("float64").fillna(0.0) + past[back + 1][column].astype("float64").fillna(0.0)

    def breadth(back: int) -> pd.Series:
        return past[back]["n_products_12m"].astype("float64") if back in past else empty

    # before the first line there was nothing to fall from: half a year of being a customer is compared with half a year
    was_customer = facts["tenure_days"] >= YEAR + YEAR / 2
    return pd.DataFrame(
        {
            "orders_half": half("orders_q", 0),
            "orders_half_before": half("orders_q", 4).where(was_customer),
            "n_products": breadth(0),
            "n_products_before": breadth(4),
        }
    )


def _count(dates: pd.Series, accounts: pd.Series, index: pd.Index) -> pd.Series:
    return accounts[dates].value_counts().reindex(index, fill_value=0).astype("float64")


def _tickets(tickets: pd.DataFrame, day: pd.Timestamp, index: pd.Index) -> pd.DataFrame:
    """Return tickets of 90 days and of twelve months; empty where the company has none so far."""
    import pandas as pd

    age = (day - tickets["created_date"]).dt.days
    known = bool((age >= 0).any())
    windows = {
        "tickets_90d": age.between(0, SHORT - 1),
        "tickets_12m": age.between(0, YEAR - 1),
    }
    return pd.DataFrame(
        {
            name: _count(window, tickets["account_id"], index) if known else pd.Series(np.nan, index)
            for name, window in windows.items()
        }
    )


def _engagements(engagements: pd.DataFrame, day: pd.Timestamp, index: pd.Index) -> pd.DataFrame:
    """Return engagements of 90 days and of the mean 90 days before; empty where they do not reach back a year.

    The level is no fact: systems record more from year to year, and people come and go. Mails sent are no engagement.
    """
    import pandas as pd

    active = engagements[engagements["engagement_type"].ne("mail") & engagements["account_id"].notna()]
    age = (day - active["engagement_date"]).dt.days
    known = bool((age >= YEAR - 1).any())
    recent = _count(age.between(0, SHORT - 1), active["account_id"], index)
    before = _count(age.between(SHORT, YEAR - 1), active["account_id"], index) * SHORT / (YEAR - SHORT)
    frame = pd.DataFrame({"engagements_90d": recent, "engagements_usual_90d": before})
    return frame if known else frame * np.nan


def _contracts(contracts: pd.DataFrame, day: pd.Timestamp, index: pd.Index) -> pd.DataFrame:
    """Return whether a contract is in force and in how many days the first of them ends; empty without an end."""
    import pandas as pd

    begun = contracts[contracts["start_date"].notna() & (contracts["start_date"] <= day)]
    in_force = begun[begun["end_date"].isna() | (begun["end_date"] >= day)]
    first_end = in_force.groupby("account_id")["end_date"].min()
    has = pd.Series(index.isin(in_force["account_id"]), index, dtype="float64")
    to_end = (pd.to_datetime(first_end) - day).dt.days.astype("float64").reindex(index)
    known = len(begun) > 0
    return pd.DataFrame({"has_contract": has if known else has * np.nan, "days_to_contract_end": to_end})


def to_predictors(facts: pd.DataFrame, knots: dict[str, float], horizon_days: int) -> pd.DataFrame:
    """Return the predictors of the model.

    Silence within the usual rhythm tells nothing, silence beyond it a lot: so it is there twice, once as it is and once
    counted only from where it becomes unusual (a linear spline with one knot).

    Parameters
    ----------
    facts : DataFrame
        As `build_facts` gives them.
    knots : dict
        `ratio` (of usual intervals) and `days` from where a silence is unusual; `some_revenue`, money that keeps
        ratios of small amounts calm.
    horizon_days : int
        A contract that ends within it is ending.

    Returns
    -------
    DataFrame
        Columns `PREDICTORS`: natural logarithms of days, counts and money, logarithms of ratios between −2.5 and 1, and
        zeros and ones. Empty where a fact is empty.
    """
    import pandas as pd

    def change(now: pd.Series, before: pd.Series, plus: float) -> pd.Series:
        return np.log((now + plus) / (before + plus)).clip(FLOOR, CEILING)

    days, plus = facts["days_silent"] + 1, knots["some_revenue"]
    ratio = days / facts["usual_interval_days"]
    revenue = facts["revenue_12m"].clip(lower=0)
    previous = facts["revenue_prev_12m"].where(facts["revenue_prev_12m"] > 0)
    return pd.DataFrame(
        {
            "log_silence": np.log(ratio),
            "overdue": np.log(ratio / knots["ratio"]).clip(lower=0),
            "log_days_silent": np.log(days),
            "late": np.log(days / knots["days"]).clip(lower=0),
            "orders_change": change(facts["orders_half"], facts["orders_half_before"], 1.0),
            "revenue_change": change(revenue, previous, plus),
            "products_change": change(facts["n_products"], facts["n_products_before"], 1.0),
            "log_orders": np.log1p(facts["orders_12m"]),
            "log_revenue": np.log(revenue + plus),
            "log_tenure": np.log1p(facts["tenure_days"]),
            "log_tickets_90d": np.log1p(facts["tickets_90d"]),
            "log_tickets_12m": np.log1p(facts["tickets_12m"]),
            "engagement_change": change(facts["engagements_90d"], facts["engagements_usual_90d"], 1.0),
            "is_ending": (facts["days_to_contract_end"] <= horizon_days)
            .astype("float64")
            .where(facts["has_contract"].notna()),
            "has_contract": facts["has_contract"],
        }
    )[list(PREDICTORS)]
