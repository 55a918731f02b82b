"""Each variable in each segment beside all accounts, and which of them are markers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from segkit.profiles.variables import CATEGORIES, FLAGS, NUMBERS, is_varied
from segkit.statistics.comparisons import (
    MEDIUM_DELTA,
    MEDIUM_H,
    Comparison,
    compare_numbers,
    compare_shares,
    holm,
    median_interval,
)
from segkit.statistics.intervals import wilson_interval
from segkit.tables import TABLES

if TYPE_CHECKING:
    import pandas as pd

FEWEST_ACCOUNTS = 10  # accounts of a segment with a value, below which nothing is called different
MOST_CATEGORIES = 8  # the most frequent ones of a variable are compared
LEVEL = 0.05  # of p after Holm's correction
OF_MAXIMUM, OF_OVERALL = 0.25, 0.5  # markers deviate by a quarter of the maximum or half of the overall value
MEDIUM = {"median": MEDIUM_DELTA, "share": MEDIUM_H}
DIGITS = 12


def profile_segments(described: pd.DataFrame, segments: pd.DataFrame, inputs: frozenset[str]) -> pd.DataFrame:
    """Return the table `profiles` of one segmentation.

    Parameters
    ----------
    described : DataFrame
        One row per account (`describe_accounts`).
    segments : DataFrame
        `segments` of one segmentation: segmentation_id, account_id, segment_id.
    inputs : frozenset of str
        Variables that the segments are made from.

    Returns
    -------
    DataFrame
        One row per segment with accounts and variable, or category of a variable. Medians get the interval of order
        statistics, shares Wilson's; effects and tests compare the segment with all other accounts. Segments with fewer
        than ten accounts with a value have neither effect nor test.
    """
    import pandas as pd

    member = described["account_id"].map(segments.set_index("account_id")["segment_id"])
    ids = sorted(member.dropna().unique())
    groups = pd.Categorical(member, categories=ids).codes.astype(np.int64)
    frames = [_median_rows(described[v.name].to_numpy(float), groups, ids, v.name) for v in NUMBERS]
    frames += [_share_rows(described[v.name].to_numpy(float), groups, ids, v.name, "") for v in FLAGS]
    for name, category, has in _categories(described):
        frames.append(_share_rows(has, groups, ids, name, category))
    known = [frame for frame in frames if frame is not None]
    if not known:
        return pd.DataFrame(columns=list(TABLES["profiles"].columns))
    profiles = pd.concat(known, ignore_index=True)
    profiles = profiles.assign(
        segmentation_id=segments["segmentation_id"].iloc[0],
        p_adjusted=holm(profiles.pop("p")),
        is_input=profiles["variable"].isin(inputs),
    )
    profiles["is_marker"] = _is_marker(profiles)
    numbers = ["value", "low", "high", "overall", "index", "effect_size", "p_adjusted"]
    profiles[numbers] = profiles[numbers].astype(float).round(DIGITS)
    return profiles.drop(columns="most")


def _categories(described: pd.DataFrame) -> Iterator[tuple[str, str, np.ndarray]]:
    """Yield variable, category, and 1, 0 or NaN for each account; frequent categories of variables mostly known."""
    for variable in CATEGORIES:
        column = described[variable.name]
        if column.notna().mean() < OF_OVERALL:
            continue
        counts = column.value_counts()
        frequent = sorted(counts[counts >= FEWEST_ACCOUNTS].index, key=lambda word: (-counts[word], str(word)))
        for category in frequent[:MOST_CATEGORIES] if len(counts) > 1 else []:
            yield variable.name, str(category), (column == category).astype(float).where(column.notna()).to_numpy()


def _median_rows(values: np.ndarray, groups: np.ndarray, ids: Sequence[str], variable: str) -> pd.DataFrame | None:
    if not is_varied(values):
        return None
    known = values[~np.isnan(values)]
    members = [values[(groups == code) & ~np.isnan(values)] for code in range(len(ids))]
    medians = [float(np.median(m)) if len(m) else np.nan for m in members]
    low, high = zip(*(median_interval(m) for m in members), strict=True)
    found = compare_numbers(values, groups, len(ids))
    limits = (medians, low, high, float(np.median(known)), float(known.max()))
    return _rows(found, len(known), ids, (variable, "", "median"), limits)


def _share_rows(
    has: np.ndarray, groups: np.ndarray, ids: Sequence[str], variable: str, category: str
) -> pd.DataFrame | None:
    if not is_varied(has):
        return None
    found = compare_shares(has, groups, len(ids))
    hits = np.array([np.nansum(has[groups == code]) for code in range(len(ids))])
    with np.errstate(invalid="ignore"):
        shares = hits / found.n
    low, high = wilson_interval(hits, found.n)
    return _rows(
        found, int((~np.isnan(has)).sum()), ids, (variable, category, "share"), (shares, low, high, np.nanmean(has), 1)
    )


def _rows(found: Comparison, n_all: int, ids: Sequence[str], names: tuple[str, str, str], limits: tuple):
    """Return the rows of one variable: one per segment."""
    import pandas as pd

    variable, category, kind = names
    value, low, high, overall, most = limits
    is_small = (found.n < FEWEST_ACCOUNTS) | (n_all - found.n < FEWEST_ACCOUNTS)
    rows = pd.DataFrame({"segment_id": ids, "variable": variable, "category": category, "kind": kind, "value": value})
    return rows.assign(
        low=low,
        high=high,
        overall=overall,
        index=100 * rows["value"] / overall if overall > 0 else np.nan,
        effect_size=np.where(is_small, np.nan, found.effect),
        p=np.where(is_small, np.nan, found.p),
        n=found.n,
        is_small=is_small,
        most=most,
    )


def _is_marker(profiles: pd.DataFrame) -> pd.Series:
    """Return which rows deviate far, surely and with an effect that is at least medium."""
    deviation = (profiles["value"] - profiles["overall"]).abs()
    is_far = (deviation >= OF_MAXIMUM * profiles["most"]) | (deviation >= OF_OVERALL * profiles["overall"].abs())
    is_large = profiles["effect_size"].abs() >= profiles["kind"].map(MEDIUM)
    return is_far & is_large & (profiles["p_adjusted"] < LEVEL) & ~profiles["is_small"]


def strength(profiles: pd.DataFrame) -> pd.Series:
    """Return effects of medians and shares on one scale: 1 is a medium effect, the sign is the direction."""
    return profiles["effect_size"] / profiles["kind"].map(MEDIUM)
