"""Trying out segmentations beside the one in force: the widget of notebooks 03, 04 and 05."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget

from segkit.project import Project
from segkit.quarters import Quarter
from segkit.run import PROJECT, Run, open_run
from segkit.segments.explore.beside import compare
from segkit.texts import LANGUAGES, templates
from segkit.widgets.explorer import view
from segkit.widgets.explorer.deciding import DECIDE
from segkit.widgets.explorer.keeper import Keeper
from segkit.widgets.explorer.map import MAP
from segkit.widgets.explorer.session import Session
from segkit.widgets.explorer.trying import Trying

HERE = Path(__file__).parent
PARTS = ("explorer_make", "explorer_try", "explorer_map", "explorer_keep", "explorer")
TABS = ("try", "beside", "map", "names", "keep")


def _complete_run(folder: Path, quarter: Quarter, scenario: str) -> Run:
    """Return the run that is in force: also where a cell above has begun a new one in JupyterLab, it is the old one."""
    named = Project(folder, scenario)
    return Run(named if named.run_folder(quarter).exists() else Project(folder), quarter)


def script() -> str:
    """Return the widget's script: its parts one after the other."""
    return "\n".join((HERE / f"{part}.js").read_text(encoding="utf-8") for part in PARTS)


class Explorer(anywidget.AnyWidget):
    """Change criteria, weights, method and number; see size, money, stability and profile; compare, move, name, keep.

    Nothing of the data is a synced trait: each message of the browser is checked and answered. Whatever is tried is
    tried beside the segmentation in force; that one changes only by an adoption, a move or a name that somebody signs.

    Parameters
    ----------
    project, quarter, scenario : str
        As in the notebook's parameters.
    segmentation : str
        Which segmentation of accounts; empty: the primary one.
    tab : str
        What is open first: try, beside, map, names or keep.
    """

    _esm = script()
    _css = HERE / "explorer.css"

    def __init__(
        self, project: str = "", quarter: str = "", scenario: str = "", segmentation: str = "", tab: str = "try"
    ):
        super().__init__()
        folder = Project(project or os.environ.get(PROJECT, "")).folder
        self.session = Session(
            _complete_run(folder, open_run(project, quarter, scenario).quarter, scenario), folder, segmentation
        )
        self.trying = Trying(self.session, self.send, self._show)
        self.keeper = Keeper(self.session, self.send)
        self._tab = tab if tab in TABS else "try"
        self._answers: dict[str, Callable[[dict[str, Any]], None]] = {
            "open": self._open,
            "language": self._language,
            "segmentation": self._segmentation,
            "try": self.trying.answer,
            "cancel": self.trying.cancel,
            "undo": lambda _: self._step(self.session.history.undo),
            "redo": lambda _: self._step(self.session.history.redo),
            "beside": self._beside,
            **{kind: self._through(answer) for kind, answer in (MAP | DECIDE).items()},
            **self.keeper.answers,
        }
        self.on_msg(lambda _widget, content, _buffers: self.answer(content))

    def answer(self, message: Any) -> None:
        """Answer one message of the browser; what it does not know, it ignores."""
        kind = message.get("kind") if isinstance(message, dict) else None
        known = self._answers.get(kind) if isinstance(kind, str) else None
        if known is not None:
            known(message)

    def _through(self, answer: Callable[[Session, dict[str, Any]], list[dict[str, Any]]]):
        """Answer by a function of the session that returns messages; a message may carry bytes under `buffers`."""

        def answered(message: dict[str, Any]) -> None:
            for told in answer(self.session, message):
                buffers = told.pop("buffers", None)
                self.send(told, buffers)
                if told["kind"] == "decided":
                    self._frame()

        return answered

    def _open(self, _: dict[str, Any]) -> None:
        self._frame(tab=self._tab)
        self.trying.worker.start(self.session.warm_up(), lambda _: None, lambda _: None, lambda _: None)

    def _frame(self, **more: Any) -> None:
        """Send all words, the controls and what is shown."""
        session = self.session
        prefix = "explore.label_"
        labels = {
            key.removeprefix(prefix): session.say(key) for key in templates(session.language) if key.startswith(prefix)
        }
        run = session.run
        n = session.say("explore.n_accounts", n=len(session.material.features))
        about = f"{run.settings.name} · {run.quarter.label} · {n}"
        self.send(
            {"kind": "frame", "labels": labels, "language": session.language, "languages": list(LANGUAGES),
             "title": session.say("explore.title"), "about": about, **session.controls(),
             "decided": session.decided(), "scenarios": self.keeper.scenarios(), **more}
        )  # fmt: skip
        self._show()

    def _language(self, message: dict[str, Any]) -> None:
        if message.get("to") in LANGUAGES:
            self.session.language = message["to"]
            self._frame()

    def _segmentation(self, message: dict[str, Any]) -> None:
        if message.get("to") in self.session.segmentations:
            self.trying.worker.cancel()
            self.session.choose(message["to"])
            self._frame()

    def _step(self, go: Callable[[], Any]) -> None:
        self.trying.worker.cancel()
        go()
        self._show()

    def _show(self, is_partial: bool = False) -> None:
        """Send what is shown, and it beside another one."""
        session, history = self.session, self.session.history
        shown = session.shown
        self.send(
            {
                "kind": "shown",
                "is_partial": is_partial,
                "wish": session.wish_of(shown),
                "can_undo": history.can_undo,
                "can_redo": history.can_redo,
                "tried": [[held.number, view.label_of(held, session.language)] for held in self._all()],
                **view.show_solution(shown, session.material, session.language, session.currency),
            }
        )
        if not is_partial or shown.trial.is_first:
            self._beside({"left": session.left})

    def _all(self) -> list[Any]:
        return [self.session.material.force, *self.session.history.trials]

    def _beside(self, message: dict[str, Any]) -> None:
        session = self.session
        number = message.get("left")
        left = session.find(number if isinstance(number, int) else 0)
        session.left = left.number
        shown = session.shown
        if left.number == shown.number:
            self.send(
                {
                    "kind": "beside",
                    "words": session.say("explore.beside_same"),
                    "cells": None,
                    "left": {"number": left.number},
                }
            )
            return
        found = compare(left, shown, session.material.features)
        self.send(
            {"kind": "beside"}
            | view.show_beside(left, shown, found, session.material, session.language, session.currency)
        )
