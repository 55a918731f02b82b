"""The invoice lines as they stand in the books: numbered documents, and the odd bookings every ERP holds."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segkit.demo.buyers import add_buyers
from segkit.demo.parameters import FIRST_DAY, LAST_DAY, stream
from segkit.demo.sample import Sample

COLLECTIVE = {"99000": "CPD Diverse Inland", "99100": "Personalverkauf", "99200": "Quellbrunn Service GmbH"}
"""Collective account of one-time customers, sales to staff, the sister company."""

DAYS = int((LAST_DAY - FIRST_DAY).astype(int)) + 1


def write_ledger(sample: Sample) -> pd.DataFrame:
    """Return every booked line once, in the order of the books.

    Columns: invoice_id, document (Rechnung, Gutschrift, Storno), invoice_date, account_id (the number on the document;
    empty at the counter), product_id, quantity, unit_price, discount, revenue_cents, cost_cents, ship_to_id (site that
    got the goods), contact_id (who ordered).
    """
    rng = stream(sample.seed, "ledger")
    lines = _halved(sample.lines, rng).assign(account_id=lambda frame: frame.pop("booked_id"))
    parts = [lines, *_cancelled(lines, rng), _samples(lines, rng)]
    parts += [_others(lines, number, 300, rng) for number in COLLECTIVE]
    parts.append(_others(lines, None, 1100, rng))
    whole = pd.concat(parts, ignore_index=True)
    whole = whole[(whole["invoice_date"] >= FIRST_DAY) & (whole["invoice_date"] <= LAST_DAY)]
    return _numbered(add_buyers(whole, sample), sample.products)


def controlling_totals(ledger: pd.DataFrame) -> dict[int, str]:
    """Return net revenue by full calendar year, as controlling states it: every booked line once, freight included."""
    cents = ledger.groupby(ledger["invoice_date"].dt.year)["revenue_cents"].sum()
    return {int(year): f"{value // 100}.{value % 100:02d}" for year, value in cents.items() if 2022 <= year <= 2025}


def _halved(lines: pd.DataFrame, rng) -> pd.DataFrame:
    """Return the lines with a few of them booked as two identical halves: identical lines in one delivery are real."""
    even = (lines[["quantity", "revenue_cents", "cost_cents"]] % 2 == 0).all(axis=1) & (lines["kind"] == "sale")
    picked = even & (rng.random(len(lines)) < 0.006)
    half = lines[picked].assign(**{name: lines[name] // 2 for name in ("quantity", "revenue_cents", "cost_cents")})
    return pd.concat([lines[~picked], half, half], ignore_index=True)


def _cancelled(lines: pd.DataFrame, rng) -> list[pd.DataFrame]:
    """Return invoices written by mistake, and their cancellations some days later."""
    sales = lines[lines["kind"] == "sale"]
    numbers = sales["invoice"].drop_duplicates().to_numpy()
    picked = np.sort(rng.choice(numbers, min(200, len(numbers)), replace=False))
    wrong = sales[sales["invoice"].isin(picked)]
    wrong = wrong.assign(invoice=wrong["invoice"] + 20_000_000)
    later = wrong["invoice_date"] + pd.to_timedelta(rng.integers(1, 5, len(picked))[np.searchsorted(
        picked, wrong["invoice"] - 20_000_000)], unit="D")  # fmt: skip
    inside = (later <= LAST_DAY).to_numpy()
    negative = {name: -wrong[name] for name in ("quantity", "revenue_cents", "cost_cents")}
    storno = wrong.assign(invoice=wrong["invoice"] + 10_000_000, invoice_date=later, kind="storno", **negative)
    return [wrong[inside], storno[inside]]


def _samples(lines: pd.DataFrame, rng) -> pd.DataFrame:
    """Return free samples that went along with an invoice."""
    sales = lines[(lines["kind"] == "sale") & (lines["unit_price"] < 60)]
    picked = sales.iloc[np.sort(rng.choice(len(sales), min(500, len(sales)), replace=False))]
    return picked.assign(
        quantity=1, unit_price=0.0, discount=0.0, revenue_cents=0, cost_cents=picked["cost_cents"] // picked["quantity"]
    )


def _others(lines: pd.DataFrame, account: str | None, n: int, rng) -> pd.DataFrame:
    """Return lines of a collective account, or of the counter, where nobody asks for a number."""
    sales = lines[(lines["kind"] == "sale") & (lines["unit_price"] < (4000 if account == "99200" else 90))]
    picked = sales.iloc[rng.integers(len(sales), size=n)]
    days = FIRST_DAY + np.sort(rng.integers(0, DAYS, n))
    first = 50_000_000 + (0 if account is None else int(account)) * 1000
    quantity = np.minimum(picked["quantity"], 4)
    revenue = np.round(quantity * picked["unit_price"] * 100).astype(np.int64)
    cost = picked["cost_cents"] * quantity // picked["quantity"]
    return picked.assign(
        invoice=first + np.arange(n), account_id=account, invoice_date=days.astype("datetime64[s]"), quantity=quantity,
        discount=0.0, revenue_cents=revenue, cost_cents=cost,
    )  # fmt: skip


def _numbered(whole: pd.DataFrame, products: pd.DataFrame) -> pd.DataFrame:
    whole["product_id"] = np.append(products["product_id"].to_numpy(dtype=object), "VERSAND")[whole["product"]]
    document = whole["kind"].map({"return": "Gutschrift", "storno": "Storno"}).fillna("Rechnung")
    prefix = document.map({"Rechnung": "RE", "Gutschrift": "GS", "Storno": "ST"})
    order = [*"PDI"]
    keys = (
        pd.DataFrame({"P": prefix, "D": whole["invoice_date"], "I": whole["invoice"]})
        .drop_duplicates()
        .sort_values(order)
    )
    year = keys["D"].dt.strftime("%y")
    rank = keys.groupby(["P", year]).cumcount() + 1
    keys["invoice_id"] = keys["P"] + "-" + year + "-" + rank.map("{:06d}".format)
    found = pd.DataFrame({"P": prefix, "D": whole["invoice_date"], "I": whole["invoice"]}).merge(
        keys, on=order, how="left"
    )
    whole = whole.assign(invoice_id=found["invoice_id"].to_numpy(), document=document.to_numpy())
    whole = whole.sort_values(
        ["invoice_date", "invoice_id", "product_id", "quantity"], kind="stable", ignore_index=True
    )
    return whole[["invoice_id", "document", "invoice_date", "account_id", "product_id", "quantity", "unit_price",
                  "discount", "revenue_cents", "cost_cents", "ship_to_id", "contact_id"]]  # fmt: skip
