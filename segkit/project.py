"""A project folder: settings, exports, decisions, runs and reports, by name."""

from __future__ import annotations

import csv
import datetime as dt
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path

from segkit.errors import Problems, UserError
from segkit.quarters import Quarter
from segkit.settings import Settings, file_of, read_settings
from segkit.settings.sources import SUFFIXES, Source, alias_of
from segkit.tables import INPUTS

_DATE_FOLDER = re.compile(r"\d{4}-\d{2}-\d{2}")
_DATE_IN_NAME = re.compile(r"(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)")

MONEY = ("invoices", "opportunities")
"""Tables of money: one of them is needed for everything after data cleansing."""


@dataclass(frozen=True)
class SourceFile:
    """One file (or database query) that fills a table.

    `entry` is the position in `sources.<table>`, `alias` the short name used in joins, `delivery` the date of the
    folder ``raw/<date>/`` it lies in, else the date in its name (``register__2018-12-06.xlsx``), `name` what the user
    reads; a database has no `path`. `first_seen` is the day on which a run first met this content, for files that
    neither folder nor name dates.
    """

    table: str
    entry: int
    alias: str
    path: Path | None
    delivery: dt.date | None
    name: str
    first_seen: dt.date | None = None


class Project:
    """The folder that holds project.yml, and with it everything of one company.

    Parameters
    ----------
    folder : str or Path
        Where project.yml lies.
    scenario : str
        Name of a scenario, whose patch of project.yml applies; empty for the official settings.

    Raises
    ------
    UserError
        When project.yml is missing or wrong.
    """

    def __init__(self, folder: str | Path, scenario: str = ""):
        self.folder = Path(folder).resolve()
        self.scenario = scenario
        if scenario and not re.fullmatch(r"[\w-]+", scenario):
            raise UserError(f"'{scenario}' is no name for a scenario: use letters, digits, - and _.")
        self._patch = self.folder / "scenarios" / scenario / "project.yml" if scenario else None
        self._settings_at: dict[str, Settings] = {}
        self.settings: Settings = _with_places(read_settings(self.folder / "project.yml", self._patch), self.folder)

    def settings_at(self, quarter: Quarter) -> Settings:
        """Return the settings that hold in a quarter: what a later quarter's adoption brought does not hold yet."""
        adopted = [
            (self.quarter(entry["quarter"]), entry.get("settings", []))
            for path in sorted((self.decisions / "models").glob("*.json"))
            for entry in json.loads(path.read_text("utf-8"))["adoptions"]
        ]
        later = sorted((pair for pair in adopted if pair[0] > quarter), key=lambda pair: pair[0])
        undone = [change for _, changes in reversed(later) for change in changes]
        if not undone:
            return self.settings
        key = json.dumps(undone)
        if key not in self._settings_at:
            settings = read_settings(self.folder / "project.yml", self._patch, undone)
            self._settings_at[key] = _with_places(settings, self.folder)
        return self._settings_at[key]

    def file_of(self, *place: str) -> str:
        """Return the name of the file that holds a setting: the scenario's own where it changes it."""
        return file_of(place, self.folder / "project.yml", self._patch)

    @property
    def has_money(self) -> bool:
        """Say whether a table of money is among the sources; without one only notebook 01 can run."""
        return any(table in self.settings.sources for table in MONEY)

    @property
    def runs(self) -> Path:
        """Where runs lie: ``runs``, or the scenario's own folder."""
        return self.folder / "scenarios" / self.scenario / "runs" if self.scenario else self.folder / "runs"

    def run_folder(self, quarter: Quarter | str) -> Path:
        """Return the folder of a complete run, also in the moment in which a new one takes its place."""
        folder = self.runs / str(quarter)
        return folder if folder.exists() or not displaced(folder).exists() else displaced(folder)

    def staging_folder(self, quarter: Quarter | str) -> Path:
        """Return the folder in which a run is built, before it takes the place of the complete one."""
        return self.runs / f".{quarter}"

    @property
    def decisions(self) -> Path:
        """Where judgement on named rows lies."""
        return self.folder / "decisions"

    @property
    def ledgers(self) -> Path:
        """Where it is written what has happened for good."""
        return self.folder / "ledgers"

    def report_folder(self, quarter: Quarter | str) -> Path:
        """Return ``reports/<project>/<quarter>`` beside ``data/``, else ``reports/<quarter>`` in the project folder."""
        if self.folder.parent.name == "data":
            base = self.folder.parent.parent / "reports" / self.folder.name
        else:
            base = self.folder / "reports"
        return base / self.scenario / str(quarter) if self.scenario else base / str(quarter)

    def quarter(self, text: str) -> Quarter:
        """Read a quarter in the project's fiscal year."""
        return Quarter.parse(text, self.settings.fiscal_year_start)

    def quarters(self) -> list[Quarter]:
        """Return the quarters with a complete run, oldest first."""
        if not self.runs.is_dir():
            return []
        found = [re.fullmatch(r"(\d{4}Q[1-4])|\.(\d{4}Q[1-4])\.old", p.name) for p in self.runs.iterdir()]
        names = {match[1] or match[2] for match in found if match}
        return sorted(self.quarter(n) for n in names if (self.run_folder(n) / "manifest.json").exists())

    def source_files(self, quarter: Quarter | None = None) -> list[SourceFile]:
        """Return the files behind every table.

        Events take all deliveries. A snapshot (accounts, contacts, products …) that came in several deliveries
        takes the first on or after the quarter's end, else the last before. Entries of a table are deliveries of one
        another where they are exports of one system or where their files' names differ in digits only: a register
        whose columns changed from year to year is several entries, of which one quarter uses one. Two systems stay
        side by side, each with its own delivery.

        Raises
        ------
        UserError
            "project.yml: sources.invoices.files: no file fits raw/invoices*.csv." — all at once.
        """
        problems, files = Problems(), []
        for table, sources in self.settings.sources.items():
            entries = [self._files_of(table, entry, source, problems) for entry, source in enumerate(sources)]
            if quarter is not None and INPUTS[table].kind == "snapshot":
                entries = [_delivery_for(found, quarter) for found in _series(sources, entries)]
            files += sorted((file for found in entries for file in found), key=lambda file: file.entry)
        problems.raise_if_any()
        return files

    def _files_of(self, table: str, entry: int, source: Source, problems: Problems) -> list[SourceFile]:
        if source.database is not None:
            return [SourceFile(table, entry, table, None, None, source.database.name)]
        files, seen = [], self._first_seen()
        for alias, pattern in source.patterns:
            paths = self._expand(pattern)
            if not paths:
                key = "from" if source.joined else "files"
                problems.add(
                    f"project.yml: sources.{table}.{key}: no file fits {pattern}. "
                    f"Patterns are relative to {self.folder}; put the export there or change the pattern."
                )
            for path in paths:
                name = self._name(path)
                files.append(SourceFile(table, entry, alias, path, _delivery(path), name, seen.get(name)))
        return files

    @property
    def deliveries_ledger(self) -> Path:
        """Where runs note when they first met a file."""
        return self.ledgers / "deliveries.csv"

    def _first_seen(self) -> dict[str, dt.date]:
        if not self.deliveries_ledger.exists():
            return {}
        with self.deliveries_ledger.open(encoding="utf-8", newline="") as stream:
            return {row["file"]: dt.date.fromisoformat(row["first_seen"]) for row in csv.DictReader(stream)}

    def _expand(self, pattern: str) -> list[Path]:
        """Return the files that fit a pattern; a bare name without an ending means such a file under ``raw/``."""
        pattern = pattern.replace("\\", "/")
        if not pattern.lower().endswith(SUFFIXES) and not any(c in pattern for c in "*?[/"):
            candidates = (self.folder / "raw").rglob("*")
            return sorted(p for p in candidates if p.is_file() and alias_of(p.name) == pattern)
        anchor = Path(pattern).anchor
        base, rest = (Path(anchor), pattern[len(anchor) :]) if anchor else (self.folder, pattern)
        while rest.startswith("../"):
            base, rest = base.parent, rest[3:]
        exact = base / rest
        if exact.is_file():
            return [exact]
        return sorted(p for p in base.glob(rest) if p.is_file() and not p.name.startswith((".", "~$")))

    def _name(self, path: Path) -> str:
        if path.is_relative_to(self.folder):
            return path.relative_to(self.folder).as_posix()
        return Path(os.path.join(*path.parts[-2:])).as_posix()


