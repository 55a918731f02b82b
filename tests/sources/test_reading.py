import datetime as dt
import io
from decimal import Decimal as D

import pandas as pd
import pytest
import sqlalchemy

from segkit.engines import connect
from segkit.errors import UserError
from segkit.settings.sources import Sources
from segkit.sources.reading import money_range
from segkit.tables import INPUTS

from .conftest import list_files

GERMAN = "Kunde;Datum;Beleg;Betrag\r\nMüller;01.02.2024;R1;1.234,50\r\nÄrger;15.02.2024;R2;-12,00\r\n"


def problems(read_anything, *args, **kwargs) -> str:
    with pytest.raises(UserError) as error:
        read_anything(*args, **kwargs)
    return "\n".join(error.value.problems)


def test_a_german_export_of_four_columns(read_invoices):
    found = read_invoices(GERMAN.encode("cp1252"))
    assert found.values("account_id") == ["Müller", "Ärger"]
    assert found.values("invoice_date") == [dt.date(2024, 2, 1), dt.date(2024, 2, 15)]
    assert found.values("revenue") == [D("1234.50"), D("-12")]
    row = found.report.files.iloc[0]
    assert (row["encoding"], row["delimiter"], row["decimal"], row["date_format"]) == (
        "cp1252",
        ";",
        "comma",
        "dd.mm.yyyy",
    )


def test_raw_holds_every_column_of_the_table_with_its_type(read_invoices):
    found = read_invoices(GERMAN)
    types = dict(found.con.sql("SELECT column_name, column_type FROM (DESCRIBE raw_invoices)").fetchall())
    expected = {c.name: c.sql_type for c in INPUTS["invoices"].columns.values()}
    assert types == {**expected, "delivery": "DATE", "skip": "VARCHAR"}
    assert found.values("row_number") == [2, 3]


def test_rows_that_cannot_be_used_go_aside_with_reason_text_and_money(read_invoices):
    found = read_invoices(
        "Kunde;Datum;Beleg;Betrag\nA;01.02.2024;R1;1,50\nB;31.02.2024;R2;2,50\nC;03.02.2024;R3;siehe Beleg\n"
        "1,23E+15;04.02.2024;R4;4,50\nD;05.02.2024\nE;;R5;5,50\nF;06.02.2024;R6;\n"
    )
    assert found.values("account_id") == ["A"]
    assert found.unreadable() == [
        (3, "bad_date", "B;31.02.2024;R2;2,50", D("2.5")),
        (4, "bad_number", "C;03.02.2024;R3;siehe Beleg", None),
        (5, "id_damaged", "1,23E+15;04.02.2024;R4;4,50", D("4.5")),
        (6, "wrong_field_count", "D;05.02.2024", None),
        (7, "bad_date", "E;;R5;5,50", D("5.5")),
        (8, "bad_number", "F;06.02.2024;R6;", None),
    ]


def test_a_line_without_account_stays(read_invoices):
    assert read_invoices("Kunde;Datum;Beleg;Betrag\n;01.02.2024;R1;1,50\n").values("account_id") == [None]


def test_optional_values_that_fail_are_empty_and_logged(read):
    content = "Kunde;Mitarbeiter;WZ\nA;12;46.69\nB;viele;1,2E+12\nC;3,5;x\n"
    columns = {"account_id": "Kunde", "employees": "Mitarbeiter", "industry_code": "WZ"}
    found = read({"k.csv": content}, {"accounts": {"files": "k.csv", "columns": columns}})
    assert found.values("employees", "accounts") == [12, None, None]
    assert found.values("industry_code", "accounts") == ["46.69", None, "x"]
    log = found.report.log.set_index(["row_number", "column"])
    assert log.loc[(3, "employees"), "old_value"] == "viele"
    assert log.loc[(3, "industry_code"), "rule"] == "id_damaged"
    assert log.loc[(4, "employees"), "rule"] == "bad_number"


def test_placeholders_are_empty_and_counted(read):
    content = "Kunde;Firma;Ort\nA;NULL;Köln\nB;k. A.;nan\nC;#N/A;-\nD;  n/a ; Bonn \n"
    columns = {"account_id": "Kunde", "name": "Firma", "city": "Ort"}
    found = read({"k.csv": content}, {"accounts": {"files": "k.csv", "columns": columns}})
    assert found.values("name", "accounts") == [None] * 4
    assert found.values("city", "accounts") == ["Köln", None, None, "Bonn"]
    assert found.rules()["placeholder"] == 6


