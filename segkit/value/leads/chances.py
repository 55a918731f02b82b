"""The chance of a lead to convert within the horizon, given that it has not yet: model and simple rule.

Whether a lead converts is one question, when is another: of those that convert, the share F(a) has done so by age a.
Of a lead with chance p at its birth, the odds that are left at age a are p / (1 − p) · (1 − F(a)) (Bayes; the mixture
cure model of Boag 1949, Journal of the Royal Statistical Society B 11). So the log odds of a logistic regression get
log(1 − F(a)) as an offset, and a lead is learnt from at several ages ("landmarks"; van Houwelingen 2007, Scandinavian
Journal of Statistics 34), so that what it did since its birth counts too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from segkit.value.leads.predictors import Columns, Events, describe_leads, design, find_columns

if TYPE_CHECKING:
    import pandas as pd

PENALTY = 1.0  # a standard normal prior: two in three words move the odds by less than a factor of e
PRIOR_LEADS = 20  # the rate of all leads weighs as much as so many leads of a source
LANDMARKS = (0, 1 / 6, 1 / 3)  # of the horizon
MOST_LEADS = 20_000  # more tell no more: the newest
LEARN_DAYS = 1095  # older leads tell of other times
STEPS, Z = 30, 1.959964


class Chances(NamedTuple):
    """What was learnt from leads whose horizon was over."""

    columns: Columns
    names: list[tuple[str, str]]
    beta: np.ndarray
    covariance: np.ndarray
    mean: np.ndarray
    """Mean of each column of the matrix at the birth of the leads."""
    days: np.ndarray
    """Days to conversion of those that converted in time, sorted."""
    rate: float
    by_source: pd.DataFrame
    """Index source: n, k (converted), rate (shrunken)."""
    predictors: pd.DataFrame
    """Of the leads learnt from, at their birth, with `converts`."""


def fit_chances(leads: pd.DataFrame, events: Events, day: float, horizon_days: int, dropped: list[str]) -> Chances:
    """Return what the leads tell whose horizon ended by a day.

    Parameters
    ----------
    leads : DataFrame
        As `add_births` gives them.
    events : Events
        As `index_events` gives them.
    day : float
        Days since 1970; nothing that happened later is looked at.
    horizon_days : int
        A lead that converts later failed.
    dropped : list of str
        Predictors that are not used.
    """
    learnt = decided_on(leads, day, horizon_days)
    learnt = learnt[learnt["created"] > day - horizon_days - LEARN_DAYS].tail(MOST_LEADS)
    taken = (learnt["converted"] - learnt["created"]).to_numpy()
    converts = taken <= horizon_days
    days = np.sort(taken[converts])
    created, parts, offsets, which = learnt["created"].to_numpy(), [], [], []
    for share in LANDMARKS:
        age = np.floor(share * horizon_days)
        rows = np.flatnonzero(~(taken <= age)) if age else np.arange(len(learnt))
        parts.append(describe_leads(learnt, events, created + age).iloc[rows])
        offsets.append(np.full(len(rows), np.log(share_left(days, age)) if age else 0.0))
        which.append(rows)
    columns = find_columns(parts[0], dropped)
    matrices = [design(part, columns) for part in parts]
    rows = np.concatenate(which)
    weights = np.full(len(rows), len(learnt) / len(rows))  # by lead they would lean to those that converted early
    matrix, outcome = np.concatenate([m for m, _ in matrices]), converts[rows].astype("float64")
    beta, covariance = fit_logistic(matrix, outcome, np.concatenate(offsets), weights)
    return Chances(
        columns=columns,
        names=matrices[0][1],
        beta=beta,
        covariance=covariance,
        mean=matrices[0][0].mean(axis=0),
        days=days,
        rate=float(converts.mean()),
        by_source=shrink_rates(parts[0]["source"], converts),
        predictors=parts[0].assign(converts=converts),
    )


def decided_on(leads: pd.DataFrame, day: float, horizon_days: int) -> pd.DataFrame:
    """Return the leads whose horizon was over on a day (days since 1970) and whose outcome is dated."""
    return leads[(leads["created"] + horizon_days <= day) & ~leads["is_undated"]]


def shrink_rates(kinds: pd.Series, converts: np.ndarray) -> pd.DataFrame:
    """Return n, k and rate (k + 20 · rate of all) / (n + 20) of each kind, index kind."""
    import pandas as pd

    counts = pd.DataFrame({"n": 1, "k": converts.astype(int)}).groupby(kinds.to_numpy()).sum()
    return counts.assign(rate=(counts["k"] + PRIOR_LEADS * converts.mean()) / (counts["n"] + PRIOR_LEADS))


def share_left(days: np.ndarray, age: np.ndarray | float) -> np.ndarray:
    """Return 1 − F(age): the share of conversions that come after this age, half a lead more than were seen."""
    return (len(days) - np.searchsorted(days, age, side="right") + 0.5) / (len(days) + 0.5)


def fit_logistic(
    matrix: np.ndarray, outcome: np.ndarray, offset: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return coefficients and covariance of a penalised logistic regression (Newton's method), intercept first.

    The penalty PENALTY / 2 · Σ β² (not on the intercept) is the prior of a normal distribution; the covariance is that
    of Laplace's approximation. Written out because scikit-learn's has neither offset nor covariance.

    Parameters
    ----------
    matrix : array, rows × columns
        First column 1.
    outcome, offset, weights : array
        0 or 1; what is added to the log odds; weight of each row.
    """
    from threadpoolctl import threadpool_limits

    ridge = np.full(matrix.shape[1], PENALTY)
    ridge[0] = 1e-6
    beta = np.zeros(matrix.shape[1])
    with threadpool_limits(1):
        for _ in range(STEPS):
            p = expit(matrix @ beta + offset)
            gradient = matrix.T @ (weights * (outcome - p)) - ridge * beta
            hessian = (matrix * (weights * p * (1 - p))[:, None]).T @ matrix + np.diag(ridge)
            step = np.linalg.solve(hessian, gradient)
            beta = beta + step * min(1.0, 2.0 / max(float(np.abs(step).max()), 1e-300))
            if np.abs(step).max() < 1e-9:
                break
        return beta, np.linalg.inv(hessian)


