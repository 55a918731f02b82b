"""Write the sample company's project folder: raw/ as its systems deliver it, and project.yml."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pandas as pd

from segkit.demo import crm, exports, groups, market, service
from segkit.demo.customer_master import as_of_july, customer_master
from segkit.demo.dealers import dealer_relations
from segkit.demo.firmographics import company_data, known_on
from segkit.demo.invoices import price_list_today
from segkit.demo.leads import leads
from segkit.demo.ledger import controlling_totals, write_ledger
from segkit.demo.marketing import engagements
from segkit.demo.sample import SEED, Sample, simulate
from segkit.errors import UserError

JULY, OCTOBER = "2026-07-02", "2026-10-02"
OVERLAP_FROM = pd.Timestamp("2025-12-08")  # the first delivery of 2026 begins with the end of 2025, delivered before


def write_demo(folder: str | Path, seed: int = SEED, n_accounts: int = 1200, with_truth: bool = False) -> None:
    """Write the sample company: exports under raw/, and project.yml.

    Parameters
    ----------
    folder : str or Path
        Project folder; made where it is missing.
    seed : int
        Start of all random draws; the same seed writes the same bytes.
    n_accounts : int
        Companies in the customer master (customers and prospects), without duplicates.
    with_truth : bool
        Also write what is true (segments, duplicates, potential …) to truth/. For tests.

    Raises
    ------
    UserError
        When the folder holds a project already.
    """
    folder = Path(folder)
    if (folder / "project.yml").exists():
        raise UserError(f"{folder} holds a project already. Name an empty folder, or delete that one.")
    for name in ("raw/erp", "raw/crm", "raw/marketing", "raw/controlling", f"raw/{JULY}", f"raw/{OCTOBER}"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    sample = simulate(seed, n_accounts)
    people = crm.contacts(sample)
    totals = _write_invoices(sample, folder / "raw" / "erp")
    _write_masters(sample, people, folder / "raw")
    _write_events(sample, people, folder / "raw")
    _write_project(folder, totals)
    if with_truth:
        from segkit.demo.truth import write_truth

        write_truth(sample, people, folder / "truth")


def _write_invoices(sample: Sample, folder: Path) -> dict[int, str]:
    """Write yearly deliveries, quarterly ones for the last year; return controlling's totals."""
    ledger = write_ledger(sample)
    cells, dates = exports.invoice_cells(ledger), ledger["invoice_date"]
    deliveries = {f"rechnungen_{year}.csv": dates.dt.year == year for year in range(2021, 2026)}
    for quarter in (1, 2, 3):
        inside = (dates.dt.year == 2026) & (dates.dt.quarter == quarter)
        deliveries[f"rechnungen_2026_q{quarter}.csv"] = inside | (
            (quarter == 1) & dates.between(OVERLAP_FROM, "2025-12-31")
        )
    for name, inside in deliveries.items():
        part = exports.damage(cells[inside.to_numpy()].reset_index(drop=True), name)
        part.to_csv(folder / name, sep=";", index=False, encoding="cp1252", lineterminator="\r\n")
    return controlling_totals(ledger)


def _write_masters(sample: Sample, people: pd.DataFrame, raw: Path) -> None:
    master = customer_master(sample)
    programme = crm.campaigns(sample.seed)
    machines = service.installed_base(sample)
    structure = pd.concat([groups.hierarchy(sample), dealer_relations(sample)], ignore_index=True)
    agency = company_data(sample)
    prices = price_list_today(sample.products, sample.parameters)
    sectors, competitors = market.sectors(sample.seed), market.competitors(sample)
    for day, accounts in ((JULY, as_of_july(master, sample.seed)), (OCTOBER, master)):
        folder, stand = raw / day, f"{day[8:]}.{day[5:7]}.{day[:4]}"
        known = people[people["account_id"].isin(accounts["account_id"])]
        exports.write_csv(accounts, exports.ACCOUNTS, folder / "kunden.csv", "utf-8-sig")
        exports.write_workbook(known, exports.CONTACTS, folder / "ansprechpartner.xlsx", "Ansprechpartner", stand)
        exports.write_csv(prices, exports.PRODUCTS, folder / "artikelstamm.csv")
        owned = machines[machines["account_id"].isin(accounts["account_id"])]
        exports.write_csv(owned, exports.INSTALLED_BASE, folder / "anlagen.csv")
        held = structure[structure["valid_from"] <= day]
        exports.write_csv(held, exports.HIERARCHY, folder / "kundenhierarchie.csv")
        exports.write_csv(known_on(agency, day), exports.FIRMOGRAPHICS, folder / "firmendaten.csv", "utf-8-sig")
        exports.write_csv(sectors, exports.SECTORS, folder / "branchendaten.csv")
        heard = competitors[competitors["account_id"].isin(accounts["account_id"])]
        exports.write_csv(heard, exports.COMPETITORS, folder / "wettbewerber.csv")
        exports.write_english_csv(programme[programme["start_date"] <= day], folder / "campaigns.csv")


def _write_events(sample: Sample, people: pd.DataFrame, raw: Path) -> None:
    programme = crm.campaigns(sample.seed)
    deals = crm.opportunities(sample)
    exports.write_csv(deals, exports.OPPORTUNITIES, raw / "crm" / "verkaufschancen.csv", "utf-8-sig")
    exports.write_csv(crm.staff(sample.seed), exports.STAFF, raw / "crm" / "vertrieb.csv", "utf-8-sig")
    exports.write_csv(service.tickets(sample), exports.TICKETS, raw / "crm" / "tickets.csv", "utf-8-sig")
    visits = engagements(sample, people, programme)
    came = leads(sample, deals, programme, visits).rename(columns={"rating": "sales_rating"})
    exports.write_english_csv(came, raw / "marketing" / "leads.csv")
    exports.write_english_csv(visits, raw / "marketing" / "engagements.csv.gz")
    exports.write_csv(service.contracts(sample), exports.CONTRACTS, raw / "erp" / "wartungsvertraege.csv")
    exports.write_csv(service.care_costs(sample), exports.CARE_COSTS, raw / "controlling" / "betreuungskosten.csv")
    answers = service.surveys(sample, people)
    exports.write_workbook(answers, exports.SURVEYS, raw / "crm" / "befragungen.xlsx", "Befragungen", "02.10.2026")


def _write_project(folder: Path, totals: dict[int, str]) -> None:
    template = files("segkit.demo").joinpath("project_template.yml").read_text(encoding="utf-8")
    lines = "\n".join(f"  {year}: {total}" for year, total in totals.items())
    (folder / "project.yml").write_text(template.replace("  # TOTALS", lines), encoding="utf-8", newline="\n")
