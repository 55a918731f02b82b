"""Samples with and without groups, for the tests of what may be said about them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segkit.segments.fits import Sample
from segkit.segments.space import apply_space, fit_space

NOISE = ("uniform", "normal", "tails", "integers", "mixed")


def sample_of(points: np.ndarray) -> Sample:
    points = np.asarray(points, float)
    return Sample(points, np.empty((len(points), 0), dtype=int), points, np.ones(len(points)))


def noise(kind: str, seed: int, n: int = 400) -> Sample:
    """Data without groups: even, correlated, with heavy tails, whole numbers, numbers beside categories."""
    rng, p = np.random.default_rng(seed), 4
    if kind == "mixed":
        frame = pd.DataFrame(
            {"a": rng.normal(size=n), "b": rng.lognormal(size=n), "c": rng.poisson(3, n).astype(float)}
        )
        frame["x"], frame["y"] = rng.choice(list("uvw"), n, p=[0.5, 0.3, 0.2]), rng.choice(list("pq"), n)
        frame["z"] = rng.choice(list("abcdefgh"), n)
        return apply_space(frame, fit_space(frame, dict.fromkeys(frame, 1.0)))
    draws = {
        "uniform": lambda: rng.uniform(size=(n, p)),
        "normal": lambda: rng.normal(size=(n, p)) @ rng.normal(size=(p, p)),
        "tails": lambda: rng.normal(size=(n, p)) / np.sqrt(rng.chisquare(3, size=(n, 1)) / 3),
        "integers": lambda: rng.poisson([2, 4, 6, 1], size=(n, p)),
    }
    return sample_of(draws[kind]())


def groups(k: int, distance: float, seed: int, n: int = 400, p: int = 4) -> tuple[Sample, np.ndarray]:
    """k round groups of uneven size, the nearest two `distance` standard deviations apart; and who is in which."""
    rng = np.random.default_rng([seed, k])
    while True:
        centres = rng.normal(size=(k, p))
        away = np.sqrt(((centres[:, None] - centres[None]) ** 2).sum(axis=2))
        nearest = away[~np.eye(k, dtype=bool)].min()
        if nearest > 0.6:
            break
    shares = np.maximum(rng.dirichlet(np.full(k, 6)), 0.06)
    group = rng.choice(k, n, p=shares / shares.sum())
    return sample_of(centres[group] * (distance / nearest) + rng.normal(size=(n, p))), group


def mixed_groups(
    k: int, seed: int, n: int = 400, distance: float = 7.0, kept: float = 0.85
) -> tuple[Sample, np.ndarray]:
    """k groups in two numbers and three categories, each group with a level of its own that most of its rows have."""
    rng = np.random.default_rng([seed, k, 1])
    group = rng.integers(k, size=n)
    turn = 2 * np.pi * (np.arange(k) / k + rng.random())
    centres = np.column_stack([np.cos(turn), np.sin(turn)]) * distance / (2 * np.sin(np.pi / k))
    frame = pd.DataFrame(centres[group] + rng.normal(size=(n, 2)), columns=["a", "b"])
    for name in "xyz":
        levels = rng.permutation(max(k, 4))[:k]
        drawn = np.where(rng.random(n) < kept, levels[group], rng.integers(max(k, 4), size=n))
        frame[name] = drawn.astype(str)
    return apply_space(frame, fit_space(frame, dict.fromkeys(frame, 1.0))), group
