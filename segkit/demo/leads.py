"""Leads: where they come from, which of them become opportunities, and what the CRM writes of both.

The opportunities exist already, so leads are drawn backwards. Leads that convert come before some of the opportunities;
leads that do not are drawn from the same distribution of company and day, weighted by exp(−β): the odds that a lead
with traits x converts are then exactly proportional to exp(β(x)), as in a case-control sample (Prentice and Pyke 1979,
Biometrika 66). Leads of companies that no system of the firm knows never convert by chance of the draw: whoever looks
at a new lead cannot tell them from companies whose account is made at conversion.
"""

from __future__ import annotations

from statistics import NormalDist
from typing import NamedTuple

import numpy as np
import pandas as pd

from segkit.demo import catalogue as lists
from segkit.demo.accounts import company_names
from segkit.demo.crm import LEAD_SOURCES, deal_rates
from segkit.demo.lead_ratings import rate_leads
from segkit.demo.marketing import DAYS
from segkit.demo.parameters import FIRST_DAY, LAST_DAY, N_QUARTERS, stream
from segkit.demo.sample import Sample

SOURCES = LEAD_SOURCES[:5]
SOURCE_SHARES = (0.20, 0.30, 0.08, 0.27, 0.15)
SOURCE_EFFECTS = (0.55, -0.15, 1.25, -1.0, 0.1)
CHANNELS = ("", "Newsletter", "Messe", "Webinar", "Suchmaschinenanzeige", "Postmailing")
CHANNEL_EFFECTS = (0.0, -0.1, 0.35, 0.45, -0.4, -0.6)
CHANNEL_SHARES = (
    (0.30, 0.05, 0.60, 0.03, 0.00, 0.02), (0.30, 0.15, 0.03, 0.07, 0.40, 0.05), (0.90, 0.05, 0.02, 0.03, 0.00, 0.00),
    (0.45, 0.10, 0.05, 0.05, 0.05, 0.30), (0.20, 0.10, 0.02, 0.68, 0.00, 0.00),
)  # fmt: skip
"""Of leads that do not convert: where they come from, and by which campaign given where."""

KNOWN_EFFECT = 0.7  # the company stands in the customer master already
SIZES, SIZE_EFFECTS = (50, 250), np.array([0.0, 0.4, 0.8])
ACTIVITY_EFFECT, ACTIVITY_MOST, ACTIVITY_DAYS = 0.35, 4, 90
UNSEEN_EFFECT = 0.2  # before marketing keeps records: about what the mean company's activity would bring
ACTIVITIES = ("visit", "click", "download")
FROM_LEAD, FAILED, OUTSIDE = 0.32, 2.9, 0.25  # of opportunities; leads for each that converts
LAG = (30.0, 0.8)  # days to conversion: median, spread on the log
DROPPED, DROP_DAY = 0.85, (75.0, 0.7)  # of leads that fail: how many are closed at all, and after how many days
LINKED = 0.75  # leads of known companies whose customer number somebody wrote at once
POOL = 40_000
EXPORTED = [
    "lead_id", "account_id", "company", "created_date", "source_name", "campaign_id", "status", "converted_date",
    "opportunity_id", "rating",
]  # fmt: skip


class _Draws(NamedTuple):
    """Leads before their source is known: position of the company (−1: outside), day, and what came of them."""

    account: np.ndarray
    created: np.ndarray
    converted: np.ndarray
    deal: np.ndarray


def leads(sample: Sample, deals: pd.DataFrame, programme: pd.DataFrame, visits: pd.DataFrame) -> pd.DataFrame:
    """Return lead_id, account_id, company, dates, source_name, campaign_id, status, its opportunity, sales' rating.

    The account's number stands at every lead that converted; at others only where somebody wrote it at once.
    """
    return simulate_leads(sample, deals, programme, visits)[EXPORTED]


