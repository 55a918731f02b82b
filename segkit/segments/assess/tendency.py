"""Whether accounts form groups at all: five measures that look before anybody divides.

Each is held against data like these but without groups (`groupless`), drawn with the same seed: long tails and whole
numbers alone look like groups to most measures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.segments.assess.groupless import draw_crowd, fit_crowd
from segkit.segments.assess.indices import (
    choose_by_gap,
    choose_by_strength,
    measure_gap,
    prediction_strength,
)
from segkit.segments.fits import Sample
from segkit.segments.optimise import distances
from segkit.segments.search import search_once
from segkit.statistics.comparisons import holm
from segkit.statistics.dip import dip, dip_p_value, spread_ties
from segkit.statistics.resampling import generator

if TYPE_CHECKING:
    import pandas as pd

DIGITS = 12
REFERENCES = 39  # with which the smallest chance is one in forty
ROWS = 500
LIKELY = 0.05
STRONG = 0.80  # prediction strength from which clusters count as there
FEWEST = 20
MOST_CLASSES = 6


def measure_tendency(sample: Sample, seed: int, indices: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return what five measures say about groups in a sample, before any division counts.

    Parameters
    ----------
    sample : Sample
        What is to be divided.
    seed : int
        Of random parts and reference draws.
    indices : DataFrame, optional
        What `measure_indices` returned for the same sample and seed: n_segments, prediction_strength, gap, gap_se.
        Without it both are measured for 2 to 8 segments.

    Returns
    -------
    DataFrame
        measure (hopkins, dip, gap, prediction_strength, mixture), value, reference (the same of data without groups;
        for prediction strength and gap the limit), p_value, n_segments (the number it names; 1: no groups; empty where
        it names none), says (key of the sentence). No row where there are fewer than 20 different points.
    """
    import pandas as pd
    from threadpoolctl import threadpool_limits

    points = sample.points
    if len(points) > ROWS:
        points = points[np.sort(generator(seed, "tendency").choice(len(points), ROWS, replace=False))]
    if len(np.unique(points, axis=0)) < FEWEST:
        return pd.DataFrame(columns=["measure", "value", "reference", "p_value", "n_segments", "says"])
    indices = _indices(sample.points, seed) if indices is None else indices.sort_values("n_segments")
    with threadpool_limits(limits=1):
        rows = [*_against_crowds(sample, points, seed), *_counts(sample.points, indices, seed)]
        rows.append(_mixture(points, seed))
    frame = pd.DataFrame(rows).astype({"value": float, "reference": float, "p_value": float, "n_segments": "Int64"})
    return frame.round({"value": DIGITS, "reference": DIGITS, "p_value": DIGITS})


def hopkins(points: np.ndarray, rng: np.random.Generator, share: float = 0.1) -> float:
    """Return Hopkins' statistic: ½ of points without order, near 1 of heaps, below ½ of a grid.

    Hopkins and Skellam 1954, with distances to the power d as in Cross and Jain 1982 (and R's hopkins, Wright 2022):
    Σu / (Σu + Σw), u from random places in the box of the points to their nearest point, w from as many points, drawn,
    to their nearest other point.
    """
    n, d = points.shape
    m = max(5, round(share * n))
    places = rng.uniform(points.min(axis=0), points.max(axis=0), (m, d))
    chosen = rng.choice(n, min(m, n), replace=False)
    u = np.sqrt(distances(places, points).min(axis=1))
    away = distances(points[chosen], points)
    away[np.arange(len(chosen)), chosen] = np.inf
    w = np.sqrt(away.min(axis=1))
    largest = max(u.max(), w.max(), 1e-300)
    u, w = ((u / largest) ** d).sum(), ((w / largest) ** d).sum()
    return float(u / (u + w)) if u + w > 0 else 0.5


