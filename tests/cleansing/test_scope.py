"""Accounts left out by their group in the source system."""

from segkit.settings.cleansing import Scope


def account(account_id: str, group: str | None, name: str = "") -> dict:
    return {"account_id": account_id, "account_group": group, "name": name or account_id}


STEPS = "SELECT step, revenue FROM reconciliation WHERE \"table\" = 'invoices' AND step <> 'in' ORDER BY step"


def test_account_groups_leave_their_accounts_out_with_reason_and_money(put, clean, line, rows):
    put("accounts", [account("K1", "CPD"), account("K2", " kuic "), account("K3", "KUNA")])
    put("invoices", [line("K1", revenue=5), line("K2", revenue=7), line("K3", revenue=100)])
    clean(scope=Scope(account_groups={"cpd": "one_time", "KUIC": "intercompany"}))
    assert rows(STEPS) == [("excluded_scope_intercompany", 7), ("excluded_scope_one_time", 5), ("used", 100)]


def test_a_pattern_comes_before_a_group(put, clean, line, rows):
    put("accounts", [account("K1", "CPD"), account("K3", "KUNA")])
    put("invoices", [line("K1", revenue=5), line("K3")])
    clean(scope=Scope(excluded_accounts=[{"account": "K1", "reason": "staff"}], account_groups={"CPD": "one_time"}))
    assert rows(STEPS) == [("excluded_scope_staff", 5), ("used", 10)]


def test_a_group_that_fits_nobody_is_told(put, clean, line, rows):
    put("accounts", [account("K1", "KUNA"), account("K2", "KUST")])
    put("invoices", [line("K1"), line("K2")])
    clean(scope=Scope(account_groups={"CPDL": "one_time", "KUST": "other"}, excluded_accounts=["K9"]))
    unused = """SELECT "column" FROM data_quality WHERE "check" = 'scope_without_match' ORDER BY 1"""
    assert rows(unused) == [("CPDL",), ("K9",)]


def test_groups_read_as_numbers_are_texts():
    assert Scope(account_groups={170: "staff"}).account_groups == {"170": "staff"}
