"""The page of one account as one widget: everything known, and why it is in its segment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from segkit import display
from segkit.project import Project
from segkit.quarters import Quarter
from segkit.segments.criteria_values import join_criteria
from segkit.segments.merged_moves import follow_merges
from segkit.store import read_frame
from segkit.widgets import account_view
from segkit.widgets.account_blocks import blocks
from segkit.widgets.account_data import account_data, account_index, read_tables, suggest_accounts
from segkit.widgets.account_outlook import outlook
from segkit.widgets.account_why import Why, explain_segment
from segkit.widgets.account_words import Words, words_of
from segkit.widgets.cockpit_data import main_segmentation
from segkit.widgets.live_page import LivePage, script_of, style_of

if TYPE_CHECKING:
    import pandas as pd

    from segkit.run import Run

LARGEST = 10


class AccountPage(LivePage):
    """Search, head, reasons, figures, history and everything else known of an account.

    ``?account=10017&quarter=2026Q3&lang=de`` is a deep link. The tables of a run are read once, the lines of an account
    by a query: the next account of the same quarter comes at once.
    """

    _esm = script_of("account")
    _css = style_of("account")
    CHOICES = ("account",)

    def __init__(self, project: str = "", quarter: str = "", scenario: str = ""):
        super().__init__(project, quarter, scenario)
        self._key: tuple[Any, ...] = ()
        self._tables: dict[str, Any] = {}
        self._index: pd.DataFrame | None = None
        self._words = Words("de", "EUR", {}, {})
        self._opened: tuple[Project, Run, Mapping[str, Any]] | None = None

    def _answers(self) -> Mapping[str, Callable[[dict[str, Any]], None]]:
        return {"suggest": self._suggest}

    def _load(self, project: Project, run: Run, state: Mapping[str, Any]) -> None:
        """Read the tables once per run; a run made anew has another id or another time."""
        key, language = (state["quarter"], state["run_id"], state["created"]), self._view["language"]
        if self._key[:-1] != key:
            self._tables = read_tables(run)
        if self._key != (*key, language):
            register = self._tables["segment_register"]
            main = register[register["segmentation_id"] == main_segmentation(register)]
            self._words = words_of(main, language, self._currency)
            self._index = account_index(self._tables, language)
            self._key = (*key, language)
        self._opened = (project, run, state)

    def _show(self, message: dict[str, Any], frame: dict[str, Any]) -> None:
        assert self._opened is not None and self._index is not None
        project, run, state = self._opened
        wanted, words = self._view["account"], self._words
        found = self._find(wanted) if wanted else None
        own: dict[str, Any] = {
            "title": words.say("title"),
            "state": words.say("state", quarter=display.quarter_name(state["quarter"]), as_of=state["as_of"]),
            "labels": frame["labels"] | {name: words.say(name) for name in account_view.LABELS},
        }
        if found is None:
            key = "nobody" if self._index.empty else "unknown" if wanted else "choose"
            largest = account_view.suggestions(self._index.head(LARGEST), words)
            own |= {"account": None, "text": words.say(key, account=wanted), "suggestions": largest}
        else:
            own["account"] = self._account(project, run, found)
            own["title"] = own["account"]["head"]["name"]
        self.send({**frame, **own})

    def _find(self, wanted: str) -> dict[str, Any] | None:
        """Return what is known of an account; a number that was merged since opens the account that holds it now."""
        found = account_data(self._tables, wanted)
        links = self._tables.get("account_links")
        if found is None and links is not None:
            owners = links.loc[(links["source_id"] == wanted) & (links["how"] != "external"), "unit_id"].dropna()
            found = account_data(self._tables, owners.iloc[0]) if owners.nunique() == 1 else None
        return found

    def _account(self, project: Project, run: Run, data: dict[str, Any]) -> dict[str, Any]:
        words, why = self._words, self._why(data)
        as_of = self._tables["run_period"]["as_of"].iloc[0]
        if (project.run_folder(run.quarter) / "tables" / "invoices.parquet").exists():
            for name in ("invoices", "bought"):
                data[name] = run.query(f"account_{name}", account_id=data["account_id"], as_of=str(as_of.date()))
        path = self._path(project, run.quarter, data["account_id"])
        move = self._move(run, data, self._tables.get("account_links")) if data["segment"].get("is_manual") else None
        return {
            "head": account_view.head(data, words),
            "segment": account_view.segment(data, why, move, words),
            "why": account_view.why_card(data, why, words),
            "outlook": outlook(data, words, round(1 - run.settings.value.potential.quantile, 6)),
            "figures": account_view.figures(data, words),
            "history": account_view.history(data, self._slices(run.quarter), path, words),
            "movement": account_view.movement(data, path, words),
            **blocks(data, self._tables.get("products"), as_of, words),
        }

    def _why(self, data: dict[str, Any]) -> Why | None:
        rules, model, features = self._tables.get("typing_rules"), self._tables.get("model"), data["features"]
        if rules is None or model is None or features is None or features.empty:
            return None
        accounts, values = self._tables.get("accounts"), self._tables.get("criterion_values")
        if model["method"] != "grid" and accounts is not None:
            features = join_criteria(features, model["criteria"], accounts, values)
        return explain_segment(features, model, rules[rules["segmentation_id"] == model["segmentation_id"]])

    @staticmethod
    def _path(project: Project, quarter: Quarter, account_id: str) -> list[tuple[str, str]]:
        """Segment of the account in each earlier official run and in this one, by quarter."""
        official = Project(project.folder)
        folders = {q: official.run_folder(q) for q in official.quarters() if q < quarter}
        folders[quarter] = project.run_folder(quarter)
        path = []
        for known, folder in folders.items():
            frame = read_frame(folder / "tables" / "segments.parquet", ["segmentation_id", "account_id", "segment_id"])
            main = frame[(frame["account_id"] == account_id) & (frame["segmentation_id"] == main_segmentation(frame))]
            path += [(str(known), str(segment)) for segment in main["segment_id"]]
        return path

    def _slices(self, quarter: Quarter) -> list[tuple[str, bool]]:
        """Quarters of the panel, oldest first, and whether the data cover them."""
        panel = self._tables.get("account_features")
        if panel is None:
            return []
        slices = panel[["quarter", "as_of", "history_days"]].drop_duplicates("as_of").sort_values("as_of")
        return [
            (name, account_view.covered(as_of, Quarter.parse(name, quarter.first_month), int(days)))
            for name, as_of, days in slices.itertuples(index=False)
        ]

    @staticmethod
    def _move(run: Run, data: dict[str, Any], links: pd.DataFrame | None) -> dict[str, Any] | None:
        moves = run.decisions("moves")
        if links is not None:  # a move of an account that was merged since holds for the one that took it in
            moves = follow_merges(moves, links)
        rows = moves[moves["account_id"] == data["account_id"]]
        rows = rows[rows["segmentation_id"] == data["segment"]["segmentation_id"]]
        return None if rows.empty else dict(rows.iloc[-1])

    def _suggest(self, message: dict[str, Any]) -> None:
        assert self._index is not None
        found = suggest_accounts(self._index, str(message.get("search") or "")[:200])
        rows = account_view.suggestions(found, self._words)
        self.send({"kind": "suggestions", "number": message.get("number", 0), "rows": rows})
