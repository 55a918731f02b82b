"""Comparisons of two ways to divide the same accounts: adjusted Rand, Jaccard, relabelling."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def contingency(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the counts of rows by label of a (rows, sorted) and label of b (columns, sorted)."""
    labels_a, codes_a = np.unique(a, return_inverse=True)
    labels_b, codes_b = np.unique(b, return_inverse=True)
    cells = np.bincount(codes_a * len(labels_b) + codes_b, minlength=len(labels_a) * len(labels_b))
    return cells.reshape(len(labels_a), len(labels_b))


def adjusted_rand(a: np.ndarray, b: np.ndarray) -> float:
    """Return the adjusted Rand index of two divisions: 1 identical, 0 as by chance (Hubert and Arabie 1985).

    Examples
    --------
    >>> adjusted_rand([0, 0, 1, 1], [1, 1, 0, 0])
    1.0
    """
    table = contingency(np.asarray(a), np.asarray(b)).astype(float)
    pairs = _pairs(table).sum()
    pairs_a, pairs_b = _pairs(table.sum(1)).sum(), _pairs(table.sum(0)).sum()
    expected = pairs_a * pairs_b / max(_pairs(table.sum()), 1.0)
    most = (pairs_a + pairs_b) / 2
    return 1.0 if most == expected else float((pairs - expected) / (most - expected))


def _pairs(n):
    return n * (n - 1) / 2


def adjusted_rand_matrix(divisions: Sequence[np.ndarray]) -> np.ndarray:
    """Return the adjusted Rand index of every pair of divisions: symmetric, ones on the diagonal."""
    matrix = np.eye(len(divisions))
    for i, a in enumerate(divisions):
        for j in range(i):
            matrix[i, j] = matrix[j, i] = adjusted_rand(a, divisions[j])
    return matrix


def jaccard(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the overlap of each group of a (rows, sorted) with each group of b (columns, sorted): |∩| / |∪|."""
    table = contingency(np.asarray(a), np.asarray(b)).astype(float)
    union = table.sum(1)[:, None] + table.sum(0)[None, :] - table
    return table / union


def match(a: np.ndarray, b: np.ndarray, least: float = 0.0) -> dict:
    """Return which label of a each label of b continues: the pairing with the largest sum of Jaccard overlaps.

    Parameters
    ----------
    a, b : array of labels
        The older and the newer division of the same rows.
    least : float
        Pairs with a smaller overlap are left out: that group of b is new.

    Returns
    -------
    dict
        label of b → label of a, one to one.
    """
    from scipy.optimize import linear_sum_assignment

    labels_a, labels_b = np.unique(a).tolist(), np.unique(b).tolist()
    overlap = jaccard(a, b)
    rows, columns = linear_sum_assignment(-overlap)
    return {
        labels_b[j]: labels_a[i]
        for i, j in zip(rows, columns, strict=True)
        if overlap[i, j] > 0 and overlap[i, j] >= least
    }


def relabel(labels: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """Return integer labels renumbered so that each group bears the number of the reference's group it overlaps most.

    Groups without a counterpart get the smallest free numbers. The division itself does not change.
    """
    labels = np.asarray(labels)
    names = match(np.asarray(reference), labels)
    taken = set(names.values())
    free = (n for n in range(2 * labels.size + 1) if n not in taken)
    new = {label: names[label] if label in names else next(free) for label in np.unique(labels).tolist()}
    return np.array([new[label] for label in labels.tolist()], dtype=np.int64)
