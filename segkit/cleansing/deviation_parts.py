"""The parts of a year's money that may be counted differently, each with what it would change."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from segkit.cleansing.period import Period
from segkit.cleansing.rows import has_table, run_sql
from segkit.settings.cleansing import Cleansing

if TYPE_CHECKING:
    import duckdb
    import numpy as np
    import pandas as pd

MOST_ACCOUNTS = 50  # of a year: the largest accounts, one of which could be a company of the group
TAX_RATES = (0.19, 0.07, 0.2, 0.1, 0.081, 0.21)  # Germany, Austria, Switzerland, and others
DELIVERED = "step NOT IN ('later', 'excluded_duplicate') AND NOT is_no_revenue AND invoice_date IS NOT NULL"

CUBE = """
    WITH versions AS (SELECT invoice_id, max(source) AS newest FROM rows_invoices
                      WHERE step = 'used' AND invoice_id IS NOT NULL
                      GROUP BY invoice_id HAVING count(DISTINCT source) > 1)
    SELECT step, line_type, source, coalesce(currency, '') AS currency, month(invoice_date) AS month,
           coalesce(is_repeated, false) AS is_repeated, step = 'excluded_duplicate' OR is_no_revenue AS is_outside,
           $prefix <> '' AND coalesce(starts_with(upper(invoice_id), upper($prefix)), false) AND revenue > 0
               AS is_positive_cancellation,
           coalesce(source <> newest, false) AND step = 'used' AS is_older_version,
           count(*) AS n_rows, sum(revenue)::DOUBLE AS revenue,
           coalesce(sum(revenue - written_revenue), 0)::DOUBLE AS exchange
    FROM rows_invoices LEFT JOIN versions USING (invoice_id)
    WHERE step <> 'later' AND revenue IS NOT NULL AND {year} = $year
    GROUP BY ALL ORDER BY ALL"""


def parts_of_lines(
    con: duckdb.DuckDBPyConnection, period: Period, cleansing: Cleansing, year: int
) -> tuple[pd.DataFrame, Callable[[pd.DataFrame], pd.DataFrame]]:
    """Return the parts of a year's lines, and a function that puts two and two of them together.

    Returns
    -------
    DataFrame
        kind, item, n_rows, revenue (what the part changes: positive where delivered is too high because of it),
        is_paired (may be one of a pair).
    callable
        From such rows to their pairs, with other_kind and other_item; lines in both parts count once.
    """
    import numpy as np
    import pandas as pd

    year_sql = period.fiscal_year("invoice_date")
    parameters = {"prefix": cleansing.cancellation_prefix, "year": year}
    cube = pd.concat([con.execute(CUBE.format(year=year_sql), parameters).df(), _unreadable(con)], ignore_index=True)
    money = np.concatenate([cube["revenue"].to_numpy(), cube["exchange"].fillna(0).to_numpy()])
    weights, rows = [], []
    for kind, item, chosen, weight in _choices(cube):
        mask, nothing = chosen.to_numpy(dtype=bool) * weight, np.zeros(len(cube))
        weights.append(np.concatenate([nothing, mask] if kind == "currency_face" else [mask, nothing]))
        rows.append((kind, item, int(cube.loc[chosen, "n_rows"].sum()), kind != "month_left_out"))
    frame = pd.DataFrame(rows, columns=["kind", "item", "n_rows", "is_paired"])
    frame["revenue"] = [round(float(w @ money), 4) for w in weights]
    return frame[frame["revenue"] != 0], lambda parts: _pairs(parts, weights, money, cube["n_rows"].to_numpy())


def _unreadable(con: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Rows in quarantine whose amount could be read; their year is not known."""
    import pandas as pd

    if not has_table(con, "unreadable_invoices"):
        return pd.DataFrame()
    return con.execute(
        """SELECT 'quarantined_' || reason AS step, '' AS line_type, source, '' AS currency, 0 AS month,
                  true AS is_outside,
                  false AS is_repeated, false AS is_positive_cancellation, false AS is_older_version,
                  count(*) AS n_rows, sum(revenue)::DOUBLE AS revenue, 0.0 AS exchange
           FROM unreadable_invoices WHERE revenue IS NOT NULL GROUP BY ALL ORDER BY ALL"""
    ).df()


