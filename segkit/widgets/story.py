"""A numbered notebook as a live page: what its last run showed, with what a manager may choose in it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segkit import texts
from segkit.display import page_title
from segkit.store import read_json
from segkit.widgets.accounts_csv import accounts_csv
from segkit.widgets.accounts_table import account_page, asked
from segkit.widgets.live_page import LivePage, script_of, style_of
from segkit.widgets.story_panels import PANELS, Panel

if TYPE_CHECKING:
    from segkit.project import Project
    from segkit.run import Run

LABELS = """contents printed all_accounts kpis kpi value n quarter_before small matrix_note before now total
    above no_moves show_all show_accounts""".split()
KPI_LABELS = ("cast", "differs", "drill", "hide")
CHART = re.compile(r'data-chart="([^"]+)"')


class Story(LivePage):
    """The stored outputs of one notebook of a run, its charts with tooltips, and lists to choose from.

    Nothing is computed again: words, tables and charts are those of the run. ``?segment=S1`` chooses a segment,
    ``&kpi=win_rate`` a KPI of it, ``?from=S1&to=S4`` a move.

    Parameters
    ----------
    name : str
        The notebook, such as ``08_kpi_tracking``.
    project, quarter, scenario : str
        As in the notebook's parameters.
    """

    CHOICES = ("segment", "kpi", "from", "to")
    _esm = script_of("story")
    _css = style_of("story")

    def __init__(self, name: str, project: str = "", quarter: str = "", scenario: str = ""):
        super().__init__(project, quarter, scenario)
        self._name = name
        self._run: Run | None = None
        self._state: Mapping[str, Any] = {}
        self._parts: list[str] | None = None
        self._panel: Panel | None = None
        self._sent = ""
        self._loaded: tuple[str, ...] = ()

    def _answers(self) -> Mapping[str, Callable[[dict[str, Any]], None]]:
        return {"chart": self._chart, "table": self._table, "csv": self._csv}

    def _load(self, project: Project, run: Run, state: Mapping[str, Any]) -> None:
        self._run, self._state = run, state
        loaded = (str(run.quarter), state["run_id"], self._view["language"])
        if loaded != self._loaded:  # a choice alone reads nothing again
            self._parts = _parts(project.run_folder(run.quarter) / "notebooks" / f"{self._name}.ipynb")
            kind = PANELS.get(self._name) if self._parts is not None else None
            self._panel = None if kind is None else kind(run, self._view["language"], self._currency)
            self._loaded = loaded
        known = {} if self._panel is None else self._panel.known(self._view)
        self._view |= {name: known.get(name, "") for name in self.CHOICES}

    def _show(self, message: dict[str, Any], frame: dict[str, Any]) -> None:
        language, panel = self._view["language"], self._panel
        title = page_title(self._name, language)
        own = {name: texts.say(f"story.{name}", language) for name in LABELS}
        own |= {name: texts.say(f"kpi_parts.{name}", language) for name in KPI_LABELS}
        page = {
            "title": title,
            "name": self._name,
            "state": texts.say("story.state", language, as_of=self._state["as_of"]),
            "panel": "" if panel is None else panel.kind,
            "segments": [] if panel is None else panel.segments,
            "missing": texts.say("story.missing", language, page=title) if self._parts is None else "",
        }
        self.send({**frame, **page, "labels": frame["labels"] | own})
        stamp = f"{self._view['quarter']} {self._state['run_id']}"
        if message.get("kind") != "choose" or stamp != self._sent:  # a choice alone changes nothing of what was said
            self.send({"kind": "story", "parts": self._parts or []})
            self._sent = stamp
        for answer in [] if panel is None else panel.messages(self._view):
            self.send(answer)
        self._table(message)

    def _chart(self, message: dict[str, Any]) -> None:
        """Send a stored chart of this page, in the page's language."""
        name, language = message.get("name"), self._view["language"]
        names = {html.unescape(found) for part in self._parts or [] for found in CHART.findall(part)}
        if self._run is not None and isinstance(name, str) and name in names:
            spec = self._run.read(f"charts/{name.removeprefix('charts/')}")[language]
            self.send({"kind": "chart", "name": name, "language": language, "spec": spec})

    def _table(self, message: dict[str, Any]) -> None:
        panel, language = self._panel, self._view["language"]
        accounts = None if panel is None else panel.accounts(self._view)
        if panel is not None and accounts is not None:
            palette = {segment["name"]: segment["colour"] for segment in panel.segments}
            chosen = asked(accounts, message)
            about = (palette, message, language, self._currency, panel.headings(self._view))
            page = account_page(chosen, panel.columns(self._view), *about)
            self.send({**page, "heading": panel.heading(self._view)})

    def _csv(self, message: dict[str, Any]) -> None:
        panel, language = self._panel, self._view["language"]
        accounts = None if panel is None else panel.accounts(self._view)
        if accounts is not None:
            name = f"{texts.say('cockpit.file', language)}_{self._view['quarter']}.csv"
            headings = {} if panel is None else panel.headings(self._view)
            shown = asked(accounts, message).rename(columns={name: label for name, (label, _) in headings.items()})
            self.send({"kind": "csv", "name": name}, [accounts_csv(shown, language)])


def _parts(notebook: Path) -> list[str] | None:
    """Return what an executed notebook shows, as HTML; None where the run had no such notebook."""
    from segkit.reports.pages import cell_parts

    if not notebook.exists():
        return None
    return [part for cell in read_json(notebook)["cells"] for part in cell_parts(cell)]
