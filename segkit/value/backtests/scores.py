"""A model beside a simple rule on the same past cases: rows of `model_cards`, and which of the two is used."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from segkit.statistics.resampling import generator
from segkit.value.backtests import metrics
from segkit.value.backtests.calibration import calibrate, recalibrate

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from segkit.settings.backtest import Backtest
    from segkit.value.backtests.metrics import Floats

__all__ = ["FEWEST", "METRICS", "calibrate", "compare", "is_used", "recalibrate"]

METRICS = {
    "probability": ["auc", "brier", "log_loss", "calibration_in_the_large", "calibration_slope"],
    "amount": ["spearman", "mae", "bias_share", "top_decile_share"],
    "bound": ["coverage", "pinball"],
}
FEWEST = 10  # accounts, and cases of each outcome, below which an interval would pretend to know something
MOST_CASES = 20_000  # resampling more is slow and tells no more: the rest only makes the interval narrower
CELLS_AT_ONCE = 2_000_000
DIGITS = 9
ALL = "all"


class Pair(NamedTuple):
    """Forecasts of a model and of a rule for the same cases, and what came."""

    outcome: Floats
    model: Floats
    rule: Floats
    account: np.ndarray
    """Number of the account; its cases are drawn together."""


def compare(
    cases: pd.DataFrame,
    kind: str,
    model: str,
    baseline_name: str,
    deciding: str,
    horizon_days: int | None,
    settings: Backtest,
    seed: int,
    quantile: float = 0.9,
) -> pd.DataFrame:
    """Return what forecasts were worth at each origin and at all together: rows of table `model_cards`.

    Parameters
    ----------
    cases : DataFrame
        origin (day from which it looked ahead), account_id (or lead_id where there is none), outcome (what came: 1 or
        0 for kind "probability", else an amount), prediction (of the model), baseline (of the simple rule; may be
        missing). Rows without outcome or prediction are left out, and rows without baseline where others have one. A
        rule that is no probability (days of silence, say) may stand beside one that is: then only its order counts.
    kind : str
        "probability": auc, brier, log_loss, calibration_in_the_large (mean predicted less mean observed) and
        calibration_slope. "amount": spearman, mae, bias_share (sum predicted over sum of outcomes, less one),
        top_decile_share (share of all outcomes that the tenth of the cases ranked first brought). "bound": coverage
        (share of outcomes not above the bound) and pinball loss at `quantile`.
    model, baseline_name : str
        Names for the card; both may be keys of the texts.
    deciding : str
        Metric by which the model must beat the rule.
    horizon_days : int, optional
        How far it looked ahead.
    settings : Backtest
        Draws of the bootstrap.
    seed : int
        Start of the random draws.
    quantile : float
        Share of outcomes that a bound shall cover.

    Returns
    -------
    DataFrame
        One row per metric and origin, and one per metric for `all`. Limits are percentiles of a bootstrap that draws
        accounts, each with all its cases (so that a case at one origin does not count as news beside the same account
        at the next); value, rule and gain come from the same draws. No limits with fewer than ten accounts or ten
        cases of either outcome (`cards.few_accounts`, `cards.few_outcomes`); no value where all cases have the same
        outcome (`cards.one_outcome`) or forecast (`cards.constant`). `used` is model where the lower limit of the gain
        in the deciding metric over all origins is above 0, else rule (`cards.no_better`); none without a rule.
    """
    import pandas as pd

    known = _known(cases)
    origins = [ALL, *sorted(known["origin"].unique())] if len(known) else [ALL]
    rows = [
        {"metric": metric, "origin": origin if origin == ALL else str(pd.Timestamp(origin).date()), **row}
        for origin in origins
        for metric, row in _measure(
            known if origin == ALL else known[known["origin"] == origin], kind, settings.draws, seed, quantile
        ).items()
    ]
    frame = pd.DataFrame(rows).assign(model=model, baseline_name=baseline_name, horizon_days=horizon_days)
    frame["horizon_days"] = frame["horizon_days"].astype("Int64")
    frame["is_deciding"] = (frame["metric"] == deciding) & (frame["origin"] == ALL)
    has_rule = "baseline" in cases and (cases.empty or bool(cases["baseline"].notna().any()))
    return _decided(frame, has_rule)


def is_used(cards: pd.DataFrame) -> bool:
    """Say whether the model beats every rule that it was set beside; False where nothing could be tried."""
    deciding = cards[cards["is_deciding"].astype(bool)] if len(cards) else cards
    return bool(len(deciding)) and bool((deciding["used"] == "model").all())


def _known(cases: pd.DataFrame) -> pd.DataFrame:
    """Return the cases that can be compared, in a fixed order: unit, origin, and the three numbers as floats."""
    unit = "account_id" if "account_id" in cases else "lead_id"
    numbers = {name: cases[name].astype("float64") for name in ("outcome", "prediction")}
    baseline = cases["baseline"].astype("float64") if "baseline" in cases else np.nan
    frame = cases[["origin", unit]].rename(columns={unit: "unit"}).assign(**numbers, baseline=baseline)
    needed = ["outcome", "prediction", *(["baseline"] if frame["baseline"].notna().any() else [])]
    finite = np.isfinite(frame[needed].to_numpy(dtype="float64")).all(axis=1)
    return frame[finite].sort_values(["unit", "origin", "outcome", "prediction"], kind="stable")


def _measure(cases: pd.DataFrame, kind: str, draws: int, seed: int, quantile: float) -> dict[str, dict]:
    """Return metric → value, limits, rule, gain and its limits, n, reason."""
    accounts = np.unique(cases["unit"].astype(str).to_numpy(), return_inverse=True)[1]
    outcome, model, rule = (cases[name].to_numpy(dtype="float64") for name in ("outcome", "prediction", "baseline"))
    pair = Pair(outcome, model, rule, accounts)
    reason, n = _objection(pair, kind), len(cases)
    empty = {**dict.fromkeys(["value", "low", "high", "baseline", "gain", "gain_low", "gain_high"], np.nan)}
    if not n:
        return {metric: {**empty, "n": 0, "reason": reason} for metric in METRICS[kind]}
    value = {m: v[:, 0] for m, v in _values(pair, kind, np.ones((n, 1)), quantile).items()}
    limits = {} if reason else _limits(pair, kind, value, draws, seed, quantile)
    rows = {}
    for metric, (of_model, of_rule) in value.items():
        better = float(metrics.gain(metric, of_model, of_rule, quantile))
        row = {**empty, "value": of_model, "baseline": of_rule, "gain": better, **limits.get(metric, {}), "n": n}
        missing = _why_missing(pair) if np.isnan(of_model) else None
        rows[metric] = {k: round(float(v), DIGITS) if k != "n" else v for k, v in row.items()}
        rows[metric]["reason"] = missing or reason
    return rows


def _objection(pair: Pair, kind: str) -> str | None:
    """Return why there are no limits; None where there are enough accounts and outcomes."""
    if not len(pair.outcome):
        return "cards.no_cases"
    if pair.account.max() + 1 < FEWEST:
        return "cards.few_accounts"
    n_with = int((pair.outcome != 0).sum())
    n_without = len(pair.outcome) - n_with if kind == "probability" else FEWEST
    return "cards.few_outcomes" if min(n_with, n_without) < FEWEST and kind != "bound" else None


def _why_missing(pair: Pair) -> str:
    return "cards.one_outcome" if np.ptp(pair.outcome) == 0 else "cards.constant"


def _values(pair: Pair, kind: str, weights: Floats, quantile: float) -> dict[str, Floats]:
    """Return metric → 2 × weightings: of the model and of the rule (NaN without one)."""
    made = {"probability": _of_probability, "amount": _of_amount, "bound": _of_bound}[kind]
    both = [made(pair.outcome, pair.model, weights, quantile)]
    if np.isnan(pair.rule).all():
        both.append({metric: np.full(weights.shape[1], np.nan) for metric in METRICS[kind]})
    else:
        both.append(made(pair.outcome, pair.rule, weights, quantile))
    return {metric: np.stack([values[metric] for values in both]) for metric in METRICS[kind]}


def _of_probability(outcome: Floats, p: Floats, weights: Floats, quantile: float) -> dict[str, Floats]:
    found = dict.fromkeys(METRICS["probability"], np.full(weights.shape[1], np.nan))
    found["auc"] = metrics.area_under_curve(metrics.find_ties(p), outcome, weights)
    if p.min() < 0 or p.max() > 1:
        return found
    columns = np.stack([(p - outcome) ** 2, metrics.losses(p, outcome), p - outcome])
    brier, log_loss, bias = columns @ weights / weights.sum(0)
    slope = metrics.calibration_slopes(p, outcome, weights)
    return found | {
        "brier": brier,
        "log_loss": log_loss,
        "calibration_in_the_large": bias,
        "calibration_slope": slope,
    }


def _of_amount(outcome: Floats, amount: Floats, weights: Floats, quantile: float) -> dict[str, Floats]:
    ties = metrics.find_ties(amount)
    error, predicted, observed = np.stack([np.abs(amount - outcome), amount, outcome]) @ weights
    ranks, of_outcome = (metrics.mid_ranks(t, weights) for t in (ties, metrics.find_ties(outcome)))
    with np.errstate(divide="ignore", invalid="ignore"):
        bias = np.where(observed > 0, predicted / observed - 1, np.nan)
    return {
        "spearman": metrics.rank_correlation(ranks, of_outcome, weights),
        "mae": error / weights.sum(0),
        "bias_share": bias,
        "top_decile_share": metrics.top_share(ties, outcome, weights),
    }


def _of_bound(outcome: Floats, bound: Floats, weights: Floats, quantile: float) -> dict[str, Floats]:
    """Return coverage and the pinball loss (Koenker and Bassett 1978, Econometrica 46)."""
    rest = outcome - bound
    columns = np.stack([(rest <= 0).astype("float64"), np.where(rest > 0, quantile, quantile - 1) * rest])
    coverage, pinball = columns @ weights / weights.sum(0)
    return {"coverage": coverage, "pinball": pinball}


def _limits(pair: Pair, kind: str, value: dict[str, Floats], draws: int, seed: int, quantile: float) -> dict:
    """Return metric → low, high, gain_low, gain_high from resamples of the accounts.

    Above MOST_CASES cases some of the accounts are resampled, and what the draws depart by is scaled down by the root
    of their share.
    """
    from threadpoolctl import threadpool_limits

    n_accounts = int(pair.account.max()) + 1
    pair = _some_accounts(pair, seed)
    n_drawn = int(pair.account.max()) + 1
    with threadpool_limits(1):
        blocks = [_values(pair, kind, weights, quantile) for weights in _resamples(pair.account, draws, seed)]
        centre = value
        if n_drawn < n_accounts:
            some = _values(pair, kind, np.ones((len(pair.outcome), 1)), quantile)
            centre = {metric: found[:, 0] for metric, found in some.items()}
    scale = float(np.sqrt(n_drawn / n_accounts))
    found = {}
    for metric, of_both in value.items():
        drawn = np.concatenate([block[metric] for block in blocks], axis=1)
        better = metrics.gain(metric, drawn[0], drawn[1], quantile)
        here, there = (metrics.gain(metric, both[0], both[1], quantile) for both in (of_both, centre[metric]))
        low, high = _quantiles(drawn[0], float(of_both[0]), float(centre[metric][0]), scale)
        gain_low, gain_high = _quantiles(better, float(here), float(there), scale)
        found[metric] = {"low": low, "high": high, "gain_low": gain_low, "gain_high": gain_high}
    return found


def _quantiles(drawn: Floats, value: float, centre: float, scale: float) -> tuple[float, float]:
    """Return the middle 95 % of the draws moved from their centre to the value; NaN where one in twenty has none."""
    finite = drawn[np.isfinite(drawn)]
    if len(finite) < 0.95 * len(drawn) or not np.isfinite(value):
        return np.nan, np.nan
    low, high = np.quantile(finite, [0.025, 0.975])
    return value + (low - centre) * scale, value + (high - centre) * scale


def _some_accounts(pair: Pair, seed: int) -> Pair:
    n_accounts = int(pair.account.max()) + 1
    if len(pair.outcome) <= MOST_CASES:
        return pair
    most = max(FEWEST, n_accounts * MOST_CASES // len(pair.outcome))
    chosen = generator(seed, "backtests", "accounts").permutation(n_accounts)[:most]
    number = np.full(n_accounts, -1)
    number[np.sort(chosen)] = np.arange(most)
    here = number[pair.account] >= 0
    return Pair(pair.outcome[here], pair.model[here], pair.rule[here], number[pair.account[here]])


def _resamples(account: np.ndarray, draws: int, seed: int) -> Iterator[Floats]:
    """Yield cases × draws, some draws at a time: how often each case's account was drawn."""
    rng = generator(seed, "backtests", "draws")
    n = int(account.max()) + 1
    block = max(1, CELLS_AT_ONCE // len(account))
    for start in range(0, draws, block):
        size = min(block, draws - start)
        drawn = rng.integers(0, n, size=(size, n)) + n * np.arange(size)[:, None]
        counts = np.bincount(drawn.ravel(), minlength=size * n).reshape(size, n).T
        yield np.ascontiguousarray(counts, dtype=np.float64)[account]


def _decided(cards: pd.DataFrame, has_rule: bool) -> pd.DataFrame:
    """Return the cards with `used`, and why the rule is used where the model is no better."""
    deciding = cards[cards["is_deciding"]].iloc[0]
    used = "model" if deciding["gain_low"] > 0 else "rule" if has_rule else "none"
    no_better = cards["is_deciding"] & cards["reason"].isna() & (used == "rule")
    reason = cards["reason"].astype("str").mask(no_better, "cards.no_better")
    return cards.assign(used=used, reason=reason)[
        ["model", "metric", "origin", "baseline_name", "value", "low", "high", "baseline", "gain", "gain_low",
         "gain_high", "n", "horizon_days", "is_deciding", "used", "reason"]
    ]  # fmt: skip
