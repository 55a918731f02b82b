"""`segkit score`: any file of new accounts in, segments out, or a refusal that names what is missing."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pandas as pd
import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from segkit.cli import app
from segkit.errors import UserError
from segkit.project import Project
from segkit.scoring.command import score_file
from segkit.segments.typing.conditions import apply_rule
from segkit.segments.typing.quarterly import TABLE_NAMES, type_accounts
from segkit.store import write_frame, write_json
from tests.segments.typing.companies import FAST, accounts_of, inputs_of

NAMES = {"C1": "Kleine", "C2": "Mittlere", "C3": "Große"}
PROJECT = """
name: Probe
sources:
  invoices:
    files: raw/invoices.csv
    columns: {account_id: a, invoice_date: b, invoice_id: c, revenue: d}
  accounts:
    files: raw/accounts.csv
    columns: {account_id: Kd-Nr, name: Firma, employees: Köpfe im Haus, industry_division: Zweig}
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A project with a run of which only what scoring reads is there."""
    folder = tmp_path_factory.mktemp("probe")
    (folder / "project.yml").write_text(PROJECT, encoding="utf-8")
    run = folder / "runs" / "2026Q3"
    inputs = inputs_of(400)
    found = type_accounts(inputs, FAST, "value", {"method": "kmeans"})
    write_json(run / "manifest.json", {})
    write_json(run / "models" / "typing_value.json", found.model)
    for name in TABLE_NAMES:
        write_frame(run / "tables" / f"{name}.parquet", found.tables[name], name)
    register = pd.DataFrame({"segmentation_id": "value", "segment_id": list(NAMES), "name_de": list(NAMES.values())})
    register = register.assign(name_en="x", colour="#000000", first_quarter="2026Q3", last_quarter="2026Q3")
    write_frame(run / "tables" / "segment_register.parquet", register.assign(came_from=None, status="active"),
                "segment_register")  # fmt: skip
    inputs.accounts.to_parquet(run / "tables" / "accounts.parquet")
    return folder, found.model


def given(n: int = 60) -> pd.DataFrame:
    """New accounts under the headers of the project's export."""
    known, _ = accounts_of(n, seed=9)
    heads = known["employees"].map(lambda v: "" if v != v else f"{v:,.0f}".replace(",", "."))
    names = [f"Neu {i} GmbH" for i in range(n)]
    return pd.DataFrame(
        {"Kd-Nr": known["account_id"], "Firma": names, "Köpfe im Haus": heads, "Zweig": known["industry_division"]}
    )


def write_csv(frame: pd.DataFrame, path, encoding: str = "cp1252"):
    frame.to_csv(path, index=False, sep=";", encoding=encoding)
    return path


def answers(path) -> pd.DataFrame:
    return pd.read_csv(path, sep=";", dtype=str, keep_default_na=False, encoding="utf-8-sig")


def test_a_file_with_the_headers_of_the_export(made, tmp_path):
    folder, model = made
    path, kit = write_csv(given(), tmp_path / "neue.csv"), model["kits"]["crm"]
    told = score_file(Project(folder), path, tmp_path / "out.csv")
    found = answers(tmp_path / "out.csv")
    known, _ = accounts_of(60, seed=9)
    likely = apply_rule(known, {**kit, "otherwise": kit["likely"]})
    assert found["likely_segment_id"].tolist() == likely.tolist()
    assert told["n_rows"] == 60 and told["kit"] == "crm" and sum(told["segments"].values()) == 60
    is_open = found["is_abstained"] == "True"
    assert (found["segment_id"] == np.where(is_open, "UNSURE", likely)).all()
    assert (found.loc[~is_open, "segment_name"] == found.loc[~is_open, "segment_id"].map(NAMES)).all()
    assert found["reason"].str.len().gt(20).all() and list(found)[:4] == list(given())


@pytest.mark.parametrize("headers", [
    {"Köpfe im Haus": "employees", "Zweig": "industry_division"},
    {"Köpfe im Haus": "Anzahl Mitarbeiter", "Zweig": "INDUSTRY DIVISION"},
    {"Köpfe im Haus": "Number of employees", "Zweig": "Industry_Division"},
])  # fmt: skip
def test_other_names_for_the_same_columns(made, tmp_path, headers):
    first = score_file(Project(made[0]), write_csv(given(), tmp_path / "a.csv"), tmp_path / "a_out.csv")
    second = score_file(
        Project(made[0]),
        write_csv(given().rename(columns=headers), tmp_path / "b.csv", "utf-8"),
        tmp_path / "b_out.csv",
    )
    assert first["segments"] == second["segments"] and "employees" in second["columns"]


