import datetime as dt

import pandas as pd
import pytest

from segkit.settings.cleansing import Cleansing

DAY = dt.date(2026, 9, 30)
TOWNS = (("50667", "Köln"), ("80331", "München"), ("20095", "Hamburg"), ("01067", "Dresden"), ("70173", "Stuttgart"))
WORDS = (
    "Adler",
    "Birke",
    "Cedern",
    "Dorn",
    "Eiben",
    "Falken",
    "Ginster",
    "Hafer",
    "Ilmen",
    "Jaspis",
    "Kranich",
    "Linden",
)


def company(i: int, **more) -> dict:
    """One of sixty companies with names that have nothing in common."""
    code, city = TOWNS[i % 5]
    name = f"{WORDS[i % 12]}{'werk hof tal berg bach'.split()[i // 12]} Pumpenbau GmbH"
    return {"name": name, "street": f"Ring {i + 1}", "postal_code": code, "city": city, **more}


@pytest.fixture
def put_accounts(put, line):
    def put_all(changes: dict[int, dict], n: int = 60) -> None:
        put(
            "accounts", [{"account_id": f"K{i}", "delivery": DAY, **company(i), **changes.get(i, {})} for i in range(n)]
        )
        put("invoices", [line(f"K{i}", revenue=100 + i) for i in range(n)])

    return put_all


@pytest.fixture
def put_file(put):
    return lambda companies: put(
        "firmographics",
        [{"record_id": str(i), "source": "register.csv", "delivery": DAY, **c} for i, c in enumerate(companies, 1)],
    )


@pytest.fixture
def links(rows):
    return lambda: rows(
        "SELECT source_id, account_id, probability FROM account_links WHERE how = 'external' ORDER BY source_id"
    )


def test_companies_are_linked_by_number_and_by_name_and_address(put_accounts, put_file, refresh, links):
    put_accounts({1: {"vat_id": "DE 136695976"}, 2: {"lei": "5493001KJTIIGC8Y1R12"}})
    put_file(
        [
            {"name": "Ganz anders AG", "account_id": "K0", "employees": 5},
            {"name": "Auch anders AG", "vat_id": "DE136695976"},
            {"name": "Und anders AG", "lei": "5493001KJTIIGC8Y1R12"},
            company(3) | {"name": company(3)["name"].upper().replace("GMBH", "G.m.b.H.")},
            {"name": "Unbekannt Stahlhandel KG", "postal_code": "99999", "city": "Nirgends"},
        ]
    )
    refresh()
    found = links()
    assert [row[:2] for row in found] == [("1", "K0"), ("2", "K1"), ("3", "K2"), ("4", "K3")]
    assert [row[2] for row in found[:3]] == [1.0, 1.0, 1.0]
    assert found[3][2] >= 0.99


def test_an_identifier_that_several_have_links_nobody(put_accounts, put_file, refresh, links):
    put_accounts({1: {"vat_id": "DE136695976"}, 2: {"vat_id": "DE136695976"}})
    put_file([{"name": "Ganz anders AG", "vat_id": "DE136695976"}])
    refresh()
    assert links() == []


@pytest.mark.parametrize(
    ("setting", "taken"),
    [
        ("missing", {"K0": 50}),
        ("stale", {"K0": 50, "K1": 50}),
        ("newer", {"K0": 50, "K1": 50, "K2": 50}),
    ],
)
def test_what_is_taken_follows_the_setting(put_accounts, put_file, refresh, rows, setting, taken):
    put_accounts(
        {
            0: {"employees": None},
            1: {"employees": 40, "employees_date": "2020-01-01"},
            2: {"employees": 40, "employees_date": "2026-01-01"},
            3: {"employees": 40, "employees_date": "2026-06-30"},
        }
    )
    put_file([{"account_id": f"K{i}", "employees": 50, "known_date": "2026-05-01"} for i in range(4)])
    refresh(Cleansing(refresh=setting))
    now = dict(rows("SELECT account_id, employees FROM accounts WHERE employees = 50"))
    assert now == taken
    days = rows("SELECT DISTINCT employees_date FROM accounts WHERE employees = 50")
    assert days == [(dt.date(2026, 5, 1),)]
    replaced = [(row[0], 40, 50) for row in rows("""SELECT account_id FROM accounts WHERE employees = 50
                                                    AND account_id <> 'K0' ORDER BY 1""")]  # fmt: skip
    log = rows("SELECT old_value, new_value FROM refresh_log WHERE rule IN ('external_stale', 'external_newer')")
    assert len(log) == len(replaced)
    assert set(log) <= {("40", "50")}
    fresh = dict(rows("""SELECT account_id, is_refreshed FROM freshness WHERE "column" = 'employees'"""))
    assert {account for account, is_refreshed in fresh.items() if is_refreshed} == set(taken)


def test_lineage_says_where_a_value_comes_from_and_what_stood_there(put_accounts, put_file, refresh, rows):
    put_accounts({0: {"employees": 40, "employees_date": "2019-01-01"}})
    put_file([{"account_id": "K0", "employees": 44, "known_date": "2026-05-01", "credit_rating": "B"}])
    refresh()
    assert rows("""SELECT "column", value, source, source_id, rule, others FROM account_lineage ORDER BY 1""") == [
        ("credit_rating", "B", "register.csv", "register:1", "external_missing", None),
        ("employees", "44", "register.csv", "register:1", "external_stale", "40"),
    ]


