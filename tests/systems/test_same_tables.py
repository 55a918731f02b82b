"""Exports of SAP, Salesforce, HubSpot and Dynamics give the tables of the sample company's own exports, to the cent.

Each system's exports go through `segkit init` as they are: nobody edits project.yml but for what no export says, the
account groups of staff and sister companies, and the code of freight. What a system cannot carry stands in `CANNOT`,
with its reason: a column of the own format is either equal or listed there. Contact persons of SAP (KNVK) are not part
of its exports here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import yaml

from segkit.cleansing import clean_tables
from segkit.cleansing.origins import name_origins, note_origins
from segkit.engines import connect
from segkit.project import Project
from segkit.sources.propose import propose, write_project
from segkit.sources.reading import read_sources

from . import dynamics, hubspot, salesforce, sap
from .company import QUARTER, Company, company, write_invoices, write_own

Frames = dict[str, pd.DataFrame]
LINE = ["account_id", "invoice_date", "product_id", "quantity", "revenue", "margin"]
KEYS = {"accounts": "account_id", "contacts": "contact_id", "opportunities": "opportunity_id", "tickets": "ticket_id"}
COLLECTIVE = ["99000", "99100", "99200"]
WRITERS: dict[str, Callable[[Company, Path], list[Path]]] = {
    "sap_se16": sap.write_se16,
    "sap_list": sap.write_list,
    "sap_signed": lambda content, folder: sap.write_list(content, folder, signed=True),
    "salesforce_api": salesforce.write_api,
    "salesforce_en": salesforce.write_reports,
    "salesforce_de": lambda content, folder: salesforce.write_reports(content, folder, "de"),
    "hubspot_api": hubspot.write_api,
    "hubspot_labels": hubspot.write_labels,
    "dynamics_tables": dynamics.write_tables,
    "dynamics_en": dynamics.write_workbooks,
    "dynamics_de": lambda content, folder: dynamics.write_workbooks(content, folder, "de"),
}
RECORDS = {
    "salesforce": {
        "accounts": ("001", salesforce), "contacts": ("003", salesforce), "opportunities": ("006", salesforce),
    },
    "hubspot": {
        "accounts": ("company", hubspot), "contacts": ("contact", hubspot), "opportunities": ("deal", hubspot),
        "tickets": ("ticket", hubspot),
    },
    "dynamics": {
        "accounts": ("account", dynamics), "contacts": ("contact", dynamics),
        "opportunities": ("opportunity", dynamics),
    },
}  # fmt: skip
NO_FORM = {
    "legal_form": "no standard field holds the legal form by itself",
    "consent": "kept for persons, not for accounts",
    "do_not_contact": "these exports hold no lock of a whole account",
    "is_contactable": "follows from the flags that are not there",
    "n_records": "counts the records of all systems, here two",
}
NO_CODE = {
    "industry_scheme": "follows from the code that is not there",
    "industry_division": "follows from the code that is not there",
}
NO_CONSENT = {
    "consent": "an opt-out says who refused; of the others nobody says that they agreed",
    "do_not_contact": "of an opt-out from mails; the own format's lock is another one",
    "is_contactable": "follows from both",
}
NO_PRODUCT = {"product_id": "stands in the products of an opportunity, an export of its own"}
OWNER = {"owner_id": "a user's id or name of that system"}
CANNOT: dict[str, dict[str, dict[str, str]]] = {
    "sap": {
        "accounts": {
            **NO_FORM,
            **NO_CODE, "industry_code": "BRSCH is a key of the company's own, no WZ code",
            "industry": "the text of BRSCH is in another table (T016T)",
            "employees_date": "JMJAH is a year only",
            "region": "REGIO is a key (09), its text is in another table (T005U)",
            "owner_id": "a personnel number in KNVP (VE)",
            "team": "a key (VKBUR), its text is in another table (TVKBT)",
        },
        "opportunities": {
            **OWNER,
            "stage": "a quotation is open, won or lost, and nothing between",
            "lead_source": "a quotation does not say where it came from",
        },
    },
    "salesforce": {
        "accounts": {
            **NO_FORM, **OWNER, "employees_date": "NumberOfEmployees has no date", "team": "of the owner's user record",
            "account_group": "Type says Customer, the ERP's groups stay there",
            "industry_scheme": "a field called SIC does not say that its codes of NACE are those of the WZ",
        },
        "contacts": {**NO_CONSENT, "seniority": "no standard field"},
        "opportunities": {**NO_PRODUCT, **OWNER, "stage": "the picklist has its own texts; won and lost are compared"},
        "tickets": {},
    },
    "hubspot": {
        "accounts": {
            **NO_FORM, **OWNER, "employees_date": "numberofemployees has no date", "team": "of the owner's user record",
            **NO_CODE, "industry_code": "industry is a list of HubSpot's own",
            "account_group": "lifecyclestage says customer",
        },
        "contacts": {**NO_CONSENT, "seniority": "not in the usual view", "department": "no standard property"},
        "opportunities": {
            **NO_PRODUCT, **OWNER, "stage": "the pipeline has its own texts; won and lost are compared",
            "lead_source": "HubSpot's traffic source means the first visit, not this opportunity",
        },
        "tickets": {"complaint_reason": "no standard property"},
    },
    "dynamics": {
        "accounts": {
            **NO_FORM, **OWNER, "employees_date": "numberofemployees has no date", "team": "of the owner's user record",
            **NO_CODE, "industry_code": "industrycode is an option set of Dynamics' own", "industry": "the same",
            "account_group": "the ERP's groups stay there",
        },
        "contacts": {**NO_CONSENT, "seniority": "no standard column"},
        "opportunities": {
            **NO_PRODUCT, **OWNER, "stage": "statecode says open, won or lost; stages are a process of their own",
            "lead_source": "stands at the lead it came from",
        },
        "tickets": {"closed_date": "stands in the resolution, a table of its own", "category": "no text: an option",
                    "complaint_reason": "the subject tree is a table of its own"},
    },
}  # fmt: skip
COUNTRIES = {"Deutschland": "DE", "Germany": "DE", "D": "DE", "deutschland": "DE"}
PRIORITIES = {"High": "hoch", "Medium": "mittel", "Low": "niedrig", "Hoch": "hoch", "Mittel": "mittel",
              "Niedrig": "niedrig", "Normal": "mittel", "1": "hoch", "2": "mittel", "3": "niedrig"}  # fmt: skip


@pytest.fixture(scope="module")
def content() -> Company:
    return company(20)


@pytest.fixture(scope="module")
def own(content, tmp_path_factory) -> Frames:
    return cleansed(write_own(content, tmp_path_factory.mktemp("own")))


@pytest.fixture(scope="module")
def tables(content, tmp_path_factory) -> Callable[[str], Frames]:
    """Give the cleansed tables of a system's exports; CRM systems have the ERP's invoices beside."""
    found: dict[str, Frames] = {}

    def of(name: str) -> Frames:
        if name not in found:
            folder = tmp_path_factory.mktemp(name)
            files = WRITERS[name](content, folder / "raw")
            if not name.startswith("sap"):
                files.append(write_invoices(content, folder / "raw" / "rechnungen.csv"))
            write_project(folder, propose(folder, files))
            found[name] = with_sample_ids(cleansed(folder), name.partition("_")[0], content)
        return found[name]

    return of


def cleansed(folder: Path) -> Frames:
    """Notebook 01's calls for one quarter, with what only a person can say."""
    project, con = Project(folder), connect()
    quarter, settings = project.quarter(QUARTER), project.settings
    files = project.source_files(quarter)
    report = read_sources(con, files, settings.sources)
    note_origins(con, name_origins(files, settings.sources), report.columns)
    known = settings.scope.account_groups
    groups = known | ({"PERS": "staff", "KONZ": "intercompany"} if known else {})
    apart = settings.cleansing.duplicates.model_copy(update={"find": False})  # systems carry unlike evidence of them
    rules = {"charges": "excluded", "charge_codes": ["VERSAND"], "duplicates": apart}
    names = clean_tables(
        con, quarter, settings.cleansing.model_copy(update=rules),
        settings.scope.model_copy(update={"account_groups": groups}), settings.control_totals, report.log,
        today=dt.date(2026, 11, 2), currency=settings.currency, exchange_rates=settings.exchange_rates,
    )  # fmt: skip
    frames = {name: con.table(name).df() for name in names}
    con.close()
    return frames


