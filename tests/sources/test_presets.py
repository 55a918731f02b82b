"""Presets: an export goes in as it is, with API names or with labels in either language."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal as D
from pathlib import Path

import pytest

from segkit.errors import UserError
from segkit.settings.sources import Source
from segkit.sources import presets
from segkit.sources.detection import detect
from segkit.sources.presets import load_preset, load_presets, table_items

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


@pytest.fixture(autouse=True)
def tiny(tmp_path_factory, monkeypatch) -> Path:
    folder = tmp_path_factory.mktemp("presets")
    (folder / "tiny.yml").write_text(TINY, encoding="utf-8")
    monkeypatch.setattr(presets, "FOLDER", folder)
    return folder


@pytest.fixture
def read_join(read: Callable) -> Callable:
    """Return a function that reads two files as invoices of the tiny system."""

    def run(heads: str = HEADS, items: str = ITEMS, **settings: object):
        return read({"heads.csv": heads, "items.csv": items}, {"invoices": {**JOIN, **settings}})

    return run


def german(text: str) -> str:
    """The same export as a report with labels."""
    labels = {"VBELN": "Faktura", "FKDAT": "Fakturadatum", "KUNAG": "Auftraggeber", "VBTYP": "Belegtyp"}
    labels |= {"FKSTO": "Storniert", "POSNR": "Position", "NETWR": "Nettowert", "WAVWR": "Verrechnungswert"}
    for field, label in {**labels, "FKIMG": "fakturierte  menge"}.items():
        text = text.replace(field, label)
    return text


def everything(found, table: str = "invoices") -> list[tuple]:
    return found.con.sql(f"SELECT * EXCLUDE (source) FROM raw_{table} ORDER BY invoice_id, row_number").fetchall()


def test_a_join_by_preset_needs_no_columns(read_join):
    found = read_join()
    query = "SELECT account_id, invoice_date, revenue, margin, quantity, skip FROM raw_invoices ORDER BY row_number"
    assert found.con.sql(query).fetchall() == [
        ("0000001000", dt.date(2025, 2, 3), D("100.0000"), D("40.0000"), 2.0, None),
        ("0000001000", dt.date(2025, 2, 3), D("50.5000"), D("30.5000"), 1.0, None),
        ("0000001000", dt.date(2025, 2, 4), D("-30.0000"), D("-20.0000"), -1.0, None),
        ("0000002000", dt.date(2025, 2, 5), D("999.0000"), D("998.0000"), 9.0, "cancelled"),
    ]
    assert found.rules()["sign_from_document"] == 1


def test_a_report_with_labels_gives_the_same_table(read_join):
    assert everything(read_join(german(HEADS), german(ITEMS))) == everything(read_join())


def test_files_of_both_languages_lie_in_one_entry(read):
    old = "Auftraggeber;Faktura;Fakturadatum;Nettowert\n1;A;01.02.2024;5,00\n"
    new = "VBELN;FKDAT;KUNAG;NETWR\nB;01.02.2025;1;6,00\n"
    found = read({"l1.csv": old, "l2.csv": new}, {"invoices": {"preset": "tiny", "files": "l*.csv"}})
    assert found.values("invoice_id") == ["A", "B"]
    assert found.values("revenue") == [D("5.0000"), D("6.0000")]


def test_each_file_takes_the_first_alternative_that_it_can(read):
    with_rate = "VBELN;FKDAT;KUNAG;NETWR;KURRF\nA;01.02.2024;1;100,00;1,50\n"
    without = "VBELN;FKDAT;KUNAG;NETWR\nB;01.02.2025;1;100,00\n"
    found = read({"l1.csv": with_rate, "l2.csv": without}, {"invoices": {"preset": "tiny", "files": "l*.csv"}})
    assert found.values("revenue") == [D("150.0000"), D("100.0000")]


@pytest.mark.parametrize("rate", ["-1,25", "/1,25", "1,25-", "0,8"])
def test_an_indirect_rate_divides(read, rate):
    content = f"VBELN;FKDAT;KUNAG;NETWR;KURRF\nA;01.02.2024;1;100,10;{rate}\nB;01.02.2024;1;100,00;1,5\n"
    found = read({"l.csv": content}, {"invoices": {"preset": "tiny", "files": "l.csv"}})
    assert found.values("revenue") == [D("80.0800"), D("150.0000")]


def test_a_file_that_is_signed_already_keeps_its_signs(read_join):
    heads = HEADS + "90004;06.02.2025;2000;O;\n90005;06.02.2025;2000;O;\n"
    items = ITEMS.replace("90002;10;30,00;10,00;1", "90002;10;-30,00;-10,00;-1")
    items += "90004;10;-7,00;-5,00;-1\n90005;10;4,00;5,00;1\n"
    found = read_join(heads, items)
    assert found.values("revenue")[2:] == [D("-30.0000"), D("999.0000"), D("-7.0000"), D("4.0000")]
    assert "sign_from_document" not in found.rules()


def test_a_credit_note_below_cost_turns_its_margin(read_join):
    found = read_join(items=ITEMS.replace("90002;10;30,00;10,00;1", "90002;10;30,00;45,00;1"))
    assert found.values("margin")[2] == D("15.0000")


def test_project_columns_overrule_the_preset_and_may_use_labels(read_join):
    found = read_join(german(HEADS), german(ITEMS), columns={"revenue": "Nettowert * 2", "margin": ""})
    assert found.values("revenue")[0] == D("200.0000")
    assert found.values("margin") == [None] * 4


def test_project_may_switch_a_rule_of_the_preset_off(read_join):
    found = read_join(skip={"cancelled": {}, "small": {"FKIMG": ["1"]}}, negative={"VBTYP": []})
    assert found.values("skip") == [None, "small", "small", None]
    assert found.values("revenue")[2] == D("30.0000")


def test_values_are_translated_before_rules_look_at_them(read_join):
    found = read_join(HEADS.replace("90003;05.02.2025;2000;M;X", "90003;05.02.2025;2000;M;Storniert "))
    assert found.values("skip")[3] == "cancelled"


def test_a_damaged_row_that_would_be_left_out_is_unreadable(read_join):
    found = read_join(items=ITEMS.replace("999,00", "9x9"))
    assert [row[:2] for row in found.unreadable()] == [(5, "bad_number")]


def test_a_row_that_is_left_out_may_lack_what_is_required(read):
    content = "KUNNR;NAME1\n1;Maier\n;Koch\n"
    entry = {"preset": "tiny", "files": "k.csv", "skip": {"no_account": {"Debitor": ""}}}
    found = read({"k.csv": content}, {"accounts": entry})
    assert found.values("skip", "accounts") == [None, "no_account"]
    assert found.unreadable("accounts") == []


def test_a_line_without_its_document_is_told_so(read_join):
    found = read_join(items=ITEMS + "90009;10;5,00;1,00;1\n")
    assert [row[:3] for row in found.unreadable()] == [(6, "join_missing", "90009;10;5,00;1,00;1")]


def test_texts_are_put_together_without_empty_ones(read):
    content = "KUNNR;NAME1;NAME2;ORT01\n1;Maier;GmbH;Ulm\n2;Koch;;Bonn\n"
    found = read({"k.csv": content}, {"accounts": {"preset": "tiny", "files": "k.csv"}})
    assert found.values("name", "accounts") == ["Maier GmbH", "Koch"]
    assert found.values("account_id", "accounts") == ["0000000001", "0000000002"]


def test_the_column_of_keys_is_known_by_place_and_look(read):
    content = '"(Nicht ändern) Firma";Debitor;Name 1\n0f8fad5b-d9cb-469f-a165-70867728950e;1;Maier\n'
    found = read({"k.csv": content}, {"accounts": {"preset": "tiny", "files": "k.csv"}})
    assert found.values("external_id", "accounts") == ["0f8fad5b-d9cb-469f-a165-70867728950e"]


def test_the_technical_name_wins_over_labels(read):
    content = "Kunde;Debitor;KUNNR;NAME1\nKurz;Alt;1;Maier\n"
    entry = {"preset": "tiny", "files": "k.csv", "columns": {"industry": "Debitor", "team": "Kunde"}}
    found = read({"k.csv": content}, {"accounts": entry})
    assert found.con.sql("SELECT account_id, industry, team FROM raw_accounts").fetchall() == [
        ("0000000001", "Alt", "Kurz")
    ]


def test_entries_of_different_systems_fill_one_table(read):
    entries = [{"preset": "tiny", "files": "k.csv"}, {"files": "h.csv", "columns": {"account_id": "Id", "name": "N"}}]
    found = read({"k.csv": "KUNNR;NAME1\n1;Maier\n", "h.csv": "Id;N\nh1;Meyer\n"}, {"accounts": entries})
    assert found.values("account_id", "accounts") == ["h1", "0000000001"]


def test_the_settings_of_presets_work_without_one(read):
    content = "Nr;Tag;Art;Betrag;Storno\n7;01.02.2024;G;5,00;\n8;01.02.2024;R;6,00;ja\n9;01.02.2024;G;1,00;nein\n"
    columns = {"account_id": "Nr", "invoice_date": ["Datum", "Tag"], "revenue": "Betrag", "currency": "Art"}
    entry = {"files": "u.csv", "columns": columns, "pad": {"nr": 3}, "negative": {"Art": "gutschrift"}}
    entry |= {"values": {"Art": {"g": "Gutschrift"}}, "skip": {"cancelled": {"Storno": ["JA", "x"]}}}
    found = read({"u.csv": content}, {"invoices": entry})
    query = "SELECT account_id, revenue, currency, skip FROM raw_invoices ORDER BY row_number"
    assert found.con.sql(query).fetchall() == [
        ("007", D("-5.0000"), "Gutschrift", None),
        ("008", D("6.0000"), "R", "cancelled"),
        ("009", D("-1.0000"), "Gutschrift", None),
    ]


@pytest.mark.parametrize(
    ("texts", "left_out"),
    [(["*"], [True, False, True]), ([""], [False, True, False]), (["X", ""], [True, True, False])],
)
def test_any_text_and_no_text_leave_rows_out(read_invoices, texts, left_out):
    content = "Kunde;Datum;Beleg;Betrag;Storno\n1;01.02.2024;a;1;x\n1;01.02.2024;b;2;\n1;01.02.2024;c;3;Y\n"
    found = read_invoices(content, skip={"gone": {"Storno": texts}})
    assert [skip == "gone" for skip in found.values("skip")] == left_out


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        (
            {"invoices": {"preset": "tony", "files": "k.csv"}},
            "sources.invoices.preset: there is no preset tony; did you",
        ),
        ({"tickets": {"preset": "tiny", "files": "k.csv"}}, "Tiny ERP fills no tickets; it fills invoices, accounts"),
        ({"invoices": {"preset": "tiny", "files": "k.csv"}}, "k.csv is no export of Tiny ERP that fills invoices"),
        ({"accounts": {"preset": "tiny", "files": "k.csv", "skip": {"gone": {"Weg": "x"}}}}, "no column 'Weg'"),
    ],
)
def test_what_does_not_fit_is_told(read, spec, told):
    with pytest.raises(UserError) as error:
        read({"k.csv": "KUNNR;NAME1\n1;Maier\n"}, spec)
    assert told in str(error.value)


def test_a_missing_field_of_the_preset_is_told_with_its_labels(read):
    with pytest.raises(UserError) as error:
        read({"k.csv": "VBELN;FKDAT;Kunde\n1;01.02.2024;5\n"}, {"invoices": {"preset": "tiny", "files": "k.csv"}})
    assert "revenue" in str(error.value)
    assert "NETWR" in str(error.value)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("Fakturadatum]", "Faktura]", "presets/tiny.yml: files.heads: 'Faktura' means both VBELN and FKDAT"),
        ("key: [VBELN, POSNR", "key: [VBELM, POSNR", "files.items: key names VBELM"),
        ("account_id: KUNAG", "account_no: KUNAG", "invoices has no column account_no; did you mean account_id?"),
        (
            "revenue: [NETWR * KURRF",
            "revenue: [NETWERT * KURRF",
            "no field NETWERT in heads, items; did you mean NETWR?",
        ),
        ("on: VBELN", "by: VBELN", "unknown key tables.0.by"),
        ("    pad: {KUNNR: 10}\n", "    pad: {KUNNR: 10}\n    pad: {KUNNR: 9}\n", "pad stands twice"),
        ("system: tiny", "system: tin", "system is tin, but the file is called tiny.yml"),
        ("      invoice_date: FKDAT\n", "", "invoices needs invoice_date"),
        ("quantity: FKIMG", "quantity: VBELN * FKIMG\n      currency: GUID", "no field GUID"),
        ("from: [heads, items]", "from: [heads, item]", "no shape item under files; did you mean items?"),
    ],
)
def test_a_preset_with_a_mistake_is_refused(tmp_path, old, new, told):
    (tmp_path / "tiny.yml").write_text(TINY.replace(old, new), encoding="utf-8")
    with pytest.raises(UserError) as error:
        load_presets(tmp_path)
    assert told in str(error.value)


def test_detection_is_sure_of_technical_names_and_less_of_labels():
    api = detect(["VBELN", "FKDAT", "KUNAG", "KURRF"])
    labels = detect(["Faktura", "Fakturadatum", "Auftraggeber", "Umrechnungskurs"])
    assert (api[0].shape, labels[0].shape) == ("heads", "heads")
    assert api[0].confidence > labels[0].confidence > 0.5
    assert labels[0].renamed["Auftraggeber"] == "KUNAG"


def test_detection_looks_at_the_values_of_the_first_column():
    headers = ["(Do Not Modify) Account", "KUNNR", "NAME1"]
    assert detect(headers, ["0F8FAD5B-D9CB-469F-A165-70867728950E"])[0].renamed[headers[0]] == "GUID"
    assert headers[0] not in detect(headers, ["Maier"])[0].renamed


def test_only_tables_whose_files_are_there_are_filled():
    preset = load_preset("tiny")
    assert [item.table for item in table_items(preset, {"customers"})] == ["accounts"]
    both = table_items(preset, {"heads", "items", "list"})
    assert [item.known for item in both] == [("heads", "items")]


def test_files_of_a_join_with_different_columns_are_told_not_mixed(read):
    files = {
        "heads_1.csv": "VBELN;FKDAT;KUNAG\n1;01.02.2024;5\n",
        "heads_2.csv": "VBELN;FKDAT;KUNAG;KURRF\n2;01.02.2025;5;1,1\n",
        "items.csv": "VBELN;POSNR;NETWR\n1;10;5,00\n2;10;6,00\n",
    }
    with pytest.raises(UserError) as error:
        read(files, {"invoices": {"preset": "tiny", "from": ["heads_*.csv", "items.csv"]}})
    assert "heads_1.csv: there is no column 'KURRF', which heads_2.csv has" in str(error.value)


def test_a_column_that_only_newer_files_of_a_join_have_is_empty_in_the_others(read):
    files = {
        "heads_1.csv": "VBELN;FKDAT;KUNAG\n1;01.02.2024;5\n",
        "heads_2.csv": "VBELN;FKDAT;KUNAG;FKSTO\n2;01.02.2025;5;\n3;01.02.2025;5;X\n",
        "items_1.csv": "VBELN;POSNR;NETWR;FKIMG\n1;10;5,00;2\n",
        "items_2.csv": "VBELN;POSNR;NETWR\n2;10;6,00\n3;10;7,00\n",
    }
    found = read(files, {"invoices": {"preset": "tiny", "from": ["heads_*.csv", "items_*.csv"]}})
    assert found.values("revenue") == [D("5.0000"), D("6.0000"), D("7.0000")]
    assert found.values("quantity")[0] == 2.0
    assert [value is None for value in found.values("quantity")] == [False, True, True]
    assert found.values("skip") == [None, None, "cancelled"]


def test_a_header_named_in_project_must_be_in_all_files_of_a_join(read):
    files = {
        "heads_1.csv": "VBELN;FKDAT;KUNAG;Kurs\n1;01.02.2024;5;2\n",
        "heads_2.csv": "VBELN;FKDAT;KUNAG\n2;01.02.2025;5\n",
        "items.csv": "VBELN;POSNR;NETWR\n1;10;5,00\n2;10;6,00\n",
    }
    for columns in ({"ship_to_id": "Kurs"}, {"revenue": ["NETWR * Kurs", "NETWR"]}):
        with pytest.raises(UserError, match="heads_2.csv: there is no column 'Kurs'"):
            read(files, {"invoices": {"preset": "tiny", "from": ["heads_*.csv", "items.csv"], "columns": columns}})


def test_a_join_of_two_files_of_one_kind_is_refused(read):
    with pytest.raises(UserError) as error:
        read({"a.csv": HEADS, "b.csv": HEADS}, {"invoices": {"preset": "tiny", "from": ["a.csv", "b.csv"]}})
    assert "a is heads, b is heads" in str(error.value)


def test_a_missing_file_of_a_join_is_named(read):
    with pytest.raises(UserError) as error:
        read({"items.csv": ITEMS}, {"invoices": {"preset": "tiny", "files": "items.csv"}})
    assert "Tiny ERP" in str(error.value)
    assert "revenue" not in str(error.value)


def test_project_may_overrule_how_ids_are_written(read_join):
    assert read_join(pad={"Auftraggeber": 6}).values("account_id")[0] == "001000"


def test_settings_without_new_keys_are_written_down_as_before():
    entry = {"files": "u.csv", "columns": {"revenue": "Betrag"}}
    assert set(Source.model_validate(entry).model_dump(mode="json")) == {
        *("files", "joined", "on", "database", "sheet", "encoding", "delimiter", "decimal", "date_format", "columns")
    }
    assert Source.model_validate({**entry, "pad": {"Nr": 5}}).model_dump(mode="json")["pad"] == {"Nr": 5}


def test_filled_zeros_are_told(read_join):
    log = read_join().report.log
    told = log[log["rule"] == "id_padded"]
    assert told[["source", "old_value", "new_value", "n_rows"]].to_numpy().tolist() == [
        ["heads.csv", "1000", "0000001000", 3]
    ]


def test_a_column_may_be_left_empty_where_no_header_fits(read):
    files = {"2024.csv": "Nr;Ort\n1;Ulm\n", "2025.csv": "Nr\n2\n"}
    columns = {"account_id": "Nr", "city": ["Ort", ""]}
    found = read(files, {"accounts": {"files": "202*.csv", "columns": columns}})
    assert found.values("city", "accounts") == ["Ulm", None]
    with pytest.raises(UserError, match="2025.csv: there is no column 'Ort'"):
        read(files, {"accounts": {"files": "202*.csv", "columns": {**columns, "city": "Ort"}}})
