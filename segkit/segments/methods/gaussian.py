"""Gaussian mixtures on points; the shape of the clouds is chosen by BIC."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from segkit.segments.fits import Fit, Sample
from segkit.segments.methods.em import FAR
from segkit.segments.methods.posterior import joint_densities, measure_fit
from segkit.segments.methods.starts import divide_points, n_different, n_empty, pick_different
from segkit.segments.methods.threads import one_thread
from segkit.segments.search import uneven

DIGITS = 12
SHAPES = ("spherical", "diag", "tied", "full")  # from few parameters to many; ties of BIC go to the few
N_STARTS = 8  # short searches of each shape, half from k-means, half from accounts drawn as centres
N_KEPT = 3  # the best different ones of them climb to the top
SHORT_STEPS, STEPS, QUICK_STEPS = 10, 100, 25
SHORT_ROWS = 2000  # short searches see so many rows at most
TOLERANCE = 1e-5  # of log-likelihood for each row and step
QUICK_TOLERANCE = 1e-4
NORMAL_RANGE = 0.741  # standard deviation of a normal distribution in units of its interquartile range
LEAST_SPREAD = 0.1  # added to the spread of every cloud, in units of the points' own: none shrinks to one account
SAME = 0.05  # difference of log-likelihood below which two searches ended in the same clouds
DRAWN_ROWS = 5000  # so many rows at least are drawn where accounts count differently


@dataclass(frozen=True)
class Clouds:
    """Parameters of k clouds: `shares` (k,), `means` (k, d), `covariances` (k, d, d); `value` is the log-likelihood."""

    shares: np.ndarray
    means: np.ndarray
    covariances: np.ndarray
    value: float = -np.inf


def fit_gaussian(
    sample: Sample,
    n_segments: int,
    rng: np.random.Generator,
    start: Mapping[str, Any] | None = None,
    is_quick: bool = False,
) -> Fit:
    """Return the Gaussian mixture with the smallest BIC over four shapes of covariance.

    Parameters
    ----------
    sample : Sample
        Its points and weights are used. scikit-learn's mixtures know no weights: where they differ, rows are drawn in
        proportion to them, evenly spaced (systematic sampling), so that no chance comes in.
    n_segments : int
        Clouds wanted; fewer come back where an account is the likeliest member of fewer ones.
    rng : Generator
        Draws the starts.
    start : mapping, optional
        Model of an earlier fit of this kind, one of the starts.
    is_quick : bool
        The better of two searches, one from `start` and one of its own, in the shape of `start`.

    Returns
    -------
    Fit
        Clouds ordered by share, the largest first; ``shape`` of the model: spherical, diag (axes apart), tied (all
        clouds alike) or full; mclust's VII, VVI, EEE and VVV (Fraley and Raftery 2002). ``objective``: minus the
        log-likelihood; ``measures`` as in `mixture.fit_mixture`, and ``bic_<shape>`` of a full fit.
    """
    with one_thread("sklearn.mixture"):
        points = _drawn_by_weight(np.clip(sample.points, -FAR, FAR), sample.weights)
        k = min(n_segments, n_different(points, n_segments))
        warm = [] if start is None or len(start["segments"]) != k else [_read(start)]
        extra: dict[str, float] = {}
        if k < 2:
            fit = _one_cloud(sample, points)
        elif is_quick:
            shape = str(start["shape"]) if start is not None else "diag"
            first = _from_labels(points, divide_points(points, k, rng))
            ended = [_climb(points, shape, clouds, QUICK_STEPS, QUICK_TOLERANCE) for clouds in [*warm, first]]
            fit = _finish(sample, _best(ended, points), shape)
        else:
            fit, extra = _search(sample, points, k, warm, rng)
        one = _one_cloud(sample, points).measures
    extra |= {"loglik_one": one["loglik"], "bic_one": one["bic"]}
    return Fit(fit.labels, fit.model, fit.objective, {**fit.measures, **extra})


def _search(
    sample: Sample, points: np.ndarray, k: int, warm: list[Clouds], rng: np.random.Generator
) -> tuple[Fit, dict[str, float]]:
    """Return the fit with the smallest BIC, and the BIC of every shape with the number of finds."""
    n = len(points)
    some = points if n <= SHORT_ROWS else points[np.sort(rng.choice(n, SHORT_ROWS, replace=False))]
    firsts = [
        _from_labels(some, divide_points(some, k, rng)) if i % 2 == 0 else _at_rows(some, k, rng)
        for i in range(N_STARTS)
    ]
    fits, extra = [], {}
    for shape in SHAPES:
        ended = [_climb(some, shape, first, SHORT_STEPS) for first in firsts]
        labels = [_joint(some, clouds).argmax(axis=1) for clouds in ended]
        picked, counts = pick_different([clouds.value for clouds in ended], labels, N_KEPT)
        top = [_climb(points, shape, first, STEPS) for first in [*warm, *(ended[i] for i in picked)]]
        best = _best(top, points)
        counts = [*(1 for _ in warm), *counts]
        n_found = sum(n for n, clouds in zip(counts, top, strict=True) if clouds.value >= best.value - SAME)
        fit = _finish(sample, best, shape)
        extra[f"bic_{shape}"] = fit.measures["bic"]
        fits.append((fit, {"n_searches": N_STARTS + len(warm), "n_found": n_found}))
    fit, found = min(fits, key=lambda pair: (k - pair[0].n_segments, pair[0].measures["bic"]))
    return fit, extra | found


def _drawn_by_weight(points: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the points themselves, or rows drawn in proportion to weights that differ."""
    if uneven(weights) is None:
        return points
    n = max(len(points), DRAWN_ROWS)
    ends = np.cumsum(weights) / weights.sum()
    places = (np.arange(n) + 0.5) / n
    return points[np.minimum(np.searchsorted(ends, places), len(points) - 1)]


