"""The plane on which segments lie furthest apart, as one frame that a chart can draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.segments.assess.shadow import centres_of
from segkit.segments.fits import Sample

if TYPE_CHECKING:
    import pandas as pd

MOST_POINTS = 1500
DIRECTIONS = 48
INNER, OUTER = 0.50, 0.95  # shares of a segment's accounts inside its two hulls
TELLING = 0.40  # correlation from which an end of an axis bears a criterion's name
MOST_NAMES = 2  # per end
GOLDEN = (5**0.5 - 1) / 2
COLUMNS = ["kind", "segment_id", "place", "x", "y", "criterion", "level"]


def plane(points: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the two directions in which the segments' means differ most, and how much of their differences they show.

    Parameters
    ----------
    points : array (n, d)
        d at least 1.
    labels : array (n,)
        0 … k−1.

    Returns
    -------
    axes : array (2 or 1, d)
        Leading eigenvectors of the scatter of the means, each mean counted with its accounts (the projection of
        principal components of the centres; Dolnicar, Grün and Leisch 2018, section 7.5). Where the means lie on one
        line, the second is the direction of the largest scatter at right angles to it. Lengths are not stretched by
        the scatter within, as discriminant analysis does: it makes every cut through a crowd look like a gap. One
        axis where there is one coordinate.
    shown : float
        Share of the squared distances between the means that the plane holds.
    """
    centre = points.mean(axis=0)
    means = centres_of(points, labels) - centre
    between = (means * np.bincount(labels)[:, None]).T @ means / len(points)
    values, vectors = np.linalg.eigh(between)
    values, axes = np.maximum(values[::-1], 0.0), vectors[:, ::-1].T
    if points.shape[1] == 1:
        return axes, 1.0
    if values[1] <= 1e-9 * values[0]:
        rest = points - centre - np.outer((points - centre) @ axes[0], axes[0])
        axes[1] = np.linalg.eigh(rest.T @ rest)[1][:, -1]
    axes = axes[:2]
    signs = np.sign(axes[np.arange(2), np.abs(axes).argmax(axis=1)])
    return axes * signs[:, None], float(values[:2].sum() / values.sum()) if values.sum() > 0 else 0.0


def hull(points: np.ndarray, share: float) -> np.ndarray:
    """Return the corners, in order, of the hull of those points nearest their mean: array (corners, 2).

    The furthest point in each of 48 directions is a corner: all corners of the convex hull but those that stand out by
    less than the eye sees. Works for one point, two, or points on one line.
    """
    away = ((points - points.mean(axis=0)) ** 2).sum(axis=1)
    inside = points[away <= np.quantile(away, share)]
    angles = np.arange(DIRECTIONS) * 2 * np.pi / DIRECTIONS
    furthest = (inside @ np.vstack([np.cos(angles), np.sin(angles)])).argmax(axis=0)
    is_next = furthest != np.roll(furthest, 1)
    return inside[furthest[is_next]] if is_next.any() else inside[furthest[:1]]


def project_segments(sample: Sample, labels: np.ndarray, ids: Sequence[str], space: Mapping[str, Any]) -> pd.DataFrame:
    """Return all that a separation plot draws.

    Parameters
    ----------
    sample : Sample
        Any number of rows; those labelled −1 are drawn, but belong to no hull.
    labels : array (n,)
        Positions among `ids`.
    ids : sequence of str
        segment_id of each label.
    space : mapping
        What the sample was made by (`space.fit_space`): names of the criteria.

    Returns
    -------
    DataFrame
        ``kind``: point (an account, at most 1,500), inner and outer (corners of the hulls of half and of 95 % of a
        segment's accounts, in the order of ``place``), centre, right, left, top, bottom (criterion, for a category its
        level, that is high at this end of an axis), shown (x: share of the distances between segments that the plane
        holds). ``x``, ``y``: coordinates. Empty where there are fewer than two segments.
    """
    import pandas as pd

    named, codes = np.unique(labels[labels >= 0], return_inverse=True)
    if len(named) < 2 or not sample.points.shape[1]:
        return pd.DataFrame(columns=COLUMNS)
    axes, shown = plane(sample.points[labels >= 0], codes)
    at = (sample.points - sample.points.mean(axis=0)) @ axes.T
    if len(axes) == 1:  # one coordinate: the height spreads the dots and means nothing
        at = np.column_stack([at[:, 0], (np.arange(len(at)) * GOLDEN) % 1])
    whose = np.array([*ids, ""])
    step = -(-len(at) // MOST_POINTS)
    parts = [_rows("point", whose[labels[::step]], at[::step])]
    for j, label in enumerate(named):
        own = at[labels >= 0][codes == j]
        corners = {"outer": hull(own, OUTER), "inner": hull(own, INNER), "centre": own.mean(axis=0)[None, :]}
        parts += [_rows(kind, ids[label], places) for kind, places in corners.items()]
    parts.append(_rows("shown", "", np.array([[shown, 0.0]])))
    parts += _ends(sample, at[:, : len(axes)], space)
    return pd.concat(parts, ignore_index=True).reindex(columns=COLUMNS).round({"x": 4, "y": 4})


def _rows(kind: str, segment_id: Any, places: np.ndarray) -> pd.DataFrame:
    import pandas as pd

    columns = {"x": places[:, 0], "y": places[:, 1], "place": np.arange(len(places))}
    return pd.DataFrame(columns).assign(kind=kind, segment_id=segment_id)


def _ends(sample: Sample, at: np.ndarray, space: Mapping[str, Any]) -> list[pd.DataFrame]:
    """Return which criteria are high at which end of the axes: correlation with the number or with "is this level"."""
    import pandas as pd

    candidates = [(entry["name"], None, sample.numbers[:, i]) for i, entry in enumerate(space["numbers"])]
    for j, entry in enumerate(space["categories"]):
        known = np.where(sample.codes[:, [j]] < 0, np.nan, sample.codes[:, [j]] == np.arange(len(entry["levels"])))
        candidates += [(entry["name"], level, known[:, i]) for i, level in enumerate(entry["levels"])]
    found = []
    for axis, ends in zip(range(at.shape[1]), (("right", "left"), ("top", "bottom")), strict=False):
        strengths = np.array([_correlation(values, at[:, axis]) for _, _, values in candidates])
        for sign, end in zip((1, -1), ends, strict=True):
            strong = np.argsort(-sign * strengths, kind="stable")[:MOST_NAMES]
            strong = strong[sign * strengths[strong] >= TELLING]
            rows = [(end, "", place, *candidates[i][:2]) for place, i in enumerate(strong)]
            found.append(pd.DataFrame(rows, columns=["kind", "segment_id", "place", "criterion", "level"]))
    return [frame for frame in found if len(frame)]


def _correlation(values: np.ndarray, scores: np.ndarray) -> float:
    known = np.isfinite(values)
    if known.sum() < 3 or np.ptp(values[known]) == 0 or np.ptp(scores[known]) == 0:
        return 0.0
    return float(np.corrcoef(values[known], scores[known])[0, 1])
