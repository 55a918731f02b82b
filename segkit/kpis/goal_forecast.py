"""Where a KPI will stand at a deadline, by its own quarters: a value with the interval that a prediction deserves."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np

LEAST_QUARTERS = 4
# What is unknown about a series: how much a deviation lasts until the next quarter (1: for good), how much quarters of
# the year differ, and how steep the trend is, both against the scatter. Each combination is weighed by the data.
LASTING = (0.0, 0.3, 0.6, 0.8, 0.95, 1.0)
SEASONS = {0.0: 0.5, 0.5: 1 / 6, 2.0: 1 / 6, 8.0: 1 / 6}
SLOPES = {0.0: 0.25, 0.05: 0.25, 0.2: 0.25, 0.8: 0.25}
OUTLIER = 4.0  # so many robust standard deviations off the trend
SEASON_SURE = 0.8
DIGITS = 12


@dataclass(frozen=True)
class Forecast:
    """The value expected, its prediction interval, the trend (change in a quarter), and whether there is a season."""

    expected: float
    low: float
    high: float
    trend: float
    is_seasonal: bool


def predict(quarters: np.ndarray, values: np.ndarray, ahead: int, confidence: float = 0.95) -> Forecast | None:
    """Return what a series of quarters lets expect `ahead` quarters after its last; None with fewer than four.

    Parameters
    ----------
    quarters, values : array
        Numbers of the quarters in rising order, gaps allowed, and the values measured in them.
    ahead : int
        At least 1.
    confidence : float
        Share of such intervals that will hold the value measured then.

    Returns
    -------
    Forecast or None
        The mean of Student predictions over all combinations of `LASTING`, `SEASONS` and `SLOPES`, each weighed by its
        marginal likelihood (Harville, Biometrika 61, 1974: flat prior for the level, Jeffreys' for the scatter). An
        outlier does not bend the trend, but it widens the interval.
    """
    if len(values) < LEAST_QUARTERS:
        return None
    scale = float(np.ptp(values))
    level = float(np.median(values))
    if scale <= 1e-12 * max(abs(level), 1.0):
        return Forecast(level, level, level, 0.0, False)
    y = (np.asarray(values, dtype=float) - level) / scale
    times = np.append(np.asarray(quarters, dtype=float), float(quarters[-1] + ahead))
    df = len(y) - 1
    fits = _fits(times, y, _tamed(times[:-1], y))
    weights = np.exp(fits[:, 0] - fits[:, 0].max())
    weights /= weights.sum()
    means, spreads = fits[:, 1], fits[:, 2]
    tail = (1 - confidence) / 2
    low, high = (_quantile(share, weights, means, spreads, df) for share in (tail, 1 - tail))
    expected, low, high = (round(level + scale * x, DIGITS) for x in (float(weights @ means), low, high))
    trend = round(float(weights @ fits[:, 3]) * scale, DIGITS)
    return Forecast(expected, low, high, trend, is_seasonal=bool(weights[fits[:, 4] > 0].sum() > SEASON_SURE))


def _fits(times: np.ndarray, y: np.ndarray, tame: np.ndarray) -> np.ndarray:
    """Return one row per combination: log weight, mean and spread of the prediction, slope, season."""
    n = len(y)
    gaps = np.abs(times[:, None] - times[None, :])
    same = (gaps % 4 == 0).astype(float)
    centred = times - times[:-1].mean()
    slopes = np.outer(centred, centred)
    rows = []
    for lasting in LASTING:
        # a random walk has no level of its own; the level is estimated, so any constant may be added
        kept = gaps.max() - gaps / 2 if lasting == 1 else lasting**gaps if lasting else np.eye(n + 1)
        for season, season_prior in SEASONS.items():
            for slope, slope_prior in SLOPES.items():
                all_of = kept + season * same + slope**2 * slopes
                inverse = np.linalg.inv(all_of[:n, :n])
                ones = inverse.sum(axis=0)
                precision = ones.sum()
                projected = inverse - np.outer(ones, ones) / precision
                square = max(float(y @ projected @ y), 1e-12)
                log_weight = np.log(season_prior * slope_prior) - 0.5 * (n - 1) * np.log(square)
                log_weight -= 0.5 * (np.linalg.slogdet(all_of[:n, :n])[1] + np.log(precision))
                mean_level = ones @ tame / precision
                rest = inverse @ (tame - mean_level)
                cross = all_of[n, :n]
                lack = 1 - cross @ ones
                variance = all_of[n, n] - cross @ inverse @ cross + lack**2 / precision
                spread = np.sqrt(square / (n - 1) * max(variance, 0.0))
                trend = slope**2 * centred[:n] @ rest
                rows.append([log_weight, mean_level + cross @ rest, spread, trend, season])
    return np.array(rows)


def _tamed(times: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the values with those far off the trend (Theil 1950, Sen 1968) drawn in."""
    first, second = np.triu_indices(len(y), 1)
    slope = np.median((y[second] - y[first]) / (times[second] - times[first]))
    rest = y - slope * times
    middle = np.median(rest)
    reach = OUTLIER * 1.4826 * np.median(np.abs(rest - middle))
    return y if reach == 0 else slope * times + np.clip(rest, middle - reach, middle + reach)


def _quantile(share: float, weights: np.ndarray, means: np.ndarray, spreads: np.ndarray, df: int) -> float:
    """Return a quantile of the mixture of Student distributions, by bisection."""
    student = _student(df)
    spreads = np.maximum(spreads, 1e-12)
    far = 60 * spreads.max() * max(1.0, 10 / df)
    low, high = float(means.min() - far), float(means.max() + far)
    for _ in range(60):
        middle = (low + high) / 2
        if weights @ student.cdf((middle - means) / spreads) < share:
            low = middle
        else:
            high = middle
    return (low + high) / 2


@functools.cache
def _student(df: int) -> Any:
    from scipy.stats import t

    return t(df)
