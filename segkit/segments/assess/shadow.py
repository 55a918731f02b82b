"""How clearly each segment stands apart: silhouettes and shadow values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.segments.fits import Sample
from segkit.segments.optimise import distances
from segkit.statistics.resampling import generator
from segkit.texts import LANGUAGES, say

if TYPE_CHECKING:
    import pandas as pd

MOST_ROWS = 2000  # whose silhouettes are computed: 4 million distances
DIGITS = 12
WEAK = 0.25  # mean silhouette up to which Kaufman and Rousseeuw (1990) see no substantial structure
ROUNDING = 1e-7  # share of the largest distance below which two rows are in one place
STEPS = 40  # quantiles drawn per segment


def silhouettes(points: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the silhouette of each row: (b − a) / max(a, b) (Rousseeuw 1987), −1 … 1.

    Parameters
    ----------
    points : array (n, d)
        At most some thousand rows: all distances between them are held.
    labels : array (n,)
        0 … k−1, each with at least one row.

    Returns
    -------
    array (n,)
        a: mean distance to the other rows of the own segment; b: the smallest mean distance to the rows of another
        segment. 1: among its own; 0: between two; below 0: nearer to another segment. 0 for a row that is alone in its
        segment, and for all rows where there is one segment only.

    Examples
    --------
    Points 0, 1 | 4, 6: for 0, a = 1 and b = 5, so .8; for 4, a = 2 and b = 3.5, so −(2 − 3.5) / 3.5 = .4286.
    """
    sizes = np.bincount(labels)
    if len(sizes) < 2:
        return np.zeros(len(points))
    middled = points - points.mean(axis=0)
    away = np.sqrt(distances(middled, middled))
    away[away < ROUNDING * away.max()] = 0.0
    sums = away @ np.eye(len(sizes))[labels]
    rows = np.arange(len(points))
    own = sums[rows, labels] / np.maximum(sizes[labels] - 1, 1)
    means = sums / sizes
    means[rows, labels] = np.inf
    other = means.min(axis=1)
    larger = np.maximum(own, other)
    known = (larger > 0) & (sizes[labels] > 1)
    return np.where(known, (other - own) / np.where(known, larger, 1.0), 0.0)


