"""Industry codes of the tables: one writing, the scheme of each column, and the division of each account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.cleansing.forms.industries import find_scheme, read_codes
from segkit.cleansing.rows import has_table, run_sql

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

TABLES_WITH_CODES = ("accounts", "firmographics", "sectors")
RULE = "industry_code_written"


def write_codes(con: duckdb.DuckDBPyConnection, switched_off: list[str]) -> None:
    """Write the industry codes of accounts, firmographics and sectors in one way (28.22) and note their scheme.

    A code that its column's scheme does not have stays as it is, and so does a column that follows none.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds ``rows_T``, ``cleaning_rules``, ``refresh_log``, and perhaps ``headers`` (table, source, column, header).
    switched_off : list of str
        Rules that are not applied; scheme and division are found all the same.

    Notes
    -----
    Creates ``industry_codes`` (table, source, code as it stands now, scheme, level, division, candidates, is_valid,
    n_rows). Log: one entry for each file and number of rows, as the change is one of format.
    """
    import pandas as pd

    found = []
    for table in TABLES_WITH_CODES:
        if not has_table(con, f"rows_{table}"):
            continue
        codes = _distinct(con, table)
        read = [_read(part, _header(con, table, source)) for source, part in codes.groupby("source", sort=True)]
        known = pd.concat(read, ignore_index=True) if read else None
        is_on = RULE not in switched_off
        n_changed = _rewrite(con, table, known) if known is not None and is_on else 0
        run_sql(
            con,
            "INSERT INTO cleaning_rules VALUES (?, 'industry_code', ?, 'safe', ?, ?, 0)",
            [table, RULE, int(codes["n_rows"].sum()), n_changed],
        )
        if known is not None:
            now = known["code"].where(known["code"].notna(), known["written"]) if is_on else known["written"]
            found.append(known.assign(table=table, code=now))
    _note(con, found)


def _distinct(con: duckdb.DuckDBPyConnection, table: str) -> pd.DataFrame:
    return con.execute(
        f"""SELECT source, industry_code AS written, count(*) AS n_rows FROM rows_{table}
            WHERE industry_code IS NOT NULL GROUP BY ALL ORDER BY ALL"""
    ).df()


def _header(con: duckdb.DuckDBPyConnection, table: str, source: str) -> str:
    """How the export calls the column."""
    if not has_table(con, "headers"):
        return ""
    rows = run_sql(
        con,
        """SELECT min(header) FROM headers
           WHERE "table" = ? AND source = ? AND "column" = 'industry_code'""",
        [table, source],
    )
    return rows[0][0] or ""


def _read(part: pd.DataFrame, header: str) -> pd.DataFrame:
    """Read one file's codes; every row counts towards the scheme, each code is read once."""
    scheme = find_scheme(part["written"].repeat(part["n_rows"].clip(upper=1000)), header)
    return part.reset_index(drop=True).join(read_codes(part["written"].reset_index(drop=True), scheme))


def _rewrite(con: duckdb.DuckDBPyConnection, table: str, known: pd.DataFrame) -> int:
    """Put the usual writing in the place of others; return how many rows changed."""
    changed = known[known["code"].notna() & known["code"].ne(known["written"])]
    if changed.empty:
        return 0
    con.register("changed_codes", changed[["source", "written", "code", "n_rows"]])
    run_sql(
        con,
        f"""UPDATE rows_{table} SET industry_code = c.code FROM changed_codes c
            WHERE rows_{table}.source = c.source AND rows_{table}.industry_code = c.written""",
    )
    run_sql(
        con,
        f"""INSERT INTO refresh_log
            SELECT source, NULL, 'industry_code', arg_min(written, (-n_rows, written)),
                   arg_min(code, (-n_rows, written)), '{RULE}', sum(n_rows)
            FROM changed_codes GROUP BY source ORDER BY source""",
    )
    con.unregister("changed_codes")
    return int(changed["n_rows"].sum())


def _note(con: duckdb.DuckDBPyConnection, found: list) -> None:
    run_sql(
        con,
        """CREATE OR REPLACE TEMP TABLE industry_codes ("table" VARCHAR, source VARCHAR, code VARCHAR, scheme VARCHAR,
               level VARCHAR, division VARCHAR, candidates VARCHAR, is_valid BOOLEAN, n_rows BIGINT)""",
    )
    for known in found:
        con.register("known_codes", known)
        run_sql(
            con,
            """INSERT INTO industry_codes
               SELECT "table", source, code, min(scheme), min(level), min(division), min(candidates), bool_or(is_valid),
                      sum(n_rows)
               FROM known_codes GROUP BY "table", source, code ORDER BY ALL""",
        )
        con.unregister("known_codes")


def fill_industries(con: duckdb.DuckDBPyConnection) -> None:
    """Fill industry_scheme and industry_division of ``accounts`` from their industry_code.

    Of a code that several files hold under different schemes, the account's own file's counts, else the most frequent
    one. A code that no scheme has leaves both columns empty.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds ``accounts``, ``industry_codes`` and perhaps ``rows_accounts`` and ``taken_values`` (account_id, column,
        source) of values that came from an external file.
    """
    own = "SELECT account_id, source FROM rows_accounts WHERE step = 'used'" if has_table(con, "rows_accounts") else ""
    taken = "SELECT account_id, source FROM taken_values WHERE \"column\" = 'industry_code'"
    parts = [f"SELECT *, 0 AS place FROM ({taken})"] if has_table(con, "taken_values") else []
    parts += [f"SELECT *, 1 AS place FROM ({own})"] if own else []
    parts = parts or ["SELECT NULL::VARCHAR AS account_id, NULL::VARCHAR AS source, 0 AS place"]
    run_sql(
        con,
        f"""
        UPDATE accounts SET industry_scheme = found.scheme, industry_division = found.division
        FROM (
            WITH origin AS ({" UNION ALL ".join(parts)})
            SELECT a.account_id, codes.scheme, codes.division
            FROM accounts a JOIN industry_codes codes ON codes.code = a.industry_code AND codes.is_valid
            LEFT JOIN origin ON origin.account_id = a.account_id AND origin.source = codes.source
            QUALIFY row_number() OVER (PARTITION BY a.account_id ORDER BY origin.place NULLS LAST, codes.n_rows DESC,
                                                                          codes.scheme, codes.source) = 1
        ) found WHERE found.account_id = accounts.account_id""",
    )
