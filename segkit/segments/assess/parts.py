"""Instability split in two: what a search that stops early adds, and what the sample is too small for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segkit.segments.assess.stability import draw_rows, overlaps_of, with_others
from segkit.segments.fits import Fit, FitFunction, Sample
from segkit.segments.methods.assign import assign_labels
from segkit.segments.methods.kmeans import fit_kmeans
from segkit.segments.optimise import lloyd
from segkit.statistics.resampling import bootstrap_counts, generator

if TYPE_CHECKING:
    import pandas as pd

PLAIN_STARTS = 10
BOUND = ("min_share", "max_share", "keep_groups")  # options under which inertias cannot be compared
SEARCHES = 2  # of k-means in each sample, beside the plain one
FRACTIONS = (1.0, 0.5, 0.25)  # of the rows of a bootstrap sample, to see whether more rows help
REDRAWS = 1000
INTERVAL = (2.5, 97.5)
WANTED = 0.10  # sampling part that counts as small: a segment shares nine tenths with its counterpart
SLOWEST = 0.15  # power of the number of rows; below, ten times the rows take off less than a third
FARTHEST = 100  # times the rows: no forecast beyond
DIGITS = 12


def split_instability(sample: Sample, fit: FitFunction, found: Fit, pairs: int, seed: int, size: int) -> pd.DataFrame:
    """Return for each segment how unsure it is, why, and how many rows would help.

    Parameters
    ----------
    sample, fit : Sample, FitFunction
        What was fitted, and the method.
    found : Fit
        The full solution.
    pairs : int
        Twice as many bootstrap samples of full size are fitted, as many of half and of quarter size.
    size : int
        Rows of a bootstrap sample, at most all.

    Returns
    -------
    DataFrame
        One row per segment, in the order of ``found.model["segments"]``: ``segment_id`` (position), ``instability``
        (1 − mean Jaccard overlap with the best counterpart when a plain search is fitted to bootstrap samples),
        ``sampling_part`` (the same when the search goes to the end), ``algorithm_part`` (the difference, sample by
        sample; below 0 where a search to the end is the less stable one), each part with ``_low`` and ``_high``
        (95 % interval over the samples drawn, percentiles), ``n_needed``: rows at which the sampling part would be .10.

    Notes
    -----
    Plain is what tools do by default: k-means from ten random sets of rows, Lloyd's steps only; for other methods one
    quick fit that does not know the full solution. To the end: the best objective of the plain fit and of one that
    starts from the full solution, for k-means of two searches that know other good divisions too (`with_others`).
    Overlaps as in `measure_stability` (Hennig 2007). Both parts are estimates: where many divisions are nearly equal,
    a search could still go further, and some of the sampling part is counted as the algorithm's (stability_panel.md).

    The errors of estimated centres and classes fall with the root of the number of rows (Pollard 1982 for k-means), and
    so does the part of the rows that change sides. The power is estimated from samples of full, half and quarter size;
    `n_needed` follows. It is empty where the interval of the power reaches down to .15: several divisions of such
    accounts are equally good however many there are (see `near_equal`), or where it would exceed 100 times the rows.
    """
    import pandas as pd
    from threadpoolctl import threadpool_limits

    size = min(size, len(sample))
    with threadpool_limits(limits=1):
        plain, full = _overlaps(sample, fit, found, 2 * pairs, seed, size)
        smaller = [
            _overlaps(sample, fit, found, pairs, seed, max(int(size * part), 2 * found.n_segments))[1]
            for part in FRACTIONS[1:]
        ]
    rng = generator(seed, "parts")
    frame = pd.DataFrame({"segment_id": range(found.n_segments), "instability": 1 - plain.mean(axis=0)})
    for name, values in (("algorithm_part", full - plain), ("sampling_part", 1 - full)):
        low, high = _interval(values, rng)
        frame[name], frame[f"{name[:-5]}_low"], frame[f"{name[:-5]}_high"] = values.mean(axis=0), low, high
    power, slowest = fall_with_size([1 - values for values in (full, *smaller)], rng)
    needed = rows_needed(frame["sampling_part"].to_numpy(), power, slowest, size)
    return frame.round(DIGITS).assign(n_needed=pd.array(np.round(needed), dtype="Int64"))


def _overlaps(
    sample: Sample, fit: FitFunction, found: Fit, draws: int, seed: int, size: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the best overlap of each segment (columns) by draw, of a plain search and of one to the end."""
    k, results, start = found.n_segments, [], with_others(sample, fit, found, seed, size)
    for i, rows in enumerate(draw_rows(sample, draws, seed, size, topic=f"parts {size}")):
        drawn, rng = sample.take(rows), generator(seed, "parts", size, i)
        plain = _fit_plain(drawn, fit, k, rng)
        tried = [fit(drawn, k, rng, start=start, is_quick=True) for _ in range(SEARCHES if "others" in start else 1)]
        best = min([*tried, plain], key=lambda one: np.inf if one.objective is None else one.objective)
        fits = (plain, tried[0] if best.objective is None else best)
        results.append([overlaps_of(found.labels, assign_labels(sample, one.model), k).max(axis=1) for one in fits])
    both = np.array(results)
    return both[:, 0], both[:, 1]


