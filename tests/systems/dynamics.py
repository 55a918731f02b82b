"""What Microsoft Dynamics 365 Sales would export of the sample company: Excel with labels, and logical names.

- `write_workbooks`: "export to Excel" of a view: labels in English or German, three hidden columns in front
  ("(Do Not Modify) …": the record's GUID, a check sum, when it was modified), real dates and numbers, and lookups as
  the name of the record they point to. The views of contacts, opportunities and cases also show the account's number, a
  column of the related account that one adds to a view: names alone would not tell two accounts of one name apart.
- `write_tables`: as Synapse Link or the Web API land the tables: logical names, GUIDs, option values as numbers.

`accountnumber` is the sample company's account. Dynamics has no WZ code (industrycode is an option set), no legal form,
no date of the head count; collective accounts of the ERP are not in it.
"""

from __future__ import annotations

import base64
import hashlib
import uuid
from pathlib import Path

import pandas as pd

from .company import Company

PRIORITIES = {"hoch": (1, "High", "Hoch"), "mittel": (2, "Normal", "Normal"), "niedrig": (3, "Low", "Niedrig")}
STATES = {"open": (0, "Open", "Offen"), "won": (1, "Won", "Gewonnen"), "lost": (2, "Lost", "Verloren")}
HIDDEN = (("(Do Not Modify) {}", "(Nicht ändern) {}"),
          ("(Do Not Modify) Row Checksum", "(Nicht ändern) Zeilenprüfsumme"),
          ("(Do Not Modify) Modified On", "(Nicht ändern) Geändert am"))  # fmt: skip
ENTITIES = {
    "account": ("Account", "Firma"), "contact": ("Contact", "Kontakt"),
    "opportunity": ("Opportunity", "Verkaufschance"), "incident": ("Case", "Anfrage"),
}  # fmt: skip
LABELS = {
    "account": {
        "name": ("Account Name", "Firmenname"), "accountnumber": ("Account Number", "Firmennummer"),
        "telephone1": ("Main Phone", "Haupttelefon"), "address1_line1": ("Address 1: Street 1", "Adresse 1: Straße 1"),
        "address1_postalcode": ("Address 1: ZIP/Postal Code", "Adresse 1: Postleitzahl"),
        "address1_city": ("Address 1: City", "Adresse 1: Ort"),
        "address1_stateorprovince": ("Address 1: State/Province", "Adresse 1: Bundesland/Kanton"),
        "address1_country": ("Address 1: Country/Region", "Adresse 1: Land/Region"),
        "revenue": ("Annual Revenue", "Jahresumsatz"),
        "numberofemployees": ("Number of Employees", "Anzahl der Mitarbeiter"), "ownerid": ("Owner", "Besitzer"),
        "statecode": ("Status", "Status"), "createdon": ("Created On", "Erstellt am"),
    },
    "contact": {
        "firstname": ("First Name", "Vorname"), "lastname": ("Last Name", "Nachname"),
        "parentcustomerid": ("Company Name", "Firmenname"),
        "accountnumber": ("Account Number (Company Name) (Account)", "Firmennummer (Firmenname) (Firma)"),
        "jobtitle": ("Job Title", "Position"), "department": ("Department", "Abteilung"),
        "emailaddress1": ("Email", "E-Mail"), "telephone1": ("Business Phone", "Telefon (geschäftlich)"),
        "donotbulkemail": ("Do not allow Bulk Emails", "Keine Massen-E-Mails zulassen"),
        "createdon": ("Created On", "Erstellt am"),
    },
    "opportunity": {
        "name": ("Topic", "Thema"), "parentaccountid": ("Account", "Firma"),
        "accountnumber": ("Account Number (Account) (Account)", "Firmennummer (Firma) (Firma)"),
        "estimatedvalue": ("Est. Revenue", "Gesch. Umsatz"), "actualvalue": ("Actual Revenue", "Tatsächlicher Umsatz"),
        "estimatedclosedate": ("Est. Close Date", "Gesch. Abschlussdatum"),
        "actualclosedate": ("Actual Close Date", "Tatsächliches Abschlussdatum"),
        "closeprobability": ("Probability", "Wahrscheinlichkeit"), "statecode": ("Status", "Status"),
        "ownerid": ("Owner", "Besitzer"), "createdon": ("Created On", "Erstellt am"),
    },
    "incident": {
        "title": ("Case Title", "Anfragetitel"), "ticketnumber": ("Case Number", "Anfragenummer"),
        "customerid": ("Customer", "Kunde"),
        "accountnumber": ("Account Number (Customer) (Account)", "Firmennummer (Kunde) (Firma)"),
        "prioritycode": ("Priority", "Priorität"),
        "statecode": ("Status", "Status"), "createdon": ("Created On", "Erstellt am"),
    },
}  # fmt: skip


