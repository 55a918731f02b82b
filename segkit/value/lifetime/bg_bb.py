"""BG/BB: who buys or does not at each of a row of fixed occasions, until a customer silently stops.

Before each opportunity (a season, a yearly appeal, a month of a rhythm everybody shares) a living customer stops with
the own probability θ ~ Beta(gamma, delta), and otherwise buys with the own probability p ~ Beta(alpha, beta). With x
purchases at n opportunities, the last at t_x (0: none), the likelihood is

    B(alpha+x, beta+n−x) B(gamma, delta+n) / (B(alpha, beta) B(gamma, delta))
      + Σ_{j=t_x}^{n−1} B(alpha+x, beta+j−x) B(gamma+1, delta+j) / (B(alpha, beta) B(gamma, delta))

Source: Fader, Hardie, Shang (2010), Customer-base analysis in a discrete-time noncontractual setting, Marketing Science
29(6), 1086-1108.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.value.lifetime import shifted_beta_geometric
from segkit.value.lifetime.fitting import Fit, Objective, group_rows, maximise, no_fit

if TYPE_CHECKING:
    import pandas as pd

Parameters = Mapping[str, Any]

COLUMNS = ["n_repeats", "t_x", "n_opportunities"]
NAMES = ("alpha", "beta", "gamma", "delta")


def fit(histories: pd.DataFrame, seed: int = 0) -> Fit:
    """Return alpha and beta (buying), gamma and delta (stopping) of the highest likelihood, with standard errors.

    Parameters
    ----------
    histories : DataFrame
        Whole numbers: `n_repeats` (opportunities with a purchase, after the first purchase), `t_x` (the last of them,
        counted from 1; 0 without), `n_opportunities` (since the first purchase), `weight` (customers with this history;
        1 where missing). Equal rows are put together first, so the time hardly depends on the number of customers.
    seed : int
        For the starts of the search.
    """
    rows, weights = group_rows(histories, COLUMNS)
    rows, weights = rows[weights != 0], weights[weights != 0]
    x, t_x, n = rows.T
    reason = None
    if not weights.sum() > 0:
        reason = "no_rows"
    elif (
        (rows != np.floor(rows)).any()
        or (x < 0).any()
        or (x > t_x).any()
        or (t_x > n).any()
        or ((x == 0) & (t_x > 0)).any()
        or (weights < 0).any()
    ):
        reason = "invalid_rows"
    elif not (n > 0).any():
        reason = "no_time"
    elif not (x > 0).any():
        reason = "no_repeats"
    elif len(rows) == 1:
        reason = "no_variation"
    if reason:
        return no_fit("bg_bb", NAMES, weights.sum(), reason)
    start = {"alpha": 1.0, "beta": 1.0, "gamma": 0.7, "delta": 2.0}
    return maximise("bg_bb", make_objective(rows, weights), start, weights.sum(), seed)


def make_terms(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return the terms of all sums one after the other: x, j, whether it is the term of a living customer, and starts.

    Each row has n − t_x terms of "stopped after j opportunities" and, first, one of "still there after n".
    """
    x, t_x, n = rows.astype(np.int64).T
    length = n - t_x + 1
    starts = np.cumsum(length) - length
    place = np.arange(length.sum()) - np.repeat(starts, length)
    j = np.where(place == 0, np.repeat(n, length), np.repeat(t_x, length) + place - 1)
    return np.repeat(x, length), j, place == 0, starts


def make_objective(rows: np.ndarray, weights: np.ndarray) -> Objective:
    """Return log likelihood and gradient as a function of the logarithms of alpha, beta, gamma, delta.

    All gamma functions have a parameter plus a whole number as argument: they are looked up in tables of n entries.
    """
    from scipy.special import betaln, digamma, gammaln

    x, j, alive, starts = make_terms(rows)
    length = np.diff(np.append(starts, len(x)))
    steps = np.arange(rows[:, 2].max() + 2)
    stopped = np.where(alive, 0, 1)
    per_term = np.repeat(weights, length)
    total = weights.sum()

    def objective(point: np.ndarray) -> tuple[float, np.ndarray]:
        a, b, c, d = np.exp(point)
        bought = gammaln(a + steps)[x] + gammaln(b + steps)[j - x] - gammaln(a + b + steps)[j]
        stays = gammaln(d + steps)[j] - gammaln(c + d + steps)[j + stopped] + gammaln(c + np.array([0, 1]))[stopped]
        terms = bought + stays
        highest = np.maximum.reduceat(terms, starts)
        parts = np.exp(terms - np.repeat(highest, length))
        sums = np.add.reduceat(parts, starts)
        value = weights @ (np.log(sums) + highest) - total * (betaln(a, b) + betaln(c, d))

        share = per_term * parts / np.repeat(sums, length)
        by_x = np.bincount(x, share, len(steps))
        by_rest = np.bincount(j - x, share, len(steps))
        by_j = np.bincount(j, share, len(steps))
        by_end = np.bincount(j + stopped, share, len(steps))
        all_bought, all_stay = by_j @ digamma(a + b + steps), by_end @ digamma(c + d + steps)
        slopes = [
            by_x @ digamma(a + steps) - all_bought - total * (digamma(a) - digamma(a + b)),
            by_rest @ digamma(b + steps) - all_bought - total * (digamma(b) - digamma(a + b)),
            total * digamma(c) + share @ stopped / c - all_stay - total * (digamma(c) - digamma(c + d)),
            by_j @ digamma(d + steps) - all_stay - total * (digamma(d) - digamma(c + d)),
        ]
        return float(value), np.array(slopes) * np.exp(point)

    return objective


