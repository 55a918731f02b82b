"""The management summary of a quarter: two A4 pages in sentences made from numbers, German and English."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segkit import display, texts
from segkit.reports.pages import write_parts
from segkit.reports.summary_accounts import describe_chances, describe_lead, describe_risks
from segkit.reports.summary_data import describe_criteria, describe_data
from segkit.reports.summary_decisions import describe_decisions
from segkit.reports.summary_facts import Evidence, Fact, describe_figures, describe_headline, describe_segments
from segkit.reports.summary_goals import describe_goal_facts
from segkit.reports.summary_moves import describe_moves, describe_review
from segkit.reports.summary_view import body_html, style
from segkit.store import read_frame, read_json

if TYPE_CHECKING:
    from segkit.settings import Settings

TABLES = (
    *("run_period", "account_value", "account_features", "accounts", "segments", "segment_register", "segment_sizes"),
    *("segment_cards", "segment_traits", "kpis", "criteria", "migration_flows", "drift", "review"),
    "goals",
    *("control_totals", "reconciliation", "data_quality", "restatements"),
)
COLUMNS = {"account_features": ["account_id", "as_of", "interval_days"]}  # the panel is long
CHARTS = {"moves": "migration_causes_chart", "segments": "segment_tiles_chart"}  # by the section they belong to


def write_summary(run_folder: Path, path: Path, language: str, state: Mapping[str, Any], settings: Settings) -> None:
    """Write the management summary of a run as one HTML file that prints on two A4 pages.

    Parameters
    ----------
    run_folder, path : Path
        The complete run, of which every table but `run_period` and `account_value` may be absent, and the file.
    language : str
        Language that is shown first, ``de`` or ``en``.
    state : mapping
        `segkit.publishing.page_state` of the run.
    settings : Settings
        Of the project: currency, classes, thresholds.
    """
    evidence = Evidence(read_tables(run_folder), settings)
    facts = describe_quarter(evidence, state)
    charts = read_chart(run_folder, evidence.is_complete)
    bodies = [body_html(facts, evidence, state, x, charts.get(x)) for x in texts.LANGUAGES]
    write_parts(path, [style(), display.both_languages(*bodies)], "summary", language, state)


def read_tables(run_folder: Path) -> dict[str, Any]:
    """Return those of the tables that the run holds."""
    paths = {name: run_folder / "tables" / f"{name}.parquet" for name in TABLES}
    return {name: read_frame(path, COLUMNS.get(name)) for name, path in paths.items() if path.exists()}


def read_chart(run_folder: Path, is_complete: bool) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return the summary's chart by language, as section and specification: why accounts moved, else segment sizes.

    Of an incomplete quarter nothing is said of moves, so they are not shown either. Empty where there is no chart.
    """
    for section, name in CHARTS.items():
        paths = {x: run_folder / "charts" / f"{name}.{x}.json" for x in texts.LANGUAGES}
        if all(path.exists() for path in paths.values()) and (is_complete or section != "moves"):
            return {x: (section, read_json(path)) for x, path in paths.items()}
    return {}


def describe_quarter(evidence: Evidence, state: Mapping[str, Any]) -> list[Fact]:
    """Every statement of the summary, in reading order."""
    return [
        *describe_headline(evidence),
        *describe_lead(evidence),
        *describe_figures(evidence),
        *describe_segments(evidence),
        *describe_moves(evidence),
        *describe_risks(evidence),
        *describe_chances(evidence),
        *describe_goal_facts(evidence),
        *describe_decisions(evidence, bool(state.get("is_draft", True))),
        *describe_criteria(evidence),
        *describe_review(evidence),
        *describe_data(evidence, bool(state.get("compared"))),
        *_describe_terms(evidence),
        *_describe_status(evidence, state),
    ]


def _describe_terms(evidence: Evidence) -> list[Fact]:
    """How to read the figures."""
    settings = evidence.settings
    moves = Fact("small", "summary.small_moves", {"level": settings.monitoring.confidence})
    return [
        Fact("small", "summary.small_range", {"level": settings.kpis.confidence}),
        Fact("small", "summary.small_large", {"abc_a": settings.value.abc_a}),
        Fact("small", "summary.small_rates"),
        *([moves] if evidence.table("migration_flows") is not None else []),
    ]


def _describe_status(evidence: Evidence, state: Mapping[str, Any]) -> list[Fact]:
    """Who released it, and from which run it is."""
    numbers = {"run_id": state.get("run_id"), "as_of": evidence.period["as_of"].date()}
    if state.get("is_draft", True):
        return [Fact("footer", "summary.footer_draft", numbers)]
    released = {"author": state["released_by"], "day": state["released_on"]}
    return [Fact("footer", "summary.footer_released", {**released, **numbers})]