def _choices(cube: pd.DataFrame) -> list[tuple[str, str, pd.Series, float]]:
    """Kind, item, rows of the cube and how often they would have to go out (2: the sign changes, -1: they come in)."""
    inside = ~cube["is_outside"].astype(bool)
    found = [("step_added", s, ~inside & (cube["step"] == s), -1.0) for s in sorted(set(cube.loc[~inside, "step"]))]
    out = sorted(set(cube.loc[inside, "step"]) - {"used"})
    found += [("step_left_out", step, inside & (cube["step"] == step), 1.0) for step in out]
    types = sorted(set(cube.loc[inside, "line_type"]) - {"sale"})
    found += [("type_left_out", kind, inside & (cube["line_type"] == kind), 1.0) for kind in types]
    found.append(("type_sign", "return", inside & (cube["line_type"] == "return"), 2.0))
    found.append(("cancellation_sign", "", inside & cube["is_positive_cancellation"].astype(bool), 2.0))
    found.append(("repeated_left_out", "", inside & cube["is_repeated"].astype(bool), 1.0))
    found.append(("older_left_out", "", inside & cube["is_older_version"].astype(bool), 1.0))
    currencies = sorted(set(cube.loc[cube["exchange"] != 0, "currency"]))
    found += [("currency_left_out", c, inside & (cube["currency"] == c), 1.0) for c in currencies]
    found += [("currency_face", c, inside & (cube["currency"] == c), 1.0) for c in currencies]
    for kind, column in (("source_left_out", "source"), ("month_left_out", "month")):
        items = sorted(set(cube.loc[inside, column]))
        found += [(kind, str(i), inside & (cube[column] == i), 1.0) for i in items if len(items) > 1]
    return found


def _pairs(parts: pd.DataFrame, weights: list[np.ndarray], money: np.ndarray, n_rows: np.ndarray) -> pd.DataFrame:
    import itertools

    import numpy as np
    import pandas as pd

    rows = []
    for first, second in itertools.combinations(parts.itertuples(), 2):
        one, two = weights[first.Index], weights[second.Index]
        both = np.where(np.abs(one) >= np.abs(two), one, two)
        touched = (both[: len(n_rows)] != 0) | (both[len(n_rows) :] != 0)
        revenue = round(float(both @ money), 4)
        rows.append((first.kind, first.item, second.kind, second.item, int(n_rows[touched].sum()), revenue))
    return pd.DataFrame(rows, columns=["kind", "item", "other_kind", "other_item", "n_rows", "revenue"]).astype(
        {"revenue": float}
    )


def other_parts(con: duckdb.DuckDBPyConnection, period: Period, year: int, total: float) -> pd.DataFrame:
    """Return what only explains a deviation alone: large accounts, tax, thousands, another start of the year.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds ``rows_invoices`` and perhaps ``rows_accounts``.
    period : Period
        Says when the fiscal year begins.
    year : int
        Fiscal year.
    total : float
        Its delivered revenue.
    """
    import pandas as pd

    rows = _accounts(con, period, year)
    for rate in TAX_RATES:
        rows.append(("tax_delivered", f"{rate:.3g}", 0, total - total / (1 + rate)))
        rows.append(("tax_controlling", f"{rate:.3g}", 0, -total * rate))
    rows.append(("thousands", "", 0, total - total / 1000))
    rows += _other_years(con, period, year, total)
    frame = pd.DataFrame(rows, columns=["kind", "item", "n_rows", "revenue"])
    return frame.assign(revenue=frame["revenue"].astype(float).round(4), is_paired=False)


def _accounts(con: duckdb.DuckDBPyConnection, period: Period, year: int) -> list[tuple]:
    """The largest accounts, and all account groups of the source system."""
    lines = f"FROM rows_invoices WHERE {DELIVERED} AND revenue IS NOT NULL AND {period.fiscal_year('invoice_date')} = ?"
    found = run_sql(
        con,
        f"""SELECT 'account_left_out', account_id, count(*), sum(revenue)::DOUBLE {lines} AND account_id IS NOT NULL
            GROUP BY account_id ORDER BY abs(sum(revenue)) DESC, account_id LIMIT {MOST_ACCOUNTS}""",
        [year],
    )
    if has_table(con, "rows_accounts"):
        groups = "SELECT account_id, any_value(account_group) AS account_group FROM rows_accounts GROUP BY account_id"
        found += run_sql(
            con,
            f"""SELECT 'group_left_out', account_group, count(*), sum(revenue)::DOUBLE
                FROM (SELECT account_id, revenue {lines}) JOIN ({groups}) USING (account_id)
                WHERE account_group IS NOT NULL GROUP BY account_group ORDER BY account_group""",
            [year],
        )
    return found


def _other_years(con: duckdb.DuckDBPyConnection, period: Period, year: int, total: float) -> list[tuple]:
    """Twelve months from every other month on that overlap the year, as far as the data hold all of them."""
    months = dict(
        run_sql(
            con,
            f"""SELECT year(invoice_date) * 12 + month(invoice_date) - 1, sum(revenue)::DOUBLE
                FROM rows_invoices WHERE {DELIVERED} AND revenue IS NOT NULL GROUP BY 1""",
        )
    )
    first_month = period.quarter.first_month
    own = (year - (first_month > 1)) * 12 + first_month - 1
    found = []
    for start in range(own - 11, own + 12):
        span = range(start, start + 12)
        if start != own and all(month in months for month in span):
            name = f"{start // 12}-{start % 12 + 1:02d}"
            found.append(("other_year", name, 0, total - sum(months[month] for month in span)))
    return found
