"""Accounts that buy by chance at rates that stay as they are, as invoice lines and as the panel of notebook 02."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from segkit.engines import connect
from segkit.features import panel
from segkit.features.panel import panel_dates
from segkit.features.queries import query
from segkit.quarters import Quarter
from segkit.segments.grid import grid_rules
from segkit.settings.account_segmentation import AccountSegmentation

MODEL = {"segmentation_id": "value", "method": "grid", "rules": grid_rules(AccountSegmentation())}


def simulate_lines(seed: int, n: int, end: str, months: int = 48, change: tuple | None = None) -> pd.DataFrame:
    """Orders of n accounts: Poisson with a rate of its own each, sizes gamma around a level of its own.

    `change` is (account numbers, first day, factor): from that day on their rate is multiplied by it.
    """
    rng = np.random.default_rng(seed)
    last = pd.Timestamp(end)
    start = (last + pd.Timedelta(days=1)) - pd.DateOffset(months=months)
    days = (last - start).days + 1
    rate = np.exp(rng.normal(np.log(9), 0.9, n)) / 365
    level = np.exp(rng.normal(6, 1.1, n))
    chance = np.tile(rate[:, None], (1, days))
    if change:
        accounts, day, factor = change
        chance[np.ix_(accounts, np.arange(days) >= (pd.Timestamp(day) - start).days)] *= factor
    account, when = np.nonzero(rng.random((n, days)) < chance)
    return pd.DataFrame(
        {
            "account_id": [f"{a:04d}" for a in account],
            "invoice_id": [f"R{i}" for i in range(len(account))],
            "invoice_date": start + pd.to_timedelta(when, unit="D"),
            "revenue": np.round(level[account] * rng.gamma(3, 1 / 3, len(account)), 2),
        }
    )


def build_panel(lines: pd.DataFrame, quarter: str) -> tuple[pd.DataFrame, object]:
    """Return `account_features` at the ends of twelve quarters, and the connection that holds the lines."""
    con = connect()
    con.register("lines", lines)
    con.execute("""
        CREATE TABLE invoices AS
        SELECT account_id::VARCHAR AS account_id, invoice_id::VARCHAR AS invoice_id, invoice_date::DATE AS invoice_date,
               'P' AS product_id, 1.0 AS quantity,
               revenue::DECIMAL(18,4) AS revenue, NULL::DECIMAL(18,4) AS margin, 'sale' AS line_type
        FROM lines""").fetchall()
    newest = Quarter.parse(quarter)
    dates = panel_dates(newest, newest.end, lines["invoice_date"].min().date(), 12)
    return panel.build_panel(partial(query, con), dates), con


def months_before(con, start: Quarter) -> pd.DataFrame:
    """Return the months of each account in the two years up to the end of a quarter."""
    return query(con, "account_months", since=(start - 7).start, as_of=start.end)
