"""Exports as the firm's systems write them: German headers, decimal commas, several encodings, broken cells."""

from __future__ import annotations

import datetime as dt
import gzip
from pathlib import Path

import numpy as np
import pandas as pd

INVOICES = {
    "invoice_id": "Belegnummer", "document": "Belegart", "invoice_date": "Belegdatum", "account_id": "Kundennummer",
    "product_id": "Artikelnummer", "quantity": "Menge", "unit_price": "Einzelpreis", "discount": "Rabatt %",
    "revenue_cents": "Nettobetrag", "cost_cents": "Wareneinsatz", "currency": "Währung",
    "ship_to_id": "Warenempfänger", "contact_id": "Besteller",
}  # fmt: skip
ACCOUNTS = {
    "account_id": "Kundennummer", "name": "Firma", "legal_form": "Rechtsform", "industry_code": "WZ-Code",
    "industry": "Branche", "employees": "Mitarbeiterzahl", "employees_date": "Mitarbeiterzahl Stand",
    "account_revenue": "Jahresumsatz des Kunden", "street": "Straße", "postal_code": "PLZ", "city": "Ort",
    "region": "Bundesland", "country": "Land", "phone": "Telefon", "owner_id": "Betreuer", "team": "Vertriebsteam",
    "account_group": "Kontengruppe", "created_date": "Angelegt am", "consent": "Werbeeinwilligung",
    "do_not_contact": "Kontaktsperre",
}  # fmt: skip
CONTACTS = {
    "contact_id": "Personen-Nr.", "account_id": "Kundennummer", "first_name": "Vorname", "last_name": "Nachname",
    "job_title": "Funktion", "department": "Abteilung", "seniority": "Ebene", "email": "E-Mail", "phone": "Durchwahl",
    "consent": "Newsletter", "do_not_contact": "Kontaktsperre",
}  # fmt: skip
PRODUCTS = {
    "product_id": "Artikelnummer", "product_name": "Bezeichnung", "product_group": "Warengruppe",
    "list_price": "Listenpreis", "unit_cost": "Einstandspreis",
}  # fmt: skip
OPPORTUNITIES = {
    "opportunity_id": "Verkaufschance", "account_id": "Kundennummer", "product_id": "Artikelnummer",
    "owner_id": "Betreuer", "stage": "Phase", "amount": "Volumen", "created_date": "Eröffnet am",
    "close_date": "Abgeschlossen am", "lead_source": "Herkunft",
}  # fmt: skip
TICKETS = {
    "ticket_id": "Ticket", "account_id": "Kundennummer", "created_date": "Eröffnet am", "closed_date": "Erledigt am",
    "priority": "Priorität", "category": "Kategorie", "complaint_reason": "Grund",
}  # fmt: skip
CONTRACTS = {
    "contract_id": "Vertrag", "account_id": "Kundennummer", "contract_type": "Vertragsart", "start_date": "Beginn",
    "end_date": "Ende", "annual_value": "Jahreswert",
}  # fmt: skip
SURVEYS = {
    "survey_id": "Bogen", "account_id": "Kundennummer", "contact_id": "Personen-Nr.", "survey_date": "Datum",
    "question": "Frage", "answer": "Antwort", "comment": "Anmerkung",
}  # fmt: skip
CARE_COSTS = {"account_id": "Kundennummer", "cost_date": "Periodenende", "cost_type": "Kostenart", "cost": "Betrag"}
INSTALLED_BASE = {"account_id": "Kundennummer", "site_id": "Standort", "machine": "Anlage", "built": "Inbetriebnahme"}
HIERARCHY = {
    "account_id": "Kundennummer", "parent_id": "Gehört zu", "hierarchy_type": "Art",
    "valid_from": "Seit", "valid_to": "Bis",
}  # fmt: skip
FIRMOGRAPHICS = {
    "record_id": "Auskunftsnummer", "name": "Firmenname", "legal_form": "Rechtsform", "street": "Straße",
    "postal_code": "PLZ", "city": "Sitz", "industry_code": "WZ 2008", "employees": "Beschäftigte",
    "account_revenue": "Jahresumsatz EUR", "credit_rating": "Bonitätsindex", "known_date": "Stand",
}  # fmt: skip
SECTORS = {
    "industry_code": "WZ-Abteilung", "period": "Jahr", "growth": "Wachstum", "market_size": "Marktvolumen EUR",
    "employees": "Beschäftigte",
}  # fmt: skip
COMPETITORS = {
    "account_id": "Kundennummer", "competitor": "Wettbewerber", "share": "Lieferanteil", "bound_until": "Gebunden bis",
}  # fmt: skip
STAFF = {
    "owner_id": "Betreuer", "owner_name": "Name", "team": "Vertriebsteam", "area": "Gebiet", "role": "Rolle",
    "hours": "Jahresstunden", "cost": "Jahreskosten",
}  # fmt: skip


