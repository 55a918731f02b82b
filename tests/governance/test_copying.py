"""Tables as they go into a copy, on frames that can be checked by hand."""

import datetime as dt

import pytest

from segkit.engines import connect
from segkit.governance.copying import IN_ORDER, copy_table
from segkit.governance.pseudonyms import SHOWN, Pseudonyms

MAKER = Pseudonyms(bytes(range(32)))


@pytest.fixture
def copied():
    """Return the rows of a table's copy as dicts, in the order in which they are written."""
    with connect(threads=2) as con:

        def of(table: str, select: str) -> list[dict]:
            con.execute(f"CREATE OR REPLACE TEMP TABLE original AS {select}").fetchall()
            copy_table(con, table, "original", MAKER)
            found = con.execute(f"SELECT * FROM copy_{table} {IN_ORDER}")
            names = [column[0] for column in found.description]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

        yield of


def test_an_account_has_one_pseudonym_wherever_it_stands(copied):
    account = copied("accounts", "SELECT '10017' AS account_id, 'Müller GmbH' AS name, '10018' AS parent_id")[0]
    move = copied("migration", "SELECT '10018' AS account_id, '10017' AS merged_into")[0]
    assert account["account_id"] == MAKER.of("account", "10017") == move["merged_into"]
    assert account["parent_id"] == move["account_id"]
    assert account["name"] == f"Account {account['account_id'][:SHOWN]}"


def test_text_and_columns_that_nobody_declared_stay_at_home(copied):
    row = copied(
        "contacts",
        "SELECT 'C1' AS contact_id, 'Eva' AS first_name, 'e@x.de' AS email, 'secret' AS own_note, true AS consent",
    )[0]
    assert set(row) == {"contact_id", "consent"}


def test_a_category_of_fewer_than_five_accounts_is_empty(copied):
    rows = copied(
        "tickets",
        "SELECT 'T' || i AS ticket_id, 'K' || (i % 5) AS account_id, 'usual' AS category, "
        "CASE WHEN i % 5 < 4 THEN 'rare' ELSE 'usual' END AS priority FROM range(50) t(i)",
    )
    assert {row["category"] for row in rows} == {"usual"}
    assert {row["priority"] for row in rows} == {None}, "forty rows, but four accounts; the other one is alone"


def test_numbers_and_days_are_coarse(copied):
    row = copied(
        "account_value",
        "SELECT 'K1' AS account_id, 12345.67 AS revenue_12m, -0.123456 AS growth, 0 AS margin_12m, "
        "45 AS days_since_last, 7 AS frequency, 123::DECIMAL(18,4) AS revenue_prev_12m",
    )[0]
    assert (row["revenue_12m"], row["growth"], row["margin_12m"]) == (12300.0, -0.123, 0.0)
    assert (row["days_since_last"], row["frequency"], row["revenue_prev_12m"]) == (42, 7, 123.0)


@pytest.mark.parametrize(
    ("employees", "limit"), [(0, 0), (9, 0), (10, 10), (249, 50), (250, 250), (90_000, 250), (None, None)]
)
def test_a_head_count_is_the_lower_limit_of_its_class(copied, employees, limit):
    value = "NULL::BIGINT" if employees is None else employees
    assert copied("accounts", f"SELECT 'K1' AS account_id, {value} AS employees")[0]["employees"] == limit


def test_dates_name_their_month_and_sums_keep_their_days(copied):
    row = copied("accounts", "SELECT 'K1' AS account_id, DATE '2024-03-17' AS created_date")[0]
    assert row["created_date"] == dt.date(2024, 3, 1)
    assert copied("run_period", "SELECT '2026Q3' AS quarter, DATE '2026-09-29' AS as_of")[0]["as_of"] == dt.date(
        2026, 9, 29
    )


def test_codes_are_words_of_the_product_and_nothing_else(copied):
    rows = copied(
        "data_quality",
        'SELECT \'accounts\' AS "table", c AS "column", \'missing\' AS "check", 1 AS n_rows, i AS n_bad '
        "FROM (VALUES ('name', 1), ('Müller GmbH', 2), ('CPD*', 3)) t(c, i)",
    )
    assert {row["n_bad"]: row["column"] for row in rows} == {1: "name", 2: None, 3: None}


def test_the_order_of_rows_tells_nothing_of_the_numbers(copied):
    rows = copied("opening_segments", "SELECT 'K' || lpad(i::VARCHAR, 3, '0') AS account_id FROM range(100) t(i)")
    ids = [row["account_id"] for row in rows]
    assert ids == sorted(ids) != [MAKER.of("account", f"K{i:03d}") for i in range(100)]


def test_a_profile_does_not_tell_what_the_accounts_hide(copied):
    rows = copied(
        "profiles",
        "SELECT 'S1' AS segment_id, v AS variable, c AS category, 1 AS n "
        "FROM (VALUES ('team', 'Team Meier'), ('industry', 'Bau'), ('employees', '')) t(v, c)",
    )
    assert {row["variable"]: row["category"] for row in rows} == {"team": None, "industry": "Bau", "employees": ""}


def test_money_is_a_plain_number_also_in_sums(copied):
    row = copied("segment_sizes", "SELECT 'S1' AS segment_id, 12345.67::DECIMAL(18,4) AS revenue_12m")[0]
    assert row["revenue_12m"] == 12345.67
    assert isinstance(row["revenue_12m"], float)