def record_id(kind: str, number: str) -> str:
    """Return a record's GUID."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"https://quellbrunn.example/{kind}/{number}"))


def write_workbooks(content: Company, folder: Path, language: str = "en") -> list[Path]:
    """Write a workbook each of accounts, contacts, opportunities and cases, as views export them; return the files."""
    import xlsxwriter

    folder.mkdir(parents=True, exist_ok=True)
    place = ("en", "de").index(language)
    paths = []
    for kind, frame in tables(content).items():
        if kind not in LABELS:
            continue
        shown = _view(frame, kind, place)
        paths.append(folder / f"{ENTITIES[kind][place]}.xlsx")
        with xlsxwriter.Workbook(str(paths[-1])) as book:
            sheet = book.add_worksheet(ENTITIES[kind][place])
            moment = book.add_format({"num_format": ("m/d/yyyy h:mm", "dd.mm.yyyy hh:mm")[place]})
            sheet.write_row(0, 0, list(shown), book.add_format({"bold": True}))
            for column, label in enumerate(shown):
                for row, value in enumerate(shown[label], 1):
                    if isinstance(value, pd.Timestamp):
                        sheet.write_datetime(row, column, value.to_pydatetime(), moment)
                    elif not pd.isna(value) and value != "":
                        sheet.write(row, column, value)
            sheet.set_column(0, 2, None, None, {"hidden": True})
            sheet.autofilter(0, 0, len(shown), len(shown.columns) - 1)
    return paths


def write_tables(content: Company, folder: Path) -> list[Path]:
    """Write account, contact, opportunity, incident, campaign and lead by logical names; return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for kind, frame in tables(content).items():
        shown = frame[[name for name in frame if not name.startswith("~")]].copy()
        if kind != "account":
            shown = shown.drop(columns="accountnumber", errors="ignore")
        for name in shown:
            values = shown[name]
            if name == "statecode" and kind == "opportunity":
                shown[name] = values.map(lambda state: STATES[state][0])
            elif name == "prioritycode":
                shown[name] = values.map(lambda priority: PRIORITIES[priority][0])
            elif pd.api.types.is_bool_dtype(values):
                shown[name] = values.map({True: "True", False: "False"})
            elif pd.api.types.is_datetime64_any_dtype(values):
                shown[name] = values.dt.strftime("%Y-%m-%dT09:30:00.0000000Z")
        paths.append(folder / f"{kind}.csv")
        shown.to_csv(paths[-1], index=False, lineterminator="\n", encoding="utf-8")
    return paths


