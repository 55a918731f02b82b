"""What would explain a year's deviation from controlling: money that two people could count differently."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.cleansing.deviation_parts import other_parts, parts_of_lines
from segkit.cleansing.period import Period
from segkit.cleansing.rows import make_empty, run_sql
from segkit.settings.cleansing import Cleansing

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

TOLERANCE = 0.001  # of the deviation: what remains of it may be no more
MOST = 5  # explanations of a year
MOST_PARTS = 40  # in pairs: more would match by chance
SMALLEST_PART = 0.05  # of the deviation: a part of a pair that is smaller explains nothing


def write_deviations(con: duckdb.DuckDBPyConnection, period: Period, cleansing: Cleansing) -> None:
    """Create ``deviations``: for each fiscal year that is off, what explains the deviation, best first.

    A part of the money explains it where at most `TOLERANCE` of the deviation remains: a step, kind of line, file,
    currency or month counted or left out; credits with the other sign; value added tax; another start of the year; one
    of the largest accounts. Where no part alone does, pairs of parts are tried. Nothing is listed that does not match.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds ``rows_invoices``, ``control_totals`` and ``unreadable_invoices``.
    period : Period
        Says when the fiscal year begins.
    cleansing : Cleansing
        Prefix of cancellations.
    """
    import pandas as pd

    make_empty(con, "deviations")
    years = run_sql(con, "SELECT fiscal_year, deviation::DOUBLE, delivered::DOUBLE FROM control_totals WHERE is_off")
    for year, deviation, total in years:
        parts, pairs = parts_of_lines(con, period, cleansing, year)
        alone = pd.concat([parts, other_parts(con, period, year, total)], ignore_index=True)
        found = _matching(alone, deviation)
        found = _matching(pairs(_worth_pairing(parts, deviation)), deviation) if found.empty else found
        if found.empty:
            continue
        found = found.assign(fiscal_year=year, place=range(1, len(found) + 1)).drop(
            columns="is_paired", errors="ignore"
        )
        con.register("found_parts", found)
        items = ", ".join(f"nullif({c}, '') AS {c}" for c in ("item", "other_item") if c in found)
        run_sql(con, f"INSERT INTO deviations BY NAME SELECT * REPLACE ({items}) FROM found_parts")
        con.unregister("found_parts")


def _matching(parts: pd.DataFrame, deviation: float) -> pd.DataFrame:
    """Parts that leave next to nothing of the deviation, with what remains; of equal ones the first."""
    remaining = (deviation - parts["revenue"]).round(4) + 0.0
    close = parts.assign(remaining=remaining)[remaining.abs() <= TOLERANCE * abs(deviation)]
    close = close.drop_duplicates(["revenue", "n_rows"])
    return close.sort_values("remaining", key=abs, kind="stable").head(MOST)


def _worth_pairing(parts: pd.DataFrame, deviation: float) -> pd.DataFrame:
    """Parts large enough to explain something beside another one, the largest first."""
    large = parts[parts["is_paired"] & (parts["revenue"].abs() >= SMALLEST_PART * abs(deviation))]
    return (
        large.drop_duplicates(["revenue", "n_rows"]).sort_values("revenue", key=abs, ascending=False).head(MOST_PARTS)
    )
