"""A limit that held-out customers stay below as often as promised: one-sided conformalised quantile regression.

The fitted quantile is moved until the promised share of customers that the fit had not seen lies below it (Romano,
Patterson and Candès 2019, NeurIPS 32), with residuals from cross-validation instead of a single split (cross-conformal:
Vovk 2015, Annals of Mathematics and Artificial Intelligence 74; Barber, Candès, Ramdas and Tibshirani 2021, Annals of
Statistics 49). In size classes with enough customers it is moved for each class by itself, so that the promise holds
there too (Vovk 2012).
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from segkit.statistics.resampling import generator
from segkit.value.potential.peers import rank_of_limit
from segkit.value.potential.quantiles import Floats, fit_quantile

if TYPE_CHECKING:
    import pandas as pd

FOLDS = 5
FEWEST_OF_GROUP = 100  # fewer customers of a size class, and their limit moves with that of all
DRAWS = 100
"""Bootstrap samples: the interval takes their spread on the log, not their tails, and 100 give that within 7 %."""

Places = NDArray[np.intp]


def assign_folds(n: int, seed: int) -> Places:
    """Return a fold 0 … 4 for each of n rows, as even as can be, at random."""
    return generator(seed, "potential", "folds").permutation(n) % FOLDS


def offsets(residuals: Floats, groups: Places, n_groups: int, quantile: float) -> Floats:
    """Return by how much the limit of each group moves: the rank of the residuals that keeps the promise.

    Parameters
    ----------
    residuals : array
        Outcome less the quantile foretold by a fit that had not seen it.
    groups : array of int
        Group of each row, 0 to `n_groups` − 1; −1 belongs to none.
    n_groups, quantile : int, float
        Number of groups, promised share.

    Returns
    -------
    array
        One number per group, and last the one of all rows, which small groups share.
    """
    found = np.full(n_groups + 1, _ranked(residuals, quantile))
    for group in range(n_groups):
        own = residuals[groups == group]
        if len(own) >= FEWEST_OF_GROUP:
            found[group] = _ranked(own, quantile)
    return found


def cross_fit(
    y: Floats, x: Floats, folds: Places, groups: Places, n_groups: int, quantile: float, penalty: Floats
) -> tuple[Floats, Floats, Floats]:
    """Return models that have not seen one fold each, the limits' offsets, and limits that were tried honestly.

    Returns
    -------
    array of FOLDS × coefficients
        Model f was fitted without fold f.
    array
        As `offsets` gives them, from the residuals of each row under the model that had not seen it.
    array
        Limit of each row by models *and* offsets that knew nothing of its fold (fits without two folds each): what the
        model card is measured on.
    """
    start = fit_quantile(y, x, quantile, penalty)
    full = np.column_stack([np.ones(len(y)), x])

    def fit(*without: int) -> Floats:
        inside = ~np.isin(folds, without)
        return fit_quantile(y[inside], x[inside], quantile, penalty, start)

    single = np.array([fit(f) for f in range(FOLDS)])
    residuals = y - np.einsum("ij,ij->i", full, single[folds])
    double = {pair: fit(*pair) for pair in combinations(range(FOLDS), 2)}
    tried = np.empty(len(y))
    for f in range(FOLDS):
        others = [g for g in range(FOLDS) if g != f]
        inner = np.zeros((FOLDS, full.shape[1]))
        for g in others:
            inner[g] = double[(min(f, g), max(f, g))]
        seen, held = folds != f, folds == f
        rest = y[seen] - np.einsum("ij,ij->i", full[seen], inner[folds[seen]])
        moved = offsets(rest, groups[seen], n_groups, quantile)
        tried[held] = full[held] @ inner[others].mean(axis=0) + moved[groups[held]]
    return single, offsets(residuals, groups, n_groups, quantile), tried


def spread_of_limit(
    y: Floats, x: Floats, groups: Places, n_groups: int, quantile: float, penalty: Floats, seen: Floats,
    seen_groups: Places, seed: int,
) -> Floats:  # fmt: skip
    """Return the standard error of the limit (log money) of each row of `seen`: bootstrap of the customers.

    Each sample is fitted anew and moved in each group as `offsets` says; so the error holds both the line and the step.
    """
    rng = generator(seed, "potential", "bootstrap")
    start = fit_quantile(y, x, quantile, penalty)
    full, wide = np.column_stack([np.ones(len(y)), x]), np.column_stack([np.ones(len(seen)), seen])
    n, mean, square = len(y), np.zeros(len(seen)), np.zeros(len(seen))
    for draw in range(DRAWS):
        picked = rng.integers(n, size=n)
        beta = fit_quantile(y, x, quantile, penalty, start, np.bincount(picked, minlength=n).astype(float))
        residuals = y[picked] - full[picked] @ beta
        limit = wide @ beta + offsets(residuals, groups[picked], n_groups, quantile)[seen_groups]
        step = limit - mean
        mean += step / (draw + 1)
        square += step * (limit - mean)
    return np.sqrt(square / (DRAWS - 1))


def size_groups(size_class: pd.Series) -> tuple[Places, int]:
    """Return a number for each size class, −1 where it is not known, and how many classes there are."""
    names = sorted(size_class.dropna().unique())
    place = {name: i for i, name in enumerate(names)}
    return size_class.map(place).fillna(-1).astype(np.intp).to_numpy(), len(names)


def _ranked(residuals: Floats, quantile: float) -> float:
    return float(np.sort(residuals)[rank_of_limit(len(residuals), quantile) - 1])
