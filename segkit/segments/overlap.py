"""What a mixture says about its own groups: how sharply it tells them apart, and whether they are needed at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segkit.segments.fits import Fit

if TYPE_CHECKING:
    import numpy as np

Sentences = list[tuple[str, dict[str, Any]]]
SURE = 0.8  # probability from which an account counts as belonging to its group
BLURRED = 0.6  # relative entropy below which groups are a matter of chance for many accounts
CLEAR_GAIN = 10.0  # difference of BIC that counts as very strong evidence (Kass and Raftery 1995)


def describe_overlap(fit: Fit, posteriors: np.ndarray, n_wanted: int | None = None) -> Sentences:
    """Return what a mixture's figures mean, in sentences of the group ``mixtures``.

    Parameters
    ----------
    fit : Fit
        Of `fit_mixture` or `fit_gaussian`.
    posteriors : array (n, k)
        `assign.memberships` of the accounts that were fitted.
    n_wanted : int, optional
        Groups asked for.
    """
    k, measures = fit.n_segments, fit.measures
    numbers: dict[str, Any] = {
        "k": k,
        "share_sure": float((posteriors.max(axis=1) >= SURE).mean()) if len(posteriors) else float("nan"),
        "entropy": measures["entropy"],
        "n_searches": measures.get("n_searches"),
        "n_found": measures.get("n_found"),
    }
    said: Sentences = []
    if n_wanted is not None and k < n_wanted:
        said.append(("mixtures.fewer", numbers | {"n_wanted": n_wanted}))
    if k < 2:
        return [*said, ("mixtures.one", {})]
    said.append(("mixtures.groups", numbers))
    if "shape" in fit.model:
        said.append((f"mixtures.shape_{fit.model['shape']}", {}))
    gain = measures["bic_one"] - measures["bic"]
    if gain < 0:
        said.append(("mixtures.warn_one_is_enough", numbers))
    elif gain < CLEAR_GAIN:
        said.append(("mixtures.warn_hardly_better", numbers))
    if measures["entropy"] < BLURRED:
        said.append(("mixtures.warn_blurred", numbers))
    if measures.get("n_found") == 1:
        said.append(("mixtures.warn_found_once", numbers))
    elif "n_found" in measures:
        said.append(("mixtures.found", numbers))
    return said
