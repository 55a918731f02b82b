"""Rules about whole rows: which are left out, and which take the sign of their document."""

from decimal import Decimal as D

import pytest

from .tiny_preset import HEADS, ITEMS

pytestmark = pytest.mark.usefixtures("tiny")


@pytest.mark.parametrize("rate", ["-1,25", "/1,25", "1,25-", "0,8"])
def test_an_indirect_rate_divides(read, rate):
    content = f"VBELN;FKDAT;KUNAG;NETWR;KURRF\nA;01.02.2024;1;100,10;{rate}\nB;01.02.2024;1;100,00;1,5\n"
    found = read({"l.csv": content}, {"invoices": {"preset": "tiny", "files": "l.csv"}})
    assert found.values("revenue") == [D("80.0800"), D("150.0000")]
    log = found.report.log
    told = log.loc[log["rule"] == "indirect_rate", ["old_value", "new_value", "n_rows"]].to_numpy().tolist()
    assert told == ([] if rate == "0,8" else [[rate, "1 / 1,25", 1]])


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


def test_a_code_that_a_program_took_for_a_number_is_the_same_code(read_invoices):
    content = "Kunde;Datum;Beleg;Betrag;Art\n1;01.02.2024;a;1;6\n1;01.02.2024;b;2;6.0\n1;01.02.2024;c;3;60\n"
    found = read_invoices(content, skip={"gone": {"Art": "6"}}, negative={"Art": [60]})
    assert found.values("skip") == ["gone", "gone", None]
    assert found.values("revenue") == [D("1.0000"), D("2.0000"), D("-3.0000")]


def test_filled_zeros_are_told(read_join):
    log = read_join().report.log
    told = log[log["rule"] == "id_padded"]
    assert told[["source", "old_value", "new_value", "n_rows"]].to_numpy().tolist() == [
        ["heads.csv", "1000", "0000001000", 3]
    ]


def test_a_fee_kept_back_inside_a_credit_note_counts_for_us(read_invoices):
    lines = ["a;90;R", "g;50;G", "h;40;G", "h;-5;G"]
    content = "Kunde;Datum;Beleg;Betrag;Art\n" + "".join(f"1;01.02.2024;{line}\n" for line in lines)
    found = read_invoices(content, negative={"Art": "G"})
    assert found.values("revenue") == [D("90.0000"), D("-50.0000"), D("-40.0000"), D("5.0000")]


def test_a_signed_file_stays_as_it_is(read_invoices):
    lines = ["a;90;R", "g;-50;G", "h;-40;G", "h;5;G"]
    content = "Kunde;Datum;Beleg;Betrag;Art\n" + "".join(f"1;01.02.2024;{line}\n" for line in lines)
    found = read_invoices(content, negative={"Art": "G"})
    assert found.values("revenue") == [D("90.0000"), D("-50.0000"), D("-40.0000"), D("5.0000")]


def test_cancellations_that_are_left_out_do_not_decide_about_credit_notes(read_invoices):
    lines = ["a;90;R", "g;-50;G", "s;90;S", "t;80;S", "u;70;S"]
    content = "Kunde;Datum;Beleg;Betrag;Art\n" + "".join(f"1;01.02.2024;{line}\n" for line in lines)
    found = read_invoices(content, negative={"Art": ["G", "S"]}, skip={"cancelled": {"Art": "S"}})
    assert found.values("revenue") == [D("90.0000"), D("-50.0000"), D("-90.0000"), D("-80.0000"), D("-70.0000")]
