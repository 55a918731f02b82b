"""Empty values of accounts and contacts by reason, and the money of the accounts that lack them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.cleansing.rows import columns_of, has_table, run_sql
from segkit.cleansing.safe_values import reason_of
from segkit.tables import TABLES

if TYPE_CHECKING:
    import duckdb

WITH_REASONS = ("accounts", "contacts")


def weigh_repairs(con: duckdb.DuckDBPyConnection) -> None:
    """Fill ``missing_values``, and the revenue of ``proposals``: that of the accounts concerned in 12 months.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds ``rows_T`` with their accounts, ``invoices``, ``run_period``, ``proposals``, ``missing_values`` (rows of
        other reasons stay), and perhaps ``empty_cells`` of reading, ``emptied_cells`` of the rules and
        ``impossible_values``.

    Notes
    -----
    missing_values: the cells of used rows without a value, in columns of which something was delivered. Reason empty:
    nothing stands there; not_stated, not_chosen, not_applicable: what stands there says so; unreadable: what stands
    there is no number, day or yes. Cells that were impossible have rows of their own already.
    """
    run_sql(
        con,
        """CREATE OR REPLACE TEMP TABLE money_of_12_months AS
           SELECT account_id, sum(revenue) AS revenue FROM invoices
           WHERE invoice_date > (SELECT as_of - INTERVAL 12 MONTH FROM run_period) GROUP BY account_id""",
    )
    _weigh_proposals(con)
    _collect_cells(con)
    for table in WITH_REASONS:
        if has_table(con, f"rows_{table}"):
            for column in columns_of(table):
                if column not in TABLES[table].key:
                    _count(con, table, column)
    run_sql(con, "DROP TABLE cells_with_reason")


def _weigh_proposals(con: duckdb.DuckDBPyConnection) -> None:
    for (table,) in run_sql(con, 'SELECT DISTINCT "table" FROM proposals WHERE revenue IS NULL ORDER BY 1'):
        run_sql(
            con,
            f"""UPDATE proposals SET revenue = m.revenue
                FROM rows_{table} t JOIN money_of_12_months m USING (account_id)
                WHERE proposals."table" = '{table}' AND proposals.revenue IS NULL AND t.source = proposals.source
                  AND t."row_number" = proposals."row_number" """,
        )


def _collect_cells(con: duckdb.DuckDBPyConnection) -> None:
    """Create ``cells_with_reason``: table, column, source, row_number, reason, written."""
    selects = []
    if has_table(con, "empty_cells"):
        written = run_sql(con, "SELECT DISTINCT written FROM empty_cells WHERE reason = 'placeholder' ORDER BY 1")
        run_sql(con, "CREATE OR REPLACE TEMP TABLE reasons_of_words (written VARCHAR, reason VARCHAR)")
        if written:
            pairs = [[word, reason_of(word)] for (word,) in written]
            con.executemany("INSERT INTO reasons_of_words VALUES (?, ?)", pairs)
        selects.append(
            """SELECT c."table", c."column", c.source, c."row_number", coalesce(w.reason, c.reason), c.written
               FROM empty_cells c LEFT JOIN reasons_of_words w ON c.reason = 'placeholder' AND w.written = c.written"""
        )
    if has_table(con, "emptied_cells"):
        selects.append('SELECT "table", "column", source, "row_number", reason, written FROM emptied_cells')
    if has_table(con, "impossible_values"):
        selects.append("""SELECT "table", "column", source, "row_number", 'impossible', value FROM impossible_values""")
    none = "SELECT '', '', '', 0::BIGINT, '', '' WHERE false"
    run_sql(
        con,
        f"""CREATE OR REPLACE TEMP TABLE cells_with_reason AS
            SELECT DISTINCT ON ("table", "column", source, "row_number") *
            FROM ({" UNION ALL ".join(selects) or none}) c("table", "column", source, "row_number", reason, written)
            ORDER BY ALL""",
    )


def _count(con: duckdb.DuckDBPyConnection, table: str, column: str) -> None:
    """Add the rows of one column, where anything was delivered in it."""
    has_cells = run_sql(
        con,
        'SELECT count(*) FROM cells_with_reason WHERE "table" = $table AND "column" = $column',
        {"table": table, "column": column},
    )[0][0]
    used = f"rows_{table} WHERE step = 'used'"
    n_rows, n_filled = run_sql(con, f"SELECT count(*), count({column}) FROM {used}")[0]
    if n_filled == n_rows or not (n_filled or has_cells):
        return
    run_sql(
        con,
        f"""
        INSERT INTO missing_values
        WITH cells AS (FROM cells_with_reason WHERE "table" = '{table}' AND "column" = '{column}'),
        gaps AS (SELECT t.account_id, coalesce(c.reason, 'empty') AS reason, c.written
                 FROM (SELECT account_id, source, "row_number" FROM {used} AND {column} IS NULL) t
                 LEFT JOIN cells c ON c.source = t.source AND c."row_number" = t."row_number"),
        money AS (SELECT reason, sum(revenue) AS revenue FROM (SELECT DISTINCT reason, account_id FROM gaps)
                  JOIN money_of_12_months USING (account_id) GROUP BY reason),
        words AS (SELECT reason, written FROM gaps WHERE written IS NOT NULL GROUP BY reason, written
                  QUALIFY row_number() OVER (PARTITION BY reason ORDER BY count(*) DESC, written) = 1)
        SELECT '{table}', '{column}', reason, any_value(words.written), {n_rows}, count(*), any_value(money.revenue)
        FROM gaps LEFT JOIN money USING (reason) LEFT JOIN words USING (reason)
        WHERE reason <> 'impossible' GROUP BY reason ORDER BY reason""",
    )
