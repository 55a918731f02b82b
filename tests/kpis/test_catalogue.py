"""Every KPI can be computed, read and explained in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from kpis.company import panel

import segkit.kpis
from segkit import texts
from segkit.kpis.catalogue import describe_kpis, kpi_catalogue
from segkit.kpis.measures import account_measures
from segkit.quarters import Quarter

KPIS = list(kpi_catalogue().values())


@pytest.mark.parametrize("kpi", KPIS, ids=lambda kpi: kpi.kpi_id)
def test_each_kpi_is_made_of_measures(kpi):
    measures = account_measures(panel(), Quarter.parse("2026Q2"))
    assert kpi.numerator in measures and (kpi.denominator is None or kpi.denominator in measures)
    assert kpi.unit in ("money", "percent", "number") and kpi.better in ("up", "down", "none")
    assert kpi.base in ("opening", "closing") and kpi.interval in ("wilson", "bootstrap")
    assert kpi.compares in ("none", "previous", "year_ago", "years")


def test_rates_over_time_stand_on_the_opening_segment_and_levels_on_the_closing():
    assert {kpi.kpi_id for kpi in KPIS if kpi.base == "opening"} == {k.kpi_id for k in KPIS if k.compares != "none"}


def test_wilson_counts_accounts_only():
    flags = {"is_account", "is_active", "was_active", "is_kept", "is_lost"}
    for kpi in KPIS:
        counts = {kpi.numerator, kpi.denominator} - {None} <= flags
        assert (kpi.interval == "wilson") == counts, kpi.kpi_id


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
