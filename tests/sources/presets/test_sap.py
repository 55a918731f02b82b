"""SAP: tables, lists and labels give the same lines; the sold-to is the customer, credit memos are negative."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

VBRK = """\
VBELN,FKART,FKTYP,VBTYP,WAERK,VKORG,FKDAT,KURRF,FKSTO,SFAKN,NETWR,KUNRG,KUNAG
0090000001,F2,L,M,EUR,1000,20260701,1.00000,,,1300.00,0000000900,0000000101
0090000002,G2,L,O,EUR,1000,20260702,1.00000,,,200.00,0000000900,0000000101
0090000003,F2,L,M,USD,1000,20260703,0.80000,,,100.00,0000000102,0000000102
0090000004,F2,L,M,GBP,1000,20260704,-0.80000,,,100.00,0000000102,0000000102
0090000005,F2,L,M,EUR,1000,20260705,1.00000,X,,50.00,0000000102,0000000102
0090000006,S1,L,N,EUR,1000,20260705,1.00000,,0090000005,50.00,0000000102,0000000102
0090000007,F8,P,U,EUR,1000,20260706,1.00000,,,70.00,0000000102,0000000102
0090000008,IV,I,5,EUR,1000,20260707,1.00000,,,80.00,0000000103,0000000103
"""
VBRP = """\
VBELN,POSNR,FKIMG,VRKME,NETWR,WAVWR,MATNR,ARKTX
0090000001,000010,5.000,ST,1000.00,600.00,000000000000004711,Pumpe
0090000001,000020,1.000,ST,300.00,0.00,DL-1,Montage
0090000002,000010,1.000,ST,200.00,120.00,000000000000004711,Pumpe
0090000003,000010,1.000,ST,100.00,60.00,000000000000004711,Pump
0090000004,000010,1.000,ST,100.00,60.00,000000000000004711,Pump
0090000005,000010,1.000,ST,50.00,30.00,000000000000004711,Pumpe
0090000006,000010,1.000,ST,50.00,30.00,000000000000004711,Pumpe
0090000007,000010,1.000,ST,70.00,30.00,000000000000004711,Pumpe
0090000008,000010,1.000,ST,80.00,30.00,000000000000004711,Pumpe
"""
GERMAN_VBRK = """\
Faktura;Fakturaart;Vertriebsbelegtyp;Belegwährung;Fakturadatum;Umrechnungskurs;Storniert;Stornierte Faktura;\
Nettowert;Regulierer;Auftraggeber
90000001;F2;M;EUR;01.07.2026;1,00000;;;1.300,00;900;101
90000002;G2;O;EUR;02.07.2026;1,00000;;;200,00;900;101
90000003;F2;M;USD;03.07.2026;0,80000;;;100,00;102;102
90000004;F2;M;GBP;04.07.2026;/0,80000;;;100,00;102;102
90000005;F2;M;EUR;05.07.2026;1,00000;X;;50,00;102;102
90000006;S1;N;EUR;05.07.2026;1,00000;;90000005;50,00;102;102
90000007;F8;U;EUR;06.07.2026;1,00000;;;70,00;102;102
90000008;IV;5;EUR;07.07.2026;1,00000;;;80,00;103;103
"""
ENGLISH_VBRP = """\
Billing Document\tItem\tBilled Quantity\tSU\tNet Value\tCost\tMaterial\tDescription
90000001\t10\t5\tPC\t1,000.00\t600.00\t4711\tPumpe
90000001\t20\t1\tPC\t300.00\t0.00\tDL-1\tMontage
90000002\t10\t1\tPC\t200.00\t120.00\t4711\tPumpe
90000003\t10\t1\tPC\t100.00\t60.00\t4711\tPump
90000004\t10\t1\tPC\t100.00\t60.00\t4711\tPump
90000005\t10\t1\tPC\t50.00\t30.00\t4711\tPumpe
90000006\t10\t1\tPC\t50.00\t30.00\t4711\tPumpe
90000007\t10\t1\tPC\t70.00\t30.00\t4711\tPumpe
90000008\t10\t1\tPC\t80.00\t30.00\t4711\tPumpe
"""
SE16_LIST = """\
Tabelle:        ZVBRK_VBRP
Angezeigte Felder:  15 von  15  Feststehende Führungsspalten: 2  Listbreite 0250
--------------------------------------------------------------------------------------------------------------------
|Faktura   |Pos.  |Fakturadatum|VBTyp|Storno|Auftraggeber|Regulierer|Material|Faktmenge|    Nettowert|Verrechnungswert|\
Währg|Umrechnungskurs|
--------------------------------------------------------------------------------------------------------------------
|90000001  |10    |01.07.2026  |M    |      |101         |900       |4711    |    5,000|    1.000,00 |         600,00 |\
EUR  |       1,00000 |
|90000001  |20    |01.07.2026  |M    |      |101         |900       |DL-1    |    1,000|      300,00 |           0,00 |\
EUR  |       1,00000 |
|90000002  |10    |02.07.2026  |O    |      |101         |900       |4711    |    1,000-|      200,00-|        120,00-|\
EUR  |       1,00000 |
|90000003  |10    |03.07.2026  |M    |      |102         |102       |4711    |    1,000|      100,00 |          60,00 |\
USD  |       0,80000 |
|90000004  |10    |04.07.2026  |M    |      |102         |102       |4711    |    1,000|      100,00 |          60,00 |\
GBP  |       0,80000-|
|90000005  |10    |05.07.2026  |M    |X     |102         |102       |4711    |    1,000|       50,00 |          30,00 |\
EUR  |       1,00000 |
|90000006  |10    |05.07.2026  |N    |      |102         |102       |4711    |    1,000|       50,00 |          30,00 |\
EUR  |       1,00000 |
|90000007  |10    |06.07.2026  |U    |      |102         |102       |4711    |    1,000|       70,00 |          30,00 |\
EUR  |       1,00000 |
|90000008  |10    |07.07.2026  |5    |      |103         |103       |4711    |    1,000|       80,00 |          30,00 |\
EUR  |       1,00000 |
--------------------------------------------------------------------------------------------------------------------
"""
S4_VBRK = VBRK.replace(
    VBRK.splitlines()[0],
    "BillingDocument,BillingDocumentType,X,SDDocumentCategory,TransactionCurrency,Y,BillingDocumentDate,"
    "AccountingExchangeRate,BillingDocumentIsCancelled,CancelledBillingDocument,TotalNetAmount,PayerParty,SoldToParty",
).replace(",X,", ",true,")
S4_VBRP = VBRP.replace(
    VBRP.splitlines()[0],
    "BillingDocument,BillingDocumentItem,BillingQuantity,Z,NetAmount,CostAmount,Material,BillingDocumentItemText",
)
KEYS = ("invoice_id", "invoice_date", "account_id", "payer_id", "product_id", "quantity", "revenue", "margin")
PUMP = "000000000000004711"
LINES = [
    ("0090000001", 1, "0000000101", "0000000900", PUMP, 5, "1000", "400"),
    ("0090000001", 1, "0000000101", "0000000900", "DL-1", 1, "300", "300"),
    ("0090000002", 2, "0000000101", "0000000900", PUMP, -1, "-200", "-80"),
    ("0090000003", 3, "0000000102", "0000000102", PUMP, 1, "80", "32"),
    ("0090000004", 4, "0000000102", "0000000102", PUMP, 1, "125", "50"),
]
INVOICES = [
    dict(zip(KEYS, (n, dt.date(2026, 7, d), a, p, m, q, Decimal(r), Decimal(g)), strict=True))
    for n, d, a, p, m, q, r, g in LINES
]
SHAPES = {
    "technical names": {"vbrk.csv": VBRK, "vbrp.csv": VBRP},
    "German and English labels": {"faktura.csv": GERMAN_VBRK, "items.txt": ENGLISH_VBRP},
    "one list with borders": {"liste.txt": SE16_LIST},
    "names of S/4HANA's views": {"BillingDocument.csv": S4_VBRK, "BillingDocumentItem.csv": S4_VBRP},
}


LEFT_OUT = {
    "0090000005": "cancelled",
    "0090000006": "cancelled",
    "0090000007": "proforma",
    "0090000008": "scope_intercompany",
}


@pytest.mark.parametrize("files", SHAPES.values(), ids=SHAPES.keys())
def test_every_shape_of_the_billing_documents_gives_the_same_lines(read, files):
    """Sold-to as customer, ids in full length, credit memo negative, dollars times and pounds through the rate."""
    origin = {"files": list(files)} if len(files) == 1 else {"from": list(files)}
    found = read(files, {"invoices": {"preset": "sap", **origin}})
    rows = found.rows("invoices")
    counted = rows[rows["skip"].isna()][list(KEYS)].astype(object).to_dict("records")
    assert [{**row, "invoice_date": row["invoice_date"].date()} for row in counted] == INVOICES
    assert dict(rows.dropna(subset="skip")[["invoice_id", "skip"]].itertuples(index=False)) == LEFT_OUT
    assert found.unreadable("invoices") == []


def test_without_the_rate_of_accounting_lines_keep_their_currency(read_as):
    """Conversion by exchange_rates can then follow; with KURRF the money is local already and has no currency."""
    vbrk = "VBELN,FKDAT,KUNAG,WAERK,VBTYP\n90000003,20260703,102,USD,M\n"
    vbrp = "VBELN,POSNR,FKIMG,NETWR,WAVWR\n90000003,10,1,100,60\n90000003,20,1,10,5\n"
    lines = read_as("sap", "invoices", {"vbrk.csv": vbrk, "vbrp.csv": vbrp})
    usd = [(row["revenue"], row["margin"], row["currency"]) for row in lines]
    assert usd == [(Decimal(100), Decimal(40), "USD"), (Decimal(10), Decimal(5), "USD")]


def test_headers_alone_are_enough_for_revenue(read_as):
    lines = read_as("sap", "invoices", {"vf05.csv": GERMAN_VBRK})
    assert [row["revenue"] for row in lines] == [Decimal(r) for r in ("1300", "-200", "80", "125")]


KNA1 = """\
KUNNR,LAND1,NAME1,NAME2,ORT01,PSTLZ,REGIO,STRAS,TELF1,BRSCH,KTOKD,LOEVM,ERDAT,STCEG,JMZAH,UMSA1,UMJAH
0000000101,DE,Sächsische Pumpen,GmbH & Co. KG,Dresden,01067,14,Hauptstr. 1,0351 12,MASC,KUNA,,20190131,DE123456789,\
250,1250000.00,2025
0000000102,AT,Alpen AG,,Wien,1010,,,,,CPD,X,,,,,
"""
GERMAN_KNA1 = """\
Debitor;Land;Name 1;Name 2;Ort;Postleitzahl;Region;Straße;Telefon 1;Branche;Kontengruppe;Löschvormerkung;Angelegt am;\
Umsatzsteuer-Id.Nr;Mitarbeiter;Jahresumsatz;Umsatzjahr
101;DE;Sächsische Pumpen;GmbH & Co. KG;Dresden;01067;14;Hauptstr. 1;0351 12;MASC;KUNA;;31.01.2019;DE123456789;250;\
1.250.000,00;2025
102;AT;Alpen AG;;Wien;1010;;;;;CPD;X;;;;;
"""
ACCOUNTS = [
    {
        "account_id": "0000000101", "name": "Sächsische Pumpen GmbH & Co. KG", "industry_code": "MASC",
        "employees": 250, "account_revenue": Decimal(1250000), "street": "Hauptstr. 1", "postal_code": "01067",
        "city": "Dresden", "region": "14", "country": "DE", "phone": "0351 12", "vat_id": "DE123456789",
        "account_group": "KUNA", "created_date": dt.date(2019, 1, 31),
    },
    {
        "account_id": "0000000102", "name": "Alpen AG", "postal_code": "1010", "city": "Wien", "country": "AT",
        "account_group": "CPD", "is_inactive": True,
    },
]  # fmt: skip


@pytest.mark.parametrize("text", [KNA1, GERMAN_KNA1], ids=["technical names", "German labels"])
def test_customers_keep_zeros_of_number_and_postal_code(read_as, text):
    assert read_as("sap", "accounts", {"kna1.csv": text}) == ACCOUNTS


def test_numbers_that_lost_their_zeros_are_the_same_customer(read_as):
    """SE16N shows 101, an extract writes 0000000101."""
    accounts = read_as("sap", "accounts", {"kna1.csv": KNA1})
    lines = read_as("sap", "invoices", {"vf05.csv": GERMAN_VBRK})
    assert {row["account_id"] for row in lines} == {row["account_id"] for row in accounts}


def test_sales_areas_bring_the_old_class_and_any_reason_of_a_block(read_as):
    text = "KUNNR,VKORG,VTWEG,SPART,KLABC,WAERS,AUFSD\n101,1000,10,00,A,EUR,\n101,2000,10,00,C,CHF,01\n"
    found = read_as("sap", "sales_areas", {"knvv.csv": text})
    assert [(row["sales_org"], row["source_abc_class"], row.get("is_blocked")) for row in found] == [
        ("1000", "A", None), ("2000", "C", True)
    ]  # fmt: skip
    assert found[0]["division"] == "00"


@pytest.mark.parametrize("words", [("AG", "WE", "RE", "RG"), ("SP", "SH", "BP", "PY")], ids=["German", "English"])
def test_partner_roles_have_one_name_and_persons_are_none(read_as, words):
    rows = "".join(f"101,1000,10,00,{word},{200 + i}\n" for i, word in enumerate(words))
    text = f"KUNNR,VKORG,VTWEG,SPART,PARVW,KUNN2\n{rows}101,1000,10,00,VE,\n"
    found = read_as("sap", "partners", {"knvp.csv": text})
    assert [(row["role"], row["partner_id"]) for row in found] == [
        ("sold_to", "0000000200"), ("ship_to", "0000000201"), ("bill_to", "0000000202"), ("payer", "0000000203")
    ]  # fmt: skip
    assert len(read_as("sap", "partners", {"knvp.csv": text}, skip="no_customer")) == 1


def test_partners_of_documents_are_those_of_their_sold_to(read_as):
    vbpa = "VBELN,POSNR,PARVW,KUNNR\n90000001,0,WE,205\n90000001,0,VE,\n99999999,0,WE,299\n"
    files = {"vbpa.csv": vbpa, "vbrk.csv": VBRK}
    assert read_as("sap", "partners", files) == [
        {"account_id": "0000000101", "role": "ship_to", "partner_id": "0000000205"}
    ]
    assert len(read_as("sap", "partners", files, skip="other_document")) == 1


def test_invoice_lists_do_not_count_twice(read_as):
    text = VBRK + "0090000009,LR,R,3,EUR,1000,20260731,1.00000,,,1500.00,0000000900,0000000101\n"
    assert [row["revenue"] for row in read_as("sap", "invoices", {"vbrk.csv": text}, skip="invoice_list")] == [1500]


def test_hierarchies_hold_from_day_to_day_and_their_top_has_no_parent(read_as):
    rows = "A;101;900;01.01.2020;31.12.9999\nA;900;;01.01.2020;31.12.9999\n"
    text = f"Hierarchietyp;Kunde;Übergeordneter Kunde;Gültig ab;Gültig bis\n{rows}"
    assert read_as("sap", "hierarchy", {"knvh.csv": text}) == [
        {
            "account_id": "0000000101", "parent_id": "0000000900", "hierarchy_type": "A",
            "valid_from": dt.date(2020, 1, 1), "valid_to": dt.date(9999, 12, 31),
        }
    ]  # fmt: skip


def test_quotes_and_orders_know_each_other(read_as):
    quote, order, back = "20000001,20260601,B,QT", "1001,20260615,C,TA", "6001,20260620,H,RE"
    vbak = "\n".join(["VBELN,AUDAT,VBTYP,AUART,KUNNR,WAERK", *(f"{row},101,EUR" for row in (quote, order, back))])
    vbap = (
        "VBELN,POSNR,MATNR,KWMENG,NETWR,VGBEL,ABGRU\n20000001,10,4711,2,200,,\n20000001,20,4712,1,50,,Z1\n"
        "1001,10,4711,2,200,20000001,\n6001,10,4711,1,100,1001,\n"
    )
    keys = ("order_id", "order_type", "quantity", "revenue", "quote_id", "is_rejected")
    found = read_as("sap", "orders", {"vbak.csv": vbak, "vbap.csv": vbap})
    assert [tuple(row.get(key) for key in keys) for row in found] == [
        ("0020000001", "quote", 2, Decimal(200), None, None),
        ("0020000001", "quote", 1, Decimal(50), None, True),
        ("0000001001", "order", 2, Decimal(200), "0020000001", None),
        ("0000006001", "return", -1, Decimal(-100), "0000001001", None),
    ]


def test_materials_have_names_and_groups(read_as):
    mara = "MATNR,MTART,MATKL\n000000000000004711,FERT,PU\n"
    makt = "Material;Sprache;Materialkurztext\n4711;DE;Pumpe P1\n"
    assert read_as("sap", "products", {"mara.csv": mara, "makt.csv": makt}) == [
        {"product_id": PUMP, "product_name": "Pumpe P1", "product_group": "PU"}
    ]


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        (VBRK, "vbrk"), (VBRP, "vbrp"), (GERMAN_VBRK, "vbrk"), (KNA1, "kna1"), (GERMAN_KNA1, "kna1"),
        (VBRK.replace("KURRF", "X").replace("-0.8", ""), "vbrk_without_rate"),
        ("KUNNR,VKORG,VTWEG,SPART,KLABC\n", "knvv"), ("KUNNR,VKORG,PARVW,KUNN2\n", "knvp"),
        ("VBELN,POSNR,PARVW,KUNNR\n", "vbpa"),
    ],
)  # fmt: skip
def test_files_are_recognised(taken_for, text, shape):
    header = text.splitlines()[0]
    assert taken_for(header.split(";" if ";" in header else ",")) == ("sap", shape)


def test_a_short_list_with_usual_labels_is_saps_beside_one_that_surely_is(tmp_path):
    """Else its numbers would not get their zeros, and no customer would find its parent."""
    from segkit.sources.propose import propose

    texts = {
        "faktura.csv": GERMAN_VBRK,
        "hierarchie.csv": "Kunde;Übergeordneter Kunde;Gültig ab;Gültig bis\n101;900;01.01.2020;31.12.9999\n",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    sources = propose(tmp_path, list(tmp_path.iterdir())).sources()
    found = {table: [entry.get("preset") for entry in entries] for table, entries in sources.items()}
    assert found == {"invoices": ["sap"], "hierarchy": ["sap"]}
