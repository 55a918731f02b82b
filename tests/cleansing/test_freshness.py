import datetime as dt

import pytest

from segkit.errors import UserError
from segkit.settings.cleansing import Cleansing


@pytest.fixture
def fresh(rows):
    return lambda column="employees": rows(
        f"""SELECT account_id, known_date::VARCHAR, age_days, is_stale, is_refreshed, revenue::INT FROM freshness
            WHERE "column" = '{column}' ORDER BY 1"""
    )


def test_age_counts_from_the_day_of_the_value_to_as_of(put, line, refresh, fresh):
    days = {"K1": "2026-09-30", "K2": "2023-09-30", "K3": "2023-09-29", "K4": None, "K5": "2026-11-01"}
    put("accounts", [{"account_id": k, "employees": 9, "employees_date": day} for k, day in days.items()])
    put("invoices", [line(k, revenue=10) for k in days])
    refresh()
    assert fresh() == [
        ("K1", "2026-09-30", 0, False, False, 10),
        ("K2", "2023-09-30", 1096, False, False, 10),
        ("K3", "2023-09-29", 1097, True, False, 10),
        ("K4", None, None, False, False, 10),
        ("K5", "2026-11-01", 0, False, False, 10),
    ]


def test_only_values_that_are_there_and_accounts_that_bought_have_an_age(put, line, refresh, fresh):
    put(
        "accounts",
        [{"account_id": "K1", "employees": None, "account_revenue": 5}, {"account_id": "K2", "employees": 7}],
    )
    put("invoices", [line("K1", revenue=10)])
    refresh()
    assert fresh() == []
    assert fresh("account_revenue") == [("K1", None, None, False, False, 10)]


def test_the_money_at_stake_is_that_of_twelve_months(put, line, refresh, fresh):
    put("accounts", [{"account_id": "K1", "employees": 9, "employees_date": "2015-01-01"}])
    put("invoices", [line("K1", "2025-09-30", 7), line("K1", "2025-10-01", 10), line("K1", "2026-09-30", 20)])
    refresh()
    assert fresh() == [("K1", "2015-01-01", 4290, True, False, 30)]


def test_the_limits_are_settings(put, line, refresh, fresh):
    put("accounts", [{"account_id": "K1", "employees": 9, "employees_date": "2026-07-01"}])
    put("invoices", [line("K1")])
    refresh(Cleansing(stale_after_months={"employees": 2}))
    assert [row[3] for row in fresh()] == [True]
    refresh(Cleansing(stale_after_months={}))
    assert [row[3] for row in fresh()] == [False]


def test_a_limit_for_a_column_that_has_no_age_is_refused(tmp_path):
    from segkit.project import Project

    (tmp_path / "project.yml").write_text(
        "name: x\ncleansing:\n  stale_after_months: {employes: 12}\n", encoding="utf-8"
    )
    with pytest.raises(UserError, match=r"employes.*employees, account_revenue, industry_code, credit_rating"):
        Project(tmp_path)


def test_every_account_gets_a_size_class_from_what_is_known(put, line, refresh, rows):
    put(
        "accounts",
        [
            {"account_id": "K1", "employees": 8},
            {"account_id": "K2", "employees": 8, "account_revenue": 60e6},
            {"account_id": "K3", "account_revenue": 5e6},
            {"account_id": "K4"},
        ],
    )
    put("invoices", [line("K1")])
    refresh()
    assert rows("SELECT account_id, size_class FROM accounts ORDER BY 1") == [
        ("K1", "micro"),
        ("K2", "large"),
        ("K3", "small"),
        ("K4", None),
    ]


def test_a_project_without_accounts_has_no_firmographics(put, line, refresh, fresh, rows):
    put("invoices", [line("K1")])
    refresh(as_of=dt.date(2026, 9, 30))
    assert fresh() == []
    assert rows("SELECT count(*) FROM accounts") == [(1,)]
