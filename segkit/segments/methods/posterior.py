"""Memberships of a mixture from its plain JSON, for any account and without the library that fitted it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from segkit.segments.fits import Sample
from segkit.segments.methods.em import FAR, LEAST_SHARE, LOG_TWO_PI, Classes, Data, lay_out, log_joint, normalise
from segkit.segments.methods.threads import one_thread

DIGITS = 12
BLOCK = 20_000  # rows laid out side by side at once: bounds memory


def by_mixture(sample: Sample, model: Mapping[str, Any]) -> np.ndarray:
    """Return the posterior probability of each segment for each row.

    Parameters
    ----------
    sample : Sample
        On the scales on which the model was fitted.
    model : mapping
        ``segments``: entries with ``share`` and ``means``; with ``variances`` and ``levels`` (shares of the levels of
        each category) for classes on criteria, with ``covariance`` for normal distributions on points.

    Returns
    -------
    array (n, k)
        Rows add up to 1. A row of which nothing is known gets the shares of the segments.

    Notes
    -----
    Bayes' rule: p(s | x) = share_s f_s(x) / Σ share_t f_t(x); equal to ``predict_proba`` of stepmix's StepMix and of
    scikit-learn's GaussianMixture with the same parameters (tested).
    """
    with one_thread():
        blocks = [np.arange(first, min(first + BLOCK, len(sample))) for first in range(0, len(sample), BLOCK)]
        parts = [normalise(joint_densities(sample.take(rows), model))[0] for rows in blocks]
    return np.vstack(parts) if parts else np.empty((0, len(model["segments"])))


def joint_densities(sample: Sample, model: Mapping[str, Any]) -> np.ndarray:
    """Return log(share of segment · density of row in segment), shape (n, k), in units of the sample's scales.

    The caller limits threads, once for many calls: finding the libraries to limit takes milliseconds.
    """
    if "covariance" in model["segments"][0]:
        return _on_points(np.clip(sample.points, -FAR, FAR), model)
    return log_joint(lay_out_for(sample, model), read_classes(model))


def lay_out_for(sample: Sample, model: Mapping[str, Any]) -> Data:
    """Return a sample side by side as `em` reads it, with the levels that the model knows."""
    levels = [len(shares) for shares in model["segments"][0]["levels"]]
    return lay_out(sample.numbers, sample.codes, levels, sample.weights)


def read_classes(model: Mapping[str, Any]) -> Classes:
    """Return the parameters of the classes in a model."""
    segments = model["segments"]
    flat = [[share for levels in segment["levels"] for share in levels] for segment in segments]
    return Classes(
        np.array([segment["share"] for segment in segments]),
        np.array([segment["means"] for segment in segments], dtype=float).reshape(len(segments), -1),
        np.array([segment["variances"] for segment in segments], dtype=float).reshape(len(segments), -1),
        np.array(flat, dtype=float).reshape(len(segments), -1),
    )


def write_classes(classes: Classes, levels: tuple[int, ...]) -> dict[str, Any]:
    """Return classes as plain JSON."""
    ends = np.cumsum(levels)[:-1]
    segments = []
    for share, means, variances, shares in zip(
        classes.shares, classes.means, classes.variances, classes.levels, strict=True
    ):
        segments.append(
            {
                "share": round(float(share), DIGITS),
                "means": np.round(means, DIGITS).tolist(),
                "variances": np.round(variances, DIGITS).tolist(),
                "levels": [np.round(part, DIGITS).tolist() for part in np.split(shares, ends)] if levels else [],
            }
        )
    return {"kind": "mixture", "segments": segments}


def _on_points(points: np.ndarray, model: Mapping[str, Any]) -> np.ndarray:
    columns = []
    d = points.shape[1]
    for segment in model["segments"]:
        root = np.linalg.cholesky(np.array(segment["covariance"], dtype=float).reshape(d, d))
        away = np.linalg.solve(root, (points - np.array(segment["means"])).T)
        density = -0.5 * (d * LOG_TWO_PI + (away**2).sum(axis=0)) - np.log(np.diag(root)).sum()
        columns.append(density + np.log(max(segment["share"], LEAST_SHARE)))
    return np.column_stack(columns)


def measure_fit(joint: np.ndarray, weights: np.ndarray, n_parameters: int) -> dict[str, float]:
    """Return how well a mixture fits and how sharply it tells its classes apart.

    Parameters
    ----------
    joint : array (n, k)
        `joint_densities` of the rows that were fitted.
    weights : array (n,)
        What a row counts, mean 1.
    n_parameters : int
        Free parameters.

    Returns
    -------
    dict
        ``loglik``: log-likelihood in nats. ``bic`` = −2 loglik + parameters · log n (Schwarz 1978). ``icl`` = BIC −
        2 Σ log of the highest posterior of each row (Biernacki, Celeux, Govaert 2000; R mclust::icl with the sign
        turned); the smaller the better of both. ``entropy``: 1 − Σ −p log p / (n log k), 1 where every row is certain
        (Ramaswamy and others 1993; stepmix relative_entropy), 1 with one class. ``n_parameters``.
    """
    posteriors, densities = normalise(joint)
    n, k = joint.shape
    loglik = float(weights @ densities)
    bic = -2 * loglik + n_parameters * np.log(n)
    certain = np.log(np.maximum(posteriors.max(axis=1), LEAST_SHARE))
    spread = -(posteriors * np.log(np.maximum(posteriors, LEAST_SHARE))).sum(axis=1)
    return {
        "loglik": round(loglik, 6),
        "bic": round(float(bic), 6),
        "icl": round(float(bic - 2 * (weights @ certain)), 6),
        "entropy": round(float(1 - (weights @ spread) / (weights.sum() * np.log(k))), 6) if k > 1 else 1.0,
        "n_parameters": n_parameters,
    }
