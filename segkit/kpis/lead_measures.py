"""What became of leads, what they cost, and whether they were judged rightly."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from segkit.features.company_names import company_keys
from segkit.kpis.deals import known_deals
from segkit.kpis.units import Frame, days, sum_by_unit, unit_ids

if TYPE_CHECKING:
    import pandas as pd

    from segkit.kpis.inputs import KpiInputs
    from segkit.kpis.windows import Window

MOST_FILLED = 0.5  # where fewer leads than that name their company, the account's number has to do
FILLED_AFTER, FILLED_GAP = 0.98, 0.10  # as in value/leads: a number that conversion writes tells the outcome


def lead_measures(
    inputs: KpiInputs, window: Window, horizon_days: int, good_ratings: Iterable[str], is_own: bool = True
) -> Frame:
    """Return leads by unit, as known at the end of the window.

    Old enough (due) are the leads of the year that ended `horizon_days` before: whoever was to convert within the
    horizon has done so. A lead finds its account by the name of the company, because conversion writes the number.

    Parameters
    ----------
    inputs : KpiInputs
        leads (lead_id, account_id, company, created_date, converted_date, opportunity_id, campaign_id, rating),
        opportunities, campaigns (campaign_id, start_date, end_date, cost), lead_scores (lead_id, score), accounts
        (account_id, name).
    window, horizon_days : Window, int
        Days within which a lead becomes an opportunity, or failed.
    good_ratings : iterable of str
        Ratings with which sales calls a lead good, in any case.
    is_own : bool
        Whether it is the run's own quarter: the scores are of the run before, and foretell no earlier one.

    Returns
    -------
    Frame
        Of due leads: due_leads, converted_leads (within the horizon), won_leads (its opportunity was won up to the
        end), due_cost and won_with_cost (`lead_costs`). Of the year: costed_leads,
        lead_cost (currency), rated_leads, well_rated_leads. Of the leads scored in the run before: rank_hits and
        rank_cases (`rank_scores`).
    """
    assert inputs.leads is not None
    leads = inputs.leads.assign(created=days(inputs.leads["created_date"]))
    leads = leads[leads["created"] <= window.end].reset_index(drop=True)
    leads = leads.assign(converted=_converted(leads, inputs.opportunities, window))
    unit = unit_ids(find_accounts(leads, inputs.accounts, horizon_days), "lead", leads["lead_id"])
    won = leads["opportunity_id"].isin(_won_deals(inputs.opportunities, window)).to_numpy()
    due = leads["created"].between(window.cohort_start, window.cohort_end).to_numpy()
    in_year = (leads["created"] >= window.year_start).to_numpy()
    in_time = {"year": (window.year_start, window.end), "due": (window.cohort_start, window.cohort_end)}
    cost, idle = lead_costs(leads, inputs.campaigns, *in_time["year"])
    due_cost, due_idle = lead_costs(leads, inputs.campaigns, *in_time["due"])
    rating = leads["rating"].astype("str").str.casefold().str.strip() if "rating" in leads else None
    is_rated = in_year & leads["rating"].notna().to_numpy() if rating is not None else np.zeros(len(leads), bool)
    is_good = (
        is_rated & rating.isin({r.casefold() for r in good_ratings}).to_numpy() if rating is not None else is_rated
    )
    taken = (leads["converted"] - leads["created"]).dt.days.to_numpy("float64")
    sums = sum_by_unit(
        unit,
        {
            "due_leads": due,
            "converted_leads": due & (taken <= horizon_days),
            "won_leads": due & won,
            "due_cost": np.nan_to_num(due_cost),
            "won_with_cost": due & won & ~np.isnan(due_cost),
            "costed_leads": ~np.isnan(cost),
            "lead_cost": np.nan_to_num(cost),
            "rated_leads": is_rated,
            "well_rated_leads": is_good,
            **rank_scores(leads, inputs.lead_scores if is_own else None, window),
        },
    )
    return Frame(_add_idle(sums, idle, due_idle))


def _add_idle(sums: pd.DataFrame, idle: pd.Series, due_idle: pd.Series) -> pd.DataFrame:
    """Return the sums with a unit for each campaign that cost money and brought no lead: counted overall only."""
    import pandas as pd

    rows = pd.DataFrame({"lead_cost": idle, "due_cost": due_idle}).rename(index=lambda campaign: f"campaign:{campaign}")
    if rows.empty:
        return sums
    return pd.concat([sums, rows.reindex(columns=sums.columns)]).fillna(0.0).sort_index()


def find_accounts(leads: pd.DataFrame, accounts: pd.DataFrame | None, horizon_days: int) -> pd.Series:
    """Return the account of each lead by the name of its company; by its number only where that is no trap.

    The number is one where nearly all converted leads have it and clearly fewer of the others: then it came with
    conversion, and a segment's leads would be those that converted.
    """
    if accounts is not None and "name" in accounts and leads["company"].notna().mean() >= MOST_FILLED:
        named = accounts[["name", "account_id"]].assign(key=company_keys(accounts["name"])).dropna(subset="key")
        by_key = named.sort_values("account_id", kind="stable").drop_duplicates("key").set_index("key")["account_id"]
        return company_keys(leads["company"]).map(by_key)
    has_number = leads["account_id"].notna()
    converts = (leads["converted"] - leads["created"]).dt.days <= horizon_days
    if converts.any() and not converts.all():
        after, before = has_number[converts].mean(), has_number[~converts].mean()
        if after >= FILLED_AFTER and after - before >= FILLED_GAP:
            return leads["account_id"].where(np.zeros(len(leads), dtype=bool))
    return leads["account_id"]


def lead_costs(
    leads: pd.DataFrame, campaigns: pd.DataFrame | None, start: pd.Timestamp, end: pd.Timestamp
) -> tuple[np.ndarray, pd.Series]:
    """Return what each lead of a window cost, and what campaigns cost that brought none in it.

    A campaign's cost is spread evenly over its days (one without an end: on its first day); the part that falls into
    the window is shared by the leads that it brought in the window. So no cost counts twice, and all of it counts.

    Parameters
    ----------
    leads : DataFrame
        created, campaign_id.
    campaigns : DataFrame or None
        campaign_id, start_date, end_date, cost.
    start, end : Timestamp
        First and last day.

    Returns
    -------
    array, Series
        Cost by lead (NaN: none of the window, or its campaign's cost is not known); cost by campaign_id of those
        without a lead.
    """
    import pandas as pd

    is_in = leads["created"].between(start, end)
    if campaigns is None or not len(campaigns):
        return np.full(len(leads), np.nan), pd.Series(dtype="float64")
    known = campaigns.drop_duplicates("campaign_id")
    first = days(known["start_date"])
    last = days(known["end_date"]).fillna(first)
    length = (last - first).dt.days + 1
    within = (last.clip(upper=end) - first.clip(lower=start)).dt.days + 1
    share = (within.clip(lower=0) / length.where(length > 0)).fillna(0.0)
    spent = (known["cost"].astype("float64") * share).set_axis(known["campaign_id"].to_numpy(object))
    n_leads = leads[is_in].groupby("campaign_id").size().reindex(spent.index)
    cost = leads["campaign_id"].map(spent / n_leads).where(is_in)
    idle = spent[n_leads.isna() & (spent > 0)]
    return np.asarray(cost, dtype="float64"), idle


def rank_scores(leads: pd.DataFrame, scores: pd.DataFrame | None, window: Window) -> dict[str, np.ndarray]:
    """Return by lead how well the scores of the run before ranked those that converted since.

    Returns
    -------
    dict
        rank_cases: 1 for a scored lead that converted in the quarter; rank_hits: the share of those scored that did
        not convert which stood below it (ties half). The sum of hits over that of cases is the area under the curve
        (Hanley and McNeil 1982, Radiology 143).
    """
    nothing = np.zeros(len(leads))
    if scores is None or "score" not in scores:
        return {"rank_hits": nothing, "rank_cases": nothing}
    score = leads["lead_id"].map(scores.drop_duplicates("lead_id").set_index("lead_id")["score"]).to_numpy("float64")
    is_case = ~np.isnan(score) & leads["converted"].between(window.start, window.end).to_numpy()
    others = np.sort(score[~np.isnan(score) & ~is_case])
    if not len(others):
        return {"rank_hits": nothing, "rank_cases": nothing}
    below = (np.searchsorted(others, score, "left") + np.searchsorted(others, score, "right")) / (2 * len(others))
    return {"rank_hits": np.where(is_case, below, 0.0), "rank_cases": is_case.astype(float)}


def _converted(leads: pd.DataFrame, opportunities: pd.DataFrame | None, window: Window) -> pd.Series:
    """Return the day of conversion, or of the lead's opportunity; empty where it lies after the window."""
    said = days(leads["converted_date"])
    if opportunities is not None and len(opportunities):
        opened = days(opportunities["created_date"]).set_axis(opportunities["opportunity_id"].to_numpy(object))
        said = said.fillna(leads["opportunity_id"].map(opened[~opened.index.duplicated()]))
    return said.where(said <= window.end)


def _won_deals(opportunities: pd.DataFrame | None, window: Window) -> set[str]:
    if opportunities is None or not len(opportunities):
        return set()
    deals = known_deals(opportunities, window.end)
    return set(deals.loc[deals["is_won"], "opportunity_id"])
