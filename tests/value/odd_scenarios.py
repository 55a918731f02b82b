"""The odd companies of the issue: each a change of the tables of the ordinary one."""

from __future__ import annotations

import numpy as np
import pandas as pd
from value.odd_company import Frames, typed

LATER = pd.Timestamp("2026-06-01")


def all_once(tables: Frames) -> Frames:
    """Every account has bought once, ever."""
    return {"invoices": tables["invoices"].drop_duplicates("account_id")}


def few_repeats(tables: Frames) -> Frames:
    """Three accounts come back, all others have bought once."""
    lines = tables["invoices"]
    return {"invoices": lines[lines["account_id"].isin(["K001", "K002", "K003"]) | ~lines.duplicated("account_id")]}


def one_product(tables: Frames) -> Frames:
    """All buy the same one."""
    return {"invoices": tables["invoices"].assign(product_id="P1")}


def constant_prices(tables: Frames) -> Frames:
    """Everybody pays 50 for everything, always one piece."""
    return {"invoices": tables["invoices"].assign(quantity=1.0, revenue=50.0, margin=20.0)}


def negative_margins(tables: Frames) -> Frames:
    """Every line loses money."""
    lines = tables["invoices"]
    return {"invoices": lines.assign(margin=-0.2 * lines["revenue"])}


def refunds(tables: Frames) -> Frames:
    """Each account gives back more than it ever bought, in the last summer."""
    lines = tables["invoices"]
    back = lines.groupby("account_id", as_index=False)[["revenue", "margin"]].sum()
    back = typed(
        "invoices", account_id=back["account_id"], invoice_id="G" + back["account_id"], invoice_date=LATER,
        product_id="P1", quantity=-1.0, revenue=-1.5 * back["revenue"], margin=-1.5 * back["margin"],
    ).assign(line_type="return")  # fmt: skip
    return {"invoices": pd.concat([lines, back], ignore_index=True)}


def endless_contracts(tables: Frames) -> Frames:
    """No contract has an agreed end."""
    return {"contracts": tables["contracts"].assign(end_date=pd.NaT)}


def no_firmographics(tables: Frames) -> Frames:
    """Nothing is known of the accounts but their names."""
    known = ["account_id", "name", "is_contactable"]
    return {"accounts": typed("accounts", **{name: tables["accounts"][name] for name in known})}


def nothing_beside(tables: Frames) -> Frames:
    """Invoice lines of three columns and nothing else."""
    lines = tables["invoices"][["account_id", "invoice_date", "revenue"]]
    bare = typed("invoices", **lines, quantity=1.0, invoice_id=lines["account_id"] + lines["invoice_date"].astype(str))
    names = typed("accounts", account_id=sorted(lines["account_id"].unique()))
    return {name: typed(name) for name in tables} | {"invoices": bare, "accounts": names}


def one_account(tables: Frames) -> Frames:
    """The company has one customer."""
    return {
        name: frame[frame["account_id"] == "K001"] if name in ("invoices", "accounts", "contracts") else frame
        for name, frame in tables.items()
    }


def one_quarter(tables: Frames) -> Frames:
    """The data begin in the quarter of the run."""
    lines = tables["invoices"]
    return {"invoices": lines[lines["invoice_date"] >= pd.Timestamp("2026-07-01")]}


def one_line(tables: Frames) -> Frames:
    """One line in all."""
    return {"invoices": tables["invoices"].tail(1)}


def all_silent(tables: Frames) -> Frames:
    """Nobody has bought anything for a year and a half."""
    lines = tables["invoices"]
    return {"invoices": lines[lines["invoice_date"] < pd.Timestamp("2025-03-01")]}


def all_loyal(tables: Frames) -> Frames:
    """Everybody buys every month, so that nobody was ever lost."""
    months = pd.date_range("2023-10-15", "2026-09-15", freq="MS") + pd.Timedelta(days=14)
    ids = np.repeat(tables["accounts"]["account_id"].to_numpy(), len(months))
    days = np.tile(months.to_numpy(), len(tables["accounts"]))
    lines = pd.DataFrame({"account_id": ids, "invoice_date": days, "product_id": "P1"})
    number = [f"R{i}" for i in range(len(lines))]
    return {"invoices": typed("invoices", **lines, invoice_id=number, quantity=1.0, revenue=100.0, margin=40.0)}


def odd_leads(tables: Frames) -> Frames:
    """No lead was ever converted, and none says where it came from."""
    return {"leads": tables["leads"].assign(converted_date=pd.NaT, source_name=None)}
