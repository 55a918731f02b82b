import pytest


@pytest.fixture
def log(rows):
    return lambda: rows(
        'SELECT "column", old_value, new_value, rule, n_rows FROM refresh_log '
        "WHERE rule LIKE '%impossible' ORDER BY ALL"
    )


def accounts(put, line, values: list[dict], **every) -> None:
    put("accounts", [{"account_id": f"K{i}", "name": f"Firma {i}", **every, **v} for i, v in enumerate(values, 1)])
    put("invoices", [line(f"K{i}") for i in range(1, len(values) + 1)])


def test_head_counts_and_turnovers_that_nobody_has_become_empty_and_are_logged(put, line, refresh, rows, log):
    values = [{"employees": n} for n in (0, -5, 1_000_000_000, 12, 3_000_000, None)] + [{"account_revenue": 0}]
    accounts(put, line, values)
    refresh()
    assert rows("SELECT account_id, employees FROM accounts WHERE employees IS NOT NULL ORDER BY 1") == [
        ("K4", 12),
        ("K5", 3_000_000),
    ]
    assert log() == [
        ("account_revenue", "0.0000", None, "turnover_impossible", 1),
        ("employees", "-5", None, "employees_impossible", 1),
        ("employees", "0", None, "employees_impossible", 1),
        ("employees", "1000000000", None, "employees_impossible", 1),
    ]
    assert rows("""SELECT "column", n_rows, n_changed FROM cleaning_rules WHERE rule = 'employees_impossible'""") == [
        ("employees", 5, 3)
    ]


def test_impossible_values_count_as_missing_with_the_money_of_their_accounts(put, line, refresh, rows):
    accounts(put, line, [{"employees": 0}, {"employees": 0}, {"employees": -1}, {"employees": 7}])
    refresh()
    found = rows("""SELECT "column", written, n_rows, n_missing, revenue::INT FROM missing_values
                    WHERE reason = 'impossible' AND "table" = 'accounts'""")
    assert found == [("employees", "0", 4, 3, 30)]


def test_days_before_1900_or_long_after_the_delivery_are_none(put, line, refresh, rows, log):
    days = ["1899-12-30", "1900-01-01", "1900-01-02", "2026-10-20", "2026-12-31", "2031-05-01"]
    accounts(put, line, [{"employees": 5, "employees_date": day} for day in days], delivery="2026-10-02")
    refresh()
    kept = rows("SELECT account_id, employees_date::VARCHAR FROM accounts WHERE employees_date IS NOT NULL ORDER BY 1")
    assert kept == [("K3", "1900-01-02"), ("K4", "2026-10-20")]
    assert [row[1] for row in log()] == ["1899-12-30", "1900-01-01", "2026-12-31", "2031-05-01"]


def test_a_rule_that_is_switched_off_changes_nothing_and_says_so(put, line, refresh, rows, log):
    from segkit.settings.cleansing import Cleansing

    accounts(put, line, [{"employees": 0}])
    refresh(Cleansing(switched_off=["employees_impossible"]))
    assert rows("SELECT employees FROM accounts") == [(0,)]
    assert log() == []
    assert rows("SELECT n_rows, n_changed FROM cleaning_rules WHERE rule = 'employees_impossible'") == [(1, 0)]
