"""The page of the model cards."""

import re

import pandas as pd
import pytest

from segkit.reports.model_cards import write_model_cards
from segkit.settings import Settings
from segkit.store import write_frame

STATE = {
    "project": "Probe", "quarter": "2026Q3", "created": "2026-10-02T08:00:00", "as_of": "2026-09-30",
    "is_complete": True, "money_source": "invoices", "is_draft": True, "scenario": None, "stages": [],
}  # fmt: skip
HEAD = ["model", "metric", "origin", "value", "low", "high", "baseline", "gain", "gain_low", "gain_high", "n"]
ROWS = [
    ("churn", "auc", "2025-12-31", 0.80, 0.7, 0.9, 0.75, 0.05, 0.01, 0.09, 100),
    ("churn", "auc", "2026-03-31", 0.84, 0.7, 0.9, 0.75, 0.09, 0.01, 0.17, 100),
    ("churn", "auc", "all", 0.82, 0.75, 0.88, 0.75, 0.07, 0.02, 0.12, 200),
    ("churn", "brier", "all", 0.12, 0.10, 0.14, None, None, None, None, 200),
    ("lifetime", "mae", "all", 9364.0, 7766.0, 11290.0, 9295.0, -69.0, -87.0, -51.0, 1600),
    ("leads", "auc", "all", None, None, None, None, None, None, None, 0),
]


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cards")
    cards = pd.DataFrame(ROWS, columns=HEAD).assign(baseline_name="<b>churn.rule</b>", horizon_days=182)
    cards["is_deciding"] = (cards["origin"] == "all") & (cards["metric"] != "brier")
    cards["used"] = cards["model"].map({"churn": "model"}).fillna("rule")
    cards["reason"] = cards["model"].map({"lifetime": "cards.no_better", "leads": "cards.no_cases"})
    groups = pd.DataFrame(
        [("churn", 1, 100, 0.1, 0.12, 0.06, 0.2), ("churn", 2, 100, 0.5, 0.45, 0.35, 0.55)],
        columns=["model", "bin", "n", "predicted", "observed", "low", "high"],
    )
    write_frame(folder / "tables" / "model_cards.parquet", cards, "model_cards")
    write_frame(folder / "tables" / "calibration.parquet", groups, "calibration")
    settings = Settings.model_validate({"name": "Probe", "sources": {"invoices": {"files": "a.csv"}}})
    write_model_cards(folder, folder / "model_cards.html", "de", STATE, settings)
    return (folder / "model_cards.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def text(page):
    body = re.sub(r"<(style|script|svg).*?</\1>", "", page, flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", body).replace("\u00a0", " ").split())


def test_the_top_says_how_many_models_are_used(text):
    assert re.search(r"2 Vorhersagen wurden an der Vergangenheit geprüft: 1 Modell ist \w+ besser", text)
    assert "For 1 forecast the data allow no look back" in text


def test_a_card_says_question_look_back_and_verdict_with_both_numbers(text):
    assert "Abwanderung und Verlängerung Modell gilt" in text
    assert "in 82,0 % der Paare den richtigen voran (Intervall 75,0 % bis 88,0 %), die einfache Regel in 75,0 %" in text
    assert "200 Fälle von 2 früheren Quartalsenden aus (31.12.2025 bis 31.03.2026), jeweils 182 Tage voraus." in text
    assert "Künftiger Umsatz und Kundenlebenswert einfache Regel gilt" in text
    assert re.search(r"besser als die einfache Regel ist es damit nicht: Es gilt die Regel\.", text)


def test_measures_stand_beside_the_rule_with_the_lead_and_by_quarter(text):
    assert (
        "setzt den Richtigen voran entscheidet 82,0 % 75,0 % bis 88,0 % 75,0 % Vorsprung 7,0 % (2,0 % bis 12,0 %)"
        in text
    )
    assert "quadratischer Fehler (Brier) 0,120 0,100 bis 0,140 –" in text
    assert "31.12.2025 100 80,0 %" in text and "31 Mar 2026 100 84.0%" in text


def test_what_could_not_be_tried_says_why(text):
    assert "Reihenfolge der Leads einfache Regel gilt" in text
    assert "Es gibt kein früheres Quartal, an dem sich das Modell prüfen ließe" in text
    assert "Mit diesen Daten nicht möglich." in text


def test_names_from_data_are_escaped_and_charts_need_no_internet(page):
    assert "<b>churn.rule</b>" not in page and "&lt;b&gt;churn.rule" in page
    assert page.count("<svg") == 4
    assert not re.search(r'(?:src|href)="https?:', page)
