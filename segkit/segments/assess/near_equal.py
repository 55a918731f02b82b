"""Different divisions that are as good as the best one by the method's own criterion.

A quarter of the accounts may stand elsewhere in a solution half a per cent worse; which one is used is then a question
of business, not of statistics.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from segkit.segments.fits import Fit, FitFunction, Sample
from segkit.segments.methods.assign import reorder
from segkit.segments.methods.kmeans import fit_kmeans
from segkit.segments.optimise import draw_far_point, inertia, lloyd, means, seed_centres, transfer
from segkit.segments.search import SAME, uneven
from segkit.statistics.clusterings import adjusted_rand, match
from segkit.statistics.resampling import generator

DIGITS = 12
ROWS_SEARCHED = 150_000  # rows times searches, for k-means; one search is two to five products of matrices
FEWEST, MOST = 30, 300  # searches for k-means
QUICK_FITS = 12  # for any other method
PARTS, LEAST_ROWS = (2, 6), 10  # such a fit starts from a half or a sixth of the rows, at least ten a segment
MOST_KEPT = 50
SCREEN = 1.01  # solutions so much beyond the limit are not refined by single-account moves
ONE_SOLUTION = 0.99  # adjusted Rand from which two fits that stopped at a tolerance are one solution


@dataclass(frozen=True)
class NearEqual:
    """The best division and all others found that are as good.

    Attributes
    ----------
    fits : list of Fit
        The best first, then by objective; segments numbered like the best one's. Any of them may be used in its place.
    excess, n_found : array (s,)
        How much worse than the best, as a share; searches that ended there.
    n_searches : int
        Searches made for this; none where the method uses no chance or has no criterion to compare (Ward, density).
    seen : float
        Estimated chance that one more search as good as the best ends in a division already found; NaN without any.
    n_all : int
        Divisions found as good, of which at most `MOST_KEPT` are kept.
    """

    fits: list[Fit]
    excess: np.ndarray
    n_found: np.ndarray
    n_searches: int
    seen: float
    n_all: int

    @functools.cached_property
    def labels(self) -> np.ndarray:
        """One division a row, shape (s, n); −1 in no group."""
        return np.array([fit.labels for fit in self.fits])

    @property
    def is_core(self) -> np.ndarray:
        """Rows that stand in the same segment in every division."""
        return (self.labels == self.labels[0]).all(axis=0)

    @functools.cached_property
    def lowest_agreement(self) -> float:
        """Lowest adjusted Rand index between two of the divisions; 1 if there is only one."""
        pairs = [adjusted_rand(a, b) for i, a in enumerate(self.labels) for b in self.labels[:i]]
        return round(min(pairs, default=1.0), DIGITS)


def find_near_equal(
    sample: Sample, fit: FitFunction, best: Fit, share: float, seed: int, searches: int | None = None
) -> NearEqual:
    """Return the divisions into as many groups as `best` that are at most `share` worse.

    Parameters
    ----------
    sample : Sample
        What `best` was fitted on.
    fit : FitFunction
        Its method. k-means is searched by many cheap searches of its own, any other method by quick fits that begin
        with a fit on a random part of the rows.
    share : float
        Of the best objective; of what the classes gain over one class where the objective is minus a log-likelihood
        (measure ``loglik_one``), which has no natural zero.
    searches : int, optional
        How many; if missing, by the number of rows for k-means, 12 for others.

    Notes
    -----
    A division counts if no move of a single account improves it (Hartigan and Wong 1979). Searches start by turns
    from k-means++ seedings, from random rows, and from the best division with one centre moved elsewhere. That many
    local optima of nearly the same inertia lie apart is known of k-means (Steinley 2003); R's flexclust shows one. Fits
    of other methods that agree with an adjusted Rand of .99 count as one. `seen` is 1 less the divisions found once
    over the searches that ended in one as good (Good 1953).
    """
    from threadpoolctl import threadpool_limits

    k = best.n_segments
    if best.objective is None or k < 2:
        return _merge([], best, 0, share, False)
    with threadpool_limits(limits=1):
        if _is_kmeans(sample, fit, best):
            n = searches or int(np.clip(ROWS_SEARCHED // max(len(sample), 1), FEWEST, MOST))
            return _merge(_search(sample, best, share, generator(seed, "near_equal", k), n), best, n, share, True)
        n = (searches or QUICK_FITS) * _draws(sample, fit, best, seed)
        return _merge(_fit_anew(sample, fit, best, seed, n), best, n, share, False)


def _is_kmeans(sample: Sample, fit: FitFunction, best: Fit) -> bool:
    """Say whether the method is k-means without limits of size or ties between rows."""
    options = fit.keywords if isinstance(fit, functools.partial) else {}
    method = fit.func if isinstance(fit, functools.partial) else fit
    is_bound = any(options.get(name) for name in ("min_share", "max_share"))
    is_bound |= bool(options.get("keep_groups")) and sample.groups is not None
    return method is fit_kmeans and not is_bound and not best.model.get("offsets")


def _search(sample: Sample, best: Fit, share: float, rng: np.random.Generator, searches: int) -> Iterator[Fit]:
    """Yield the divisions of searches that end near the best."""
    points, weights, k = sample.points, uneven(sample.weights), best.n_segments
    centres = means(points, best.labels, k, weights)
    away = ((points - centres[best.labels]) ** 2).sum(axis=1) * (1.0 if weights is None else weights)
    limit = (best.objective or 0.0) * (1 + share) * SCREEN
    refined: dict[float, Fit] = {}
    for i in range(searches):
        if i % 3 == 0:
            start = seed_centres(points, k, rng, weights)
        elif i % 3 == 1:
            start = points[rng.choice(len(points), k, replace=False)]
        else:
            start = centres.copy()
            start[rng.integers(k)] = points[draw_far_point(points, away, rng)]
        labels, moved = lloyd(points, start, weights=weights)
        value = inertia(points, labels, moved, weights)
        if value > limit:
            continue
        if value not in refined:  # many searches stop at the same place: refined once
            labels, moved = transfer(points, labels, moved, weights)
            model = {"kind": "centres", "segments": np.round(moved, DIGITS).tolist()}
            refined[value] = Fit(labels, model, inertia(points, labels, moved, weights))
        yield refined[value]


def _draws(sample: Sample, fit: FitFunction, best: Fit, seed: int) -> bool:
    """Say whether a method uses chance at all: Ward and trees give the same division whatever the seed."""
    rng = generator(seed, "near_equal", best.n_segments)
    before = rng.bit_generator.state
    fit(sample, best.n_segments, rng, is_quick=True)
    return rng.bit_generator.state != before


def _fit_anew(sample: Sample, fit: FitFunction, best: Fit, seed: int, searches: int) -> Iterator[Fit]:
    """Yield quick fits that start from fits on parts of the rows, large and small by turns."""
    k, n = best.n_segments, len(sample)
    for i in range(searches):
        rng = generator(seed, "near_equal", k, i)
        rows = np.sort(rng.choice(n, min(n, max(n // PARTS[i % 2], LEAST_ROWS * k)), replace=False))
        begun = fit(sample.take(rows), k, rng, start=best.model, is_quick=True)
        found = fit(sample, k, rng, start=begun.model, is_quick=True)
        if found.objective is not None and found.n_segments == k:
            yield found


def _merge(found: Iterable[Fit], best: Fit, searches: int, share: float, is_exact: bool) -> NearEqual:
    """Return the different divisions among those found, as a NearEqual."""
    goal = best.objective or 0.0
    unit = abs(best.measures["loglik_one"] + goal) if "loglik_one" in best.measures else abs(goal)
    rounding = SAME * max(unit, SAME)
    kept, counts = [best], [0]
    for fit in found:
        if (fit.objective or 0.0) - goal > share * unit + rounding:
            continue
        place = next((i for i, other in enumerate(kept) if _is_same(fit, other, rounding, is_exact)), len(kept))
        if place == len(kept):
            kept.append(fit)
            counts.append(0)
        counts[place] += 1
    within = sum(counts)
    seen = round(1 - counts.count(1) / within, DIGITS) if within else np.nan
    counts[0] += int(best.measures.get("n_found", 1))
    places = sorted(range(1, len(kept)), key=lambda i: (kept[i].objective or 0.0, kept[i].labels.tobytes()))
    places = [0, *places][:MOST_KEPT]
    excess = np.array([(kept[i].objective or 0.0) - goal for i in places]) / max(unit, 1e-300)
    fits = [best, *(_number_like(kept[i], best) for i in places[1:])]
    return NearEqual(fits, excess.round(DIGITS), np.array([counts[i] for i in places]), searches, seen, len(kept))


def _is_same(fit: Fit, other: Fit, rounding: float, is_exact: bool) -> bool:
    if is_exact and abs((fit.objective or 0.0) - (other.objective or 0.0)) > rounding:
        return False
    return adjusted_rand(fit.labels, other.labels) >= ONE_SOLUTION  # accounts without weight may differ


def _number_like(fit: Fit, best: Fit) -> Fit:
    """Return a division with the numbers of the best one, paired by the assignment problem."""
    in_both = (fit.labels >= 0) & (best.labels >= 0)
    numbers = {number: group for group, number in match(best.labels[in_both], fit.labels[in_both]).items()}
    rest = iter(sorted(set(range(fit.n_segments)) - set(numbers.values())))
    return reorder(fit, [numbers[j] if j in numbers else next(rest) for j in range(fit.n_segments)])
