"""Where persons without answers stand: from what persons like them in department and level need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

PRIOR_PERSONS = 10.0  # so many persons of the wider group stand behind every narrower one
STEPS = 60
FOLDS = 5
DIGITS = 6


def attribute_values(contacts: pd.DataFrame, columns: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the attributes of each person as words; empty where missing."""
    known = [contacts[name].fillna("").astype("str").str.strip() for name in columns]
    return list(zip(*known, strict=True)) if known else [()] * len(contacts)


def learn_shares(posteriors: np.ndarray, values: Sequence[tuple[str, ...]], overall: np.ndarray) -> list[dict]:
    """Return the share of each class among persons with the same attributes.

    Parameters
    ----------
    posteriors : array (n, k)
        Chances of the persons who answered, by the mixture with the class shares ``overall``.
    values : sequence of tuples
        Their attributes, the widest first.
    overall : array (k,)
        Shares of the classes in the mixture.

    Returns
    -------
    list of dict
        ``values`` (the first, then the first two … attributes), ``n`` persons, ``shares``.

    Notes
    -----
    Counting the likeliest class would mix in its errors. Instead shares are those of highest likelihood with the
    density of each person's answers held fixed: p(c | g) ∝ Σ_i p(c | answers_i, g), repeated until it stands (EM for a
    multinomial covariate of latent classes; Vermunt 2010, Political Analysis 18, three-step ML). Every group begins
    with ten persons' worth of the next wider one, so that small groups promise little.
    """
    density = posteriors / np.maximum(overall, 1e-12)
    wider: dict[tuple[str, ...], np.ndarray] = {(): overall}
    found = []
    depth = len(values[0]) if len(values) else 0
    for length in range(1, depth + 1):
        groups: dict[tuple[str, ...], list[int]] = {}
        for row, value in enumerate(values):
            if value[length - 1]:
                groups.setdefault(value[:length], []).append(row)
        for group, rows in sorted(groups.items()):
            before = _nearest(group[:-1], wider)
            shares = _shares(density[rows], before)
            wider[group] = shares
            found.append({"values": list(group), "n": len(rows), "shares": np.round(shares, 12).tolist()})
    return found


def _shares(density: np.ndarray, before: np.ndarray) -> np.ndarray:
    shares = before
    for _ in range(STEPS):
        joint = density * shares
        counts = (joint / joint.sum(axis=1, keepdims=True)).sum(axis=0) + PRIOR_PERSONS * before
        shares = counts / counts.sum()
    return shares


def _nearest(group: tuple[str, ...], known: Mapping[tuple[str, ...], np.ndarray]) -> np.ndarray:
    while group not in known:
        group = group[:-1]
    return known[group]


def chances_by_attributes(values: Sequence[tuple[str, ...]], shares: Sequence[Mapping[str, Any]], k: int) -> np.ndarray:
    """Return the chances of each class for persons by their attributes; NaN where not even the first is known."""
    known = {tuple(entry["values"]): np.array(entry["shares"]) for entry in shares}
    known[()] = np.full(k, np.nan)
    cells = {value: _nearest(value, known) for value in set(values)}
    return np.array([cells[value] for value in values]).reshape(len(values), k)


def check_attributes(
    posteriors: np.ndarray, values: Sequence[tuple[str, ...]], overall: np.ndarray, groups: Any, least: float
) -> dict[str, Any]:
    """Return how often attributes alone give the class that the answers give, on persons of other accounts.

    Parameters
    ----------
    groups : Series
        account_id; persons of one account are held back together.
    least : float
        Confidence from which a person is placed.

    Returns
    -------
    dict
        ``n_placed`` of ``n``, ``accuracy`` among those placed, ``baseline``: share of the largest class among them
        in the persons who answered.
    """
    import pandas as pd

    labels, n = posteriors.argmax(axis=1), len(values)
    fold = pd.factorize(pd.Series(groups).fillna("").astype("str"), sort=True)[0] % FOLDS
    guess, is_placed = np.zeros(n, dtype=int), np.zeros(n, dtype=bool)
    for held in range(FOLDS):
        inside, outside = np.flatnonzero(fold == held).tolist(), np.flatnonzero(fold != held).tolist()
        if not len(inside) or not len(outside):
            continue
        learned = learn_shares(posteriors[outside], [values[i] for i in outside], overall)
        chances = np.nan_to_num(chances_by_attributes([values[i] for i in inside], learned, posteriors.shape[1]))
        guess[inside], is_placed[inside] = chances.argmax(axis=1), chances.max(axis=1) >= least
    right = labels[is_placed] == guess[is_placed]
    largest = np.bincount(labels, minlength=posteriors.shape[1]).argmax()
    return {
        "n": n,
        "n_placed": int(is_placed.sum()),
        "accuracy": round(float(right.mean()), DIGITS) if is_placed.any() else None,
        "baseline": round(float((labels[is_placed] == largest).mean()), DIGITS) if is_placed.any() else None,
    }
