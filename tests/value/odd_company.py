"""A small company whose tables can be made odd, and everything that notebook 02 works out of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from segkit.features.panel import build_panel, panel_dates
from segkit.features.queries import query
from segkit.quarters import Quarter
from segkit.settings.value import Value
from segkit.tables import TABLES, check
from segkit.value.account_value import join_parts, score_accounts
from segkit.value.backtests.leaks import known_at
from segkit.value.behaviour.describe import describe_behaviour
from segkit.value.churn.score import score_churn
from segkit.value.leads.onboarding import score_onboarding
from segkit.value.leads.score import score_leads
from segkit.value.lifetime.score import score_lifetime
from segkit.value.potential.diamonds import select_diamonds
from segkit.value.potential.score import score_potential

QUARTER = Quarter.parse("2026Q3")
START, AS_OF = pd.Timestamp("2023-10-01"), dt.date(2026, 9, 30)
SETTINGS = Value.model_validate({"backtest": {"draws": 100, "origins": 2}, "panel_quarters": 8})
Frames = dict[str, pd.DataFrame]


def typed(name: str, /, **columns: Any) -> pd.DataFrame:
    """Return an input table with the types of a run; what is not given is empty."""
    given = pd.DataFrame(columns)
    empty = {c: None for c in TABLES[name].columns if c not in given}
    defaults = {"do_not_contact": False, "is_repeated": False, "row_number": 1, "source": "x", "line_type": "sale"}
    filled = given.assign(**{c: defaults.get(c) if len(given) else None for c in empty})
    types = {"int": "Int64", "float": "float64", "money": "float64", "date": "datetime64[us]", "bool": "boolean"}
    kinds = {c.name: types.get(c.type, "str") for c in TABLES[name].columns.values()}
    return filled[list(TABLES[name].columns)].astype(kinds)


def build_company(n: int = 65, seed: int = 7, silent_every: int = 5) -> Frames:
    """Return the tables of n accounts that order about every six weeks for three years; some fall silent for good."""
    rng = np.random.default_rng(seed)
    ids = [f"K{i:03}" for i in range(n)]
    size = np.exp(rng.normal(6, 1, n))
    rows = []
    for i in range(n):
        last = 1095 if i % silent_every else int(rng.integers(300, 900))
        days = np.cumsum(rng.exponential(45, 60)) + rng.integers(0, 200)
        for number, day in enumerate(days[days < last]):
            for product in rng.choice(9, 2, replace=False):
                amount = size[i] * rng.lognormal(0, 0.4)
                rows.append((ids[i], f"R{i}-{number}", START + pd.Timedelta(days=int(day)), f"P{product}", amount))
    lines = pd.DataFrame(rows, columns=["account_id", "invoice_id", "invoice_date", "product_id", "revenue"])
    lines["quantity"] = np.maximum(1, (lines["revenue"] / 50).round())
    return {
        "invoices": typed("invoices", **lines, margin=0.4 * lines["revenue"]),
        "accounts": typed(
            "accounts", account_id=ids, name=[f"Firma {i} GmbH" for i in range(n)], employees=(size / 8).round(),
            industry_code=np.where(np.arange(n) % 2, "28.10", "10.20"), is_contactable=True,
            size_class=np.where(size > 400, "large", "small"),
            industry_division=np.where(np.arange(n) % 2, "28", "10"),
        ),
        "contracts": typed(
            "contracts", contract_id=[f"V{i}" for i in range(12)], account_id=ids[:12], contract_type="Wartung",
            start_date=START + pd.to_timedelta(np.arange(12) * 40, unit="D"), annual_value=900.0,
            end_date=pd.Timestamp("2026-12-31") + pd.to_timedelta(np.arange(12) * 20, unit="D"),
        ),
        "products": typed("products", product_id=[f"P{i}" for i in range(9)], product_group=["A", "B", "C"] * 3),
        "tickets": typed("tickets", ticket_id=[f"T{i}" for i in range(40)], account_id=rng.choice(ids, 40),
                         created_date=START + pd.to_timedelta(rng.integers(0, 1090, 40), unit="D")),
        "engagements": typed("engagements", engagement_id=[f"E{i}" for i in range(80)], account_id=rng.choice(ids, 80),
                             engagement_date=START + pd.to_timedelta(rng.integers(0, 1090, 80), unit="D"),
                             engagement_type="visit"),
        "leads": typed("leads", lead_id=[f"L{i}" for i in range(90)], company=[f"Anfrage {i} AG" for i in range(90)],
                       created_date=START + pd.to_timedelta(np.arange(90) * 12, unit="D"), status="open",
                       converted_date=[START + pd.Timedelta(days=i * 12 + 30) if i % 3 == 0 and i < 85 else pd.NaT
                                       for i in range(90)],
                       source_name=np.where(np.arange(90) % 2, "Messe", "Web")),
        "care_costs": typed("care_costs", account_id=ids, cost_date=pd.Timestamp("2026-06-30"), cost_type="Besuch",
                            cost=120.0),
        **{name: typed(name) for name in ("campaigns", "opportunities", "installed_base", "sectors", "competitors")},
    }  # fmt: skip


def make_panel(lines: pd.DataFrame, as_of: dt.date) -> tuple[pd.DataFrame, Callable[..., pd.DataFrame]]:
    """Return the panel of the lines up to as-of, and what asks the database for more."""
    con = duckdb.connect(config={"threads": 1})
    con.register("lines", lines)
    con.execute("""CREATE TABLE invoices AS SELECT * REPLACE (invoice_date::DATE AS invoice_date,
                   revenue::DECIMAL(18,4) AS revenue, margin::DECIMAL(18,4) AS margin) FROM lines""")
    first = lines["invoice_date"].min()
    days = panel_dates(QUARTER, as_of, (START if pd.isna(first) else first).date(), SETTINGS.panel_quarters)

    def ask(name: str, **parameters: Any) -> pd.DataFrame:
        return query(con, name, as_of=as_of, **parameters)

    panel = check(build_panel(partial(query, con), days), "account_features")
    whole = dict.fromkeys(panel.select_dtypes("Int64"), "int64") | dict.fromkeys(panel.select_dtypes("boolean"), bool)
    return panel.astype(whole), ask  # as a run reads them


def work_out(company: Frames, as_of: dt.date = AS_OF) -> dict[str, Any]:
    """Return part → (rows, findings by section, cards) of everything that notebook 02 works out."""
    company = {name: known_at(t, name, as_of) if TABLES[name].event_date else t for name, t in company.items()}
    panel, ask = make_panel(company["invoices"], as_of)
    period = pd.DataFrame(
        {"quarter": ["2026Q3"], "start": [pd.Timestamp("2026-07-01")], "end": [pd.Timestamp(AS_OF)],
         "as_of": [pd.Timestamp(as_of)], "first_money_date": [panel["first_date"].min()],
         "last_money_date": [panel["last_date"].max()], "is_complete": [as_of == AS_OF], "money_source": ["invoices"],
         "history_days": [int(panel["history_days"].max()) if len(panel) else 0]}
    )  # fmt: skip
    value = score_accounts(panel, as_of, SETTINGS)
    now = panel[panel["as_of"] == pd.Timestamp(as_of)]
    products, care = company["products"], company["care_costs"]
    behaviour, said = describe_behaviour(
        now,
        ask("account_month_revenue", since=dt.date(2023, 10, 1)),
        ask("account_prices", list_prices=products[["product_id", "list_price"]]),
        ask("account_product_groups", product_groups=products[["product_id", "product_group"]]),
        products,
        care,
        as_of,
    )
    lifetime = score_lifetime(panel, company["contracts"], period, SETTINGS, 1)
    churn = score_churn(
        panel, company["contracts"], company["tickets"], company["engagements"], period, lifetime.rows, SETTINGS, 1
    )
    estimates = pd.DataFrame(columns=["account_id", "potential", "quarter", "author", "date", "reason"], dtype="str")
    beside = (company[name] for name in ("accounts", "installed_base", "sectors", "competitors"))
    potential = score_potential(value, *beside, estimates, as_of, SETTINGS, 1)
    leads = score_leads(
        *(company[name] for name in ("leads", "campaigns", "accounts", "engagements", "opportunities")),
        period, SETTINGS, 1,
    )  # fmt: skip
    new = score_onboarding(panel, ask("orders"), company["engagements"], company["tickets"], period, SETTINGS, 1)
    joined = join_parts(value, behaviour, lifetime.rows, churn.rows, potential.rows)
    scored = {"lifetime": lifetime, "churn": churn, "potential": potential, "leads": leads, "onboarding": new}
    return {
        "value": joined,
        "diamonds": select_diamonds(joined, company["accounts"]),
        "findings": {"behaviour": said["findings"], **{k: s.model["findings"] for k, s in scored.items()}},
        "scored": scored,
    }
