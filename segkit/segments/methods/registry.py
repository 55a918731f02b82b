"""The methods by name. A new method is one function of this shape and one line here."""

from __future__ import annotations

from dataclasses import dataclass

from segkit.segments.fits import FitFunction
from segkit.segments.methods.kmeans import fit_kmeans


@dataclass(frozen=True)
class Method:
    """A method's function; whether it finds the number of segments itself; the most rows it is fitted on."""

    fit: FitFunction
    finds_number: bool = False
    most_rows: int = 20_000


METHODS = {"kmeans": Method(fit_kmeans)}
