"""Each goal gets the verdict that its KPI, its interval and its history allow, and no other."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from kpis import goal_cases as cases

from segkit.errors import UserError
from segkit.quarters import Quarter
from segkit.store import read_frame, write_frame

CALM = [0.031, 0.029, 0.030, 0.031, 0.030, 0.029, 0.030, 0.031, 0.029, 0.030, 0.030, 0.031]
LATER = dt.date(2027, 3, 31)


@pytest.mark.parametrize(
    ("target", "status"),
    [(0.037, "reached"), (0.036, "reached"), (0.0359, "undecidable"), (0.027, "undecidable"), (0.025, "missed")],
)
def test_the_verdict_at_the_deadline_needs_the_whole_interval(target, status):
    row = cases.measured(cases.series(CALM), cases.goal(target=target)).loc["keep"]
    assert row["status"] == status and row["is_final"] and row["quarter"] == "2026Q3"
    assert np.isnan(row["expected"])


def test_where_more_is_better_the_other_end_counts():
    kpis = cases.series([0.80] * 6 + [0.90] * 6, "retention", half=0.01)
    rows = cases.measured(
        kpis,
        cases.goal(id="up", kpi="retention", target=0.88),
        cases.goal(id="no", kpi="retention", target=0.92),
        cases.goal(id="who", kpi="retention", target=0.895),
    )
    assert rows["status"].to_dict() == {"up": "reached", "no": "missed", "who": "undecidable"}


@pytest.mark.parametrize(("target", "status"), [(0.04, "on_track"), (0.03, "undecidable"), (0.02, "off_track")])
def test_before_the_deadline_the_prediction_decides(target, status):
    row = cases.measured(cases.series(CALM), cases.goal(target=target, deadline=LATER)).loc["keep"]
    assert row["status"] == status and not row["is_final"]
    assert row["expected_low"] < row["expected"] < row["expected_high"]


def test_fewer_than_four_quarters_give_no_outlook():
    row = cases.measured(cases.series(CALM[:3]), cases.goal(deadline=LATER)).loc["keep"]
    assert (row["status"], row["reason"], row["attainability"]) == ("undecidable", "goals.short_history", "unknown")


def test_an_incomplete_quarter_is_never_used():
    kpis = cases.series(CALM)
    kpis.loc[kpis["quarter"] == "2026Q3", ["is_complete", "value"]] = [False, 0.5]
    rows = cases.measured(kpis, cases.goal(deadline=LATER, target=0.04), cases.goal(id="due", target=0.04))
    assert rows.loc["keep", "quarter"] == "2026Q2" and rows.loc["keep", "value"] == CALM[-2]
    assert rows.loc["due", ["status", "reason"]].to_list() == ["not_measured", "kpis.reason_incomplete"]
    assert not rows.loc["due", "is_final"]


def test_no_interval_no_verdict():
    row = cases.measured(cases.series(CALM).assign(low=np.nan, high=np.nan), cases.goal(target=0.9)).loc["keep"]
    assert (row["status"], row["reason"]) == ("undecidable", "goals.no_interval")


def test_a_kpi_that_has_no_value_says_why():
    kpis = cases.series([None] * 4, reason="kpis.reason_no_margin")
    row = cases.measured(kpis, cases.goal(deadline=LATER)).loc["keep"]
    assert (row["status"], row["reason"]) == ("not_measured", "kpis.reason_no_margin")
    row = cases.measured(kpis[:0].assign(quarter=""), cases.goal(deadline=LATER)).loc["keep"]
    assert (row["status"], row["reason"]) == ("not_measured", "goals.never_measured")


def test_a_kpi_that_never_changed_lets_expect_nothing():
    row = cases.measured(cases.series([0.03] * 8), cases.goal(deadline=LATER)).loc["keep"]
    assert (row["status"], row["reason"]) == ("undecidable", "goals.never_changed")


def test_the_baseline_is_that_of_the_first_run_and_stays():
    kpis, wanted = cases.series(CALM), cases.goal(target=0.02, deadline=LATER)
    first = cases.measured(kpis, wanted, quarter=Quarter.parse("2026Q2"))
    later = cases.measured(kpis, wanted, previous=first).loc["keep"]
    assert (later["baseline"], later["baseline_quarter"], later["first_quarter"]) == (CALM[-2], "2026Q2", "2026Q2")
    assert later["progress"] == pytest.approx((0.031 - 0.030) / (0.02 - 0.030))


def test_a_final_verdict_stays_whatever_later_quarters_bring():
    kpis, wanted = cases.series(CALM), cases.goal(target=0.037, deadline=dt.date(2026, 6, 30))
    first = cases.measured(kpis, wanted, quarter=Quarter.parse("2026Q2"))
    restated = kpis.assign(value=0.5, low=0.4, high=0.6)
    kept = cases.measured(restated, wanted.model_copy(update={"owner": "Successor"}), previous=first).loc["keep"]
    assert (kept["status"], kept["quarter"], kept["value"]) == ("reached", "2026Q2", 0.030)
    assert kept["owner"] == "Successor"
    changed = cases.measured(restated, wanted.model_copy(update={"target": 0.036}), previous=first).loc["keep"]
    assert changed["status"] == "missed"  # another target is another goal


def test_a_deadline_within_a_quarter_counts_the_quarter_before():
    row = cases.measured(cases.series(CALM), cases.goal(target=0.037, deadline=dt.date(2026, 9, 15))).loc["keep"]
    assert (row["quarter"], row["deadline_quarter"], row["status"]) == ("2026Q2", "2026Q2", "reached")


def test_fiscal_quarters_end_when_they_end():
    last = Quarter.parse("2026Q3", 10)  # April to June 2026
    rows = cases.measured(cases.series(CALM), cases.goal(target=0.037, deadline=dt.date(2026, 6, 30)), quarter=last)
    assert rows.loc["keep", "deadline_quarter"] == "2026Q3" and rows.loc["keep", "is_final"]


def test_a_quarter_missing_in_between_is_a_gap_not_a_neighbour():
    kpis = cases.series([0.01 * i for i in range(1, 13)], "growth", half=0.001)
    kpis = kpis[~kpis["quarter"].isin(["2025Q2", "2025Q3"])]
    row = cases.measured(kpis, cases.goal(kpi="growth", target=0.2, deadline=LATER)).loc["keep"]
    assert row["expected"] == pytest.approx(0.14, abs=0.004) and row["n_quarters"] == 10


@pytest.mark.parametrize(("target", "told"), [(0.13, "usual"), (0.155, "ambitious"), (0.30, "unheard_of")])
def test_attainability_is_judged_by_changes_over_as_long_a_time(target, told):
    values = [0.10, 0.10, 0.11, 0.12, 0.10, 0.12, 0.11, 0.16, 0.10, 0.10, 0.12, 0.10]
    wanted = cases.goal(kpi="growth", target=target, baseline=0.12, deadline=dt.date(2027, 3, 31))
    row = cases.measured(cases.series(values, "growth"), wanted).loc["keep"]
    assert row["attainability"] == told and row["best_change"] == pytest.approx(0.04)


def test_segment_and_deadline_are_refused_together_unless_an_earlier_run_knows_the_goal():
    wrong = cases.goal(id="seg", segment="kernkunde", deadline=LATER), cases.goal(deadline=dt.date(2026, 6, 30))
    with pytest.raises(UserError) as refused:
        cases.measured(cases.series(CALM), *wrong)
    told = refused.value.problems
    assert "goals.0.segment: value has no segment kernkunde. Did you mean S1 (Kernkunden)?" in told[0]
    assert "goals.1.deadline: 2026-06-30 is over before 2026Q3 begins" in told[1]
    first = cases.measured(cases.series(CALM), wrong[1], quarter=Quarter.parse("2026Q2"))
    known = first.assign(goal_id="seg", segment_id="S9")
    rows = cases.measured(cases.series(CALM), cases.goal(id="seg", segment="S9", deadline=LATER), previous=known)
    assert rows.loc["seg", ["status", "reason"]].to_list() == ["not_measured", "goals.segment_gone"]


def test_no_goals_give_an_empty_table_that_can_be_written(tmp_path):
    table = cases.measured(cases.series(CALM)).reset_index(drop=True)
    write_frame(tmp_path / "goals.parquet", table, "goals")
    assert len(read_frame(tmp_path / "goals.parquet")) == 0


def test_the_table_is_written_and_read_back_as_previous(tmp_path):
    table = cases.measured(cases.series(CALM), cases.goal(deadline=LATER)).reset_index(drop=True)
    write_frame(tmp_path / "goals.parquet", table, "goals")
    again = cases.measured(
        cases.series(CALM), cases.goal(deadline=LATER), previous=read_frame(tmp_path / "goals.parquet")
    )
    pd.testing.assert_frame_equal(again.reset_index(drop=True), table)