def tables(content: Company) -> dict[str, pd.DataFrame]:
    """Return the tables by logical names, typed; `~name` is what a view shows for the lookup `name`."""
    accounts = content.accounts[content.accounts["account_group"] == "Inland"].reset_index(drop=True)
    names = accounts.set_index("account_id")["name"]
    staff = content.staff.set_index("owner_id")["owner_name"]
    people, deals, tickets, leads = content.contacts, content.opportunities, content.tickets, content.leads
    state = deals["stage"].map({"Gewonnen": "won", "Verloren": "lost"}).fillna("open")
    modified = pd.Timestamp("2026-09-30")
    return {
        "account": pd.DataFrame(
            {
                "accountid": _ids("account", accounts["account_id"]),
                "name": accounts["name"],
                "accountnumber": accounts["account_id"],
                "telephone1": accounts["phone"],
                "address1_line1": accounts["street"],
                "address1_postalcode": accounts["postal_code"],
                "address1_city": accounts["city"],
                "address1_stateorprovince": accounts["region"],
                "address1_country": accounts["country"],
                "revenue": accounts["account_revenue"],
                "numberofemployees": pd.to_numeric(accounts["employees"], errors="coerce").astype("Int64"),
                "ownerid": _ids("owner", accounts["owner_id"]),
                "~ownerid": accounts["owner_id"].map(staff),
                "statecode": 0,
                "createdon": accounts["created_date"],
                "modifiedon": modified,
            }
        ),
        "contact": pd.DataFrame(
            {
                "contactid": _ids("contact", people["contact_id"]),
                "firstname": people["first_name"],
                "lastname": people["last_name"],
                "parentcustomerid": _ids("account", people["account_id"]),
                "~parentcustomerid": people["account_id"].map(names),
                "accountnumber": people["account_id"],
                "jobtitle": people["job_title"],
                "department": people["department"],
                "emailaddress1": people["email"],
                "telephone1": people["phone"],
                "donotbulkemail": ~people["consent"],
                "statecode": 0,
                "createdon": pd.Timestamp("2024-02-05"),
                "modifiedon": modified,
            }
        ),
        "opportunity": pd.DataFrame(
            {
                "opportunityid": _ids("opportunity", deals["opportunity_id"]),
                "name": deals["account_id"].map(names) + " " + deals["product_id"],
                "parentaccountid": _ids("account", deals["account_id"]),
                "~parentaccountid": deals["account_id"].map(names),
                "accountnumber": deals["account_id"],
                "estimatedvalue": deals["amount"],
                "actualvalue": deals["amount"].where(state == "won"),
                "estimatedclosedate": deals["close_date"].fillna(pd.Timestamp("2026-12-18")),
                "actualclosedate": deals["close_date"],
                "closeprobability": state.map({"won": 100, "lost": 0, "open": 50}),
                "statecode": state,
                "ownerid": _ids("owner", deals["owner_id"]),
                "~ownerid": deals["owner_id"].map(staff),
                "createdon": deals["created_date"],
                "modifiedon": modified,
            }
        ),
        "incident": pd.DataFrame(
            {
                "incidentid": _ids("incident", tickets["ticket_id"]),
                "title": tickets["category"] + ": Anfrage",
                "ticketnumber": "CAS-" + tickets["ticket_id"].str[1:],
                "customerid": _ids("account", tickets["account_id"]),
                "~customerid": tickets["account_id"].map(names),
                "accountnumber": tickets["account_id"],
                "prioritycode": tickets["priority"],
                "statecode": tickets["closed_date"].notna().astype(int),
                "createdon": tickets["created_date"],
                "modifiedon": modified,
            }
        ),
        "campaign": pd.DataFrame(
            {
                "campaignid": _ids("campaign", content.campaigns["campaign_id"]),
                "name": content.campaigns["campaign_name"],
                "codename": content.campaigns["campaign_id"],
                "actualstart": content.campaigns["start_date"],
                "actualend": content.campaigns["end_date"],
                "totalactualcost": content.campaigns["cost"],
                "statecode": 0,
            }
        ),
        "lead": pd.DataFrame(
            {
                "leadid": _ids("lead", leads["lead_id"]),
                "companyname": leads["company"],
                "statecode": leads["status"].map({"offen": 0, "umgewandelt": 1, "disqualifiziert": 2}),
                "campaignid": _ids("campaign", leads["campaign_id"]),
                "parentaccountid": _ids("account", leads["account_id"]),
                "qualifyingopportunityid": _ids("opportunity", leads["opportunity_id"]),
                "createdon": leads["created_date"],
            }
        ),
    }


def _view(frame: pd.DataFrame, kind: str, place: int) -> pd.DataFrame:
    """Return the columns of a view with their labels, behind the three hidden ones."""
    guid = frame.iloc[:, 0]
    sums = [base64.b64encode(hashlib.sha512(text.encode()).digest()).decode() for text in guid]
    hidden = [labels[place].format(ENTITIES[kind][place]) for labels in HIDDEN]
    shown = {hidden[0]: guid, hidden[1]: sums, hidden[2]: frame["modifiedon"]}
    for name, labels in LABELS[kind].items():
        values = frame[f"~{name}"] if f"~{name}" in frame else frame[name]
        if name == "statecode" and kind == "opportunity":
            values = values.map(lambda state: STATES[state][1 + place])
        elif name == "statecode":
            texts = (("Active", "Resolved"), ("Aktiv", "Gelöst"))[place]
            values = values.map(dict(enumerate(texts)))
        elif name == "prioritycode":
            values = values.map(lambda priority: PRIORITIES[priority][1 + place])
        elif pd.api.types.is_bool_dtype(values):
            values = values.map(
                dict(
                    zip((False, True), (("Allow", "Do Not Allow"), ("Zulassen", "Nicht zulassen"))[place], strict=True)
                )
            )
        shown[labels[place]] = values
    return pd.DataFrame(shown)


def _ids(kind: str, numbers: pd.Series) -> pd.Series:
    return numbers.map(lambda number: record_id(kind, number), na_action="ignore")
