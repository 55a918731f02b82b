"""The command `segkit`: each command in a few lines, every mistake in the user's words."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from segkit.errors import StageError, UserError

app = typer.Typer(
    help="B2B customer segmentation workbench.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
Folder = Annotated[Path, typer.Argument(help="project folder, the one with project.yml")]
AsJson = Annotated[bool, typer.Option("--json", help="print JSON")]


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")  # a Windows console may speak cp1252
    app()


def command(function: Callable[..., None]) -> Callable[..., None]:
    """Make a command: `UserError` ends with exit code 2, `StageError` with 1, each told without a traceback."""

    @functools.wraps(function)
    def told(*args: Any, **kwargs: Any) -> None:
        try:
            function(*args, **kwargs)
        except (UserError, StageError) as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(2 if isinstance(error, UserError) else 1) from None
        except KeyboardInterrupt:
            typer.echo("Ended by Ctrl-C. The last good run is untouched.", err=True)
            raise typer.Exit(130) from None

    return app.command()(told)


@command
def demo(folder: Annotated[Path, typer.Argument(help="folder to write the sample company into")]) -> None:
    """Write the sample company's exports and project.yml."""
    from segkit.demo import write_demo

    if (folder / "project.yml").exists():
        raise UserError(f"{folder} holds a project already. Choose another folder, or delete it first.")
    write_demo(folder)
    typer.echo(f"The sample company is in {folder}. Next: segkit run {folder}")


@command
def init(
    folder: Annotated[Path, typer.Argument(help="folder for the new project")],
    files: Annotated[list[Path], typer.Argument(help="exports: CSV, Excel, Parquet, also gz and zip")],
) -> None:
    """Look at exports and propose project.yml and mapping.xlsx; an edited mapping.xlsx is read back."""
    from segkit.sources.propose import propose, write_project

    proposal = propose(folder, files)
    for line in write_project(folder, proposal):
        typer.echo(line)


@command
def check(folder: Folder, as_json: AsJson = False) -> None:
    """Validate a project; say what can and cannot be computed, and what is missing for it."""
    from segkit.checking import check_project
    from segkit.project import Project

    found = check_project(Project(folder))
    if as_json:
        typer.echo(json.dumps(found, indent=1, ensure_ascii=False, default=str))
        return
    dates = f"money from {found['first_date']} to {found['last_date']}" if found["first_date"] else "no money"
    what = f", the quarter of the last delivery or event, with {_joined(found['runs'])} only"
    what = what if found["cannot_run"] else ""
    typer.echo(f"{found['project']}: {dates}; `segkit run` would make {found['default_quarter']}{what}.")
    for table, entry in found["tables"].items():
        bad = "".join(f", {n:,} of them left out ({reason})" for reason, n in entry["left_out"].items())
        bad += f", {entry['unreadable_rows']:,} unreadable" if entry["unreadable_rows"] else ""
        typer.echo(f"  {table:<15} {entry['rows']:>11,} rows{bad} from {len(entry['files'])} file(s)")
    for rules in found["rules"]:
        typer.echo("\n".join(["", rules["source"], *(f"  {line}" for line in rules["sentences"])]))
    wrong = [sentence for rules in found["rules"] for sentence in rules["warnings"]]
    for sentence in [*wrong, *found["notes"], *(lack["sentence"] for lack in found["missing"])]:
        typer.echo(f"  - {sentence}")