def test_ids_lose_point_zero_only_where_the_whole_column_has_it(read_invoices):
    head = "Kunde,Datum,Beleg,Betrag\n"
    all_floats = read_invoices(head + "17850.0,2024-01-01,7.0,1.5\n,2024-01-01,8.0,2.5\n")
    assert all_floats.values("account_id") == ["17850", None] and all_floats.values("invoice_id") == ["7", "8"]
    assert all_floats.rules()["id_format"] == 3
    assert read_invoices(head + "1.0,2024-01-01,A,1.5\nB,2024-01-01,7.0,2.5\n").values("account_id") == ["1.0", "B"]


def test_leading_zeros_and_excels_guards_of_them(read):
    content = 'Kunde;PLZ\n0815;01067\n="0042";\'06108\n'
    columns = {"account_id": "Kunde", "postal_code": "PLZ"}
    found = read({"k.csv": content}, {"accounts": {"files": "k.csv", "columns": columns}})
    assert found.values("account_id", "accounts") == ["0815", "0042"]
    assert found.values("postal_code", "accounts") == ["01067", "06108"]


def test_mixed_encodings_repaired_or_set_aside_and_told(read_invoices):
    lines = ["Kunde;Datum;Beleg;Betrag", "Müller;01.02.2024;R1;1,00", "Köhler;01.02.2024;R2;2,00"]
    content = (
        "\n".join(lines).encode()
        + "\nJäger;01.02.2024;R3;3,00\n".encode("cp1252")
        + b"M\x90ck\xe4;01.02.2024;R4;4,00\n"
    )
    found = read_invoices(content)
    assert found.values("account_id") == ["Müller", "Köhler", "Jäger"]
    assert [(row, reason, money) for row, reason, _, money in found.unreadable()] == [(5, "bad_encoding", D("4"))]
    assert found.rules()["mixed_encoding"] == 2


def test_formats_are_found_per_file_and_column(read):
    files = {
        "u1.csv": "Kunde;Datum;Menge;Betrag\nA;01.02.2024;1,5;1.234,50\n",
        "u2.csv": "Kunde,Datum,Menge,Betrag\nB,2024-02-02,1.5,1234.50\n",
        "u3.csv": "Kunde;Datum;Menge;Betrag\nC;02/13/2024;1.5;1.234\nD;02/03/2024;2.5;5.678\n",
    }
    columns = {"account_id": "Kunde", "invoice_date": "Datum", "quantity": "Menge", "revenue": "Betrag"}
    found = read(files, {"invoices": {"files": "u*.csv", "columns": columns}})
    assert found.values("quantity") == [1.5, 1.5, 1.5, 2.5]
    assert found.values("invoice_date")[2:] == [dt.date(2024, 2, 13), dt.date(2024, 2, 3)]
    assert found.values("revenue") == [D("1234.5"), D("1234.5"), D("1.234"), D("5.678")]


def test_an_assumption_is_told(read_invoices):
    found = read_invoices("Kunde|Datum|Beleg|Betrag\nA|01/02/2024|R1|1.234\n")
    assert found.rules() == {"assumed_date_order": 1, "assumed_decimal": 1, "date_format": 1}
    assert found.report.columns.set_index("column")["is_assumed"].to_dict()["revenue"]


def test_settings_overrule_what_was_found(read_invoices):
    found = read_invoices("Kunde|Datum|Beleg|Betrag\nA|01/02/2024|R1|1.234\n", decimal=",", date_format="mm/dd/yyyy")
    assert found.values("revenue") == [D("1234")]
    assert found.values("invoice_date") == [dt.date(2024, 1, 2)]


def test_money_of_many_decimals_is_rounded_once(read):
    content = "Kunde,Datum,q,p,d\n" + "A,2024-01-01,3,0.3333,0.05\n" * 3
    columns = {"account_id": "Kunde", "invoice_date": "Datum", "revenue": "q * p * (1 - d)"}
    found = read({"u.csv": content}, {"invoices": {"files": "u.csv", "columns": columns}})
    assert found.values("revenue") == [D("0.9499")] * 3


