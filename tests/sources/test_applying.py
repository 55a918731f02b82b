"""Presets: an export goes in as it is, with API names or with labels in either language."""

import datetime as dt
from decimal import Decimal as D

import pytest

from segkit.errors import UserError

from .tiny_preset import HEADS, ITEMS, everything, german

pytestmark = pytest.mark.usefixtures("tiny")


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


def test_the_report_speaks_of_headers_as_the_file_has_them(read_join):
    columns = read_join(german(HEADS), german(ITEMS)).report.columns
    assert columns.set_index("column")["header"].to_dict() == {
        "account_id": "Auftraggeber",
        "invoice_id": "Faktura",
        "invoice_date": "Fakturadatum",
        "revenue, margin": "Nettowert",
        "margin": "Verrechnungswert",
        "quantity": "fakturierte menge",
        "skip": "Storniert",
        "negative": "Belegtyp",
    }


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


def test_project_columns_overrule_the_preset_and_may_use_labels(read_join):
    found = read_join(german(HEADS), german(ITEMS), columns={"revenue": "Nettowert * 2", "margin": ""})
    assert found.values("revenue")[0] == D("200.0000")
    assert found.values("margin") == [None] * 4


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


def test_a_join_of_two_files_of_one_kind_is_refused(read):
    with pytest.raises(UserError) as error:
        read({"a.csv": HEADS, "b.csv": HEADS}, {"invoices": {"preset": "tiny", "from": ["a.csv", "b.csv"]}})
    assert "a is heads, b is heads" in str(error.value)


def test_project_may_overrule_how_ids_are_written(read_join):
    assert read_join(pad={"Auftraggeber": 6}).values("account_id")[0] == "001000"


def test_a_column_may_be_left_empty_where_no_header_fits(read):
    files = {"2024.csv": "Nr;Ort\n1;Ulm\n", "2025.csv": "Nr\n2\n"}
    columns = {"account_id": "Nr", "city": ["Ort", ""]}
    found = read(files, {"accounts": {"files": "202*.csv", "columns": columns}})
    assert found.values("city", "accounts") == ["Ulm", None]
    with pytest.raises(UserError, match="2025.csv: there is no column 'Ort'"):
        read(files, {"accounts": {"files": "202*.csv", "columns": {**columns, "city": "Ort"}}})


def test_nothing_temporary_stays_of_an_entry_in_parts(read):
    with_rate = "VBELN;FKDAT;KUNAG;NETWR;KURRF\nA;01.02.2024;1;100,00;1,50\n"
    without = "VBELN;FKDAT;KUNAG;NETWR\nB;01.02.2025;1;100,00\n"
    found = read({"l1.csv": with_rate, "l2.csv": without}, {"invoices": {"preset": "tiny", "files": "l*.csv"}})
    names = found.con.sql(
        "SELECT table_name FROM duckdb_tables() UNION SELECT view_name FROM duckdb_views() WHERE NOT internal"
    )
    assert {name for (name,) in names.fetchall()} == {"raw_invoices", "unreadable_invoices"}
    assert found.report.files["source"].tolist() == ["l1.csv", "l2.csv"]