def simulate_leads(sample: Sample, deals: pd.DataFrame, programme: pd.DataFrame, visits: pd.DataFrame) -> pd.DataFrame:
    """Return the leads with what is true about them.

    Returns
    -------
    DataFrame
        What `leads` exports and `is_known` (in the customer master on the day of the lead), `days` to conversion, later
        than the data too (empty: never), `chance` to convert within 180 days of its creation, and `chance_now` of the
        open ones: that it does given its age, and that nobody closed it.
    """
    rng = stream(sample.seed, "leads")
    came, pool = _converting(sample, deals, rng), _pool(sample, rng)
    effect = _company_effects(sample, visits, pool.account, pool.created)
    weight = np.exp(-effect)
    n_came = len(came.account)
    n_failed, n_outside = (min(round(n_came * share), POOL // 2) for share in (FAILED, OUTSIDE))
    chosen = rng.choice(len(weight), n_failed, replace=False, p=weight / weight.sum())
    nothing = np.full(n_failed + n_outside, np.datetime64("NaT"), "datetime64[D]")
    outside_days = FIRST_DAY + rng.integers(0, (LAST_DAY - FIRST_DAY).astype(int) + 1, n_outside)
    account = np.concatenate([came.account, pool.account[chosen], np.full(n_outside, -1)])
    created = np.concatenate([came.created, pool.created[chosen], outside_days])
    converted = np.concatenate([came.converted, nothing])
    source, channel, odds = _origins(np.isfinite(_days(converted, created)), rng)
    known = _is_known(sample, account, created)
    here = np.exp(_company_effects(sample, visits, account, created)) * weight.mean() * n_came / max(n_failed, 1)
    unknown = 1 - _is_known(sample, pool.account, pool.created).mean()
    of_unknown = n_came * unknown / max(n_failed * unknown / weight.mean() + n_outside, 1)
    odds = odds * np.where(known, here, of_unknown)
    frame = pd.DataFrame(
        {
            "account": account,
            "created_date": created.astype("datetime64[ns]"),
            "source_name": np.array(SOURCES, object)[source],
            "campaign_id": _campaigns(channel, created, programme),
            "is_known": known,
            "days": _days(converted, created),
            "converted_date": converted.astype("datetime64[ns]"),
            "opportunity_id": np.concatenate([came.deal, np.full(len(nothing), None)]),
            "ever": odds / (1 + odds),
        }
    )
    frame = _as_written(sample, frame, rng)
    frame = frame.sort_values(["created_date", "company"], kind="stable", ignore_index=True)
    frame.insert(0, "lead_id", [f"L{500_000 + 3 * i}" for i in range(len(frame))])
    return frame.assign(rating=rate_leads(frame["ever"], frame["created_date"], sample.seed))


def _converting(sample: Sample, deals: pd.DataFrame, rng) -> _Draws:
    """Return the leads that became one of the opportunities, or will become one in the half year after the data."""
    place = pd.Series(np.arange(len(sample.accounts)), sample.accounts["account_id"])
    rates = deal_rates(sample)[:, -1]
    ahead = [np.flatnonzero(rng.poisson(rates) > 0) for _ in range(2)]
    later = [LAST_DAY + 1 + 91 * i + rng.integers(0, 91, len(part)) for i, part in enumerate(ahead)]
    account = np.concatenate([deals["account_id"].map(place).to_numpy(), *ahead]).astype(int)
    day = np.concatenate([deals["created_date"].to_numpy("datetime64[D]"), *later])
    deal = np.concatenate([deals["opportunity_id"], np.full(len(day) - len(deals), None)])
    created = day - _lags(len(day), rng)
    kept = (rng.random(len(day)) < FROM_LEAD) & (created >= FIRST_DAY) & (created <= LAST_DAY)
    return _Draws(account[kept], created[kept], day[kept], deal[kept])


def _pool(sample: Sample, rng) -> _Draws:
    """Return many companies and days, distributed as those of leads that convert."""
    rates = deal_rates(sample)
    chance = 1 - np.exp(-np.column_stack([rates, rates[:, -1:], rates[:, -1:]]))
    cell = rng.choice(chance.size, 2 * POOL, p=(chance / chance.sum()).ravel())
    account, quarter = np.divmod(cell, N_QUARTERS + 2)
    starts = (FIRST_DAY.astype("datetime64[M]") + 3 * quarter).astype("datetime64[D]")
    created = starts + rng.integers(0, 90, len(cell)) - _lags(len(cell), rng)
    kept = np.flatnonzero((created >= FIRST_DAY) & (created <= LAST_DAY))[:POOL]
    return _Draws(account[kept], created[kept], created[kept], account[kept])


def _lags(n: int, rng) -> np.ndarray:
    """Return days from lead to opportunity, at least one."""
    return np.maximum(1, np.round(rng.lognormal(np.log(LAG[0]), LAG[1], n))).astype(int).astype("timedelta64[D]")


def _days(later: np.ndarray, earlier: np.ndarray) -> np.ndarray:
    """Return the days between, NaN where one is missing."""
    gap = (later - earlier) / np.timedelta64(1, "D")
    return np.where(np.isnat(later), np.nan, gap)


def _is_known(sample: Sample, account: np.ndarray, created: np.ndarray) -> np.ndarray:
    """Say whether the company stood in the customer master on that day."""
    since = sample.accounts["created_date"].to_numpy("datetime64[D]")[account]
    return (account >= 0) & (since <= created)


def _company_effects(sample: Sample, visits: pd.DataFrame, account: np.ndarray, created: np.ndarray) -> np.ndarray:
    """Return the log odds by who asks: known, how large, how active in the 90 days before; 0 for unknown companies."""
    size = np.digitize(sample.accounts["employees"].to_numpy(), SIZES)[account]
    active = ACTIVITY_EFFECT * np.minimum(_activities(sample, visits, account, created), ACTIVITY_MOST)
    is_seen = created - ACTIVITY_DAYS >= LAST_DAY - DAYS
    effect = KNOWN_EFFECT + SIZE_EFFECTS[size] + np.where(is_seen, active, UNSEEN_EFFECT)
    return np.where(_is_known(sample, account, created), effect, 0.0)


def _activities(sample: Sample, visits: pd.DataFrame, account: np.ndarray, created: np.ndarray) -> np.ndarray:
    """Return how many visits, clicks and downloads of the company lie in the 90 days before."""
    place = pd.Series(np.arange(len(sample.accounts)), sample.accounts["account_id"])
    seen = visits[visits["engagement_type"].isin(ACTIVITIES) & visits["account_id"].notna()]
    far = 1_000_000  # more than any day's number
    days = seen["engagement_date"].to_numpy("datetime64[D]").astype(int)
    events = np.sort(seen["account_id"].map(place).to_numpy(int) * far + days)
    until = account * far + created.astype("datetime64[D]").astype(int)
    return np.searchsorted(events, until) - np.searchsorted(events, until - ACTIVITY_DAYS)


def _origins(converts: np.ndarray, rng) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return source and channel by position, and the factor on the odds that they bring."""
    shares = np.array(SOURCE_SHARES)[:, None] * np.array(CHANNEL_SHARES)
    factor = np.exp(np.add.outer(SOURCE_EFFECTS, CHANNEL_EFFECTS))
    factor = factor / (shares * factor).sum()
    draw = rng.random(len(converts))
    cell = np.where(
        converts,
        np.searchsorted(np.cumsum(shares * factor), draw, side="right"),
        np.searchsorted(np.cumsum(shares), draw, side="right"),
    )
    source, channel = np.divmod(np.minimum(cell, shares.size - 1), len(CHANNELS))
    return source, channel, factor[source, channel]


def _campaigns(channel: np.ndarray, created: np.ndarray, programme: pd.DataFrame) -> np.ndarray:
    """Return the campaign of the channel that began last before the lead; of the first leads, the channel's first."""
    ids = np.full(len(channel), None, object)
    for position, name in enumerate(CHANNELS[1:], start=1):
        own = programme[programme["channel"] == name].sort_values("start_date")
        rows = np.flatnonzero(channel == position)
        if len(own) and len(rows):
            place = np.searchsorted(own["start_date"].to_numpy("datetime64[D]"), created[rows], side="right") - 1
            ids[rows] = own["campaign_id"].to_numpy()[np.maximum(place, 0)]
    return ids


def _as_written(sample: Sample, frame: pd.DataFrame, rng) -> pd.DataFrame:
    """Return the leads as the CRM holds them on the last day, and the true chances."""
    n = len(frame)
    age = (pd.Timestamp(LAST_DAY) - frame["created_date"]).dt.days.to_numpy()
    is_in = frame["converted_date"].le(pd.Timestamp(LAST_DAY)).to_numpy()
    fails = frame["days"].isna().to_numpy()
    is_dropped = fails & (rng.random(n) < DROPPED) & (rng.lognormal(np.log(DROP_DAY[0]), DROP_DAY[1], n) <= age)
    status = np.where(is_in, "umgewandelt", np.where(is_dropped, "disqualifiziert", "offen"))
    number = sample.accounts["account_id"].to_numpy()[frame["account"]]
    is_linked = is_in | (frame["is_known"].to_numpy() & (rng.random(n) < LINKED))
    by, ever = _share_by(np.maximum(age, 0.5), LAG), frame["ever"].to_numpy()
    in_time, open_of_failed = _share_by(180, LAG), 1 - DROPPED * _share_by(np.maximum(age, 0.5), DROP_DAY)
    ahead = ever * np.maximum(in_time - by, 0)
    now = ahead / (ever * (1 - by) + (1 - ever) * open_of_failed)
    return frame.assign(
        account_id=np.where(is_linked, number, None),
        company=_company_texts(sample, frame["account"].to_numpy(), rng),
        status=status,
        converted_date=frame["converted_date"].where(is_in),
        opportunity_id=frame["opportunity_id"].where(is_in, None),
        chance=(ever * in_time).round(6),
        chance_now=np.where(status == "offen", now, np.nan).round(6),
    )


def _share_by(day: np.ndarray | float, of: tuple[float, float]) -> np.ndarray:
    """Return which share of a log-normal delay is over by the end of a day."""
    z = (np.log(np.asarray(day, float) + 0.5) - np.log(of[0])) / of[1]
    return np.vectorize(NormalDist().cdf, otypes=[float])(z)


def _company_texts(sample: Sample, account: np.ndarray, rng) -> np.ndarray:
    """Return names as people type them: mostly the master's, some in capitals, some without legal form."""
    n = len(account)
    sector, form = rng.integers(len(lists.SECTORS), size=2 * n), rng.choice(lists.LEGAL_FORMS, 2 * n)
    taken = set(sample.accounts["name"])
    invented = [name for name in company_names(sector, form, rng) if name not in taken][:n]
    invented += [f"{name} International" for name in invented][: n - len(invented)]
    names = np.where(account >= 0, sample.accounts["name"].to_numpy(object)[account], np.array(invented, object))
    manner = rng.random(n)
    ends = tuple(f" {text}" for text in sorted(lists.LEGAL_FORMS, key=len, reverse=True))
    short = [next((name.removesuffix(end) for end in ends if name.endswith(end)), name) for name in names]
    return np.where(manner < 0.05, pd.Series(names).str.upper(), np.where(manner < 0.13, short, names)).astype(object)
