"""What SAP would export of the sample company: SE16 lists with technical names, and lists with German ALV labels.

Lists are "unconverted" text as the GUI saves it: cp1252, a title, ruler lines, `|` around every cell, the header again
on each page, `1.234,56-` for a negative amount, dd.mm.yyyy. Numbers of customers, documents and positions are filled
with zeros in SE16; ALV shows them without. What SAP adds to the sample company:

- credit memos stand positive, the document category (VBTYP: O) says what they are; `write_list(signed=True)` is the
  kind of list that shows them negative instead;
- a wrong invoice (FKSTO = X) and its cancellation (VBTYP N, positive) both stay in the lists and count for nothing;
- some accounts are billed in USD or CHF: amount times KURRF is the sample company's amount, to the cent;
- four accounts share a central payer (KUNRG), who also stands above them in the customer hierarchy;
- the collective accounts have account groups of their own (CPD, staff, group companies);
- opportunities are quotations (VBTYP B); an order (VBTYP C) that refers to one means it was won, ABGRU it was lost.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from .company import COUNTER, Company

REGIONS = {
    name: f"{i + 1:02d}"
    for i, name in enumerate(
        ["Schleswig-Holstein", "Hamburg", "Niedersachsen", "Bremen", "Nordrhein-Westfalen", "Hessen", "Rheinland-Pfalz",
         "Baden-Württemberg", "Bayern", "Saarland", "Berlin", "Brandenburg", "Mecklenburg-Vorpommern", "Sachsen",
         "Sachsen-Anhalt", "Thüringen"]
    )
}  # fmt: skip
GROUPS = {"Inland": "0001", "CPD": "CPD", "Personal": "PERS", "Konzern": "KONZ"}
AREA = {"MANDT": "100", "VKORG": "1000", "VTWEG": "10", "SPART": "00"}
DOCUMENTS = {"RE": ("90", "F2", "M"), "GS": ("91", "G2", "O"), "ST": ("92", "S1", "N")}
ALV_BILLING = {
    "VBELN": "Faktura", "POSNR": "Position", "FKART": "Fakturaart", "VBTYP": "Vertriebsbelegtyp",
    "FKDAT": "Fakturadatum", "KUNAG": "Auftraggeber", "KUNRG": "Regulierer", "MATNR": "Material",
    "ARKTX": "Bezeichnung", "FKIMG": "Fakturierte Menge", "VRKME": "VME", "NETWR": "Nettowert",
    "WAVWR": "Verrechnungswert", "WAERK": "Belegwährung", "KURRF": "Kurs-Buchhaltung", "FKSTO": "Storniert",
}  # fmt: skip
ALV_CUSTOMERS = {
    "KUNNR": "Debitor", "LAND1": "Land", "NAME1": "Name 1", "NAME2": "Name 2", "ORT01": "Ort", "PSTLZ": "Postleitzahl",
    "REGIO": "Region", "STRAS": "Straße", "TELF1": "Telefon 1", "BRSCH": "Branche", "KTOKD": "Kontengruppe",
    "LOEVM": "Löschvormerkung", "ERDAT": "Angelegt am", "JMZAH": "Anzahl Mitarbeiter", "UMSA1": "Jahresumsatz",
}  # fmt: skip
RIGHT = {"NETWR", "WAVWR", "FKIMG", "KWMENG", "KURRF", "UMSA1"}


def number_of(invoice_id: str) -> str:
    """Return the SAP number of a document: RE-25-000123 is 9025000123."""
    kind, year, rank = invoice_id.split("-")
    return DOCUMENTS[kind][0] + year + rank


def customer(account_id: pd.Series) -> pd.Series:
    """Return customer numbers with their zeros."""
    return account_id.fillna(COUNTER).str.zfill(10)


def payers(content: Company) -> dict[str, str]:
    """Return account -> central payer: the second to fifth of the largest accounts are paid for by the largest."""
    usual = content.lines[content.lines["account_id"].fillna("99").str[:2] != "99"]
    largest = usual.groupby("account_id")["revenue_cents"].sum().nlargest(5).index
    return dict.fromkeys(largest[1:], largest[0])


def write_se16(content: Company, folder: Path) -> list[Path]:
    """Write KNA1, KNVV, KNVP, KNVH, VBRK, VBRP, VBAK and VBAP; return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    vbrk, vbrp = billing(content)
    vbak, vbap = sales_documents(content)
    tables = {"KNA1": customers(content), "KNVV": sales_areas(content), "KNVP": partners(content),
              "KNVH": hierarchy(content), "VBRK": vbrk, "VBRP": vbrp, "VBAK": vbak, "VBAP": vbap}  # fmt: skip
    for name, frame in tables.items():
        title = [
            f"Tabelle:        {name}",
            f"Angezeigte Felder:  {frame.shape[1]} von {frame.shape[1]}  Feststehende Führungsspalten:    2"
            "  Listbreite 0250",
            "",
        ]
        (folder / f"{name}.txt").write_bytes(bordered(frame, title, [], selection=True).encode("cp1252"))
    return [folder / f"{name}.txt" for name in tables]