def test_a_contradiction_is_reported_and_proposed_but_not_chosen(put_accounts, put_file, refresh, rows):
    put_accounts({0: {"employees": 40, "employees_date": "2026-06-01"}, 1: {"employees": 40}})
    put_file([{"account_id": f"K{i}", "employees": n, "known_date": "2026-07-01"} for i, n in ((0, 80), (1, 79))])
    refresh()
    assert rows("SELECT employees FROM accounts WHERE employees IS NOT NULL") == [(40,), (40,)]
    assert rows("""SELECT "column", n_rows, n_bad, revenue::INT FROM firmographic_checks
                   WHERE "check" = 'contradicts_external' AND n_bad > 0""") == [("employees", 2, 1, 100)]
    assert rows("""SELECT record_id, "column", old_value, proposed_value, status, revenue::INT FROM proposals
                   WHERE rule = 'contradicts_external'""") == [("K0", "employees", "40", "80", "open", 100)]


def test_an_accepted_contradiction_is_taken_with_its_day_and_lineage(put_accounts, put_file, refresh, rows):
    put_accounts({0: {"employees": 40, "employees_date": "2026-06-01"}})
    put_file([{"account_id": "K0", "employees": 80, "known_date": "2026-07-01"}])
    decided = {"table": "accounts", "record_id": "K0", "column": "employees", "choice": "accept", "value": ""}
    refresh(repairs=pd.DataFrame([decided]))
    day = dt.date(2026, 7, 1)
    assert rows("SELECT employees, employees_date FROM accounts WHERE account_id = 'K0'") == [(80, day)]
    assert rows("""SELECT value, rule, others FROM account_lineage WHERE "column" = 'employees'""") == [
        ("80", "external_accepted", "40")
    ]
    assert rows("SELECT status FROM proposals WHERE rule = 'contradicts_external'") == [("accepted",)]


def test_companies_of_one_account_that_disagree_on_the_same_day_say_nothing(put_accounts, put_file, refresh, rows):
    put_accounts({})
    same = {"account_id": "K0", "name": "Adlerwerk"}
    put_file([same | {"employees": 50}, same | {"employees": 70}, same | {"employees": 9, "known_date": "2020-01-01"}])
    refresh()
    assert rows("SELECT employees FROM accounts WHERE account_id = 'K0'") == [(None,)]


def test_of_several_years_the_last_one_counts(put_accounts, put_file, refresh, rows):
    put_accounts({})
    years = [{"account_id": "K0", "name": "Adlerwerk", "employees": 10 + y, "known_date": f"{y}-12-31"}
             for y in (2023, 2025, 2024)]  # fmt: skip
    put_file(years)
    refresh()
    assert rows("SELECT employees FROM accounts WHERE account_id = 'K0'") == [(2035,)]


def test_a_file_whose_companies_are_all_the_same_account_is_refused(put_accounts, put_file, refresh, rows, links):
    put_accounts({})
    put_file([{**company(i), "account_id": "K0", "employees": 9} for i in range(30)])
    refresh()
    assert links() == []
    assert rows("SELECT count(employees) FROM accounts") == [(0,)]
    assert rows("SELECT n_rows, n_bad FROM firmographic_checks WHERE \"check\" = 'matches_everything'") == [(30, 30)]


def test_a_column_in_another_unit_is_not_used_and_fills_no_list(put_accounts, put_file, refresh, rows):
    money = {i: {"account_revenue": 5_000_000 + i} for i in range(40)}
    put_accounts(money)
    put_file([{"account_id": f"K{i}", "account_revenue": 5_000 + i, "employees": 9} for i in range(50)])
    refresh()
    assert rows("""SELECT n_rows, n_bad FROM firmographic_checks WHERE "check" = 'external_column_unlike'""") == [
        (40, 40)
    ]
    assert rows("SELECT count(*) FROM proposals") == [(0,)]
    assert rows("SELECT count(account_revenue), count(employees) FROM accounts") == [(40, 50)]


def test_half_an_address_is_never_filled(put_accounts, put_file, refresh, rows):
    put_accounts({0: {"street": None, "city": None, "postal_code": None}, 1: {"street": None}})
    put_file([{"account_id": f"K{i}", "street": "Neu 1", "postal_code": "12345", "city": "Neustadt"} for i in (0, 1)])
    refresh()
    assert rows(
        "SELECT street, postal_code, city FROM accounts WHERE account_id IN ('K0', 'K1') ORDER BY account_id"
    ) == [
        ("Neu 1", "12345", "Neustadt"),
        (None, company(1)["postal_code"], company(1)["city"]),
    ]


def test_decisions_about_a_company_are_obeyed(put_accounts, put_file, refresh, rows, links):
    put_accounts({})
    put_file([company(3), {"name": "Ganz anders AG"}])
    choices = [("register:1", "K3", "different"), ("K4", "register:2", "same")]
    decided = pd.DataFrame(choices, columns=["account_id_a", "account_id_b", "choice"])
    refresh(duplicates=decided)
    assert links() == [("2", "K4", 1.0)]
    assert rows("""SELECT account_id_a, account_id_b, name_b, status FROM duplicates
                   WHERE account_id_b LIKE 'register:%' AND status LIKE 'decided%' ORDER BY 1""") == [
        ("K3", "register:1", company(3)["name"], "decided_different"),
        ("K4", "register:2", "Ganz anders AG", "decided_same"),
    ]


def test_without_a_file_nothing_is_linked_and_nothing_fails(put_accounts, refresh, rows, links):
    put_accounts({0: {"employees": 40}})
    refresh()
    assert links() == []
    assert rows("SELECT count(*) FROM firmographic_checks WHERE \"check\" = 'matches_everything'") == [(0,)]
