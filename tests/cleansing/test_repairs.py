"""The list of rules at work: safe repairs are logged, doubtful ones proposed, decisions obeyed."""

from __future__ import annotations

import pandas as pd
import pytest

from segkit.cleansing.repairs import repair_rows
from segkit.cleansing.rows import mark_rows
from segkit.cleansing.rules import RULES
from segkit.errors import UserError

TURNED = "name_turned"


@pytest.fixture
def repaired(con, put, rows):
    """Repair accounts (or rows of another table) and return the rows by their key."""

    def repair(records, table="accounts", key="account_id", decisions=None, switched_off=()):
        put(table, [{key: f"K{i}", **record} for i, record in enumerate(records, 1)])
        mark_rows(con, table)
        repair_rows(con, decisions, list(switched_off))
        found = con.execute(f'FROM rows_{table} ORDER BY "row_number"').df().set_index(key)
        return found.astype("object").where(found.notna(), None)

    return repair


def logged(rows):
    return rows('SELECT rule, "column", old_value, new_value, n_rows FROM repair_log ORDER BY ALL')


def proposed(rows):
    return rows('SELECT record_id, "column", old_value, proposed_value, rule, status FROM proposals ORDER BY ALL')


def decided(*choices):
    columns = ["table", "record_id", "column", "choice", "value", "quarter", "author", "date", "reason"]
    return pd.DataFrame(
        [["accounts", *choice, "2026Q3", "me", "2026-10-01", ""] for choice in choices], columns=columns
    )


def test_a_change_of_format_is_one_entry_for_each_column_and_file(repaired, rows):
    found = repaired(
        [
            {"name": "A  Bau", "phone": "0241/5551234", "country": "DE"},
            {"name": "B\u200b Bau", "phone": "+49 (0)241 5551235", "country": "DE"},
            {"name": "C Bau", "phone": "0241 555-1236 App. 4", "country": "DE"},
            {"name": "D Bau", "phone": "0241/5551237"},
        ]
    )
    assert found.name.tolist() == ["A Bau", "B Bau", "C Bau", "D Bau"]
    assert found.phone.tolist() == ["+492415551234", "+492415551235", "0241 555-1236 App. 4", "0241/5551237"]
    assert logged(rows) == [
        ("invisible_characters", "name", "A  Bau", "A Bau", 2),
        ("phone_written", "phone", "0241/5551234", "+492415551234", 2),
    ]


def test_postal_codes_and_cities(repaired, rows):
    found = repaired(
        [
            {"postal_code": "1067", "city": "Dresden", "country": "DE"},
            {"postal_code": "01067", "city": "DRESDEN", "country": "Deutschland"},
            {"postal_code": "D-50667", "city": "KOELN", "country": "Deutschland"},
            {"postal_code": "50667", "city": "Köln", "country": "Deutschland"},
            {"postal_code": "1010", "city": "WIEN", "country": "AT"},
        ]
    )
    assert found.postal_code.tolist() == ["01067", "01067", "50667", "50667", "1010"]
    assert found.city.tolist() == ["Dresden", "Dresden", "Köln", "Köln", "WIEN"]
    assert found.country.tolist() == [*["Deutschland"] * 4, "AT"]
    assert proposed(rows) == []


def test_legal_forms(repaired, rows):
    found = repaired(
        [
            {"name": "A GmbH", "legal_form": "G.m.b.H."},
            {"name": "B GmbH & Co. KG", "legal_form": None},
            {"name": "C GmbH & Co. KG", "legal_form": "GmbH"},
            {"name": "D GmbH & Co. KG", "legal_form": "KG"},
            {"name": "E", "legal_form": "Sonstige"},
        ]
    )
    assert found.legal_form.tolist() == ["GmbH", "GmbH & Co. KG", "GmbH", "KG", "Sonstige"]
    assert proposed(rows) == [("K3", "legal_form", "GmbH", "GmbH & Co. KG", "legal_form_differs", "open")]
    assert ("legal_form_from_name", "legal_form", None, "GmbH & Co. KG", 1) in logged(rows)


def test_a_column_that_nobody_fills_is_not_filled(repaired, rows):
    assert repaired([{"name": "A GmbH"}, {"name": "B AG"}]).legal_form.tolist() == [None, None]
    assert logged(rows) == []


