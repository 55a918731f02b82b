"""Silence against an account's own rhythm: how long it usually takes, and how unusual it is to wait this long."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

DIGITS = 12
CURVE_POINTS = 101
FEWEST_ACCOUNTS = 10  # with fewer rhythms there is nothing to draw towards


def usual_intervals(rows: pd.DataFrame) -> pd.Series:
    """Return `usual_interval_days`: mean days between days with a sale, drawn towards that of all accounts.

    An account's own mean of few gaps is mostly chance: two orders a week apart are no weekly rhythm. On logarithms the
    own mean of n gaps has the variance 1/n (gaps spread as in a Poisson process, on the careful side for regular
    buyers), the rhythms of accounts spread by tau² around the mean of all. The answer is the mean of both, weighted
    with n and 1/tau²: empirical Bayes (Efron and Morris 1975, JASA 70), tau² by the moments of DerSimonian and Laird
    (1986, Controlled Clinical Trials 7). One-time buyers get the rhythm of all.

    Parameters
    ----------
    rows : DataFrame
        Rows of `account_features` of one day: `first_sale_date`, `last_sale_date`, `n_sale_days`.

    Returns
    -------
    Series
        Days, at least 1; empty without a sale, and for all where no account bought twice.

    Examples
    --------
    Of accounts with 40 gaps of 10 days and others with 40 gaps of 90 days, one with a single gap of 2 days gets an
    interval of some weeks, not 2 days.
    """
    gaps = (rows["n_sale_days"] - 1).clip(lower=0).astype("float64")
    span = (rows["last_sale_date"] - rows["first_sale_date"]).dt.days.astype("float64")
    known = (gaps > 0) & (span > 0)
    own = np.log((span[known] / gaps[known]).clip(lower=1.0))
    mean, spread = _rhythm_of_all(own.to_numpy(), gaps[known].to_numpy())
    weight = 1 / spread if spread > 0 else np.inf
    n = gaps.where(known, 0.0)
    pull = n / (n + weight) if np.isfinite(weight) else n * 0.0
    drawn = mean + pull * (own.reindex(rows.index).fillna(mean) - mean)
    return np.exp(drawn).where(rows["last_sale_date"].notna()).round(DIGITS).rename("usual_interval_days")


def _rhythm_of_all(own: np.ndarray, gaps: np.ndarray) -> tuple[float, float]:
    """Return mean and variance (tau²) of the accounts' true log intervals; NaN mean where there is none."""
    if not len(own):
        return np.nan, 0.0
    mean = float(np.sum(gaps * own) / np.sum(gaps))
    if len(own) < FEWEST_ACCOUNTS:
        return mean, 1.0
    between = np.sum(gaps * (own - mean) ** 2) - (len(own) - 1)
    spread = max(float(between / (np.sum(gaps) - np.sum(gaps**2) / np.sum(gaps))), 1e-3)
    weights = 1 / (spread + 1 / gaps)
    return float(np.sum(weights * own) / np.sum(weights)), spread


def fit_silence(ratios: np.ndarray) -> dict[str, list[float]]:
    """Return how long accounts that did buy again had been silent: the curve behind `silence_chance`.

    Parameters
    ----------
    ratios : array
        Days since the last sale over the usual interval, at past quarter ends, of accounts that bought afterwards.

    Returns
    -------
    dict
        `chance` (falling) and `ratio`: such a share of them had been silent for at least so many of their intervals
        (or days, if days are given).
    """
    ordered = np.sort(ratios[np.isfinite(ratios)])
    n = len(ordered)
    if n == 0:
        return {"chance": [1.0], "ratio": [0.0]}
    chance = np.geomspace(1.0, 1 / (n + 1), CURVE_POINTS)
    ratio = np.maximum.accumulate(np.quantile(ordered, 1 - chance))
    return {"chance": chance.round(DIGITS).tolist(), "ratio": ratio.round(DIGITS).tolist()}


def silence_chance(ratios: np.ndarray, curve: dict[str, list[float]]) -> np.ndarray:
    """Return the share of accounts still buying that had been silent for at least so many of their intervals.

    Between the points of the curve its logarithm is a straight line; beyond its end the last chance stays.

    Parameters
    ----------
    ratios : array
        Days since the last sale over the usual interval.
    curve : dict
        As `fit_silence` gives it.

    Examples
    --------
    If of 99 accounts that bought again one had been silent for 3 intervals and no other for more than 2, a silence
    of 3 intervals has a chance of 1 in 100.
    """
    places, first = np.unique(curve["ratio"], return_index=True)
    logs = np.log(np.asarray(curve["chance"])[first])
    return np.where(np.isfinite(ratios), np.exp(np.interp(np.nan_to_num(ratios), places, logs)), np.nan)


def unusual_silence(curve: dict[str, list[float]], share: float) -> float:
    """Return the silence that only such a share of the accounts still buying had reached, in the curve's own unit."""
    logs = -np.log(np.asarray(curve["chance"]))
    return float(np.interp(-np.log(share), logs, curve["ratio"]))
