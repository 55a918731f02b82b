"""`segkit adopt` as users type it: look, adopt the challenger or a scenario, run on, be killed in between.

A company whose accounts fall into three groups. The run has one notebook, whose work is done in this process.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import tiny
import yaml

from segkit import adopted
from segkit.engines import connect
from segkit.project import Project
from segkit.run import ATTEMPT, NOTEBOOK, Run
from segkit.segments.accepted import accept_model
from segkit.segments.challenger import fit_challenger, place_accounts
from segkit.segments.comparison import compare_clusters
from segkit.segments.grid import grid_rules
from segkit.segments.membership import build_segments
from segkit.segments.quarterly import Before
from segkit.segments.register import update_register
from segkit.store import write_json
from segkit.tables import TABLES
from tests.segments.conftest import MOVES, PALETTE, crowd

OLD, NEW, NEXT = "2026Q1", "2026Q2", "2026Q3"
SIGN = ("--by", "Anna Weber", "--note", "mit dem Vertrieb abgestimmt")
SETTINGS = """\
# Project of the sales department
name: Muster
sources:
  invoices: {files: raw/invoices.csv, columns: {revenue: x}}
segmentations:
  value:
    method: grid  # until the review in autumn
    key_share: 1.0
    bootstrap_pairs: 2
    bootstrap_accounts: 50
    k_max: 3
    confidence_draws: 20
    compare: []
