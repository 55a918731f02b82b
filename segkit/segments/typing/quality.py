"""How far a kit is to be trusted: what it told of accounts that were held back, with intervals and a baseline."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.segments.typing.choose import explained_share
from segkit.segments.typing.kit import UNSURE, Kit, Told
from segkit.statistics.intervals import wilson_interval

if TYPE_CHECKING:
    import pandas as pd

Z = NormalDist().inv_cdf(0.975)
DIGITS = 12
CALIBRATION_GROUPS = 5
OF_PLACED = ("accuracy_placed", "error_cost")


def measure_kit(kit: Kit, codes: np.ndarray, values: np.ndarray) -> list[dict[str, Any]]:
    """Return the figures of a kit on held-back accounts.

    Parameters
    ----------
    kit : Kit
        As `fit_kit` gives it.
    codes : array
        The true segment of each account as a position.
    values : array
        Typical value of an account of each segment, in money; NaN where it is not known.

    Returns
    -------
    list of dict
        metric, value, low, high (95 %), baseline, n_accounts. accuracy: share told rightly, placed or not, baseline:
        the largest segment told to all. accuracy_placed: of those placed alone; baseline: the accuracy wanted.
        share_abstained: share left unsure. explained: share of the uncertainty taken away, see `explained_share`;
        baseline 0. calibration_error: difference of chance told and share right in five groups, weighted by accounts;
        baseline: what chance alone makes of a perfect rule. error_cost: money per placed account by which the value
        of the told segment misses that of the true one; baseline: all told the largest segment.
    """
    prior = np.bincount(codes, minlength=kit.shares.shape[1]) / len(codes)
    cost_usual = np.abs(values[codes] - values[int(prior.argmax())])
    baseline = float(np.nanmean(cost_usual)) if np.isfinite(values).any() else np.nan
    rows = [
        state(kit, "accuracy", _is_right, float(prior.max())),
        state(kit, "accuracy_placed", _is_right_placed, kit.model["wanted_accuracy"]),
        state(kit, "share_abstained", _is_open, np.nan),
        _explained(kit.shares, codes, prior),
        _calibration(kit.shares, codes),
        state(kit, "error_cost", lambda told: _cost(told, values), baseline),
    ]
    return [_rounded(row) for row in rows]


def state(kit: Kit, metric: str, look: Callable[[Told], np.ndarray], baseline: float) -> dict[str, Any]:
    """Return a figure of the kit's own rule.

    It is the mean on held-back accounts, which five other rules made in the same way told, plus by how much the kit's
    own rule differs from those five on the accounts that each was made from: what is too good there is so for all six
    alike. (A control variate; near to what Harrell, Lee and Mark 1996, Statistics in Medicine 15, call the
    optimism-corrected figure.) The interval is that of the held-back accounts, moved likewise.
    """
    seen, learned, own = look(kit.held), look(kit.learned), look(kit.final)
    if not (len(seen) and len(learned) and len(own)) or (kit.model["threshold"] > 1 and metric in OF_PLACED):
        return _row(metric, np.nan, np.nan, np.nan, baseline, 0)
    row = _share(metric, seen, baseline) if seen.dtype == bool else _mean(metric, seen, baseline)
    moved = {name: row[name] + own.mean() - learned.mean() for name in ("value", "low", "high")}
    most = 1.0 if seen.dtype == bool else np.inf
    return row | {name: float(np.clip(value, 0, most)) for name, value in moved.items()}


def _is_right(told: Told) -> np.ndarray:
    return told.told == told.codes


def _is_right_placed(told: Told) -> np.ndarray:
    return (told.told == told.codes)[told.is_placed]


def _is_open(told: Told) -> np.ndarray:
    return ~told.is_placed


def _cost(told: Told, values: np.ndarray) -> np.ndarray:
    return np.abs(values[told.codes] - values[told.told])[told.is_placed]


def compare_kits(crm: Kit, full: Kit) -> dict[str, Any]:
    """Return by how much the kit with everything is right more often than the one of the CRM, with interval.

    The same accounts are told by both, so the difference is paired: its error comes from the accounts on which the two
    are not both right or both wrong. Its value is that of the two figures stated.
    """
    difference = _is_right(full.held).astype(float) - _is_right(crm.held)
    row = _mean("gap", difference, 0.0)
    stated = [state(kit, "accuracy", _is_right, np.nan)["value"] for kit in (full, crm)]
    move = stated[0] - stated[1] - row["value"]
    return _rounded(row | {name: row[name] + move for name in ("value", "low", "high")})


def list_errors(kit: Kit, codes: np.ndarray, segments: Sequence[str], values: np.ndarray) -> pd.DataFrame:
    """Return who is taken for whom.

    Returns
    -------
    DataFrame
        segment_id (true), told_id (UNSURE where not placed), n_accounts, share (of the segment), cost_each and cost
        (money: difference of the typical values; 0 where right or unsure).
    """
    import pandas as pd

    told = np.where(kit.held.is_placed, kit.held.told, len(segments))
    rows = []
    for true, name in enumerate(segments):
        of = told[codes == true]
        for position in np.unique(of):
            n = int((of == position).sum())
            is_wrong = position not in (true, len(segments))
            each = abs(values[true] - values[position]) if is_wrong else 0.0
            told_id = UNSURE if position == len(segments) else segments[position]
            rows.append((name, told_id, n, n / len(of), each, each * n))
    columns = ["segment_id", "told_id", "n_accounts", "share", "cost_each", "cost"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(**{name: frame[name].astype(float).round(4) for name in ("cost_each", "cost")})


def typical_values(segments: Sequence[str], told: np.ndarray, revenue: np.ndarray) -> np.ndarray:
    """Return the typical revenue of twelve months of each segment's accounts: the median, in money."""
    return np.array([float(np.nanmedian(revenue[told == one])) if (told == one).any() else np.nan for one in segments])


