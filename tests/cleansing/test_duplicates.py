"""Records of one customer become one account in every table, with an id that stays; the money stays as it is."""

import pandas as pd
import pytest

from segkit.cleansing.corrections import write_corrections
from segkit.cleansing.link_findings import describe_search
from segkit.cleansing.links import date_links
from segkit.cleansing.matching import Matches
from segkit.cleansing.memory import Memory
from segkit.settings.cleansing import Cleansing, Scope
from segkit.texts import LANGUAGES, say

ERP, CRM = "raw/erp/kunden.csv", "raw/crm/konten.csv"
MONEY, DEALS = "raw/erp/rechnungen.csv", "raw/crm/deals.csv"


@pytest.fixture
def likely(monkeypatch):
    """Say what matching finds: {(record, record): probability}; every other pair is none."""
    chances = {}

    def found(records, settings, seed, across=None):
        there = set(records["record_id"])
        rows = [(*sorted(pair), p, 9.0, "name +9.0") for pair, p in sorted(chances.items()) if set(pair) <= there]
        columns = ["record_id_a", "record_id_b", "probability", "match_weight", "evidence"]
        return Matches(pd.DataFrame(rows, columns=columns), pd.DataFrame(), [])

    monkeypatch.setattr("segkit.cleansing.matching.find_pairs", found)
    return chances


@pytest.fixture
def clean(con, clean):
    """Clean what was put, each time from the rows as they were read."""

    def cleaned(**options):
        for table in ("accounts", "invoices", "opportunities", "contacts"):
            if con.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = ?", [f"raw_{table}"]).fetchall():
                con.execute(f"CREATE TABLE IF NOT EXISTS read_{table} AS FROM raw_{table}").fetchall()
                con.execute(f"CREATE OR REPLACE TABLE raw_{table} AS FROM read_{table}").fetchall()
        return clean(**options)

    return cleaned


@pytest.fixture
def company(put, line):
    """Three records of Huber (two of the ERP, one of the CRM without a number) and one of Lang."""
    put("invoices", [line("K1", source=MONEY, revenue=10), line("K2", "2026-08-05", 500, source=MONEY),
                     line("K3", "2026-08-06", 7, source=MONEY),
                     line("K1", "2024-01-05", 900, source=MONEY)])  # fmt: skip
    put("accounts", [{"account_id": "K1", "name": "Huber AG", "city": "Ulm", "source": ERP},
                     {"account_id": "K2", "name": "Hubre AG", "city": "Ulm", "phone": "0731 9", "source": ERP},
                     {"account_id": "K3", "name": "Lang KG", "parent_id": "K2", "source": ERP},
                     {"account_id": "c9", "name": "Huber", "source": CRM}])  # fmt: skip
    put("opportunities", [{"opportunity_id": "D1", "account_id": "c9", "stage": "open", "source": DEALS},
                          {"opportunity_id": "D2", "account_id": "K2", "stage": "open", "source": DEALS}])  # fmt: skip
    put("contacts", [{"contact_id": "P1", "account_id": "K2", "email": "a@huber.de", "source": CRM}])


MERGED = {("K1", "K2"): 0.999, ("K1", "c9"): 0.995}


def decided(*rows):
    return pd.DataFrame(rows, columns=["account_id_a", "account_id_b", "choice"])


@pytest.mark.usefixtures("company")
def test_every_table_names_the_account_and_the_money_stays(likely, clean, rows):
    likely |= MERGED
    clean()
    assert rows("SELECT account_id, sum(revenue)::INT FROM invoices GROUP BY 1 ORDER BY 1") == [("K1", 1410), ("K3", 7)]
    assert rows("SELECT DISTINCT account_id FROM opportunities") == [("K1",)]
    assert rows("SELECT account_id FROM contacts") == [("K1",)]
    found = rows("SELECT account_id, parent_id, city, phone IS NOT NULL, n_records FROM accounts ORDER BY 1")
    assert found == [("K1", None, "Ulm", True, 3), ("K3", "K1", None, False, 1)]
    steps = """SELECT step, sum(n_rows)::INT, sum(revenue)::INT FROM reconciliation WHERE "table" = '{}'
               GROUP BY 1 ORDER BY 1"""
    assert rows(steps.format("accounts")) == [("excluded_linked", 2, None), ("in", 4, None), ("used", 2, None)]
    assert rows(steps.format("invoices")) == [("in", 4, 1417), ("used", 4, 1417)]


