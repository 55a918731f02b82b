import pandas as pd
import pytest

MACHINES, HOSPITALS = "28.22", "86.10"


@pytest.fixture
def put_companies(put, line):
    """Forty machine builders with about 200,000 a head, thirty-five hospitals with about 80,000, and what is given."""

    def put_all(changes: dict[str, dict], bought: dict[str, float] | None = None) -> None:
        usual = {
            f"{letter}{i}": {"industry_code": code, "employees": 50 + i, "account_revenue": (50 + i) * each * spread}
            for letter, code, each, n in (("M", MACHINES, 200_000, 40), ("H", HOSPITALS, 80_000, 35))
            for i in range(n)
            for spread in [0.8 + 0.01 * i]
        }
        rows = usual | {name: {"industry_code": MACHINES} | more for name, more in changes.items()}
        put("accounts", [{"account_id": name, **values} for name, values in rows.items()])
        put("invoices", [line(name, revenue=(bought or {}).get(name, 100)) for name in rows])

    return put_all


@pytest.fixture
def proposed(rows):
    return lambda: rows(
        'SELECT record_id, "column", old_value, proposed_value, rule FROM proposals ORDER BY record_id, "column"'
    )


def test_nothing_is_doubted_where_companies_differ_as_usual(put_companies, refresh, proposed):
    put_companies({})
    refresh()
    assert proposed() == []


def test_turnover_in_thousands_is_proposed_as_euro(put_companies, refresh, proposed):
    put_companies({"X": {"employees": 60, "account_revenue": 12_000}, "Y": {"employees": 60, "account_revenue": 12.0}})
    refresh()
    assert proposed() == [
        ("X", "account_revenue", "12000.0000", "12000000.00", "turnover_per_head"),
        ("Y", "account_revenue", "12.0000", "12000000.00", "turnover_below_purchases"),
    ]


def test_the_column_that_is_further_from_the_others_is_doubted(put_companies, refresh, proposed):
    put_companies({"X": {"employees": 900_000, "account_revenue": 12_000_000}})
    refresh()
    assert proposed() == [("X", "employees", "900000", None, "turnover_per_head")]


def test_each_industry_has_its_own_measure(put_companies, refresh, proposed, rows):
    """80,000 a head are usual in hospitals; a spread as narrow as the smallest believed makes 5 sd a factor of 5.6."""
    put_companies({"X": {"employees": 60, "account_revenue": 60 * 30_000}, "Z": {"employees": 60,
                   "account_revenue": 60 * 30_000, "industry_code": HOSPITALS}})  # fmt: skip
    refresh()
    assert [row[0] for row in proposed()] == ["X"]


def test_a_year_as_head_count_and_a_turnover_below_purchases(put_companies, refresh, proposed):
    put_companies(
        {
            "Y1": {"employees": 2019, "employees_date": "2019-05-01"},
            "Y2": {"employees": 2019, "employees_date": "2021-05-01"},
            "P": {"account_revenue": 50_000},
        },
        {"P": 60_000},
    )
    refresh()
    assert proposed() == [
        ("P", "account_revenue", "50000.0000", None, "turnover_below_purchases"),
        ("Y1", "employees", "2019", None, "year_as_head_count"),
    ]


def test_decisions_are_obeyed_and_a_value_of_ones_own_takes_the_place_of_the_proposal(put_companies, refresh, rows):
    put_companies({name: {"employees": 60, "account_revenue": 12_000} for name in ("A", "B", "C")})
    choices = [("A", "accept", ""), ("B", "refuse", ""), ("C", "accept", "13000000")]
    decided = pd.DataFrame(
        [
            {"table": "accounts", "record_id": i, "column": "account_revenue", "choice": c, "value": v}
            for i, c, v in choices
        ]
    )
    refresh(repairs=decided)
    assert rows("SELECT account_id, account_revenue::INT FROM accounts WHERE account_id < 'D' ORDER BY 1") == [
        ("A", 12_000_000),
        ("B", 12_000),
        ("C", 13_000_000),
    ]
    assert rows("SELECT record_id, status FROM proposals ORDER BY 1") == [
        ("A", "accepted"),
        ("B", "refused"),
        ("C", "accepted"),
    ]
    assert rows("SELECT count(*) FROM refresh_log WHERE rule = 'turnover_per_head'") == [(2,)]
    assert rows("""SELECT n_rows, n_changed, n_proposed FROM cleaning_rules
                   WHERE rule = 'turnover_per_head' AND "column" = 'account_revenue'""") == [(78, 2, 1)]


def test_of_few_companies_nothing_is_judged(put, line, refresh, proposed):
    put("accounts", [{"account_id": f"K{i}", "employees": 10, "account_revenue": 10.0 ** (3 + i)} for i in range(8)])
    put("invoices", [line(f"K{i}", revenue=5) for i in range(8)])
    refresh()
    assert proposed() == []
