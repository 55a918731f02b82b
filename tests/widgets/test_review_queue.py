"""What waits, in which order, and what a decision leaves in the file."""

from __future__ import annotations

import pandas as pd
import pytest

from segkit.decisions import append_decision, read_decisions
from segkit.quarters import Quarter
from segkit.widgets.review_queue import (
    ReviewQueue,
    compare,
    progress,
    show_pair,
    show_value,
    waiting_pairs,
    waiting_values,
)

QUARTER = Quarter.parse("2026Q3")
PAIRS = pd.DataFrame(
    [
        ("K1", "K2", "Klein", "Kleyn", 0.9, "review", 5.0),
        ("K4", "K3", "Groß", "Gross", 0.7, "review", 900.0),
        ("K5", "K6", "Mitte", "Mite", 0.6, "review", 50.0),
        ("K7", "K8", "Fertig", "Fertig", 1.0, "merged", 9999.0),
    ],
    columns=["account_id_a", "account_id_b", "name_a", "name_b", "probability", "status", "revenue"],
).assign(system_a="SAP", system_b="CRM", evidence="name +8.0; phone -2.0")
VALUES = pd.DataFrame(
    [
        ("accounts", "a.csv", "K1", "vat_id", "DE1", "DE2", "doubt", "doubt", "open", 7.0),
        ("accounts", "a.csv", "K2", "name", "Test", None, "doubt", "doubt", "refused", 8.0),
    ],
    columns=["table", "source", "record_id", "column", "old_value", "proposed_value", "rule", "reason", "status",
             "revenue"],
)  # fmt: skip


@pytest.fixture
def queue(tmp_path):
    return ReviewQueue("duplicates", waiting_pairs(PAIRS), tmp_path, QUARTER)


def ids(queue: ReviewQueue) -> str | None:
    return queue.current and queue.current["account_id_a"]


def held(folder, kind="duplicates") -> list[tuple]:
    frame = read_decisions(folder / f"{kind}.csv", kind, QUARTER)
    return list(zip(frame.iloc[:, 0], frame.iloc[:, 1], frame["choice"], frame["author"], strict=True))


def test_most_money_first_and_each_answer_is_a_row(queue, tmp_path):
    assert (ids(queue), queue.n_all, queue.money_all) == ("K4", 3, 955.0)
    queue.decide("different", "Erika", "other town")
    assert ids(queue) == "K5" and held(tmp_path) == [("K3", "K4", "different", "Erika")]
    row = read_decisions(tmp_path / "duplicates.csv", "duplicates").iloc[0]
    assert (row["quarter"], row["reason"]) == ("2026Q3", "other town") and len(row["date"]) == 10


@pytest.mark.parametrize(("choice", "author"), [("accept", "Erika"), ("", "Erika"), ("same", "")])
def test_an_unknown_choice_or_nobody_decides_nothing(queue, tmp_path, choice, author):
    queue.decide(choice, author)
    assert ids(queue) == "K4" and not (tmp_path / "duplicates.csv").exists()


def test_later_comes_again_at_the_end(queue):
    queue.later()
    assert ids(queue) == "K5" and queue.n_done == 0
    for _ in range(2):
        queue.decide("same", "Erika")
    assert ids(queue) == "K4"


def test_undo_takes_the_last_answer_back_and_only_answers_of_this_sitting(queue, tmp_path):
    queue.decide("same", "Erika")
    queue.decide("same", "Erika")
    queue.undo("Erika")
    assert ids(queue) == "K5" and [row[2] for row in held(tmp_path)] == ["same"]
    queue.undo("Erika")
    queue.undo("Erika")
    assert ids(queue) == "K4" and held(tmp_path) == []
    assert len((tmp_path / "duplicates.csv").read_text("utf-8-sig").splitlines()) == 1 + 4, "nothing is taken out"


def test_what_is_decided_in_any_order_does_not_come_again(tmp_path):
    row = {"account_id_a": "K3", "account_id_b": "K4", "choice": "same", "quarter": "", "author": "E", "date": "",
           "reason": ""}  # fmt: skip
    append_decision(tmp_path / "duplicates.csv", "duplicates", row)
    queue = ReviewQueue("duplicates", waiting_pairs(PAIRS), tmp_path, QUARTER)
    assert (ids(queue), queue.n_all) == ("K5", 2)


def test_doubtful_values_are_accepted_or_refused(tmp_path):
    queue = ReviewQueue("repairs", waiting_values(VALUES), tmp_path, QUARTER)
    queue.decide("refuse", "Erika", "as in the register")
    row = read_decisions(tmp_path / "repairs.csv", "repairs").iloc[0]
    assert (row["table"], row["record_id"], row["column"], row["choice"], row["value"]) == (
        "accounts", "K1", "vat_id", "refuse", "")  # fmt: skip
    assert queue.current is None and queue.n_all == 1


def test_side_by_side_with_what_differs(queue):
    records = {"K4": {"city": "Köln", "phone": None, "employees": 12.0}, "K3": {"city": "KÖLN", "phone": "<b>1</b>"}}
    shown = show_pair(queue.current, records, "de", "EUR")
    assert [head["id"] for head in shown["heads"]] == ["K4", "K3"]
    assert [(row["field"], row["state"]) for row in shown["rows"]] == [
        ("Name", "equal"), ("Ort", "equal"), ("Telefon", "one_sided"), ("Mitarbeiter", "one_sided")]  # fmt: skip
    assert shown["rows"][2]["sides"] == [[], [("<b>1</b>", False)]], "text stays text"
    assert [(bar["name"], bar["text"], bar["share"]) for bar in shown["bars"]] == [
        ("Name", "+8,0", 1.0), ("Telefon", "−2,0", -0.25)]  # fmt: skip


def test_a_doubtful_value_shows_what_would_stand_there():
    shown = show_value(VALUES.iloc[1].to_dict(), {"K2": "Test GmbH"}, "en", "EUR")
    assert shown["heads"][0]["name"] == "Test GmbH" and shown["rows"][0]["sides"] == [[("Test", False)], []]


@pytest.mark.parametrize(
    ("one", "other", "state"),
    [("Müller", "MÜLLER", "equal"), ("Müller", "Mueller", "alike"), ("Straße", "Strasse", "equal"),
     ("Aachen", "Berlin", "different"), ("", "x", "one_sided")],
)  # fmt: skip
def test_states(one, other, state):
    assert compare(one, other)[0] == state


def test_parts_put_together_are_the_value():
    _, left, right = compare("Großhandel Weiß GmbH", "Grosshandel Weiss mbH")
    assert "".join(piece for piece, _ in left) == "Großhandel Weiß GmbH"
    assert "".join(piece for piece, _ in right) == "Grosshandel Weiss mbH"


def test_words_that_differ_are_marked_whole():
    _, left, right = compare("Quadwald Chemie GmbH", "Quadwald Lacke GmbH")
    assert [[piece for piece, differs in side if differs] for side in (left, right)] == [["Chemie"], ["Lacke"]]


def test_progress_in_words(queue):
    queue.decide("same", "Erika")
    shown = progress(queue, "de", "EUR")
    assert shown["words"].replace("\xa0", " ") == "1 von 3 entschieden, 900 € von 955 € Umsatz"
    assert shown["can_undo"] and shown["share"] == pytest.approx(1 / 3)
