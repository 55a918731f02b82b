"""Rules as files: each format is executed here by something that is not Python's rule, and tells the same."""

from __future__ import annotations

import json
import re
import shutil
import subprocess

import numpy as np
import pandas as pd
import pytest

from segkit import texts
from segkit.reports.rules import write_rule, write_rules
from segkit.reports.rules_workbook import write_rule_workbook
from segkit.segments.typing.as_sql import rule_sql, shown
from segkit.segments.typing.conditions import apply_rule
from segkit.segments.typing.fields import TypingInputs, join_persons
from segkit.segments.typing.quarterly import _type_persons, type_accounts
from segkit.store import write_frame, write_json
from tests.segments.typing.companies import FAST, inputs_of
from tests.segments.typing.test_conditions import HARD, hard_rows

NAMES = {"C1": "Kleine", "C2": "Mittlere", "C3": "Große"}
OFFICE = shutil.which("soffice")
AS_CSV = "csv:Text - txt - csv (StarCalc):59,34,76,1,,0,false,true,false,false,false,1"  # the first sheet


@pytest.fixture(scope="module")
def typed():
    inputs = inputs_of(300)
    return inputs, type_accounts(inputs, FAST, "value", {"method": "kmeans"})


def calculate(folder, *workbooks) -> list[pd.DataFrame]:
    """Let LibreOffice work out the formulas of workbooks; one start of the program for all."""
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [OFFICE, profile, "--headless", "--convert-to", AS_CSV, "--outdir", folder / "out", *workbooks]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    found = [next((folder / "out").glob(f"{path.stem}-*.csv")) for path in workbooks]
    return [pd.read_csv(path, sep=";", dtype=str) for path in found]


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice (soffice) is not installed")
def test_the_formula_gives_the_same_segment_in_libreoffice(typed, tmp_path):
    inputs, found = typed
    kit, rows = found.model["kits"]["crm"], hard_rows(120)
    levels = [f"Zweig {i:03d}" for i in range(600)]
    long = {"field": "branch", "is": "in", "values": levels}
    many = [{"segment_id": f"M{i}", "when": {"field": "employees", "is": "=", "value": -i}} for i in range(1, 70)]
    too_long = {**HARD, "rules": [{"segment_id": "LONG", "when": long}, *many, *HARD["rules"]]}
    write_rule_workbook(tmp_path / "hard.xlsx", HARD, {}, "de", ("a",), rows)
    write_rule_workbook(tmp_path / "kit.xlsx", kit, NAMES, "en", ("a",), inputs.accounts)
    few = rows.head(20).assign(branch=["Zweig 599" if i % 3 == 0 else b for i, b in enumerate(rows["branch"].head(20))])
    write_rule_workbook(tmp_path / "long.xlsx", too_long, {}, "de", ("a",), few)
    inputs_of_persons, person = persons_of(200)
    people = join_persons(inputs_of_persons)
    write_rule_workbook(tmp_path / "person.xlsx", person, {}, "de", ("a",), people)
    books = (tmp_path / f"{name}.xlsx" for name in ("hard", "kit", "long", "person"))
    hard, of_kit, of_long, of_person = calculate(tmp_path, *books)
    assert (of_person["segment_id"] == placed(people, person)).all() and of_person["segment_id"].nunique() == 3
    assert (hard["segment_id"] == apply_rule(rows, HARD)).all()
    likely = apply_rule(inputs.accounts, {**kit, "otherwise": kit["likely"]})
    assert (of_kit["likely_segment_id"] == likely).all()
    assert (of_long["segment_id"] == apply_rule(few, too_long)).all() and (of_long["segment_id"] == "LONG").any()


def persons_of(n: int):
    """Persons whose department tells their need, but for those of one department, and the kit of them."""
    inputs = inputs_of(n)
    rng = np.random.default_rng(2)
    need = rng.choice(["N1", "N2"], 3 * n)
    told = np.where(need == "N1", "Einkauf", 'Technik "A", Ö')
    department = np.where(rng.random(3 * n) < 0.7, told, "Lager")
    persons = pd.DataFrame({"segmentation_id": "needs", "contact_id": [f"P{i:04d}" for i in range(3 * n)]})
    persons["account_id"] = rng.choice(inputs.accounts["account_id"], 3 * n)
    persons = persons.assign(segment_id=need, basis="answers")
    contacts = persons[["contact_id", "account_id"]].assign(department=department, seniority="Leitung")
    both = TypingInputs(inputs.accounts, inputs.segments, inputs.features, None, persons, contacts)
    return both, _type_persons(both, FAST.model_copy(update={"wanted_accuracy": 0.85}), "needs")[0]["person"]


def placed(people: pd.DataFrame, kit: dict) -> np.ndarray:
    rules = [{**rule, "segment_id": shown(rule, kit)} for rule in kit["rules"]]
    return apply_rule(people, {**kit, "rules": rules})


def test_the_rule_of_persons_gives_the_same_segment_in_duckdb(tmp_path):
    import duckdb

    inputs, kit = persons_of(200)
    people = join_persons(inputs)
    con = duckdb.connect()
    con.register("contacts", people)
    sql = con.execute(rule_sql(kit, "contacts") + ' ORDER BY "contact_id"').df()
    assert (sql["segment_id_1"] == placed(people, kit)).all()  # segment_id itself is the need they told
    assert (sql["likely_segment_id"] == apply_rule(people, {**kit, "otherwise": kit["likely"]})).all()
    assert {"N1", "N2", "UNSURE"} == set(sql["segment_id_1"])


