"""The chart of goals: a panel each, target and prediction in it, its data apart."""

from __future__ import annotations

import datetime as dt
import json

import pandas as pd
from kpis import goal_cases as cases

from segkit.charts import goals
from segkit.charts.goals import goals_chart
from segkit.charts.theme import in_languages, svg
from segkit.kpis.goal_history import goal_series
from segkit.kpis.goal_words import shape_goals

CALM = [0.031, 0.029, 0.030, 0.031, 0.030, 0.029, 0.030, 0.031, 0.029, 0.030, 0.030, 0.031]
TITLES = {"value": ("Kundenwert", "Value")}
KPIS = pd.concat([cases.series(CALM), cases.series(CALM, "revenue", half=0.01)], ignore_index=True)


def drawn(*goals):
    table = cases.measured(KPIS, *goals).reset_index(drop=True)
    shaped = shape_goals(table, cases.REGISTER, TITLES, "EUR")
    return in_languages(goals_chart, shaped, goal_series(table, KPIS), currency="EUR", level=95)


def test_each_goal_has_a_panel_with_its_words_and_target():
    ahead = cases.goal(id='a"b', target=0.04, deadline=dt.date(2027, 3, 31))
    charts = drawn(ahead, cases.goal(id="money", kpi="revenue", target=0.01))
    for language, words in (
        ("de", "Ziel 4,0 % bis 31.03.2027 – auf Kurs"),
        ("en", "Target 4.0% by 31 Mar 2027 – on track"),
    ):
        spec = charts[language]
        assert len(spec["concat"]) == 2
        assert spec["concat"][0]["title"]["subtitle"] == f"↗ {words}"
        assert 0.04 in [layer["encoding"].get("y", {}).get("datum") for layer in spec["concat"][0]["layer"]]
    assert svg(charts["de"]).startswith("<svg")  # also with a quote in the id
    assert "0.031" not in json.dumps(charts["de"] | {"datasets": {}})


def test_all_quarters_up_to_the_deadline_have_a_place():
    table = cases.measured(KPIS, cases.goal(deadline=dt.date(2027, 3, 31)))
    series = goal_series(table, KPIS)
    assert series["quarter"].to_list()[-3:] == ["2026Q3", "2026Q4", "2027Q1"]
    assert series["expected"].notna().sum() == 1 and series["value"].notna().sum() == 12


def test_no_goals_and_many_goals(monkeypatch):
    assert "nennt kein Ziel" in json.dumps(drawn()["de"], ensure_ascii=False)
    monkeypatch.setattr(goals, "MOST", 1)
    assert len(drawn(cases.goal(), cases.goal(id="more"))["de"]["concat"]) == 1


def test_a_goal_without_any_value_has_an_empty_panel():
    nothing = cases.goal(segment="S2")
    assert svg(drawn(nothing)["de"])
