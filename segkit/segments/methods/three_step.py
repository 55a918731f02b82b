"""What classes are like in variables that did not form them, free of the bias of sorting accounts into classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segkit.segments.methods.em import LEAST_SHARE, normalise

if TYPE_CHECKING:
    import pandas as pd

DIGITS = 12
STEPS, TOLERANCE = 2000, 1e-8  # rounds at most; log-likelihood that a round must gain
Z_95 = 1.959963984540054
LEAST_TELLING = 1e-6  # smallest singular value of the error matrix; below it two classes cannot be told apart


def describe_by_class(posteriors: np.ndarray, variable: pd.Series | np.ndarray) -> pd.DataFrame:
    """Return the mean of a number, or the share of each level of a category, in each class (three steps, BCH).

    Accounts sorted into their likeliest class are partly in a wrong one, which makes classes look more alike than they
    are. How often that happens follows from the posteriors; the weights of Bolck, Croon and Hagenaars undo it.

    Parameters
    ----------
    posteriors : array (n, k)
        Memberships of a mixture, rows add up to 1.
    variable : Series or array (n,)
        A number, or anything else (a category), in the same order; gaps are left out.

    Returns
    -------
    DataFrame
        ``position`` 0 … k−1; ``level`` (None for a number); ``estimate``: mean in the variable's units, or share;
        ``standard_error``; ``low`` and ``high`` of the 95 % interval (within 0–1 for shares); ``naive``: the same by
        the likeliest class, uncorrected; ``n_rows``: rows with a value that are likeliest in the class. Estimates are
        missing where the classes overlap so much that no correction is possible.

    Notes
    -----
    D[c, s] = Σ_i p_ic w_is / Σ_i p_ic with w the likeliest class as 0 and 1; weights w D⁻¹; estimates are weighted
    means, standard errors the linearised ones. Bolck, Croon and Hagenaars 2004; Vermunt 2010; stepmix
    ``StepMix(n_steps=3, correction="BCH")`` gives the same means (tested).
    """
    import pandas as pd

    k = posteriors.shape[1]
    columns = _columns(variable)
    frames = []
    for level, column in columns.items():
        estimate, influence = _corrected_means(posteriors, column)
        error = np.sqrt((influence**2).sum(axis=0))
        naive, n_rows = _naive_means(posteriors, column)
        low, high = estimate - Z_95 * error, estimate + Z_95 * error
        if level is not None:
            estimate, low, high = (np.clip(part, 0.0, 1.0) for part in (estimate, low, high))
        found = {"estimate": estimate, "standard_error": error, "low": low, "high": high, "naive": naive}
        rounded = {name: np.round(part, DIGITS) for name, part in found.items()}
        levels = pd.Series([level] * k, dtype="object" if level is None else "str")
        frames.append(pd.DataFrame({"position": np.arange(k), "level": levels, **rounded, "n_rows": n_rows}))
    return pd.concat(frames, ignore_index=True) if frames else _nothing()


def fit_by_class(posteriors: np.ndarray, variable: pd.Series | np.ndarray) -> pd.DataFrame:
    """Return the likeliest mean of a number, or shares of levels, in each class (three steps, maximum likelihood).

    Beside `describe_by_class`: shares lie within 0–1 without being cut off, and few accounts disturb less; in return a
    number is taken to be normal within a class, and there is no interval.

    Parameters
    ----------
    posteriors, variable
        As in `describe_by_class`.

    Returns
    -------
    DataFrame
        ``position``, ``level`` (None for a number), ``estimate``; for a number also ``spread``, its standard deviation
        within the class. Empty where nothing is known.

    Notes
    -----
    Expectation and maximisation with the error matrix D and the sizes of the classes kept as they are: the chance of
    class c is in proportion to size_c · D[c, s_i] · f_c(y_i). Vermunt 2010; Bakk, Tekle and Vermunt 2013; stepmix
    ``StepMix(n_steps=3, correction="ML")`` gives the same (tested).
    """
    import pandas as pd

    k = posteriors.shape[1]
    columns = _columns(variable)
    if not columns:
        return pd.DataFrame({name: pd.Series(dtype="float64") for name in ("position", "level", "estimate", "spread")})
    wide = np.column_stack(list(columns.values())).astype(float)
    known = np.isfinite(wide).all(axis=1)
    errors = np.maximum(misplaced(posteriors), LEAST_SHARE)
    chances = posteriors.mean(axis=0) * errors[:, posteriors[known].argmax(axis=1)].T
    is_number = None in columns
    means, spreads = _climb(chances, wide[known], is_number)
    frames = [
        pd.DataFrame(
            {
                "position": np.arange(k),
                "level": pd.Series([level] * k, dtype="object" if level is None else "str"),
                "estimate": np.round(means[:, j], DIGITS),
                "spread": np.round(spreads[:, j], DIGITS) if is_number else np.nan,
            }
        )
        for j, level in enumerate(columns)
    ]
    return pd.concat(frames, ignore_index=True)


def _climb(chances: np.ndarray, wide: np.ndarray, is_number: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return means (or shares of levels) and spreads by class, from each row's chances of the classes, (n, k)."""
    k = chances.shape[1]
    if not len(wide):
        return np.full((k, wide.shape[1]), np.nan), np.full((k, wide.shape[1]), np.nan)
    belongs, before = chances / chances.sum(axis=1, keepdims=True), -np.inf
    least = 1e-6 * max(float(wide.std()), LEAST_SHARE)
    for _ in range(STEPS):
        sizes = np.maximum(belongs.sum(axis=0), LEAST_SHARE)[:, None]
        means = belongs.T @ wide / sizes
        spreads = np.sqrt(np.maximum(belongs.T @ wide**2 / sizes - means**2, least**2))
        if is_number:
            logs = -np.log(spreads[:, 0]) - 0.5 * ((wide - means[:, 0]) / spreads[:, 0]) ** 2
        else:
            logs = wide @ np.log(np.maximum(means, LEAST_SHARE)).T
        belongs, densities = normalise(logs + np.log(chances))
        if densities.sum() - before < TOLERANCE:
            break
        before = densities.sum()
    return means, spreads