@pytest.mark.usefixtures("company")
def test_pairs_say_which_record_leads_and_what_money_the_larger_one_made_in_twelve_months(likely, clean, rows):
    likely |= MERGED | {("K1", "K3"): 0.7}
    clean()
    pairs = (
        "SELECT account_id_a, account_id_b, name_b, system_b, status, is_new, revenue::INT FROM duplicates ORDER BY 2"
    )
    assert rows(pairs) == [("K1", "K2", "Hubre AG", "erp", "merged", True, 500),
                           ("K1", "K3", "Lang KG", "erp", "review", True, 10),
                           ("K1", "c9", "Huber", "crm", "merged", True, 10)]  # fmt: skip


@pytest.mark.usefixtures("company")
def test_links_and_log_name_every_merged_record(likely, clean, rows):
    likely |= MERGED
    clean(memory=Memory(duplicates=decided(("c9", "K3", "different"))))
    assert rows("SELECT source, source_id, account_id, how, probability FROM account_links ORDER BY 2") == [
        ("erp", "K1", "K1", "own", 1.0),
        ("erp", "K2", "K1", "match", 0.999),
        ("erp", "K3", "K3", "own", 1.0),
        ("crm", "c9", "K1", "match", 0.995),
    ]
    log = """SELECT rule, source, "column", old_value, new_value, n_rows FROM cleaning_log
             WHERE rule LIKE '%merged%' ORDER BY ALL"""
    assert rows(log) == [("merged", CRM, "account_id", "c9", "K1", 1), ("merged", ERP, "account_id", "K2", "K1", 1),
                         ("reference_merged", DEALS, "account_id", None, None, 2),
                         ("reference_merged", CRM, "account_id", None, None, 1),
                         ("reference_merged", ERP, "parent_id", None, None, 1),
                         ("reference_merged", MONEY, "account_id", None, None, 1)]  # fmt: skip


def remembered(con, quarter="2026Q2"):
    links = date_links(con.table("account_links").df(), None, quarter)
    return {"links": links, "pairs": con.table("duplicates").df()}


@pytest.mark.usefixtures("company")
def test_the_next_quarter_keeps_ids_although_money_and_probability_change(con, likely, clean, rows):
    likely |= MERGED
    clean()
    before = remembered(con)
    con.execute("UPDATE read_invoices SET revenue = 90000 WHERE account_id = 'K2'").fetchall()
    likely.clear()
    likely[("K1", "K2")] = 0.6
    clean(memory=Memory(**before))
    assert rows("SELECT account_id, n_records FROM accounts ORDER BY 1") == [("K1", 3), ("K3", 1)]
    status = "SELECT account_id_b, status, probability, is_new FROM duplicates ORDER BY 1"
    assert rows(status) == [("K2", "kept", 0.6, False), ("c9", "kept", 0.995, False)]
    assert rows("SELECT how, probability FROM account_links WHERE source_id = 'c9'") == [("match", 0.995)]


@pytest.mark.usefixtures("company")
def test_a_decision_gives_the_old_id_back_and_another_merges(con, likely, clean, rows):
    likely |= MERGED
    clean()
    before = remembered(con)
    clean(memory=Memory(**before, duplicates=decided(("K2", "K1", "different"), ("K3", "c9", "same"))))
    assert rows("SELECT source_id, account_id, how FROM account_links ORDER BY 1") == [
        ("K1", "K1", "own"), ("K2", "K2", "own"), ("K3", "K1", "decision"), ("c9", "K1", "match")]  # fmt: skip
    assert rows("SELECT account_id, sum(revenue)::INT FROM invoices GROUP BY 1 ORDER BY 1") == [
        ("K1", 917),
        ("K2", 500),
    ]