def write_list(content: Company, folder: Path, signed: bool = False) -> list[Path]:
    """Write the billing list with German ALV labels, and the customers; `signed`: credit memos are negative."""
    folder.mkdir(parents=True, exist_ok=True)
    vbrk, vbrp = billing(content)
    flat = vbrp.merge(vbrk.drop(columns=["MANDT", "NETWR"]), on="VBELN", validate="m:1")
    if signed:
        for field in ("FKIMG", "NETWR", "WAVWR"):
            flat[field] = flat[field].where(~flat["VBTYP"].isin(["O", "N"]), flat[field] + "-")
    pages = {"fakturaliste.txt": (flat, ALV_BILLING), "debitoren.txt": (customers(content), ALV_CUSTOMERS)}
    for name, (frame, labels) in pages.items():
        shown = frame[list(labels)].copy()
        for field in {"VBELN", "POSNR", "KUNAG", "KUNRG", "KUNNR", "JMZAH"} & set(labels):
            shown[field] = shown[field].str.lstrip("0")
        head = [f"{'Dynamische Listausgabe':^100}", ""]
        page = f"02.10.2026{'':70}Seite {{page:>6}}"
        text = bordered(shown, head, [page], labels=labels, rows_a_page=400)
        (folder / name).write_bytes(text.encode("cp1252"))
    return [folder / name for name in pages]


def customers(content: Company) -> pd.DataFrame:
    """Return KNA1."""
    frame = content.accounts
    name1, name2 = zip(*frame["name"].map(_two_names), strict=True)
    employees = frame["employees"].where(frame["employees"].fillna("").str.isdigit(), "0")
    return pd.DataFrame(
        {
            "MANDT": "100",
            "KUNNR": customer(frame["account_id"]),
            "LAND1": "DE",
            "NAME1": name1,
            "NAME2": name2,
            "ORT01": frame["city"].fillna(""),
            "PSTLZ": frame["postal_code"].fillna(""),
            "REGIO": frame["region"].map(REGIONS).fillna(""),
            "STRAS": frame["street"].fillna(""),
            "TELF1": frame["phone"].fillna(""),
            "BRSCH": frame["industry"].fillna("").str[:4].str.upper(),
            "BRAN1": frame["industry_code"].fillna(""),
            "KTOKD": frame["account_group"].map(GROUPS),
            "LOEVM": "",
            "ERDAT": _day(frame["created_date"]),
            "JMZAH": employees.str.zfill(6),
            "JMJAH": frame["employees_date"].dt.strftime("%Y").fillna("0000"),
            "UMSA1": [_money(value) for value in (frame["account_revenue"].fillna(0) * 100).astype(int)],
            "UWAER": "EUR",
        }
    )


def sales_areas(content: Company) -> pd.DataFrame:
    """Return KNVV: one sales area an account, every seventh has two; KLABC as people had set it at the end of 2025."""
    frame = content.accounts
    old = content.lines[content.lines["invoice_date"] < "2026-01-01"]
    revenue = frame["account_id"].map(old.groupby("account_id")["revenue_cents"].sum()).fillna(0)
    share = revenue.sort_values(ascending=False).cumsum().reindex(revenue.index) / revenue.sum()
    office = frame["team"].fillna("").map(_codes(frame["team"].fillna(""), "V{:03d}"))
    area = pd.DataFrame(
        {
            "KUNNR": customer(frame["account_id"]),
            **AREA,
            "ERDAT": _day(frame["created_date"]),
            "KDGRP": "01",
            "BZIRK": "",
            "PLTYP": "10",
            "KLABC": np.where(revenue == 0, "", np.select([share <= 0.8, share <= 0.95], ["A", "B"], "C")),
            "KVGR1": "",
            "VKBUR": office,
            "VKGRP": "",
            "WAERS": "EUR",
            "AUFSD": "",
            "LOEVM": "",
        }
    )
    second = area.iloc[::7].assign(VTWEG="20", KLABC="")
    first = ["MANDT", "KUNNR", "VKORG", "VTWEG", "SPART"]
    both = pd.concat([area, second]).sort_values(first, ignore_index=True)
    return both[[*first, *(name for name in both if name not in first)]]


