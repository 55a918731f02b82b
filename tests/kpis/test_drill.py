"""Every figure is the sum of what stands behind it."""

import datetime as dt

import pandas as pd
import pytest
from kpis.company import CLOSING, OPENING, panel, period, segments

from segkit.kpis.catalogue import kpi_catalogue
from segkit.kpis.drill import COLUMNS, accounts_behind, take_apart
from segkit.kpis.inputs import KpiInputs
from segkit.kpis.members import Members
from segkit.kpis.tracking import complete_quarters, measure_quarter, quarter_of, score_kpis
from segkit.settings.kpis import KpiSettings
from segkit.tables import TABLES

SETTINGS = KpiSettings(draws=200)


def deals():
    rows = [
        ["D1", "A1", 500.0, dt.date(2026, 1, 5), dt.date(2026, 4, 10), True, True],
        ["D2", "A1", 300.0, dt.date(2026, 2, 5), dt.date(2026, 5, 10), True, False],
        ["D3", None, 900.0, dt.date(2026, 3, 5), dt.date(2026, 6, 1), True, True],
        ["D4", "B2", 100.0, dt.date(2026, 5, 5), None, False, False],
    ]
    columns = ["opportunity_id", "account_id", "amount", "created_date", "close_date", "is_closed", "is_won"]
    return pd.DataFrame(rows, columns=columns)


@pytest.fixture(scope="module")
def told():
    inputs = KpiInputs(panel(), period(), opportunities=deals())
    kpis = score_kpis(inputs, segments(CLOSING), segments(OPENING), SETTINGS)
    quarter = quarter_of(inputs.period)
    facts = measure_quarter(inputs, quarter, complete_quarters(inputs.panel, inputs.period), SETTINGS)
    members = Members(segments(CLOSING), segments(OPENING), None, "value", quarter)
    return kpis[kpis["quarter"] == quarter.label], take_apart(facts, kpis), members, facts.window


def test_every_figure_is_the_sum_of_its_accounts(told):
    kpis, behind, members, window = told
    compared = 0
    for row in kpis[kpis["value"].notna()].to_dict("records"):
        kpi = kpi_catalogue()[row["kpi_id"]]
        if kpi.interval == "survival" or kpi.of_all:
            continue
        mine = accounts_behind(behind, row["kpi_id"], members, window, row["segment_id"])
        total = mine["numerator"].sum()
        value = total if kpi.denominator is None else total / mine["denominator"].sum() - kpi.less_one
        assert value == pytest.approx(row["value"], abs=1e-4), (row["kpi_id"], row["segment_id"])
        compared += 1
    assert compared > 20


def test_the_table_holds_one_row_for_each_account_and_kpi(told):
    _, behind, _, _ = told
    assert list(behind.columns) == COLUMNS == list(TABLES["kpi_accounts"].columns)
    assert not behind.duplicated(["kpi_id", "account_id"]).any() and not behind["quarter"].ne("2026Q2").any()
    assert ((behind["numerator"].fillna(0) != 0) | (behind["denominator"].fillna(0) != 0)).all()


def test_a_deal_without_account_counts_overall_only(told):
    _, behind, members, window = told
    everyone = accounts_behind(behind, "win_rate", members, window)
    assert everyone["account_id"].tolist() == ["A1", "deal:D3"]  # two decided deals of A1 before one of nobody
    assert everyone["part"].tolist() == [0.5, 0.5] and everyone["segment_id"].isna().tolist() == [False, True]
    assert accounts_behind(behind, "win_rate", members, window, "BIG")["account_id"].tolist() == ["A1"]


def test_behind_a_figure_that_could_not_be_told_stands_nobody(told):
    kpis, behind, members, window = told
    missing = set(kpis.loc[(kpis["segment_id"] == "ALL") & kpis["value"].isna(), "kpi_id"])
    assert missing and not missing & set(behind["kpi_id"])
    assert accounts_behind(behind, sorted(missing)[0], members, window).empty


def test_without_any_figure_the_table_is_empty(told):
    kpis, _, _, _ = told
    inputs = KpiInputs(panel(), period())
    facts = measure_quarter(inputs, quarter_of(inputs.period), set(), SETTINGS)
    empty = take_apart(facts, kpis.assign(value=float("nan")))
    assert empty.empty and list(empty.columns) == COLUMNS