def compare_classes(posteriors: np.ndarray, variable: np.ndarray) -> tuple[float, int, float]:
    """Return Wald's χ², its degrees of freedom and p of the question whether all classes have the same mean.

    From the corrected means of `describe_by_class` and their covariance (Bakk, Tekle and Vermunt 2013); missing where
    no correction is possible. The caller corrects for many comparisons.
    """
    from scipy.stats import chi2

    means, influence = _corrected_means(posteriors, np.asarray(variable, dtype=float))
    k = len(means)
    if k < 2 or not np.isfinite(means).all():
        return float("nan"), max(k - 1, 0), float("nan")
    contrast = np.eye(k)[1:] - np.eye(k)[0]
    away = contrast @ means
    wald = float(away @ np.linalg.pinv(contrast @ influence.T @ influence @ contrast.T) @ away)
    return round(wald, DIGITS), k - 1, round(float(chi2.sf(wald, k - 1)), DIGITS)


def misplaced(posteriors: np.ndarray) -> np.ndarray:
    """Return D, shape (k, k): the chance that an account of class c (row) is sorted into class s (column).

    Examples
    --------
    >>> misplaced(np.array([[0.9, 0.1], [0.3, 0.7]])).round(2).tolist()
    [[0.75, 0.25], [0.12, 0.88]]
    """
    sorted_into = np.eye(posteriors.shape[1])[posteriors.argmax(axis=1)]
    return posteriors.T @ sorted_into / np.maximum(posteriors.sum(axis=0), 1e-300)[:, None]


def _columns(variable: pd.Series | np.ndarray) -> dict[str | None, np.ndarray]:
    """Return a number as one column, or a category as one of zeros and ones for each level; NaN where it is missing."""
    import pandas as pd

    values = pd.Series(np.asarray(variable))
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        return {None: values.to_numpy(float, na_value=np.nan)}
    is_gap = values.isna().to_numpy()
    text = values.astype(str).to_numpy()
    return {level: np.where(is_gap, np.nan, text == level) for level in sorted(set(text[~is_gap]))}


def _corrected_means(posteriors: np.ndarray, column: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean of each class, and the influence of each row on it, shape (n, k)."""
    n, k = posteriors.shape
    errors = misplaced(posteriors)
    known = np.isfinite(column)
    if np.linalg.svd(errors, compute_uv=False).min() < LEAST_TELLING or not known.any():
        return np.full(k, np.nan), np.full((n, k), np.nan)
    weights = np.eye(k)[posteriors.argmax(axis=1)] @ np.linalg.inv(errors) * known[:, None]
    sums = weights.sum(axis=0)
    sums = np.where(sums > 0, sums, np.nan)
    filled = np.where(known, column, 0.0)
    means = weights.T @ filled / sums
    return means, weights * (filled[:, None] - means) / sums


def _naive_means(posteriors: np.ndarray, column: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    known = np.isfinite(column)
    k = posteriors.shape[1]
    labels = posteriors.argmax(axis=1)[known]
    counts = np.bincount(labels, minlength=k)
    sums = np.bincount(labels, weights=column[known], minlength=k)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan), counts


def _nothing() -> pd.DataFrame:
    import pandas as pd

    names = ["position", "level", "estimate", "standard_error", "low", "high", "naive", "n_rows"]
    return pd.DataFrame({name: pd.Series(dtype="float64") for name in names})
