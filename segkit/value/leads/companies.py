"""Which company a lead is of, as known on the day of the lead.

The trap: systems write the account's number into a lead when it converts, and make an account for it then. Who predicts
from the number, or from what the account tells, predicts the past. So a lead finds its account by the name of the
company, which stands in every lead from the first day, and only an account that is older than the lead counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segkit.features.company_names import company_keys
from segkit.statistics.intervals import wilson_interval
from segkit.value.leads.outcomes import day_numbers

if TYPE_CHECKING:
    import pandas as pd

YEAR, FAR = 365, 1_000_000  # FAR: more than any day's number
FILLED_AFTER, FILLED_GAP, MOST_FILLED = 0.98, 0.10, 0.5


def filled_by_conversion(leads: pd.DataFrame, column: str, day: float, horizon_days: int) -> tuple[float, float] | None:
    """Return the filled shares of a column at converted and at failed leads where conversion seems to fill it.

    Parameters
    ----------
    leads : DataFrame
        As `add_outcomes` gives them.
    column : str
        Column of the leads.
    day, horizon_days : float, int
        Leads count whose horizon ended by that day (days since 1970).

    Returns
    -------
    tuple of float, or None
        None unless nearly all converted leads (98 %) have it, failed ones are ten points below, and the 95 % intervals
        (Wilson) of the two shares do not touch.
    """
    decided = leads[leads["created"] + horizon_days <= day]
    converts = (decided["converted"] - decided["created"] <= horizon_days).to_numpy()
    filled = decided[column].notna().to_numpy()
    n = np.array([converts.sum(), (~converts).sum()])
    k = np.array([filled[converts].sum(), filled[~converts].sum()])
    if not n.all():
        return None
    low, high = wilson_interval(k, n)
    after, before = k / n
    is_leak = after >= FILLED_AFTER and after - before >= FILLED_GAP and low[0] > high[1]
    return (float(after), float(before)) if is_leak else None


def add_companies(leads: pd.DataFrame, tables: dict[str, pd.DataFrame], by_number: bool) -> pd.DataFrame:
    """Return the leads with their company, and with its account where that was known before the lead.

    Parameters
    ----------
    leads : DataFrame
        As `add_outcomes` gives them: company, account_id, created.
    tables : dict
        accounts (account_id, name, created_date), opportunities (account_id, created_date) and engagements
        (account_id, engagement_date): the first day on which one of them knows the account.
    by_number : bool
        Find accounts by account_id instead of the name: for leads without names whose numbers are not filled in by
        conversion.

    Returns
    -------
    DataFrame
        With `company_key` (text, or the number), `n_earlier` (leads of that company in the 365 days before; 0 without
        a key), `account` (account_id found by it, whatever its age) and `is_known` (the account is older than the
        lead). Of several accounts of one name the oldest counts.
    """
    import pandas as pd

    accounts = tables["accounts"]
    since = _known_since(tables)
    if by_number:
        found = leads["account_id"]
        keys = found
    else:
        named = pd.DataFrame({"key": company_keys(accounts["name"]), "account": accounts["account_id"]}).dropna()
        named["since"] = named["account"].map(since).fillna(np.inf)
        oldest = named.sort_values(["since", "account"], kind="stable").drop_duplicates("key")
        keys = company_keys(leads["company"])
        found = keys.map(oldest.set_index("key")["account"])
    known = found.map(since).to_numpy("float64")
    with np.errstate(invalid="ignore"):
        is_known = known < leads["created"].to_numpy()
    return leads.assign(
        company_key=keys, n_earlier=_earlier(keys, leads["created"].to_numpy()), account=found, is_known=is_known
    )


def _earlier(keys: pd.Series, created: np.ndarray) -> np.ndarray:
    """Return how many leads of the same company came in the 365 days before, on earlier days."""
    import pandas as pd

    codes = pd.factorize(keys)[0]
    own = codes * FAR + created
    ordered = np.sort(own)
    return np.where(codes < 0, 0, np.searchsorted(ordered, own) - np.searchsorted(ordered, own - YEAR))


def _known_since(tables: dict[str, pd.DataFrame]) -> pd.Series:
    """Return account_id → the first day (since 1970) on which it was made, had an opportunity or looked at a page."""
    import pandas as pd

    places = (("accounts", "created_date"), ("opportunities", "created_date"), ("engagements", "engagement_date"))
    parts = [pd.Series(day_numbers(tables[t][day]), tables[t]["account_id"].to_numpy()) for t, day in places]
    days = pd.concat([part[part.notna() & part.index.notna()] for part in parts])
    return days.groupby(level=0).min()
