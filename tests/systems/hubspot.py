"""What HubSpot would export of the sample company: the UI's CSV with labels, and the API's properties by internal name.

- `write_labels`: companies, contacts, deals and tickets as "export view" writes them: comma, UTF-8, labels, ids of
  digits, `2025-01-15 09:30`, "Associated Company IDs" and "Associated Company" for what is an association in HubSpot.
- `write_api`: as a connector lands the objects: internal names, everything text, true/false, times with Z.

The ERP's customer number is a custom property ("ERP-Kundennummer", erp_kundennummer). HubSpot has no WZ code, no legal
form, no date of the head count; collective accounts of the ERP are not in it.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from .company import Company

STAGES = {
    "Erstkontakt": ("appointmentscheduled", "Appointment Scheduled"),
    "Bedarfsklärung": ("qualifiedtobuy", "Qualified To Buy"),
    "Angebot": ("presentationscheduled", "Presentation Scheduled"),
    "Verhandlung": ("contractsent", "Contract Sent"),
    "Gewonnen": ("closedwon", "Closed Won"),
    "Verloren": ("closedlost", "Closed Lost"),
}
PRIORITIES = {"hoch": "High", "mittel": "Medium", "niedrig": "Low"}
LABELS = {
    "companies": {
        "hs_object_id": "Record ID", "name": "Company name", "domain": "Company Domain Name", "phone": "Phone Number",
        "address": "Street Address", "zip": "Postal Code", "city": "City", "state": "State/Region",
        "country": "Country/Region", "industry": "Industry", "numberofemployees": "Number of Employees",
        "annualrevenue": "Annual Revenue", "lifecyclestage": "Lifecycle Stage", "hubspot_owner_id": "Company owner",
        "createdate": "Create Date", "erp_kundennummer": "ERP-Kundennummer",
    },
    "contacts": {
        "hs_object_id": "Record ID", "firstname": "First Name", "lastname": "Last Name", "email": "Email",
        "phone": "Phone Number", "jobtitle": "Job Title", "hs_email_optout": "Unsubscribed from all email",
        "hubspot_owner_id": "Contact owner", "createdate": "Create Date",
        "associatedcompanyid": "Associated Company IDs", "company": "Associated Company",
    },
    "deals": {
        "hs_object_id": "Record ID", "dealname": "Deal Name", "dealstage": "Deal Stage", "pipeline": "Pipeline",
        "amount": "Amount", "deal_currency_code": "Currency", "closedate": "Close Date", "createdate": "Create Date",
        "hubspot_owner_id": "Deal owner", "hs_is_closed": "Is Deal Closed?", "hs_is_closed_won": "Is Closed Won",
        "hs_primary_associated_company": "Associated Company IDs", "company": "Associated Company",
    },
    "tickets": {
        "hs_object_id": "Ticket ID", "subject": "Ticket name", "hs_pipeline": "Pipeline",
        "hs_pipeline_stage": "Ticket status", "createdate": "Create date", "closed_date": "Close date",
        "hs_ticket_priority": "Priority", "hs_ticket_category": "Category",
        "hs_primary_company_id": "Associated Company IDs", "company": "Associated Company",
    },
}  # fmt: skip


def record_id(kind: str, number: str) -> str:
    """Return an object's id: digits only."""
    start = {"company": 9_100, "contact": 20_400, "deal": 31_700, "ticket": 44_200}[kind]
    return str(start * 1_000_000 + int("".join(sign for sign in number if sign.isdigit())) * 37)


def write_labels(content: Company, folder: Path) -> list[Path]:
    """Write the four objects as the UI exports them; return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    people = content.staff.set_index("owner_id")["owner_name"]
    paths = []
    for kind, frame in objects(content).items():
        shown = pd.DataFrame({label: _cells(frame[name], name, people) for name, label in LABELS[kind].items()})
        paths.append(folder / f"hubspot-crm-exports-all-{kind}-2026-10-02.csv")
        shown.to_csv(paths[-1], index=False, lineterminator="\n", encoding="utf-8")
    return paths


def write_api(content: Company, folder: Path) -> list[Path]:
    """Write the four objects by internal names; return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for kind, frame in objects(content).items():
        shown = frame.drop(columns="company", errors="ignore").copy()
        for name in shown:
            shown[name] = _api_cells(shown[name], name)
        paths.append(folder / f"{kind}.csv")
        shown.to_csv(paths[-1], index=False, lineterminator="\n", encoding="utf-8")
    return paths