def dips(points: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return the dip along each axis and along the line between the centres of two clusters, and its chance.

    Chances of so large a dip in one crowd (Hartigan and Hartigan 1985), not yet corrected for the number of lines.
    """
    _, centres, _ = search_once(points, 2, rng, patience=1)
    line = points @ (centres[1] - centres[0])
    columns = [spread_ties(np.sort(column)) for column in (*points.T, line)]
    found = np.array([dip(column) for column in columns])
    return found, np.array([dip_p_value(value, len(points)) for value in found])


def _against_crowds(sample: Sample, points: np.ndarray, seed: int) -> list[dict[str, Any]]:
    """Return Hopkins' statistic and the largest dip, each with its mean and its chance in data without groups."""
    rng = generator(seed, "tendency crowd")
    crowd = fit_crowd(sample, rng)
    own_rng, n = generator(seed, "tendency own"), len(points)
    own_hopkins = float(np.mean([hopkins(points, own_rng) for _ in range(5)]))
    own_dips, own_p = dips(points, own_rng)
    drawn = np.empty((REFERENCES, 2))
    for i in range(REFERENCES):
        reference = draw_crowd(crowd, n, rng)
        drawn[i] = np.mean([hopkins(reference, rng) for _ in range(5)]), dips(reference, rng)[0].max()
    values = np.array([own_hopkins, own_dips.max()])
    chances = (1 + (drawn >= values).sum(axis=0)) / (1 + REFERENCES)
    chances[1] = max(chances[1], holm(own_p).min())
    return [
        _row(name, value, reference, chance, None, "yes" if chance <= LIKELY else "no")
        for name, value, reference, chance in zip(("hopkins", "dip"), values, drawn.mean(axis=0), chances, strict=True)
    ]


def _indices(points: np.ndarray, seed: int) -> pd.DataFrame:
    import pandas as pd

    numbers = [k for k in range(2, 9) if k <= max(2, len(points) // 10)]
    gap, gap_se = measure_gap(points, numbers, seed)
    strengths = prediction_strength(points, numbers, seed)
    return pd.DataFrame({"n_segments": numbers, "prediction_strength": strengths, "gap": gap, "gap_se": gap_se})


def _counts(points: np.ndarray, indices: pd.DataFrame, seed: int) -> list[dict[str, Any]]:
    """Return the numbers of groups that the gap statistic and prediction strength name."""
    one, one_se = measure_gap(points, [1], seed)
    numbers = [1, *indices["n_segments"].tolist()]
    gap, gap_se = np.r_[one, indices["gap"]], np.r_[one_se, indices["gap_se"]]
    named = choose_by_gap(numbers, gap, gap_se)
    at = numbers.index(named) if named else int(np.argmax(gap))
    strengths = indices["prediction_strength"].to_numpy(float)
    strong = choose_by_strength(numbers[1:], strengths, STRONG)
    best = float(strengths[numbers.index(strong) - 1] if strong > 1 else np.nan_to_num(strengths).max())
    said = "open" if named is None else "yes" if named > 1 else "no"
    return [
        _row("gap", gap[at], gap[at + 1] - gap_se[at + 1] if named else None, None, named, said),
        _row("prediction_strength", best, STRONG, None, strong, "yes" if strong > 1 else "no"),
    ]


def _mixture(points: np.ndarray, seed: int) -> dict[str, Any]:
    """Return how many normal distributions BIC takes to describe the points (Fraley and Raftery 2002).

    Skewed crowds take several, so the number is an upper limit rather than a sign of groups.
    """
    from sklearn.mixture import GaussianMixture

    rng = generator(seed, "mixture")
    bics = []
    for k in range(1, min(MOST_CLASSES, len(points) // FEWEST) + 1):
        labels, centres, _ = search_once(points, k, rng, patience=1)
        model = GaussianMixture(
            k,
            reg_covar=1e-4,
            max_iter=50,
            tol=1e-2,
            init_params="random_from_data",
            random_state=1,
            means_init=centres,
            weights_init=np.bincount(labels) / len(labels),
        )
        bics.append(_bic(model, points))
    best = int(np.argmin(bics)) + 1
    return _row("mixture", bics[best - 1], bics[0], None, best, "yes" if best > 1 else "no")


def _bic(model: Any, points: np.ndarray) -> float:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a fit that stops after 50 steps is near enough to count classes
        return float(model.fit(points).bic(points))


def _row(measure: str, value: Any, reference: Any, p_value: Any, n_segments: int | None, said: str) -> dict[str, Any]:
    return {
        "measure": measure,
        "value": value,
        "reference": reference,
        "p_value": p_value,
        "n_segments": n_segments,
        "says": f"how_many.{measure}_{said}",
    }