def test_what_stands_for_nothing_goes_with_its_reason(repaired, rows):
    found = repaired(
        [
            {"name": "unbekannt", "industry": "--None--", "legal_form": "Bitte wählen!", "region": "entfällt"},
            {"name": "Select GmbH", "industry": "Select", "legal_form": "GmbH", "region": "Hessen"},
        ]
    )
    assert found[["name", "industry", "legal_form", "region"]].to_numpy().tolist() == [
        [None, None, None, None],
        ["Select GmbH", None, "GmbH", "Hessen"],
    ]
    assert rows('SELECT "column", reason, written FROM emptied_cells ORDER BY ALL') == [
        ("industry", "not_chosen", "--None--"),
        ("industry", "not_chosen", "Select"),
        ("legal_form", "not_chosen", "Bitte wählen!"),
        ("name", "not_stated", "unbekannt"),
        ("region", "not_applicable", "entfällt"),
    ]


def test_numbers_of_offices(repaired, rows):
    found = repaired(
        [
            {"vat_id": "DE 136 695 976", "register_id": "Amtsgericht Aachen, HRB012345", "lei": "529900t8bm49aursdo55"},
            {"vat_id": "DE136695967", "register_id": "HRB 99", "lei": "529900T8BM49AURSDO56"},
        ]
    )
    assert found.loc["K1", ["vat_id", "register_id", "lei"]].tolist() == [
        "DE136695976",
        "HRB 12345 Aachen",
        "529900T8BM49AURSDO55",
    ]
    assert found.loc["K2", "register_id"] == "HRB 99"
    assert proposed(rows) == [
        ("K2", "lei", "529900T8BM49AURSDO56", None, "lei_wrong", "open"),
        ("K2", "vat_id", "DE136695967", "DE136695976", "vat_id_wrong", "open"),
    ]


def test_industries(repaired, rows):
    names = ["Maschinenbau"] * 25 + ["MASCHINENBAU", "Masch.bau", "Maschinebau", "Chemie"]
    found = repaired([{"industry": name} for name in names])
    assert found.industry.tolist()[25] == "Maschinenbau"
    assert proposed(rows) == [
        ("K27", "industry", "Masch.bau", "Maschinenbau", "industry_misspelt", "open"),
        ("K28", "industry", "Maschinebau", "Maschinenbau", "industry_misspelt", "open"),
    ]


def test_names(repaired, rows):
    repaired(
        [
            {"name": n}
            for n in ("Test GmbH", "Testo SE", "Muster, Erika", "Bau, Holz GmbH", "xxx", "Muster AG", "X-Fab SE")
        ]
    )
    assert proposed(rows) == [
        ("K1", "name", "Test GmbH", None, "name_stands_for_nothing", "open"),
        ("K3", "name", "Muster, Erika", "Erika Muster", TURNED, "open"),
        ("K5", "name", "xxx", None, "name_stands_for_nothing", "open"),
        ("K6", "name", "Muster AG", None, "name_stands_for_nothing", "open"),
    ]


def test_cities_that_contradict_their_postal_code(repaired, rows):
    aachen = [{"postal_code": "52062", "city": "Aachen"}] * 20
    bonn = [{"postal_code": code, "city": "Bonn"} for code in ("53111", "53113", "52062")]
    others = [{"postal_code": "52062", "city": city} for city in ("Aahcen", "Aachen-Mitte")]
    repaired([*aachen, *bonn, *others])
    assert proposed(rows) == [
        ("K23", "city", "Bonn", "Aachen", "city_contradicts", "open"),
        ("K24", "city", "Aahcen", "Aachen", "city_misspelt", "open"),
    ]


def test_swapped_columns_are_proposed_and_accepted_together(repaired, rows):
    yes = decided(("K1", "postal_code", "accept", ""), ("K1", "city", "accept", ""))
    found = repaired([{"postal_code": "Aachen", "city": "52062"}], decisions=yes)
    assert found.loc["K1", ["postal_code", "city"]].tolist() == ["52062", "Aachen"]


def test_a_swapped_postal_code_gets_its_zero_back_where_it_is_german(repaired, rows):
    codes = [{"postal_code": "Leipzig", "city": "4109", "country": "D"},
             {"postal_code": "Wien", "city": "1010", "country": "AT"}]  # fmt: skip
    repaired([*codes, {"postal_code": "Wien", "city": "1020"}])
    asked = [row for row in proposed(rows) if row[1] == "postal_code"]
    assert [row[3] for row in asked] == ["04109", "1010", "1020"]


