"""The product's own value grid on lines in memory: features by SQL, then the rules."""

import datetime as dt
from functools import partial

import pandas as pd

from segkit.engines import connect
from segkit.features.panel import build_panel, panel_dates
from segkit.features.queries import query
from segkit.quarters import Quarter
from segkit.segments.grid import assign_grid, grid_rules
from segkit.settings.account_segmentation import AccountSegmentation


def product_grid(con, label: str) -> pd.DataFrame:
    """Return account_id, segment_id at a quarter's end, from the table `invoices` of a connection."""
    quarter = Quarter.parse(label)
    first = con.execute("SELECT min(invoice_date) FROM invoices").fetchall()[0][0]
    first = first.date() if isinstance(first, dt.datetime) else first
    dates = panel_dates(quarter, quarter.end, first, 1)
    features = build_panel(partial(query, con), dates)
    model = {"rules": grid_rules(AccountSegmentation())}
    return assign_grid(features, model)[["account_id", "segment_id"]]


def grid_of_lines(lines: pd.DataFrame, label: str) -> pd.DataFrame:
    """Return account_id, segment_id from simulated lines, as if cleansed: freight is no revenue."""
    con = connect()
    con.register("lines", lines[lines["kind"] != "freight"].drop(columns="account_id"))
    con.execute("""
        CREATE TABLE invoices AS
        SELECT booked_id AS account_id, invoice::VARCHAR AS invoice_id, invoice_date::DATE AS invoice_date,
               product::VARCHAR AS product_id, quantity::DOUBLE AS quantity,
               (revenue_cents / 100)::DECIMAL(18,4) AS revenue,
               ((revenue_cents - cost_cents) / 100)::DECIMAL(18,4) AS margin, kind AS line_type
        FROM lines""").fetchall()
    found = product_grid(con, label)
    con.close()
    return found
