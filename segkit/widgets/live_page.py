"""What every live page is: a widget that asks for its data when the browser's first message arrives."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import anywidget

from segkit import display, texts
from segkit.errors import UserError
from segkit.project import Project
from segkit.publishing import page_state
from segkit.run import Run, open_run

HERE = Path(__file__).parent
LABELS = """quarter language reports stopped reload segment all_segments csv search search_hint before after none
    accounts chart_failed""".split()
# What the first message needs; a preheated page loads it while nobody waits.
NEEDED = ("pandas", "pyarrow.parquet", "babel.numbers", "babel.dates", "mistune")
LONGEST_CHOICE = 200  # characters of a choice in an address; no id is longer


def script_of(name: str) -> str:
    """Script of a page, after what all pages share."""
    return "".join((HERE / f"{part}.js").read_text(encoding="utf-8") for part in ("live", name))


def style_of(name: str) -> str:
    """Style sheet of a page, after what all pages share."""
    paths = [HERE.parent / "display.css", HERE / "live.css", HERE / f"{name}.css"]
    return "".join(path.read_text(encoding="utf-8") for path in paths)


class LivePage(anywidget.AnyWidget):
    """A page of a project: quarter, language and choices come from the address, the data with the first message.

    Nothing of the data is a synced trait: every message of the browser is checked and answered. So one page, also one
    that was prepared hours ago, shows the newest run, and ``?quarter=2026Q3&lang=de`` is a deep link. A page of its own
    names its ``CHOICES``, reads in `_load` and sends in `_show`.

    Parameters
    ----------
    project, quarter, scenario : str
        As in the notebook's parameters.
    """

    CHOICES: tuple[str, ...] = ("segment",)

    def __init__(self, project: str = "", quarter: str = "", scenario: str = ""):
        super().__init__()
        self._where = (project, quarter, scenario)
        self._view = {"quarter": quarter, "language": "", **dict.fromkeys(self.CHOICES, "")}
        self._currency = "EUR"
        self._is_open = False
        self.on_msg(lambda _widget, content, _buffers: self.answer(content))
        for module in NEEDED:
            importlib.import_module(module)
        for language in texts.LANGUAGES:
            texts.templates(language)

    def answer(self, message: Any) -> None:
        """Answer one message of the browser; what it does not know, it ignores."""
        kind = message.get("kind") if isinstance(message, dict) else None
        answers: Mapping[str, Callable[[dict[str, Any]], None]] = {
            "open": self._open,
            "choose": self._choose,
            "vega": self._vega,
        }
        later = self._answers() if self._is_open else {}
        answer = {**answers, **later}.get(kind) if isinstance(kind, str) else None
        if answer is None:
            return
        try:
            answer(message)
        except UserError as error:
            self.send({"kind": "problem", "texts": error.problems})

    def _answers(self) -> Mapping[str, Callable[[dict[str, Any]], None]]:
        """Return what else the page answers, once it is open."""
        return {}

    def _load(self, project: Project, run: Run, state: Mapping[str, Any]) -> None:
        """Read what the page shows, and take back choices that the run does not know; here there is nothing to read."""

    def _show(self, message: dict[str, Any], frame: dict[str, Any]) -> None:
        """Send the page; ``frame`` holds what all pages send first."""
        self.send(frame)

    def _open(self, message: dict[str, Any]) -> None:
        wanted = {name: values[0] for name, values in parse_qs(str(message.get("search", "")).lstrip("?")).items()}
        choices = {name: wanted.get(name, "") for name in self.CHOICES}
        language = wanted.get("lang") or message.get("language")
        self._is_open = False
        self._choose({**choices, "quarter": wanted.get("quarter"), "language": language})

    def _choose(self, message: dict[str, Any]) -> None:
        for name in self._view:
            if message.get(name) is not None:
                self._view[name] = str(message[name])[:LONGEST_CHOICE]
        project, quarter, scenario = self._where
        known = _project(project, scenario)
        quarters = [str(q) for q in reversed(known.quarters())]
        if self._view["quarter"] not in quarters:
            self._view["quarter"] = quarter if quarter in quarters else ""
        if self._view["language"] not in texts.LANGUAGES:
            self._view["language"] = known.settings.language
        run = open_run(str(known.folder), self._view["quarter"], scenario)
        self._view["quarter"] = str(run.quarter)
        self._currency = known.settings.currency
        state = page_state(known, run.quarter)
        self._load(known, run, state)
        frame = {
            "kind": "page",
            "quarters": quarters,
            "vega": os.environ.get("SEGKIT_VEGA", ""),
            "view": dict(self._view),
            "project": state["project"],
            "badges": display.badges(state, self._view["language"]),
            "watermark": display.watermark_html(state),
            "labels": {name: texts.say(f"cockpit.{name}", self._view["language"]) for name in LABELS},
        }
        self._is_open = True
        self._show(message, frame)

    def _vega(self, _message: dict[str, Any]) -> None:
        """Send the chart library itself, where no server holds it as a file (JupyterLab)."""
        from segkit.widgets.serve import vega_bundle

        self.send({"kind": "vega"}, [vega_bundle().encode()])


def _project(folder: str, scenario: str) -> Project:
    chosen = folder or os.environ.get("SEGKIT_PROJECT", "")
    if not chosen:
        raise UserError("No project is open. Start with `segkit serve DIR` or `segkit lab DIR`.")
    return Project(chosen, scenario)
