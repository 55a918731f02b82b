"""What is known of a lead on the day on which it is scored."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from segkit.value.leads.companies import FAR, YEAR, add_companies
from segkit.value.leads.outcomes import add_outcomes, day_number, day_numbers

if TYPE_CHECKING:
    import pandas as pd

Tables = dict[str, "pd.DataFrame"]

NONE, OTHER = "-", "+"
KINDS = ["source", "channel", "standing", "size", "industry", "season"]
COUNTS = ["n_leads", "n_deals", "active_before", "active_since"]
WINDOW_DAYS = 90
ACTIVITIES = r"visit|click|download|besuch|klick|webinar|form"
FEWEST_OF_KIND = 15


class EventDays(NamedTuple):
    """Days of events by account, laid out so that those between two days are counted by two searches."""

    names: pd.Index
    keys: np.ndarray
    """Position of the account · FAR + day, sorted."""
    first: float
    """Day of the first event, infinite without one."""


class Events(NamedTuple):
    """What the tables say of accounts and campaigns, made once for all the days on which leads are looked at."""

    acts: EventDays
    deals: EventDays
    won: EventDays
    channels: pd.Series
    sizes: pd.Series
    industries: pd.Series


def index_events(tables: Tables) -> Events:
    """Return what leads are looked up in.

    Parameters
    ----------
    tables : dict
        campaigns (campaign_id, channel), accounts (account_id, size_class, industry_division), opportunities
        (account_id, created_date, close_date, is_won), engagements (account_id, engagement_date, engagement_type:
        visits, clicks and downloads count).
    """
    accounts = tables["accounts"].drop_duplicates("account_id").set_index("account_id")
    deals, events = tables["opportunities"], tables["engagements"]
    won = deals[deals["is_won"].astype("boolean").fillna(False).astype(bool)]
    return Events(
        acts=activity_days(events),
        deals=event_days(deals, "created_date"),
        won=event_days(won, "close_date"),
        channels=tables["campaigns"].drop_duplicates("campaign_id").set_index("campaign_id")["channel"],
        sizes=accounts["size_class"],
        industries=accounts["industry_division"],
    )


def add_births(leads: pd.DataFrame, events: Events) -> pd.DataFrame:
    """Return the leads with what was known of them on the day they came: once for all days on which they are scored.

    Parameters
    ----------
    leads : DataFrame
        As `add_companies` gives them.
    events : Events
        As `index_events` gives them.

    Returns
    -------
    DataFrame
        With, in words: `source`, `channel` of the campaign, `standing` of the company (unknown, known, customer: an
        opportunity was won in the 365 days before), `size` and `industry` (of companies known before the lead; as they
        stand today), `season` (quarter of the year). Counts: `n_leads` and `n_deals` of the company in the 365 days
        before (ever before would grow with the length of the data), `active_before` (visits, clicks and downloads of
        the 90 days before; empty where the data of the engagements begin later or the company is not known). `place` is
        the position of its account among those with such activity, −1 for none.
    """
    created = leads["created"].to_numpy()
    found = leads["account"].where(leads["is_known"])
    place, of_deals, of_won = (part.names.get_indexer(found) for part in (events.acts, events.deals, events.won))
    n_won = count_between(events.won, of_won, created - YEAR, created - 1)
    is_seen = leads["is_known"].to_numpy() & (created - WINDOW_DAYS >= events.acts.first)
    before = count_between(events.acts, place, created - WINDOW_DAYS, created - 1)
    months = leads["created_date"].dt.month.to_numpy()
    return leads.assign(
        source=leads["source_name"].astype("object").fillna(NONE),
        channel=leads["campaign_id"].map(events.channels).astype("object").fillna(NONE),
        standing=np.where(leads["is_known"], np.where(n_won > 0, "customer", "known"), "unknown").astype(object),
        size=found.map(events.sizes).astype("object").fillna(NONE),
        industry=found.map(events.industries).astype("object").fillna(NONE),
        season=np.char.add("q", ((months + 2) // 3).astype(int).astype(str)).astype(object),
        n_leads=leads["n_earlier"].to_numpy(),
        n_deals=count_between(events.deals, of_deals, created - YEAR, created - 1),
        active_before=np.where(is_seen, before, np.nan),
        place=place,
    )


def describe_leads(leads: pd.DataFrame, events: Events, on: np.ndarray) -> pd.DataFrame:
    """Return the predictors of leads, each on its own day.

    Parameters
    ----------
    leads : DataFrame
        As `add_births` gives them.
    events : Events
        As `index_events` gives them.
    on : array
        The day of each lead on which it is scored (days since 1970).

    Returns
    -------
    DataFrame
        Index lead_id: KINDS and COUNTS of `add_births`, and `active_since`: visits, clicks and downloads between lead
        and scoring.
    """
    since = count_between(events.acts, leads["place"].to_numpy(), leads["created"].to_numpy(), on)
    return leads[KINDS + COUNTS[:-1]].assign(active_since=since)


def build_predictors(tables: Tables, day: pd.Timestamp, horizon_days: int, by_number: bool) -> pd.DataFrame:
    """Return the predictors of the leads that wait on a day: made before, younger than the horizon, not converted."""
    leads = add_companies(add_outcomes(tables["leads"], tables["opportunities"]), tables, by_number)
    number = day_number(day)
    waiting = waiting_on(leads, number, horizon_days)
    events = index_events(tables)
    return describe_leads(add_births(leads[waiting], events), events, np.full(int(waiting.sum()), number))


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


def activity_days(engagements: pd.DataFrame) -> EventDays:
    """Return the days of visits, clicks and downloads; mails sent and opened tell little."""
    types = engagements["engagement_type"].dropna().unique()
    acts = [kind for kind in types if re.search(ACTIVITIES, str(kind), re.IGNORECASE)]
    return event_days(engagements[engagements["engagement_type"].isin(acts)], "engagement_date")


def event_days(events: pd.DataFrame, date: str) -> EventDays:
    """Return the days of events with an account and a date."""
    import pandas as pd

    known = events[events["account_id"].notna() & events[date].notna()]
    codes, names = pd.factorize(known["account_id"])
    days = day_numbers(known[date])
    return EventDays(pd.Index(names), np.sort(codes * float(FAR) + days), float(days.min()) if len(days) else np.inf)


def count_between(events: EventDays, place: np.ndarray, first: np.ndarray, last: np.ndarray) -> np.ndarray:
    """Return how many events of each account lie from the first to the last day; 0 for the place −1."""
    base = place * float(FAR)
    start = np.searchsorted(events.keys, base + np.maximum(first, 0), side="left")
    end = np.searchsorted(events.keys, base + last, side="right")
    return np.where(place >= 0, np.maximum(end - start, 0), 0)
