"""The managers' landing page as one widget: it asks for its data when the browser's first message arrives."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import anywidget

from segkit import texts
from segkit.errors import UserError
from segkit.project import Project
from segkit.publishing import page_state
from segkit.run import Run, open_run
from segkit.widgets import cockpit_view
from segkit.widgets.accounts_csv import accounts_csv
from segkit.widgets.cockpit_data import TABLES, cockpit_data, filter_accounts

if TYPE_CHECKING:
    import pandas as pd

HERE = Path(__file__).parent


class Cockpit(anywidget.AnyWidget):
    """Quarter, tiles, value chart and account table of a project.

    Nothing of the data is a synced trait: every message of the browser is checked and answered. So one page, also one
    that was prepared hours ago, shows the newest run, and ``?quarter=2026Q3&lang=de&segment=S1`` is a deep link.

    Parameters
    ----------
    project, quarter, scenario : str
        As in the notebook's parameters.
    """

    _esm = (HERE / "cockpit.js").read_text(encoding="utf-8")
    _css = "".join(p.read_text(encoding="utf-8") for p in (HERE.parent / "display.css", HERE / "cockpit.css"))

    def __init__(self, project: str = "", quarter: str = "", scenario: str = ""):
        super().__init__()
        self._where = (project, quarter, scenario)
        self._view = {"quarter": quarter, "language": "", "segment": "", "axis": "days_since_last"}
        self._data: dict[str, pd.DataFrame] = {}
        self.on_msg(lambda _widget, content, _buffers: self.answer(content))

    def answer(self, message: Any) -> None:
        """Answer one message of the browser; what it does not know, it ignores."""
        kind = message.get("kind") if isinstance(message, dict) else None
        answers = {
            "open": self._open,
            "choose": self._choose,
            "table": self._table,
            "chart": self._chart,
            "csv": self._csv,
            "vega": self._vega,
        }
        if not isinstance(kind, str) or kind not in answers:
            return
        try:
            answers[kind](message)
        except UserError as error:
            self.send({"kind": "problem", "texts": error.problems})

    def _open(self, message: dict[str, Any]) -> None:
        wanted = {name: values[0] for name, values in parse_qs(str(message.get("search", "")).lstrip("?")).items()}
        self._choose(
            {
                "quarter": wanted.get("quarter"),
                "language": wanted.get("lang") or message.get("language"),
                "segment": wanted.get("segment"),
            }
        )

    def _choose(self, message: dict[str, Any]) -> None:
        for name in ("quarter", "language", "segment"):
            if message.get(name) is not None:
                self._view[name] = str(message[name])
        project, quarter, scenario = self._where
        known = self._project(project, scenario)
        quarters = [str(q) for q in reversed(known.quarters())]
        if self._view["quarter"] not in quarters:
            self._view["quarter"] = quarter if quarter in quarters else ""
        if self._view["language"] not in texts.LANGUAGES:
            self._view["language"] = known.settings.language
        run = open_run(str(known.folder), self._view["quarter"], scenario)
        self._view["quarter"] = str(run.quarter)
        earlier = run.previous
        previous = None if earlier is None else _tables(earlier)
        self._data = cockpit_data(_tables(run), previous, self._view["language"])
        if self._view["segment"] not in set(self._data["tiles"]["segment_id"]):
            self._view["segment"] = ""
        self._currency = known.settings.currency
        state = page_state(known, run.quarter)
        self.send(
            {
                "kind": "page",
                "quarters": quarters,
                "vega": os.environ.get("SEGKIT_VEGA", ""),
                **cockpit_view.page(self._data, state, self._view, self._currency),
            }
        )
        self._chart({})
        self._table(message)

    @staticmethod
    def _project(folder: str, scenario: str) -> Project:
        chosen = folder or os.environ.get("SEGKIT_PROJECT", "")
        if not chosen:
            raise UserError("No project is open. Start with `segkit serve DIR` or `segkit lab DIR`.")
        return Project(chosen, scenario)

    def _chart(self, message: dict[str, Any]) -> None:
        if message.get("axis") in cockpit_view.AXES:
            self._view["axis"] = message["axis"]
        if self._data:
            self.send({"kind": "chart", **cockpit_view.chart(self._data, self._view, self._currency)})

    def _table(self, message: dict[str, Any]) -> None:
        if self._data:
            chosen = self._chosen(message)
            page = message.get("page")
            self.send(
                {
                    "kind": "table",
                    "number": message.get("number", 0),
                    **cockpit_view.table(chosen, self._view, page if isinstance(page, int) else 0, self._currency),
                }
            )

    def _csv(self, message: dict[str, Any]) -> None:
        if self._data:
            language = self._view["language"]
            name = f"{texts.say('cockpit.file', language)}_{self._view['quarter']}.csv"
            self.send({"kind": "csv", "name": name}, [accounts_csv(self._chosen(message), language)])

    def _vega(self, _message: dict[str, Any]) -> None:
        """Send the chart library itself, where no server holds it as a file (JupyterLab)."""
        from segkit.widgets.serve import vega_bundle

        self.send({"kind": "vega"}, [vega_bundle().encode()])

    def _chosen(self, message: dict[str, Any]) -> pd.DataFrame:
        search, sort = str(message.get("search") or "")[:200], str(message.get("sort") or "revenue_12m")
        descending = message.get("descending") is not False
        return filter_accounts(self._data["accounts"], search, self._view["segment"], sort, descending)


def _tables(run: Run) -> dict[str, pd.DataFrame]:
    tables = {name: run.read(name) for name in TABLES if name != "accounts"}
    with contextlib.suppress(UserError):  # a project without master data has no such table
        tables["accounts"] = run.read("accounts")
    return tables
