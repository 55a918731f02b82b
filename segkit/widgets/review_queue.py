"""What waits for a decision, in order, and what was decided: the review widget without its looks."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segkit import display, texts
from segkit.cleansing import duplicate_findings, repair_findings
from segkit.cleansing.fields import field_name, read_evidence, signed
from segkit.decisions import KEYS, append_decision, read_decisions

if TYPE_CHECKING:
    import pandas as pd

    from segkit.quarters import Quarter

CHOICES = {"duplicates": ("same", "different"), "repairs": ("accept", "refuse")}
SHOWN = ("name", *duplicate_findings.COMPARED)
ALIKE = 0.6  # share of equal letters from which two values are one value written differently
Part = tuple[str, bool]
"""A piece of a value, and whether the other side has something else there."""


class ReviewQueue:
    """Pairs or doubtful values that wait, the most money first; each decision is a row of decisions/<kind>.csv.

    Parameters
    ----------
    kind : str
        ``duplicates`` or ``repairs``.
    waiting : DataFrame
        Rows of the table duplicates (status review) or proposals (status open), in the order of deciding.
    folder : Path
        Folder of the decisions.
    quarter : Quarter
        From this one on a decision holds. What is decided already in it does not come again.
    """

    def __init__(self, kind: str, waiting: pd.DataFrame, folder: Path, quarter: Quarter):
        self.kind = kind
        self._path, self._quarter = folder / f"{kind}.csv", quarter
        decided = {self._key(row) for row in read_decisions(self._path, kind, quarter).to_dict("records")}
        self._rows = [row for row in waiting.to_dict("records") if self._key(row) not in decided]
        self._done: list[dict[str, Any]] = []
        self.n_all = len(self._rows)
        self.money_all = sum(_money(row) for row in self._rows)

    def _key(self, row: dict[str, Any]) -> tuple[str, ...]:
        ids = tuple(str(row[name]) for name in KEYS[self.kind])
        return tuple(sorted(ids)) if self.kind == "duplicates" else ids

    @property
    def current(self) -> dict[str, Any] | None:
        """The row to decide now, or None when nothing waits."""
        return self._rows[0] if self._rows else None

    @property
    def n_done(self) -> int:
        """How many were decided here."""
        return len(self._done)

    @property
    def money_done(self) -> float:
        """Revenue behind what was decided here."""
        return sum(_money(row) for row in self._done)

    def decide(self, choice: str, author: str, reason: str = "") -> None:
        """Keep a decision on the current row; an unknown choice, or one without a name, is none."""
        row = self.current
        if row is None or choice not in CHOICES[self.kind] or not author:
            return
        self._append(row, choice, author, reason)
        self._done.append(self._rows.pop(0))

    def later(self) -> None:
        """Put the current row at the end."""
        self._rows = [*self._rows[1:], *self._rows[:1]]

    def undo(self, author: str) -> None:
        """Take back the last decision made here: a row with an empty choice is added, and its pair comes again."""
        if not self._done or not author:
            return
        row = self._done.pop()
        self._append(row, "", author, "")
        self._rows.insert(0, row)

    def _append(self, row: dict[str, Any], choice: str, author: str, reason: str) -> None:
        value = {"value": ""} if self.kind == "repairs" else {}
        keys = {name: str(row[name]) for name in KEYS[self.kind]}
        signed_ = {"author": author, "date": dt.date.today().isoformat(), "reason": reason}
        append_decision(
            self._path, self.kind, {**keys, "choice": choice, **value, "quarter": self._quarter.label, **signed_}
        )


def _money(row: dict[str, Any]) -> float:
    value = row.get("revenue")
    return float(value) if value is not None and value == value else 0.0


def waiting_pairs(duplicates: pd.DataFrame) -> pd.DataFrame:
    """Return pairs that wait for a decision, the most money first, then the most doubtful."""
    return duplicate_findings.by_money(duplicates[duplicates["status"] == "review"])


def waiting_values(proposals: pd.DataFrame) -> pd.DataFrame:
    """Return doubtful values that wait for a decision, the most money first."""
    return repair_findings.by_money(proposals[proposals["status"] == "open"])


def show_pair(row: dict[str, Any], records: dict[str, dict[str, Any]], language: str, currency: str) -> dict[str, Any]:
    """Return a pair as text: both records side by side with what differs, and what speaks for and against.

    Parameters
    ----------
    row : dict
        A row of the table duplicates.
    records : dict
        Id → its values, as far as they are known.
    language, currency : str
        As everywhere.
    """
    sides = [{**records.get(str(row[f"account_id_{side}"]), {}), "name": row[f"name_{side}"]} for side in "ab"]
    heads = [
        {"id": _text(row[f"account_id_{side}"]), "system": _text(row[f"system_{side}"]),
         "name": _text(row[f"name_{side}"])} for side in "ab"
    ]  # fmt: skip
    rows = []
    for column in SHOWN:
        one, other = (_text(side.get(column)) for side in sides)
        if one or other:
            state, *parts = compare(one, other)
            rows.append({"field": field_name(column, language), "state": state, "sides": parts})
    evidence = read_evidence(row.get("evidence"))
    most = max((abs(part.weight) for part in evidence), default=1.0) or 1.0
    bars = [
        {"name": field_name(part.name, language), "text": signed(part.weight, language),
         "share": round(part.weight / most, 3)} for part in evidence
    ]  # fmt: skip
    return {
        "kind": "duplicates",
        "heads": heads,
        "rows": rows,
        "bars": bars,
        "probability": display.show_cell(row["probability"], "percent", language),
        "revenue": display.show_cell(row.get("revenue"), "money", language, currency),
    }


def show_value(row: dict[str, Any], names: dict[str, str], language: str, currency: str) -> dict[str, Any]:
    """Return a doubtful value as text: what stands there, what would take its place, and why.

    Parameters
    ----------
    row : dict
        A row of the table proposals.
    names : dict
        Id of a record → its name.
    language, currency : str
        As everywhere.
    """
    old, new = _text(row["old_value"]), _text(row["proposed_value"])
    state, *sides = compare(old, new)
    return {
        "kind": "repairs",
        "heads": [{"id": _text(row["record_id"]), "system": _text(row["source"]),
                   "name": _text(names.get(str(row["record_id"])))}],
        "rows": [{"field": field_name(row["column"], language), "state": state, "sides": sides}],
        "why": repair_findings.reason_words(row, language),
        "revenue": display.show_cell(row.get("revenue"), "money", language, currency),
    }  # fmt: skip


def compare(one: str, other: str) -> tuple[str, list[Part], list[Part]]:
    """Return equal, alike, different or one_sided, and both values cut where they differ.

    Words are set against each other first, then the letters of words that are alike.

    Examples
    --------
    "Müller" and "Mueller" are alike: M·ü·ller and M·ue·ller.
    """
    if not one or not other:
        return "one_sided", [(one, False)] if one else [], [(other, False)] if other else []
    if one.casefold() == other.casefold():
        return "equal", [(one, False)], [(other, False)]
    if _likeness(one, other) < ALIKE:
        return "different", [(one, True)], [(other, True)]
    return "alike", *_cut(re.findall(r"\s+|\S+", one), re.findall(r"\s+|\S+", other), is_words=True)


def _likeness(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one.casefold(), other.casefold(), autojunk=False).ratio()


def _cut(one: list[str], other: list[str], is_words: bool = False) -> tuple[list[Part], list[Part]]:
    """Both lists of words or letters as pieces that agree or differ."""
    sides: tuple[list[Part], list[Part]] = ([], [])
    left, right = ([piece.casefold() for piece in pieces] for pieces in (one, other))
    for tag, a, b, c, d in difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        blocks = "".join(one[a:b]), "".join(other[c:d])
        if is_words and tag == "replace" and _likeness(*blocks) >= ALIKE:
            for parts, more in zip(sides, _cut(list(blocks[0]), list(blocks[1])), strict=True):
                parts.extend(more)
            continue
        for parts, block in zip(sides, blocks, strict=True):
            if block:
                parts.append((block, tag != "equal"))
    return sides


def _text(value: object) -> str:
    if value is None or value != value or str(value) in ("<NA>", "NaT"):
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def progress(queue: ReviewQueue, language: str, currency: str) -> dict[str, Any]:
    """Return how far a queue is, as a share and in words."""
    done, money = queue.n_done, display.compact_money(queue.money_done, language, currency)
    of_money = display.compact_money(queue.money_all, language, currency)
    words = texts.say("review.progress", language, n_done=done, n_all=queue.n_all, money=money, of_money=of_money)
    return {"share": done / queue.n_all if queue.n_all else 1.0, "words": words, "can_undo": done > 0}
