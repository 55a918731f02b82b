"""What a trial comes to: size and money of each segment, how sure it is, and what sets it apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from segkit.segments.explore.dress import Dressed
from segkit.segments.space import as_numbers, is_number

if TYPE_CHECKING:
    import pandas as pd

MONEY = ("revenue_12m", "margin_12m")
COMMON = 30  # levels of a category that are counted


def measure_sizes(dressed: Dressed, features: pd.DataFrame) -> pd.DataFrame:
    """Return the size of each segment, in their order.

    Parameters
    ----------
    features : DataFrame
        revenue_12m, margin_12m (money, may be empty), rows as in the trial.

    Returns
    -------
    DataFrame
        segment_id, n_accounts, share_accounts, revenue_12m, share_revenue, margin_12m (empty where unknown),
        stability (0 to 1; empty where nothing was refitted).
    """
    import pandas as pd

    position = {segment: j for j, segment in enumerate(dressed.ids)}
    codes = np.array([position[s] for s in dressed.trial.segments.tolist()], dtype=np.int64)
    counts = np.bincount(codes, minlength=len(position))
    frame = pd.DataFrame({"segment_id": dressed.ids, "n_accounts": counts})
    frame["share_accounts"] = counts / max(counts.sum(), 1)
    for column in MONEY:
        values = as_numbers(features[column]) if column in features else np.full(len(features), np.nan)
        known = np.isfinite(values)
        sums = np.bincount(codes[known], values[known], minlength=len(position))
        frame[column] = np.where(np.bincount(codes[known], minlength=len(position)) > 0, sums, np.nan)
    frame["revenue_12m"] = frame["revenue_12m"].fillna(0.0)
    total = frame["revenue_12m"].sum()
    frame["share_revenue"] = frame["revenue_12m"] / total if total > 0 else np.nan
    frame["stability"] = [dressed.trial.stability.get(segment, np.nan) for segment in dressed.ids]
    return frame


def describe_profile(dressed: Dressed, features: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Return what is typical of each segment beside all accounts.

    Parameters
    ----------
    columns : sequence of str
        Criteria; those that the features do not hold are passed over.

    Returns
    -------
    DataFrame
        column, segment_id, typical (median of a number), level (commonest level of a category), share (of the level in
        the segment), place: −1 to 1, how far the segment stands below or above all accounts: of a number twice the
        share of accounts below its median less 1, of a level the difference of its shares.
    """
    import pandas as pd

    rows: list[dict[str, object]] = []
    members = {segment: np.flatnonzero(dressed.trial.segments == segment) for segment in dressed.ids}
    for column in [name for name in columns if name in features.columns]:
        values = features[column]
        describe = _describe_number if is_number(values) else _describe_category
        rows += [{"column": column, **found} for found in describe(values, members)]
    return pd.DataFrame(rows, columns=["column", "segment_id", "typical", "level", "share", "place"])


def _describe_number(values: pd.Series, members: dict[str, np.ndarray]) -> list[dict[str, object]]:
    numbers = as_numbers(values)
    ranked = np.sort(numbers[np.isfinite(numbers)])
    found = []
    for segment, rows in members.items():
        known = numbers[rows][np.isfinite(numbers[rows])]
        middle = float(np.median(known)) if len(known) else np.nan
        low, high = np.searchsorted(ranked, middle, "left"), np.searchsorted(ranked, middle, "right")
        place = (low + high) / max(len(ranked), 1) - 1 if len(known) else np.nan
        found.append({"segment_id": segment, "typical": middle, "level": None, "share": np.nan, "place": place})
    return found


def _describe_category(values: pd.Series, members: dict[str, np.ndarray]) -> list[dict[str, object]]:
    import pandas as pd

    codes, levels = pd.factorize(values.astype("object").where(values.notna()), sort=False)
    counts = np.bincount(codes[codes >= 0], minlength=len(levels))
    shares = counts / max(counts.sum(), 1)
    found = []
    for segment, rows in members.items():
        known = codes[rows][codes[rows] >= 0]
        inside = np.bincount(known, minlength=len(levels))
        if not inside.sum():
            level, share, place = None, np.nan, np.nan
        else:
            commonest = int(inside.argmax())
            level, share = str(levels[commonest]), inside[commonest] / inside.sum()
            place = share - shares[commonest]
        found.append({"segment_id": segment, "typical": np.nan, "level": level, "share": share, "place": place})
    return found