def _joined(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


@command
def run(
    folder: Folder,
    quarter: Annotated[str, typer.Option(help="such as 2026Q3; default: the last complete quarter")] = "",
    from_quarter: Annotated[str, typer.Option(help="first of several quarters, up to --quarter")] = "",
    scenario: Annotated[str, typer.Option(help="name of a scenario in scenarios/")] = "",
    engine: Annotated[str, typer.Option(help="duckdb or spark; default: as in project.yml")] = "",
) -> None:
    """Run the notebooks of a quarter; what is unchanged is skipped."""
    import os

    from segkit import engines
    from segkit.batch import run_quarter
    from segkit.default_quarter import default_quarter
    from segkit.project import Project
    from segkit.quarters import Quarter

    if engine:
        os.environ[engines.ENGINE] = engine
    project = Project(folder, scenario)
    last = project.quarter(quarter) if quarter else default_quarter(project)
    first = project.quarter(from_quarter) if from_quarter else last
    if first > last:
        raise UserError(f"--from-quarter {first} is later than {last}.")
    if not quarter and not project.has_money:
        typer.echo(f"{last}  is the quarter of the last delivery or event; name another one by --quarter")
    for chosen in Quarter.between(first, last):
        outcome = run_quarter(project, chosen, typer.echo)
        total = sum(outcome.executed.values())
        typer.echo(f"{chosen}  unchanged" if outcome.is_unchanged else f"{chosen}  done in {total:.1f} s")
        if outcome.left_out:
            numbers = _joined([name.partition("_")[0] for name in outcome.left_out])
            typer.echo(
                f"{chosen}  {numbers} were left out: they need a table of money. Name an export of invoices, or of "
                "opportunities with those that were won, under sources in project.yml."
            )
    typer.echo(f"Pages: {project.report_folder(last) / 'index.html'}")


@command
def status(folder: Folder, as_json: AsJson = False) -> None:
    """List quarters: when, how long, draft, released or stale, warnings."""
    from segkit.overview import describe_release
    from segkit.overview import status as read_status
    from segkit.project import Project

    entries = read_status(Project(folder))
    if as_json:
        typer.echo(json.dumps(entries, indent=1, ensure_ascii=False, default=str))
        return
    if not entries:
        typer.echo(f"No run yet. Make one with `segkit run {folder}`.")
    for e in entries:
        marks = [e["state"], *(["incomplete"] if not e["is_complete"] else []), *(["stale"] if e["is_stale"] else [])]
        typer.echo(f"{e['quarter']}  as of {e['as_of']}  {', '.join(marks):<26} {e['seconds']:6.1f} s  {e['created']}")
        for line in [*describe_release(e), *(f"open: {question}" for question in e["open"])]:
            typer.echo(f"    {line}")
        for stage in e["stages"]:
            warned = f"  {len(stage['warnings'])} warning(s)" if stage["warnings"] else ""
            typer.echo(f"    {stage['notebook']:<24} {stage['seconds']:6.1f} s {stage['peak_memory_mb']:6} MB{warned}")
        if e["is_stale"]:
            typer.echo(
                f"    changed since: {', '.join(e['changed'])}. `segkit run --from-quarter {e['quarter']}` renews it."
            )


@command
def release(
    folder: Folder,
    quarter: Annotated[str, typer.Option(help="such as 2026Q3")],
    by: Annotated[str, typer.Option(help="who signs")],
    note: Annotated[str, typer.Option(help="what was checked, or why now")],
) -> None:
    """Sign a quarter: until then it is a draft."""
    from segkit.project import Project
    from segkit.signing import release_quarter

    for line in release_quarter(Project(folder), quarter, by, note):
        typer.echo(line)


@command
def adopt(
    folder: Folder,
    scenario: Annotated[
        str, typer.Argument(help="name of a scenario; refit: the challenger; with :ID of a segmentation")
    ],
    by: Annotated[str, typer.Option(help="who decides")],
    note: Annotated[str, typer.Option(help="why")],
    quarter: Annotated[str, typer.Option(help="from which quarter, and of which run; default: the newest")] = "",
    preview: Annotated[bool, typer.Option("--preview", help="only show who would move")] = False,
) -> None:
    """Make a scenario's or the challenger's settings and model the accepted ones; shows first who would move."""
    from segkit.adoption import adopt as adopt_model
    from segkit.project import Project

    adopt_model(Project(folder), scenario, by, note, quarter, preview, typer.echo)


@command
def share(
    folder: Folder,
    quarter: Annotated[str, typer.Option(help="such as 2026Q3")],
    out: Annotated[Path, typer.Option(help="new folder for the copy, outside the project")],
    recipient: Annotated[str, typer.Option(help="who receives it; each recipient has pseudonyms of its own")] = "",
    lines: Annotated[bool, typer.Option("--lines", help="also invoice lines and other single acts")] = False,
) -> None:
    """Write a pseudonymised copy of a run, to share outside the project."""
    from segkit.project import Project
    from segkit.reports.share import share_run

    for line in share_run(Project(folder), quarter, out, recipient, lines):
        typer.echo(line)


@command
def diff(
    folder: Folder,
    first: Annotated[str, typer.Argument(help="a run, such as 2026Q2, 2026Q2@scenario or 2026Q2@released")],
    second: Annotated[str, typer.Argument(help="another run")],
    as_json: AsJson = False,
) -> None:
    """Show what differs between two runs: settings, data, segments, KPIs."""
    from segkit.overview import difference
    from segkit.project import Project

    found = difference(Project(folder), first, second)
    if as_json:
        typer.echo(json.dumps(found, indent=1, ensure_ascii=False, default=str))
        return
    typer.echo("Settings" if found["settings"] else "Settings: equal")
    for key, (before, after) in found["settings"].items():
        typer.echo(f"  {key}: {before} → {after}")
    typer.echo("Tables (rows)" if found["tables"] else "Tables: equal")
    for name, (before, after) in found["tables"].items():
        typer.echo(f"  {name:<22} {_count(before)} → {_count(after)}")
    if found["no_segments"]:
        typer.echo(f"Segments and KPIs: {_joined(found['no_segments'])} had no table of money, so there are none")
        return
    typer.echo("Segments (accounts, revenue of twelve months)")
    for s in found["segments"]:
        (n0, n1), (r0, r1) = s["accounts"], s["revenue_12m"]
        typer.echo(
            f"  {s['segment_id']:<10} {n0:>7,} → {n1:>7,}   {r0:>16,.2f} → {r1:>16,.2f}   +{s['joined']} −{s['left']}"
        )
    typer.echo("KPIs (all accounts)")
    for kpi, (before, after) in found["kpis"].items():
        typer.echo(f"  {kpi:<22} {_number(before)} → {_number(after)}")


def _count(value: int | None) -> str:
    return f"{value:>12,}" if value is not None else "           –"


def _number(value: float | None) -> str:
    return f"{value:>18,.4f}" if value is not None else "                 –"


@command
def score(
    folder: Folder,
    file: Annotated[Path, typer.Argument(help="CSV or Excel with new accounts or leads")],
    out: Annotated[Path, typer.Option(help="file for the answers, .csv or .xlsx")],
    segmentation: Annotated[str, typer.Option(help="id; default: the primary one")] = "",
    quarter: Annotated[str, typer.Option(help="such as 2026Q3; default: the newest run")] = "",
    as_json: AsJson = False,
) -> None:
    """Place new accounts and leads in segments: how sure, why, and left open where unsure."""
    from segkit.project import Project
    from segkit.scoring.command import describe_score, score_file

    found = score_file(Project(folder), file, out, segmentation, quarter)
    lines = [json.dumps(found, indent=1, ensure_ascii=False, default=str)] if as_json else describe_score(found)
    typer.echo("\n".join(lines))


@command
def lab(folder: Folder) -> None:
    """Open the notebooks in JupyterLab; what you change goes into a scenario, never into the official run."""
    from segkit.project import Project
    from segkit.widgets.serve import lab as open_lab

    open_lab(Project(folder).folder)


@command
def serve(
    folder: Folder,
    port: Annotated[int, typer.Option(help="port on this machine")] = 8866,
    browser: Annotated[bool, typer.Option(help="open the browser")] = True,
    analysts: Annotated[bool, typer.Option("--analysts", help="also list the notebooks for analysts")] = False,
) -> None:
    """Serve the managers' pages on this machine."""
    from segkit.project import Project
    from segkit.publishing import page_state
    from segkit.records import NO_MONEY
    from segkit.widgets.serve import serve as serve_pages

    project = Project(folder)
    done = project.quarters()
    if not done:
        raise UserError(f"There is no run to show yet. Make one with `segkit run {folder}`.")
    if page_state(project, done[-1])["money_source"] == NO_MONEY:
        raise UserError(
            f"The run of {done[-1]} has no segments to show: its project has no table of money. Its page of data "
            f"cleansing is {project.report_folder(done[-1]) / 'index.html'}. Name an export of invoices, or of "
            "opportunities, under sources in project.yml and run again."
        )
    serve_pages(project.folder, port=port, open_browser=browser, analysts=analysts)
