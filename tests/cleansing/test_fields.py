"""Evidence in words."""

from __future__ import annotations

import pytest

from segkit.cleansing.fields import field_name, read_evidence, say_evidence, signed


def test_evidence_strongest_first_with_words_and_signs():
    text = "phone -1.3; name +9.1; postal_code +0.04"
    assert say_evidence(text, "de").replace("\xa0", " ") == "Name +9,1, Telefon −1,3, PLZ ±0,0"
    assert say_evidence(text, "en", most=1).replace("\xa0", " ") == "name +9.1"


@pytest.mark.parametrize("evidence", [None, float("nan"), "", "moved"])
def test_no_evidence(evidence):
    assert read_evidence(evidence) == [] and say_evidence(evidence, "de") == ""


def test_an_unknown_column_keeps_its_name():
    assert field_name("machine_park", "de") == "machine park"
    assert signed(-0.04, "en") == "±0.0"