def with_sample_ids(frames: Frames, system: str, content: Company) -> Frames:
    """Turn the system's ids into the sample company's."""
    numbers = {
        "accounts": content.accounts["account_id"],
        "contacts": content.contacts["contact_id"],
        "opportunities": content.opportunities["opportunity_id"],
        "tickets": content.tickets["ticket_id"],
    }
    if system == "sap":
        back = {"accounts": {number.zfill(10): number for number in numbers["accounts"]}}
        back["opportunities"] = {f"00200{number[3:]}": number for number in numbers["opportunities"]}
    else:
        back = {
            table: {module.record_id(kind, number): number for number in numbers[table]}
            for table, (kind, module) in RECORDS[system].items()
        }
    tickets = {number[1:].zfill(8): number for number in numbers["tickets"]}  # Salesforce's case number
    back.setdefault("tickets", tickets | {f"CAS-{number[1:]}": number for number in numbers["tickets"]})
    for table, key in KEYS.items():
        if table in frames:
            frames[table][key] = frames[table][key].replace(back.get(table, {}))
    for table in ("invoices", *KEYS):
        if table in frames:
            frames[table]["account_id"] = frames[table]["account_id"].replace(back["accounts"])
    return frames


def rows(frame: pd.DataFrame, columns: list[str]) -> list[tuple]:
    """Rows in one order, comparable: empty is None, days are days, texts are stripped of double blanks."""
    shown = frame[columns].astype(object).where(frame[columns].notna(), None)
    return sorted((tuple(map(_plain, row)) for row in shown.itertuples(index=False)), key=repr)


