"""How many classes: fits for every number, with what speaks for each, beside the baseline of a single class."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.segments.fits import Fit, Sample
from segkit.segments.methods.mixture import fit_mixture
from segkit.segments.methods.posterior import by_mixture
from segkit.statistics.clusterings import adjusted_rand
from segkit.statistics.resampling import bootstrap_indices, generator

if TYPE_CHECKING:
    import pandas as pd

FEWEST_PERSONS = 50  # below, classes of answers are chance
PERSONS_PER_CLASS = 15
LEAST_ITEMS = 3  # two questions of seven steps only tell which of few answers was ticked
DIGITS = 12


@dataclass(frozen=True)
class Search:
    """The fits by number of classes, the number chosen, the number by ICL, and the table `need_search`."""

    fits: dict[int, Fit]
    chosen: int
    by_icl: int
    table: pd.DataFrame

    @property
    def fit(self) -> Fit:
        """Return the chosen fit."""
        return self.fits[self.chosen]


def why_not(n_persons: int, space: Mapping[str, Any], k_min: int) -> tuple[str, dict[str, Any]] | None:
    """Return why classes cannot be fitted; None where they can."""
    if n_persons < max(FEWEST_PERSONS, k_min * PERSONS_PER_CLASS):
        return "needs.why_not_few", {"n": n_persons, "n_needed": max(FEWEST_PERSONS, k_min * PERSONS_PER_CLASS)}
    if len(space["items"]) < LEAST_ITEMS:
        return "needs.why_not_items", {"n": len(space["items"])}
    return None


def search_classes(sample: Sample, settings: Any, seed: int, segmentation_id: str) -> Search:
    """Return the latent classes of every number from k_min to k_max and the one to use.

    Parameters
    ----------
    sample : Sample
        Answers of the persons that are fitted (`scales.apply_space`).
    settings : PersonSegmentation
        k_min, k_max, n_segments (empty: the smallest BIC), bootstrap_pairs.
    seed : int
        The project's seed.

    Returns
    -------
    Search
        Table `need_search`: n_segments (1: the baseline), loglik (nats), n_parameters, bic, icl, entropy (0 chance to 1
        sure), stability (mean adjusted Rand of the classes of pairs of bootstrap samples; only of the chosen number and
        its neighbours), smallest (persons in the smallest class), n_found of n_searches, is_chosen.

    Notes
    -----
    BIC: Schwarz 1978; it finds the right number of latent classes most often (Nylund, Asparouhov and Muthén 2007,
    Structural Equation Modeling 14). ICL: Biernacki, Celeux and Govaert 2000. Stability: Hennig 2007 with pairs as in
    Dolnicar and Leisch 2010.
    """
    import pandas as pd

    most = max(min(settings.k_max, len(sample) // PERSONS_PER_CLASS), settings.n_segments or settings.k_min)
    fits = {k: fit_mixture(sample, k, generator(seed, "needs", k)) for k in range(settings.k_min, most + 1)}
    fits = {fit.n_segments: fit for fit in reversed(fits.values())}  # fewer classes than wanted are that number's fit
    numbers = sorted(fits)
    by_bic = min(numbers, key=lambda k: (fits[k].measures["bic"], k))
    by_icl = min(numbers, key=lambda k: (fits[k].measures["icl"], k))
    wanted = settings.n_segments
    chosen = wanted if wanted in fits else by_bic
    stability = {
        k: _stability(sample, fits[k], settings.bootstrap_pairs, generator(seed, "needs stability", k))
        for k in numbers
        if abs(k - chosen) <= 1
    }
    one = fits[chosen].measures
    n_one = 2 * sample.numbers.shape[1] + sum(int(codes.max(initial=0)) for codes in sample.codes.T)
    rows: list[dict[str, Any]] = [
        {"n_segments": 1, "loglik": one["loglik_one"], "bic": one["bic_one"], "icl": one["bic_one"], "entropy": 1.0}
        | {"n_parameters": n_one, "smallest": len(sample)}
    ]
    for k in numbers:
        measures = fits[k].measures
        told = {name: measures[name] for name in ("loglik", "n_parameters", "bic", "icl", "entropy")}
        searched = {name: measures.get(name, np.nan) for name in ("n_searches", "n_found")}
        smallest = int(np.bincount(fits[k].labels, minlength=k).min())
        rows.append({"n_segments": k, **told, **searched, "smallest": smallest, "stability": stability.get(k, np.nan)})
    table = pd.DataFrame(rows).assign(segmentation_id=segmentation_id, n_persons=len(sample))
    return Search(fits, chosen, by_icl, table.assign(is_chosen=table["n_segments"] == chosen))


def _stability(sample: Sample, fit: Fit, pairs: int, rng: np.random.Generator) -> float:
    """Return how alike two fits on bootstrap samples place all persons: mean adjusted Rand over pairs."""
    found = []
    for _ in range(pairs):
        labels = []
        for rows in bootstrap_indices(len(sample), 2, rng):
            again = fit_mixture(sample.take(rows), fit.n_segments, rng, start=fit.model, is_quick=True)
            labels.append(by_mixture(sample, again.model).argmax(axis=1))
        found.append(adjusted_rand(*labels))
    return round(float(np.mean(found)), DIGITS)
