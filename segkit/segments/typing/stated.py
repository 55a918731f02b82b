"""A figure of a kit's own rule from accounts that were held back, with an interval that holds on further accounts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from segkit.segments.typing.kit import Kit, Told

Z = NormalDist().inv_cdf(0.975)
RULE_VARIES = 4 / 3
"""Variance of a stated figure, as a multiple of the one that comes from the sample of accounts: the rule itself would
be another one with other accounts. Found by simulation on four kinds of companies (benchmarks/typing_kits.md)."""
Look = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""True and told positions → what is averaged, per account; NaN leaves an account out."""


@dataclass(frozen=True)
class Stated:
    """A figure, its standard error, what each account adds to its error, and how many accounts stand behind it."""

    value: float
    error: float
    parts: np.ndarray
    n: int


def state(kit: Kit, look: Look, is_of_placed: bool) -> Stated:
    """Return a figure of the kit's own rule.

    It is the mean over the accounts that the rule was made from, less what is too good there: by so much the rules of
    the folds are better on accounts that they were made from than on those held back (the optimism of Efron 1983 and of
    Harrell, Lee and Mark 1996, Statistics in Medicine 15). For a figure of the placed accounts, a rule of a fold places
    as large a share of the accounts that it was made from as the kit's rule does, the surest first: with limits of its
    own it would place others, or none. Where the last case is too large for the share, its accounts count in part.

    The error comes from the accounts (linearisation; units that hang together are added first), its square times
    `RULE_VARIES`.

    Returns
    -------
    Stated
        value NaN and n 0 where nobody is placed.
    """
    n, share = len(kit.codes), float(kit.is_placed.mean())
    own = kit.is_placed.astype(float) if is_of_placed else np.ones(n)
    if not own.any():
        return Stated(np.nan, np.nan, np.zeros(n), 0)
    value, parts = _mean(look(kit.codes, kit.own.told[0]), own)
    for told in kit.rounds:
        held, learned = _weights(told, share) if is_of_placed else _everybody(told)
        rules = [look(kit.codes, row) for row in told.told]
        seen = np.array(rules)[told.folds, np.arange(n)]
        met, of_met = _mean(seen, held)
        used, of_used = _mean(np.concatenate(rules), learned.ravel())
        if not (np.isfinite(met) and np.isfinite(used)):
            return Stated(np.nan, np.nan, np.zeros(n), 0)
        # what an account adds counts once for each rule that was made from it: the mean of these is one account's
        of_used = of_used.reshape(len(rules), n).sum(axis=0) / len(rules)
        value += (met - used) / len(kit.rounds)
        parts = parts + (of_met - of_used) / len(kit.rounds)
    return Stated(value, error_of(parts, kit.units), parts, int(own.sum()))


def error_of(parts: np.ndarray, units: np.ndarray) -> float:
    """Return the standard error of a mean from what each account adds to it, accounts of a unit taken together."""
    sums = np.bincount(units, parts)
    spread = float((sums**2).sum()) * len(sums) / max(len(sums) - 1, 1)
    return float(np.sqrt(RULE_VARIES * spread)) / len(parts)


def share_interval(value: float, error: float, n: int) -> tuple[float, float]:
    """Return Wilson's 95 % limits of a share for as many independent accounts as its error is worth, at most `n`."""
    p = float(np.clip(value, 0, 1))
    worth = min(n, p * (1 - p) / error**2) if error > 0 and 0 < p < 1 else float(n)
    centre, scale = (p + Z**2 / (2 * worth)), 1 + Z**2 / worth
    half = Z * np.sqrt(p * (1 - p) / worth + Z**2 / (4 * worth**2))
    return (0.0 if p == 0 else float((centre - half) / scale)), (1.0 if p == 1 else float((centre + half) / scale))


def next_interval(value: float, low: float, high: float, n: int) -> tuple[float, float]:
    """Return where the share among the next `n` accounts will be in 95 % of cases, from the interval of the rate.

    To the doubt about the rate comes the chance of who comes next; both add up as squares.
    """
    chance = Z**2 * value * (1 - value) / n
    return (
        max(0.0, value - float(np.sqrt((value - low) ** 2 + chance))),
        min(1.0, value + float(np.sqrt((high - value) ** 2 + chance))),
    )


def money_interval(value: float, error: float, largest: float) -> tuple[float, float]:
    """Return 95 % limits of a mean of money in which a few large sums decide.

    Parameters
    ----------
    value, error : float
        The mean and its standard error.
    largest : float
        What one more of the dearest mistakes would add to the mean.

    Notes
    -----
    Sums of rare events of different weight: limits from gamma distributions (Fay and Feuer 1997, Statistics in
    Medicine 16). The upper one counts one event more, of the largest weight, so that it holds too where the dearest
    mistake happens to be absent.
    """
    from scipy.stats import gamma

    low = float(gamma.ppf(0.025, value**2 / error**2, scale=error**2 / value)) if value > 0 and error > 0 else 0.0
    mean, spread = max(value, 0.0) + largest, error**2 + largest**2
    high = float(gamma.ppf(0.975, mean**2 / spread, scale=spread / mean)) if mean > 0 and spread > 0 else value
    return low, high


def held_back(kit: Kit) -> tuple[np.ndarray, np.ndarray]:
    """Return what was told of each account by the rule that did not see it, and whether it counts as placed.

    Of the first round; a rule of a fold places as large a share as the kit's rule does (see `state`).
    """
    told = kit.rounds[0]
    seen = told.told[told.folds, np.arange(len(kit.codes))]
    return seen, _weights(told, float(kit.is_placed.mean()))[0] >= 0.5


def _mean(values: np.ndarray, weights: np.ndarray) -> tuple[float, np.ndarray]:
    known = np.where(np.isfinite(values), weights, 0.0)
    filled = np.where(np.isfinite(values), values, 0.0)
    total = known.sum()
    if total <= 0:
        return np.nan, np.zeros(len(values))
    mean = float((known * filled).sum() / total)
    return mean, known * (filled - mean) / (total / len(values))


def _everybody(told: Told) -> tuple[np.ndarray, np.ndarray]:
    is_seen = told.folds != np.arange(len(told.told))[:, None]
    return np.ones(len(told.folds)), is_seen.astype(float)


def _weights(told: Told, share: float) -> tuple[np.ndarray, np.ndarray]:
    """Return how far an account held back counts as placed, and the same of those learned from, rules × accounts."""
    held, learned = np.zeros(len(told.folds)), np.zeros(told.told.shape)
    for fold, chance in enumerate(told.chance):
        test = told.folds == fold
        weight = _surest(chance, share, chance[~test])
        held[test] = weight[test]
        learned[fold] = np.where(test, 0.0, weight)
    return held, learned


def _surest(chance: np.ndarray, share: float, learned: np.ndarray) -> np.ndarray:
    """Return 1 for the surest accounts, as many as are `share` of those learned from; the last case counts in part."""
    n = share * len(learned)
    if n >= len(learned):
        return np.ones(len(chance))
    limit = np.sort(learned)[::-1][int(n)]
    above, at = int((learned > limit).sum()), int((learned == limit).sum())
    return np.where(chance > limit, 1.0, np.where(chance == limit, (n - above) / at, 0.0))
