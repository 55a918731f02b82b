"""A small system with a preset of its own, and exports of it."""

TINY = """
system: tiny
name: Tiny ERP
files:
  heads:
    text: billing headers
    key: [VBELN, FKDAT, KUNAG]
    fields:
      VBELN: [Billing Document, Faktura]
      FKDAT: [Billing Date, Fakturadatum]
      KUNAG: [Sold-to party, Auftraggeber]
      KURRF: [Exchange Rate, Umrechnungskurs]
      FKSTO: [Cancelled, Storniert]
      VBTYP: [Document Category, Belegtyp]
    pad: {KUNAG: 10}
    rates: [KURRF]
    values: {FKSTO: {storniert: X, "no": ""}}
  items:
    text: billing items
    key: [VBELN, POSNR, NETWR]
    fields:
      VBELN: [Billing Document, Faktura]
      POSNR: [Item, Position]
      NETWR: [Net Value, Nettowert]
      WAVWR: [Cost, Verrechnungswert]
      FKIMG: [Billed Quantity, Fakturierte Menge]
  list:
    text: billing list
    key: [VBELN, FKDAT, KUNAG, NETWR]
    fields:
      VBELN: [Billing Document, Faktura]
      FKDAT: [Billing Date, Fakturadatum]
      KUNAG: [Sold-to party, Auftraggeber]
      NETWR: [Net Value, Nettowert]
      KURRF: [Exchange Rate, Umrechnungskurs]
      FKSTO: [Cancelled, Storniert]
      VBTYP: [Document Category, Belegtyp]
    rates: [KURRF]
  customers:
    text: customers
    key: [KUNNR, NAME1]
    fields:
      KUNNR: [Customer, Debitor, Kunde]
      NAME1: [Name 1]
      NAME2: [Name 2]
      ORT01: [City, Ort]
      GUID:
    pad: {KUNNR: 10}
    positions: {GUID: {column: 1, pattern: guid}}
tables:
  - table: invoices
    from: [heads, items]
    on: VBELN
    skip: {cancelled: {FKSTO: X}}
    negative: {VBTYP: [O]}
    columns:
      account_id: KUNAG
      invoice_id: VBELN
      invoice_date: FKDAT
      revenue: [NETWR * KURRF, NETWR]
      margin: [(NETWR - WAVWR) * KURRF, NETWR - WAVWR]
      quantity: FKIMG
  - table: invoices
    from: [list]
    skip: {cancelled: {FKSTO: X}}
    negative: {VBTYP: [O]}
    columns:
      account_id: KUNAG
      invoice_id: VBELN
      invoice_date: FKDAT
      revenue: [NETWR * KURRF, NETWR]
  - table: accounts
    from: [customers]
    columns: {account_id: KUNNR, name: NAME1 & NAME2, city: ORT01, external_id: GUID}
"""

HEADS = """VBELN;FKDAT;KUNAG;VBTYP;FKSTO
90001;03.02.2025;1000;M;
90002;04.02.2025;1000;O;
90003;05.02.2025;2000;M;X
"""
ITEMS = """VBELN;POSNR;NETWR;WAVWR;FKIMG
90001;10;100,00;60,00;2
90001;20;50,50;20,00;1
90002;10;30,00;10,00;1
90003;10;999,00;1,00;9
"""
JOIN = {"preset": "tiny", "from": ["heads.csv", "items.csv"]}


def german(text: str) -> str:
    """The same export as a report with labels."""
    labels = {"VBELN": "Faktura", "FKDAT": "Fakturadatum", "KUNAG": "Auftraggeber", "VBTYP": "Belegtyp"}
    labels |= {"FKSTO": "Storniert", "POSNR": "Position", "NETWR": "Nettowert", "WAVWR": "Verrechnungswert"}
    for field, label in {**labels, "FKIMG": "fakturierte  menge"}.items():
        text = text.replace(field, label)
    return text


def everything(found, table: str = "invoices") -> list[tuple]:
    return found.con.sql(f"SELECT * EXCLUDE (source) FROM raw_{table} ORDER BY invoice_id, row_number").fetchall()
