"""The explorer answers messages of a browser that may say anything; what it keeps is signed and checked."""

from __future__ import annotations

import inspect
import json
import time
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import yaml

from segkit import adoption
from segkit.decisions import read_decisions
from segkit.quarters import Quarter
from segkit.segments.explore import trial
from segkit.settings import read_settings
from segkit.settings.account_segmentation import AccountSegmentation
from segkit.settings.person_segmentation import PersonSegmentation
from segkit.texts import LANGUAGES, templates
from segkit.widgets.explorer import explorer, material, session
from segkit.widgets.explorer.commands import Command
from segkit.widgets.explorer.worker import Worker

AS_OF = pd.Timestamp("2026-09-30")
KMEANS = {"method": "kmeans", "n_segments": 3, "criteria": {"revenue_12m": 1, "days_since_last": 1}}
EVIL = "<img src=x onerror=alert(1)>"


def features() -> pd.DataFrame:
    rng, group = np.random.default_rng(3), np.arange(150) % 3
    days = np.array([5, 60, 250])[group] + rng.integers(0, 5, 150)
    revenue = np.array([90_000.0, 4000.0, 200.0])[group] * rng.lognormal(0, 0.1, 150)
    frame = pd.DataFrame({"account_id": [f"K{i:03d}" for i in range(150)], "as_of": AS_OF, "revenue_12m": revenue})
    return frame.assign(
        revenue_prev_12m=revenue, margin_12m=revenue / 3, days_since_last=days, tenure_days=2000, history_days=2500,
        frequency_12m=np.array([30, 8, 1])[group], first_date=AS_OF - pd.Timedelta(days=2000),
        last_date=AS_OF - pd.to_timedelta(days, unit="D"),
    )  # fmt: skip


class OneRun:
    """What the explorer needs of a run."""

    quarter, as_of = Quarter.parse("2026Q3"), AS_OF.date()

    def __init__(self, settings):
        self.settings = settings
        panel = features()
        held = np.array(["S1", "S3", "S7"])[np.arange(150) % 3]
        names = {"S1": "Spitze", "S3": "Kern", "S7": "Klein"}
        register = [(s, n, n, c) for (s, n), c in zip(names.items(), ("#0B4F9C", "#16794C", "#C2410C"), strict=True)]
        self.tables = {
            "account_features": panel,
            "accounts": panel[["account_id"]].assign(name=[EVIL, *(f"Firma {i}" for i in range(149))]),
            "segments": panel[["account_id"]].assign(segment_id=held, is_manual=False),
            "segment_register": pd.DataFrame(register, columns=["segment_id", "name_de", "name_en", "colour"]),
            "models/value": {"method": "grid", "rules": {}},
        }

    def read(self, name, columns=None, is_optional=False, segmentation=""):
        found = self.tables.get(name)
        return found if columns is None or found is None else found[columns]


@pytest.fixture
def widget(tmp_path, monkeypatch):
    text = "name: x\nlanguage: de\nsources: {invoices: {files: a.csv}}\n"
    (tmp_path / "project.yml").write_text(text, encoding="utf-8")
    run = OneRun(read_settings(tmp_path / "project.yml"))
    monkeypatch.setattr(explorer, "open_run", lambda *_: run)
    monkeypatch.setattr(explorer, "_complete_run", lambda *_: run)
    monkeypatch.setattr(material, "_measure", lambda *_: pd.DataFrame(index=run.tables["accounts"]["account_id"]))
    made = explorer.Explorer(str(tmp_path))
    made.trying.worker, made.folder, made.sent = Worker(is_threaded=False), tmp_path, []
    made.send = made.keeper._send = made.trying._send = lambda content, buffers=None: made.sent.append(content)
    return made


def ask(widget, kind: str, **more) -> dict[str, dict]:
    """The last message of each kind that comes back; all of them are plain."""
    widget.sent.clear()
    widget.answer({"kind": kind, **more})
    assert json.dumps(widget.sent)
    return {message["kind"]: message for message in widget.sent}


def test_it_opens_with_what_is_in_force(widget):
    told = ask(widget, "open")
    assert told["shown"]["is_force"] and [row["name"] for row in told["shown"]["sizes"]] == ["Spitze", "Kern", "Klein"]
    assert set(told["frame"]["labels"]) == {k[14:] for k in templates("de") if k.startswith("explore.label_")}
    state = json.dumps({k: str(v) for k, v in widget.get_state().items() if k not in ("_esm", "_css")})
    assert "K001" not in state and "onerror" not in state


