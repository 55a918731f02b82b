"""Accounts of known classes: numbers, categories and gaps."""

from __future__ import annotations

import numpy as np

from segkit.segments.fits import Sample


def sample_of(numbers: np.ndarray, codes: np.ndarray | None = None, weights: np.ndarray | None = None) -> Sample:
    """A sample whose points are the numbers with gaps at 0."""
    n = len(numbers)
    codes = np.empty((n, 0), dtype=int) if codes is None else codes
    return Sample(numbers, codes, np.nan_to_num(numbers), np.ones(n) if weights is None else weights)


def planted(n: int, seed: int, k: int = 3, apart: float = 2.5, gaps: float = 0.05) -> tuple[Sample, np.ndarray]:
    """Three numbers and two categories of k classes of equal size, with gaps; the classes."""
    sample, classes, _ = planted_with_model(n, seed, k, apart, gaps)
    return sample, classes


def planted_with_model(n: int, seed: int, k: int = 3, apart: float = 2.5, gaps: float = 0.05):
    """The same, and the model that made them: who knows it sorts as well as anybody can."""
    rng = np.random.default_rng(seed)
    classes = np.arange(n) % k
    means = rng.normal(0, apart, (k, 3))
    numbers = means[classes] + rng.normal(size=(n, 3))
    shares = [rng.dirichlet(np.full(levels, 0.4), k) for levels in (3, 5)]
    codes = np.column_stack(
        [(part.cumsum(1)[classes] < rng.random((n, 1))).sum(1).clip(0, part.shape[1] - 1) for part in shares]
    )
    numbers[rng.random(numbers.shape) < gaps] = np.nan
    codes[rng.random(codes.shape) < gaps] = -1
    segments = [
        {"share": 1 / k, "means": means[c], "variances": np.ones(3), "levels": [part[c] for part in shares]}
        for c in range(k)
    ]
    return sample_of(numbers, codes), classes, {"kind": "mixture", "segments": segments}
