"""The measures that belong to each kind of forecast: a probability, an amount, an upper bound."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from segkit.value.backtests import metrics
from segkit.value.backtests.metrics import Floats

METRICS = {
    "probability": ["auc", "brier", "log_loss", "calibration_in_the_large", "calibration_slope"],
    "amount": ["spearman", "mae", "bias_share", "top_decile_share"],
    "bound": ["coverage", "pinball"],
}


class Pair(NamedTuple):
    """Forecasts of a model and of a rule for the same cases, and what came."""

    outcome: Floats
    model: Floats
    rule: Floats
    account: np.ndarray
    """Number of the account; its cases are drawn together."""


def values_of(pair: Pair, kind: str, weights: Floats, quantile: float) -> dict[str, Floats]:
    """Return metric → 2 × weightings: of the model and of the rule (NaN without one).

    Parameters
    ----------
    pair : Pair
        What is compared.
    kind : str
        probability, amount or bound.
    weights : array
        Cases × weightings.
    quantile : float
        Share of outcomes that a bound shall cover.
    """
    has_rule = not np.isnan(pair.rule).all()
    forecasts = [pair.model, pair.rule] if has_rule else [pair.model]
    if kind == "probability":
        found = [_of_probability(p, pair.outcome, weights) for p in forecasts]
    elif kind == "amount":
        ranks = _ranks(pair.outcome, weights)
        spread = metrics.rank_spread(ranks, weights)
        found = [_of_amount(amount, pair.outcome, ranks, spread, weights) for amount in forecasts]
    else:
        found = [_of_bound(bound, pair.outcome, weights, quantile) for bound in forecasts]
    nothing = np.full(weights.shape[1], np.nan)
    return {m: np.stack([of[m] for of in found] + ([] if has_rule else [nothing])) for m in METRICS[kind]}


def _of_probability(p: Floats, outcome: Floats, weights: Floats) -> dict[str, Floats]:
    """Return the measures of one forecast; only its area under the curve where it is no probability."""
    found = dict.fromkeys(METRICS["probability"], np.full(weights.shape[1], np.nan))
    found["auc"] = metrics.area_under_curve(metrics.find_ties(p), outcome, weights)
    if p.min() < 0 or p.max() > 1:
        return found
    columns = np.stack([(p - outcome) ** 2, metrics.losses(p, outcome), p - outcome])
    brier, log_loss, bias = columns @ weights / weights.sum(0)
    slope = metrics.calibration_slopes(p, outcome, weights)
    return found | {"brier": brier, "log_loss": log_loss, "calibration_in_the_large": bias, "calibration_slope": slope}


def _of_amount(
    amount: Floats, outcome: Floats, of_outcome: Floats, spread: Floats, weights: Floats
) -> dict[str, Floats]:
    """Return the measures of one forecast; ranks of the outcome and their spread are the same for all."""
    ties = metrics.find_ties(amount)
    in_tie = metrics.sums_by_tie(ties, weights)
    up_to = np.cumsum(in_tie, axis=0)
    error, predicted, observed = np.stack([np.abs(amount - outcome), amount, outcome]) @ weights
    with np.errstate(divide="ignore", invalid="ignore"):
        bias = np.where(observed > 0, predicted / observed - 1, np.nan)
    return {
        "spearman": metrics.rank_correlation(metrics.mid_ranks(ties, in_tie, up_to), of_outcome, spread, weights),
        "mae": error / weights.sum(0),
        "bias_share": bias,
        "top_decile_share": metrics.top_share(ties, in_tie, up_to, outcome, weights),
    }


def _ranks(numbers: Floats, weights: Floats) -> Floats:
    ties = metrics.find_ties(numbers)
    in_tie = metrics.sums_by_tie(ties, weights)
    return metrics.mid_ranks(ties, in_tie, np.cumsum(in_tie, axis=0))


def _of_bound(bound: Floats, outcome: Floats, weights: Floats, quantile: float) -> dict[str, Floats]:
    """Return coverage and the pinball loss (Koenker and Bassett 1978, Econometrica 46)."""
    rest = outcome - bound
    columns = np.stack([(rest <= 0).astype("float64"), np.where(rest > 0, quantile, quantile - 1) * rest])
    coverage, pinball = columns @ weights / weights.sum(0)
    return {"coverage": coverage, "pinball": pinball}
