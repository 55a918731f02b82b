"""The widget answers messages of a browser that may say anything."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from segkit.decisions import read_decisions
from segkit.quarters import Quarter
from segkit.tables import TABLES
from segkit.widgets import duplicate_review


def table(name: str, *rows: dict) -> pd.DataFrame:
    return pd.DataFrame(
        [{c: row.get(c) for c in TABLES[name].columns} for row in rows], columns=list(TABLES[name].columns)
    )


PAIR = {"account_id_a": "K1", "account_id_b": "K2", "name_a": "<img src=x onerror=alert(1)>", "name_b": "=1+1",
        "probability": 0.8, "status": "review", "evidence": "name +3.0", "revenue": 10.0}  # fmt: skip
VALUE = {"table": "accounts", "record_id": "K1", "column": "vat_id", "old_value": "1", "proposed_value": "2",
         "rule": "doubt", "reason": "doubt", "status": "open", "source": "a.csv", "revenue": 1.0}  # fmt: skip
TABLES_READ = {
    "duplicates": table("duplicates", PAIR, {**PAIR, "account_id_b": "K3", "revenue": 5.0}),
    "proposals": table("proposals", VALUE),
    "account_links": table("account_links"),
    "accounts": table("accounts", {"account_id": "K1", "city": "Köln"}, {"account_id": "K9", "city": "Bonn"}),
}


class OneRun:
    """What the widget needs of a run."""

    quarter = Quarter.parse("2026Q3")

    class settings:
        language = "de"
        currency = "EUR"
        unit = "company"

    def read(self, name: str, is_optional: bool = False) -> pd.DataFrame | None:
        return TABLES_READ.get(name)


@pytest.fixture
def widget(tmp_path, monkeypatch):
    (tmp_path / "project.yml").write_text("name: x\nsources: {invoices: {files: a.csv}}\n", encoding="utf-8")
    monkeypatch.setattr(duplicate_review, "open_run", lambda *_: OneRun())
    made = duplicate_review.DuplicateReview(str(tmp_path))
    made.sent = []
    made.send = made.sent.append
    made.folder = tmp_path / "decisions"
    return made


def test_the_first_message_brings_words_and_the_first_question(widget):
    widget.answer({"kind": "open"})
    (view,) = widget.sent
    assert set(view["labels"]) == set(duplicate_review.LABELS) and view["left"] == {"duplicates": 2, "repairs": 1}
    assert view["item"]["heads"][1]["id"] == "K2" and json.dumps(view)


def test_answers_become_signed_rows(widget):
    widget.answer({"kind": "decide", "choice": "same", "author": " Erika\n Muster ", "reason": "r"})
    widget.answer({"kind": "switch", "to": "repairs"})
    widget.answer({"kind": "decide", "choice": "accept", "author": "Erika", "reason": ""})
    pairs = read_decisions(widget.folder / "duplicates.csv", "duplicates")
    assert pairs[["account_id_a", "account_id_b", "choice", "author"]].values.tolist() == [
        ["K1", "K2", "same", "Erika Muster"]]  # fmt: skip
    assert read_decisions(widget.folder / "repairs.csv", "repairs")["choice"].tolist() == ["accept"]
    assert widget.sent[-1]["item"] is None and widget.sent[-1]["left"] == {"duplicates": 1, "repairs": 0}


def test_undo_and_later(widget):
    widget.answer({"kind": "decide", "choice": "same", "author": "E"})
    widget.answer({"kind": "undo", "author": "E"})
    assert widget.sent[-1]["item"]["heads"][1]["id"] == "K2"
    widget.answer({"kind": "later"})
    assert widget.sent[-1]["item"]["heads"][1]["id"] == "K3"
    assert read_decisions(widget.folder / "duplicates.csv", "duplicates").empty


@pytest.mark.parametrize("message", [
    None, "open", {}, {"kind": ["open"]}, {"kind": "drop"}, {"kind": "switch", "to": "moves"},
    {"kind": "decide", "choice": ["same"], "author": "E"}, {"kind": "decide", "choice": "same", "author": None},
])  # fmt: skip
def test_what_it_does_not_know_it_does_not_do(widget, message):
    widget.answer(message)
    assert not widget.folder.exists() and widget.kind == "duplicates"


def test_nothing_of_the_data_is_synced(widget):
    state = json.dumps({key: str(value) for key, value in widget.get_state().items() if key not in ("_esm", "_css")})
    assert "onerror" not in state and "K1" not in state
