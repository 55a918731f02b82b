"""How strongly columns of mixed types go together: 0 not at all, 1 one tells the other.

Two numbers: Spearman's rank correlation without its sign. Two categories: Cramér's V with Bergsma's correction (2013,
Journal of the Korean Statistical Society 42). A number and a category: the correlation ratio of the ranks, with
Kelley's correction (epsilon; 1935, PNAS 21). Without the corrections both grow with the number of categories where
nothing goes together. Rows in which one of the two is missing are left out, pair by pair.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

FEWEST_ROWS = 10  # an association of fewer rows tells nothing
DIGITS = 12


def is_category(column: pd.Series) -> bool:
    """Say whether a column holds categories: text, flags and pandas' own categories; all else are numbers."""
    from pandas.api.types import is_bool_dtype, is_numeric_dtype

    return is_bool_dtype(column) or not is_numeric_dtype(column)


def association_matrix(frame: pd.DataFrame, fewest_rows: int = FEWEST_ROWS) -> pd.DataFrame:
    """Return the association of every pair of columns; NaN where a column does not vary or too few rows know both.

    Parameters
    ----------
    frame : DataFrame
        One row per account; numbers and categories (`is_category`), missing values allowed.
    fewest_rows : int
        Pairs known together for fewer rows have no association.

    Returns
    -------
    DataFrame
        Columns × columns, symmetric, from 0 to 1; ones on the diagonal.
    """
    import pandas as pd

    numbers = [name for name in frame if not is_category(frame[name])]
    categories = {name: _codes(frame[name]) for name in frame if name not in numbers}
    values = frame[numbers].astype("float64")
    matrix = pd.DataFrame(np.nan, index=frame.columns, columns=frame.columns)
    matrix.loc[numbers, numbers] = values.corr(method="spearman", min_periods=fewest_rows).abs()
    names = list(categories)
    for place, name in enumerate(names):
        for other in names[:place]:
            matrix.loc[name, other] = matrix.loc[other, name] = cramers_v(
                categories[name], categories[other], fewest_rows
            )
        ratios = rank_ratios(values, categories[name], fewest_rows)
        matrix.loc[name, numbers] = ratios
        matrix.loc[numbers, name] = ratios
    out = matrix.to_numpy(copy=True)
    np.fill_diagonal(out, 1.0)
    return pd.DataFrame(out.round(DIGITS), index=frame.columns, columns=frame.columns)


def cramers_v(a: np.ndarray, b: np.ndarray, fewest_rows: int = FEWEST_ROWS) -> float:
    """Return the bias-corrected Cramér's V of two categories given as codes; a code below 0 is missing.

    Examples
    --------
    >>> cramers_v(np.array([0, 0, 1, 1]), np.array([1, 1, 0, 0]), fewest_rows=4)
    1.0
    """
    known = (a >= 0) & (b >= 0)
    n = int(known.sum())
    if n < max(fewest_rows, 2):
        return np.nan
    _, a = np.unique(a[known], return_inverse=True)
    _, b = np.unique(b[known], return_inverse=True)
    r, k = int(a.max()) + 1, int(b.max()) + 1
    return cramers_v_of_counts(np.bincount(a * k + b, minlength=r * k).reshape(r, k))


def cramers_v_of_counts(counts: np.ndarray) -> float:
    """Return the bias-corrected Cramér's V of a table of counts (Bergsma 2013); NaN with one filled row or column.

    Examples
    --------
    >>> cramers_v_of_counts(np.array([[5, 0], [0, 5]]))
    1.0
    """
    cells = counts[counts.sum(1) > 0][:, counts.sum(0) > 0].astype(float)
    (r, k), n = cells.shape, float(cells.sum())
    if min(r, k) < 2:
        return np.nan
    expected = cells.sum(1)[:, None] * cells.sum(0)[None, :] / n
    phi2 = float(((cells - expected) ** 2 / expected).sum()) / n
    corrected = max(0.0, phi2 - (r - 1) * (k - 1) / (n - 1))
    most = min(r - 1 - (r - 1) ** 2 / (n - 1), k - 1 - (k - 1) ** 2 / (n - 1))
    return min(1.0, float(np.sqrt(corrected / most))) if most > 0 else np.nan


def rank_ratios(values: pd.DataFrame, groups: np.ndarray, fewest_rows: int = FEWEST_ROWS) -> np.ndarray:
    """Return for each column of numbers how much of its ranks a category tells: the corrected correlation ratio.

    Parameters
    ----------
    values : DataFrame
        Numbers, missing values allowed.
    groups : array of int
        Codes of the category; below 0 is missing.
    fewest_rows : int
        Columns known for fewer rows with a category get NaN.
    """
    has_group = groups >= 0
    ranks = values[has_group].rank().to_numpy()
    return np.array([_rank_ratio(column, groups[has_group], fewest_rows) for column in ranks.T])


def _rank_ratio(ranks: np.ndarray, groups: np.ndarray, fewest_rows: int) -> float:
    known = np.isfinite(ranks)
    n = int(known.sum())
    if n < max(fewest_rows, 2):
        return np.nan
    _, groups = np.unique(groups[known], return_inverse=True)
    deviations = ranks[known] - ranks[known].mean()
    counts, sums = np.bincount(groups), np.bincount(groups, weights=deviations)
    total = float((deviations**2).sum())
    if len(counts) < 2 or total == 0 or n <= len(counts):
        return np.nan
    share = float((sums**2 / counts).sum()) / total
    corrected = 1 - (1 - share) * (n - 1) / (n - len(counts))
    return float(np.sqrt(min(1.0, max(0.0, corrected))))


def _codes(column: pd.Series) -> np.ndarray:
    import pandas as pd

    return np.asarray(pd.factorize(column, sort=True)[0])
