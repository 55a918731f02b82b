"""Numbers of companies whose check digits are right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.cleansing.rows import run_sql

if TYPE_CHECKING:
    import duckdb

NUMBERS = ("vat_id", "register_id", "lei")


def write_valid_numbers(con: duckdb.DuckDBPyConnection, table: str) -> None:
    """Create ``valid_numbers`` ("column", value): those of a table's VAT ids, register numbers and LEIs that can exist.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Connection.
    table : str
        Holds `NUMBERS`.
    """
    import pyarrow as pa

    from segkit.cleansing.forms import identifiers

    checks = {"vat_id": identifiers.vat_ids, "register_id": identifiers.register_ids, "lei": identifiers.leis}
    run_sql(con, 'CREATE OR REPLACE TEMP TABLE valid_numbers ("column" VARCHAR, value VARCHAR)')
    for column, check in checks.items():
        values = con.execute(
            f"SELECT DISTINCT {column} AS value FROM {table} WHERE {column} IS NOT NULL ORDER BY 1"
        ).df()["value"]
        if values.empty:
            continue
        valid = values[check(values)["is_valid"].fillna(False).astype(bool)]
        con.register("valid_now", pa.table({"value": valid.to_list()}, schema=pa.schema([("value", pa.string())])))
        run_sql(con, f"INSERT INTO valid_numbers SELECT '{column}', value FROM valid_now")
        con.unregister("valid_now")
