"""One setting turns companies into groups, sites, departments or persons, and no cent is lost."""

import datetime as dt
from decimal import Decimal

import pytest

from segkit.settings.cleansing import Cleansing, Duplicates, Scope

UNITS = ("group", "company", "site", "department", "person")
MONEY = "SELECT account_id, sum(revenue) FROM invoices GROUP BY 1 ORDER BY 1"
LEVELS = "SELECT account_id, unit_level FROM accounts ORDER BY 1"
CHECKS = """SELECT "check", n_rows, n_bad, revenue FROM unit_checks ORDER BY 1"""


@pytest.fixture(name="clean")
def clean_as_delivered(clean):
    """Cleansing without a search for duplicates: these tests are about records that are what they say."""
    return lambda **options: clean(cleansing=Cleansing(duplicates=Duplicates(find=False)), **options)


@pytest.fixture
def company(put, line):
    """H leads A and (through A) B; C hangs on an unknown head X; D and E name each other; F stands alone."""
    put("accounts", [
        account("H", None, "Haupt AG", 5, 1e6, industry="Chemie", city="Bonn"),
        account("A", "H", "Anton GmbH", 40, 2e6, industry="Bau", city="Köln"),
        account("B", "A", "Berta GmbH", 30, 3e6, do_not_contact=True),
        account("C", "X", "Cäsar GmbH", 7, None, city="Ulm", country="DE"),
        account("D", "E", "Dora GmbH", None, None), account("E", "D", "Emil GmbH", 9, None),
        account("F", None, "Friedrich GmbH", 3, None),
    ])  # fmt: skip
    put("contacts", [
        person("P1", "A", "Einkauf", "Ada", "Berg", consent=True), person("P2", "A", "einkauf ", "Bo", "Carl"),
        person("P3", "A", "Technik", None, None, do_not_contact=True), person("P4", "F", None, "Fritz", "Gut"),
        person("P9", None, "Einkauf", "Ohne", "Firma"),
    ])  # fmt: skip
    put("invoices", [
        line("A", revenue="100.01", ship_to_id="W1", contact_id="P1"), line("A", revenue="50", ship_to_id="A"),
        line("A", revenue="-10", ship_to_id="W2", contact_id="P2"), line("A", revenue="3", contact_id="P3"),
        line("B", revenue="20.02", ship_to_id="W1"), line("C", revenue="7", contact_id="P7"),
        line("D", revenue="5"), line("E", revenue="6"), line("F", revenue="1.5", contact_id="P1"),
    ])  # fmt: skip
    put("installed_base", [{"account_id": "F", "site_id": "F-1", "machine": "M1"}])
    put("tickets", [{"ticket_id": f"T{a}", "account_id": a} for a in "BF"])
    survey = {"question": "nps", "answer": 7}
    put("surveys", [{"survey_id": "S1", "account_id": "A", "contact_id": "P1", **survey},
                    {"survey_id": "S2", "account_id": "B", "contact_id": "P1", **survey}])  # fmt: skip


def account(number, parent, name, employees, turnover, **more) -> dict:
    known = {"employees_date": dt.date(2025, 1, ord(number) - 60)} if employees else {}
    return {"account_id": number, "parent_id": parent, "name": name, "employees": employees,
            "account_revenue": turnover, **known, **more}  # fmt: skip


def person(number, company, department, first, last, **more) -> dict:
    return {"contact_id": number, "account_id": company, "department": department, "first_name": first,
            "last_name": last, **more}  # fmt: skip


@pytest.mark.parametrize("unit", UNITS)
def test_totals_are_equal_to_the_cent_and_every_row_finds_its_account(company, clean, rows, unit):
    tables = clean(unit=unit)
    assert rows("SELECT count(*), sum(revenue) FROM invoices") == [(9, Decimal("182.53"))]
    assert rows("SELECT sum(revenue) FROM unit_members") == [(Decimal("182.53"),)]
    assert rows("SELECT count(*) = count(DISTINCT account_id) FROM accounts") == [(True,)]
    assert rows("SELECT count(DISTINCT unit_id) FROM unit_members") == rows("SELECT count(*) FROM accounts")
    for table in ("invoices", "contacts", "tickets", "surveys", "installed_base"):
        assert table in tables
        lost = f"SELECT count(*) FROM {table} WHERE account_id NOT IN (SELECT account_id FROM accounts)"
        assert rows(lost) == [(0,)], table


def test_the_company_stays_what_it_was(company, clean, rows):
    clean(unit="company")
    assert rows(LEVELS) == [(a, "company") for a in "ABCDEFH"]
    assert rows("SELECT DISTINCT account_id = unit_id, level, depth FROM unit_members") == [(True, "company", 0)]
    assert rows("SELECT parent_id FROM unit_members WHERE unit_id = 'B'") == [("A",)]