def write_csv(frame: pd.DataFrame, headers: dict[str, str], path: Path, encoding: str = "cp1252") -> None:
    """Write a German CSV export: `;`, decimal comma, dd.mm.yyyy, CRLF."""
    german(frame, headers).to_csv(
        path, sep=";", index=False, encoding=encoding, errors="replace", lineterminator="\r\n"
    )


def write_english_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write an export of the marketing suite: UTF-8, comma, ISO dates, English names; `.gz` is compressed."""
    text = frame.rename(columns=lambda name: name.title().replace("_", " ")).to_csv(
        index=False, date_format="%Y-%m-%d", lineterminator="\n"
    )
    content = text.encode("utf-8")
    path.write_bytes(gzip.compress(content, mtime=0) if path.suffix == ".gz" else content)


def write_workbook(frame: pd.DataFrame, headers: dict[str, str], path: Path, title: str, stand: str) -> None:
    """Write an Excel report: title and date above the table, as people make them."""
    import xlsxwriter

    with xlsxwriter.Workbook(str(path), {"constant_memory": False}) as book:
        book.set_properties({"created": dt.datetime(2026, 10, 2), "title": title})
        sheet = book.add_worksheet(title[:31])
        day = book.add_format({"num_format": "dd.mm.yyyy"})
        sheet.write(0, 0, title, book.add_format({"bold": True, "font_size": 14}))
        sheet.write(1, 0, f"Stand: {stand}")
        sheet.write_row(3, 0, list(headers.values()), book.add_format({"bold": True}))
        for position, column in enumerate(headers):
            values = frame[column]
            if pd.api.types.is_datetime64_any_dtype(values):
                for row, value in enumerate(values):
                    sheet.write_datetime(4 + row, position, value.to_pydatetime(), day)
            elif pd.api.types.is_bool_dtype(values):
                sheet.write_column(4, position, np.where(values, "Ja", "Nein"))
            elif pd.api.types.is_numeric_dtype(values):
                sheet.write_column(4, position, values.tolist())
            else:
                sheet.write_column(4, position, values.fillna("").tolist())
        sheet.set_column(0, len(headers), 16)


def german(frame: pd.DataFrame, headers: dict[str, str]) -> pd.DataFrame:
    """Return the columns named in `headers` as the text a German system writes."""
    return pd.DataFrame({header: _cells(frame[column]) for column, header in headers.items()})


def invoice_cells(ledger: pd.DataFrame) -> pd.DataFrame:
    """Return the ledger as text, cents as euro."""
    typed = ledger.assign(discount=ledger["discount"] * 100, currency="EUR")
    for column in ("revenue_cents", "cost_cents"):
        typed[column] = euro(ledger[column].to_numpy())
    return german(typed, INVOICES)


def euro(cents: np.ndarray) -> list[str]:
    """Return whole cents as 1234,56."""
    return [f"{'-' if value < 0 else ''}{abs(value) // 100},{abs(value) % 100:02d}" for value in cents.tolist()]


def damage(cells: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the cells of one delivery with what went wrong on the way: one broken cell in each of a few rows."""
    broken = {
        "rechnungen_2026_q1.csv": (
            ("Nettobetrag", "siehe Beleg"),
            ("Belegdatum", "31.02.2026"),
            ("Kundennummer", "1,23E+15"),
        ),
        "rechnungen_2026_q2.csv": (("Nettobetrag", "12,5O"), ("Belegdatum", "00.00.0000")),
        "rechnungen_2026_q3.csv": (
            ("Nettobetrag", "1.2.34,5"),
            ("Kundennummer", "1,01E+15"),
            ("Belegdatum", "14.08.2062"),
        ),
    }.get(name, ())
    cells = cells.copy()
    is_sale = (cells["Belegart"] == "Rechnung") & (cells["Artikelnummer"] != "VERSAND") & (cells["Kundennummer"] != "")
    sales = np.flatnonzero(is_sale & cells["Belegdatum"].str.endswith("2026"))
    for place, (column, text) in enumerate(broken):
        row = sales[(2 * place + 1) * len(sales) // (2 * len(broken))]
        cells.loc[row, column] = text
    return cells


def _cells(values: pd.Series) -> list[str] | pd.Series:
    if pd.api.types.is_datetime64_any_dtype(values):
        days, position = np.unique(values.to_numpy("datetime64[D]"), return_inverse=True)
        return ["" if text == "NaT" else f"{text[8:]}.{text[5:7]}.{text[:4]}" for text in days.astype(str)[position]]
    if pd.api.types.is_float_dtype(values):
        return ["" if value != value else f"{value:.2f}".replace(".", ",") for value in values.tolist()]
    if pd.api.types.is_bool_dtype(values):
        return np.where(values, "Ja", "Nein").tolist()
    return values.astype(object).fillna("").astype(str)
