"""The sample company's clean content, and its own exports beside which those of other systems are held.

`company()` is the sample company in memory: a few accounts, invoices from 2025 on, nothing broken on the way. The other
modules here write what SAP, Salesforce, HubSpot or Dynamics would export of it; `write_own` writes the company's own
format, which its project.yml reads. A system's export may add what belongs to the system (cancelled pairs, footers,
hidden columns, currencies); it never changes what is true.

The layouts come from the vendors' field lists and from how such lists look, not from the product's presets.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import pandas as pd
import yaml

from segkit.demo import crm, exports, service
from segkit.demo.customer_master import customer_master
from segkit.demo.leads import leads
from segkit.demo.ledger import write_ledger
from segkit.demo.marketing import engagements
from segkit.demo.sample import SEED, simulate

SINCE, QUARTER, COUNTER = "2025-01-01", "2026Q3", "99000"
"""First day; the quarter to look at; in an ERP that wants a number, sales at the counter go to the one-time account."""

DELIVERY = "2026-10-02"


@dataclass(frozen=True)
class Company:
    """Frames as in segkit.demo; `lines` is the ledger with two more columns.

    `reverses`: on a line of a cancellation, the invoice that it takes back. `is_reversed`: on a line of that invoice.
    """

    accounts: pd.DataFrame
    contacts: pd.DataFrame
    products: pd.DataFrame
    lines: pd.DataFrame
    opportunities: pd.DataFrame
    tickets: pd.DataFrame
    campaigns: pd.DataFrame
    leads: pd.DataFrame
    staff: pd.DataFrame

    def revenue_of(self, year: int) -> str:
        """Return net revenue of a year as controlling would say it: every line once."""
        cents = int(self.lines.loc[self.lines["invoice_date"].dt.year == year, "revenue_cents"].sum())
        return f"{cents // 100}.{cents % 100:02d}"


@cache
def company(n_accounts: int = 60, seed: int = SEED) -> Company:
    """Return the sample company of so many accounts."""
    sample = simulate(seed, n_accounts)
    people = crm.contacts(sample)
    deals, programme = crm.opportunities(sample), crm.campaigns(seed)
    tickets = service.tickets(sample)
    asked = leads(sample, deals, programme, engagements(sample, people, programme))
    return Company(
        accounts=customer_master(sample),
        contacts=people.drop(columns="need_class"),
        products=sample.products,
        lines=_with_pairs(write_ledger(sample)),
        opportunities=deals[deals["created_date"] >= SINCE].reset_index(drop=True),
        tickets=tickets[tickets["created_date"] >= SINCE].reset_index(drop=True),
        campaigns=programme,
        leads=asked[asked["created_date"] >= SINCE].reset_index(drop=True),
        staff=crm.staff(seed),
    )


def write_own(content: Company, folder: Path) -> Path:
    """Write the sample company's own exports and its project.yml; return the folder."""
    raw = folder / "raw"
    for name in ("erp", "crm", "marketing", DELIVERY):
        (raw / name).mkdir(parents=True, exist_ok=True)
    write_invoices(content, raw / "erp" / "rechnungen_2025_2026.csv")
    exports.write_csv(content.accounts, exports.ACCOUNTS, raw / DELIVERY / "kunden.csv", "utf-8-sig")
    contacts = raw / DELIVERY / "ansprechpartner.xlsx"
    exports.write_workbook(content.contacts, exports.CONTACTS, contacts, "Ansprechpartner", "02.10.2026")
    exports.write_csv(content.products, exports.PRODUCTS, raw / DELIVERY / "artikelstamm.csv")
    exports.write_english_csv(content.campaigns, raw / DELIVERY / "campaigns.csv")
    exports.write_csv(content.opportunities, exports.OPPORTUNITIES, raw / "crm" / "verkaufschancen.csv", "utf-8-sig")
    exports.write_csv(content.tickets, exports.TICKETS, raw / "crm" / "tickets.csv", "utf-8-sig")
    leads = content.leads.rename(columns={"rating": "sales_rating"})  # as the sample company writes it
    exports.write_english_csv(leads, raw / "marketing" / "leads.csv")
    settings = yaml.safe_load(files("segkit.demo").joinpath("project_template.yml").read_text("utf-8"))
    written = ("invoices", "accounts", "contacts", "products", "campaigns", "opportunities", "tickets", "leads")
    settings["sources"] = {table: settings["sources"][table] for table in written}
    settings["control_totals"] = {2025: float(content.revenue_of(2025))}
    (folder / "project.yml").write_text(yaml.safe_dump(settings, allow_unicode=True, sort_keys=False), "utf-8")
    return folder


def write_invoices(content: Company, path: Path) -> Path:
    """Write the ERP's invoice lines in the sample company's own format."""
    cells = exports.invoice_cells(content.lines)
    cells.to_csv(path, sep=";", index=False, encoding="cp1252", lineterminator="\r\n")
    return path


def _with_pairs(ledger: pd.DataFrame) -> pd.DataFrame:
    """Return the lines from SINCE on; a cancellation whose invoice is older is left out, or the pair would be half."""
    lines = ledger[ledger["invoice_date"] >= SINCE].reset_index(drop=True)
    pairs = _pairs(lines)
    reverses = lines["invoice_id"].map(pairs)
    lines = lines.assign(reverses=reverses, is_reversed=lines["invoice_id"].isin(set(pairs.values())))
    return lines[(lines["document"] != "Storno") | reverses.notna()].reset_index(drop=True)


def _pairs(lines: pd.DataFrame) -> dict[str, str]:
    """Return cancellation -> the invoice it takes back: same account and lines, some days before, none used twice."""
    what = lines[["product_id", "quantity", "revenue_cents", "cost_cents"]]
    is_storno = lines["document"] == "Storno"
    positive = what.where(~is_storno, what.assign(**{name: -what[name] for name in what.columns[1:]}))
    texts = positive.astype(str).agg("|".join, axis=1)
    group = texts.groupby(lines["invoice_id"]).agg(lambda cells: ";".join(sorted(cells)))
    heads = lines.drop_duplicates("invoice_id").set_index("invoice_id")
    heads = heads.assign(content=heads["account_id"].fillna("") + ":" + group)
    invoices, pairs, used = heads[heads["document"] == "Rechnung"], {}, set()
    for number, storno in heads[heads["document"] == "Storno"].iterrows():
        days = (storno["invoice_date"] - invoices["invoice_date"]).dt.days
        fitting = invoices.index[(invoices["content"] == storno["content"]) & days.between(1, 5)]
        free = [invoice for invoice in fitting if invoice not in used]
        if free:
            pairs[number] = free[0]
            used.add(free[0])
    return pairs
