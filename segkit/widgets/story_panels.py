"""What can be chosen on a numbered page: accounts of a segment, KPIs of a segment, accounts of a move."""

from __future__ import annotations

import contextlib
from collections.abc import Container, Mapping
from typing import TYPE_CHECKING, Any

from segkit import texts
from segkit.errors import UserError
from segkit.kpis.catalogue import kpi_catalogue
from segkit.kpis.drill import accounts_behind
from segkit.widgets import story_data, story_kpis
from segkit.widgets.cockpit import run_tables
from segkit.widgets.cockpit_data import cockpit_data, in_segment, main_segmentation, register_of
from segkit.widgets.cockpit_view import COLUMNS

if TYPE_CHECKING:
    import pandas as pd

    from segkit.kpis.members import Members
    from segkit.kpis.windows import Window
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

    def headings(self, view: View) -> Mapping[str, tuple[str, str]]:
        """Return heading and kind of columns that are called otherwise here; see `account_page`."""
        return {}

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
    """The KPIs of a segment, beside the quarter before and all accounts, and the accounts behind one of them."""

    kind, choices = "kpis", ("segment", "kpi")

    def _read(self, run: Run) -> None:
        self._kpis, self._settings = run.read("kpis"), run.settings.kpis
        present = set(self._kpis.loc[self._kpis["quarter"] == str(run.quarter), "segment_id"])
        self.segments = [segment for segment in self.segments if segment["id"] in present]
        self._run, self._behind = run, run.read("kpi_accounts", is_optional=True)
        drilled = () if self._behind is None else self._behind["kpi_id"].unique()
        self._drilled = frozenset(str(kpi_id) for kpi_id in drilled) & frozenset(kpi_catalogue())
        self._places: tuple[Members, Window] | None = None

    def known(self, view: View) -> dict[str, str]:
        """Return the segment and the KPI of a view, each emptied where the run does not know it."""
        ids = {segment["id"] for segment in self.segments}
        known: dict[str, Container[str]] = {"segment": ids, "kpi": self._drilled}
        return {name: view[name] if view[name] in known[name] else "" for name in self.choices}

    def messages(self, view: View) -> list[dict[str, Any]]:
        """Return the rows of the chosen segment, or of all accounts."""
        where = (self._kpis, view["quarter"], view["segment"] or story_data.ALL, self._language, self._currency)
        rows = story_kpis.kpi_rows(*where, self._settings, self._drilled)
        words = {
            "more": {"n": sum(row["is_folded"] for row in rows)},
            "value_note": {"level": 100 * self._settings.confidence},
        }
        said = {key: texts.say(f"kpi_parts.{key}", self._language, **numbers) for key, numbers in words.items()}
        return [{"kind": "kpis", "rows": rows, **said}]

    def accounts(self, view: View) -> pd.DataFrame | None:
        """Return the accounts behind the chosen KPI; None where none is chosen."""
        if not view["kpi"] or self._behind is None:
            return None
        if self._places is None:
            self._places, self._known = _members(self._run), known_accounts(self._run)
        names = {segment["id"]: segment["name"] for segment in self.segments}
        behind = accounts_behind(self._behind, view["kpi"], *self._places, view["segment"] or story_data.ALL)
        return story_kpis.list_behind(behind, kpi_catalogue()[view["kpi"]], self._known, names, self._language)

    def columns(self, view: View) -> Mapping[str, str]:
        """Return the columns of the list; within one segment its name is the same in every row."""
        return {
            name: css for name, css in story_kpis.COLUMNS.items() if not (view["segment"] and name == "segment_name")
        }

    def headings(self, view: View) -> Mapping[str, tuple[str, str]]:
        """Return what the numbers of the chosen KPI are called."""
        return story_kpis.part_columns(kpi_catalogue()[view["kpi"]], self._language) if view["kpi"] else {}

    def heading(self, view: View) -> str:
        """Return the figure in words."""
        who = self._name(view["segment"]) if view["segment"] else super().heading(view)
        kpi = texts.say(f"kpis.name_{view['kpi']}", self._language)
        return texts.say("kpi_parts.behind", self._language, kpi=kpi, who=who)


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


def _members(run: Run) -> tuple[Members, Window]:
    """Return by which segments the KPIs of a run group accounts, and its time."""
    from segkit.kpis.members import Members
    from segkit.kpis.tracking import quarter_of
    from segkit.kpis.windows import window_of

    period = run.read("run_period")
    quarter, last = quarter_of(period), period["as_of"].iloc[0].date()
    segments = run.read("segments")
    opening, past = (run.read(name, is_optional=True) for name in ("opening_segments", "past_segments"))
    opening = segments[:0] if opening is None else opening
    members = Members(segments, opening, past, main_segmentation(segments), quarter)
    return members, window_of(quarter, run.settings.value.leads.horizon_days, last)


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
