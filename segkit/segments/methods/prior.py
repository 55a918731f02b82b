"""What classes have in common, and how strongly each of them is drawn towards it: learned from the classes themselves.

Where classes hardly differ in a criterion, their differences are mostly chance, and a criterion of noise would blur
who belongs where; where they differ much, nothing needs to be drawn anywhere. Both are estimated (empirical Bayes).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

LEAST_SHARE = 1e-12
FLAT_ROWS = 1.0  # accounts' worth of prior in every class before anything is learned; Bayes constants of Latent GOLD
FLAT_VARIANCE = 1.0  # numbers come in standard deviations of all accounts
MOST_ROWS = 1e4  # so many accounts' worth of prior are as good as "the same in all classes"


@dataclass(frozen=True)
class Prior:
    """Imagined rows of every class.

    Attributes
    ----------
    centres, centre_rows : arrays (p,)
        Mean of each number that the imagined rows have, and how many rows say so.
    variances, variance_rows : arrays (p,)
        Their variance of each number, and how many rows say so.
    levels, level_rows : arrays (levels,)
        Their shares of each level, categories side by side, and how many rows say so.
    """

    centres: np.ndarray
    centre_rows: np.ndarray
    variances: np.ndarray
    variance_rows: np.ndarray
    levels: np.ndarray
    level_rows: np.ndarray


def flat_prior(n_numbers: int, overall: np.ndarray) -> Prior:
    """Return one imagined row per class that looks like the whole and says nothing about means.

    A class on a few equal rows then has no infinite density (Fraley and Raftery 2007, Journal of Classification 24;
    Vermunt and Magidson 2016, Technical Guide for Latent GOLD 5.1, Bayes constants).
    """
    ones, zeros = np.ones(n_numbers), np.zeros(n_numbers)
    return Prior(zeros, zeros, FLAT_VARIANCE * ones, FLAT_ROWS * ones, overall, np.full(len(overall), FLAT_ROWS))


def learn_prior(
    rows: np.ndarray,
    first: np.ndarray,
    second: np.ndarray,
    counts: np.ndarray,
    sizes: tuple[int, ...],
    overall: np.ndarray,
    least_variance: float,
) -> Prior:
    """Return the prior that the differences between classes speak for.

    Parameters
    ----------
    rows, first, second : arrays (k, p)
        Rows of each class that know a number, the sum of their values and of their squares.
    counts : array (k, levels)
        Rows of each class with each level, categories side by side.
    sizes : tuple of int
        Levels of each category.
    overall : array (levels,)
        Shares of the levels in the whole.
    least_variance : float
        No variance is below it.

    Returns
    -------
    Prior
        `flat_prior` where there is one class: nothing differs. At least one row on variances and levels always.

    Notes
    -----
    Means: class means spread by tau² beyond what their standard errors explain; rows of prior = pooled variance / tau²
    (Morris 1983, JASA 78). Variances: rows = d₀ of the scaled inverse chi-square whose logarithms spread like those of
    the classes (Smyth 2004, Stat. Appl. Genet. Mol. Biol. 3, section 6.2). Levels: rows = the precision of the
    Dirichlet with the observed squared distances from the whole (method of moments).
    """
    k, p = rows.shape
    if k < 2:
        return flat_prior(p, overall)
    n = np.maximum(rows, LEAST_SHARE)
    means = first / n
    variances = np.maximum((second - means * first) / n, least_variance)
    total = n.sum(axis=0)
    pooled = (variances * n).sum(axis=0) / total
    centres = first.sum(axis=0) / total
    between = ((means - centres) ** 2).sum(axis=0) / (k - 1) - (variances / n).mean(axis=0)
    centre_rows = np.minimum(pooled / np.maximum(between, LEAST_SHARE), MOST_ROWS)
    variance_rows = np.array([_variance_rows(variances[:, j], n[:, j]) for j in range(p)])
    level_rows, at = [], 0
    for size in sizes:
        part, shares = counts[:, at : at + size], overall[at : at + size]
        level_rows.append(np.full(size, _level_rows(part, shares)))
        at += size
    return Prior(centres, centre_rows, pooled, variance_rows, overall, np.concatenate([*level_rows, np.empty(0)]))


def _variance_rows(variances: np.ndarray, rows: np.ndarray) -> float:
    """Return how many rows' worth the classes' variances of one number are alike, from 1 to `MOST_ROWS`."""
    from scipy.optimize import brentq
    from scipy.special import digamma, polygamma

    freedom = np.maximum(rows - 1, 1.0) / 2
    logs = np.log(variances) - digamma(freedom) + np.log(freedom)
    extra = float(logs.var(ddof=1) - polygamma(1, freedom).mean())
    if extra <= polygamma(1, MOST_ROWS / 2):
        return MOST_ROWS
    if extra >= polygamma(1, FLAT_ROWS / 2):
        return FLAT_ROWS
    return float(brentq(lambda x: polygamma(1, x / 2) - extra, FLAT_ROWS, MOST_ROWS))


def _level_rows(counts: np.ndarray, shares: np.ndarray) -> float:
    """Return how many rows' worth the classes' shares of one category's levels are alike, from 1 to `MOST_ROWS`."""
    n = np.maximum(counts.sum(axis=1), LEAST_SHARE)
    spread = 1.0 - float((shares**2).sum())
    if spread <= 0:
        return FLAT_ROWS
    seen = float(((counts / n[:, None] - shares) ** 2).sum(axis=1).mean()) / spread
    beyond = seen - float((1 / n).mean())
    return min(max(1 / beyond - 1, FLAT_ROWS), MOST_ROWS) if beyond > 0 else MOST_ROWS
