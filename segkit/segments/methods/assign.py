"""From a model in plain JSON to the memberships of any accounts; no library that fitted it is needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from segkit.segments.fits import Fit, Sample
from segkit.segments.methods.posterior import by_mixture
from segkit.segments.methods.tree_rules import by_tree
from segkit.segments.optimise import distances

BLOCK = 20_000  # rows compared with all exemplars at once: bounds memory


def memberships(sample: Sample, model: Mapping[str, Any]) -> np.ndarray:
    """Return how far each row belongs to each segment of a model.

    Parameters
    ----------
    sample : Sample
        On the scales on which the model was fitted.
    model : mapping
        `Fit.model`: ``kind`` and ``segments`` (one entry per segment, in the order of the columns that come back).

    Returns
    -------
    array (n, k)
        Rows add up to 1; 0 and 1 where the kind knows no degrees. Columns in the model's ``order`` where it has one:
        numbers of segments are kept over k and refits without touching what was fitted.
    """
    found = KINDS[model["kind"]](sample, model)
    return found[:, model["order"]] if model.get("order") else found


def reorder(fit: Fit, order: list[int]) -> Fit:
    """Return the same division with its segments numbered anew: the segment now at ``order[j]`` becomes number j."""
    before = fit.model.get("order") or list(range(fit.n_segments))
    place = np.empty(len(order) + 1, dtype=np.int64)
    place[order], place[-1] = np.arange(len(order)), -1  # rows in no group (-1) stay so
    model = fit.model | {"order": [before[j] for j in order]}
    return replace(fit, labels=place[fit.labels], model=model)


def assign_labels(sample: Sample, model: Mapping[str, Any]) -> np.ndarray:
    """Return the position of the likeliest segment of each row; ties go to the first. −1 by a model without any."""
    found = memberships(sample, model)
    return found.argmax(axis=1) if found.shape[1] else np.full(len(sample), -1)


def by_centres(sample: Sample, model: Mapping[str, Any]) -> np.ndarray:
    """Return 1 for the nearest centre, 0 for the others.

    ``segments``: one centre each in the coordinates of `Sample.points`. ``offsets``, where sizes are limited: what is
    taken off the squared distance, so that the limits hold for the accounts that were fitted (a power diagram).
    ``keep_groups``: the rows of a group of `Sample.groups` go where their mean goes.
    """
    points, place = sample.points, None
    if model.get("keep_groups") and sample.groups is not None:
        points, _, place = group_means(sample)
    away = distances(points, np.array(model["segments"], dtype=float).reshape(len(model["segments"]), -1))
    if model.get("offsets"):
        away = away - np.array(model["offsets"])
    labels = away.argmin(axis=1)
    return one_hot(labels if place is None else labels[place], len(model["segments"]))


def by_exemplars(sample: Sample, model: Mapping[str, Any]) -> np.ndarray:
    """Return 1 for the segment of the nearest exemplar, 0 for the others.

    ``segments``: for each the points (coordinates of `Sample.points`) that stand for its shape.
    """
    if not model["segments"]:
        return np.empty((len(sample), 0))
    exemplars = np.vstack([np.array(points, dtype=float) for points in model["segments"]])
    owner = np.repeat(np.arange(len(model["segments"])), [len(points) for points in model["segments"]])
    blocks = [sample.points[first : first + BLOCK] for first in range(0, len(sample), BLOCK)]
    nearest = [distances(block, exemplars).argmin(axis=1) for block in blocks]
    return one_hot(owner[np.concatenate(nearest)] if nearest else owner[:0], len(model["segments"]))


def group_means(sample: Sample) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the mean point of each group of rows, the sum of their weights, and the group's place for each row."""
    _, place = np.unique(np.asarray(sample.groups), return_inverse=True)
    order = np.argsort(place, kind="stable")
    counts = np.bincount(place)
    firsts = np.cumsum(counts) - counts
    sums = np.add.reduceat(sample.points[order], firsts, axis=0)
    return sums / counts[:, None], np.bincount(place, sample.weights), place


def one_hot(labels: np.ndarray, k: int) -> np.ndarray:
    """Return labels 0 … k−1 as rows of zeros and a one."""
    return np.eye(k)[labels]


KINDS: dict[str, Callable[[Sample, Mapping[str, Any]], np.ndarray]] = {
    "centres": by_centres,
    "exemplars": by_exemplars,
    "tree": by_tree,
    "mixture": by_mixture,
}
