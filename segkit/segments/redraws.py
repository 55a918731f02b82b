"""How many accounts would move if each went on buying as irregularly as in its last two years: the noise floor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.quarters import GRACE_DAYS, Quarter
from segkit.segments.accepted import assign_segments
from segkit.segments.membership import take_slice
from segkit.statistics.resampling import generator

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ["segmentation_id", "from_segment_id", "to_segment_id", "n_accounts", "n_draws"]
YEAR, TWO_YEARS, PER_QUARTER = 12, 24, 3
MIDDLE = 15  # a drawn purchase stands in the middle of its month
YEAR_DAYS = 365
FEWEST_FOR_SEASON = 30  # accounts, below which the calendar's course is not estimated
FEWEST_DRAWS, ROW_DRAWS = 20, 1_000_000  # accounts × draws that a run can afford
PRIOR = 0.5  # Jeffreys: a return never seen is not impossible


@dataclass(frozen=True)
class Months:
    """Two years of each account up to a quarter's end, oldest month first: accounts × 24."""

    revenue: np.ndarray
    orders: np.ndarray
    has_line: np.ndarray


def redraw_moves(
    panel: pd.DataFrame,
    months: pd.DataFrame,
    before: pd.DataFrame,
    model: Mapping[str, Any],
    start: Quarter,
    end: Quarter,
    draws: int,
    seed: int,
    is_complete: bool = True,
) -> pd.DataFrame:
    """Return the moves that unchanged, irregular buying would make: table `redraw_segments`.

    Parameters
    ----------
    panel : DataFrame
        `account_features`, with slices at the ends of `start` and earlier quarters.
    months : DataFrame
        Query `account_months` over the 24 months up to the end of `start`: account_id, month, revenue, n_orders.
    before : DataFrame
        account_id, segment_id at the end of `start`; accounts with is_manual are left out: a person holds them.
    model : mapping
        The model that was in force at the end of `start`.
    start, end : Quarter
        From the end of which quarter to the end of which.
    draws : int
        At most; fewer, but at least 20, above 10,000 accounts.
    seed : int
        The project's seed.
    is_complete : bool
        An incomplete quarter has no floor; nor has one that follows on less than a year of data: without the same
        months of a year ago, the calendar's course could be taken for a change.

    Returns
    -------
    DataFrame
        segmentation_id, from_segment_id, to_segment_id, n_accounts (mean over the draws), n_draws; pairs that occur.

    Notes
    -----
    A draw adds the months between the two dates to each account, taken at random from its own last 24 (or those since
    its first line), by the urn of Pólya: the predictive form of the Bayesian bootstrap, so that what these months leave
    unsure about its habit is in the spread. Twelve months would not do: accounts that stand in a segment because the
    last year happened to be weak would be expected to stay weak. Revenue is freed from the calendar's common course
    before and gets it back after. The windows then move on, and the model assigns anew, with limits in money of the
    draw. Accounts without any line for twelve months come back at the rate at which such accounts did
    (`return_rates`).
    """
    import pandas as pd

    features = take_slice(panel, start.end)
    if "is_manual" in before.columns:
        before = before[~before["is_manual"].astype(bool)]
    segment = features["account_id"].map(before.set_index("account_id")["segment_id"])
    draws = max(FEWEST_DRAWS, min(draws, ROW_DRAWS // max(len(features), 1)))
    reaches_back = features["history_days"].astype(float).ge(YEAR_DAYS - GRACE_DAYS).any()
    if not is_complete or not reaches_back or not segment.notna().any():
        return pd.DataFrame(columns=COLUMNS)
    rng = generator(seed, "redraws", str(end))
    known = fill_months(months, features, start)
    season = season_of(known.revenue)
    rates = return_rates(panel, start)
    found: dict[tuple[str, str], int] = {}
    for _ in range(draws):
        drawn = _draw(features, known, season, rates, start, end, panel, rng)
        _add_moves(found, segment.fillna("").to_numpy(str), assign_segments(drawn, model)["segment_id"].to_numpy(str))
    rows = [(model["segmentation_id"], *cell, n / draws, draws) for cell, n in sorted(found.items()) if cell[0]]
    return pd.DataFrame(rows, columns=COLUMNS)


def _add_moves(found: dict[tuple[str, str], int], origin: np.ndarray, target: np.ndarray) -> None:
    """Count the accounts of each pair of segments on top of those of the draws before."""
    ids, was = np.unique(origin, return_inverse=True)
    names, reached = np.unique(target, return_inverse=True)
    pairs, counts = np.unique(was * len(names) + reached, return_counts=True)
    for pair, count in zip(pairs, counts, strict=True):
        cell = (str(ids[pair // len(names)]), str(names[pair % len(names)]))
        found[cell] = found.get(cell, 0) + int(count)


def fill_months(months: pd.DataFrame, features: pd.DataFrame, quarter: Quarter) -> Months:
    """Return two years of months up to a quarter's end as arrays, one row per account of `features`."""
    import pandas as pd

    rows = pd.Index(features["account_id"]).get_indexer(months["account_id"])
    dates = pd.to_datetime(months["month"])
    back = (quarter.end.year - dates.dt.year) * 12 + quarter.end.month - dates.dt.month
    inside = (rows >= 0) & (back >= 0).to_numpy() & (back < TWO_YEARS).to_numpy()
    place = rows[inside], (TWO_YEARS - 1 - back.to_numpy())[inside]
    filled = [np.zeros((len(features), TWO_YEARS)) for _ in range(3)]
    for array, values in zip(filled, (months["revenue"], months["n_orders"], np.ones(len(months))), strict=True):
        array[place] = np.asarray(values, float)[inside]
    return Months(filled[0], filled[1], filled[2] > 0)


def season_of(revenue: np.ndarray) -> np.ndarray:
    """Return the calendar's common course of the last twelve months, 1 on average: every account counts alike."""
    year = np.maximum(revenue[:, -YEAR:], 0)
    totals = year.sum(axis=1)
    usual = (year > 0).sum(axis=1) >= YEAR // 2
    if usual.sum() < FEWEST_FOR_SEASON:
        return np.ones(YEAR)
    return np.maximum(YEAR * (year[usual] / totals[usual, None]).mean(axis=0), 0.1)


def return_rates(panel: pd.DataFrame, quarter: Quarter) -> tuple[float, float]:
    """Return how often accounts without a line for one to two years, and for longer, bought in the next quarter.

    Parameters
    ----------
    panel : DataFrame
        `account_features`: the slices up to the end of `quarter`.
    """
    import pandas as pd

    slices = panel[panel["as_of"] <= pd.Timestamp(quarter.end)]
    dates = np.sort(slices["as_of"].unique())
    returned, seen = np.zeros(2), np.zeros(2)
    for early, late in zip(dates[:-1], dates[1:], strict=True):
        then = slices[slices["as_of"] == early].set_index("account_id")["days_since_last"].astype(float)
        bought = slices[slices["as_of"] == late].set_index("account_id")["is_active_q"].reindex(then.index)
        back = bought.astype("boolean").fillna(False).to_numpy(bool)
        for place, group in enumerate([(then > 365) & (then <= 730), then > 730]):
            seen[place] += group.sum()
            returned[place] += back[group.to_numpy()].sum()
    one, longer = (returned + PRIOR) / (seen + 2 * PRIOR)
    return float(one), float(longer)


def _draw(features, known: Months, season, rates, start: Quarter, end: Quarter, panel, rng) -> pd.DataFrame:
    """Return the slice of features as it would stand at `end`, with months drawn after `start`."""
    import pandas as pd

    n_new = PER_QUARTER * len(Quarter.between(start + 1, end))
    picked = draw_urn(_months_known(features), n_new, rng)
    rows = np.arange(len(features))[:, None]
    calendar = season[np.arange(n_new) % YEAR]  # the coming months are those of a year ago
    year = slice(-YEAR, None)
    revenue = known.revenue[rows, picked] / season[picked % YEAR] * calendar
    orders, has_line = known.orders[rows, picked], known.has_line[rows, picked]
    _bring_back(features, known, rates, revenue, orders, has_line, rng)
    all_revenue = np.hstack([known.revenue, revenue])
    all_orders = np.hstack([known.orders, orders])
    as_of = pd.Timestamp(end.end)
    passed = (as_of - pd.Timestamp(start.end)).days
    last_month = n_new - 1 - has_line[:, ::-1].argmax(axis=1)
    bought_days = pd.to_timedelta(np.round((last_month + 0.5) * passed / n_new), unit="D")
    last = features["last_date"].where(~has_line.any(axis=1), pd.Timestamp(start.end) + bought_days)
    earlier = all_revenue[:, -TWO_YEARS:-YEAR].sum(axis=1)
    is_known = take_slice(panel, as_of)["revenue_prev_12m"].notna().any()
    return features.assign(
        as_of=as_of.as_unit("us"),
        last_date=last,
        tenure_days=features["tenure_days"] + passed,
        history_days=features["history_days"] + passed,
        days_since_last=(as_of - last).dt.days,
        revenue_12m=all_revenue[:, year].sum(axis=1),
        revenue_prev_12m=earlier if is_known else np.nan,
        frequency_12m=all_orders[:, year].sum(axis=1),
    )


def _months_known(features: pd.DataFrame) -> np.ndarray:
    """Return how many of the last 24 months each account is known: fewer for a new one."""
    first, as_of = features["first_date"], features["as_of"]
    age = (as_of.dt.year - first.dt.year) * 12 + as_of.dt.month - first.dt.month + 1
    return np.clip(age.to_numpy(int), 1, TWO_YEARS)


def draw_urn(n_known: np.ndarray, n_new: int, rng: np.random.Generator) -> np.ndarray:
    """Return positions 0 … 23 of months for each account, by Pólya's urn over its last `n_known` of 24.

    The first is drawn from its months alike; each later one is, with k drawn before it, one of these with probability
    k / (n_known + k).
    """
    drawn = np.empty((len(n_known), n_new), int)
    for k in range(n_new):
        fresh = TWO_YEARS - 1 - (rng.random(len(n_known)) * n_known).astype(int)
        if k:
            again = drawn[np.arange(len(n_known)), rng.integers(k, size=len(n_known))]
            is_again = rng.random(len(n_known)) < k / (n_known + k)
            fresh = np.where(is_again, again, fresh)
        drawn[:, k] = fresh
    return drawn


def _bring_back(features, known: Months, rates, revenue, orders, has_line, rng) -> None:
    """Let accounts silent for a year return by chance, with one order of their usual size, or not at all."""
    silent = ~known.has_line[:, -YEAR:].any(axis=1)
    for drawn in (revenue, orders, has_line):
        drawn[silent] = 0
    days = features["days_since_last"].to_numpy(float)
    n_quarters = revenue.shape[1] / PER_QUARTER
    chance = 1 - (1 - np.where(days > 730, rates[1], rates[0])) ** n_quarters
    returns = silent & (rng.random(len(features)) < chance)
    month = rng.integers(revenue.shape[1], size=len(features))
    invoices = np.maximum(features["frequency"].to_numpy(float), 1)
    usual = np.maximum(features["revenue_total"].to_numpy(float), 0) / invoices
    revenue[returns, month[returns]] = usual[returns]
    orders[returns, month[returns]] = 1
    has_line[returns, month[returns]] = True
