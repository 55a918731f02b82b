"""Groups of accounts by one criterion: how evenly they divide them, and how they agree from quarter to quarter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segkit.statistics.association import is_category

if TYPE_CHECKING:
    import pandas as pd


def cut_groups(values: pd.Series, n_groups: int, fewest: int) -> np.ndarray:
    """Return the group of each account as a code, −1 where the value is missing.

    Parameters
    ----------
    values : Series
        Numbers are cut at their quantiles; equal values are always in one group, so that many zeros make fewer and
        larger groups. Categories stay as they are, those with fewer than `fewest` accounts together as one.
    n_groups, fewest : int
        Number of quantile groups; smallest category of its own.

    Returns
    -------
    array of int
        For numbers 0 to `n_groups` − 1 in the order of the values; codes may be left out.
    """
    import pandas as pd

    if is_category(values):
        counts = values.value_counts()
        pooled = values.where(values.isna() | values.map(counts).ge(fewest), "\uffff")  # sorts behind every name
        return np.asarray(pd.factorize(pooled, sort=True)[0])
    numbers = values.to_numpy(float)
    known = np.isfinite(numbers)
    codes = np.full(len(numbers), -1)
    if known.any():
        edges = np.quantile(numbers[known], np.arange(1, n_groups) / n_groups)
        codes[known] = np.searchsorted(edges, numbers[known], side="left")
    return codes


def score_spread(codes: np.ndarray, n_groups: int | None = None) -> float:
    """Return the entropy of the groups over its largest possible value: 0 all in one group, 1 all groups equal.

    Parameters
    ----------
    codes : array of int
        Groups; below 0 is missing.
    n_groups : int, optional
        Number of groups possible; without it those that there are.
    """
    counts = np.bincount(codes[codes >= 0])
    shares = counts[counts > 0] / max(counts.sum(), 1)
    possible = len(shares) if n_groups is None else n_groups
    return float(-(shares * np.log(shares)).sum() / np.log(possible)) if possible > 1 and len(shares) > 1 else 0.0


def score_agreement(before: np.ndarray, after: np.ndarray, is_ordered: bool) -> float:
    """Return kappa: the agreement of two divisions of the same accounts beyond chance; 1 nobody changed.

    For ordered groups a step to the next group counts as a smaller disagreement than a longer one (linear weights:
    Cohen 1968, Psychological Bulletin 70). NaN where chance alone would always agree.

    Parameters
    ----------
    before, after : array of int
        Groups of each account; below 0 is missing, and the account is left out.
    is_ordered : bool
        Whether the codes have an order.
    """
    known = (before >= 0) & (after >= 0)
    if not known.any():
        return np.nan
    n = int(max(before[known].max(), after[known].max())) + 1
    cells = np.bincount(before[known] * n + after[known], minlength=n * n).reshape(n, n) / known.sum()
    expected = cells.sum(1)[:, None] * cells.sum(0)[None, :]
    places = np.arange(n)
    steps = np.abs(places[:, None] - places[None, :])
    weights = steps if is_ordered else (steps > 0).astype(int)
    by_chance = float((weights * expected).sum())
    return 1 - float((weights * cells).sum()) / by_chance if by_chance > 0 else np.nan


def score_stability(slices: list[pd.DataFrame], criterion_id: str, n_groups: int, fewest: int) -> float:
    """Return the mean agreement of the groups of each quarter with those of the quarter before, by accounts in both.

    Parameters
    ----------
    slices : list of DataFrame
        Criteria at successive quarter ends (`measure_criteria`), oldest first.
    criterion_id : str
        The criterion; quarters that do not have it are left out.
    n_groups, fewest : int
        As for `cut_groups`; pairs of quarters with fewer accounts than `fewest` are left out.
    """
    import pandas as pd

    agreements, sizes = [], []
    for earlier, later in zip(slices, slices[1:], strict=False):
        if criterion_id not in earlier or criterion_id not in later:
            continue
        pair = pd.concat([earlier[criterion_id], later[criterion_id]], axis=1, join="inner").dropna()
        if len(pair) < fewest:
            continue
        before, after = pair.iloc[:, 0], pair.iloc[:, 1]
        is_ordered = not is_category(before)
        if is_ordered:
            codes = [cut_groups(column, n_groups, fewest) for column in (before, after)]
        else:
            codes = np.split(pd.factorize(pd.concat([before, after]))[0], 2)
        agreements.append(score_agreement(codes[0], codes[1], is_ordered))
        sizes.append(len(pair))
    known = np.isfinite(agreements)
    return float(np.average(np.array(agreements)[known], weights=np.array(sizes)[known])) if known.any() else np.nan
