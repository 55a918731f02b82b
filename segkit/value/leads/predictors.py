"""What is known of a lead on the day on which it is scored."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from segkit.value.leads.companies import FAR, YEAR, add_companies
from segkit.value.leads.outcomes import add_outcomes, day_number, day_numbers

if TYPE_CHECKING:
    import pandas as pd

Tables = dict[str, "pd.DataFrame"]

NONE, OTHER = "-", "+"
KINDS = ["source", "channel", "company", "size", "industry", "season"]
COUNTS = ["n_leads", "n_deals", "active_before", "active_since"]
WINDOW_DAYS = 90
ACTIVITIES = r"visit|click|download|besuch|klick|webinar|form"
FEWEST_OF_KIND = 15


def describe_leads(leads: pd.DataFrame, tables: Tables, on: np.ndarray) -> pd.DataFrame:
    """Return the predictors of leads, each on its own day.

    Parameters
    ----------
    leads : DataFrame
        As `add_companies` gives them.
    tables : dict
        campaigns (campaign_id, channel), accounts (account_id, size_class, industry_division), opportunities,
        engagements.
    on : array
        The day of each lead on which it is scored (days since 1970).

    Returns
    -------
    DataFrame
        Index lead_id. In words: `source`, `channel` of the campaign, `company` (unknown, known, customer: an
        opportunity was won in the 365 days before), `size` and `industry` (of companies known before the lead; as they
        stand today), `season` (quarter of the year). Counts: `n_leads` and `n_deals` of the company in the 365 days
        before (ever before would grow with the length of the data), `active_before` (visits, clicks and downloads of
        the 90 days before; empty where the data of the engagements begin later or the company is not known),
        `active_since` (those between lead and scoring).
    """
    import pandas as pd

    accounts = tables["accounts"].drop_duplicates("account_id").set_index("account_id")
    channels = tables["campaigns"].drop_duplicates("campaign_id").set_index("campaign_id")["channel"]
    created = leads["created"].to_numpy()
    found = leads["account"].where(leads["is_known"])
    deals = tables["opportunities"]
    won = deals[deals["is_won"].astype("boolean").fillna(False).astype(bool)]
    n_won = _count_between(won, "close_date", found, created - YEAR, created - 1)
    events = tables["engagements"]
    acts = events[events["engagement_type"].astype("str").str.contains(ACTIVITIES, case=False, regex=True)]
    seen = day_numbers(acts["engagement_date"])
    first = np.nanmin(seen) if len(seen) else np.inf
    before = _count_between(acts, "engagement_date", found, created - WINDOW_DAYS, created - 1)
    is_seen = leads["is_known"].to_numpy() & (created - WINDOW_DAYS >= first)
    months = leads["created_date"].dt.month.to_numpy()
    return pd.DataFrame(
        {
            "source": leads["source_name"].astype("object").fillna(NONE),
            "channel": leads["campaign_id"].map(channels).astype("object").fillna(NONE),
            "company": np.where(leads["is_known"], np.where(n_won > 0, "customer", "known"), "unknown"),
            "size": found.map(accounts["size_class"]).astype("object").fillna(NONE),
            "industry": found.map(accounts["industry_division"]).astype("object").fillna(NONE),
            "season": np.char.add("q", ((months + 2) // 3).astype(int).astype(str)),
            "n_leads": leads["n_earlier"].to_numpy(),
            "n_deals": _count_between(deals, "created_date", found, created - YEAR, created - 1),
            "active_before": np.where(is_seen, before, np.nan),
            "active_since": _count_between(acts, "engagement_date", found, created, on),
        },
        index=leads.index,
    )


def build_predictors(tables: Tables, day: pd.Timestamp, horizon_days: int, by_number: bool) -> pd.DataFrame:
    """Return the predictors of the leads that wait on a day: made before, younger than the horizon, not converted."""
    leads = add_companies(add_outcomes(tables["leads"], tables["opportunities"]), tables, by_number)
    number = day_number(day)
    waiting = waiting_on(leads, number, horizon_days)
    return describe_leads(leads, tables, np.full(len(leads), number))[waiting]


def waiting_on(leads: pd.DataFrame, day: float, horizon_days: int) -> np.ndarray:
    """Say which leads wait on a day (days since 1970), whatever somebody has written about them since."""
    created, converted = leads["created"].to_numpy(), leads["converted"].to_numpy()
    is_young = (created <= day) & (day - created < horizon_days)
    return is_young & ~(converted <= day) & ~leads["is_undated"].to_numpy()


class Columns(NamedTuple):
    """Which predictors a regression looks at, as the leads that it learns from have them."""

    levels: dict[str, list[str]]
    """Kind → its words that 15 leads or more have; all others count as one."""
    counts: list[str]
    usual: float
    """Mean of log(1 + n) of the activity before, where it is known."""


def find_columns(predictors: pd.DataFrame, dropped: list[str]) -> Columns:
    """Return the columns of a regression that learns from these leads, without the predictors that are `dropped`."""
    seen = {kind: predictors[kind].value_counts() for kind in KINDS if kind not in dropped}
    known = np.log1p(predictors["active_before"].dropna().to_numpy("float64"))
    return Columns(
        levels={kind: sorted(n.index[n >= FEWEST_OF_KIND]) for kind, n in seen.items()},
        counts=[count for count in COUNTS if count not in dropped],
        usual=float(known.mean()) if len(known) else 0.0,
    )


def design(predictors: pd.DataFrame, columns: Columns) -> tuple[np.ndarray, list[tuple[str, str]]]:
    """Return the matrix of a regression and what its columns stand for: (predictor, word), the intercept first.

    One column for each word of a kind (a penalty keeps them apart) and log(1 + n) for counts. Where the activity before
    is not known it is the usual one: 0 would say that the company was silent, and the share of leads of which it is
    known grows with time.
    """
    n = len(predictors)
    blocks, names = [np.ones((n, 1))], [("", "")]
    for kind, words in columns.levels.items():
        at = predictors[kind].map({word: i for i, word in enumerate(words)}).fillna(len(words)).to_numpy(int)
        block = np.zeros((n, len(words) + 1))
        block[np.arange(n), at] = 1
        blocks.append(block)
        names += [(kind, word) for word in [*words, OTHER]]
    counts = np.log1p(predictors[columns.counts].astype("float64"))
    blocks.append(counts.fillna({"active_before": columns.usual}).to_numpy())
    return np.column_stack(blocks), names + [(count, "") for count in columns.counts]


def _count_between(
    events: pd.DataFrame, date: str, accounts: pd.Series, first: np.ndarray, last: np.ndarray
) -> np.ndarray:
    """Return how many events of each account lie from the first to the last day; 0 where it is not known."""
    import pandas as pd

    known = events[events["account_id"].notna() & events[date].notna()]
    names = pd.Index(accounts.dropna().unique())
    place = names.get_indexer(known["account_id"])
    keys = np.sort(place[place >= 0] * FAR + day_numbers(known[date])[place >= 0])
    own = names.get_indexer(accounts)
    start, end = own * FAR + np.clip(first, 0, FAR - 2), own * FAR + np.clip(last, -1, FAR - 2)
    counts = np.searchsorted(keys, end, side="right") - np.searchsorted(keys, start, side="left")
    return np.where(own >= 0, np.maximum(counts, 0), 0)