def test_excel_in_and_out_and_no_formula_comes_through(made, tmp_path):
    frame = given().assign(Firma="@SUM(A1)", Notiz="+cmd|x")
    frame["Köpfe im Haus"] = pd.to_numeric(frame["Köpfe im Haus"].str.replace(".", ""))
    frame.to_excel(tmp_path / "neue.xlsx", index=False)
    told = score_file(Project(made[0]), tmp_path / "neue.xlsx", tmp_path / "out.xlsx")
    sheet = load_workbook(tmp_path / "out.xlsx").active
    assert sheet.max_row == 61 and all(cell.data_type != "f" for row in sheet for cell in row)
    score_file(Project(made[0]), tmp_path / "neue.xlsx", tmp_path / "out.csv")
    assert set(answers(tmp_path / "out.csv")["Firma"]) == {"'@SUM(A1)"}
    plain = score_file(Project(made[0]), write_csv(given(), tmp_path / "b.csv"), tmp_path / "b_out.csv")
    assert told["segments"] == plain["segments"]


def test_missing_fields_are_refused_with_what_each_rule_needs(made, tmp_path):
    path = write_csv(given()[["Kd-Nr", "Firma"]].assign(**{"Kd-Nr": "unbekannt"}), tmp_path / "leer.csv")
    result = CliRunner().invoke(app, ["score", str(made[0]), str(path), "--out", str(tmp_path / "out.csv")])
    assert result.exit_code == 2 and not (tmp_path / "out.csv").exists()
    assert "employees" in result.output and "the rule 'crm' needs" in result.output and "revenue_12m" in result.output


def test_a_list_of_leads_finds_what_is_known_of_their_accounts(made, tmp_path):
    leads = pd.DataFrame({"Lead Id": ["L1", "L2", "L3"], "Account Id": ["00001", "00002", "neu"]})
    told = score_file(Project(made[0]), write_csv(leads, tmp_path / "leads.csv"), tmp_path / "out.csv")
    found = answers(tmp_path / "out.csv")
    known, _ = accounts_of(400)
    kit = made[1]["kits"]["crm"]
    assert (
        found["likely_segment_id"].tolist()[:2] == apply_rule(known, {**kit, "otherwise": kit["likely"]})[1:3].tolist()
    )
    assert told["kit"] == "crm" and told["n_rows"] == 3


def test_bad_cells_are_told_and_count_as_empty(made, tmp_path):
    frame = given(40)
    frame.loc[[3, 7], "Köpfe im Haus"] = ["viele", "k. A."]
    told = score_file(Project(made[0]), write_csv(frame, tmp_path / "a.csv"), tmp_path / "out.csv")
    assert any("keine Zahl steht (Zeilen 5)" in line for line in told["check"])


def test_a_file_unlike_the_accounts_is_told(made, tmp_path):
    frame = given(200)
    frame["Köpfe im Haus"] = "90000"
    told = score_file(Project(made[0]), write_csv(frame, tmp_path / "a.csv"), tmp_path / "out.csv")
    assert any("stark" in line for line in told["check"])
    usual = score_file(Project(made[0]), write_csv(given(400), tmp_path / "b.csv"), tmp_path / "out.csv")
    assert usual["check"] == ["Selbstprüfung: Die Datei sieht aus wie die Kunden, aus denen gelernt wurde."]
    few = score_file(Project(made[0]), write_csv(given(5), tmp_path / "c.csv"), tmp_path / "out.csv")
    assert "5" in few["check"][-1] and "30" in few["check"][-1]


def test_json_is_one_object(made, tmp_path):
    path = write_csv(given(), tmp_path / "a.csv")
    result = CliRunner().invoke(app, ["score", str(made[0]), str(path), "--out", str(tmp_path / "o.csv"), "--json"])
    assert result.exit_code == 0 and json.loads(result.output)["segmentation"] == "value"


@pytest.mark.parametrize(("change", "message"), [
    ({"out": "o.txt"}, "written as .csv or .xlsx"),
    ({"out": "a.csv"}, "the file to score itself"),
    ({"segmentation": "service"}, "2026Q3 has value"),
    ({"quarter": "2025Q1"}, "there is no run"),
    ({"path": "nowhere.csv"}, "no such file"),
])  # fmt: skip
def test_mistakes_are_told_and_nothing_is_written(made, tmp_path, change, message):
    write_csv(given(), tmp_path / "a.csv")
    asked = {"path": "a.csv", "out": "o.csv", "segmentation": "", "quarter": ""} | change
    before = sorted(tmp_path.iterdir())
    with pytest.raises(UserError, match=message):
        score_file(
            Project(made[0]), tmp_path / asked["path"], tmp_path / asked["out"], asked["segmentation"], asked["quarter"]
        )
    assert sorted(tmp_path.iterdir()) == before


def test_a_run_of_an_older_version_says_so(made, tmp_path):
    folder = tmp_path / "old"
    shutil.copytree(made[0], folder)
    (folder / "runs" / "2026Q3" / "models" / "typing_value.json").unlink()
    with pytest.raises(UserError, match="Run it again"):
        score_file(Project(folder), write_csv(given(), tmp_path / "a.csv"), tmp_path / "o.csv")