def _fit_plain(drawn: Sample, fit: FitFunction, k: int, rng: np.random.Generator) -> Fit:
    """Return what tools do by default; limits of size and groups kept together hold for a plain search too."""
    options = getattr(fit, "keywords", {})
    if getattr(fit, "func", fit) is fit_kmeans and not any(options.get(name) for name in BOUND):
        return fit_plainly(drawn, k, rng)
    return fit(drawn, k, rng, is_quick=True)


def fit_plainly(
    sample: Sample, k: int, rng: np.random.Generator, starts: int = PLAIN_STARTS, is_by_distance: bool = False
) -> Fit:
    """Return the best k-means division after Lloyd's steps from random rows, as many tools do.

    The best has the smallest inertia, or the smallest sum of distances as kcca of R's flexclust has it (Leisch 2006).
    """
    best: tuple[float, np.ndarray, np.ndarray] | None = None
    for _ in range(starts):
        first = sample.points[rng.choice(len(sample), min(k, len(sample)), replace=False)]
        labels, centres = lloyd(sample.points, first, weights=sample.weights)
        squared = ((sample.points - centres[labels]) ** 2).sum(axis=1)
        value = float(sample.weights @ (np.sqrt(squared) if is_by_distance else squared))
        if best is None or value < best[0]:
            best = value, labels, centres
    assert best is not None
    return Fit(best[1], {"kind": "centres", "segments": best[2].tolist()}, best[0])


def _interval(values: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the 95 % limits of the mean of each column (rows: draws)."""
    weights = bootstrap_counts(len(values), REDRAWS, rng) / len(values)
    return np.percentile(weights @ values, INTERVAL, axis=0)


def fall_with_size(values: list[np.ndarray], rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return the power of the number of rows by which the instability of each segment falls, and its lower limit.

    Parameters
    ----------
    values : list of arrays (draws, k)
        Instability in samples of `FRACTIONS` of the rows.

    Notes
    -----
    Least squares of log mean instability on minus log rows: instability = c · rows ** −power. The lower limit is the
    2.5th percentile over redrawn samples.

    Examples
    --------
    >>> power, _ = fall_with_size([np.full((4, 1), x) for x in (0.1, 0.2, 0.4)], np.random.default_rng(0))
    >>> power.round(6).tolist()
    [1.0]
    """
    x = -np.log(FRACTIONS) - np.mean(-np.log(FRACTIONS))
    means, drawn = [], []
    for one in values:
        means.append(one.mean(axis=0))
        drawn.append((bootstrap_counts(len(one), REDRAWS, rng) / len(one)) @ one)
    least = 1e-6

    def slope(at: np.ndarray) -> np.ndarray:
        return np.tensordot(x, np.log(np.maximum(at, least)), axes=1) / (x @ x)

    return slope(np.array(means)), np.percentile(slope(np.array(drawn)), INTERVAL[0], axis=0)


def rows_needed(now: np.ndarray, power: np.ndarray, slowest: np.ndarray, size: int) -> np.ndarray:
    """Return the rows at which instability `now` (at `size` rows) falls to .10, NaN where rows do not lower it.

    Where it is below already, the rows that would do, no fewer than the smallest samples tried.

    Examples
    --------
    A part of .20 that falls with the root needs four times the rows; the second one does not fall.

    >>> rows_needed(np.array([0.2, 0.2]), np.array([0.5, 0.05]), np.array([0.4, -0.1]), 1000).tolist()
    [4000.0, nan]
    """
    times = (np.maximum(now, 1e-6) / WANTED) ** (1 / np.maximum(power, SLOWEST))
    rows = np.ceil(size * np.clip(times, FRACTIONS[-1], np.where(now <= WANTED, 1, np.inf)))
    return np.where((now <= WANTED) | (slowest > SLOWEST) & (times <= FARTHEST), rows, np.nan)