@pytest.mark.usefixtures("company")
def test_the_id_outlives_its_record(con, likely, clean, rows):
    """The ERP deleted K1, its record of the past; its lines still name it, and so does the account."""
    likely |= MERGED
    clean()
    before = remembered(con)
    con.execute("DELETE FROM read_accounts WHERE account_id = 'K1'").fetchall()
    clean(memory=Memory(**before, duplicates=decided(("K1", "K3", "different"))))
    assert rows("SELECT account_id, name FROM accounts ORDER BY 1") == [("K1", "Hubre AG"), ("K3", "Lang KG")]
    assert rows("SELECT source_id, account_id FROM account_links ORDER BY 1") == [
        ("K2", "K1"),
        ("K3", "K3"),
        ("c9", "K1"),
    ]
    assert describe_search(con) == []


@pytest.mark.usefixtures("company")
def test_a_decision_about_a_gone_account_is_a_warning_and_not_lost(con, clean, rows):
    clean(memory=Memory(duplicates=decided(("K1", "K77", "same"), ("K1", "K3", "perhaps"))),
          cleansing=Cleansing.model_validate({"duplicates": {"find": False}}))  # fmt: skip
    said = describe_search(con)
    assert [key for key, _ in said] == ["duplicates.warn_gone_decision", "duplicates.warn_unclear_decision",
                                        "duplicates.switched_off"]  # fmt: skip
    assert "K77" in say(said[0][0], "de", **said[0][1])
    assert all(say(key, language, **numbers) for key, numbers in said for language in LANGUAGES)
    checks = """SELECT "check", n_rows, n_bad FROM data_quality WHERE "check" LIKE '%_decision' ORDER BY 1"""
    assert rows(checks) == [("contradicting_decision", 2, 0), ("gone_decision", 2, 1), ("unclear_decision", 2, 1)]


def test_without_names_there_is_nothing_to_find_and_that_is_said(con, put, line, clean, rows):
    put("invoices", [line("K1"), line("K2")])
    clean()
    assert describe_search(con) == [("duplicates.no_accounts", {})]
    con.execute("DROP TABLE account_links").fetchall()
    put("accounts", [{"account_id": "K1"}, {"account_id": "K2"}])
    clean()
    assert describe_search(con) == [("duplicates.no_names", {"n": 0})]
    assert rows("FROM duplicates") == []


@pytest.mark.usefixtures("company")
def test_what_a_setting_leaves_out_by_its_old_number_is_left_out_with_its_account(likely, clean, rows):
    likely |= MERGED
    clean(scope=Scope.model_validate({"excluded_accounts": [{"account": "c9", "reason": "staff"}]}))
    assert rows("SELECT account_id FROM accounts") == [("K3",)]


@pytest.mark.usefixtures("company")
def test_source_owners_learn_of_duplicates_in_their_system_and_of_missing_numbers(con, likely, clean, rows):
    likely |= MERGED
    clean()
    write_corrections(con, "2026Q3")
    told = """SELECT system, record_id, "column", proposed_value, rule FROM corrections
              WHERE rule LIKE '%_account' AND "table" = 'accounts' ORDER BY ALL"""
    assert rows(told) == [("crm", "c9", "external_id", "K1", "unlinked_account"),
                          ("erp", "K2", "account_id", "K1", "duplicate_account")]  # fmt: skip
    first = con.table("corrections").df()
    con.execute("DELETE FROM read_accounts WHERE account_id = 'K2'").fetchall()
    likely.clear()
    clean()
    write_corrections(con, "2026Q4", previous=first)
    mended = """SELECT record_id, status FROM corrections WHERE rule = 'duplicate_account'"""
    assert rows(mended) == [("K2", "mended")]


@pytest.mark.usefixtures("company")
def test_a_pair_that_was_no_duplicate_leaves_the_list_of_corrections(con, likely, clean, rows):
    likely |= MERGED
    clean()
    write_corrections(con, "2026Q3")
    first = con.table("corrections").df()
    clean(memory=Memory(duplicates=decided(("K1", "K2", "different"))))
    write_corrections(con, "2026Q4", previous=first)
    assert rows("SELECT record_id FROM corrections WHERE rule = 'duplicate_account'") == []
