"""Goals in words: units, directions, every reason has its sentence in both languages."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from kpis import goal_cases as cases

from segkit import texts
from segkit.kpis import goals as measuring
from segkit.kpis.catalogue import kpi_catalogue
from segkit.kpis.goal_words import describe_goals, goal_change, goal_value, list_goals, shape_goals

CALM = [0.031, 0.029, 0.030, 0.031, 0.030, 0.029, 0.030, 0.031, 0.029, 0.030, 0.030, 0.031]
TWO = {"value": ("Kundenwert", "Value"), "service": ("Kundendienst", "Service")}


def shaped(*goals, titles=TWO):
    return shape_goals(cases.measured(cases.series(CALM), *goals).reset_index(drop=True), cases.REGISTER, titles, "EUR")


def test_every_reason_that_can_be_written_has_a_sentence():
    code = Path(measuring.__file__).read_text("utf-8")
    named = set(re.findall(r'"(goals\.\w+)"', code)) | {f"goals.{s}" for s in ("reached", "missed", "undecidable")}
    named |= {"goals.on_track", "goals.off_track"}
    assert {key for key in named if not texts.has(key)} == set()
    assert len(named) >= 10


@pytest.mark.parametrize("kpi_id", [kpi.kpi_id for kpi in kpi_catalogue().values() if kpi.better != "none"])
def test_every_kpi_has_its_unit_beside_the_number(kpi_id):
    for language in ("de", "en"):
        assert goal_value(kpi_id, 0.5, language, "EUR") and goal_change(kpi_id, -0.25, language, "EUR")[0] == "−"
        assert texts.has(f"criteria.goal_{kpi_catalogue()[kpi_id].unit}")  # notebook 03 lists the goals, too


def test_shares_change_by_points_and_money_by_money():
    assert goal_change("logo_churn", -0.005, "de", "EUR") == "−0,5 Prozentpunkte"
    assert goal_change("revenue", 1_200_000, "en", "GBP") == "+£1.2M"
    assert goal_value("logo_churn", None, "de", "EUR") == "–"


def test_counts_by_state_then_a_sentence_each_first_what_needs_a_decision():
    told = describe_goals(
        shaped(cases.goal(id="ok", target=0.05), cases.goal(id="no", target=0.01), cases.goal(id="too", target=0.01))
    )
    assert texts.say(told[0][0], "de", **told[0][1]) == "Von 3\u00a0Zielen sind: 1 erreicht, 2 verfehlt."
    second = texts.say(told[1][0], "en", **told[1][1])
    assert second.startswith("Churn by number, All accounts, target 1.0% by 30 Sept 2026: Missed. Q3 2026 brought 3.1%")
    assert describe_goals(shaped()) == [("goals.none", {})]


def test_a_kpi_without_value_is_told_with_its_reason():
    kpis = cases.series([None] * 3, reason="kpis.reason_no_margin")
    table = cases.measured(kpis, cases.goal(deadline=dt.date(2027, 3, 31))).reset_index(drop=True)
    row = shape_goals(table, cases.REGISTER, TWO, "EUR").iloc[0]
    assert row["sentence_en"] == f"Not measured: {texts.say('kpis.reason_no_margin', 'en')}."
    assert row["now_de"] == "–" and row["reach_de"].startswith("Der Verlauf ist zu kurz")


def test_the_table_to_read_has_icon_and_word_and_names_the_segmentation_where_there_are_two():
    table = list_goals(shaped(cases.goal(target=0.05)))
    assert table.loc[0, "verdict_de"] == "✓\u00a0erreicht" and table.loc[0, "whom_de"] == "Alle Kunden"
    kpis = cases.series(CALM, segment_id="S1")
    row = cases.measured(kpis, cases.goal(segment="S1")).reset_index(drop=True)
    assert shape_goals(row, cases.REGISTER, TWO, "EUR")["whom_en"][0] == "Core (Value)"
    assert shape_goals(row, cases.REGISTER, {"value": ("x", "y")}, "EUR")["whom_en"][0] == "Core"