def test_groups_go_to_the_top(company, clean, rows):
    clean(unit="group")
    assert rows(LEVELS) == [("D", "group"), ("F", "company"), ("H", "group"), ("X", "group")]
    assert rows(MONEY) == [("D", 11), ("F", Decimal("1.5")), ("H", Decimal("163.03")), ("X", 7)]
    assert rows("SELECT unit_id, account_id, name, depth, parent_id FROM unit_members WHERE unit_id IN ('H', 'D')") == [
        ("D", "D", "Dora GmbH", 0, None), ("D", "E", "Emil GmbH", 1, "D"),
        ("H", "A", "Anton GmbH", 1, "H"), ("H", "B", "Berta GmbH", 2, "A"), ("H", "H", "Haupt AG", 0, None),
    ]  # fmt: skip
    assert rows("SELECT account_id FROM tickets ORDER BY ticket_id") == [("H",), ("F",)]
    assert rows("SELECT source_id, account_id, unit_id FROM account_links WHERE source_id IN ('A', 'F')") == [
        ("A", "A", "H"), ("F", "F", "F")]  # fmt: skip


def test_a_broken_hierarchy_is_reported(company, clean, rows):
    clean(unit="company")
    assert rows(CHECKS) == [("hierarchy_cycle", 5, 2, 11), ("unknown_parent", 5, 1, 7)]
    listed = """SELECT count(*) FROM data_quality WHERE "check" IN ('hierarchy_cycle', 'unknown_parent')"""
    assert rows(listed) == [(2,)]


def test_a_group_is_named_by_its_head_and_sums_what_is_distinct(company, clean, rows):
    clean(unit="group")
    columns = "name, city, industry, employees, employees_date, account_revenue, size_class, parent_id"
    found = {row[0]: row[1:] for row in rows(f"SELECT account_id, {columns} FROM accounts")}
    # Anton may hold Berta (40 of 30 persons), so only Haupt and Anton add up; turnover 1 + 2 + 3 million
    assert found["H"] == ("Haupt AG", "Bonn", "Chemie", 45, dt.date(2025, 1, 5), Decimal(6_000_000), "small", None)
    assert found["X"] == ("Cäsar GmbH", None, None, 7, dt.date(2025, 1, 7), None, "micro", None)
    assert found["D"][3] is None  # Dora's head count is not known
    assert rows("SELECT country FROM accounts WHERE account_id = 'X'") == [("DE",)]


def test_a_head_as_large_as_all_others_is_taken_for_consolidated(put, line, clean, rows):
    put("accounts", [account("H", None, "Haupt AG", 70, None), account("A", "H", "Anton GmbH", 40, None),
                     account("B", "A", "Berta GmbH", 30, None)])  # fmt: skip
    put("invoices", [line("A")])
    clean(unit="group")
    assert rows("SELECT employees, employees_date FROM accounts") == [(70, dt.date(2025, 1, 12))]


def test_who_may_be_contacted_in_a_group(put, line, clean, rows):
    def member(number, head, consent=None, blocked=None):
        return account(number, head, number, None, None, consent=consent, do_not_contact=blocked)

    put("accounts", [
        member("H", None, blocked=True), member("A", "H", consent=True),  # the head forbids it
        member("I", None, consent=True), member("B", "I", consent=True), member("C", "I"),
        member("J", None), member("D", "J", consent=True), member("E", "J", consent=False),
        member("F", "X", blocked=True), member("G", "X", blocked=True),
    ])  # fmt: skip
    put("invoices", [line("A")])
    clean(unit="group")
    assert rows("SELECT account_id, consent, do_not_contact, is_contactable FROM accounts ORDER BY 1") == [
        ("H", True, True, False), ("I", True, False, True), ("J", None, False, True), ("X", None, True, False),
    ]  # fmt: skip


def test_the_hierarchy_between_accounts_and_on_as_of_counts(put, line, clean, rows):
    put("accounts", [{"account_id": a, "name": a} for a in ("K1", "K2", "K3", "TOP")])
    put("invoices", [line("K1"), line("K2"), line("K3")])
    links = [("K1", "HOLD", None), ("HOLD", "TOP", None), ("K2", "TOP", dt.date(2026, 6, 30)), ("K3", "TOP", None)]
    put("hierarchy", [{"account_id": a, "parent_id": p, "valid_from": dt.date(2020, 1, 1), "valid_to": until}
                      for a, p, until in links])  # fmt: skip
    clean(unit="group")
    assert rows("SELECT account_id, unit_id, depth FROM unit_members ORDER BY 1") == [
        ("K1", "TOP", 2), ("K2", "K2", 0), ("K3", "TOP", 1), ("TOP", "TOP", 0)]  # fmt: skip
    assert rows("SELECT account_id FROM hierarchy ORDER BY 1") == [("HOLD",), ("K1",), ("K2",), ("K3",)]


def test_an_account_outside_the_scope_leads_no_group(put, line, clean, rows):
    put("accounts", [{"account_id": "99", "name": "Schwester"}, {"account_id": "K1", "parent_id": "99"}])
    put("invoices", [line("K1"), line("99")])
    clean(unit="group", scope=Scope(excluded_accounts=[{"account": "99", "reason": "intercompany"}]))
    assert rows(LEVELS) == [("K1", "company")]
    assert rows("SELECT account_id FROM invoices") == [("K1",)]


