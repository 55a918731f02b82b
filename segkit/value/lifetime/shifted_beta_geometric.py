"""Shifted beta-geometric: how long contracts are renewed, when customers differ in how easily they leave.

At each renewal a customer leaves with the own probability θ ~ Beta(alpha, beta). Who survived k renewals and left at
the next (c = 1) or is still there (c = 0), and was first seen after k₀ renewals, contributes

    B(alpha + c, beta + k) / B(alpha, beta + k₀)

so that P(T = t) = B(alpha+1, beta+t−1)/B(alpha, beta) and S(t) = B(alpha, beta+t)/B(alpha, beta); retention
(beta+t−1)/(alpha+beta+t−1) rises with age because those who leave easily are gone. Unequal cohorts, customers not yet
lost and contracts that began before the records (k₀ > 0) need nothing more.

Sources: Fader, Hardie (2007), How to project customer retention, J. of Interactive Marketing 21(1), 76-90; residual
lifetime: Fader, Hardie (2010), Customer-base valuation in a contractual setting, Marketing Science 29(1), 85-93.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.value.lifetime.fitting import Fit, Objective, group_rows, maximise, no_fit

if TYPE_CHECKING:
    import pandas as pd

Parameters = Mapping[str, Any]

COLUMNS = ["n_renewals", "is_churned", "n_before"]
NAMES = ("alpha", "beta")


def read_tenures(tenures: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return distinct rows of n_renewals, is_churned and n_before (0 where missing), and their weights."""
    return group_rows(tenures if "n_before" in tenures else tenures.assign(n_before=0), COLUMNS)


def fit(tenures: pd.DataFrame, seed: int = 0) -> Fit:
    """Return alpha and beta of the highest likelihood, with standard errors.

    Parameters
    ----------
    tenures : DataFrame
        One row per customer or group: `n_renewals` (survived so far, whole number), `is_churned` (left at the renewal
        after them; False: still there), `n_before` (renewals already survived when first seen; 0 where missing),
        `weight` (customers in the row; 1 where missing).
    seed : int
        For the starts of the search.

    Returns
    -------
    Fit
        Without a single loss (``no_churn``) or renewal (``no_renewal``) nothing can be fitted.
    """
    rows, weights = read_tenures(tenures)
    rows, weights = rows[weights != 0], weights[weights != 0]
    k, churned, before = rows.T
    reason = None
    if not weights.sum() > 0:
        reason = "no_rows"
    elif not np.isfinite(rows).all() or (before < 0).any() or (k < before).any() or (weights < 0).any():
        reason = "invalid_rows"
    elif not churned.any():
        reason = "no_churn"
    elif not (k > before).any():
        reason = "no_renewal"
    if reason:
        return no_fit("shifted_beta_geometric", NAMES, weights.sum(), reason)
    start = {"alpha": 1.0, "beta": 2.0}
    return maximise("shifted_beta_geometric", make_objective(rows, weights), start, weights.sum(), seed)


def make_objective(rows: np.ndarray, weights: np.ndarray) -> Objective:
    """Return log likelihood and gradient as a function of the logarithms of alpha and beta."""
    from scipy.special import betaln, digamma

    k, churned, before = rows.T

    def objective(point: np.ndarray) -> tuple[float, np.ndarray]:
        alpha, beta = np.exp(point)
        value = weights @ (betaln(alpha + churned, beta + k) - betaln(alpha, beta + before))
        seen, begun = digamma(alpha + beta + churned + k), digamma(alpha + beta + before)
        slope_alpha = weights @ (digamma(alpha + churned) - seen - digamma(alpha) + begun)
        slope_beta = weights @ (digamma(beta + k) - seen - digamma(beta + before) + begun)
        return float(value), np.array([slope_alpha * alpha, slope_beta * beta])

    return objective


def log_likelihood(parameters: Parameters, tenures: pd.DataFrame) -> float:
    """Return the log likelihood of `tenures` (as in `fit`) at given parameters."""
    return make_objective(*read_tenures(tenures))(np.log([parameters[name] for name in NAMES]))[0]


def retention(parameters: Parameters, n_renewals: Any) -> np.ndarray:
    """Return the share that renews next among those who have renewed `n_renewals` times."""
    return survival(parameters, n_renewals, 1)


def survival(parameters: Parameters, n_renewals: Any, periods: Any = 1) -> np.ndarray:
    """Return the probability to survive `periods` more renewals of one who has survived `n_renewals`."""
    from scipy.special import betaln

    alpha, beta = (np.asarray(parameters[name], float) for name in NAMES)
    k = beta + np.asarray(n_renewals, float)
    return np.exp(betaln(alpha, k + np.asarray(periods)) - betaln(alpha, k))


def expected_renewals(
    parameters: Parameters, n_renewals: Any, horizon: int | None = None, discount: float = 0.0
) -> np.ndarray:
    """Return how many further renewals are to be expected of one who has survived `n_renewals`.

    Parameters
    ----------
    parameters : mapping
        alpha, beta: numbers, or arrays (n_draws, 1) of `draw_parameters`.
    n_renewals : array
        Survived so far; 0: the contract is new.
    horizon : int, optional
        Renewals that count; without it all to come, by r · 2F1(1, beta+k+1; alpha+beta+k+1; 1/(1+d)) / (1+d) with the
        retention r (Fader and Hardie 2010).
    discount : float
        Per period: the j-th renewal from now counts (1 + discount)^−j.

    Returns
    -------
    ndarray
        Infinite without horizon and discount where alpha ≤ 1: the mean tenure does not exist.
    """
    from scipy.special import hyp2f1

    alpha, beta = (np.asarray(parameters[name], float) for name in NAMES)
    k = np.asarray(n_renewals, float)
    whole = alpha + beta + k
    if horizon is None:
        if not discount:
            return np.where(alpha > 1, (beta + k) / np.where(alpha > 1, alpha - 1, 1.0), np.inf)
        return (beta + k) / whole / (1 + discount) * hyp2f1(1, beta + k + 1, whole + 1, 1 / (1 + discount))
    survived = np.ones(whole.shape)
    expected = np.zeros(whole.shape)
    for period in range(horizon):
        survived = survived * (beta + k + period) / (whole + period)
        expected += survived * (1 + discount) ** -(period + 1)
    return expected


def draw_renewals(parameters: Parameters, n_renewals: Any, horizon: int, rng: np.random.Generator) -> np.ndarray:
    """Return draws of the further renewals within `horizon` of customers who have survived `n_renewals`."""
    alpha, beta = (np.asarray(parameters[name], float) for name in NAMES)
    alpha, k = np.broadcast_arrays(alpha, beta + np.asarray(n_renewals, float))
    leaves = rng.beta(alpha, k)
    with np.errstate(all="ignore"):
        renewals = np.floor(np.log1p(-rng.random(leaves.shape)) / np.log1p(-leaves))
    return np.where(leaves > 0, np.minimum(renewals, horizon), horizon).astype(np.int64)


def simulate(parameters: Parameters, n_observed: Any, rng: np.random.Generator) -> pd.DataFrame:
    """Return `n_renewals` and `is_churned` of new customers, each watched for `n_observed` renewals."""
    import pandas as pd

    watched = np.asarray(n_observed)
    renewals = draw_renewals(parameters, np.zeros(watched.shape), int(watched.max()) + 1, rng)
    return pd.DataFrame({"n_renewals": np.minimum(renewals, watched), "is_churned": renewals < watched})
