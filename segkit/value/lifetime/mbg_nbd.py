"""MBG/NBD: as BG/NBD, but a customer can also stop right after the first purchase.

Batislam, Denizel, Filiztekin (2007), Empirical validation and comparison of models for customer base analysis, Int. J.
of Research in Marketing 24(3), 201-209; Hoppe, Wagner (2007), Customer base analysis: the case for a central variant of
the betageometric/NBD model, Marketing: J. of Research and Management 3(2), 75-90.
Likelihood and forecasts: `segkit.value.lifetime.beta_geometric` with s = 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.value.lifetime import beta_geometric
from segkit.value.lifetime.beta_geometric import Parameters, read_histories
from segkit.value.lifetime.fitting import Fit

if TYPE_CHECKING:
    import pandas as pd

SHIFT = 1  # the coin is tossed after the first purchase too


def fit(histories: pd.DataFrame, seed: int = 0) -> Fit:
    """Return r, alpha, a and b of the highest likelihood, with standard errors.

    Parameters
    ----------
    histories : DataFrame
        One row per customer: `n_repeats` (days with a purchase after the first), `t_x` (time of the last purchase since
        the first, 0 without repeat), `age` (time from the first purchase to as-of), all times in one unit; `weight`
        (customers with this history) where rows are counted. Equal rows are put together first.
    seed : int
        For the starts of the search.

    Returns
    -------
    Fit
        Rates (alpha) in the unit of the times. Histories that allow no fit give a reason, not an error.
    """
    return beta_geometric.fit_histories("mbg_nbd", histories, SHIFT, seed)


def log_likelihood(parameters: Parameters, histories: pd.DataFrame) -> float:
    """Return the log likelihood of `histories` (as in `fit`) at given parameters."""
    return beta_geometric.log_likelihood_of(parameters, histories, SHIFT)


def alive_probability(parameters: Parameters, histories: pd.DataFrame) -> np.ndarray:
    """Return the probability that each customer has not stopped buying, at their age.

    Someone without repeat may have stopped: the longer the silence against what others buy, the likelier.
    """
    return beta_geometric.alive_share(parameters, *read_histories(histories), SHIFT)


def expected_purchases(parameters: Parameters, histories: pd.DataFrame, horizon: Any) -> np.ndarray:
    """Return the purchases to be expected of each customer in (age, age + horizon], given their history.

    Parameters
    ----------
    parameters : mapping
        r, alpha, a, b: numbers, or arrays (n_draws, 1) of `draw_parameters`; these give (n_draws, n).
    histories : DataFrame
        `n_repeats`, `t_x`, `age`, as in `fit`.
    horizon : float or array
        In the unit of the times.
    """
    return beta_geometric.expected_after(parameters, *read_histories(histories), horizon, SHIFT)


def expected_purchases_new(parameters: Parameters, horizon: Any) -> np.ndarray:
    """Return the repeat purchases to be expected within `horizon` of one who has just bought for the first time."""
    nothing = np.zeros(1)
    return beta_geometric.expected_after(parameters, nothing, nothing, nothing, horizon, SHIFT)


def draw_purchases(
    parameters: Parameters, histories: pd.DataFrame, horizon: Any, rng: np.random.Generator
) -> np.ndarray:
    """Return draws of each customer's purchases in (age, age + horizon], given their history.

    One draw per customer with plain parameters; with those of `draw_parameters` (n_draws, n), and the spread then holds
    what is not known of the parameters too.
    """
    return beta_geometric.draw_after(parameters, *read_histories(histories), horizon, SHIFT, rng)


def simulate(parameters: Parameters, ages: Any, rng: np.random.Generator) -> pd.DataFrame:
    """Return histories (`n_repeats`, `t_x`, `age`) of new customers seen for `ages`, under known parameters."""
    return beta_geometric.simulate_histories(parameters, ages, SHIFT, rng)
