"""Rows of KPIs and the accounts behind them as text."""

import pandas as pd
import pytest

from segkit.kpis.catalogue import kpi_catalogue
from segkit.settings.kpis import KpiSettings
from segkit.texts import LANGUAGES
from segkit.widgets.story_kpis import describe_kpi, kpi_rows, list_behind, part_columns

NAMES = {"S1": "Champions", "S2": "Kern"}


def figure(kpi_id, segment_id="S1", value=0.5, quarter="2026Q3", **other):
    row = {"quarter": quarter, "segment_id": segment_id, "kpi_id": kpi_id, "value": value, "low": 0.4, "high": 0.6}
    return {**row, "median": None, "n": 40, "is_small": False, "p_adjusted": 0.01, "reason": None, **other}


def behind(*rows):
    columns = ["account_id", "segment_id", "numerator", "denominator", "part"]
    return pd.DataFrame([[*row, None][:5] for row in rows], columns=columns)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kpi", kpi_catalogue().values(), ids=lambda kpi: kpi.kpi_id)
def test_every_kpi_of_the_catalogue_has_its_words(kpi, language):
    assert all(head and words for head, words in describe_kpi(kpi, language))
    headings = part_columns(kpi, language)
    assert ("denominator" in headings) == (kpi.denominator is not None or kpi.interval == "survival")
    assert all(label for label, _ in headings.values())


def test_chosen_kpis_come_first_and_the_others_after_them():
    kpis = pd.DataFrame([figure(k, s) for k in ("retention", "nps", "revenue") for s in ("S1", "ALL")])
    settings = KpiSettings(show={"S1": ["nps"]})
    rows = kpi_rows(kpis, "2026Q3", "S1", "de", "EUR", settings)
    assert [(row["id"], row["is_folded"]) for row in rows] == [("nps", False), ("revenue", True), ("retention", True)]
    assert not any(row["is_folded"] for row in kpi_rows(kpis, "2026Q3", "ALL", "de", "EUR", settings))


def test_a_chosen_kpi_says_why_it_has_no_value_and_others_are_folded():
    kpis = pd.DataFrame([figure(k, value=float("nan"), reason="kpis.reason_zero") for k in ("nps", "growth")])
    rows = kpi_rows(kpis, "2026Q3", "S1", "de", "EUR", KpiSettings(show={"S1": ["nps"]}))
    assert [(row["id"], row["is_folded"]) for row in rows] == [("nps", False), ("growth", True)]
    assert all(row["is_folded"] and row["reason"] for row in kpi_rows(kpis, "2026Q3", "S1", "de", "EUR"))


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({}, "▲ höher als bei den übrigen"),
        ({"value": 0.1}, "▼ niedriger als bei den übrigen"),
        ({"p_adjusted": 0.2}, ""),
        ({"p_adjusted": None}, ""),
        ({"p_adjusted": float("nan")}, ""),
        ({"is_small": True}, ""),
    ],
)
def test_only_a_sure_difference_of_enough_accounts_is_told(other, words):
    kpis = pd.DataFrame([figure("retention", **other), figure("retention", "ALL", value=0.3)])
    (row,) = kpi_rows(kpis, "2026Q3", "S1", "de", "EUR")
    assert row["differs"] == words


def test_counting_kpis_say_yes_and_no():
    table = list_behind(
        behind(["A", "S1", 1.0, 1.0], ["B", "S1", 0.0, 1.0]), kpi_catalogue()["logo_churn"], None, NAMES, "de"
    )
    assert table["numerator"].tolist() == [True, False] and table["denominator"].all()
    assert table["own_value"].isna().all() and table["part"].isna().all()
    assert table["name"].tolist() == ["A", "B"] and table["segment_name"].tolist() == ["Champions"] * 2


def test_ratios_of_amounts_tell_each_accounts_own():
    accounts = pd.DataFrame({"account_id": ["A"], "name": ["<b>A</b> GmbH"], "owner_id": ["V1"]})
    rows = behind(["A", "S1", 90.0, 100.0], ["deal:7", None, 10.0, 0.0])
    table = list_behind(rows, kpi_catalogue()["growth"], accounts, NAMES, "en")
    assert table["own_value"].round(3).tolist()[0] == -0.1 and pd.isna(table["own_value"][1])
    assert table["name"].tolist() == ["<b>A</b> GmbH", "Opportunity 7, no account"]
    assert table["owner_id"].tolist()[0] == "V1" and pd.isna(table["owner_id"][1])
