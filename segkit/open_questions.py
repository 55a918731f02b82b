"""What a run leaves for people to decide: money off controlling's, possible duplicates, doubtful repairs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.project import Project
from segkit.publishing import money_off
from segkit.quarters import Quarter
from segkit.store import read_frame
from segkit.texts import show

if TYPE_CHECKING:
    import pandas as pd


def open_questions(project: Project, quarter: Quarter) -> list[str]:
    """Return one sentence per kind of question, the most serious first; none where nothing is open."""
    tables = {name: _table(project, quarter, name) for name in ("control_totals", "duplicates", "proposals")}
    currency = project.settings.currency
    return [
        *_money(tables["control_totals"]),
        *_pairs(tables["duplicates"], currency),
        *_repairs(tables["proposals"], currency),
    ]


def _table(project: Project, quarter: Quarter, name: str) -> pd.DataFrame | None:
    """Return a table of the run; a run of an earlier version of the program may lack it."""
    path = project.run_folder(quarter) / "tables" / f"{name}.parquet"
    return read_frame(path) if path.exists() else None


def _money(control_totals: pd.DataFrame | None) -> list[str]:
    if control_totals is None:
        return []
    return [
        f"revenue of {year} is {'not' if share is None else format(abs(share), '.1%')} "
        f"{'equal to' if share is None else 'above' if share > 0 else 'below'} controlling's total: page 01 says what "
        "would explain it"
        for year, share in money_off(control_totals)
    ]


def _pairs(duplicates: pd.DataFrame | None, currency: str) -> list[str]:
    if duplicates is None:
        return []
    waiting = duplicates[duplicates["status"] == "review"]
    return _counted(waiting, "account_id_a", "pair(s) of accounts may be one customer", currency)


def _repairs(proposals: pd.DataFrame | None, currency: str) -> list[str]:
    if proposals is None:
        return []
    waiting = proposals[proposals["status"] == "open"].drop_duplicates(["table", "record_id", "column"])
    return _counted(waiting, "record_id", "doubtful value(s) wait for a decision", currency)


def _counted(rows: pd.DataFrame, record: str, what: str, currency: str) -> list[str]:
    """Count the rows, and the money of each record once."""
    if rows.empty:
        return []
    money = float(rows.drop_duplicates(record)["revenue"].fillna(0).abs().sum())
    stake = f", with {show(money, 'money', 'en_GB', currency)} of revenue in 12 months" if money else ""
    return [f"{len(rows):,} {what}{stake}: decide in the review of notebook 01"]
