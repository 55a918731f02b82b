"""Sentences on what a mixture's figures mean."""

from __future__ import annotations

import numpy as np
import pytest

from segkit.segments.fits import Fit
from segkit.segments.overlap import describe_overlap
from segkit.texts import LANGUAGES, say

CLEAR = {"bic": 100.0, "bic_one": 400.0, "entropy": 0.9, "n_searches": 20, "n_found": 7}


def fit_of(k: int = 2, shape: str | None = None, **measures: float) -> Fit:
    model = {"kind": "mixture", "segments": [{}] * k} | ({"shape": shape} if shape else {})
    return Fit(np.zeros(4, dtype=int), model, 1.0, CLEAR | measures)


FOUR = np.array([[0.9, 0.1], [0.8, 0.2], [0.5, 0.5], [0.3, 0.7]])  # two of four accounts are sure


@pytest.mark.parametrize(
    ("fit", "wanted", "keys"),
    [
        (fit_of(), 2, ["groups", "found"]),
        (fit_of(shape="full"), 2, ["groups", "shape_full", "found"]),
        (fit_of(bic_one=99.0), 2, ["groups", "warn_one_is_enough", "found"]),
        (fit_of(bic_one=105.0), 2, ["groups", "warn_hardly_better", "found"]),
        (fit_of(entropy=0.4, n_found=1), 3, ["fewer", "groups", "warn_blurred", "warn_found_once"]),
        (fit_of(k=1), 2, ["fewer", "one"]),
    ],
)
def test_sentences(fit, wanted, keys):
    found = describe_overlap(fit, FOUR, wanted)
    assert [key for key, _ in found] == [f"mixtures.{key}" for key in keys]
    for key, numbers in found:
        assert all("{" not in say(key, language, **numbers) for language in LANGUAGES)


def test_share_of_sure_accounts():
    assert dict(describe_overlap(fit_of(), FOUR))["mixtures.groups"]["share_sure"] == 0.5
