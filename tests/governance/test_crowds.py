"""In what a stranger can look up, nobody stands alone."""

import collections

import pytest

from segkit.engines import connect
from segkit.governance.crowds import FEWEST, STEPS, hide_rare

KNOWN = [name for step in STEPS for name in step]


@pytest.fixture
def con():
    with connect(threads=2) as connection:
        yield connection


def put(con, select: str) -> None:
    con.execute(f"CREATE TABLE made AS {select}").fetchall()
    con.execute("CREATE VIEW copy_accounts AS FROM made").fetchall()


def test_who_is_alone_gives_up_the_place_before_the_industry(con):
    put(con, """
        SELECT 'A' || i AS account_id, 'Bau' AS industry, CASE WHEN i = 0 THEN '01' ELSE '50' END AS postal_code
        FROM range(6) t(i) UNION ALL
        SELECT 'B' || i, 'Chemie', '60' FROM range(4) t(i) UNION ALL SELECT 'C' || i, 'Bau', '70' FROM range(4) t(i)
    """)  # fmt: skip
    shares = hide_rare(con, "copy_accounts")
    found = dict(con.execute("SELECT account_id, (industry, postal_code) FROM copy_accounts").fetchall())
    assert found["A1"] == ("Bau", "50"), "five alike keep everything"
    assert found["A0"] == found["C0"] == ("Bau", None), "five of the building trade without a place: A0 and four C"
    assert found["B0"] == (None, None), "four chemical companies have nobody beside them"
    assert shares == {"postal_code": pytest.approx(5 / 14, abs=1e-6), "industry": pytest.approx(10 / 14, abs=1e-6)}


def test_every_group_that_is_left_has_five_or_nothing_to_show(con):
    put(con, """
        SELECT 'K' || i AS account_id, (hash(i, 1) % 20)::VARCHAR AS postal_code, 'GmbH' AS legal_form,
               (hash(i, 2) % 4)::VARCHAR AS region, hash(i, 3) % 3 AS account_revenue,
               (hash(i, 4) % 9)::VARCHAR AS industry_code, hash(i, 5) % 4 AS employees, 'x' AS size_class,
               (hash(i, 6) % 6)::VARCHAR AS industry, CASE WHEN i % 50 = 0 THEN NULL ELSE 'DE' END AS country
        FROM range(1000) t(i)
    """)  # fmt: skip
    hide_rare(con, "copy_accounts")
    present = [name for name in KNOWN if name not in ("credit_rating", "industry_division")]
    rows = con.execute(f"SELECT {', '.join(present)} FROM copy_accounts").fetchall()
    groups = collections.Counter(rows)
    assert len(rows) == 1000
    assert all(n >= FEWEST or all(value is None for value in row) for row, n in groups.items())
    assert len(groups) > 20, "and something is left to analyse"


def test_accounts_without_these_columns_stay_as_they_are(con):
    put(con, "SELECT 'K1' AS account_id, true AS consent")
    assert hide_rare(con, "copy_accounts") == {}
    assert con.execute("SELECT * FROM copy_accounts").fetchall() == [("K1", True)]