def test_sites_get_what_names_them_and_the_company_the_rest(company, clean, rows):
    clean(unit="site")
    assert dict(rows(MONEY)) == {
        "A/W1": Decimal("100.01"), "A/A": 50, "A/W2": -10, "A": 3, "B/W1": Decimal("20.02"), "C": 7, "D": 5, "E": 6,
        "F": Decimal("1.5"),
    }  # fmt: skip
    names = dict(rows("SELECT account_id, name FROM accounts WHERE unit_level = 'site'"))
    assert names == {"A/A": "Anton GmbH", "A/W1": "Anton GmbH · W1", "A/W2": "Anton GmbH · W2",
                     "B/W1": "Berta GmbH · W1", "F/F-1": "Friedrich GmbH · F-1"}  # fmt: skip
    place = rows("SELECT account_id, city, industry, employees FROM accounts WHERE account_id IN ('A/A', 'A/W1', 'A')")
    assert place == [("A", "Köln", "Bau", 40), ("A/A", "Köln", "Bau", None), ("A/W1", None, "Bau", None)]
    assert ("money_without_unit", 9, 5, Decimal("22.5")) in rows(CHECKS)
    assert rows("SELECT account_id FROM installed_base") == [("F/F-1",)]


def test_departments_come_by_the_persons_of_the_same_company(company, clean, rows):
    clean(unit="department")
    money = dict(rows(MONEY))
    assert (money["A/einkauf"], money["A/technik"], money["A"]) == (Decimal("90.01"), 3, 50)
    assert money["F"] == Decimal("1.5")  # P1 is at A
    assert rows("SELECT name, is_contactable FROM accounts WHERE account_id LIKE 'A/%' ORDER BY 1") == [
        ("Anton GmbH · Einkauf", True), ("Anton GmbH · Technik", False)]  # fmt: skip
    assert rows("SELECT contact_id, account_id FROM contacts ORDER BY 1") == [
        ("P1", "A/einkauf"), ("P2", "A/einkauf"), ("P3", "A/technik"), ("P4", "F"), ("P9", None)]  # fmt: skip
    assert ("money_without_unit", 9, 6, Decimal("89.52")) in rows(CHECKS)


def test_persons_get_their_orders_answers_and_flags(company, clean, rows):
    clean(unit="person")
    money = dict(rows(MONEY))
    assert (money["A/P1"], money["A/P2"], money["A/P3"], money["A"]) == (Decimal("100.01"), -10, 3, 50)
    assert (money["F/P1"], money["C/P7"]) == (Decimal("1.5"), 7)
    found = {
        r[0]: r[1:] for r in rows("SELECT account_id, name, consent, do_not_contact, is_contactable FROM accounts")
    }
    assert found["A/P1"] == ("Anton GmbH · Ada Berg", True, None, True)
    assert found["A/P3"] == ("Anton GmbH · P3", None, True, False)
    assert found["C/P7"][0] == "Cäsar GmbH · P7"
    assert rows("SELECT account_id FROM surveys ORDER BY survey_id") == [("A/P1",), ("B",)]
    assert rows("SELECT account_id FROM contacts WHERE contact_id = 'P4'") == [("F/P4",)]
    assert "A" in found  # 50.00 name nobody
    assert ("person_elsewhere", 5, 1, Decimal("1.5")) in rows(CHECKS)
    assert ("money_without_unit", 9, 4, Decimal("81.02")) in rows(CHECKS)


def test_without_anything_that_names_units_all_stay_companies(put, line, clean, rows):
    put("invoices", [line("K1"), line("K2")])
    for unit in ("department", "group"):
        clean(unit=unit)
        assert rows(LEVELS) == [("K1", "company"), ("K2", "company")], unit


def test_numbers_with_a_slash_stay_apart(put, line, clean, rows):
    put("invoices", [line("A", ship_to_id="1"), line("A/1"), line("B", ship_to_id="2/3"), line("B/2", ship_to_id="3")])
    clean(unit="site")
    assert rows(MONEY) == [("A//1", 10), ("A/1", 10), ("B//2/3", 10), ("B/2//3", 10)]
    assert rows("SELECT count(*), count(DISTINCT account_id) FROM accounts") == [(4, 4)]


def test_hostile_names_stay_text(put, line, clean, rows):
    nasty = "<b>'); DROP TABLE invoices; --/\u202e"
    put("accounts", [{"account_id": nasty, "name": nasty, "parent_id": "=1+1"}])
    put("invoices", [line(nasty, contact_id=nasty, ship_to_id=nasty)])
    clean(unit="person")
    assert rows("SELECT account_id FROM invoices") == [(f"{nasty}/{nasty}",)]
    clean(unit="group")
    assert rows("SELECT account_id, name FROM accounts") == [("=1+1", nasty.removesuffix("\u202e"))]