def test_excel_parquet_and_database_read_the_same(read, tmp_path):
    frame = pd.DataFrame(
        {"Kunde": [4711, 4712], "Datum": pd.to_datetime(["2024-02-01", "2024-02-15"]), "Betrag": [1234.5, -0.1]}
    )
    excel, parquet, database = io.BytesIO(), io.BytesIO(), tmp_path / "erp.db"
    frame.to_excel(excel, index=False)
    frame.to_parquet(parquet)
    engine = sqlalchemy.create_engine(f"sqlite:///{database}")
    frame.to_sql("lines", engine, index=False)
    engine.dispose()
    columns = {"account_id": "Kunde", "invoice_date": "Datum", "revenue": "Betrag"}
    entries = [
        {"files": "u.xlsx", "columns": columns},
        {"files": "u.parquet", "columns": columns},
        {"database": {"url": f"sqlite:///{database}", "table": "lines"}, "columns": columns},
        {"database": {"url": f"sqlite:///{database}", "query": "SELECT * FROM lines"}, "columns": columns},
    ]
    found = read({"u.xlsx": excel.getvalue(), "u.parquet": parquet.getvalue()}, {"invoices": entries})
    rows = found.con.sql("SELECT DISTINCT account_id, invoice_date, revenue, row_number FROM raw_invoices ORDER BY 1")
    assert rows.fetchall() == [
        ("4711", dt.date(2024, 2, 1), D("1234.5"), 2),
        ("4712", dt.date(2024, 2, 15), D("-0.1"), 3),
    ]


def test_a_database_that_cannot_be_read_says_why(read, tmp_path):
    source = {"database": {"url": f"sqlite:///{tmp_path}/erp.db", "table": "lines"}}
    assert "the database says: no such table: lines" in problems(read, {}, {"invoices": source})
    source = {"database": {"url": "nosuchdb://x/y", "table": "lines"}}
    assert "install the driver" in problems(read, {}, {"invoices": source})


def test_numbers_in_excel_beside_german_text(read):
    frame = pd.DataFrame({"Kunde": ["A", "B"], "Datum": ["01.02.2024", "02.02.2024"], "Betrag": [1234.5, "1.234,50"]})
    excel = io.BytesIO()
    frame.to_excel(excel, index=False)
    columns = {"account_id": "Kunde", "invoice_date": "Datum", "revenue": "Betrag"}
    found = read({"u.xlsx": excel.getvalue()}, {"invoices": {"files": "u.xlsx", "columns": columns}})
    assert found.values("revenue") == [D("1234.5")] * 2


def test_columns_left_out_are_taken_by_their_own_names(read):
    content = "Account_ID;invoice_date;revenue\nA;01.02.2024;1,5\n"
    assert read({"u.csv": content}, {"invoices": {"files": "u.csv"}}).values("account_id") == ["A"]


def test_a_file_named_twice_counts_once(read):
    found = read(
        {"u.csv": GERMAN},
        {
            "invoices": {
                "files": ["u.csv", "*.csv"],
                "columns": {"account_id": "Kunde", "invoice_date": "Datum", "revenue": "Betrag"},
            }
        },
    )
    assert len(found.rows()) == 2


def test_every_problem_is_told_at_once_with_file_column_nearest_and_remedy(read):
    files = {"leer.csv": "", "u.csv": GERMAN, "k.csv": "Kunden-Nr.;Firma\n1;A\n"}
    text = problems(
        read,
        files,
        {
            "products": {"files": "leer.csv", "columns": {"product_id": "Artikel"}},
            "invoices": {
                "files": "u.csv",
                "columns": {"account_id": "Kunden", "invoice_date": "Datum", "revenu": "Betrag"},
            },
            "accounts": [{"files": "k.csv", "columns": {"account_id": "KundenNr", "name": "Firma * 2"}}],
        },
    )
    assert "leer.csv is empty" in text
    assert "u.csv: there is no column 'Kunden'. The nearest is 'Kunde'." in text
    assert "Change project.yml under sources.invoices.columns.account_id." in text
    assert "invoices has no such column; did you mean revenue?" in text
    assert "invoices needs the column revenue, which no header fills" in text
    assert "k.csv: there is no column 'KundenNr'. The nearest is 'Kunden-Nr.'." in text
    assert "'Firma * 2' is a formula, but name holds text, not numbers" in text


def test_wrong_delimiter_in_the_settings_is_named(read_invoices):
    text = problems(read_invoices, GERMAN, delimiter=",")
    assert "split by ',', as project.yml says" in text and "the file seems to use ';'" in text
    text = problems(read_invoices, GERMAN.replace(",", "."), delimiter=",")
    assert "Its header is a single column" in text and "sources.invoices.delimiter" in text


def test_header_only_and_nothing_usable_are_refused(read_invoices):
    assert "there is a header, but no row below it" in problems(read_invoices, "Kunde;Datum;Beleg;Betrag\n")
    text = problems(read_invoices, "Kunde;Datum;Beleg;Betrag\nA;x;R;1\nB;y;R;1\n")
    assert "not one row can be used for invoices: 2 rows bad_date (such as A;x;R;1)" in text


