"""Text that wants to be more than text, 100,000 blank names, an external file that fits everything: all tables hold."""

from __future__ import annotations

import time

import pandas as pd
import pytest

from segkit.cleansing.matching import cluster, find_pairs
from segkit.settings.cleansing import Duplicates
from segkit.tables import TABLES

HTML = "<script>alert('x')</script><img src=x onerror=alert(1)> GmbH"
FORMULA = "=cmd|' /C calc'!A0"
SQL = "Müller'); DROP TABLE rows_accounts; -- GmbH"
CONTROL = "Kra\x07use\x1b[31m Bau\x00 GmbH"
RTL = "\u202eHbmG uaB resueK\u202c Bau"
INVISIBLE = "Schä\u200bfer\u00ad Tech\ufeffnik AG"
WILD = "%_*?[a-z]{9}\\d+(?i) $1 KG"
LONG = "Sehr lange Firma " * 3000
EMOJI = "🏭👩‍🔧 Werk 𝔘 é GmbH"
HOSTILE = [HTML, FORMULA, SQL, CONTROL, RTL, INVISIBLE, WILD, LONG, EMOJI]
SHOWN = [HTML, FORMULA, SQL, WILD]  # nothing in them is a blank or a mark that cleansing may remove


def text_columns(con) -> list[tuple[str, str]]:
    """All text columns of all tables that the connection holds."""
    return con.execute(
        "SELECT table_name, column_name FROM information_schema.columns WHERE data_type = 'VARCHAR'"
        " AND table_schema = 'main' ORDER BY 1, 2"
    ).fetchall()


@pytest.fixture
def hostile(put, line, clean):
    """A run over tables each of whose free texts is hostile; the ids are plain but for the last account's."""
    ids = [f"K{n}" for n in range(len(HOSTILE))]
    fields = ["name", "legal_form", "industry", "street", "postal_code", "city", "region", "country", "phone"]
    fields += ["website", "vat_id", "register_id", "lei", "credit_rating", "team", "account_group"]
    put("accounts", [{"account_id": i, **dict.fromkeys(fields, text)} for i, text in zip(ids, HOSTILE, strict=True)])
    put("contacts", [{"contact_id": f"P{i}", "account_id": i, **people(t)} for i, t in zip(ids, HOSTILE, strict=True)])
    put("invoices", [line(i, revenue=100) for i in ids])
    tables = clean()
    return ids, tables


def people(text: str) -> dict[str, str]:
    wanted = ("first_name", "last_name", "name", "email", "phone", "department", "role")
    return {column: text for column in wanted if column in TABLES["contacts"].columns}


def test_hostile_text_passes_through_every_table(hostile, con):
    ids, tables = hostile
    known = {name for (name,) in con.execute("SELECT table_name FROM information_schema.tables").fetchall()}
    assert set(tables) <= known
    assert con.execute("SELECT count(*) FROM accounts").fetchone() == (len(ids),)
    for table in tables:  # can be read and written whole
        frame = con.execute(f'SELECT * FROM "{table}"').df()
        frame.to_json(orient="records")


@pytest.mark.parametrize("text", SHOWN)
def test_what_is_only_letters_stays_as_written(hostile, con, text):
    names = [name for (name,) in con.execute("SELECT name FROM accounts").fetchall()]
    assert text in names or " ".join(text.split()) in names


def test_marks_that_nobody_sees_are_gone_from_accounts_and_stand_in_the_log(hostile, con):
    values = con.execute("SELECT name, street, city FROM accounts").df()
    marks = r"[\x00-\x08\x0b-\x1f\u200b\u202a-\u202e\u2066-\u2069\ufeff]"
    seen = {column: int(values[column].str.contains(marks, regex=True, na=False).sum()) for column in values}
    assert seen == {"name": 0, "street": 0, "city": 0}
    assert con.execute("SELECT count(*) FROM cleaning_log").fetchone()[0] > 0


def test_no_money_is_lost_to_hostile_accounts(hostile, con):
    ids, _ = hostile
    assert con.execute("SELECT sum(revenue)::DOUBLE FROM invoices").fetchone() == (100.0 * len(ids),)


def test_nothing_hostile_is_one_customer_with_something_else(hostile, con):
    merged = con.execute("SELECT count(*) FROM duplicates WHERE status = 'merged'").fetchone()
    assert merged == (0,)


def test_hostile_records_are_compared_as_text():
    fields = ["name", "legal_form", "street", "postal_code", "city", "country", "phone", "website", "email_domain"]
    fields += ["vat_id", "register_id", "lei"]
    records = pd.DataFrame([{"record_id": f"R{n}", **dict.fromkeys(fields, t)} for n, t in enumerate(HOSTILE * 2)])
    pairs = find_pairs(records, Duplicates(), seed=1).pairs
    ends = pairs["record_id_a"].str[1:].astype(int), pairs["record_id_b"].str[1:].astype(int)
    merged = pairs["probability"] >= Duplicates().merge
    assert ((ends[1] - ends[0]).abs()[merged] == len(HOSTILE)).all()  # only a text with itself
    assert pairs["probability"].between(0, 1).all()


