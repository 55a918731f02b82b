"""Every KPI can be computed, read and explained in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from kpis.sources import frames_of

import segkit.kpis
from segkit import texts
from segkit.kpis.catalogue import describe_kpis, kpi_catalogue
from segkit.kpis.reasons import NO_TABLE

KPIS = list(kpi_catalogue().values())
GROUPS = ("sales", "marketing", "customer", "profit")


@pytest.fixture(scope="module")
def frames():
    return frames_of()


@pytest.mark.parametrize("kpi", KPIS, ids=lambda kpi: kpi.kpi_id)
def test_each_kpi_is_made_of_what_its_frame_measures(kpi, frames):
    assert kpi.unit in ("money", "percent", "number", "days", "seconds") and kpi.better in ("up", "down", "none")
    assert kpi.base in ("opening", "closing", "year_ago", "before") and kpi.group in GROUPS
    assert kpi.interval in ("wilson", "bootstrap", "survival", "none") and kpi.window in ("quarter", "year", "cohort")
    assert kpi.compares in ("none", "previous", "year_ago", "years") and kpi.min_n >= 2
    assert set(kpi.tables) <= {"invoices", *NO_TABLE}
    if kpi.frame == "pilots":
        return
    frame = frames[kpi.frame]
    if kpi.interval == "survival":
        assert kpi.numerator in frame.spells
        return
    assert kpi.numerator in frame.sums and (kpi.denominator is None or kpi.denominator in frame.sums)
    assert kpi.n_of is None or kpi.n_of in frame.sums


def test_rates_over_time_stand_on_an_earlier_segment():
    assert all(kpi.base != "closing" for kpi in KPIS if kpi.compares != "none" or kpi.window == "cohort")


def test_every_word_of_the_definitions_exists():
    for kpi in KPIS:
        for key in (f"group_{kpi.group}", f"counted_{kpi.counted}", f"window_{kpi.window}", f"unit_{kpi.unit}"):
            assert all(f"kpis.{key}" in texts.templates(language) for language in texts.LANGUAGES), key


def test_definitions_are_complete():
    definitions = describe_kpis()
    assert len(definitions) == len(KPIS) and definitions.notna().all().all()
    assert definitions[["name_de", "name_en"]].nunique().tolist() == [len(KPIS)] * 2
    assert not (definitions["formula_de"] == definitions["formula_en"]).any()


def test_every_text_the_stage_names_exists_in_both_languages():
    folder = Path(segkit.kpis.__file__).parent
    named = {
        key for path in folder.glob("*.py") for key in re.findall(r'"(kpis\.[a-z_0-9]+)"', path.read_text("utf-8"))
    }
    assert len(named) > 15
    for language in texts.LANGUAGES:
        assert named <= set(texts.templates(language))


def test_both_languages_have_the_same_keys_and_numbers():
    languages = [{k: v for k, v in texts.templates(lang).items() if k.startswith("kpis.")} for lang in texts.LANGUAGES]
    german, english = languages
    assert set(german) == set(english)
    for key in german:
        places = [set(re.findall(r"{(\w+?)(?:_de|_en)?[:}]", text[key])) for text in languages]
        assert places[0] == places[1], key
