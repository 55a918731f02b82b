"""Gamma-Gamma: what a purchase of each customer is worth on average, few purchases drawn towards all customers.

The value of one purchase is Gamma(p, ν), and ν differs between customers as Gamma(q, v). The mean m of x purchases then
has the density

    Γ(px+q) / (Γ(px) Γ(q)) · v^q · m^(px−1) · x^(px) / (v + mx)^(px+q)

and, given them, ν ~ Gamma(px+q, v+mx): the expected value of a purchase is p(v+mx)/(px+q−1). The model takes the value
of purchases to be independent of their number; whoever uses it looks at that correlation first.

Source: Fader, Hardie (2013), The Gamma-Gamma model of monetary value, brucehardie.com/notes/025.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.value.lifetime.fitting import Fit, Objective, group_rows, maximise, no_fit

if TYPE_CHECKING:
    import pandas as pd

Parameters = Mapping[str, Any]

COLUMNS = ["n_values", "mean_value"]
NAMES = ("p", "q", "v")
ROUGH_ROWS = 10_000


def fit(values: pd.DataFrame, seed: int = 0) -> Fit:
    """Return p, q and v of the highest likelihood, with standard errors; v is in money.

    Parameters
    ----------
    values : DataFrame
        One row per customer with purchases: `n_values` (how many were averaged, above 0), `mean_value` (their mean in
        money, above 0), `weight` where rows are counted. Any other row gives the reason ``invalid_rows``.
    seed : int
        For the starts of the search.
    """
    rows, weights = group_rows(values, COLUMNS)
    rows, weights = rows[weights != 0], weights[weights != 0]
    if not weights.sum() > 0:
        return no_fit("gamma_gamma", NAMES, 0.0, "no_rows")
    if not np.isfinite(rows).all() or (rows <= 0).any() or (weights < 0).any():
        return no_fit("gamma_gamma", NAMES, weights.sum(), "invalid_rows")
    if len(np.unique(rows[:, 1])) == 1:
        return no_fit("gamma_gamma", NAMES, weights.sum(), "no_variation")
    # The search in units of the mean value: the same steps for cents and for millions.
    unit = float(np.exp(weights @ np.log(rows[:, 1]) / weights.sum()))
    every = len(rows) // ROUGH_ROWS
    rough = make_objective(rows[::every], weights[::every]) if every > 1 else None
    start = {"p": 3.0, "q": 3.0, "v": unit}
    return maximise("gamma_gamma", make_objective(rows, weights), start, weights.sum(), seed, rough)


def make_objective(rows: np.ndarray, weights: np.ndarray) -> Objective:
    """Return log likelihood and gradient as a function of the logarithms of p, q, v.

    Gamma and digamma functions are computed once for each distinct number of purchases.
    """
    from scipy.special import betaln, digamma

    x, m = rows.T
    counts, at = np.unique(x, return_inverse=True)
    customers = np.bincount(at, weights)
    log_m = np.log(m)
    constant = -float(weights @ log_m)
    total = weights.sum()

    def objective(point: np.ndarray) -> tuple[float, np.ndarray]:
        p, q, v = np.exp(point)
        # v/(v+mx) and mx/(v+mx), through the logarithm of their odds: safe for v far from the money of the data.
        odds = log_m + np.log(x) - point[2]
        log_rest, log_share = -np.logaddexp(0.0, odds), -np.logaddexp(0.0, -odds)
        shape = p * counts
        value = constant - customers @ betaln(shape, q) + weights @ (q * log_rest + p * x * log_share)
        both = digamma(shape + q)
        slope_p = (customers * counts) @ (both - digamma(shape)) + (weights * x) @ log_share
        slope_q = customers @ both - total * digamma(q) + weights @ log_rest
        # d log rest / d log v = share, d log share / d log v = −rest
        slope_v = weights @ (q * np.exp(log_share) - p * x * np.exp(log_rest))
        return float(value), np.array([slope_p * p, slope_q * q, slope_v])

    return objective


def log_likelihood(parameters: Parameters, values: pd.DataFrame) -> float:
    """Return the log likelihood of `values` (as in `fit`) at given parameters."""
    rows, weights = group_rows(values, COLUMNS)
    return make_objective(rows, weights)(np.log([parameters[name] for name in NAMES]))[0]


def posterior(parameters: Parameters, values: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return p, and shape and rate of each customer's ν given the purchases; without purchases those of everybody."""
    x = values["n_values"].to_numpy(float)
    money = np.where(x > 0, x * values["mean_value"].to_numpy(float), 0.0)
    p, q, v = (np.asarray(parameters[name], float) for name in NAMES)
    return p, p * x + q, v + money


def expected_value(parameters: Parameters, values: pd.DataFrame) -> np.ndarray:
    """Return the expected money of one more purchase of each customer.

    A weighted mean of the customer's own and the population's, p v/(q−1); the own one weighs px/(px+q−1).

    Parameters
    ----------
    parameters : mapping
        p, q, v: numbers, or arrays (n_draws, 1) of `draw_parameters`; these give (n_draws, n).
    values : DataFrame
        `n_values`, `mean_value` (money). With `n_values` 0 the mean value is not read.

    Returns
    -------
    ndarray
        NaN where the mean does not exist (px + q ≤ 1: tails too heavy).
    """
    p, shape, rate = posterior(parameters, values)
    return np.where(shape > 1, p * rate / np.where(shape > 1, shape - 1, 1.0), np.nan)


def value_interval(parameters: Parameters, values: pd.DataFrame, level: float = 0.8) -> tuple[np.ndarray, np.ndarray]:
    """Return lower and upper limit of each customer's own mean money per purchase, p/ν, that hold `level` of it."""
    from scipy.special import gammaincinv

    p, shape, rate = posterior(parameters, values)
    tail = (1 - level) / 2
    return p * rate / gammaincinv(shape, 1 - tail), p * rate / gammaincinv(shape, tail)


def draw_spend(
    parameters: Parameters, values: pd.DataFrame, n_purchases: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Return draws of the money of `n_purchases` future purchases of each customer.

    Parameters
    ----------
    parameters, values
        As in `expected_value`.
    n_purchases : ndarray
        (n,) or (n_draws, n): how many purchases; 0 gives 0.
    rng : Generator

    Returns
    -------
    ndarray
        Money, as `n_purchases` in shape: ν from its posterior, then the sum of that many gamma-distributed values.
    """
    p, shape, rate = (np.broadcast_to(v, n_purchases.shape) for v in posterior(parameters, values))
    some = n_purchases > 0
    spend = np.zeros(n_purchases.shape)
    own = np.maximum(rng.standard_gamma(shape[some]), np.finfo(float).tiny)
    spend[some] = rng.standard_gamma(p[some] * n_purchases[some]) * rate[some] / own
    return spend


def simulate(parameters: Parameters, n_values: Any, rng: np.random.Generator) -> pd.DataFrame:
    """Return `n_values` and `mean_value` of customers with that many purchases each, under known parameters."""
    import pandas as pd

    x = np.asarray(n_values)
    p, q, v = (float(parameters[name]) for name in NAMES)
    nu = rng.gamma(q, 1 / v, x.shape)
    return pd.DataFrame({"n_values": x, "mean_value": rng.gamma(p * x) / nu / x})