def run_json(rule: dict, row: dict) -> str:
    """A reader of the JSON file that knows nothing of ours: the sentences of docs/typing.md, one by one."""

    def is_true(c: dict) -> bool:
        if "all" in c:
            return all(is_true(part) for part in c["all"])
        if "any" in c:
            return any(is_true(part) for part in c["any"])
        if "not" in c:
            return not is_true(c["not"])
        value, sign = row.get(c["field"]), c["is"]
        is_missing = value is None or value == "" or value != value
        if sign == "missing" or is_missing:
            return sign == "missing" and is_missing
        if sign == "in":
            return str(value) in c["values"]
        wanted = c["value"]
        return {">=": value >= wanted, "<": value < wanted, ">": value > wanted, "<=": value <= wanted}[sign]

    return next((r["segment_id"] for r in rule["rules"] if is_true(r["when"])), rule["likely"])


def run_filters(text: str, row: dict, language: str) -> str:
    """A person who enters the filters one after the other: conditions by number, then the logic that joins them."""
    words = {texts.say(f"typing.filter_{key}", language): key for key in ("from", "below", "one_of", "empty")}
    for title, body in re.findall(r"^Filter \d+: (\S+).*\n((?:  .*\n)+)", text, re.MULTILINE):
        held = {}
        for number, said in re.findall(r"^  (\d+)\. (.*)$", body, re.MULTILINE):
            word = next(w for w in sorted(words, key=len, reverse=True) if f" {w}" in said)
            field, _, wanted = said.partition(f" {word}")
            value = row.get(field)
            is_missing = value is None or value == "" or value != value
            held[number] = is_missing if words[word] == "empty" else not is_missing and met(words[word], value, wanted)
        logic = body.rsplit(":", 1)[1].replace("AND", "and").replace("OR", "or").replace("NOT", "not")
        if eval(re.sub(r"(\d+)", r"held['\1']", logic), {"held": held}):  # our own text of numbers and words
            return title
    return "UNSURE"


def met(word: str, value: object, wanted: str) -> bool:
    if word == "one_of":
        return str(value) in [part.replace('""', '"') for part in re.findall(r'"((?:[^"]|"")*)"', wanted)]
    return float(value) >= float(wanted) if word == "from" else float(value) < float(wanted)


@pytest.mark.parametrize("language", ["de", "en"])
def test_json_filters_and_sql_tell_the_same(typed, tmp_path, language):
    import duckdb

    inputs, found = typed
    kit = found.model["kits"]["crm"]
    write_rule(tmp_path / "value_crm", kit, NAMES, language, ("Rule of 2026Q3",))
    rows = inputs.accounts.astype(object).where(inputs.accounts.notna(), None).to_dict("records")
    likely = apply_rule(inputs.accounts, {**kit, "otherwise": kit["likely"]})
    told = json.loads((tmp_path / "value_crm.json").read_text("utf-8"))
    assert [run_json(told, row) for row in rows] == likely.tolist()
    con = duckdb.connect()
    con.register("accounts", inputs.accounts)
    sql = con.execute((tmp_path / "value_crm.sql").read_text("utf-8") + ' ORDER BY "account_id"').df()
    assert sql["likely_segment_id"].tolist() == likely.tolist()
    filters = (tmp_path / "value_crm.txt").read_text("utf-8")
    assert [run_filters(filters, row, language) for row in rows] == sql["segment_id"].tolist()
    assert {"UNSURE"} < set(sql["segment_id"])
    assert np.isclose(sql["confidence"], sql["confidence"].round(6)).all()


def test_a_run_writes_its_rules_and_forgets_older_ones(typed, tmp_path):
    inputs, found = typed
    write_json(tmp_path / "models" / "typing_value.json", found.model)
    write_frame(tmp_path / "tables" / "typing_exports.parquet", found.tables["typing_exports"], "typing_exports")
    register = pd.DataFrame({"segmentation_id": "value", "segment_id": list(NAMES), "name_de": list(NAMES.values())})
    register = register.assign(name_en="x", colour="#000000", first_quarter="2026Q3", last_quarter="2026Q3")
    register = register.assign(came_from=None, status="active")
    write_frame(tmp_path / "tables" / "segment_register.parquet", register, "segment_register")
    out = tmp_path / "rules"
    out.mkdir()
    (out / "old.sql").write_text("x")
    files = write_rules(tmp_path, out, "de", "2026Q3")
    names = {path.name for path in files}
    assert names == {f"value_{kit}.{ending}" for kit in ("crm", "full") for ending in ("sql", "xlsx", "txt", "json")}
    assert {path.name for path in out.iterdir()} == names
    first = (out / "value_crm.xlsx").read_bytes()
    write_rules(tmp_path, out, "de", "2026Q3")
    assert (out / "value_crm.xlsx").read_bytes() == first  # the same rule, the same bytes
    text = (out / "value_crm.txt").read_text("utf-8")
    assert "2026Q3" in text and "zurückgehaltenen" in text


def test_a_run_without_kits_has_no_folder(tmp_path):
    assert write_rules(tmp_path, tmp_path / "rules", "de", "2026Q3") == []
    assert not (tmp_path / "rules").exists()
