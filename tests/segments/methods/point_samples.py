"""Samples of points for the tests of methods: rows by hand, and planted groups that lie apart."""

from __future__ import annotations

import numpy as np

from segkit.segments.fits import Sample


def sample_of(points, **more) -> Sample:
    """Rows of points, all of them numbers; a plain list is one number per row."""
    points = np.asarray(points, dtype=float).reshape(len(points), -1)
    kept = {"weights": np.ones(len(points)), **more}
    return Sample(points, np.empty((len(points), 0), dtype=np.int64), points, **kept)


def planted(n: int = 600, seed: int = 0, distance: float = 6.0) -> tuple[Sample, np.ndarray]:
    """Three round groups in three dimensions, and which row is of which; the target is the group and a little noise."""
    rng = np.random.default_rng(seed)
    groups = np.arange(n) % 3
    points = rng.normal(size=(n, 3)) + distance * np.eye(3)[groups]
    return sample_of(points, target=groups + rng.normal(0, 0.1, n)), groups
