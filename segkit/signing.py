"""Signing a quarter: what `segkit release` shows, refuses, writes down and says afterwards."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import Any

from segkit.decisions import append_decision
from segkit.errors import UserError
from segkit.monitoring.restatement import summarise_restatements
from segkit.open_questions import open_questions
from segkit.overview import changed_since
from segkit.project import Project
from segkit.publishing import page_state, publish
from segkit.quarters import Quarter
from segkit.releases import Release, kept_run, release_of
from segkit.staging import locked, recover
from segkit.store import read_frame
from segkit.texts import show


def release_quarter(project: Project, quarter: str, by: str, note: str) -> list[str]:
    """Sign the run of a quarter and renew its pages; returns what was released, in lines.

    Raises
    ------
    UserError
        An unknown quarter or a scenario; an unsigned or unexplained release; a run that its inputs have left behind;
        a run that is released already. Nothing was written.
    """
    chosen = _chosen(project, quarter)
    if not by.strip() or not note.strip():
        raise UserError("--by and --note must not be empty: a release is signed and explained.")
    with locked(project):
        project = recover(project)
        state = page_state(project, chosen)
        _refuse(project, chosen, state)
        row = Release(str(chosen), state["run_id"], by.strip(), dt.date.today().isoformat(), note.strip())
        append_decision(project.decisions / "releases.csv", "releases", asdict(row))
        publish(project, chosen)
    return _told(project, chosen, state, row)


def _chosen(project: Project, text: str) -> Quarter:
    if "@" in text:
        raise UserError(
            f"{text} is a scenario, and a scenario is never released. Take its settings over into project.yml, run "
            f"{text.partition('@')[0]} and release that run."
        )
    chosen = project.quarter(text)
    if chosen not in project.quarters():
        runs = ", ".join(map(str, project.quarters())) or "none"
        raise UserError(f"There is no run of {chosen} to release. Runs: {runs}.")
    return chosen


def _refuse(project: Project, quarter: Quarter, state: dict[str, Any]) -> None:
    earlier = release_of(project, quarter, state["run_id"])
    if earlier is not None:
        publish(project, quarter)  # a kill may have come between the signature and the pages
        when = f" on {earlier.date}" if earlier.date else ""
        raise UserError(
            f"This run of {quarter} ({state['run_id']}) is released already, by {earlier.author}{when}: {earlier.note}"
        )
    changed = [name for name in changed_since(project, quarter) if name != "code"]
    if changed:
        raise UserError(
            f"{quarter} cannot be released: its run of {state['created']} is stale, because this has changed since: "
            f"{', '.join(changed)}. Renew it with `segkit run {project.folder} --from-quarter {quarter}`, look at it, "
            "and release that run."
        )


def _told(project: Project, quarter: Quarter, state: dict[str, Any], row: Release) -> list[str]:
    kind = "complete" if state["is_complete"] else f"incomplete: data up to {state['as_of']} only"
    run = f"run {row.run_id} of {state['created']}, as of {state['as_of']}, {kind}"
    lines = [f"{quarter} is released by {row.author}: {run}."]
    lines += [f"Released although open: {question}." for question in open_questions(project, quarter)]
    restates = state["restates"]
    if restates:
        lines.append(
            f"It restates the release of {restates['date']} by {restates['author']}: {_restated(project, quarter)}."
        )
        if (kept := kept_run(project, quarter, restates["run_id"])).exists():
            lines.append(f"The earlier version is kept in {kept}.")
    return lines


def _restated(project: Project, quarter: Quarter) -> str:
    """Say how much of the quarter's own released figures the new release changes."""
    rows = read_frame(project.run_folder(quarter) / "tables" / "restatements.parquet")
    own = summarise_restatements(rows[rows["quarter"] == str(quarter)]).to_dict("records")
    if not own:
        return "no account's revenue or segment is another one"
    found, currency = own[0], project.settings.currency
    before, now, difference = (
        show(found[name], "cents", "en_GB", currency) for name in ("revenue_before", "revenue_now", "difference")
    )
    return (
        f"{found['n_accounts']:,} account(s) changed, with revenue of {before} then and {now} now "
        f"(difference {difference}); {found['n_segments']:,} of them changed segment"
    )