def partners(content: Company) -> pd.DataFrame:
    """Return KNVP: sold-to, ship-to, bill-to, payer and the employee in charge."""
    numbers = customer(content.accounts["account_id"])
    payer = customer(content.accounts["account_id"].replace(payers(content)))
    staff = content.accounts["owner_id"].fillna("V-0").str.removeprefix("V-").str.zfill(8)
    base = pd.DataFrame({"MANDT": "100", "KUNNR": numbers, "VKORG": "1000", "VTWEG": "10", "SPART": "00"})
    parts = [
        base.assign(PARVW=role, PARZA="000", KUNN2=other, LIFNR="", PERNR=person)
        for role, other, person in (
            *(("AG", numbers, "00000000"), ("RE", payer, "00000000"), ("RG", payer, "00000000")),
            *(("WE", numbers, "00000000"), ("VE", "", staff)),
        )
    ]
    return pd.concat(parts).sort_values(["KUNNR", "PARVW"], ignore_index=True)


def hierarchy(content: Company) -> pd.DataFrame:
    """Return KNVH: whom the central payer stands above."""
    pairs = payers(content)
    return pd.DataFrame(
        {
            "MANDT": "100",
            "HITYP": "A",
            "KUNNR": customer(pd.Series(list(pairs))),
            "VKORG": "1000",
            "VTWEG": "10",
            "SPART": "00",
            "DATAB": "01.01.2020",
            "DATBI": "31.12.9999",
            "HKUNNR": customer(pd.Series(list(pairs.values()))),
            "HVKORG": "1000",
            "HVTWEG": "10",
            "HSPART": "00",
        }
    )


def billing(content: Company) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return VBRK and VBRP."""
    lines = content.lines.copy()
    lines["currency"], lines["rate"] = _currencies(lines)
    for name in ("revenue_cents", "cost_cents"):
        lines[name] = (lines[name].abs() / lines["rate"]).round().astype("int64")
    numbers = lines["invoice_id"].map(number_of)
    position = (lines.groupby("invoice_id").cumcount() + 1) * 10
    names = content.products.set_index("product_id")["product_name"]
    items = pd.DataFrame(
        {
            "MANDT": "100",
            "VBELN": numbers,
            "POSNR": position.astype(str).str.zfill(6),
            "MATNR": lines["product_id"],
            "ARKTX": lines["product_id"].map(names).fillna("Versandkosten"),
            "FKIMG": lines["quantity"].abs().map(_quantity),
            "VRKME": "ST",
            "NETWR": lines["revenue_cents"].map(_money),
            "WAVWR": lines["cost_cents"].map(_money),
            "WERKS": "1000",
        }
    )
    total = lines.groupby("invoice_id")["revenue_cents"].sum()
    heads = lines.drop_duplicates("invoice_id")
    kind = heads["invoice_id"].str[:2]
    account = heads["account_id"].fillna(COUNTER)
    head = pd.DataFrame(
        {
            "MANDT": "100",
            "VBELN": numbers[heads.index],
            "FKART": kind.map(lambda key: DOCUMENTS[key][1]),
            "FKTYP": "L",
            "VBTYP": kind.map(lambda key: DOCUMENTS[key][2]),
            "WAERK": heads["currency"],
            "VKORG": "1000",
            "VTWEG": "10",
            "FKDAT": _day(heads["invoice_date"]),
            "KURRF": heads["rate"].map(lambda rate: f"{rate:.5f}".replace(".", ",")),
            "KUNRG": customer(account.replace(payers(content))),
            "KUNAG": customer(account),
            "NETWR": heads["invoice_id"].map(total).map(_money),
            "FKSTO": np.where(heads["is_reversed"], "X", ""),
            "SFAKN": heads["reverses"].map(number_of, na_action="ignore").fillna(""),
        }
    )
    return head.sort_values("VBELN", ignore_index=True), items.sort_values(["VBELN", "POSNR"], ignore_index=True)


def sales_documents(content: Company) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return VBAK and VBAP: a quotation for each opportunity, an order for each that was won."""
    deals = content.opportunities.assign(
        VBELN="00200" + content.opportunities["opportunity_id"].str[3:], VBTYP="B", AUART="AG", VGBEL="", VGPOS="000000"
    )
    won = deals[deals["stage"] == "Gewonnen"]
    orders = won.assign(
        VBELN="00010" + won["opportunity_id"].str[3:], VBTYP="C", AUART="TA", VGBEL=won["VBELN"], VGPOS="000010",
        created_date=won["close_date"],
    )  # fmt: skip
    every = pd.concat([deals, orders]).sort_values("VBELN", ignore_index=True)
    cents = (every["amount"] * 100).round().astype("int64").map(_money)
    lost = (every["stage"] == "Verloren") & (every["VBTYP"] == "B")
    common = {"MANDT": "100", "VBELN": every["VBELN"]}
    heads = {
        "ERDAT": _day(every["created_date"]), "AUDAT": _day(every["created_date"]), "VBTYP": every["VBTYP"],
        "AUART": every["AUART"], "NETWR": cents, "WAERK": "EUR", "VKORG": "1000", "VTWEG": "10", "SPART": "00",
        "KUNNR": customer(every["account_id"]),
    }  # fmt: skip
    items = {
        "POSNR": "000010", "MATNR": every["product_id"], "KWMENG": "1,000", "VRKME": "ST", "NETWR": cents,
        "WAERK": "EUR", "ABGRU": np.where(lost, "Z1", ""), "VGBEL": every["VGBEL"], "VGPOS": every["VGPOS"],
    }  # fmt: skip
    return pd.DataFrame(common | heads), pd.DataFrame(common | items)


