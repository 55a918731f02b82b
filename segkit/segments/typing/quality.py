"""How far a kit is to be trusted: what it told of accounts that were held back, with intervals and a baseline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.segments.typing.choose import explained_share
from segkit.segments.typing.kit import UNSURE, Kit
from segkit.segments.typing.stated import (
    RULE_VARIES,
    Z,
    error_of,
    held_back,
    money_interval,
    share_interval,
    state,
)

if TYPE_CHECKING:
    import pandas as pd

DIGITS = 12
CALIBRATION_GROUPS = 5


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
        metric, value, low, high, baseline, n_accounts. The limits are 95 % limits of the rate, that is of the figure of
        this very rule on all accounts like these; of so and so many next ones see `stated.next_interval`. accuracy:
        share told rightly, placed or not, baseline: the largest segment told to all. accuracy_placed: of those placed
        alone; baseline: the accuracy wanted. share_abstained: share left unsure by the kit's rule. explained: share of
        the uncertainty taken away, see `explained_share`; baseline 0. calibration_error: difference of chance told and
        share right in five groups, weighted by accounts; baseline: what chance alone makes of a perfect rule.
        error_cost: money per placed account by which the value of the told segment misses that of the true one (the
        values taken as they are); baseline: all told the largest segment.
    """
    prior = np.bincount(codes, minlength=kit.shares.shape[1]) / len(codes)
    cost_usual = np.abs(values[codes] - values[int(prior.argmax())])
    usual = float(np.nanmean(cost_usual)) if np.isfinite(values).any() else np.nan
    rows = [
        _accuracy(kit, "accuracy", float(prior.max())),
        _accuracy(kit, "accuracy_placed", kit.model["wanted_accuracy"]),
        _abstained(kit),
        _explained(kit, codes, prior),
        _calibration(kit.shares, codes),
        _error_cost(kit, values, usual),
    ]
    return [_rounded(row) for row in rows]


def _is_right(codes: np.ndarray, told: np.ndarray) -> np.ndarray:
    return (codes == told).astype(float)


def _accuracy(kit: Kit, metric: str, baseline: float) -> dict[str, Any]:
    found = state(kit, _is_right, metric == "accuracy_placed")
    if found.n == 0:
        return _row(metric, np.nan, np.nan, np.nan, baseline, 0)
    value = float(np.clip(found.value, 0, 1))
    return _row(metric, value, *share_interval(value, found.error, found.n), baseline, found.n)


def _abstained(kit: Kit) -> dict[str, Any]:
    """Return the share that the kit's rule leaves open: that of its own accounts, for it was not made to fit them."""
    n, value = len(kit.codes), 1 - float(kit.is_placed.mean())
    if kit.model["threshold"] > 1:
        return _row("share_abstained", 1.0, 1.0, 1.0, np.nan, n)
    worth = n / RULE_VARIES
    error = np.sqrt(value * (1 - value) / worth)
    return _row("share_abstained", value, *share_interval(value, error, int(worth)), np.nan, n)


def _error_cost(kit: Kit, values: np.ndarray, baseline: float) -> dict[str, Any]:
    found = state(kit, lambda codes, told: np.abs(values[codes] - values[told]), True)
    if found.n == 0 or not np.isfinite(found.value):
        return _row("error_cost", np.nan, np.nan, np.nan, baseline, 0)
    value, dearest = max(found.value, 0.0), float(np.nanmax(values) - np.nanmin(values))
    low, high = money_interval(value, found.error, dearest / found.n)
    return _row("error_cost", value, low, high, baseline, found.n)


def compare_kits(crm: Kit, full: Kit) -> dict[str, Any]:
    """Return by how much the kit with everything is right more often than the one of the CRM, with interval.

    The same accounts are told by both, so the difference is paired: its error comes from the accounts on which the two
    are not both right or both wrong. Its value is that of the two figures stated.
    """
    more, less = state(full, _is_right, False), state(crm, _is_right, False)
    value, half = more.value - less.value, Z * error_of(more.parts - less.parts, crm.units)
    return _rounded(_row("gap", value, value - half, value + half, 0.0, len(crm.codes)))


def list_errors(kit: Kit, codes: np.ndarray, segments: Sequence[str], values: np.ndarray) -> pd.DataFrame:
    """Return who is taken for whom.

    Returns
    -------
    DataFrame
        segment_id (true), told_id (UNSURE where not placed), n_accounts, share (of the segment), cost_each and cost
        (money: difference of the typical values; 0 where right or unsure).
    """
    import pandas as pd

    seen, is_placed = held_back(kit)
    told = np.where(is_placed, seen, len(segments))
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


def _explained(kit: Kit, codes: np.ndarray, prior: np.ndarray) -> dict[str, Any]:
    truth = np.eye(len(prior))[codes]
    usual = ((truth - prior) ** 2).sum(axis=1)
    value = explained_share(kit.shares, codes, prior)
    parts = -(((truth - kit.shares) ** 2).sum(axis=1) - (1 - value) * usual) / max(usual.mean(), 1e-12)
    half = Z * error_of(parts, kit.units)
    return _row("explained", value, value - half, value + half, 0.0, len(codes))


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
