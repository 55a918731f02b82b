"""What a notebook holds in its hand: one quarter's run, with ten members and no knowledge of any stage."""

from __future__ import annotations

import datetime as dt
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segkit import display, kernel, texts
from segkit.adopted import ABSENT, adopted_model
from segkit.decisions import read_decisions
from segkit.engines import chosen_engine, connect_tables
from segkit.errors import UserError
from segkit.project import Project, SourceFile
from segkit.quarters import Quarter
from segkit.records import Record, decisions_sha, previous_quarter, settings_sha, sources_sha, write_record, written
from segkit.store import read_frame, read_json, sha256_of, stored_columns, write_frame, write_json, write_relation
from segkit.tables import TABLES

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

    from segkit.settings import Settings
    from segkit.spark import SparkConnection

LIFE, PROJECT, NOTEBOOK, ATTEMPT = "SEGKIT_LIFE", "SEGKIT_PROJECT", "SEGKIT_NOTEBOOK", "SEGKIT_ATTEMPT"


def open_run(project: str = "", quarter: str = "", scenario: str = "") -> Run:
    """Return the run of a quarter, as a notebook's parameters name it.

    Parameters
    ----------
    project : str
        Project folder; empty means the one that `segkit lab` or `segkit serve` opened.
    quarter : str
        Such as ``2026Q3``; empty means the newest run.
    scenario : str
        Name of a scenario; empty means the official run.

    Raises
    ------
    UserError
        When there is no such project or no run yet.
    """
    life = os.environ.get(LIFE, "lab")
    if life != "batch":
        kernel.hide_tracebacks()
    folder = project or os.environ.get(PROJECT, "")
    if not folder:
        raise UserError("No project is open. Start with `segkit lab DIR`, or name the folder in the parameters cell.")
    opened = Project(folder, scenario)
    if quarter:
        chosen = opened.quarter(quarter)
    else:
        done = opened.quarters() or Project(folder).quarters()
        if not done:
            raise UserError(f"{opened.settings.name} has no run yet. Make one with `segkit run {folder}`.")
        chosen = done[-1]
    return Run(opened, chosen, life)