def _share(metric: str, hits: np.ndarray, baseline: float) -> dict[str, Any]:
    low, high = wilson_interval([hits.sum()], [len(hits)])
    value = float(hits.mean()) if len(hits) else np.nan
    return _row(metric, value, float(low[0]), float(high[0]), baseline, len(hits))


def _mean(metric: str, values: np.ndarray, baseline: float) -> dict[str, Any]:
    known = values[np.isfinite(values)]
    if len(known) < 2:
        return _row(metric, np.nan, np.nan, np.nan, baseline, len(known))
    error = Z * known.std(ddof=1) / np.sqrt(len(known))
    return _row(metric, known.mean(), known.mean() - error, known.mean() + error, baseline, len(known))


def _explained(shares: np.ndarray, codes: np.ndarray, prior: np.ndarray) -> dict[str, Any]:
    truth = np.eye(len(prior))[codes]
    usual = ((truth - prior) ** 2).sum(axis=1)
    parts = 1 - (((truth - shares) ** 2).sum(axis=1) - usual + usual.mean()) / max(usual.mean(), 1e-12)
    return _mean("explained", parts, 0.0) | {"value": explained_share(shares, codes, prior)}


def _calibration(shares: np.ndarray, codes: np.ndarray) -> dict[str, Any]:
    chance, is_right = shares.max(axis=1), shares.argmax(axis=1) == codes
    groups = [group for group in np.array_split(np.argsort(chance, kind="stable"), CALIBRATION_GROUPS) if len(group)]
    gaps = [abs(chance[g].mean() - is_right[g].mean()) for g in groups]
    noise = [np.sqrt(2 / np.pi * chance[g].mean() * (1 - chance[g].mean()) / len(g)) for g in groups]
    weights = [len(g) for g in groups]
    value, by_chance = (float(np.average(part, weights=weights)) for part in (gaps, noise))
    return _row("calibration_error", value, np.nan, np.nan, by_chance, len(is_right))


def _rounded(row: dict[str, Any]) -> dict[str, Any]:
    return {key: round(float(v), DIGITS) if isinstance(v, float | np.floating) else v for key, v in row.items()}


def _row(metric: str, value: float, low: float, high: float, baseline: float, n: int) -> dict[str, Any]:
    return {"metric": metric, "value": value, "low": low, "high": high, "baseline": baseline, "n_accounts": n}