def _plain(value: object) -> object:
    if isinstance(value, pd.Timestamp):
        return value.date()
    return " ".join(value.split()) if isinstance(value, str) else value


def known_of(frame: pd.DataFrame) -> list[str]:
    """Columns in which the own format knows anything."""
    return [name for name in frame if frame[name].notna().any()]


def alike(frame: pd.DataFrame, table: str, system: str) -> pd.DataFrame:
    """What means the same is written the same; an opportunity that is open has no day on which it was closed."""
    frame = frame.copy()
    if table == "accounts":
        frame["country"] = frame["country"].replace(COUNTRIES)
        frame["account_group"] = frame["account_group"].replace(sap.GROUPS)
    if table == "opportunities":
        is_open = ~frame["is_closed"].fillna(False).astype(bool)
        frame["close_date"] = frame["close_date"].mask(is_open)
        frame["is_won"] = frame["is_won"].fillna(False).astype(bool)
        frame["is_closed"] = ~is_open
        if system == "sap":  # the day on which a quotation was lost is not in VBAK or VBAP
            frame["close_date"] = frame["close_date"].where(frame["is_won"])
    if table == "tickets":
        frame["priority"] = frame["priority"].astype(str).str.title().replace(PRIORITIES).str.lower()
    return frame


def compared(own: Frames, table: str, system: str) -> list[str]:
    """Every column of the own format but those that the system cannot carry."""
    lacking = CANNOT[system][table]
    known = known_of(own[table])
    assert set(lacking) <= set(known), "a reason for a column that the own format does not have"
    return [name for name in known if name not in lacking]


@pytest.mark.parametrize("name", ["sap_se16", "sap_list", "sap_signed"])
def test_billing_documents_of_sap_are_the_invoices_of_the_own_format(name, own, tables, content):
    """Credit memos get their sign, currencies the sample's amounts, cancelled pairs count for nothing."""
    pairs = set(content.lines["invoice_id"][content.lines["reverses"].notna() | content.lines["is_reversed"]])
    assert len(pairs) > 20
    lines = own["invoices"][~own["invoices"]["invoice_id"].isin(pairs)]
    found = tables(name)["invoices"]
    assert rows(found, LINE) == rows(lines, LINE)
    assert sorted(found["invoice_id"]) == sorted(lines["invoice_id"].map(sap.number_of))
    assert f"{found['revenue'].sum():.2f}" == f"{own['invoices']['revenue'].sum():.2f}"
    paid = found[found["payer_id"].str.lstrip("0") != found["account_id"]]
    assert dict(zip(paid["account_id"], paid["payer_id"].str.lstrip("0"), strict=True)) == sap.payers(content)


@pytest.mark.parametrize("name", ["sap_se16", "sap_list", "sap_signed"])
def test_delivered_revenue_of_sap_is_what_controlling_says(name, tables, content):
    """Counter, one-time customers, staff and sister company included; both halves of cancelled pairs left out."""
    totals = tables(name)["control_totals"].set_index("fiscal_year")
    assert f"{totals.loc[2025, 'delivered']:.2f}" == content.revenue_of(2025)


