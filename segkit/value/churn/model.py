"""The chance to be lost: a penalised logistic regression, pooled over the past quarter ends whose outcome was known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.value.churn.predictors import PREDICTORS, UNUSUAL, to_predictors
from segkit.value.churn.silence import fit_silence, unusual_silence

if TYPE_CHECKING:
    import pandas as pd

DIGITS = 12
PENALTY = 0.1  # C of scikit-learn: a spread of a predictor moves the log odds by some .3 unless the data insist
LIMIT = 5.0  # a predictor counts at most as if five robust spreads from the median
NORMAL_IQR = 1.349  # interquartile range of a normal distribution with spread 1
SMALL_SHARE = 0.05  # of the median revenue: added to amounts before ratios are taken


def fit_model(cases: pd.DataFrame, horizon_days: int, names: tuple[str, ...] = tuple(PREDICTORS)) -> dict:
    """Return the model that past cases teach, as plain numbers.

    Predictors are centred on their median and scaled by their interquartile range (by their standard deviation where
    that is 0), missing ones stand at the median. A predictor whose coefficient comes out against its sign in
    `PREDICTORS` says nothing that anybody could explain (chance, or the shadow of another one): it is left out and the
    rest fitted again. So a longer silence never lowers the risk.

    Parameters
    ----------
    cases : DataFrame
        Columns `FACTS` and `is_lost`, one row per account and past quarter end, with both outcomes in it.
    horizon_days : int
        Length of the outcome.
    names : tuple of str
        Predictors to begin with.

    Returns
    -------
    dict
        `knots`, `silence` (the curve of `fit_silence`), `names`, `centre`, `scale`, `coefficients`, `intercept`, `n`,
        `n_lost`.
    """
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    silence, knots = _knots(cases)
    outcome = cases["is_lost"].to_numpy()
    predictors = to_predictors(cases, knots, horizon_days)[list(names)]
    centre, scale = _robust_scale(predictors)
    kept = list(scale.index[scale > 0])
    signs = np.array([PREDICTORS[name][1] for name in kept])
    z = standardised(predictors[kept], centre[kept].to_numpy(), scale[kept].to_numpy())
    used = np.ones(len(kept), bool)
    with threadpool_limits(1):
        while True:
            fitted = LogisticRegression(C=PENALTY, solver="newton-cholesky", tol=1e-10)
            if not used.any():
                odds = (outcome.sum() + 0.5) / ((~outcome).sum() + 0.5)
                coefficients, intercept = np.zeros(0), float(np.log(odds))
                break
            fitted.fit(z[:, used], outcome)
            coefficients, intercept = fitted.coef_[0], float(fitted.intercept_[0])
            against = coefficients * signs[used] < 0
            if not against.any():
                break
            used[np.flatnonzero(used)[against]] = False
    named = [name for name, is_used in zip(kept, used, strict=True) if is_used]
    return {
        "knots": knots,
        "silence": silence,
        "names": named,
        "centre": centre[named].round(DIGITS).tolist(),
        "scale": scale[named].round(DIGITS).tolist(),
        "coefficients": coefficients.round(DIGITS).tolist(),
        "intercept": round(intercept, DIGITS),
        "n": len(cases),
        "n_lost": int(outcome.sum()),
    }


def _knots(cases: pd.DataFrame) -> tuple[dict[str, list[float]], dict[str, float]]:
    """Return the curve of silences, and from where a silence is unusual among those that bought again."""
    stayed = cases[~cases["is_lost"]]
    silence = fit_silence(((stayed["days_silent"] + 1) / stayed["usual_interval_days"]).to_numpy())
    days = fit_silence((stayed["days_silent"] + 1).to_numpy())
    some = cases["revenue_12m"].where(cases["revenue_12m"] > 0).median()
    knots = {
        "ratio": max(unusual_silence(silence, UNUSUAL), 1e-6),
        "days": max(unusual_silence(days, UNUSUAL), 1.0),
        "some_revenue": SMALL_SHARE * float(some) if some == some else 1.0,
    }
    return silence, {name: round(value, DIGITS) for name, value in knots.items()}


def _robust_scale(predictors: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return medians and spreads; a predictor that is empty or always the same has spread 0."""
    centre = predictors.median()
    range_ = (predictors.quantile(0.75) - predictors.quantile(0.25)) / NORMAL_IQR
    spread = range_.where(range_ > 0, predictors.std(ddof=0)).fillna(0.0)
    return centre.fillna(0.0), spread.where(spread > 1e-9, 0.0)


def standardised(predictors: pd.DataFrame, centre: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Return predictors in robust spreads from the median, within ±5; missing ones at the median."""
    z = (predictors.to_numpy(dtype="float64") - centre) / scale
    return np.clip(np.where(np.isfinite(z), z, 0.0), -LIMIT, LIMIT)


def effects(facts: pd.DataFrame, model: dict[str, Any], horizon_days: int) -> pd.DataFrame:
    """Return by how much each predictor moves the log odds of each account, seen from the median case.

    Parameters
    ----------
    facts : DataFrame
        As `build_facts` gives them.
    model : dict
        As `fit_model` gives it.
    horizon_days : int
        Length of the outcome.
    """
    import pandas as pd

    predictors = to_predictors(facts, model["knots"], horizon_days)[model["names"]]
    z = standardised(predictors, np.array(model["centre"]), np.array(model["scale"]))
    return pd.DataFrame(z * np.array(model["coefficients"]), facts.index, model["names"])


def predict(facts: pd.DataFrame, model: dict[str, Any], horizon_days: int) -> np.ndarray:
    """Return the chance of each account to be lost within the horizon, rounded to 6 digits."""
    odds = effects(facts, model, horizon_days).sum(axis=1).to_numpy() + model["intercept"]
    return np.round(1 / (1 + np.exp(-odds)), 6)
