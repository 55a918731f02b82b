"""The account panel in SQL beside the same sums in pandas, on synthetic lines, one after the other in one process.

    python benchmarks/features.py [--lines 2000000] [--accounts 40000] [--write]

Prints Markdown; --write puts it into features.md beside this file. Read the ratio, not the seconds. Both sides compute
the same columns, and the script ends with an error if they differ. pandas works on doubles, the SQL on exact decimals.
"""

from __future__ import annotations

import argparse
import datetime as dt
import platform
import time
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from segkit.engines import connect
from segkit.features.panel import panel_dates
from segkit.features.queries import query
from segkit.quarters import Quarter

COLUMNS = [
    "frequency",
    "frequency_12m",
    "orders_q",
    "revenue_total",
    "revenue_12m",
    "revenue_q",
    "margin_12m",
    "gross_q",
]
COLUMNS += ["gross_12m", "n_products_12m", "active_months_12m", "days_since_last", "month_revenue"]
DATES = panel_dates(Quarter.parse("2026Q3"), dt.date(2026, 9, 30), dt.date(2023, 10, 1))


def write_lines(con: duckdb.DuckDBPyConnection, n_lines: int, n_accounts: int) -> None:
    """Three years of lines, twelve an invoice; accounts and products of skewed size."""
    con.execute(f"""
        CREATE TABLE invoices AS
        SELECT 'K' || (n_accounts * pow(hash(invoice, 1) % 1000000 / 1e6, 2))::BIGINT AS account_id,
            'R' || invoice AS invoice_id,
            DATE '2023-10-01' + (hash(invoice, 2) % 1096)::INTEGER AS invoice_date,
            'P' || (3000 * pow(hash(line, 3) % 1000000 / 1e6, 2))::BIGINT AS product_id,
            quantity::DOUBLE AS quantity,
            (quantity * price)::DECIMAL(18,4) AS revenue,
            (quantity * price * 0.3)::DECIMAL(18,4) AS margin,
            CASE WHEN quantity < 0 THEN 'return' ELSE 'sale' END AS line_type
        FROM (
            SELECT line, line // 12 AS invoice, {n_accounts} AS n_accounts,
                CASE WHEN hash(line, 4) % 50 = 0 THEN -1 ELSE 1 + hash(line, 5) % 20 END AS quantity,
                (hash(line, 6) % 10000 / 100)::DECIMAL(9,2) AS price
            FROM range({n_lines}) AS lines(line)
        )""")


def panel_in_pandas(lines: pd.DataFrame) -> pd.DataFrame:
    """The same columns in pandas: days and orders first, then one pass a quarter end."""
    sale = (lines["quantity"] > 0) & (lines["revenue"] > 0)
    lines = lines.assign(gross=lines["revenue"].where(sale, 0.0), month=month_of(lines["invoice_date"]))
    days = lines.groupby(["account_id", "invoice_date"], as_index=False)[["revenue", "margin", "gross"]].sum()
    days["month"] = month_of(days["invoice_date"])
    orders = lines[sale].groupby(["account_id", "invoice_id"], as_index=False)["invoice_date"].min()
    products = lines[sale].drop_duplicates(["account_id", "product_id", "invoice_date"])
    return pd.concat([_at(p, days, orders, products) for p in DATES.itertuples()]).reset_index()