def bordered(
    frame: pd.DataFrame,
    title: list[str],
    page_head: list[str],
    labels: dict[str, str] | None = None,
    rows_a_page: int = 100_000,
    selection: bool = False,
) -> str:
    """Return a list as text: title, then on every page its head, a ruler, the header, a ruler, rows, a ruler."""
    names = labels or {name: name for name in frame}
    columns = {}
    for field, label in names.items():
        cells = [label, *frame[field].astype(str)]
        width = max(map(len, cells))
        columns[field] = [cell.rjust(width) if field in RIGHT else cell.ljust(width) for cell in cells]
    rows = ["|" + "|".join((["  "] if selection else []) + list(cells)) + "|" for cells in zip(*columns.values())]  # noqa: B905
    ruler = "-" * len(rows[0])
    lines = list(title)
    for page, start in enumerate(range(1, len(rows), rows_a_page), 1):
        lines += [text.format(page=page) for text in page_head]
        lines += [ruler, rows[0], ruler, *rows[start : start + rows_a_page], ruler]
    return "\r\n".join(lines) + "\r\n"


def _currencies(lines: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return currency and rate of each line, whole documents at a time: rates at which every amount stays exact."""
    account = lines["account_id"].fillna("0").astype(int)
    fits = (lines[["revenue_cents", "cost_cents"]] % 4 == 0).all(axis=1).groupby(lines["invoice_id"]).transform("all")
    usual = (account > 0) & (account < 99_000)
    currency = pd.Series(np.select([usual & (account % 9 == 3), usual & fits], ["USD", "CHF"], "EUR"), lines.index)
    return currency, currency.map({"EUR": 1.0, "USD": 0.5, "CHF": 0.8})


def _two_names(name: str) -> tuple[str, str]:
    """Return NAME1 and NAME2, 35 characters each, parted between words."""
    text = name.strip()
    if len(text) <= 35:
        return text, ""
    at = text.rindex(" ", 0, 36)
    return text[:at], text[at + 1 :]


def _codes(texts: pd.Series, pattern: str) -> dict[str, str]:
    return {text: pattern.format(i + 1) if text else "" for i, text in enumerate(sorted(set(texts) - {""}))} | {"": ""}


def _day(days: pd.Series) -> pd.Series:
    return days.dt.strftime("%d.%m.%Y").fillna("00.00.0000")


def _money(cents: int) -> str:
    text = f"{abs(cents) // 100:,}".replace(",", ".") + f",{abs(cents) % 100:02d}"
    return text + ("-" if cents < 0 else "")


def _quantity(value: int) -> str:
    return f"{value:,}".replace(",", ".") + ",000"