def objects(content: Company) -> dict[str, pd.DataFrame]:
    """Return the objects as frames by internal names, typed; `company` is the name that exports show."""
    accounts = content.accounts[content.accounts["account_group"] == "Inland"].reset_index(drop=True)
    names = accounts.set_index("account_id")["name"]
    mails = content.contacts.drop_duplicates("account_id").set_index("account_id")["email"]
    people, deals, tickets = content.contacts, content.opportunities, content.tickets
    return {
        "companies": pd.DataFrame(
            {
                "hs_object_id": _ids("company", accounts["account_id"]),
                "name": accounts["name"],
                "domain": accounts["account_id"].map(mails.str.partition("@")[2]),
                "phone": accounts["phone"],
                "address": accounts["street"],
                "zip": accounts["postal_code"],
                "city": accounts["city"],
                "state": accounts["region"],
                "country": accounts["country"],
                "industry": accounts["industry"],
                "numberofemployees": accounts["employees"].where(accounts["employees"].str.isdigit(), ""),
                "annualrevenue": accounts["account_revenue"],
                "lifecyclestage": "customer",
                "hubspot_owner_id": accounts["owner_id"],
                "createdate": accounts["created_date"],
                "erp_kundennummer": accounts["account_id"],
            }
        ),
        "contacts": pd.DataFrame(
            {
                "hs_object_id": _ids("contact", people["contact_id"]),
                "firstname": people["first_name"],
                "lastname": people["last_name"],
                "email": people["email"],
                "phone": people["phone"],
                "jobtitle": people["job_title"],
                "hs_email_optout": ~people["consent"],
                "hubspot_owner_id": "",
                "createdate": pd.Timestamp("2024-02-05"),
                "associatedcompanyid": _ids("company", people["account_id"]),
                "company": people["account_id"].map(names),
            }
        ),
        "deals": pd.DataFrame(
            {
                "hs_object_id": _ids("deal", deals["opportunity_id"]),
                "dealname": deals["account_id"].map(names) + " " + deals["product_id"],
                "dealstage": deals["stage"],
                "pipeline": "default",
                "amount": deals["amount"],
                "deal_currency_code": "EUR",
                "closedate": deals["close_date"].fillna(pd.Timestamp("2026-12-18")),
                "createdate": deals["created_date"],
                "hubspot_owner_id": deals["owner_id"],
                "hs_is_closed": deals["close_date"].notna(),
                "hs_is_closed_won": deals["stage"] == "Gewonnen",
                "hs_primary_associated_company": _ids("company", deals["account_id"]),
                "company": deals["account_id"].map(names),
            }
        ),
        "tickets": pd.DataFrame(
            {
                "hs_object_id": _ids("ticket", tickets["ticket_id"]),
                "subject": tickets["category"] + ": Anfrage",
                "hs_pipeline": "0",
                "hs_pipeline_stage": tickets["closed_date"].isna().map({True: "2", False: "4"}),
                "createdate": tickets["created_date"],
                "closed_date": tickets["closed_date"],
                "hs_ticket_priority": tickets["priority"],
                "hs_ticket_category": tickets["category"],
                "hs_primary_company_id": _ids("company", tickets["account_id"]),
                "company": tickets["account_id"].map(names),
            }
        ),
    }


def _ids(kind: str, numbers: pd.Series) -> pd.Series:
    return numbers.map(lambda number: record_id(kind, number), na_action="ignore")


def _cells(values: pd.Series, name: str, people: pd.Series) -> pd.Series:
    if name == "hubspot_owner_id":
        return values.map(people).fillna("")
    if name == "dealstage":
        return values.map(lambda stage: f"{STAGES[stage][1]} (Sales Pipeline)")
    if name in ("pipeline", "hs_pipeline"):
        return values.map({"default": "Sales Pipeline", "0": "Support Pipeline"})
    if name == "hs_pipeline_stage":
        return values.map({"2": "Waiting on contact (Support Pipeline)", "4": "Closed (Support Pipeline)"})
    if name == "hs_ticket_priority":
        return values.map(PRIORITIES)
    if name == "lifecyclestage":
        return values.str.title()
    if pd.api.types.is_bool_dtype(values):
        return values.map({True: "true", False: "false"})
    if pd.api.types.is_datetime64_any_dtype(values):
        return values.dt.strftime("%Y-%m-%d 09:30")
    return values


def _api_cells(values: pd.Series, name: str) -> pd.Series:
    if name == "hubspot_owner_id":
        return values.map(lambda owner: "7700" + owner[2:] if owner else "", na_action="ignore")
    if name == "dealstage":
        return values.map(lambda stage: STAGES[stage][0])
    if name == "hs_ticket_priority":
        return values.map(PRIORITIES).str.upper()
    if pd.api.types.is_bool_dtype(values):
        return values.map({True: "true", False: "false"})
    if pd.api.types.is_datetime64_any_dtype(values):
        return values.dt.strftime("%Y-%m-%dT09:30:00.000Z")
    return values
