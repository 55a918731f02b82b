"""Invoice lines by hand, and real ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import duckdb
import pytest

INVOICES = """
    account_id VARCHAR, invoice_id VARCHAR, invoice_date DATE, product_id VARCHAR, quantity DOUBLE,
    revenue DECIMAL(18,4), margin DECIMAL(18,4), line_type VARCHAR
"""
Lines = Iterable[tuple]


@pytest.fixture(scope="session")
def connect_lines() -> Callable[..., duckdb.DuckDBPyConnection]:
    """Return a connection whose table `invoices` holds the given lines, in the order of INVOICES."""

    def connect(lines: Lines, threads: int = 1) -> duckdb.DuckDBPyConnection:
        con = duckdb.connect(config={"threads": threads})
        con.execute(f"CREATE TABLE invoices ({INVOICES})")
        con.executemany("INSERT INTO invoices VALUES (?, ?, ?, ?, ?, ?, ?, ?)", list(lines))
        return con

    return connect


@pytest.fixture(scope="session")
def retail(real_data: Path) -> duckdb.DuckDBPyConnection:
    """Return the union of both deliveries of online retail: an invoice in two files counts once."""
    folder = real_data / "online_retail"
    con = duckdb.connect(config={"threads": 2})
    con.execute(f"""
        CREATE TABLE delivered AS
        SELECT 'first' AS file, Invoice AS invoice_id, StockCode AS product_id,
            nullif(Description, 'nan') AS description, Quantity::BIGINT AS quantity,
            InvoiceDate::TIMESTAMP AS moment, Price::DECIMAL(18,4) AS price,
            "Customer ID"::VARCHAR AS account_id, Country AS country
        FROM '{folder}/invoices_2009-12_2010-12.parquet'
        UNION ALL
        SELECT filename, InvoiceNo, StockCode, Description, Quantity::BIGINT, InvoiceDate::TIMESTAMP,
            UnitPrice::DECIMAL(18,4), CustomerID::DOUBLE::BIGINT::VARCHAR, Country
        FROM read_csv('{folder}/2010-12_2011-12/*.csv.gz', all_varchar = true, filename = true)""")
    con.execute(f"CREATE TABLE invoices ({INVOICES})")
    con.execute("""
        INSERT INTO invoices
        SELECT account_id, invoice_id, moment::DATE, product_id, quantity, quantity * price, NULL,
            CASE WHEN quantity < 0 THEN 'return' WHEN price < 0 THEN 'adjustment'
                WHEN price = 0 THEN 'free' ELSE 'sale' END
        FROM (
            SELECT invoice_id, product_id, trim(description) AS description, quantity, moment, price,
                account_id, country, max(n) AS n
            FROM (
                SELECT *, count(*) AS n FROM delivered GROUP BY ALL
            )
            GROUP BY ALL
        ), range(n)
        WHERE account_id IS NOT NULL""")
    return con
