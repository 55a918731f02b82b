"""The managers' landing page as one widget: tiles, goals, value chart and account table of a project."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from segkit import texts
from segkit.errors import UserError
from segkit.widgets import cockpit_view
from segkit.widgets.accounts_csv import accounts_csv
from segkit.widgets.accounts_table import account_page, asked
from segkit.widgets.cockpit_data import TABLES, cockpit_data, in_segment, main_segmentation, palette
from segkit.widgets.cockpit_goals import goal_cards, list_further, read_goals
from segkit.widgets.live_page import LivePage, script_of, style_of

if TYPE_CHECKING:
    import pandas as pd

    from segkit.project import Project
    from segkit.run import Run


class Cockpit(LivePage):
    """Quarter, tiles, goals, value chart and account table of a project; ``?segment=S1`` chooses a segment."""

    _esm = script_of("cockpit")
    _css = style_of("cockpit")

    def __init__(self, project: str = "", quarter: str = "", scenario: str = ""):
        super().__init__(project, quarter, scenario)
        self._axis = cockpit_view.AXES[0]
        self._data: dict[str, pd.DataFrame] = {}
        self._state: Mapping[str, Any] = {}
        self._beside: dict[str, Any] = {"goals": [], "further": []}

    def _answers(self) -> Mapping[str, Callable[[dict[str, Any]], None]]:
        return {"table": self._table, "chart": self._chart, "csv": self._csv}

    def _load(self, project: Project, run: Run, state: Mapping[str, Any]) -> None:
        earlier = run.previous
        previous = None if earlier is None else run_tables(earlier)
        self._data = cockpit_data(run_tables(run), previous, self._view["language"])
        self._state, language = state, self._view["language"]
        register = run.read("segment_register", segmentation="all")
        main = main_segmentation(run.read("segment_register"))
        further = list_further(run.settings.segmentations, main, register, run.as_of, language)
        self._beside = {"goals": goal_cards(read_goals(run, self._currency), language), "further": further}
        if self._view["segment"] not in set(self._data["tiles"]["segment_id"]):
            self._view["segment"] = ""

    def _show(self, message: dict[str, Any], frame: dict[str, Any]) -> None:
        own = cockpit_view.page(self._data, self._state, self._view["language"], self._currency)
        self.send({**frame, **own, **self._beside, "labels": frame["labels"] | own["labels"]})
        self._chart({})
        self._table(message)

    def _chart(self, message: dict[str, Any]) -> None:
        if message.get("axis") in cockpit_view.AXES:
            self._axis = message["axis"]
        view = {**self._view, "axis": self._axis}
        self.send({"kind": "chart", **cockpit_view.chart(self._data, view, self._currency)})

    def _table(self, message: dict[str, Any]) -> None:
        language, colours = self._view["language"], palette(self._data["tiles"])
        chosen = asked(in_segment(self._data["accounts"], self._view["segment"]), message)
        self.send(account_page(chosen, cockpit_view.COLUMNS, colours, message, language, self._currency))

    def _csv(self, message: dict[str, Any]) -> None:
        language = self._view["language"]
        chosen = asked(in_segment(self._data["accounts"], self._view["segment"]), message)
        name = f"{texts.say('cockpit.file', language)}_{self._view['quarter']}.csv"
        self.send({"kind": "csv", "name": name}, [accounts_csv(chosen, language)])


def run_tables(run: Run) -> dict[str, pd.DataFrame]:
    """Tables of a run that the cockpit shows; a project without master data has no `accounts`."""
    tables = {name: run.read(name) for name in TABLES if name != "accounts"}
    with contextlib.suppress(UserError):
        tables["accounts"] = run.read("accounts")
    return tables