def test_both_languages_say_the_same_things():
    keys = [{key for key in templates(language) if key.startswith("explore.")} for language in LANGUAGES]
    assert keys[0] == keys[1]


def test_a_wish_is_shown_compared_and_undone(widget):
    told = ask(widget, "try", wish=KMEANS)
    assert told["shown"]["number"] == 1 and told["shown"]["can_undo"] and len(told["shown"]["sizes"]) == 3
    assert "0 " not in told["beside"]["words"][:2] and told["beside"]["left"]["number"] == 0
    assert ask(widget, "try", wish=KMEANS | {"n_segments": 4})["shown"]["number"] == 2
    assert ask(widget, "beside", left=1)["beside"]["right"]["number"] == 2
    assert ask(widget, "undo")["shown"]["wish"]["n_segments"] == 3
    assert ask(widget, "redo")["shown"]["wish"]["n_segments"] == 4
    ask(widget, "undo"), ask(widget, "undo")
    assert ask(widget, "undo")["shown"]["is_force"]


def test_a_mistake_is_one_sentence_and_what_was_shown_stays(widget):
    ask(widget, "try", wish=KMEANS)
    told = ask(widget, "try", wish=KMEANS | {"criteria": {}})
    assert list(told) == ["told"] and told["told"]["text"] == "Bitte mindestens ein Kriterium ankreuzen."
    ask(widget, "language", to="en")
    assert ask(widget, "try", wish=KMEANS | {"criteria": {}})["told"]["text"] == "Please tick at least one criterion."


def test_a_long_one_is_asked_for_first(widget):
    widget.session.clock.speed = 50.0
    long = KMEANS | {"method": "kmedoids"}
    widget.session.estimate = lambda _: 90.0
    told = ask(widget, "try", wish=long)
    assert list(told) == ["ask"] and "90" in told["ask"]["text"]
    told = ask(widget, "try", wish=long, is_sure=True)
    assert "90" in told["busy"]["words"] and told["shown"]["number"] == 1


@pytest.fixture
def slow(widget, monkeypatch):
    """A machine so slow that a sample is asked first."""
    for module in (session, trial):
        monkeypatch.setattr(module, "FIRST_ROWS", 60)
    widget.session.estimate = lambda _: 3.0
    return widget


def test_a_first_answer_stands_there_until_the_full_one(slow):
    ask(slow, "try", wish=KMEANS)
    shown = [message for message in slow.sent if message["kind"] == "shown"]
    assert [(m["is_first"], m["is_partial"], m["number"]) for m in shown] == [
        (True, True, 1), (False, True, 1), (False, False, 1)]  # fmt: skip
    assert "60 der 150" in shown[0]["notes"][0] and "erste Antwort" in shown[0]["label"]
    words = [message["words"] for message in slow.sent if message["kind"] == "busy"]
    assert "3\N{NO-BREAK SPACE}Sekunden" in words[0] and any("60 von 150" in text for text in words)
    assert not ask(slow, "try", wish=KMEANS | {"n_segments": 4})["shown"]["is_first"]


def test_a_first_answer_is_not_kept_and_can_be_worked_out(slow):
    slow.session.estimate = lambda _: 90.0
    told = ask(slow, "try", wish=KMEANS)
    assert told["shown"]["is_first"] and not told["shown"]["is_partial"] and "Rechnen?" in told["ask"]["text"]
    assert told["beside"]["cells"] and "erste Antwort" in ask(slow, "keep", name="x")["told"]["text"]
    assert not (slow.folder / "scenarios").exists()
    ask(slow, "cancel")
    kinds = [message["kind"] for message in slow.sent]
    assert kinds.index("told") < kinds.index("shown")  # what is told wipes the offer to work it out
    told = ask(slow, "try", wish=told["shown"]["wish"], is_sure=True)
    assert not told["shown"]["is_first"] and told["shown"]["number"] == 1
    assert ask(slow, "keep", name="x")["told"]["level"] == "good" and ask(slow, "undo")["shown"]["is_force"]


def test_persons_and_combined_ones_are_told_not_tried(widget):
    entries = {"needs": PersonSegmentation(unit="person", name="Bedarf"), "value": AccountSegmentation()}
    told = session.say_elsewhere(entries, "de")
    assert len(told) == 1 and told[0].startswith("Bedarf: teilt Personen ein")
    assert ask(widget, "open")["frame"]["elsewhere"] == []