def test_decisions_are_obeyed(repaired, rows):
    decisions = decided(
        ("K1", "name", "accept", ""),
        ("K2", "name", "refuse", ""),
        ("K3", "name", "accept", "Muster & Sohn"),
        ("K9", "name", "accept", ""),
    )
    found = repaired(
        [{"name": "Muster, Erika"}, {"name": "Muster, Max"}, {"name": "Muster, Karl"}], decisions=decisions
    )
    assert found.name.tolist() == ["Erika Muster", "Muster, Max", "Muster & Sohn"]
    assert [row[-1] for row in proposed(rows)] == ["accepted", "refused", "accepted"]
    assert logged(rows) == [
        (TURNED, "name", "Muster, Erika", "Erika Muster", 1),
        (TURNED, "name", "Muster, Karl", "Muster & Sohn", 1),
    ]
    counted = f"SELECT n_changed, n_proposed FROM cleaning_rules WHERE rule = '{TURNED}' AND \"table\" = 'accounts'"
    assert rows(counted) == [(2, 1)]


def test_contacts(repaired, rows):
    people = [{"email": f"p{i}@mueller.de"} for i in range(100)]
    odd = [
        {"email": "MAILTO:Max@Mueller.DE", "phone": "0241/5551234"},
        {"email": "eva@muellr.de"},
        {"email": "a@gmial.com"},
    ]
    found = repaired([*people, *odd], table="contacts", key="contact_id")
    assert found.loc["K101", ["email", "phone"]].tolist() == ["max@mueller.de", "0241/5551234"]
    assert proposed(rows) == [
        ("K102", "email", "eva@muellr.de", "eva@mueller.de", "email_misspelt", "open"),
        ("K103", "email", "a@gmial.com", "a@gmail.com", "email_misspelt", "open"),
    ]


def test_websites(repaired, rows):
    sites = ("https://www.Mueller.de/", "mueller.de/a?b=1", "www.gmx.de", "keine", "http://mueller.de:8080/x")
    found = repaired([{"website": site} for site in sites])
    assert found.website.tolist() == ["www.mueller.de", "mueller.de/a?b=1", "www.gmx.de", "keine", "mueller.de:8080/x"]
    assert proposed(rows) == [("K3", "website", "www.gmx.de", None, "website_free_mail", "open")]


def test_every_rule_is_counted_also_where_it_did_nothing(repaired, rows):
    repaired([{"name": "A Bau"}])
    listed = {
        (table, column, rule.name) for rule in RULES for table, columns in rule.columns.items() for column in columns
    }
    assert set(rows('SELECT "table", "column", rule FROM cleaning_rules')) == listed
    assert rows("SELECT sum(n_changed), sum(n_proposed) FROM cleaning_rules") == [(0, 0)]


def test_rules_can_be_switched_off(repaired, rows):
    found = repaired([{"name": "A  Bau"}, {"name": "Muster, Erika"}], switched_off=["invisible_characters", TURNED])
    assert found.name.tolist() == ["A  Bau", "Muster, Erika"]
    assert logged(rows) == proposed(rows) == []


def test_an_unknown_rule_cannot_be_switched_off(con):
    repair_rows(con, None, ["phone_written", "date_impossible"])
    with pytest.raises(UserError, match=r"names the rule phone_writen, .* did you mean phone_written"):
        repair_rows(con, None, ["phone_writen"])


def test_hostile_text_stays_text(repaired, rows):
    names = [
        "<script>alert(1)</script> GmbH",
        "=cmd|' /C calc'!A0",
        "'; DROP TABLE rows_accounts; --",
        "\u202egnp.exe GmbH",
    ]
    found = repaired([{"name": name, "city": name, "website": name, "vat_id": name} for name in names])
    assert found.name.tolist() == [*names[:3], "gnp.exe GmbH"]


def test_rows_that_are_out_are_left_alone(con, put, rows, repaired):
    put("leads", [{"lead_id": "L1", "company": "A  Bau"}, {"lead_id": "L1", "company": "A  Bau"}])
    mark_rows(con, "leads")
    repaired([{"name": "B Bau"}])
    assert rows("SELECT company FROM rows_leads WHERE step IS NULL") == [("A Bau",)]
    assert rows("SELECT company FROM rows_leads WHERE step IS NOT NULL") == [("A  Bau",)]