@pytest.mark.parametrize("name", ["salesforce_api", "hubspot_labels", "dynamics_de"])
def test_invoices_beside_a_crm_belong_to_its_accounts(name, own, tables):
    """The ERP's number in the CRM links them; the collective accounts of the ERP are in no CRM and stay as they are."""
    found = tables(name)
    lines = found["invoices"][~found["invoices"]["account_id"].isin(COLLECTIVE)]
    assert rows(lines, ["invoice_id", *LINE]) == rows(own["invoices"], ["invoice_id", *LINE])
    assert set(lines["account_id"]) <= set(found["accounts"].loc[found["accounts"]["name"].notna(), "account_id"])


@pytest.fixture(scope="module")
def own_deals(content, tmp_path_factory) -> Frames:
    """The own format without its invoices: the money is that of won opportunities."""
    folder = write_own(content, tmp_path_factory.mktemp("deals"))
    settings = yaml.safe_load((folder / "project.yml").read_text("utf-8"))
    del settings["sources"]["invoices"]
    (folder / "project.yml").write_text(yaml.safe_dump(settings, allow_unicode=True), "utf-8")
    return cleansed(folder)


@pytest.mark.parametrize("name", ["salesforce_de", "hubspot_api"])
def test_without_invoices_won_opportunities_are_the_money(name, content, own_deals, tmp_path):
    """Open ones with an expected day and lost ones are none, whatever a system calls its stages."""
    write_project(tmp_path, propose(tmp_path, WRITERS[name](content, tmp_path / "raw")))
    found = with_sample_ids(cleansed(tmp_path), name.partition("_")[0], content)["invoices"]
    columns = ["account_id", "invoice_date", "revenue"]
    assert rows(found, columns) == rows(own_deals["invoices"], columns)
    assert len(found) == (content.opportunities["stage"] == "Gewonnen").sum() > 5


CASES = [
    *(("sap_se16", "accounts"), ("sap_se16", "opportunities")),
    *(("salesforce_api", table) for table in KEYS),
    *(("hubspot_api", table) for table in KEYS),
    *(("dynamics_tables", table) for table in KEYS),
]


@pytest.mark.parametrize(("name", "table"), CASES)
def test_tables_are_those_of_the_own_format(name, table, own, tables):
    system = name.partition("_")[0]
    columns = compared(own, table, system)
    found, expected = alike(tables(name)[table], table, system), alike(own[table], table, system)
    found = found[~found["account_id"].isin(COLLECTIVE)]
    for column in columns:  # column by column: the first that differs is named
        assert rows(found, [KEYS[table], column]) == rows(expected, [KEYS[table], column]), column


LABELS = [
    *(("sap_list", "sap_se16", table) for table in ("accounts", "invoices")),
    *(("salesforce_en", "salesforce_api", table) for table in ("invoices", *KEYS)),
    *(("salesforce_de", "salesforce_api", table) for table in ("invoices", *KEYS)),
    *(("hubspot_labels", "hubspot_api", table) for table in ("invoices", *KEYS)),
    *(("dynamics_en", "dynamics_tables", table) for table in ("invoices", *KEYS)),
    *(("dynamics_de", "dynamics_tables", table) for table in ("invoices", *KEYS)),
]


@pytest.mark.parametrize(("labels", "names", "table"), LABELS)
def test_labels_and_technical_names_give_equal_tables(labels, names, table, own, tables):
    """But for whom a record belongs to (a name for an id) and the texts of open stages, which follow the language."""
    system = labels.partition("_")[0]
    if table == "invoices":
        assert rows(tables(labels)[table], ["invoice_id", *LINE]) == rows(tables(names)[table], ["invoice_id", *LINE])
        return
    shown, technical = alike(tables(labels)[table], table, system), alike(tables(names)[table], table, system)
    different = {"owner_id", "stage", "source", "row_number"}
    if system == "sap":
        different |= {"source_abc_class", "parent_id"}  # of KNVV and KNVH, which are no list of customers
    if system == "hubspot" and table == "accounts":
        shown["account_group"] = shown["account_group"].str.lower()
    for column in [name for name in technical if name not in different]:
        assert rows(shown, [KEYS[table], column]) == rows(technical, [KEYS[table], column]), column