# the end
"""


def filled(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """A frame with all columns of a table, empty where nothing is known."""
    defaults = {"text": "", "id": "", "int": 0, "float": 0.0, "money": 0.0, "bool": False, "date": pd.Timestamp(0)}
    more = {c.name: None if c.is_nullable else defaults[c.type] for c in TABLES[name].columns.values()}
    return frame.reindex(columns=list(more)).assign(**{n: v for n, v in more.items() if n not in frame})


def stage(run: Run) -> None:
    """What notebooks 01 to 04 leave behind, as far as segments need it."""
    from segkit.cleansing.rows import make_empty

    run.read("sources")
    end, text = pd.Timestamp(run.quarter.end), str(run.quarter)
    period = {"quarter": text, "end": end, "as_of": end, "is_complete": True, "money_source": "invoices"}
    run.write("run_period", filled("run_period", pd.DataFrame([period])))
    connection = connect()
    make_empty(connection, "control_totals")
    run.write("control_totals", connection.table("control_totals"))
    panel, _ = crowd(90, seed=int(text[-1]), as_of=end)
    run.write("accounts", filled("accounts", panel[["account_id"]].assign(name="Firma " + panel["account_id"])))
    run.write("account_value", filled("account_value", panel[["account_id", "revenue_12m"]]))
    earlier, settings = run.previous, run.settings.segmentations.value
    kept = ("models/value", "segments", "segment_register")
    before = Before(earlier.quarter, *(earlier.read(name) for name in kept)) if earlier else None
    for name, thing in segment(panel, run.quarter, settings, before, run.decisions("models/value")).items():
        is_list = not isinstance(thing, dict) and "is_contactable" in TABLES[name].columns
        run.write(name, thing.assign(is_contactable=None) if is_list else thing)


def segment(features, quarter, settings, before, adoption) -> dict:
    """What `quarterly.segment_accounts` does, without assessing anything."""
    rules = grid_rules(settings)
    found = fit_challenger(features, rules, settings, 1)
    found = place_accounts(found, features, rules, settings.n_segments or 2)
    kept = before.model if before else None
    ids = before.register["segment_id"] if before else ()
    accepted = accept_model(features, kept, found, settings, quarter, ids, adoption)
    model, register = accepted.model, before.register if before else None
    register = update_register(register, model, features, quarter, PALETTE, accepted.came_from)
    moves, sure = pd.DataFrame(columns=MOVES, dtype="str"), np.ones(len(features))
    segments, _ = build_segments(features, model, register, moves, sure, quarter, "en")
    return {
        "models/value": model | {"why": accepted.why},
        "models/challenger": {"why_not": "", "n_accounts": 90} | found.as_model(found.cluster_ids),
        "segments": segments,
        "segment_register": register,
        "challenger": compare_clusters(features, model, found),
    }


class InProcess:
    """Executes the one stage without a kernel."""

    def __init__(self, project, quarter, attempt):
        self.project, self.quarter, self.attempt = project, quarter, attempt

    def prepare(self, path):
        """Nothing has to be started."""

    def execute(self, path, following=None):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(NOTEBOOK, path.stem)
            patch.setenv(ATTEMPT, self.attempt)
            output = self.project.staging_folder(self.quarter) / "notebooks" / path.name
            output.parent.mkdir(parents=True, exist_ok=True)
            output.write_text("{}")
            stage(Run(self.project, self.quarter, "batch"))

    def close(self):
        """Nothing runs."""


@pytest.fixture(scope="module", autouse=True)
def _one_notebook(tmp_path_factory):
    path = tmp_path_factory.mktemp("notebooks") / "01_all.ipynb"
    path.write_text("{}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OMP_NUM_THREADS", "1")
        patch.setattr("segkit.batch.Executor", InProcess)
        patch.setattr("segkit.batch.check_parameters", lambda paths: None)
        patch.setattr("segkit.batch.publish", lambda *of_run: None)
        for module in ("batch", "overview"):
            patch.setattr(f"segkit.{module}.notebooks", lambda: [path])
        yield


@pytest.fixture(scope="module")
def start(tmp_path_factory) -> Path:
    """Two quarters with the grid, and a scenario with three clusters of the second."""
    folder = tmp_path_factory.mktemp("adopt") / "p"
    (folder / "raw").mkdir(parents=True)
    (folder / "raw" / "invoices.csv").write_text("abc")
    (folder / "project.yml").write_text(SETTINGS, encoding="utf-8")
    patch = {"segmentations": {"value": {"method": "kmeans", "n_segments": 3}}}
    scenario = folder / "scenarios" / "three" / "project.yml"
    scenario.parent.mkdir(parents=True)
    scenario.write_text(yaml.safe_dump(patch))
    for quarter in (OLD, NEW):
        assert tiny.segkit_here("run", folder, "--quarter", quarter).code == 0
    assert tiny.segkit_here("run", folder, "--quarter", NEW, "--scenario", "three").code == 0
    return folder


@pytest.fixture
def folder(start, tmp_path) -> Path:
    """A copy of it, to write into."""
    import shutil

    return shutil.copytree(start, tmp_path / "p")


def model_of(folder: Path, quarter: str) -> dict:
    return json.loads((folder / "runs" / quarter / "models" / "value.json").read_text("utf-8"))


def colours(folder: Path, quarter: str) -> pd.Series:
    register = pd.read_parquet(folder / "runs" / quarter / "tables" / "segment_register.parquet")
    return register.set_index("segment_id")["colour"]


def state(folder: Path) -> dict[str, dict]:
    entries = json.loads(tiny.segkit_here("status", folder, "--json").text)
    return {entry["quarter"]: entry for entry in entries}


def test_a_preview_shows_settings_segments_movers_and_money_and_writes_nothing(folder):
    before = tiny.contents(folder)
    answer = tiny.segkit_here("adopt", folder, "three", *SIGN, "--preview")
    assert answer.code == 0, answer.text
    assert "segmentations.value.method: grid → kmeans" in answer.text
    assert "segmentations.value.n_segments: None → 3" in answer.text
    assert "of 90 accounts would move, with €" in answer.text and "Firma 000" in answer.text
    assert "Nothing was written" in answer.text and tiny.contents(folder) == before


def test_the_challenger_becomes_the_accepted_model_and_is_kept(folder):
    challenger = json.loads((folder / "runs" / NEW / "models" / "challenger.json").read_text("utf-8"))
    answer = tiny.segkit_here("adopt", folder, "refit", *SIGN)
    assert answer.code == 0, answer.text
    assert f"Adopted by Anna Weber from {NEW} on: mit dem Vertrieb abgestimmt" in answer.text
    assert "fit anew" not in answer.text
    text = (folder / "project.yml").read_text("utf-8")
    assert text == SETTINGS.replace("method: grid  #", "method: kmeans  #")
    refits = pd.read_csv(folder / "decisions" / "refits.csv", sep=";", dtype=str)
    row = refits.iloc[0]
    assert (row["segmentation_id"], row["choice"], row["quarter"], row["author"]) == (
        "value",
        "refit",
        NEW,
        "Anna Weber",
    )
    stale = state(folder)
    assert stale[NEW]["is_stale"] and {"decisions:models/value", "settings:segmentations"} <= set(stale[NEW]["changed"])
    assert not stale[OLD]["is_stale"]  # it does not hold yet, nor do its settings
    assert tiny.segkit_here("run", folder, "--quarter", OLD).text.startswith(f"{OLD}  unchanged")

    for quarter in (NEW, NEXT):
        assert tiny.segkit_here("run", folder, "--quarter", quarter).code == 0
    now, later = model_of(folder, NEW), model_of(folder, NEXT)
    assert (now["why"], later["why"]) == ("adopted", "kept")
    assert now["fit"] == later["fit"] == challenger["fit"] and now["segments"] == later["segments"]
    assert now["adopted"]["by"] == "Anna Weber" and now["fitted_quarter"] == NEW
    assert not state(folder)[NEW]["is_stale"]
    assert colours(folder, NEW)[now["segments"]].equals(colours(folder, NEXT)[now["segments"]])


def test_a_scenario_brings_its_settings_and_its_very_model(folder):
    scenario = json.loads((folder / "scenarios/three/runs" / NEW / "models" / "value.json").read_text("utf-8"))
    assert tiny.segkit_here("adopt", folder, "three", *SIGN).code == 0
    text = (folder / "project.yml").read_text("utf-8")
    assert "method: kmeans  # until the review in autumn" in text and text.startswith("# Project of the sales")
    assert Project(folder).settings.segmentations.value.n_segments == 3
    assert tiny.segkit_here("run", folder, "--quarter", NEW).code == 0
    model = model_of(folder, NEW)
    assert model["why"] == "adopted" and model["fit"] == scenario["fit"] and model["adopted"]["source"] == "three"
    official, tried = (
        pd.read_parquet(folder / place / NEW / "tables" / "segments.parquet").set_index("account_id")["segment_id"]
        for place in ("runs", "scenarios/three/runs")
    )
    assert official.equals(tried)

    # a quarter later its refit is adopted: the segments go on with their ids and colours, the settings need no change
    assert tiny.segkit_here("run", folder, "--quarter", NEXT).code == 0
    refit = tiny.segkit_here("adopt", folder, "refit", *SIGN)
    assert refit.code == 0 and "project.yml" not in refit.text.partition("Written:")[2].partition("Next:")[0]
    before = colours(folder, NEXT)
    assert tiny.segkit_here("run", folder, "--quarter", NEXT).code == 0
    later = model_of(folder, NEXT)
    assert later["why"] == "adopted" and later["fit"] != model["fit"]
    assert set(later["segments"]) == set(model["segments"]) and colours(folder, NEXT).equals(before)
    assert model_of(folder, NEW) == model


def test_the_same_model_is_not_adopted_twice(folder):
    assert tiny.segkit_here("adopt", folder, "refit", *SIGN).code == 0
    before = tiny.contents(folder)
    again = tiny.segkit_here("adopt", folder, "refit", *SIGN)
    assert again.code == 2 and "is stale" in again.text and tiny.contents(folder) == before


def test_settings_hold_from_their_quarter_on_and_go_back_one_adoption_after_the_other(folder):
    assert tiny.segkit_here("adopt", folder, "three", *SIGN).code == 0
    project = Project(folder)
    adopt_later(project, {"segmentations": {"value": {"n_segments": 2, "hits": 9}}})
    now = [Project(folder).settings_at(project.quarter(q)).segmentations.value for q in (OLD, NEW, NEXT)]
    assert [value.method for value in now] == ["grid", "kmeans", "kmeans"]
    assert [(value.n_segments, value.hits) for value in now] == [(None, 5), (3, 5), (2, 9)]
    assert Project(folder, "three").settings_at(project.quarter(OLD)).segmentations.value.n_segments == 3


def adopt_later(project: Project, patch: dict) -> None:
    """Note an adoption of the next quarter with these settings."""
    adoption = {"adoption_id": "x", "quarter": NEXT, "source": "x", "by": "B", "date": "2026-11-01", "note": "x"}
    row = {"segmentation_id": "value", "choice": "refit", "quarter": NEXT, "author": "B", "date": "x", "reason": "x"}
    adopted.write_adoption(project, "value", adoption | {"model": {}}, patch, row)


@pytest.mark.parametrize("step", ["write_json", "written_whole", "append_decision", "unlink"])
def test_a_kill_at_any_moment_leaves_all_or_nothing(folder, step, monkeypatch):
    class Killed(BaseException):
        pass

    def die(*args, **kwargs):
        raise Killed

    if step == "write_json":  # the second one: the note is there, the model is not
        written = []
        monkeypatch.setattr(adopted, "write_json", lambda *a: die() if written else written.append(write_json(*a)))
    elif step == "unlink":
        unlink = Path.unlink
        monkeypatch.setattr(Path, "unlink", lambda p, **o: die() if p.name == ".adopting.json" else unlink(p, **o))
    else:
        monkeypatch.setattr(adopted, step, die)
    with pytest.raises(Killed):
        tiny.segkit_here("adopt", folder, "refit", *SIGN)
    monkeypatch.undo()
    os.environ["OMP_NUM_THREADS"] = "1"
    answer = tiny.segkit_here("run", folder, "--quarter", NEW)  # goes on from the note
    assert answer.code == 0, answer.text
    assert model_of(folder, NEW)["why"] == "adopted"
    assert (folder / "project.yml").read_text("utf-8") == SETTINGS.replace("method: grid  #", "method: kmeans  #")
    lines = (folder / "decisions" / "refits.csv").read_text("utf-8-sig").splitlines()
    assert len(lines) == 2 and not list((folder / "runs").glob(".adopting*"))


def test_a_file_that_excel_holds_is_said_and_the_next_run_finishes(folder, monkeypatch):
    def held(*args):
        raise PermissionError(13, "Permission denied", "refits.csv")

    with monkeypatch.context() as patch:
        patch.setattr(adopted, "append_decision", held)
        answer = tiny.segkit_here("adopt", folder, "refit", *SIGN)
    assert answer.code == 1 and "refits.csv cannot be written" in answer.text and "finishes" in answer.text
    assert tiny.segkit_here("run", folder, "--quarter", NEW).code == 0
    assert model_of(folder, NEW)["why"] == "adopted" and (folder / "decisions" / "refits.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("four", *SIGN), "There is no scenario four. Scenarios: three; refit means the challenger"),
        (("../x", *SIGN), "There is no scenario ../x."),
        (("refit", "--by", " ", "--note", "x"), "--by and --note must not be empty"),
        (("refit", *SIGN, "--quarter", "2025Q1"), "There is no run of 2025Q1 to adopt. Runs: 2026Q1, 2026Q2."),
        (("three", *SIGN, "--quarter", OLD), f"There is no run of scenario three of {OLD} to adopt. Runs: {NEW}."),
        (("refit", *SIGN, "--quarter", "soon"), "soon"),
    ],
)
def test_wrong_input_writes_nothing(start, arguments, said):
    before = tiny.contents(start)
    answer = tiny.segkit_here("adopt", start, *arguments)
    assert answer.code == 2 and said in answer.text and tiny.contents(start) == before


def test_a_stale_run_an_absent_challenger_and_odd_settings_are_refused(folder):
    path = folder / "runs" / NEW / "models" / "challenger.json"
    told = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(told | {"why_not": "segments.why_not_few"}))
    before = tiny.contents(folder)
    none = tiny.segkit_here("adopt", folder, "refit", *SIGN)
    assert none.code == 2 and f"The run of {NEW} has no challenger to adopt" in none.text
    assert tiny.contents(folder) == before
    path.write_text(json.dumps(told))
    (folder / "raw" / "invoices.csv").write_text("late bookings")
    stale = tiny.segkit_here("adopt", folder, "refit", *SIGN)
    assert (
        stale.code == 2
        and "is stale, because this has changed since: sources" in stale.text
        and not (folder / "decisions").exists()
    )
