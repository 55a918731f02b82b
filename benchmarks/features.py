"""The account panel in SQL beside bare aggregations by DuckDB and beside pandas, from 100,000 to 10 million lines.

    python benchmarks/features.py [--lines 10000000] [--write]

Each measurement is a process of its own, so that its peak memory is its own; the lines come from a Parquet file, as in
a run. The panel and pandas compute the same columns, and the script ends with an error if they differ. pandas works on
doubles that it has in memory already, the SQL on exact decimals that it reads. Read the ratios, not the seconds.
--write puts the table into features.md beside this file and the chart into docs/pictures.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from segkit.engines import connect
from segkit.features.panel import panel_cuts, panel_dates
from segkit.features.queries import query
from segkit.features.windows import lay_windows
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
SIZES = [100_000, 1_000_000, 10_000_000]
LINES_PER_ACCOUNT = 50
SUMS = "sum(revenue) as revenue, sum(margin) as margin, count(*) as n, min(invoice_date) as a, max(invoice_date) as z"
QUARTER = "date_trunc('quarter', invoice_date) as quarter"
BARE = {
    "bare": f"select account_id, {SUMS}, count(distinct invoice_id) as orders from invoices group by all",
    "bare_quarters": f"select account_id, {QUARTER}, {SUMS}, count(distinct invoice_id) as orders "
    "from invoices group by all",
    "bare_products": f"select account_id, {QUARTER}, {SUMS}, count(distinct invoice_id) as orders, "
    "count(distinct product_id) as products from invoices group by all",
}
NAMES = {
    "bare": "bare DuckDB, by account: sums, count, first and last day, distinct invoices",
    "bare_quarters": "bare DuckDB, the same by account and quarter",
    "bare_products": "bare DuckDB, by account and quarter, distinct products too",
    "panel": "the panel: SQL on DuckDB, twelve quarter ends",
    "pandas": "the same columns in pandas",
}
SHORT = {
    "bare": "bare, by account",
    "bare_quarters": "bare, by account and quarter",
    "bare_products": "bare, with products",
    "panel": "panel, 12 quarter ends",
    "pandas": "pandas",
}


def write_lines(path: Path, n_lines: int) -> None:
    """Three years of lines, twelve an invoice; every account has a first invoice, the others are of skewed size."""
    n_accounts = n_lines // LINES_PER_ACCOUNT
    con = connect(threads=2)
    con.execute(f"""
        COPY (
        SELECT 'K' || CASE WHEN invoice < {n_accounts} THEN invoice
                ELSE floor(n_accounts * pow(hash(invoice, 1) % 1000000 / 1e6, 2))::BIGINT END AS account_id,
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
        )) TO '{path}' (FORMAT PARQUET)""").fetchall()


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


def measure(job: str, lines: Path, result: Path, repeats: int) -> None:
    """One job in this process: prints its least seconds, least processor seconds, rows and peak memory as JSON."""
    if job == "pandas":
        cast = "revenue::DOUBLE AS revenue, margin::DOUBLE AS margin, invoice_date::TIMESTAMP AS invoice_date"
        frame = connect(threads=2).execute(f"SELECT * REPLACE ({cast}) FROM '{lines}'").df()
    else:
        con = connect(threads=2)
        con.read_parquet(str(lines)).to_view("invoices")
    clock, processor, peak = [], [], 0.0
    for _ in range(repeats):
        start, start_cpu = time.perf_counter(), time.process_time()
        if job == "pandas":
            found = panel_in_pandas(frame)
        elif job == "panel":
            cuts = panel_cuts(DATES)
            found = lay_windows(query(con, "account_features", panel_dates=DATES, panel_cuts=cuts), DATES, cuts)
        else:
            found = con.execute(BARE[job]).df()
        clock.append(time.perf_counter() - start)
        processor.append(time.process_time() - start_cpu)
        peak, n_rows = peak or _peak(), len(found)  # that of the first time: a process that has done nothing before
        if job in ("panel", "pandas"):
            found[["account_id", "as_of", *COLUMNS]].to_parquet(result)
        del found
    print(json.dumps({"job": job, "clock": min(clock), "cpu": min(processor), "rows": n_rows, "mb": peak}))


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure_all(sizes: list[int]) -> pd.DataFrame:
    """Every job on every size, each in a process of its own."""
    rows = []
    with tempfile.TemporaryDirectory() as name:
        for n_lines in sizes:
            lines = Path(name) / f"{n_lines}.parquet"
            write_lines(lines, n_lines)
            for job in NAMES:
                repeats = 1 if job == "pandas" and n_lines > 2_000_000 else 3
                command = [sys.executable, __file__, "--job", job, "--file", lines, "--result", Path(name) / job]
                done = subprocess.run(
                    [*map(str, command), "--repeats", str(repeats)], check=True, capture_output=True, text=True
                )
                rows.append({"lines": n_lines, **json.loads(done.stdout.splitlines()[-1])})
                print(rows[-1], file=sys.stderr, flush=True)
            check_equal(*(pd.read_parquet(Path(name) / job) for job in ("panel", "pandas")))
            lines.unlink()
    return pd.DataFrame(rows)


def tell(found: pd.DataFrame) -> str:
    """The measurements as Markdown."""
    parts = []
    for n_lines, rows in found.groupby("lines"):
        rows = rows.set_index("job")
        table = [
            f"| {NAMES[job]} | {int(row.at['rows']):,} | {row.clock:.2f} | {row.cpu:.2f} | "
            f"{rows.at['panel', 'clock'] / row.clock:.1f} | {rows.at['panel', 'cpu'] / row.cpu:.1f} | {row.mb:,.0f} |"
            for job, row in rows.iterrows()
        ]
        parts.append(f"## {n_lines:,} lines, {n_lines // LINES_PER_ACCOUNT:,} accounts\n\n" + HEADER + "\n".join(table))
    first, last = found["lines"].min(), found["lines"].max()
    panel = found[found["job"] == "panel"].set_index("lines")
    growth = panel.at[last, "cpu"] / panel.at[first, "cpu"]
    at_last = found[found["lines"] == last].set_index("job")
    ratios = {job: at_last.at["panel", "clock"] / at_last.at[job, "clock"] for job in BARE}
    cpu = {job: at_last.at["panel", "cpu"] / at_last.at[job, "cpu"] for job in BARE}
    return TEXT.format(
        columns=len(COLUMNS), duckdb=duckdb.__version__, pandas=pd.__version__, python=platform.python_version(),
        tables="\n\n".join(parts), n=last, r0=ratios["bare"], r1=ratios["bare_quarters"], r2=ratios["bare_products"],
        c0=cpu["bare"], c1=cpu["bare_quarters"], c2=cpu["bare_products"], mb=at_last.at["panel", "mb"],
        held="holds" if max(ratios["bare_products"], cpu["bare_products"]) <= 2 else "is not reached",
        lines=last / first, growth=growth,
    )  # fmt: skip


HEADER = """| | rows out | seconds | processor s | panel takes × | in processor s × | peak MB |
|---|---:|---:|---:|---:|---:|---:|
"""
TEXT = """# Account panel: SQL beside bare aggregations and pandas

