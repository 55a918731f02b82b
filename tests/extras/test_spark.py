"""Every query on both engines over the same lines: equal frames, to the last digit."""

from __future__ import annotations

import datetime as dt
from functools import partial
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from segkit import spark
from segkit.engines import connect_tables
from segkit.errors import UserError
from segkit.features import queries
from segkit.features.panel import build_panel, panel_cuts, panel_dates
from segkit.quarters import Quarter

pytest.importorskip("pyspark", reason="the extra spark is not installed: make test-extras")
try:
    spark.check_spark()
except UserError as error:
    pytest.skip(str(error), allow_module_level=True)

DATES = panel_dates(Quarter.parse("2026Q3"), dt.date(2026, 9, 9), dt.date(2024, 2, 29), 4)  # the last one is cut short
PRODUCTS = pd.DataFrame({"product_id": ["P0", "P1", "P2", "P3"], "product_group": ["Filter", "Pumpen", None, "Ä"]})
PARAMETERS = {
    "as_of": "2026-06-30",
    "since": "2025-07-01",
    "account_id": "K3",
    "panel_dates": DATES,
    "panel_cuts": panel_cuts(DATES),
    "product_groups": PRODUCTS,
    "list_prices": pd.DataFrame({"product_id": ["P0", "P1", "P2"], "list_price": [12.5, np.nan, 0.0]}),
    "wanted_accounts": pd.DataFrame({"account_id": ["K1", "K2", "nobody"]}),
    "wanted_invoices": pd.DataFrame({"invoice_id": ["R7", "R8", "none"]}),
}


def write_lines(path: Path) -> None:
    """Returns, free samples, adjustments; lines without quantity, number, product or margin; leap days, new years."""
    random = np.random.default_rng(7)
    n = 4000
    odd = pd.to_datetime(["2024-02-29", "2024-12-31", "2025-01-01", "2026-09-09", "2026-12-31", "1999-12-31"])
    days = pd.Timestamp("2024-03-01") + pd.to_timedelta(random.integers(0, 940, n), "D")
    days = pd.Series(np.where(random.random(n) < 0.03, random.choice(odd, n), days))
    invoice = random.integers(0, 900, n)
    kind = random.choice(["sale", "return", "free", "adjustment", "charge"], n, p=[0.8, 0.08, 0.05, 0.04, 0.03])
    quantity = np.where(kind == "return", -1.0, random.choice([1.0, 2.5, 10.0, 0.3333], n))
    cents = np.where(kind == "free", 0, random.integers(1, 9_999_999, n)) * np.where(kind == "return", -1, 1)
    lines = pd.DataFrame(
        {
            "account_id": [f"K{i % 60}" if i % 7 else "Öl & Gas GmbH" for i in invoice],
            "invoice_id": pd.Series([f"R{i}" for i in invoice]).where(random.random(n) > 0.05),
            "invoice_date": days.dt.date,
            "product_id": pd.Series([f"P{i}" for i in random.integers(0, 9, n)]).where(random.random(n) > 0.04),
            "quantity": pd.Series(quantity).where(random.random(n) > 0.06),
            "cents": cents,
            "margin_cents": pd.Series(cents // 3).where(random.random(n) > 0.1),
            "line_type": kind,
        }
    )
    # the same price for all, a price of one account alone, and amounts beyond what doubles hold exactly
    lines.loc[:200, ["product_id", "quantity", "cents"]] = ["P8", 2.0, 2468]
    lines.loc[201:204, "cents"] = 9_999_999_999_999
    duckdb.connect().execute(
        "copy (select * exclude (cents, margin_cents), cast(cents * 100 as decimal(18, 0)) / 10000 as x, "
        "cast(cast(cents as decimal(18, 4)) / 100 as decimal(18, 4)) as revenue, "
        "cast(cast(margin_cents as decimal(18, 4)) / 100 as decimal(18, 4)) as margin from lines) "
        f"to '{path}' (format parquet)"
    )


@pytest.fixture(scope="module")
def engines(tmp_path_factory):
    path = tmp_path_factory.mktemp("lines") / "invoices.parquet"
    write_lines(path)
    return {name: connect_tables(name, {"invoices": path}) for name in ("duckdb", "spark")}


@pytest.mark.parametrize("name", queries.names())
def test_both_engines_give_the_same_frame(engines, name):
    parameters = {key: PARAMETERS[key] for key in queries.parameters_of(name)}
    if name == "account_features":  # what it gives has no order; the panel made from it has
        ours, theirs = (build_panel(partial(queries.query, con), DATES) for con in engines.values())
    else:
        ours, theirs = (queries.query(con, name, **parameters) for con in engines.values())
    assert len(ours)
    pd.testing.assert_frame_equal(ours, theirs, check_exact=True)


def test_nothing_stays_behind(engines):
    build_panel(partial(queries.query, engines["spark"]), DATES.tail(1))
    left = {table.name for table in engines["spark"]._session.catalog.listTables()}
    assert left == {"invoices"}
    assert not engines["spark"]._made
