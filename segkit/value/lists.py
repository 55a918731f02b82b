"""Lists for sales: who could buy more, whom to call first, which new account does not take hold, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.features.contactable import add_contactable
from segkit.value.names import account_names
from segkit.value.reasons import first_reasons, tell_reasons

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd

REASON = ["reason_de", "reason_en"]


def list_diamonds(diamonds: pd.DataFrame, accounts: pd.DataFrame, n: int, currency: str) -> pd.DataFrame:
    """Return the first diamonds by rank.

    Parameters
    ----------
    diamonds, accounts : DataFrame
        Tables of these names.
    n : int
        At most so many.
    currency : str
        Of the money in the reasons.

    Returns
    -------
    DataFrame
        `name` (an account without one goes by its id), `owner_id`, `is_contactable`, `abc_class`, `revenue_12m`,
        `potential`, `gap` (money a year), `reason_de`, `reason_en`.
    """
    first = tell_reasons(diamonds.sort_values("diamond_rank").head(n), currency)
    columns = ["name", "owner_id", "is_contactable", "abc_class", "revenue_12m", "potential", "gap", *REASON]
    return first.assign(name=account_names(first, accounts))[columns].reset_index(drop=True)


def list_risers(risers: pd.DataFrame, reasons: pd.DataFrame, currency: str) -> pd.DataFrame:
    """Return accounts that are worth more than their revenue shows, each with its weightiest reason.

    Parameters
    ----------
    risers : DataFrame
        As `select_risers` gives them.
    reasons : DataFrame
        Table `account_reasons`.
    currency : str
        Of the money in the reasons.

    Returns
    -------
    DataFrame
        `account_id`, `name`, `abc_class`, `abc_lifetime_class`, `revenue_12m`, `lifetime_value`, `lifetime_low`,
        `lifetime_high` (money), `reason_de`, `reason_en`.
    """
    columns = ["account_id", "name", "abc_class", "abc_lifetime_class"]
    columns += ["revenue_12m", "lifetime_value", "lifetime_low", "lifetime_high"]
    told = tell_reasons(first_reasons(reasons, "lifetime"), currency)[["account_id", *REASON]]
    return risers[columns].merge(told, on="account_id", how="left")


def list_movers(movers: pd.DataFrame, accounts: pd.DataFrame, currency: str) -> pd.DataFrame:
    """Return the accounts that moved most, each with what happened.

    Parameters
    ----------
    movers : DataFrame
        As `select_movers` gives them.
    accounts : DataFrame
        Table `accounts`: account_id, is_contactable.
    currency : str
        Of the money in the reasons.

    Returns
    -------
    DataFrame
        `account_id`, `name`, `is_contactable`, `revenue_prev_12m`, `revenue_12m`, `revenue_change` (money),
        `reason_de`, `reason_en`: buys nothing any more, bought nothing the year before, or by how much it changed.
    """
    import numpy as np

    gone, fresh = movers["revenue_12m"] <= 0, movers["revenue_prev_12m"] <= 0
    reason = np.select([gone, fresh], ["value.reason_lost", "value.reason_new"], "value.reason_changed")
    told = tell_reasons(add_contactable(movers, accounts).assign(reason=reason), currency)
    columns = ["account_id", "name", "is_contactable", "revenue_prev_12m", "revenue_12m", "revenue_change", *REASON]
    return told[columns]


def list_renewals(renewals: pd.DataFrame, as_of: dt.date, currency: str) -> pd.DataFrame:
    """Return the accounts whose contract ends soon, each with when and for how much.

    Parameters
    ----------
    renewals : DataFrame
        As `select_renewals` gives them.
    as_of : date
        Day from which the days to the end are counted.
    currency : str
        Of the money in the reasons.

    Returns
    -------
    DataFrame
        `name`, `owner_id`, `is_contactable`, `renewal_value` (money a year), `revenue_12m` (money),
        `churn_probability`, `reason_de`, `reason_en`.
    """
    import pandas as pd

    days = (renewals["renewal_date"] - pd.Timestamp(as_of)).dt.days
    told = tell_reasons(renewals.assign(reason="value.reason_ends", days=days), currency)
    columns = ["name", "owner_id", "is_contactable", "renewal_value", "revenue_12m", "churn_probability", *REASON]
    return told[columns]


def list_leads(
    leads: pd.DataFrame, value: pd.DataFrame, accounts: pd.DataFrame, as_of: dt.date, n: int, currency: str
) -> pd.DataFrame:
    """Return the open leads to call first; one whose account may not be contacted is left out.

    Parameters
    ----------
    leads, value, accounts : DataFrame
        Tables `lead_scores`, `account_value` and `accounts`.
    as_of : date
        Day to which they have waited.
    n, currency : int, str
        At most so many; currency of the project.

    Returns
    -------
    DataFrame
        `company`, `owner_id` and `revenue_12m` (of a lead that is a customer already), `source_name`, `waiting_days`,
        `conversion_probability`, `reason_de`, `reason_en`.
    """
    import pandas as pd

    may = leads["is_contactable"].astype("boolean").fillna(True).astype(bool)
    first = tell_reasons(leads[may & leads["score"].notna()].sort_values("lead_rank").head(n), currency)
    first = first.assign(
        company=first["company"].fillna(first["lead_id"]),
        waiting_days=(pd.Timestamp(as_of) - first["created_date"]).dt.days,
        conversion_probability=first["score"],
        revenue_12m=first["account_id"].map(value.set_index("account_id")["revenue_12m"]),
        owner_id=first["account_id"].map(accounts.drop_duplicates("account_id").set_index("account_id")["owner_id"]),
    )
    columns = ["company", "owner_id", "revenue_12m", "source_name", "waiting_days", "conversion_probability", *REASON]
    return first[columns].reset_index(drop=True)


def list_newcomers(onboarding: pd.DataFrame, accounts: pd.DataFrame, n: int, currency: str) -> pd.DataFrame:
    """Return the new accounts in trouble, the most revenue times risk first.

    Parameters
    ----------
    onboarding, accounts : DataFrame
        Tables of these names.
    n, currency : int, str
        At most so many; currency of the project.

    Returns
    -------
    DataFrame
        `name`, `owner_id`, `is_contactable`, `days_since_first`, `n_orders`, `revenue` (money
        so far), `risk`, `reason_de`, `reason_en`.
    """
    trouble = onboarding[onboarding["is_trouble"].astype(bool)]
    weight = trouble["revenue"].clip(lower=0) * trouble["risk"].fillna(0)
    order = trouble.assign(weight=weight).sort_values(["weight", "account_id"], ascending=[False, True]).head(n)
    first = tell_reasons(order, currency)
    owners = accounts.drop_duplicates("account_id").set_index("account_id")["owner_id"]
    first = first.assign(name=account_names(first, accounts), owner_id=first["account_id"].map(owners))
    columns = ["name", "owner_id", "is_contactable", "days_since_first", "n_orders", "revenue", "risk", *REASON]
    return first[columns].reset_index(drop=True)
