"""What goes into a segmentation method and what comes out of it: the one shape that all methods share.

A method is one function ``fit(sample, n_segments, rng, start=None, is_quick=False) -> Fit``. Its model is plain JSON of
one of the kinds that `methods.assign` knows, so that any account, also one of a later quarter, gets its memberships
without the library that fitted it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np


@dataclass(frozen=True)
class Sample:
    """The criteria of accounts, made comparable by `space.apply_space`; one row per account, ordered by account_id.

    Attributes
    ----------
    numbers : array (n, p)
        Number criteria on their scales; NaN where a value is missing.
    codes : array (n, q)
        Category criteria as positions among their levels; −1 where a value is missing.
    points : array (n, d)
        Coordinates without gaps for methods that need distances: the numbers with their weights, or, where there are
        categories, the leading axes of numbers and weighted indicators together.
    weights : array (n,)
        What an account counts, mean 1: all alike, or by revenue.
    groups : array (n,) or None
        Whose rows belong together (company of a site, account of a contact): resampled together. None: each row alone.
    target : array (n,) or None
        What tree segments are to explain.
    """

    numbers: np.ndarray
    codes: np.ndarray
    points: np.ndarray
    weights: np.ndarray
    groups: np.ndarray | None = None
    target: np.ndarray | None = None

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.points)

    def take(self, rows: np.ndarray) -> Sample:
        """Return the sample of these row positions, in their order; a position may come twice."""
        groups = None if self.groups is None else self.groups[rows]
        target = None if self.target is None else self.target[rows]
        return replace(
            self,
            numbers=self.numbers[rows],
            codes=self.codes[rows],
            points=self.points[rows],
            weights=self.weights[rows],
            groups=groups,
            target=target,
        )


@dataclass(frozen=True)
class Fit:
    """A division of a sample.

    Attributes
    ----------
    labels : array (n,)
        0 … k−1 per row; −1 a row in no dense group (only density clustering has such).
    model : dict
        Plain JSON: ``kind`` (centres, mixture, tree, column) and what `methods.assign.memberships` needs.
    objective : float or None
        What the method makes small (inertia, minus log-likelihood, deviance); None where it has none.
    measures : dict
        Figures of the method's own: bic, icl, n_searches, n_found, missed_probability, noise_share …
    """

    labels: np.ndarray
    model: dict[str, Any]
    objective: float | None = None
    measures: Mapping[str, float] = field(default_factory=dict)

    @property
    def n_segments(self) -> int:
        """Return the number of groups found."""
        return len(self.model["segments"])


class FitFunction(Protocol):
    """A method: sample in, division out.

    `start` is the model of an earlier fit; `is_quick` says that it is a refit on a bootstrap sample, where certainty
    about the best solution is not needed.
    """

    def __call__(
        self,
        sample: Sample,
        n_segments: int,
        rng: np.random.Generator,
        start: Mapping[str, Any] | None = None,
        is_quick: bool = False,
    ) -> Fit:
        """Return the division of a sample into so many segments."""
        ...
