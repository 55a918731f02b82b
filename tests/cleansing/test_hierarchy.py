"""What the customer hierarchy and the sales areas add to an account."""

import pytest


@pytest.fixture
def two_accounts(put, line):
    put("accounts", [{"account_id": "K1", "name": "Eins"}, {"account_id": "K2", "name": "Zwei", "parent_id": "M0"}])
    put("invoices", [line("K1"), line("K2")])


def node(account: str, parent: str, since: str | None, until: str | None = "2099-12-31") -> dict:
    return {"account_id": account, "parent_id": parent, "valid_from": since, "valid_to": until}


def test_the_parent_is_the_one_that_the_hierarchy_names_on_as_of(two_accounts, put, clean, rows):
    put("hierarchy", [
        node("K1", "M1", "2020-01-01", "2025-12-31"), node("K1", "M2", "2026-01-01"), node("K1", "M3", "2026-10-01"),
        node("K2", "M9", "2020-01-01"),
    ])  # fmt: skip
    clean()
    assert rows("SELECT account_id, parent_id FROM accounts ORDER BY 1") == [("K1", "M2"), ("K2", "M0")]
    logged = """SELECT "column", new_value FROM cleaning_log WHERE rule = 'parent_from_hierarchy'"""
    assert rows(logged) == [("parent_id", "M2")]


def test_nobody_is_his_own_parent_and_open_ends_hold(two_accounts, put, clean, rows):
    put("hierarchy", [node("K1", "K1", "2026-08-01"), node("K1", "M1", None, None)])
    clean()
    assert rows("SELECT parent_id FROM accounts WHERE account_id = 'K1'") == [("M1",)]


@pytest.mark.parametrize(("kind", "parent"), [("Händler", "M1"), ("Value-added Reseller", "M1"), ("Konzern", "M2")])
def test_a_dealer_is_no_parent_company(two_accounts, put, clean, rows, kind, parent):
    put("hierarchy", [
        {**node("K1", "M1", "2020-01-01"), "hierarchy_type": "A"},
        {**node("K1", "M2", "2026-01-01"), "hierarchy_type": kind},
    ])  # fmt: skip
    clean()
    assert rows("SELECT parent_id FROM accounts WHERE account_id = 'K1'") == [(parent,)]


def test_the_class_of_before_is_the_best_of_the_sales_areas_and_differences_are_told(two_accounts, put, clean, rows):
    areas = [("K1", "1000", "C"), ("K1", "2000", "a "), ("K1", "3000", None), ("K2", "1000", "B")]
    put("sales_areas", [{"account_id": a, "sales_org": o, "source_abc_class": c} for a, o, c in areas])
    clean()
    assert rows("SELECT account_id, source_abc_class FROM accounts ORDER BY 1") == [("K1", "A"), ("K2", "B")]
    assert rows("""SELECT n_rows, n_bad FROM data_quality WHERE "check" = 'several_classes'""") == [(2, 1)]


def test_a_class_of_the_accounts_own_list_stays(put, clean, line, rows):
    put("accounts", [{"account_id": "K1", "source_abc_class": "C"}])
    put("invoices", [line("K1")])
    put("sales_areas", [{"account_id": "K1", "sales_org": "1000", "source_abc_class": "A"}])
    clean()
    assert rows("SELECT source_abc_class FROM accounts") == [("C",)]
