"""Latent classes: a mixture on numbers and categories together, with gaps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from segkit.segments.fits import Fit, Sample
from segkit.segments.methods.em import Classes, Data, climb, lay_out, log_joint, normalise, plain_prior, prior_of
from segkit.segments.methods.posterior import lay_out_for, measure_fit, read_classes, write_classes
from segkit.segments.methods.prior import Prior
from segkit.segments.methods.starts import divide_points, n_different, n_empty, pick_different
from segkit.segments.methods.threads import one_thread

N_STARTS = 20  # short searches, half from k-means on points, half from posteriors drawn at random
N_KEPT = 5  # the best different ones of them climb to the top
SHORT_STEPS = 20
SHORT_ROWS = 3000  # short searches see so many rows at most
STEPS = 300
TOLERANCE = 1e-6  # of log-likelihood for each row
QUICK_STEPS, QUICK_TOLERANCE = 60, 5e-5
SAME = 0.05  # difference of log-likelihood below which two searches ended in the same classes


def fit_mixture(
    sample: Sample,
    n_segments: int,
    rng: np.random.Generator,
    start: Mapping[str, Any] | None = None,
    is_quick: bool = False,
) -> Fit:
    """Return the latent classes with the highest likelihood found.

    Parameters
    ----------
    sample : Sample
        Its numbers and codes are used, with their gaps; its points only for starts.
    n_segments : int
        Classes wanted; fewer come back where an account is the likeliest member of fewer ones.
    rng : Generator
        Draws the starts.
    start : mapping, optional
        Model of an earlier fit of this kind, one of the starts.
    is_quick : bool
        The better of two searches, one from `start` and one of its own, both ended early.

    Returns
    -------
    Fit
        Classes ordered by share, the largest first. ``objective``: minus the log-likelihood. ``measures``: those of
        `posterior.measure_fit`, ``loglik_one`` and ``bic_one`` of a single class, and of a full fit ``n_searches``
        and ``n_found`` of them that led to these classes.

    Notes
    -----
    Many short searches, the best of which go on (Biernacki, Celeux and Govaert 2003); see `em` for the model. The best
    one climbs on with the prior that its classes speak for (`prior`), unless that costs more likelihood than twice what
    its parameters fit to chance (half a unit each, Wilks 1938): then the classes differ in a way the prior cannot say.
    """
    with one_thread():
        n_levels = _count_levels(sample, start)
        data = lay_out(sample.numbers, sample.codes, n_levels, sample.weights)
        k = min(n_segments, n_different(data.wide, n_segments))
        warm = [] if start is None or len(start["segments"]) != k else [_posteriors(sample, start)]
        flat = prior = plain_prior(data)
        if k < 2:
            found = [climb(data, np.ones((len(sample), 1)), flat, 1, 0.0)]
        elif is_quick:
            starts = [*warm, np.eye(k)[divide_points(sample.points, k, rng, sample.weights)]]
            found = [climb(data, first, flat, QUICK_STEPS, QUICK_TOLERANCE) for first in starts]
        else:
            starts, counts = _best_starts(sample, data, k, rng)
            counts = [*(1 for _ in warm), *counts]
            found = [climb(data, first, flat, STEPS, TOLERANCE) for first in [*warm, *starts]]
        best = min(range(len(found)), key=lambda i: (n_empty(found[i][1].argmax(axis=1), k), -found[i][2]))
        posteriors, value = found[best][1], found[best][2]
        fit = _finish(sample, data, posteriors, flat)
        if k > 1:
            learned = prior_of(data, posteriors)
            ending = (QUICK_STEPS, QUICK_TOLERANCE) if is_quick else (STEPS, TOLERANCE)
            drawn = _finish(sample, data, climb(data, posteriors, learned, *ending)[1], learned)
            if drawn.measures["loglik"] >= fit.measures["loglik"] - fit.measures["n_parameters"]:
                fit, prior = drawn, learned
        while n_empty(fit.labels, fit.n_segments):
            posteriors = np.eye(fit.n_segments)[fit.labels][:, np.unique(fit.labels)]
            fit = _finish(sample, data, climb(data, posteriors, prior, STEPS, TOLERANCE)[1], prior)
        one = _finish(sample, data, np.ones((len(sample), 1)), flat).measures
    measures = {**fit.measures, "loglik_one": one["loglik"], "bic_one": one["bic"]}
    if k > 1 and not is_quick:
        n_found = sum(n for n, ended in zip(counts, found, strict=True) if ended[2] >= value - SAME)
        measures |= {"n_searches": N_STARTS + len(warm), "n_found": n_found}
    return Fit(fit.labels, fit.model, fit.objective, measures)


def _count_levels(sample: Sample, start: Mapping[str, Any] | None) -> list[int]:
    """Return the levels of each category: those seen, and those that an earlier model knows."""
    seen = np.maximum(sample.codes.max(axis=0, initial=-1) + 1, 1).tolist()
    if start is None or len(start["segments"][0].get("levels", [])) != len(seen):
        return seen
    known = [len(shares) for shares in start["segments"][0]["levels"]]
    return [max(a, b) for a, b in zip(seen, known, strict=True)]


def _posteriors(sample: Sample, model: Mapping[str, Any]) -> np.ndarray:
    return normalise(log_joint(lay_out_for(sample, model), read_classes(model)))[0]


def _best_starts(sample: Sample, data: Data, k: int, rng: np.random.Generator) -> tuple[list[np.ndarray], list[int]]:
    """Return posteriors, for all rows, of the best short searches on some of the rows, and how many led to each."""
    n = len(sample)
    rows = np.arange(n) if n <= SHORT_ROWS else np.sort(rng.choice(n, SHORT_ROWS, replace=False))
    part, some = sample.take(rows), data.take(rows)
    firsts = [
        np.eye(k)[divide_points(part.points, k, rng, part.weights)]
        if i % 2 == 0
        else rng.dirichlet(np.full(k, 0.5), len(rows))
        for i in range(N_STARTS)
    ]
    ended = [climb(some, first, plain_prior(some), SHORT_STEPS, TOLERANCE) for first in firsts]
    picked, counts = pick_different([found[2] for found in ended], [found[1].argmax(axis=1) for found in ended], N_KEPT)
    return [normalise(log_joint(data, ended[i][0]))[0] for i in picked], counts


def _finish(sample: Sample, data: Data, posteriors: np.ndarray, prior: Prior) -> Fit:
    """Return the fit of the classes behind posteriors, largest first, with its measures."""
    classes, _, _ = climb(data, posteriors, prior, 1, 0.0)
    order = np.argsort(-classes.shares, kind="stable")
    classes = Classes(classes.shares[order], classes.means[order], classes.variances[order], classes.levels[order])
    model = write_classes(classes, data.levels)
    joint = log_joint(data, read_classes(model))  # of the rounded numbers: the model alone gives the same labels
    k = len(classes.shares)
    seen = sum(max(int((part > 0).sum()) - 1, 0) for part in np.split(data.overall, np.cumsum(data.levels)[:-1]))
    n_free = k - 1 + k * (2 * data.n_numbers + seen)
    measures = measure_fit(joint, sample.weights, n_free)
    return Fit(joint.argmax(axis=1), model, -measures["loglik"], measures)
