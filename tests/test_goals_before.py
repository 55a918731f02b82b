"""A goal that cannot be measured stops check and run before anything is written."""

from __future__ import annotations

import pandas as pd

from segkit.goals_before import find_wrong_goals
from segkit.kpis.goals import measure_goals
from segkit.project import Project
from segkit.settings.goals import known_kpis
from segkit.settings.kpis import KpiSettings
from segkit.store import write_frame, write_json

from . import tiny

GOAL = {"id": "a", "kpi": "logo_churn", "target": 0.01, "deadline": "2027-12-31", "owner": "Sales", "why": "dear"}


def goals(*changes: dict) -> list[dict]:
    return [GOAL | {"id": f"g{i}"} | change for i, change in enumerate(changes)]


def project(tmp_path, *changes: dict, **settings):
    return Project(tiny.write_project(tmp_path / "p", goals=goals(*changes), **settings))


def test_all_that_is_wrong_is_told_at_once_and_nothing_is_written(tmp_path):
    needs = next(name for name, entry in known_kpis().items() if {"leads", "campaigns"} & set(entry.get("tables", [])))
    wrong = ({"segmentation": "valu"}, {"deadline": "2025-12-31"}, {"kpi": needs, "target": 0.5})
    folder = project(tmp_path, *wrong).folder
    for command in ("check", "run"):
        told = tiny.segkit_here(command, folder)
        assert told.code == 2, told.text
        assert "goals.0.segmentation: there is no segmentation valu. Did you mean value?" in told.text
        assert f"goals.2.kpi: {needs} needs the table" in told.text
        if command == "run":
            assert "goals.1.deadline: 2025-12-31 is over before 2026Q1 begins" in told.text
    assert not (folder / "runs").exists()


def test_check_tells_of_a_deadline_that_is_over(tmp_path):
    told = tiny.segkit_here("check", project(tmp_path, {"deadline": "2025-12-31"}).folder)
    assert told.code == 2 and "no earlier run knows the goal g0" in told.text


def test_two_of_one_id_and_an_unknown_kpi_are_told_together(tmp_path):
    given = goals({"id": "x"}, {"id": "x"}, {"kpi": "logo_churm"})
    told = tiny.segkit_here("check", tiny.write_project(tmp_path / "p", goals=given))
    assert told.code == 2 and "x stands there twice" in told.text and "Did you mean logo_churn?" in told.text


def test_a_goal_without_segmentation_is_about_the_primary_one(tmp_path):
    made = project(tmp_path, {}, segmentations={"primary": "service", "service": {"method": "kmeans"}})
    assert made.settings.goals[0].segmentation == "service"


def test_the_newest_run_knows_the_segments_and_the_goals(tmp_path):
    made = project(tmp_path, {"segment": "S9"}, {"id": "old", "deadline": "2025-12-31"}, {"segment": "S1"})
    folder = made.run_folder(made.quarter("2025Q4"))
    register = [["value", "S1", "Kern", "Core", "#0B4F9C"]]
    names = ["segmentation_id", "segment_id", "name_de", "name_en", "colour"]
    (folder / "tables").mkdir(parents=True)
    pd.DataFrame(register, columns=names).to_parquet(folder / "tables" / "segment_register.parquet")
    write_json(folder / "manifest.json", {"is_complete": True, "money_source": "invoices", "unit": "company"})
    now = made.quarter("2026Q1")
    told = find_wrong_goals(made, now)
    assert [line.split(":")[1].strip() for line in told] == ["goals.0.segment", "goals.1.deadline"]
    assert "Did you mean S1 (Kern)?" in told[0]
    known = made.settings.goals[1:2]
    kpis = pd.DataFrame(
        columns="segmentation_id quarter segment_id kpi_id value low high n is_small is_back_cast".split()
    )
    period = pd.DataFrame({"quarter": ["2025Q4"], "start": [pd.Timestamp("2025-10-01")]})
    table = measure_goals(
        kpis.assign(is_complete=True, reason=None), known, period, pd.DataFrame(columns=names), None, KpiSettings()
    )
    write_frame(folder / "tables" / "goals.parquet", table, "goals")
    assert len(find_wrong_goals(made, now)) == 1