def log_likelihood(parameters: Parameters, histories: pd.DataFrame) -> float:
    """Return the log likelihood of `histories` (as in `fit`) at given parameters."""
    rows, weights = group_rows(histories, COLUMNS)
    return make_objective(rows, weights)(np.log([parameters[name] for name in NAMES]))[0]


def alive_probability(parameters: Parameters, histories: pd.DataFrame) -> np.ndarray:
    """Return the probability that each customer has not stopped by the last opportunity seen.

    Parameters may be numbers or arrays (n_draws, 1), which give (n_draws, n). Computed once per distinct history.
    """
    from scipy.special import betaln

    rows, back = np.unique(histories[COLUMNS].to_numpy(float), axis=0, return_inverse=True)
    x, j, alive, starts = make_terms(rows)
    a, b, c, d = (np.asarray(parameters[name], float) for name in NAMES)
    terms = betaln(a + x, b + j - x) + betaln(c + np.where(alive, 0, 1), d + j)
    # Relative to the living term, each row's first: no term is lost by scale, one over the sum is the answer.
    length = np.diff(np.append(starts, len(x)))
    gaps = np.minimum(terms - np.repeat(terms[..., starts], length, axis=-1), 700.0)
    return 1 / np.add.reduceat(np.exp(gaps), starts, axis=-1)[..., back]


def expected_purchases(
    parameters: Parameters, histories: pd.DataFrame, horizon: int, discount: float = 0.0
) -> np.ndarray:
    """Return the purchases to be expected of each customer at the next `horizon` opportunities, given their history.

    P(alive) times the mean of p times the expected opportunities survived; these are the renewals of the shifted
    beta-geometric model of (gamma, delta + n).

    Parameters
    ----------
    parameters : mapping
        alpha, beta, gamma, delta: numbers, or arrays (n_draws, 1) of `draw_parameters`; these give (n_draws, n).
    histories : DataFrame
        `n_repeats`, `t_x`, `n_opportunities`, as in `fit`.
    horizon : int
        Opportunities to come.
    discount : float
        Per opportunity: a purchase at the j-th from now counts (1 + discount)^−j.
    """
    x, _, n = histories[COLUMNS].to_numpy(float).T
    a, b = (np.asarray(parameters[name], float) for name in ("alpha", "beta"))
    staying = {"alpha": parameters["gamma"], "beta": parameters["delta"]}
    survived = shifted_beta_geometric.expected_renewals(staying, n, horizon, discount)
    return alive_probability(parameters, histories) * (a + x) / (a + b + n) * survived


def expected_purchases_new(parameters: Parameters, horizon: int) -> np.ndarray:
    """Return the purchases to be expected within `horizon` opportunities after a first purchase just made."""
    import pandas as pd

    return expected_purchases(parameters, pd.DataFrame(0, index=[0], columns=COLUMNS), horizon)


def draw_purchases(
    parameters: Parameters, histories: pd.DataFrame, horizon: int, rng: np.random.Generator
) -> np.ndarray:
    """Return draws of each customer's purchases at the next `horizon` opportunities, given their history.

    (n,) with plain parameters, (n_draws, n) with those of `draw_parameters`.
    """
    x, _, n = histories[COLUMNS].to_numpy(float).T
    a, b = (np.asarray(parameters[name], float) for name in ("alpha", "beta"))
    alive = alive_probability(parameters, histories)
    staying = {"alpha": parameters["gamma"], "beta": parameters["delta"]}
    survived = shifted_beta_geometric.draw_renewals(staying, np.broadcast_to(n, alive.shape), horizon, rng)
    survived = np.where(rng.random(alive.shape) < alive, survived, 0)
    buys = rng.beta(np.broadcast_to(a + x, alive.shape), np.broadcast_to(b + n - x, alive.shape))
    return rng.binomial(survived, buys)


def simulate(parameters: Parameters, n_opportunities: Any, rng: np.random.Generator) -> pd.DataFrame:
    """Return `n_repeats`, `t_x` and `n_opportunities` of new customers under known parameters."""
    import pandas as pd

    n = np.asarray(n_opportunities, np.int64)
    a, b, c, d = (float(parameters[name]) for name in NAMES)
    survived = shifted_beta_geometric.draw_renewals({"alpha": c, "beta": d}, np.zeros(n.shape), int(n.max()), rng)
    survived = np.minimum(survived, n)
    buys = rng.beta(a, b, n.shape)
    x, t_x = np.zeros_like(n), np.zeros_like(n)
    for opportunity in range(1, int(n.max()) + 1):
        bought = (opportunity <= survived) & (rng.random(n.shape) < buys)
        x += bought
        t_x[bought] = opportunity
    return pd.DataFrame({"n_repeats": x, "t_x": t_x, "n_opportunities": n})
