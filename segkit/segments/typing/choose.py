"""Fewest fields for a wanted accuracy: fields join one by one, judged on accounts that the tree did not see."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from segkit.segments.typing.fields import Encoded
from segkit.segments.typing.grow import leaf_shares, out_of_fold

FOLDS, INNER_FOLDS = 5, 3
ROUNDS = 2
"""How often the accounts are parted anew into folds: more rounds make the figures little surer."""
SHORTLIST = 6
"""Fields that are tried again after the first one: those that told most alone."""
WEIGHTS = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0)
USUAL_WEIGHT = 5.0
FEWEST_PLACED = 30
LEAVES = (4, 6, 8, 10)
NEARLY = 0.005
"""Share of the uncertainty that further leaves must take away to be worth reading."""


@dataclass(frozen=True)
class Choice:
    """The path of fields with what each brought, how many of them are used, and what was learned on the way.

    `steps`: dicts with field, cost, accuracy, explained, n. `weight`: of the average mix in each leaf. `n_leaves`: how
    many cases the tree may tell apart. `threshold`: chance from which an account is placed; above 1 nobody is.
    """

    steps: list[dict[str, Any]] = field(default_factory=list)
    n_used: int = 0
    weight: float = USUAL_WEIGHT
    n_leaves: int = 2
    threshold: float = 2.0

    @property
    def fields(self) -> list[str]:
        """The fields of the rule, the most telling first."""
        return [step["field"] for step in self.steps[: self.n_used]]


def fold_of(ids: Iterable[str], n_folds: int, salt: str = "") -> np.ndarray:
    """Return the fold of each account by the hash (CRC-32) of its id: the same in every run and on every machine."""
    return np.array([zlib.crc32(f"{salt}{one}".encode()) % n_folds for one in ids])


def explained_share(shares: np.ndarray, codes: np.ndarray, prior: np.ndarray) -> float:
    """Return which share of the uncertainty chances take away: 1 − Brier score over that of the average mix.

    Brier (1950), Monthly Weather Review 78; as a skill score 0 is the average mix and 1 is certainty.
    """
    truth = np.eye(shares.shape[1])[codes]
    usual = ((truth - prior) ** 2).sum()
    return float(1 - ((truth - shares) ** 2).sum() / usual) if usual > 0 else 0.0


def choose_fields(
    encoded: Encoded, codes: np.ndarray, ids: Sequence[str], costs: Mapping[str, float], settings: Any, n_segments: int
) -> Choice:
    """Return the fields that a rule should ask for, chosen on the given accounts alone.

    Parameters
    ----------
    encoded : Encoded
        All fields of the kit.
    codes : array
        Segment of each account as a number below `n_segments`.
    ids : sequence of str
        account_id, for the folds.
    costs : mapping
        Field → cost; 1 where it is not named.
    settings : Typing
        wanted_accuracy, least_gain, most_fields, most_leaves, least_accounts.

    Notes
    -----
    A field joins when it takes away at least ``least_gain × cost`` of the uncertainty (Brier); of several the one with
    the largest gain beyond that. The rule uses the first fields with which the wanted accuracy is reached, else all.
    """
    folds = fold_of(ids, INNER_FOLDS, "inner")
    prior = np.bincount(codes, minlength=n_segments) / max(len(codes), 1)
    size = (settings.most_leaves, settings.least_accounts, n_segments)
    chosen: list[str] = []
    steps: list[dict[str, Any]] = []
    seen: dict[str, np.ndarray] = {}
    so_far, left = 0.0, list(encoded.columns)
    for _ in range(settings.most_fields):
        trials = {}
        for name in left:
            columns = [column for part in (*chosen, name) for column in encoded.columns[part]]
            if columns:
                counts = out_of_fold(encoded.matrix[:, columns], codes, folds, size)
                gain = explained_share(leaf_shares(counts, prior, USUAL_WEIGHT), codes, prior) - so_far
                trials[name] = (gain - settings.least_gain * costs.get(name, 1.0), gain, counts)
        best = max(trials, key=lambda name: trials[name][0], default=None)
        if best is None or trials[best][0] < 0:
            break
        if not chosen:
            left = sorted(trials, key=lambda name: -trials[name][0])[:SHORTLIST]
        so_far += trials[best][1]
        chosen.append(best)
        left = [name for name in left if name != best]
        seen[best] = trials[best][2]
        accuracy = float((seen[best].argmax(axis=1) == codes).mean())
        steps.append(
            {"field": best, "cost": costs.get(best, 1.0), "accuracy": accuracy, "explained": so_far, "n": len(codes)}
        )
        if accuracy >= settings.wanted_accuracy:
            break
    if not steps:
        return Choice()
    columns = [column for name in chosen for column in encoded.columns[name]]
    smaller = [n for n in LEAVES if n < settings.most_leaves]
    tried = {n: out_of_fold(encoded.matrix[:, columns], codes, folds, (n, *size[1:])) for n in smaller}
    tried[settings.most_leaves] = seen[chosen[-1]]
    weight, n_leaves = _tune(tried, codes, prior)
    shares = leaf_shares(tried[n_leaves], prior, weight)
    return Choice(steps, len(steps), weight, n_leaves, place_from(shares, codes, settings.wanted_accuracy))


def _tune(tried: Mapping[int, np.ndarray], codes: np.ndarray, prior: np.ndarray) -> tuple[float, int]:
    """Return the weight of the average mix and the number of leaves: the fewest that are nearly as good as the best."""
    told = {
        (n, weight): explained_share(leaf_shares(counts, prior, weight), codes, prior)
        for n, counts in tried.items()
        for weight in WEIGHTS
    }
    best = max(told.values())
    n_leaves = min(n for (n, _), value in told.items() if value >= best - NEARLY)
    return max(WEIGHTS, key=lambda weight: told[n_leaves, weight]), n_leaves


def place_from(shares: np.ndarray, codes: np.ndarray, wanted: float) -> float:
    """Return the smallest chance from which on accounts are right often enough; 2 where no chance is large enough.

    The share of right ones among all from that chance on must exceed the wanted one by a standard error: the limit
    was looked for, and what was looked for looks better than it is.
    """
    chance, is_right = shares.max(axis=1), shares.argmax(axis=1) == codes
    order = np.argsort(-chance, kind="stable")
    n = np.arange(1, len(order) + 1)
    right = np.cumsum(is_right[order]) / n
    error = np.sqrt(np.maximum(right * (1 - right), 0.25 / n) / n)
    is_last = np.append(chance[order][1:] < chance[order][:-1], True)
    fits = (right - error >= wanted) & (n >= FEWEST_PLACED) & is_last
    return float(np.round(chance[order][fits].min(), 6)) if fits.any() else 2.0
