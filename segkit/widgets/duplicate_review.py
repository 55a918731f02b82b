"""Reviewing pairs that may be one customer, and doubtful values: one question at a time, answered by key or button."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget

from segkit import texts
from segkit.cleansing.duplicate_findings import known_records
from segkit.project import Project
from segkit.run import PROJECT, open_run
from segkit.widgets.review_queue import (
    SHOWN,
    ReviewQueue,
    progress,
    show_pair,
    show_value,
    waiting_pairs,
    waiting_values,
)

if TYPE_CHECKING:
    import pandas as pd

    from segkit.run import Run

HERE = Path(__file__).parent
KINDS = ("duplicates", "repairs")
LABELS = """title duplicates repairs author author_hint note note_hint same different accept refuse later undo
    keys_pairs keys_values needs_author done_all nothing field stands_there would_be empty evidence for_same against
    probability revenue_pair revenue_value why""".split()
LONGEST = 300  # characters of a name or note


class DuplicateReview(anywidget.AnyWidget):
    """One pair or doubtful value at a time, the most money first; answers go to decisions/ with name and date.

    Nothing of the data is a synced trait: each message of the browser is checked and answered with the next question.

    Parameters
    ----------
    project, quarter, scenario : str
        As in the notebook's parameters.
    """

    _esm = HERE / "duplicate_review.js"
    _css = HERE / "duplicate_review.css"

    def __init__(self, project: str = "", quarter: str = "", scenario: str = ""):
        super().__init__()
        run = open_run(project, quarter, scenario)
        self._language, self._currency = run.settings.language, run.settings.currency
        folder = Project(project or os.environ.get(PROJECT, "")).decisions
        pairs, values = waiting_pairs(run.read("duplicates")), waiting_values(run.read("proposals"))
        self.queues = {
            "duplicates": ReviewQueue("duplicates", pairs, folder, run.quarter),
            "repairs": ReviewQueue("repairs", values, folder, run.quarter),
        }
        self._records = _records(run, {*pairs["account_id_a"], *pairs["account_id_b"], *values["record_id"]})
        self.kind = "duplicates" if self.queues["duplicates"].n_all or not self.queues["repairs"].n_all else "repairs"
        self.on_msg(lambda _widget, content, _buffers: self.answer(content))

    def answer(self, message: Any) -> None:
        """Answer one message of the browser; what it does not know, it ignores."""
        if not isinstance(message, dict):
            return
        asked, queue = message.get("kind"), self.queues[self.kind]
        author, reason = _line(message.get("author")), _line(message.get("reason"))
        if asked == "decide":
            queue.decide(str(message.get("choice")), author, reason)
        elif asked == "later":
            queue.later()
        elif asked == "undo":
            queue.undo(author)
        elif asked == "switch" and message.get("to") in KINDS:
            self.kind = message["to"]
        elif asked != "open":
            return
        self.send(self.view(has_labels=asked == "open"))

    def view(self, has_labels: bool = False) -> dict[str, Any]:
        """Return what the browser shows: the question, how far both queues are, and at first the words."""
        queue, language = self.queues[self.kind], self._language
        shown: dict[str, Any] = {
            "kind": "question",
            "queue": self.kind,
            "item": self._item(queue),
            "progress": progress(queue, language, self._currency),
            "left": {name: each.n_all - each.n_done for name, each in self.queues.items()},
        }
        if has_labels:
            shown["labels"] = {name: texts.say(f"review.{name}", language) for name in LABELS}
        return shown

    def _item(self, queue: ReviewQueue) -> Mapping[str, Any] | None:
        row = queue.current
        if row is None:
            return None
        if queue.kind == "duplicates":
            return show_pair(row, self._records, self._language, self._currency)
        names = {key: str(record.get("name") or "") for key, record in self._records.items()}
        return show_value(row, names, self._language, self._currency)


def _line(value: object) -> str:
    """One line of typed text."""
    return re.sub(r"[\x00-\x1f\x7f\s]+", " ", str(value or ""))[:LONGEST].strip()


def _records(run: Run, ids: set[str]) -> dict[str, dict[str, Any]]:
    """Return values of records, and of companies in an external file, by id."""
    frames = [known_records(run.read("accounts"), run.read("account_links"), run.settings.unit)]
    external: pd.DataFrame | None = run.read("firmographics", is_optional=True)
    if external is not None:
        frames.insert(0, external.drop(columns="account_id").rename(columns={"record_id": "account_id"}))
    found: dict[str, dict[str, Any]] = {}
    for frame in frames:
        known = frame[frame["account_id"].isin(ids)].drop_duplicates("account_id").set_index("account_id")
        known = known[[name for name in SHOWN if name in known.columns]]
        found |= {str(record): values for record, values in known.to_dict("index").items()}
    return found