def _floor(points: np.ndarray) -> float:
    """Return the least variance of a cloud, from the interquartile ranges: one far account does not raise it."""
    if not points.size:
        return LEAST_SPREAD**2
    low, high = np.percentile(points, [25, 75], axis=0)
    spread = np.where(high > low, (high - low) * NORMAL_RANGE, points.std(axis=0))
    return LEAST_SPREAD**2 * max(float(np.median(spread**2)), 1e-6)


def _from_labels(points: np.ndarray, labels: np.ndarray) -> Clouds:
    """Return the clouds of a division."""
    k, d = int(labels.max(initial=0)) + 1, points.shape[1]
    is_member = np.eye(k)[labels]
    sizes = np.maximum(is_member.sum(axis=0), 1.0)
    means = is_member.T @ points / sizes[:, None]
    away = points - means[labels]
    covariances = np.stack([(away * is_member[:, [j]]).T @ away / sizes[j] for j in range(k)])
    return Clouds(sizes / sizes.sum(), means, covariances + _floor(points) * np.eye(d))


def _at_rows(points: np.ndarray, k: int, rng: np.random.Generator) -> Clouds:
    """Return clouds of the spread of the whole around accounts drawn at random."""
    whole = _from_labels(points, np.zeros(len(points), dtype=int)).covariances[0]
    return Clouds(np.full(k, 1 / k), points[rng.choice(len(points), k, replace=False)], np.stack([whole] * k))


