"""What can be chosen on a numbered page: accounts of a segment, KPIs of a segment, accounts of a move."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from segkit import texts
from segkit.errors import UserError
from segkit.widgets import story_data
from segkit.widgets.cockpit import run_tables
from segkit.widgets.cockpit_data import cockpit_data, in_segment, main_segmentation, register_of
from segkit.widgets.cockpit_view import COLUMNS

if TYPE_CHECKING:
    import pandas as pd

    from segkit.run import Run

View = Mapping[str, str]


class Panel:
    """Segments to choose from, and what a choice shows; made from one run in one language.

    ``choices`` are the names in the address that the page obeys.
    """

    kind = ""
    choices: tuple[str, ...] = ()

    def __init__(self, run: Run, language: str, currency: str):
        self._language, self._currency = language, currency
        self._tables = run_tables(run)
        register = register_of(self._tables["segment_register"], language)
        self.segments = register.rename(columns={"segment_id": "id"}).to_dict("records")
        self._read(run)

    def _read(self, run: Run) -> None:
        """Read what this panel shows."""

    def known(self, view: View) -> dict[str, str]:
        """Return the choices of a view, emptied where the run does not know them."""
        ids = {segment["id"] for segment in self.segments}
        return {name: view[name] if view[name] in ids else "" for name in self.choices}

    def messages(self, view: View) -> list[dict[str, Any]]:
        """Return what is sent for a view, the account list apart."""
        return []

    def accounts(self, view: View) -> pd.DataFrame | None:
        """Return the accounts of a view, or None where the page lists none."""
        return None

    def columns(self, view: View) -> Mapping[str, str]:
        """Return the columns of the account list; see `account_page`."""
        return COLUMNS

    def heading(self, view: View) -> str:
        """Return what stands above the list of accounts."""
        return self._say("all_accounts")

    def _say(self, key: str, **words: str) -> str:
        return texts.say(f"story.{key}", self._language, self._currency, **words)

    def _name(self, segment_id: str) -> str:
        return next(segment["name"] for segment in self.segments if segment["id"] == segment_id)


class SegmentAccounts(Panel):
    """The accounts of a segment card."""

    kind, choices = "segments", ("segment",)

    def _read(self, run: Run) -> None:
        self._accounts = cockpit_data(self._tables, None, self._language)["accounts"]
        present = set(self._accounts["segment_id"])
        self.segments = [segment for segment in self.segments if segment["id"] in present]

    def accounts(self, view: View) -> pd.DataFrame:
        """Return the accounts of the chosen segment, or all."""
        return in_segment(self._accounts, view["segment"])

    def heading(self, view: View) -> str:
        """Return the segment's name in words, or that these are all."""
        return self._say("members", name=self._name(view["segment"])) if view["segment"] else super().heading(view)


class SegmentKpis(Panel):
    """The KPIs of a segment, beside the quarter before and all accounts."""

    kind, choices = "kpis", ("segment",)

    def _read(self, run: Run) -> None:
        self._kpis = run.read("kpis")
        present = set(self._kpis.loc[self._kpis["quarter"] == str(run.quarter), "segment_id"])
        self.segments = [segment for segment in self.segments if segment["id"] in present]

    def messages(self, view: View) -> list[dict[str, Any]]:
        """Return the rows of the chosen segment, or of all accounts."""
        chosen = view["segment"] or story_data.ALL
        rows = story_data.kpi_rows(self._kpis, view["quarter"], chosen, self._language, self._currency)
        return [{"kind": "kpis", "rows": rows}]


class Moves(Panel):
    """The migration matrix, and the accounts behind each of its cells."""

    kind, choices = "moves", ("from", "to")

    def _read(self, run: Run) -> None:
        from segkit.monitoring.shaping import name_segments

        register = self._tables["segment_register"]
        named = name_segments(register, main_segmentation(register))
        columns = {"segment_id": "id", f"name_{self._language}": "name", "colour": "colour"}
        self.segments = named.rename(columns=columns)[list(columns.values())].to_dict("records")
        names = {segment["id"]: segment["name"] for segment in self.segments}
        self._moves = story_data.list_moves(
            run.read("migration"), names, known_accounts(run), self._language, self._currency
        )
        self._flows = run.read("migration_flows")

    def known(self, view: View) -> dict[str, str]:
        """Return both ends of a move, or none."""
        found = super().known(view)
        return found if all(found.values()) else dict.fromkeys(self.choices, "")

    def messages(self, view: View) -> list[dict[str, Any]]:
        """Return the matrix."""
        return [{"kind": "matrix", **story_data.matrix(self._flows, self.segments, self._language, self._currency)}]

    def accounts(self, view: View) -> pd.DataFrame:
        """Return the accounts of the chosen cell, or all that moved."""
        return story_data.in_move(self._moves, view["from"], view["to"])

    def columns(self, view: View) -> Mapping[str, str]:
        """Return the columns of moves; behind one cell both segments are the same in every row."""
        same = ("from_name", "to_name") if view["from"] else ()
        return {name: width for name, width in story_data.MOVED_COLUMNS.items() if name not in same}

    def heading(self, view: View) -> str:
        """Return the move in words."""
        origin, target = view["from"], view["to"]
        if not origin:
            return self._say("moved")
        if origin == target:
            return self._say("stayed_cell", target=self._name(target))
        return self._say("moved_cell", origin=self._name(origin), target=self._name(target))


def known_accounts(run: Run) -> pd.DataFrame | None:
    """Return accounts of this run and, behind them, of the previous one: who is gone has a name only there."""
    import pandas as pd

    found = []
    for known in (run, run.previous):
        with contextlib.suppress(UserError):  # a project without master data has no such table
            found += [] if known is None else [known.read("accounts")]
    return pd.concat(found, ignore_index=True) if found else None


PANELS: dict[str, type[Panel]] = {
    "05_profiling": SegmentAccounts,
    "08_kpi_tracking": SegmentKpis,
    "09_migration": Moves,
}
