"""Records that are one customer become one account, in every table; the money of their lines stays as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.cleansing.golden import write_golden_records
from segkit.cleansing.links import ACCOUNT_COLUMNS, LOG, id_relations
from segkit.cleansing.merging import OWN_PARENT
from segkit.cleansing.rows import columns_of, has_table, run_sql

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

JOINED = "account_id IN (SELECT account_id FROM joined_records)"


def join_records(con: duckdb.DuckDBPyConnection, joined: pd.DataFrame) -> None:
    """Give records the account that they are, in every table, and make one row of accounts of them.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds ``rows_T``, ``raw_invoices`` and ``account_links``, all with known keys applied.
    joined : DataFrame
        record_id, account_id, how (match or decision), probability: every record of an account of several, and those
        whose account bears another id than they do.

    Notes
    -----
    Creates ``joined_records`` (as `joined`), ``joined_lines`` (source, row_number, record_id of the lines of money
    whose account changed) and ``match_log`` (columns of cleaning_log without reason). Merged rows of accounts have the
    step excluded_linked.
    """
    run_sql(con, f"CREATE OR REPLACE TEMP TABLE match_log ({LOG})")
    con.register("joined_now", joined[["record_id", "account_id", "how", "probability"]])
    run_sql(
        con,
        """CREATE OR REPLACE TEMP TABLE joined_records AS
           SELECT record_id::VARCHAR AS record_id, account_id::VARCHAR AS account_id, how::VARCHAR AS how,
                  probability::DOUBLE AS probability FROM joined_now ORDER BY record_id""",
    )
    con.unregister("joined_now")
    _note_lines(con)
    if joined.empty:
        return
    for table, relation in id_relations(con):
        for column in [c for c in ACCOUNT_COLUMNS if c in columns_of(table)]:
            _translate(con, table, relation, column)
    _merge_rows(con)
    _link(con)
    write_golden_records(con, "match_log", "filled_from_match", JOINED)
    run_sql(con, OWN_PARENT)


def _note_lines(con: duckdb.DuckDBPyConnection) -> None:
    """Remember which record each line of money names, before it names the account."""
    money = next((name for name in ("raw_invoices", "rows_opportunities") if has_table(con, name)), None)
    relation = money or """(SELECT NULL::VARCHAR AS source, NULL::BIGINT AS "row_number", NULL AS account_id)"""
    run_sql(
        con,
        f"""CREATE OR REPLACE TEMP TABLE joined_lines AS
            SELECT source, "row_number", joined_records.record_id FROM {relation} lines
            JOIN joined_records ON joined_records.record_id = lines.account_id
            WHERE joined_records.account_id <> joined_records.record_id""",
    )


def _translate(con: duckdb.DuckDBPyConnection, table: str, relation: str, column: str) -> None:
    """Put accounts in the place of records; records are logged one by one, references as a number for each file."""
    is_record = table == "accounts" and column == "account_id"
    changes = f"""{relation} r JOIN joined_records ON r.{column} = joined_records.record_id
                  WHERE joined_records.account_id <> joined_records.record_id"""
    if is_record and relation.startswith("rows_"):
        run_sql(
            con,
            f"""INSERT INTO match_log
                SELECT source, "row_number", 'account_id', joined_records.record_id, joined_records.account_id,
                       CASE how WHEN 'decision' THEN 'merged_by_decision' ELSE 'merged' END, 1
                FROM {changes} AND r.step IS NULL ORDER BY ALL""",
        )
    elif relation.startswith("rows_") or table == "invoices":
        run_sql(
            con,
            f"""INSERT INTO match_log
                SELECT source, NULL, '{column}', NULL, NULL, 'reference_merged', count(*)
                FROM {changes} GROUP BY source ORDER BY source""",
        )
    run_sql(
        con,
        f"""UPDATE {relation} SET {column} = joined_records.account_id FROM joined_records
            WHERE {relation}.{column} = joined_records.record_id
              AND joined_records.account_id <> joined_records.record_id""",
    )


def _merge_rows(con: duckdb.DuckDBPyConnection) -> None:
    """Keep one open row of each account: that of the record whose id it bears, else of the one with most money."""
    run_sql(
        con,
        """
        CREATE OR REPLACE TEMP TABLE merged_rows AS
        SELECT r.source, r."row_number", row_number() OVER leads > 1 AS is_merged,
               first_value(r.source) OVER leads AS leading_source,
               first_value(r."row_number") OVER leads AS leading_row
        FROM rows_accounts r JOIN account_records known USING (source, "row_number")
        WHERE r.step IS NULL
        WINDOW leads AS (PARTITION BY r.account_id ORDER BY known.record_id <> r.account_id, known.money DESC,
                         known.created_date NULLS LAST, known.record_id)""",
    )
    run_sql(
        con,
        """UPDATE rows_accounts SET step = 'excluded_linked', kept_source = leading_source, kept_row = leading_row
           FROM merged_rows m
           WHERE m.is_merged AND m.source = rows_accounts.source AND m."row_number" = rows_accounts."row_number" """,
    )
    if not has_table(con, "unfilled_accounts"):
        run_sql(con, "CREATE TEMP TABLE unfilled_accounts AS FROM rows_accounts")
    else:
        run_sql(
            con,
            """UPDATE unfilled_accounts SET account_id = r.account_id, step = r.step FROM rows_accounts r
               WHERE r.source = unfilled_accounts.source AND r."row_number" = unfilled_accounts."row_number" """,
        )
    _translate_parents(con)
    run_sql(con, "DROP TABLE merged_rows")


def _translate_parents(con: duckdb.DuckDBPyConnection) -> None:
    run_sql(
        con,
        """UPDATE unfilled_accounts SET parent_id = joined_records.account_id FROM joined_records
           WHERE parent_id = joined_records.record_id AND joined_records.account_id <> joined_records.record_id""",
    )


def _link(con: duckdb.DuckDBPyConnection) -> None:
    """Put the accounts into ``account_links``; what a known key has linked stays linked by it."""
    run_sql(
        con,
        """UPDATE account_links
           SET account_id = j.account_id, unit_id = j.account_id, probability = j.probability,
               how = CASE account_links.how WHEN 'own' THEN j.how ELSE account_links.how END
           FROM joined_records j WHERE j.record_id = account_links.account_id AND j.account_id <> j.record_id""",
    )