def test_texts_are_cut_before_they_are_compared():
    long = "Krause Bau GmbH " + "Zusatz " * 100_000
    fields = ["name", "street", "city", "phone", "website", "email_domain", "vat_id", "register_id", "lei"]
    records = pd.DataFrame([{"record_id": f"R{n}", **dict.fromkeys(fields, f"{long}{n}")} for n in range(20)])
    start = time.process_time()
    find_pairs(records, Duplicates(), seed=1)
    assert time.process_time() - start < 20


def test_hostile_ids_of_records_come_back_as_they_were():
    ids = ["a'b", 'c"d', "e;f", "<b>", "0012", "=1+1", "ü ", "\u202ex"]
    records = pd.DataFrame(
        {"record_id": ids, "name": ["Krause Bau GmbH"] * 8, "postal_code": "01067", "street": "Am 1"}
    )
    pairs = find_pairs(records, Duplicates(), seed=1).pairs
    assert set(pairs["record_id_a"]) | set(pairs["record_id_b"]) <= set(ids)
    assert set(cluster(pairs, Duplicates().merge, [], [], ids).index) == set(ids)


BLANKS = ["", " ", None, "-", "k. A.", "n/a", "\u00a0", "\u200b", "GmbH", ".", "???"]


def test_hundred_thousand_blank_names_end_soon_and_merge_nothing():
    n = 100_000
    records = pd.DataFrame(
        {"record_id": [f"B{i:06d}" for i in range(n)], "name": (BLANKS * (n // len(BLANKS) + 1))[:n]}
    )
    start = time.perf_counter()
    matches = find_pairs(records, Duplicates(), seed=1)
    assert time.perf_counter() - start < 60
    assert (matches.pairs["probability"] < Duplicates().merge).all()


def test_blank_names_of_one_town_are_not_one_customer():
    n = 20_000
    records = pd.DataFrame(
        {
            "record_id": [f"B{i:06d}" for i in range(n)],
            "name": (BLANKS * n)[:n],
            "postal_code": "10115",
            "city": "Berlin",
            "country": "DE",
        }
    )
    assert (find_pairs(records, Duplicates(), seed=1).pairs["probability"] < Duplicates().merge).all()


def test_accounts_with_blank_names_stay_apart_in_a_run(put, line, clean, con):
    n = 3_000
    put_many(con, put, "accounts", [{"account_id": f"K{i}", "name": BLANKS[i % len(BLANKS)]} for i in range(n)])
    put("invoices", [line("K1"), line("K2")])
    clean()
    assert con.execute("SELECT count(*) FROM accounts").fetchone() == (n,)


def put_many(con, put, table, rows):
    """Like put, but fast: an empty table, and the rows from a frame."""
    put(table, [])
    frame = pd.DataFrame(rows).assign(source="a.csv", row_number=range(2, len(rows) + 2))
    names = ", ".join(f'"{column}"' for column in frame)
    con.register("many", frame)
    con.execute(f"INSERT INTO raw_{table} ({names}) SELECT {names} FROM many").fetchall()
    con.unregister("many")


def everything(n: int, **same) -> list[dict]:
    return [{"record_id": f"X{i}", "employees": 10 + i, **same} for i in range(n)]


@pytest.mark.parametrize(
    "same",
    [
        {"name": "Krause Bau GmbH", "postal_code": "10115", "city": "Berlin", "website": "www.krause-bau.de"},
        {"name": None},
        {"name": "GmbH", "city": "Berlin"},
        {"name": "Krause Bau GmbH", "vat_id": "DE136695976"},
    ],
    ids=["one company", "no names", "only a legal form", "one VAT id"],
)
def test_an_external_file_that_fits_everything_fills_nothing(put, line, clean, con, same):
    own = {key: value for key, value in same.items() if key != "name"}
    names = [f"Krause Bau {i} GmbH" if i else "Krause Bau GmbH" for i in range(200)]
    put_many(con, put, "accounts", [{"account_id": f"K{i}", "name": name, **own} for i, name in enumerate(names)])
    put_many(con, put, "firmographics", everything(2_000, **same))
    put("invoices", [line("K1"), line("K2")])
    start = time.perf_counter()
    clean()
    assert time.perf_counter() - start < 60
    filled = con.execute("SELECT count(*) FROM accounts WHERE employees IS NOT NULL").fetchone()[0]
    assert filled <= 1  # at most the account of that very name, never the others
    assert con.execute("SELECT count(DISTINCT account_id) FROM account_links WHERE how = 'external'").fetchone()[0] <= 1