Twelve quarter ends, three years of lines, twelve lines an invoice. The panel and pandas agree on {columns} columns (the
panel computes further ones, and exact decimals). Least of three repetitions (pandas on the largest: one), DuckDB
{duckdb} on two threads with 800 MB, pandas {pandas}, Python {python}; a process for each, its peak memory beside it.
"Panel takes ×": time of the panel over the time of that row. A machine with other work shows in the seconds, less in
the seconds of processor time (all threads together).

![growth](../docs/pictures/features_growth.svg)

{tables}

## Against one bare scan and aggregation

The aim was twice one bare scan and aggregation. What is that? A grouping by account gives a twelfth of the rows and
none of the windows. The fair one has the grain and the kinds of numbers of the result: by account and quarter,
sums, counts, first and last days, distinct invoices **and distinct products**. At {n:,} lines the panel takes
{r2:.1f} times that one ({c2:.1f} times its processor time), so twice {held}: both must hold. It takes {r1:.1f}
times ({c1:.1f}) the one without products, and {r0:.1f} times ({c0:.1f}) the one by account alone. A row of a bare
result is one quarter or account; a row of the panel is a state at a quarter end, with windows of three, twelve and
twenty-four months, monthly sums and all time, and three times as many rows in thirty-one columns have to be made
into a frame. Peak memory {mb:,.0f} MB, of which the result alone is some 450; the aim was 1,500.

From the smallest to the largest, lines grow {lines:,.0f} times and the panel's processor time {growth:,.0f} times.

Made by `python benchmarks/features.py --write`.
"""


def draw(found: pd.DataFrame, path: Path) -> None:
    """Seconds and peak memory over lines, both axes logarithmic."""
    import altair as alt
    import vl_convert as vlc

    long = found.assign(what=found["job"].map(SHORT))
    charts = []
    for column, title in (("clock", "seconds"), ("mb", "peak memory (MB)")):
        base = alt.Chart(long).encode(
            x=alt.X("lines:Q", scale=alt.Scale(type="log"), title="lines", axis=alt.Axis(values=SIZES, format="~s")),
            y=alt.Y(f"{column}:Q", scale=alt.Scale(type="log"), title=title),
            color=alt.Color("what:N", sort=list(SHORT.values()), title=None),
        )
        charts.append((base.mark_line() + base.mark_point(filled=True, size=50)).properties(width=330, height=260))
    spec = alt.hconcat(*charts).configure_view(stroke=None).to_dict()
    path.write_text(vlc.vegalite_to_svg(spec), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=SIZES[-1], help="the largest size")
    parser.add_argument("--write", action="store_true", help="write features.md and the chart")
    parser.add_argument("--job", choices=list(NAMES), help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--result", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--repeats", type=int, default=1, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.job:
        measure(options.job, options.file, options.result, options.repeats)
        return
    found = measure_all([n for n in SIZES if n <= options.lines])
    text = tell(found)
    print(text)
    if options.write:
        Path(__file__).with_suffix(".md").write_text(text, encoding="utf-8")
        draw(found, Path(__file__).parents[1] / "docs" / "pictures" / "features_growth.svg")


if __name__ == "__main__":
    main()
