"""Goals and further segmentations on the cockpit: every figure with its word, nothing where there is nothing."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
import yaml
from kpis import goal_cases as cases
from pages.company import EVIL, write_company

from segkit.kpis.goal_words import shape_goals
from segkit.settings.segmentations import Segmentations
from segkit.store import write_frame
from segkit.widgets.cockpit import Cockpit
from segkit.widgets.cockpit_goals import goal_cards, list_further

CALM = [0.031, 0.029, 0.030, 0.031, 0.030, 0.029, 0.030, 0.031, 0.029, 0.030, 0.030, 0.031]
GOALS = [
    cases.goal(id="done", target=0.037),
    cases.goal(id="lost", target=0.02, baseline=0.05, why=EVIL),
    cases.goal(id="unsure", target=0.03, segment="S2"),
    cases.goal(id="ahead", target=0.03, deadline=dt.date(2027, 3, 31)),
]
TITLES = {"value": ("Kundenwert", "Value")}


def table() -> pd.DataFrame:
    kpis = pd.concat([cases.series(CALM), cases.series(CALM, segment_id="S2")], ignore_index=True)
    return cases.measured(kpis, *GOALS).reset_index(drop=True)


def cards(language: str) -> dict[str, dict]:
    return {card["id"]: card for card in goal_cards(shape_goals(table(), cases.REGISTER, TITLES, "EUR"), language)}


def test_what_needs_a_decision_stands_first_and_each_state_has_icon_and_word():
    told = cards("de")
    assert list(told) == ["lost", "unsure", "ahead", "done"]
    assert [card["verdict"] for card in told.values()] == ["verfehlt", "nicht entscheidbar", "offen", "erreicht"]
    assert len({card["icon"] for card in told.values()}) == 4
    assert [card["tone"] for card in told.values()] == ["bad", "plain", "plain", "good"]
    assert told["unsure"]["whom"] == "Gelegenheitskunden" and told["done"]["whom"] == "Alle Kunden"


def test_the_bar_says_how_far_and_the_sentence_how_sure():
    told = cards("en")
    assert told["lost"]["share"] == pytest.approx((0.05 - 0.031) / (0.05 - 0.02), abs=1e-4)
    assert told["lost"]["share_text"] == "63.3% of the way from 5.0%"
    assert told["done"]["share"] is None  # the first value was better than the target: there is no way to go
    assert "not even the best end of the interval (2.6% to 3.6%)" in told["lost"]["sentence"]
    assert told["lost"]["aim"] == "Target 2.0% by 30 Sept 2026" and told["lost"]["why"] == EVIL


def test_without_goals_there_are_no_cards():
    assert goal_cards(None, "de") == []


def test_further_segmentations_say_unit_number_and_review():
    day = dt.date(2026, 9, 30)
    settings = Segmentations.model_validate(
        {
            "service": {"method": "kmeans", "name": "Kundendienst", "review": dt.date(2026, 6, 30)},
            "needs": {"unit": "person", "review": dt.date(2027, 6, 30)},
            "unborn": {"method": "kmeans"},
        }
    )
    register = pd.DataFrame({"segmentation_id": ["value"] * 3 + ["service"] * 2 + ["needs"]})
    lines = list_further(settings, "value", register, day, "de")
    assert [line["id"] for line in lines] == ["service", "needs"]
    assert (
        lines[0]["about"] == "Kunden in 2\u00a0Segmenten" and lines[0]["review"] == "Überprüfung fällig seit 30.06.2026"
    )
    assert (
        lines[1]["about"] == "Ansprechpartner in 1\u00a0Segment" and lines[1]["review"] == "Überprüfung am 30.06.2027"
    )


def test_the_cockpit_sends_them(tmp_path, monkeypatch):
    company = write_company(tmp_path / "company", n=60)
    settings = yaml.safe_load((company / "project.yml").read_text("utf-8"))
    settings["segmentations"] = {"service": {"method": "kmeans"}}
    (company / "project.yml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    write_frame(company / "runs/2026Q3/tables/goals.parquet", table(), "goals")
    monkeypatch.setenv("SEGKIT_LIFE", "page")
    monkeypatch.setenv("SEGKIT_PROJECT", str(company))
    widget, sent = Cockpit(), {}
    widget.send = lambda content, buffers=None: sent.update({content["kind"]: content})
    widget.answer({"kind": "open", "search": "?quarter=2026Q3&lang=en"})
    assert len(sent["page"]["goals"]) == 4 and sent["page"]["further"] == []
    assert sent["page"]["labels"]["goals"] == "Goals"
    widget.answer({"kind": "choose", "quarter": "2026Q2"})  # a run of an older version holds no goals
    assert sent["page"]["goals"] == []