def _climb(points: np.ndarray, shape: str, first: Clouds, steps: int, tolerance: float = TOLERANCE) -> Clouds:
    """Return the clouds after at most so many rounds of expectation and maximisation by scikit-learn."""
    from sklearn.mixture import GaussianMixture

    model = GaussianMixture(
        len(first.shares),
        covariance_type=shape,
        reg_covar=_floor(points),
        tol=tolerance,
        max_iter=steps,
        weights_init=first.shares / first.shares.sum(),
        means_init=first.means,
        precisions_init=_precisions(first, shape),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that short searches end before they converge is meant
        model.fit(points)
    k, d = model.means_.shape
    covariances = model.covariances_
    if shape == "spherical":
        covariances = covariances[:, None, None] * np.eye(d)
    elif shape == "diag":
        covariances = covariances[:, :, None] * np.eye(d)
    elif shape == "tied":
        covariances = np.stack([covariances] * k)
    return Clouds(model.weights_, model.means_, covariances, float(model.lower_bound_) * len(points))


def _precisions(clouds: Clouds, shape: str) -> np.ndarray:
    """Return inverse covariances in the shape that scikit-learn expects."""
    diagonals = np.diagonal(clouds.covariances, axis1=1, axis2=2)
    if shape == "spherical":
        return 1 / diagonals.mean(axis=1)
    if shape == "diag":
        return 1 / diagonals
    inverse = np.linalg.inv(
        np.tensordot(clouds.shares, clouds.covariances, 1) if shape == "tied" else clouds.covariances
    )
    return (inverse + np.swapaxes(inverse, -1, -2)) / 2


def _one_cloud(sample: Sample, points: np.ndarray) -> Fit:
    """Return the single cloud with the smallest BIC."""
    whole = _from_labels(points, np.zeros(len(points), dtype=int))
    diagonal = np.diagonal(whole.covariances[0])
    apart = {"spherical": np.eye(len(diagonal)) * diagonal.mean() if len(diagonal) else np.empty((0, 0))}
    apart |= {"diag": np.diag(diagonal), "full": whole.covariances[0]}
    fits = [_finish(sample, Clouds(whole.shares, whole.means, one[None]), shape) for shape, one in apart.items()]
    return min(fits, key=lambda fit: fit.measures["bic"])


def _best(ended: list[Clouds], points: np.ndarray) -> Clouds:
    """Return the likeliest clouds; those in which every cloud has accounts come first."""
    return min(ended, key=lambda c: (n_empty(_joint(points, c).argmax(axis=1), len(c.shares)), -c.value))


def _write(clouds: Clouds, shape: str) -> dict[str, Any]:
    segments = [
        {
            "share": round(float(share), DIGITS),
            "means": np.round(means, DIGITS).tolist(),
            "covariance": np.round(covariance, DIGITS).tolist(),
        }
        for share, means, covariance in zip(clouds.shares, clouds.means, clouds.covariances, strict=True)
    ]
    return {"kind": "mixture", "shape": shape, "segments": segments}


def _read(model: Mapping[str, Any]) -> Clouds:
    segments = model["segments"]
    shares, means, covariances = (
        np.array([segment[name] for segment in segments]) for name in ("share", "means", "covariance")
    )
    return Clouds(shares, means, covariances)


def _joint(points: np.ndarray, clouds: Clouds) -> np.ndarray:
    n = len(points)
    sample = Sample(np.empty((n, 0)), np.empty((n, 0), dtype=int), points, np.ones(n))
    return joint_densities(sample, _write(clouds, ""))


def _finish(sample: Sample, clouds: Clouds, shape: str) -> Fit:
    """Return the fit of clouds, largest first, without those that have no account."""
    filled = np.unique(_joint(sample.points, clouds).argmax(axis=1))
    order = filled[np.argsort(-clouds.shares[filled], kind="stable")]
    shares = clouds.shares[order] / clouds.shares[order].sum()
    model = _write(Clouds(shares, clouds.means[order], clouds.covariances[order]), shape)
    joint = joint_densities(sample, model)
    k, d = len(order), sample.points.shape[1]
    square = d * (d + 1) // 2
    n_free = k - 1 + k * d + {"spherical": k, "diag": k * d, "tied": square, "full": k * square}[shape]
    measures = measure_fit(joint, sample.weights, n_free)
    return Fit(joint.argmax(axis=1), model, -measures["loglik"], measures)
