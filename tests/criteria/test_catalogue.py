"""The catalogue is complete: families, languages, ratings, KPIs, and a way to compute each criterion."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import segkit.criteria
from segkit import texts
from segkit.criteria.aggregates import AGGREGATES
from segkit.criteria.catalogue import ALWAYS, FAMILIES, RATINGS, criteria_catalogue, tables_needed
from segkit.criteria.measures import PANEL_RATIOS
from segkit.criteria.selection import GRID_USES
from segkit.kpis.catalogue import kpi_catalogue
from segkit.tables import TABLES

CRITERIA = list(criteria_catalogue().values())


def test_at_least_thirty_in_every_family():
    assert len(CRITERIA) >= 30
    assert {criterion.family for criterion in CRITERIA} == set(FAMILIES)


def test_names_and_definitions_are_told_apart_in_both_languages():
    for field in ("name", "definition"):
        for language in texts.LANGUAGES:
            words = [getattr(criterion, f"{field}_{language}") for criterion in CRITERIA]
            assert len(set(words)) == len(words) and all(words)
    assert not [c.criterion_id for c in CRITERIA if c.definition_de == c.definition_en]
    assert all(c.definition_de.endswith(".") and c.definition_en.endswith(".") for c in CRITERIA)


@pytest.mark.parametrize("criterion", CRITERIA, ids=lambda criterion: criterion.criterion_id)
def test_each_can_be_rated_served_and_computed(criterion):
    assert all(getattr(criterion, rating) in range(1, 6) for rating in RATINGS) and criterion.nest in range(1, 6)
    assert criterion.serves and set(criterion.serves) <= set(kpi_catalogue())
    assert texts.has(f"criteria.level_{criterion.level}") and texts.has(f"criteria.family_{criterion.family}")
    if criterion.way == "none":
        return
    assert {need.partition(".")[0] for need in criterion.needs} <= set(TABLES)
    if criterion.way == "aggregate":
        assert criterion.criterion_id in AGGREGATES
    elif criterion.column is None:
        assert criterion.criterion_id in PANEL_RATIOS
    else:
        table = {"panel": "account_features", "accounts": "accounts", "value": "account_value"}[criterion.way]
        assert criterion.column in TABLES[table].columns or criterion.criterion_id == "potential"


def test_columns_needed_exist_but_for_those_that_no_table_has_yet():
    unknown = [
        need
        for criterion in CRITERIA
        for need in criterion.needs
        if need.partition(".")[2] not in TABLES[need.partition(".")[0]].columns
    ]
    assert set(unknown) <= {"accounts.buying_process", "products.is_spare_part", "account_value.potential"}


def test_every_function_belongs_to_a_criterion():
    assert set(AGGREGATES) == {c.criterion_id for c in CRITERIA if c.way == "aggregate"}
    assert all(function.__name__ == name for name, function in AGGREGATES.items())


def test_only_delivered_tables_are_asked_for():
    assert set(tables_needed(set())) == ALWAYS
    assert "tickets" in tables_needed({"tickets", "invoices"}) and "invoices" not in tables_needed({"invoices"})


def test_what_the_accepted_models_use_is_in_the_catalogue():
    assert set(GRID_USES) <= set(criteria_catalogue())


def test_there_are_sensitive_criteria_and_they_are_few():
    assert {c.criterion_id for c in CRITERIA if c.is_sensitive} == {"country", "sole_trader"}


def test_every_text_the_stage_names_exists_in_both_languages():
    folder = Path(segkit.criteria.__file__).parent
    files = [*folder.glob("*.py"), folder.parent / "charts" / "criteria.py"]
    named = {key for path in files for key in re.findall(r'"(criteria\.[a-z_0-9]+)"', path.read_text("utf-8"))}
    assert len(named) > 25
    for language in texts.LANGUAGES:
        assert named <= set(texts.templates(language))
