"""A form in which people rate criteria anew, with name and reason; it adds a row to decisions/criteria.csv."""

from __future__ import annotations

import datetime as dt
import os
from typing import Any

import ipywidgets as widgets

from segkit.criteria.catalogue import RATINGS
from segkit.decisions import append_decision, read_decisions
from segkit.project import Project
from segkit.run import PROJECT, open_run
from segkit.texts import say

UNCHANGED = ""
CHOICES = {"by_weight": "", "in": "in", "out": "out"}


class CriteriaForm(widgets.VBox):
    """Choose a criterion, its ratings and whether it is in; the button keeps it as a decision from this quarter on."""

    def __init__(self, project: str = "", quarter: str = "", scenario: str = ""):
        run = open_run(project, quarter, scenario)
        self._quarter = run.quarter
        self._language = run.settings.language
        self._path = Project(project or os.environ.get(PROJECT, "")).decisions / "criteria.csv"
        self._criteria = run.read("criteria").set_index("criterion_id").sort_values("number")
        names = self._criteria[f"name_{self._language}"]
        options = [
            (f"{number} {name}", key)
            for key, name, number in zip(names.index, names, self._criteria["number"], strict=True)
        ]
        self.criterion = self._choice("criteria.form_criterion", options)
        self.ratings = {rating: self._choice(f"column.{rating}", [("", UNCHANGED)]) for rating in RATINGS}
        choices = [(say(f"criteria.form_{name}", self._language), value) for name, value in CHOICES.items()]
        self.choice = self._choice("criteria.form_choice", choices)
        self.author = self._field("criteria.form_author")
        self.reason = self._field("criteria.form_reason")
        self.button = widgets.Button(description=say("criteria.form_save", self._language), button_style="primary")
        self.message = widgets.Label()
        self.criterion.observe(self._show_current, names="value")
        self.button.on_click(self._keep)
        title = widgets.Label(say("criteria.form_title", self._language))
        fields = [self.criterion, *self.ratings.values(), self.choice, self.author, self.reason]
        super().__init__([title, *fields, self.button, self.message])
        self._show_current()

    def _choice(self, key: str, options: list[tuple[str, str]]) -> Any:
        return widgets.Dropdown(description=say(key, self._language), options=options, **_WIDE)

    def _field(self, key: str) -> Any:
        return widgets.Text(description=say(key, self._language), **_WIDE)

    def _decided(self) -> dict[str, str]:
        """Return the decision that holds for the criterion: what is not changed now stays as it was decided."""
        rows = read_decisions(self._path, "criteria", self._quarter).set_index("criterion_id")
        key = self.criterion.value
        return dict(rows.loc[key]) if key in rows.index else {}

    def _show_current(self, _: Any = None) -> None:
        row, decided = self._criteria.loc[self.criterion.value], self._decided()
        for rating, field in self.ratings.items():
            now = decided.get(rating) or int(row[rating])
            unchanged = say("criteria.form_unchanged", self._language, value=now)
            field.options = [(unchanged, UNCHANGED), *((str(number), str(number)) for number in range(1, 6))]
            field.value = UNCHANGED
        self.choice.value = decided.get("choice", "") if decided.get("choice", "") in CHOICES.values() else ""
        self.message.value = ""

    def _keep(self, _: Any = None) -> None:
        decided = self._decided()
        given = {rating: field.value for rating, field in self.ratings.items()}
        is_changed = any(given.values()) or self.choice.value != decided.get("choice", "")
        author, reason = self.author.value.strip(), self.reason.value.strip()
        if not (author and reason and is_changed):
            self.message.value = say("criteria.form_needs", self._language)
            return
        ratings = {rating: value or decided.get(rating, "") for rating, value in given.items()}
        signed = {"author": author, "date": dt.date.today().isoformat(), "reason": reason}
        row = {"criterion_id": self.criterion.value, **ratings, "choice": self.choice.value}
        append_decision(self._path, "criteria", {**row, "quarter": self._quarter.label, **signed})
        self._show_current()
        self.message.value = say("criteria.form_saved", self._language, quarter=self._quarter.label)


_WIDE = {"style": {"description_width": "9em"}, "layout": {"width": "32em"}}