class Run:
    """One quarter of one project: tables, charts, models, settings and decisions.

    Three lives: in the *batch* it writes into the staging folder and records what it reads; on a *page* it only
    reads; in the *lab* it writes into a scenario over the official run, never into it.
    """

    def __init__(self, project: Project, quarter: Quarter, life: str = "page"):
        self.quarter = quarter
        self._project = project
        self._life = life
        self._record = Record(os.environ.get(NOTEBOOK, "lab"))
        self._connection: duckdb.DuckDBPyConnection | SparkConnection | None = None
        if life == "batch":
            self._target, self._folders = project.staging_folder(quarter), [project.staging_folder(quarter)]
        elif life == "lab":
            overlay = Project(project.folder, project.scenario or "lab")
            self._target = overlay.run_folder(quarter)
            self._folders = [self._target, Project(project.folder).run_folder(quarter)]
        else:
            self._folders = [project.run_folder(quarter)]

    @property
    def settings(self) -> Settings:
        """The project's settings; which sections are used is recorded."""
        return _RecordedSettings(self)  # type: ignore[return-value]

    @property
    def as_of(self) -> dt.date:
        """The day up to which things are known: the quarter's end, or earlier where the data end earlier."""
        if self._find("tables/run_period.parquet") is None:
            return self.quarter.end
        return self.read("run_period")["as_of"].iloc[0].date()

    @property
    def previous(self) -> Run | None:
        """The nearest earlier complete official run, or None."""
        quarter = previous_quarter(self._project, self.quarter)
        self._note_read("previous", str(quarter))
        if quarter is None:
            return None
        earlier = Run(Project(self._project.folder), quarter, "page")
        earlier._note_read = lambda name, sha: self._note_read(f"previous:{name}", sha)  # type: ignore[method-assign]
        return earlier

    def read(
        self, name: str, columns: list[str] | None = None, is_optional: bool = False, segmentation: str = ""
    ) -> Any:
        """Return a table as a frame; "sources" gives the export files, "models/<id>" a model, "charts/<name>" a chart.

        Of a table about segments the rows of one ``segmentation`` are given: empty means the primary one, "all" every
        row. A run of one segmentation only gives that one, whatever is primary now.
        With ``is_optional`` a table that the run does not hold is None: an earlier run may be of a version of the
        program that did not write it yet.

        Raises
        ------
        UserError
            When the run does not hold it: the message says which notebook writes it.
        """
        if name == "sources":
            files: list[SourceFile] = self._project.source_files(self.quarter)
            self._note_read("sources", sources_sha(files))
            return files
        kind, path = _place(name)
        if kind == "chart":
            return {language: read_json(self._found(name, f"{path}.{language}.json")) for language in texts.LANGUAGES}
        if is_optional and self._find(path) is None:
            self._note_read(f"{kind}:{name}", ABSENT)
            return None
        found = self._found(name, path)
        self._note_read(f"{kind}:{name}", self._sha(found, f"{kind}:{name}"))
        if kind == "model":
            return read_json(found)
        if segmentation == "all" or "segmentation_id" not in stored_columns(found):
            return read_frame(found, columns)
        wanted = None if columns is None or "segmentation_id" in columns else [*columns, "segmentation_id"]
        frame = read_frame(found, wanted or columns)
        held = frame["segmentation_id"].unique()
        chosen = segmentation or (held[0] if len(held) == 1 else self.settings.segmentations.primary)
        rows = frame[frame["segmentation_id"] == chosen].reset_index(drop=True)
        return rows if columns is None else rows[columns]

    def write(self, name: str, thing: Any) -> None:
        """Write a table (frame or DuckDB relation), a chart in both languages, or a model (plain dict)."""
        if self._life == "page":
            raise UserError(f"Pages only read: {name} is written by `segkit run` or in JupyterLab.")
        self._check_attempt()
        kind, path = _place(name)
        target = self._target / path
        n_rows = None
        if kind == "chart":
            for language, spec in thing.items():
                write_json(target.with_name(f"{target.name}.{language}.json"), spec)
            target = target.with_name(f"{target.name}.de.json")
        elif kind == "model":
            write_json(target, thing)
        elif hasattr(thing, "to_arrow_reader"):
            n_rows = write_relation(target, thing, name)
        else:
            n_rows = write_frame(target, thing, name)
        self._record.writes[f"{kind}:{name}"] = {"sha256": sha256_of(target), "n_rows": n_rows}
        self._connection = None
        self._keep_record()

    def query(self, name: str, **parameters: Any) -> pd.DataFrame:
        """Return what `features/sql/<name>.sql` finds; every table of the run is a view of its name."""
        from segkit.features.queries import query, sql

        found = {table: self._find(f"tables/{table}.parquet") for table in TABLES}
        held = {table: path for table, path in found.items() if path is not None}
        if self._connection is None:
            # A page answers at once and asks for one account: never Spark. Which engine is no part of a record,
            # because the results are the same.
            engine = "duckdb" if self._life == "page" else chosen_engine(self._project.settings.engine)
            self._connection = connect_tables(engine, held)
        for table, path in held.items():
            if re.search(rf"\b{table}\b", sql(name)):
                self._note_read(f"table:{table}", self._sha(path, f"table:{table}"))
        return query(self._connection, name, **parameters)

    def decisions(self, name: str) -> Any:
        """Return the rows of ``decisions/<name>.csv`` that hold in this quarter, the last one per key.

        "models/<id>" gives the adoption that holds (`segkit adopt`) as a dict, or None.
        """
        self._note_read(f"decisions:{name}", decisions_sha(self._project, name, self.quarter))
        if name.startswith("models/"):
            return adopted_model(self._project, name, self.quarter)
        return read_decisions(self._project.decisions / f"{name}.csv", name, self.quarter)

    def say(self, key: str, **numbers: Any) -> None:
        """Show a sentence made from numbers, in German and English; the page shows one of them."""
        self._record.says.append([key, numbers])
        self._keep_record()
        sentences = {
            language: texts.say(key, language, self._project.settings.currency, **numbers)
            for language in texts.LANGUAGES
        }
        shown = {language: sentences[language] for language in self._shown_languages()}
        kernel.show_sentences(shown, "finding warning" if key.split(".")[-1].startswith("warn") else "finding")

    def show(self, thing: Any, rows: int = 20, columns: list[str] | None = None) -> None:
        """Show a chart or table by name, a small frame, or HTML by language; a chart without data says so."""
        if isinstance(thing, dict):
            shown = self._shown_languages()
            kernel.show_html(
                display.both_languages(thing["de"], thing["en"]) if len(shown) > 1 else thing[shown[0]], ""
            )
            return
        if isinstance(thing, str) and _place(thing)[0] == "chart":
            if self._find(f"{_place(thing)[1]}.de.json") is None:
                self.say("run.no_chart")
                return
            specs, shown = self.read(thing), self._shown_languages()
            html = display.chart_html(specs, thing) if len(shown) > 1 else display.svg(specs[shown[0]])
            kernel.show_html(html, thing)
            return
        frame = self.read(thing) if isinstance(thing, str) else thing
        chosen = frame if columns is None else frame[columns]
        currency = self._project.settings.currency
        tables = {lang: display.table_html(chosen, lang, rows=rows, currency=currency) for lang in texts.LANGUAGES}
        shown = self._shown_languages()
        html = display.both_languages(tables["de"], tables["en"]) if len(shown) > 1 else tables[shown[0]]
        kernel.show_html(html, chosen.head(rows).to_string())

    def _shown_languages(self) -> tuple[str, ...]:
        return (self._project.settings.language,) if self._life == "lab" else texts.LANGUAGES

    def _find(self, path: str) -> Path | None:
        """Return the file in the first folder that has it; work after a changed stage hides what it made stale."""
        for folder in self._folders:
            if (folder / path).exists():
                return None if self._is_hidden(folder, path) else folder / path
        return None

    def _is_hidden(self, folder: Path, path: str) -> bool:
        if self._life != "lab" or folder == self._target or not (self._target / "tables").exists():
            return False
        changed = [TABLES[p.stem].stage for p in (self._target / "tables").glob("*.parquet") if p.stem in TABLES]
        table = TABLES.get(Path(path).stem)
        return bool(changed) and table is not None and table.stage > min(changed)

    def _found(self, name: str, path: str) -> Path:
        found = self._find(path)
        if found is not None:
            return found
        table = TABLES.get(name)
        maker = f"notebook {table.stage} writes it" if table else "the run writes it"
        raise UserError(f"{self.quarter}: there is no {name} yet; {maker}. Run that first, or `segkit run`.")

    def _sha(self, path: Path, key: str) -> str | None:
        """Return the SHA-256 that the maker of a file recorded, so that nothing is hashed twice."""
        if self._life != "batch" and path.parent.parent not in self._folders:
            return None
        return self._record.writes.get(key, {}).get("sha256") or written(path.parent.parent).get(key) or sha256_of(path)

    def _note_read(self, name: str, sha: str | None) -> None:
        if name not in self._record.reads and name not in self._record.writes:
            self._record.reads[name] = sha
            self._keep_record()

    def _keep_record(self) -> None:
        if self._life == "batch":
            self._check_attempt()
            self._record.peak_memory_mb = kernel.peak_memory_mb()
            write_record(self._target, self._record)
        elif self._life == "lab" and self._record.writes:
            write_record(self._target, self._record)

    def _check_attempt(self) -> None:
        """Keep a kernel that outlived its killed run from writing into the next one."""
        if self._life == "batch":
            token = self._target / "attempt"
            if not token.exists() or token.read_text() != os.environ.get(ATTEMPT, ""):
                raise UserError("This run was ended; another one has taken its place.")


class _RecordedSettings:
    """Settings that note which section is read."""

    def __init__(self, run: Run):
        self._run = run

    def __getattr__(self, section: str) -> Any:
        project, quarter = self._run._project, self._run.quarter
        value = getattr(project.settings_at(quarter), section)
        self._run._note_read(f"settings:{section}", settings_sha(project, section, quarter))
        return value


def _place(name: str) -> tuple[str, str]:
    """Return what a name is (table, model, chart) and its path in the run's folder, without a chart's ending."""
    if name.startswith("models/"):
        return "model", f"{name}.json"
    if name in TABLES:
        return "table", f"tables/{name}.parquet"
    return "chart", f"charts/{name.removeprefix('charts/')}"
