"""The methods by name. A new method is one function of this shape and one line here."""

from __future__ import annotations

from dataclasses import dataclass

from segkit.segments.fits import FitFunction
from segkit.segments.methods.density import fit_density
from segkit.segments.methods.gaussian import fit_gaussian
from segkit.segments.methods.kmeans import fit_kmeans
from segkit.segments.methods.kmedoids import fit_kmedoids
from segkit.segments.methods.mixture import fit_mixture
from segkit.segments.methods.tree import fit_tree
from segkit.segments.methods.ward import fit_ward


@dataclass(frozen=True)
class Method:
    """A method's function; whether it finds the number of segments itself; the most rows it is fitted on."""

    fit: FitFunction
    finds_number: bool = False
    most_rows: int = 20_000


METHODS = {
    "kmeans": Method(fit_kmeans),
    "kmedoids": Method(fit_kmedoids, most_rows=5000),
    "ward": Method(fit_ward, most_rows=5000),
    "gaussian": Method(fit_gaussian),
    "mixture": Method(fit_mixture),
    "density": Method(fit_density, finds_number=True, most_rows=10_000),
    "tree": Method(fit_tree),
}