def predict_chances(learnt: Chances, predictors: pd.DataFrame, age: np.ndarray) -> pd.DataFrame:
    """Return the chances of leads that have waited for some days.

    Returns
    -------
    DataFrame
        Index lead_id, shares rounded to 6 digits: `score` with its 95 % interval `score_low`, `score_high` (of the
        chance, not of the outcome, which is yes or no), `rule_score` with `rule_low` and `rule_high`: the rate of the
        source, the same whatever else is known, given the age (interval of Jeffreys, 1946, on the shrunken counts).
    """
    import pandas as pd
    from scipy.special import betaincinv

    matrix, _ = design(predictors, learnt.columns)
    left = np.log(share_left(learnt.days, age))
    eta = matrix @ learnt.beta + left
    spread = np.sqrt(np.einsum("ij,jk,ik->i", matrix, learnt.covariance, matrix, optimize=True))
    kinds = learnt.by_source.reindex(predictors["source"].to_numpy()).fillna({"n": 0, "k": 0, "rate": learnt.rate})
    k, n = kinds["k"].to_numpy() + PRIOR_LEADS * learnt.rate, kinds["n"].to_numpy() + PRIOR_LEADS
    limits = (betaincinv(k + 0.5, n - k + 0.5, q) for q in (0.025, 0.975))
    frame = {
        "score": expit(eta),
        "score_low": expit(eta - Z * spread),
        "score_high": expit(eta + Z * spread),
        **{
            name: expit(log_odds(share) + left)
            for name, share in zip(("rule_score", "rule_low", "rule_high"), (k / n, *limits), strict=True)
        },
    }
    return pd.DataFrame(frame, index=predictors.index).round(6)


def expit(x: np.ndarray) -> np.ndarray:
    """Return 1 / (1 + exp(−x))."""
    return 1 / (1 + np.exp(-np.clip(x, -500, 500)))


def log_odds(share: np.ndarray) -> np.ndarray:
    """Return log(p / (1 − p)), shares a billionth away from 0 and 1 at least."""
    cut = np.clip(share, 1e-9, 1 - 1e-9)
    return np.log(cut / (1 - cut))
