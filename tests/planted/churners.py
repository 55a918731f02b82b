"""Planted truth: who leaves the sample company, what its invoices show of it, and what an oracle would say."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import NamedTuple

import duckdb
import numpy as np
import pandas as pd

from segkit.demo import simulate
from segkit.demo.oracle import area_under_curve
from segkit.demo.parameters import QUARTERS
from segkit.demo.sample import Sample
from segkit.demo.service import contracts, tickets
from segkit.features.panel import build_panel, panel_dates
from segkit.features.queries import query
from segkit.quarters import Quarter

FIRST_DAY = dt.date(2021, 10, 1)


class Company(NamedTuple):
    """A sample company as its systems know it at the end of a quarter, and the truth behind it."""

    sample: Sample
    tables: dict[str, pd.DataFrame]
    period: pd.DataFrame


def simulate_company(seed: int, n_accounts: int = 1200, quarter: str = "2026Q3") -> Company:
    """Return a sample company from the generator's own lines (freight left out), its panel from the product's query."""
    sample = simulate(seed, n_accounts)
    lines = sample.lines[sample.lines["kind"] != "freight"]
    frame = pd.DataFrame(
        {
            "account_id": lines["account_id"],
            "invoice_id": lines["invoice"].astype(str),
            "day": pd.to_datetime(lines["invoice_date"]),
            "product_id": lines["product"].astype(str),
            "quantity": lines["quantity"].astype("float64"),
            "revenue": lines["revenue_cents"] / 100,
            "margin": (lines["revenue_cents"] - lines["cost_cents"]) / 100,
            "line_type": lines["kind"],
        }
    )
    asked = Quarter.parse(quarter)
    with duckdb.connect() as con:
        con.register("lines", frame)
        con.execute(
            "CREATE TABLE invoices AS SELECT * REPLACE (revenue::DECIMAL(18,4) AS revenue, margin::DECIMAL(18,4) AS"
            " margin), day::DATE AS invoice_date FROM lines"
        )
        dates = panel_dates(asked, asked.end, FIRST_DAY)
        panel = build_panel(partial(query, con), dates)
    day = pd.Timestamp(asked.end)
    known, agreed = tickets(sample), contracts(sample)
    tables = {
        "panel": panel,
        "tickets": known[known["created_date"] <= day],
        "contracts": agreed[agreed["start_date"] <= day],
        "engagements": no_engagements(),
    }
    return Company(sample, tables, pd.DataFrame({"as_of": [day], "is_complete": [True]}))


def no_engagements() -> pd.DataFrame:
    """Return the table without rows: the generator draws its engagements from how each account ended."""
    text, day = pd.Series(dtype="str"), pd.Series(dtype="datetime64[us]")
    return pd.DataFrame({"account_id": text, "engagement_type": text, "engagement_date": day})


def truth_at(sample: Sample, day: pd.Timestamp) -> pd.DataFrame:
    """Return of each account at a quarter end: `is_buying`, `hazard` (true chance to stop that day), `leaves_4q`.

    `oracle` is the true chance to buy nothing in the next two quarters: 1 for those that have stopped already (nobody
    comes back that soon), else the hazard, in which an account's own dissatisfaction is known.
    """
    place = QUARTERS.index(str(pd.Period(day, "Q")))
    demand = sample.demand
    is_buying, hazard = demand.is_buying[:, place], demand.hazard[:, place]
    return pd.DataFrame(
        {
            "is_buying": is_buying,
            "hazard": hazard,
            "leaves_4q": (demand.gone[:, place + 1 : place + 5] == 1).any(axis=1),
            "oracle": np.where(demand.gone[:, place] > 0, 1.0, hazard),
        },
        index=sample.accounts["account_id"].to_numpy(),
    )


def area(score: pd.Series, outcome: pd.Series) -> float:
    """Return the area under the curve."""
    return area_under_curve(score.to_numpy(), outcome.to_numpy().astype(bool))
