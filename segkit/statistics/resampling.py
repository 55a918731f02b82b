"""Seeded draws with replacement; the same seed gives the same draws on every machine."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np


def generator(seed: int, *parts: int | str) -> np.random.Generator:
    """Return a random generator of its own for one part of a computation.

    Parameters
    ----------
    seed : int
        The project's seed.
    *parts : int or str
        What the draws are for (such as ``"stability", 4``); other parts give independent draws, so that
        adding a computation does not change the others.
    """
    words = [byte for part in parts for byte in (*str(part).encode(), 256)]
    return np.random.default_rng(np.random.SeedSequence([seed, *words]))


def bootstrap_indices(n: int, draws: int, rng: np.random.Generator, size: int | None = None) -> Iterator[np.ndarray]:
    """Yield `draws` samples with replacement of row positions 0 … n−1, each sorted and of `size` rows (default n)."""
    for _ in range(draws):
        yield np.sort(rng.integers(n, size=size or n))


def bootstrap_counts(n: int, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Return how often each of n rows stands in each bootstrap sample: integers, shape (draws, n), rows sum to n."""
    return rng.multinomial(n, np.full(n, 1 / n), size=draws)