def _at(p: tuple, days: pd.DataFrame, orders: pd.DataFrame, products: pd.DataFrame) -> pd.DataFrame:
    days, orders = days[days["invoice_date"] <= p.as_of], orders[orders["invoice_date"] <= p.as_of]
    year, quarter = days[days["invoice_date"] >= p.year_start], days[days["invoice_date"] >= p.quarter_start]
    recent = days[days["month"] > month_of(pd.Series([p.as_of])).iloc[0] - 12]
    bought = products[products["invoice_date"].between(p.year_start, p.as_of)]
    since = {"12m": p.year_start, "q": p.quarter_start}
    order_counts = {k: orders[orders["invoice_date"] >= day].groupby("account_id").size() for k, day in since.items()}
    frame = days.groupby("account_id").agg(revenue_total=("revenue", "sum"), last=("invoice_date", "max"))
    parts = {
        "frequency": orders.groupby("account_id").size(),
        "frequency_12m": order_counts["12m"],
        "orders_q": order_counts["q"],
        "revenue_12m": year.groupby("account_id")["revenue"].sum(),
        "margin_12m": year.groupby("account_id")["margin"].sum(),
        "gross_12m": year.groupby("account_id")["gross"].sum(),
        "revenue_q": quarter.groupby("account_id")["revenue"].sum(),
        "gross_q": quarter.groupby("account_id")["gross"].sum(),
        "n_products_12m": bought.groupby("account_id")["product_id"].nunique(),
        "active_months_12m": recent[recent["gross"] > 0].groupby("account_id")["month"].nunique(),
        "month_revenue": recent.groupby("account_id")["revenue"].sum(),
    }
    filled = {name: series.reindex(frame.index, fill_value=0) for name, series in parts.items()}
    return frame.assign(**filled, days_since_last=(p.as_of - frame["last"]).dt.days, as_of=p.as_of)


def month_of(days: pd.Series) -> pd.Series:
    return days.dt.year * 12 + days.dt.month


def check_equal(ours: pd.DataFrame, theirs: pd.DataFrame) -> None:
    keys = ["account_id", "as_of"]
    left, right = (f.sort_values(keys)[[*keys, *COLUMNS]].reset_index(drop=True) for f in (ours, theirs))
    assert left[keys].equals(right[keys]), "other rows"
    # Without a line in the window the SQL knows no margin, pandas says 0.
    worst = np.abs(left[COLUMNS].fillna(0).to_numpy("float64") - right[COLUMNS].to_numpy("float64")).max()
    assert worst < 1e-3, f"a value differs by {worst}"


def timed(call, repeats: int = 3) -> tuple[float, float, pd.DataFrame]:
    """Least seconds on the clock, least seconds of processor time (all threads together), and the result."""
    clock, processor = [], []
    for _ in range(repeats):
        start, start_cpu = time.perf_counter(), time.process_time()
        result = call()
        clock.append(time.perf_counter() - start)
        processor.append(time.process_time() - start_cpu)
    return min(clock), min(processor), result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=2_000_000)
    parser.add_argument("--accounts", type=int, default=40_000)
    parser.add_argument("--write", action="store_true", help="write features.md")
    options = parser.parse_args()
    con = connect(threads=2)
    write_lines(con, options.lines, options.accounts)
    lines = con.execute("SELECT * REPLACE (revenue::DOUBLE AS revenue, margin::DOUBLE AS margin) FROM invoices").df()
    sql_clock, sql_cpu, ours = timed(lambda: query(con, "account_features", panel_dates=DATES))
    pandas_clock, pandas_cpu, theirs = timed(lambda: panel_in_pandas(lines))
    check_equal(ours, theirs)
    text = f"""# Account panel: SQL beside pandas

{len(lines):,} lines, {lines["account_id"].nunique():,} accounts, {len(DATES)} quarter ends, {len(ours):,} rows out;
{len(COLUMNS)} columns of both compared and equal. Best of three in one process; DuckDB {duckdb.__version__} on two
threads, pandas {pd.__version__}, Python {platform.python_version()}. The SQL computes further columns and exact
decimals; pandas has its lines in memory as doubles already. Processor time is that of all threads together.

| | seconds | ratio | processor seconds | ratio |
|---|---:|---:|---:|---:|
| SQL on DuckDB | {sql_clock:.2f} | 1 | {sql_cpu:.2f} | 1 |
| pandas | {pandas_clock:.2f} | {pandas_clock / sql_clock:.1f} | {pandas_cpu:.2f} | {pandas_cpu / sql_cpu:.1f} |

Made by `python benchmarks/features.py --write`.
"""
    print(text)
    if options.write:
        Path(__file__).with_suffix(".md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
