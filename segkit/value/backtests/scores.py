"""A model beside a simple rule on the same past cases: rows of `model_cards`, and which of the two is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segkit.statistics.intervals import wilson_interval
from segkit.statistics.resampling import generator
from segkit.value.backtests import metrics
from segkit.value.backtests.calibration import calibrate, recalibrate
from segkit.value.backtests.kinds import METRICS, Pair, values_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from segkit.settings.backtest import Backtest
    from segkit.value.backtests.metrics import Floats

__all__ = ["FEWEST", "METRICS", "calibrate", "compare", "is_used", "recalibrate"]

FEWEST = 10  # accounts, and cases of each outcome, below which an interval would pretend to know something
MOST_CASES = 8_000  # resampling more takes longer and tells no more: what is left out only makes the interval narrower
CELLS_AT_ONCE = 200_000
DIGITS = 9
ALL = "all"


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
        Draws of the bootstrap; single origins, which decide nothing, get half of them.
    seed : int
        Start of the random draws.
    quantile : float
        Share of outcomes that a bound shall cover.

    Returns
    -------
    DataFrame
        One row per metric and origin, and one per metric for `all`. Limits (`_limits`) come from a bootstrap that draws
        accounts, each with all its cases (so that a case at one origin does not count as news beside the same account
        at the next); value, rule and gain from the same draws. No limits with fewer than ten accounts or ten
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
            *((known, settings.draws) if origin == ALL else (known[known["origin"] == origin], settings.draws // 2)),
            kind,
            seed,
            quantile,
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


def _measure(cases: pd.DataFrame, draws: int, kind: str, seed: int, quantile: float) -> dict[str, dict]:
    """Return metric → value, limits, rule, gain and its limits, n, reason."""
    accounts = np.unique(cases["unit"].astype(str).to_numpy(), return_inverse=True)[1]
    outcome, model, rule = (cases[name].to_numpy(dtype="float64") for name in ("outcome", "prediction", "baseline"))
    pair = Pair(outcome, model, rule, accounts)
    reason, n = _objection(pair, kind), len(cases)
    empty = {**dict.fromkeys(["value", "low", "high", "baseline", "gain", "gain_low", "gain_high"], np.nan)}
    if not n:
        return {metric: {**empty, "n": 0, "reason": reason} for metric in METRICS[kind]}
    value = {m: v[:, 0] for m, v in values_of(pair, kind, np.ones((n, 1)), quantile).items()}
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


def _limits(pair: Pair, kind: str, value: dict[str, Floats], draws: int, seed: int, quantile: float) -> dict:
    """Return metric → low, high, gain_low, gain_high from resamples of the accounts.

    Value or gain ± t · standard deviation over the resamples, the value on the scale of `metrics.to_scale`, on which
    its draws are nearly symmetric. Above MOST_CASES cases some of the accounts are resampled, and the deviation is
    scaled down by the root of their share.
    """
    from scipy.special import stdtrit
    from threadpoolctl import threadpool_limits

    n_accounts = int(pair.account.max()) + 1
    some = _some_accounts(pair, seed)
    n_drawn = int(some.account.max()) + 1
    with threadpool_limits(1):
        blocks = [values_of(some, kind, weights, quantile) for weights in _resamples(some.account, draws, seed)]
    times = float(stdtrit(n_accounts - 1, 0.975) * np.sqrt(n_drawn / (n_drawn - 1) * n_drawn / n_accounts))
    smallest = 1 / (2 * len(pair.outcome))
    found = {}
    for metric, of_both in value.items():
        drawn = np.concatenate([block[metric] for block in blocks], axis=1)
        middle = metrics.to_scale(metric, of_both[:1], smallest)[0]
        reach = times * _spread(metrics.to_scale(metric, drawn[0], smallest))
        low, high = metrics.from_scale(metric, np.array([middle - reach, middle + reach]))
        if metric in metrics.SHARES and float(of_both[0]) in (0.0, 1.0):  # no draw can differ from what all cases say
            low, high = _at_the_end(float(of_both[0]), _fewest(pair, kind))
        better = metrics.gain(metric, of_both[:1], of_both[1:], quantile)[0]
        reach = times * _spread(metrics.gain(metric, drawn[0], drawn[1], quantile))
        found[metric] = {"low": low, "high": high, "gain_low": better - reach, "gain_high": better + reach}
    return found


def _at_the_end(share: float, n: int) -> tuple[float, float]:
    """Return Wilson's limits of a share of none or all of n."""
    low, high = wilson_interval([share * n], [n])
    return float(low[0]), float(high[0])


def _fewest(pair: Pair, kind: str) -> int:
    """Return how many accounts there are; of a probability those of the rarer outcome, on which its measures rest."""
    if kind != "probability":
        return int(pair.account.max()) + 1
    return min(len(np.unique(pair.account[pair.outcome == has])) for has in (0, 1))


def _spread(drawn: Floats) -> float:
    """Return the standard deviation of the draws; NaN where one in twenty has no number."""
    finite = drawn[np.isfinite(drawn)]
    return float(finite.std()) if len(finite) >= 0.95 * len(drawn) else np.nan


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