def _with_places(settings: Settings, folder: Path) -> Settings:
    """Let ``sqlite:///erp.db`` mean a file in the project folder, wherever the command is typed."""
    for sources in dict(settings.sources.items()).values():
        for source in sources:
            database = source.database
            if database is not None and database.url.startswith("sqlite:///") and database.url.count("/") == 3:
                place = (folder / database.url.removeprefix("sqlite:///")).as_posix()
                object.__setattr__(database, "url", f"sqlite:///{place}")  # settings are frozen for everybody else
    return settings


def displaced(folder: Path) -> Path:
    """Return where a run waits while a new one takes its place."""
    return folder.with_name(f".{folder.name}.old")


def _delivery(path: Path) -> dt.date | None:
    """Return the day of a delivery: of the dated folder around a file, else the last day in the file's name."""
    folders = [part for part in reversed(path.parts[:-1]) if _DATE_FOLDER.fullmatch(part)]
    named = _DATE_IN_NAME.findall(path.name)
    for text in folders[:1] or named[-1:]:
        try:
            return dt.date.fromisoformat(text)
        except ValueError:
            return None
    return None


def _series(sources: tuple[Source, ...], entries: list[list[SourceFile]]) -> list[list[SourceFile]]:
    """Return the files of a table's entries, those of entries that deliver the same thing again in one list."""
    series: list[tuple[set[str], list[SourceFile]]] = []
    for source, files in zip(sources, entries, strict=True):
        kinds = {_kind_of(source, file) for file in files}
        same = [known for known in series if known[0] & kinds]
        series = [known for known in series if known not in same]
        series.append((kinds.union(*(k for k, _ in same)), [f for _, of in same for f in of] + files))
    return [files for _, files in series]


def _kind_of(source: Source, file: SourceFile) -> str:
    """Return what says that two files are deliveries of one thing: their system, else the letters of their names."""
    preset = getattr(source, "preset", None)
    return preset or re.sub(r"[\W\d_]+", " ", alias_of(Path(file.name).name)).strip().lower()


def _delivery_for(files: list[SourceFile], quarter: Quarter) -> list[SourceFile]:
    dates = sorted({f.delivery for f in files if f.delivery is not None})
    if not dates:
        return files
    after = [d for d in dates if d >= quarter.end]
    chosen = after[0] if after else dates[-1]
    return [f for f in files if f.delivery in (None, chosen)]