def test_a_failure_is_told(widget, monkeypatch):
    def broken(*_):
        raise ValueError("singular")
        yield

    monkeypatch.setattr(widget.session, "steps", broken)
    assert "singular" in ask(widget, "try", wish=KMEANS)["told"]["text"]


def test_a_newer_wish_ends_the_older():
    worker, heard = Worker(), []

    def slow(name, n):
        for _ in range(n):
            time.sleep(0.01)
            yield name
        return name

    worker.start(slow("old", 500), lambda _: None, heard.append, heard.append)
    old = worker._thread
    worker.start(slow("new", 2), lambda _: None, heard.append, heard.append)
    worker.wait(5)
    old.join(5)
    worker.start(slow("cancelled", 500), lambda _: None, heard.append, heard.append)
    worker.cancel()
    worker.wait(5)
    assert heard == ["new"] and not old.is_alive()


@pytest.mark.parametrize("message", [
    None, "open", {}, {"kind": ["try"]}, {"kind": "drop"}, {"kind": "segmentation", "to": "x"},
    {"kind": "language", "to": "fr"},
    {"kind": "try"}, {"kind": "try", "wish": "x"}, {"kind": "beside", "left": "1"}, {"kind": "lasso", "line": "x"},
    {"kind": "stop"}, {"kind": "move", "accounts": "K001", "segment": "S1", "author": "E", "reason": "r"},
    {"kind": "run", "name": "../x"},
    {"kind": "move", "accounts": ["K001"], "segment": "XX", "author": "E", "reason": "r"},
    {"kind": "adopt", "name": None},
    {"kind": "rename", "segment": "XX"}, {"kind": "keep", "name": ["x"]}, {"kind": "search", "segment": ["S1"]},
])  # fmt: skip
def test_what_it_does_not_know_it_does_not_do(widget, message):
    widget.answer(message)
    assert not (widget.folder / "decisions").exists() and not (widget.folder / "scenarios").exists()


def test_accounts_are_picked_and_moved_by_decision(widget):
    ask(widget, "open")
    points = ask(widget, "points", x="days_since_last", y="revenue_12m")["points"]
    assert points["x"]["id"] == "days_since_last" and "150" in points["words"]
    all_of_them = [[-0.1, -0.1], [1.1, -0.1], [1.1, 1.1], [-0.1, 1.1]]
    assert ask(widget, "lasso", line=all_of_them)["picked"]["n"] == 150
    assert ask(widget, "lasso", line=all_of_them, hidden=["S1"])["picked"]["n"] == 100
    found = ask(widget, "search", text="onerror")["picked"]
    assert found["n"] == 1 and found["accounts"][0]["name"] == EVIL  # text, for the browser to show as such
    move = {"accounts": ["K000", "nobody"], "segment": "S3", "author": " Erika\nMuster ", "reason": "new plant"}
    assert ask(widget, "move", **move | {"author": " "})["told"]["level"] == "warn"
    assert ask(widget, "move", **move | {"reason": ""})["told"]["level"] == "warn"
    assert ask(widget, "move", **move)["told"]["level"] == "good"
    rows = read_decisions(widget.folder / "decisions" / "moves.csv", "moves")
    assert rows[["account_id", "segment_id", "author", "quarter"]].values.tolist() == [
        ["K000", "S3", "Erika Muster", "2026Q3"]
    ]


def test_names_and_notes(widget):
    given = {"segment": "S1", "name_de": "Beste", "name_en": "Best", "note": "call in January", "author": "E. Muster"}
    assert ask(widget, "rename", **given)["told"]["level"] == "good"
    decisions = widget.folder / "decisions"
    assert read_decisions(decisions / "names.csv", "names")[["name_de", "name_en"]].values.tolist() == [
        ["Beste", "Best"]
    ]
    assert read_decisions(decisions / "notes.csv", "notes")["note"].tolist() == ["call in January"]
    assert ask(widget, "rename", **given)["told"]["text"] == "Name und Notiz sind unverändert."
    assert "schon" in ask(widget, "rename", **given | {"segment": "S3"})["told"]["text"]
    assert "Namen für das Segment" in ask(widget, "rename", **given | {"name_de": "", "name_en": ""})["told"]["text"]
    assert ask(widget, "open")["frame"]["decided"][0]["note"] == "call in January"