def test_a_header_standing_twice(read):
    columns = {"account_id": "Nr", "name": "Name"}
    same = read({"k.csv": "Nr;Name;Name\n1;A;A\n"}, {"accounts": {"files": "k.csv", "columns": columns}})
    assert same.values("name", "accounts") == ["A"]
    text = problems(read, {"k.csv": "Nr;Name;Name\n1;A;B\n"}, {"accounts": {"files": "k.csv", "columns": columns}})
    assert "has the header 'Name' 2 times (columns 2 and 3), with different values" in text
    second = read(
        {"k.csv": "Nr;Name;Name\n1;A;B\n"}, {"accounts": {"files": "k.csv", "columns": {**columns, "name": "Name (2)"}}}
    )
    assert second.values("name", "accounts") == ["B"]


def test_nothing_temporary_stays_in_the_engine(read_invoices):
    names = read_invoices(GERMAN).con.sql(
        "SELECT table_name FROM duckdb_tables() UNION SELECT view_name FROM duckdb_views() WHERE NOT internal"
    )
    assert sorted(row[0] for row in names.fetchall()) == ["raw_invoices", "unreadable_invoices"]


def test_money_range_reads_dates_up_to_today(read_invoices, tmp_path):
    found = read_invoices(GERMAN + "C;01.01.2999;R3;1,00\r\nD;20.03.2024;R4;1,00\r\n")
    sources = Sources.model_validate(
        {
            "invoices": {
                "files": "umsatz.csv",
                "columns": {"account_id": "Kunde", "invoice_date": "Datum", "revenue": "Betrag"},
            }
        }
    )
    span = money_range(found.con, list_files(sources, tmp_path), sources, today=dt.date(2024, 12, 31))
    assert span == (dt.date(2024, 2, 1), dt.date(2024, 3, 20))


def test_money_range_of_won_opportunities(read, tmp_path):
    rows = ["1;A;Gewonnen;01.02.2024", "2;B;Verloren;01.01.2020", "3;C;Closed Won;05.02.2024", "4;D;Offen;"]
    content = "\n".join(["Id;Firma;Phase;Datum", *rows, ""])
    spec = {
        "opportunities": {
            "files": "o.csv",
            "columns": {"opportunity_id": "Id", "account_id": "Firma", "stage": "Phase", "close_date": "Datum"},
        }
    }
    found = read({"o.csv": content}, spec)
    sources = Sources.model_validate(spec)
    span = money_range(found.con, list_files(sources, tmp_path), sources, today=dt.date(2024, 12, 31))
    assert span == (dt.date(2024, 2, 1), dt.date(2024, 2, 5))


def test_money_range_of_deals_follows_the_flags_not_the_stage(read, tmp_path):
    header = "Deal;Kunde;Phase;Betrag;Schluss;Gewonnen;Zu\n"
    lost = "1;K1;Lost to Closed Won AG;5;10.01.2025;nein;ja\n"
    text = header + lost + "2;K1;Vertrag;7;13.02.2026;ja;ja\n3;K2;Entwurf;9;01.03.2026;nein;nein\n"
    (tmp_path / "d.csv").write_text(text, encoding="utf-8")
    columns = {"opportunity_id": "Deal", "account_id": "Kunde", "stage": "Phase", "amount": "Betrag"}
    columns |= {"close_date": "Schluss", "is_won": "Gewonnen", "is_closed": "Zu"}
    sources = Sources.model_validate({"opportunities": {"files": "d.csv", "columns": columns}})
    day = dt.date(2026, 2, 13)
    assert money_range(connect(), list_files(sources, tmp_path), sources, dt.date(2026, 11, 22)) == (day, day)


@pytest.mark.parametrize(("amount", "is_assumed"), [("5417,58", False), ("50.937417", True)])
def test_money_of_a_file_settles_its_other_numbers_and_coordinates_do_not(read, amount, is_assumed):
    content = f"Kunde;Datum;Beleg;Betrag;Menge\nA;01.02.2024;R1;{amount};11.000\n"
    columns = {"account_id": "Kunde", "invoice_date": "Datum", "revenue": "Betrag", "quantity": "Menge"}
    found = read({"u.csv": content}, {"invoices": {"files": "u.csv", "columns": columns}})
    assumed = found.report.columns.set_index("column")["is_assumed"]
    assert assumed["quantity"] == is_assumed