def shadow_values(points: np.ndarray, labels: np.ndarray, centres: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the shadow value of each row and the segment that throws the shadow.

    Parameters
    ----------
    points : array (n, d)
        Any number of rows.
    labels : array (n,)
        0 … k−1.
    centres : array (k, d)
        At least two.

    Returns
    -------
    shadows : array (n,)
        2a / (a + b) with a and b the distances to the own and to the nearest other centre (Leisch 2010): 0 on the own
        centre, 1 half-way. Where segments are no nearest-centre cells, a row may lie beyond half-way: up to 2.
    others : array (n,)
        The segment of the nearest other centre.

    Examples
    --------
    Points 0, 1 | 4, 6 with centres .5 and 5: for 1, a = .5 and b = 4, so 1 / 4.5 = .2222.
    """
    middle = points.mean(axis=0)
    away = np.sqrt(distances(points - middle, centres - middle))
    rows = np.arange(len(points))
    own = away[rows, labels]
    away[rows, labels] = np.inf
    others = away.argmin(axis=1)
    both = own + away[rows, others]
    return 2 * own / np.where(both > 0, both, 1.0), others


def centres_of(points: np.ndarray, labels: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
    """Return the (weighted) mean of each segment: array (k, d); rows labelled −1 count nowhere."""
    belongs = np.eye(labels.max() + 1)[labels] * (labels >= 0)[:, None]
    belongs = belongs if weights is None else belongs * weights[:, None]
    return belongs.T @ points / np.maximum(belongs.sum(axis=0), 1e-300)[:, None]


def rows_to_look_at(labels: np.ndarray, most: int, seed: int) -> np.ndarray:
    """Return sorted positions of at most `most` rows, alike many from each segment: a small one is looked at in full.

    Rows labelled −1 are left out.
    """
    order = generator(seed, "silhouette").permutation(len(labels))
    order = order[labels[order] >= 0]
    order = order[np.argsort(labels[order], kind="stable")]
    sizes = np.bincount(labels[order]) if len(order) else np.zeros(1, dtype=int)
    place = np.arange(len(order)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return np.sort(order[place < _room(sizes, most)])


def _room(sizes: np.ndarray, most: int) -> int:
    """Return the largest number of rows per segment with which no more than `most` are taken together."""
    if sizes.sum() <= most:
        return int(sizes.max(initial=0))
    room = np.arange(1, most + 1)
    taken = np.minimum(sizes[None, :], room[:, None]).sum(axis=1)
    return int(room[taken <= most].max(initial=1))


def measure_separation(
    sample: Sample, labels: np.ndarray, ids: Sequence[str], seed: int, method: str = "challenger"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return how clearly each segment stands apart, and what the chart of it draws.

    Parameters
    ----------
    sample : Sample
        Any number of rows.
    labels : array (n,)
        Positions among `ids`; −1 for rows of no segment.
    ids : sequence of str
        segment_id of each label.
    seed : int
        The project's seed.
    method : str
        accepted, challenger or the name of a method.

    Returns
    -------
    table : DataFrame
        Table `segment_separation`, all columns but segmentation_id; segments without accounts have no row; empty where
        there are fewer than two segments. The row ALL is the mean over accounts.
    quantiles : DataFrame
        segment_id, measure (silhouette or shadow), place (0 … 1, from the worst to the best), value.
    """
    import pandas as pd

    names, codes = np.unique(labels[labels >= 0], return_inverse=True)
    if len(names) < 2 or not sample.points.shape[1]:
        columns = ["method", "segment_id", "n_accounts", "silhouette", "nearer_share", "shadow"]
        empty = pd.DataFrame(columns=[*columns, "neighbour_id", "neighbour_share"])
        return empty, pd.DataFrame(columns=["segment_id", "measure", "place", "value"])
    points, weights = sample.points[labels >= 0], sample.weights[labels >= 0]
    shadows, others = shadow_values(points, codes, centres_of(points, codes, weights))
    rows = rows_to_look_at(codes, MOST_ROWS, seed)
    widths, looked_at = silhouettes(points[rows], codes[rows]), codes[rows]
    told, drawn = [], []
    for j, label in enumerate(names):
        neighbours = np.bincount(others[codes == j], minlength=len(names))
        own = {"silhouette": widths[looked_at == j], "shadow": shadows[codes == j]}
        told.append(
            {
                "segment_id": ids[label],
                "n_accounts": int((codes == j).sum()),
                "silhouette": own["silhouette"].mean(),
                "nearer_share": (own["silhouette"] < 0).mean(),
                "shadow": own["shadow"].mean(),
                "neighbour_id": ids[names[neighbours.argmax()]],
                "neighbour_share": neighbours.max() / neighbours.sum(),
            }
        )
        drawn += [_quantiles(ids[label], measure, values) for measure, values in own.items()]
    table = pd.DataFrame(told)
    table = pd.concat([pd.DataFrame([_all_of(table)]), table], ignore_index=True)
    return table.assign(method=method).round(DIGITS), pd.concat(drawn, ignore_index=True)


def _all_of(table: pd.DataFrame) -> dict[str, Any]:
    """Return the row ALL: means over accounts, so a segment looked at in part counts with all its accounts."""
    means = {name: np.average(table[name], weights=table["n_accounts"]) for name in ("silhouette", "nearer_share")}
    means["shadow"] = np.average(table["shadow"], weights=table["n_accounts"])
    return {"segment_id": "ALL", "n_accounts": int(table["n_accounts"].sum()), **means}


def _quantiles(segment_id: str, measure: str, values: np.ndarray) -> pd.DataFrame:
    import pandas as pd

    place = np.linspace(0, 1, STEPS)
    worst_first = np.quantile(values, place if measure == "silhouette" else 1 - place)
    return pd.DataFrame({"segment_id": segment_id, "measure": measure, "place": place, "value": worst_first.round(4)})


def describe_separation(table: pd.DataFrame) -> list[tuple[str, dict[str, Any]]]:
    """Return findings about a division: how far apart its segments stand, and which one runs into which.

    Parameters
    ----------
    table : DataFrame
        Table `segment_separation` of one method.
    """
    if table.empty:
        return [("separation.none", {})]
    whole = table[table["segment_id"] == "ALL"].iloc[0]
    each = table[table["segment_id"] != "ALL"].sort_values(["silhouette", "segment_id"])
    worst, best = each.iloc[0], each.iloc[-1]
    grade = "separation.warn_weak" if whole["silhouette"] <= WEAK else "separation.apart"
    found = [(grade, {"silhouette": float(whole["silhouette"]), "nearer": float(whole["nearer_share"])})]
    ids = {"worst": worst["segment_id"], "neighbour": worst["neighbour_id"], "best": best["segment_id"]}
    numbers: dict[str, Any] = {
        f"{who}_{language}": _name(name, language) for who, name in ids.items() for language in LANGUAGES
    }
    numbers |= {"nearer": float(worst["nearer_share"]), "low": float(worst["silhouette"])}
    return [*found, ("separation.extremes", numbers | {"high": float(best["silhouette"])})]


def _name(segment_id: str, language: str) -> str:
    """Return a cluster's name in words; the id of an accepted segment stays."""
    number = segment_id.removeprefix("cluster ")
    return say("segments.cluster_label", language, number=number) if number.isdigit() else segment_id