def test_a_scenario_is_kept_with_what_differs(widget):
    assert "ausprobieren" in ask(widget, "keep", name="three")["told"]["text"]
    ask(widget, "try", wish=KMEANS)
    told = ask(widget, "keep", name="drei Größen")["told"]
    assert told["suggested"] == "drei_Groessen" and not (widget.folder / "scenarios").exists()
    assert ask(widget, "keep", name="three")["scenarios"]["scenarios"] == [{"name": "three", "is_run": False}]
    path = widget.folder / "scenarios" / "three" / "project.yml"
    held = yaml.safe_load(path.read_text("utf-8"))["segmentations"]["value"]
    assert held == {"method": "kmeans", "criteria": {"revenue_12m": 1.0, "days_since_last": 1.0}, "n_segments": 3}
    assert read_settings(widget.folder / "project.yml", path).segmentations.value.n_segments == 3
    assert ask(widget, "keep", name="THREE")["told"]["level"] == "warn"
    assert ask(widget, "keep", name="three", may_replace=True)["told"]["level"] == "good"
    assert "noch nicht gerechnet" in ask(widget, "adopt", name="three", author="E", note="n")["told"]["text"]


def test_a_run_tells_how_far_it_is_and_what_went_wrong(widget, monkeypatch):
    begun = []

    def command(arguments, on_line, on_end):
        begun.append(arguments)
        on_line("2026Q3  01_data_cleansing         1.0 s    100 MB")
        on_end(2, "project.yml: something is wrong.")
        return SimpleNamespace(is_running=False, stop=lambda: None)

    monkeypatch.setattr("segkit.widgets.explorer.keeper.Command", command)
    ask(widget, "try", wish=KMEANS), ask(widget, "keep", name="three")
    told = ask(widget, "run", name="three")
    assert begun[0][0] == "run" and begun[0][-2:] == ["--scenario", "three"]
    assert "something is wrong" in told["told"]["text"] and told["running"]["share"] is None
    assert told["told"]["is_end"]  # stays on its tab, also where somebody looks at another one meanwhile


def test_what_a_scenario_moves_is_told_of_the_segmentation_that_it_changes(widget, monkeypatch):
    ask(widget, "try", wish=KMEANS), ask(widget, "keep", name="three")
    read = []
    monkeypatch.setattr("segkit.widgets.explorer.keeper.read_material", lambda _, name: read.append(name))
    assert widget.keeper._material_of("three") is widget.session.material and not read
    widget.session.material = replace(widget.session.material, segmentation_id="service")
    widget.keeper._material_of("three")
    assert read == ["value"]


@pytest.mark.parametrize(("refusal", "said"), [
    ("The official run of 2026Q3 is stale, because this has changed since: decisions:moves, settings:kpis,\n"
     "settings:value. Renew it with `x`", "Verschiebungen von Kunden, Einstellungen. Bitte zuerst den Lauf erneuern"),
    ("The run of scenario three of 2026Q3 is stale, because this has changed since: sources. Renew it",
     "Daten. Bitte das Szenario noch einmal rechnen"),
    ("Another run of this project is going on.", "Another run"),
])  # fmt: skip
def test_an_adoption_says_in_words_what_runs_first(widget, monkeypatch, refusal, said):
    def command(arguments, on_line, on_end):
        on_end(2, refusal)
        return SimpleNamespace(is_running=False)

    ask(widget, "try", wish=KMEANS), ask(widget, "keep", name="three")
    run = widget.folder / "scenarios" / "three" / "runs" / "2026Q3"
    run.mkdir(parents=True)
    (run / "manifest.json").write_text("{}", encoding="utf-8")
    monkeypatch.setattr("segkit.widgets.explorer.keeper.Command", command)
    told = ask(widget, "adopt", name="three", author="E", note="n")
    assert said in told["told"]["text"] and not told["scenarios"]["is_adopted"]
    assert told["scenarios"]["is_stale"] == refusal.startswith("The official")
    assert "is stale, because this has changed since: " in inspect.getsource(adoption)


def test_a_command_is_heard_and_can_be_ended(monkeypatch):
    lines, ends = [], []
    monkeypatch.setenv("SEGKIT_LIFE", "lab")
    command = Command(["check", "/nowhere"], lines.append, lambda code, errors: ends.append((code, errors)))
    command.wait(60)
    assert ends[0][0] == 2 and "nowhere" in ends[0][1] and not command.is_running
    command.stop()


def test_settings_that_name_chosen_criteria_are_no_change(widget):
    assert isinstance(widget.session.official_settings, AccountSegmentation)
    assert widget.session.official_settings.method == "grid"
