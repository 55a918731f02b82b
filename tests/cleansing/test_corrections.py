"""What people must mend in the source systems: each error once, with record, field, proposal and money."""

import pandas as pd
import pytest

from segkit.cleansing.corrections import MOST_RECORDS, write_corrections
from segkit.cleansing.errors_in_values import propose_ids, propose_words
from segkit.cleansing.origins import name_origins, note_origins, system_of
from segkit.project import SourceFile
from segkit.settings.sources import Sources

TODAY = pd.Timestamp("2026-11-15").date()


@pytest.mark.parametrize(
    ("source", "system"),
    [
        ("raw/crm/verkaufschancen.csv", "crm"),
        ("raw/ERP/2026-07-02/kunden.csv", "erp"),
        ("raw/2026-10-02/kunden.csv", "kunden"),
        ("raw/rechnungen_2026_q3.csv.gz", "rechnungen"),
        ("sqlite:///erp.db invoices", "erp"),
        ("accounts.xlsx#Tabelle1", "accounts"),
    ],
)
def test_a_path_names_the_system(source, system):
    assert system_of(source) == system


def test_an_entry_is_one_system_whatever_its_files_are_called():
    sources = Sources.model_validate({"accounts": [{"files": ["raw/*/konten.csv"]}]})
    files = [SourceFile("accounts", 0, "konten", None, None, f"raw/{part}/konten.csv") for part in ("nord", "sued")]
    assert name_origins(files, sources) == {"raw/nord/konten.csv": "nord", "raw/sued/konten.csv": "nord"}


@pytest.mark.parametrize(
    ("unknown", "known", "proposal"),
    [
        ("GTXPro", ["GTX Pro", "GTX Basic"], "GTX Pro"),
        ("4711", ["0004711", "0004712"], "0004711"),
        ("4711", ["0004711", "004711"], None),
        ("KD-4711", ["KD-4712"], None),
        ("Sumpfpumpe", ["Tauchpumpe", "Filter"], None),
    ],
)
def test_a_known_id_is_proposed_only_where_it_is_surely_meant(unknown, known, proposal):
    assert propose_ids([unknown], known).get(unknown) == proposal


@pytest.mark.parametrize(
    ("values", "right", "found"),
    [
        ([("Technology", 60), ("Technolgy", 2)], [], {"Technolgy": "Technology"}),
        ([("Technology", 30), ("Technolgy", 2)], [], {}),
        ([("technolgy", 12)], ["technology"], {"technolgy": "technology"}),
        ([("Maschinen-Bau", 9), ("Maschinenbau", 60)], ["maschinenbau"], {"Maschinen-Bau": "Maschinenbau"}),
        ([("Philipines", 1)], ["Philippines", "Filipinos"], {"Philipines": "Philippines"}),
        ([("Klasse 1", 900), ("Klasse 2", 3)], [], {}),
        ([("Gold", 900), ("Bold", 3)], [], {}),
        ([("Handel", 100), ("handel ", 2)], [], {"handel ": "Handel"}),
    ],
)
def test_a_rare_text_beside_a_frequent_one_is_a_misspelling(values, right, found):
    assert propose_words(values, right) == found


@pytest.fixture
def correct(con, clean):
    """Clean and list corrections; returns the table as a frame."""

    def write(quarter="2026Q3", previous=None, owners=None, headers=None, log=None):
        note_origins(con, {}, headers)
        clean(quarter, reading_log=log)
        write_corrections(con, quarter, owners, previous, TODAY)
        return con.table("corrections").df()

    return write


def told(corrections, *columns):
    return sorted(corrections[list(columns)].astype(object).fillna("").itertuples(index=False, name=None))


CRM, ERP = "raw/crm/accounts.csv", "raw/erp/lines.csv"
FAULTY = {
    "accounts": [
        {"account_id": "K1", "name": "Huber", "country": "Deutschland", "postal_code": "1067", "owner_id": "Kern"},
        {"account_id": "K2", "name": "unbekannt", "country": "AT", "postal_code": "1010"},
    ],
    "opportunities": [
        {"opportunity_id": "D1", "account_id": "K1", "stage": "won", "is_won": True, "close_date": "2026-08-01"},
        {"opportunity_id": "D2", "account_id": "K1", "stage": "lost", "amount": 5, "close_date": None},
        {"opportunity_id": "D3", "account_id": "K1", "stage": "open", "amount": 5, "product_id": "GTXPro"},
    ],
    "products": [{"product_id": "GTX Pro"}, {"product_id": "A1", "list_price": -3}],
}


@pytest.fixture
def faulty(put, line):
    put("invoices", [line("K1", revenue=100, source=ERP), line("K1", "2025-01-05", 70, source=ERP)])
    for table, rows in FAULTY.items():
        put(table, [{"source": f"raw/crm/{table}.csv", **row} for row in rows])


@pytest.mark.usefixtures("faulty")
def test_every_error_names_system_record_field_and_the_money_of_the_account(correct):
    found = correct()
    shown = told(
        found, "table", "record_id", "column", "old_value", "proposed_value", "rule", "owner_id", "revenue_12m"
    )
    assert shown == [
        ("accounts", "K1", "postal_code", "1067", "01067", "postal_code", "Kern", 100.0),
        ("accounts", "K2", "name", "unbekannt", "", "placeholder", "", ""),
        ("opportunities", "D1", "amount", "", "", "won_without_amount", "Kern", 100.0),
        ("opportunities", "D2", "close_date", "", "", "closed_without_date", "Kern", 100.0),
        ("opportunities", "D3", "product_id", "GTXPro", "GTX Pro", "unknown_product", "Kern", 100.0),
        ("products", "A1", "list_price", "-3", "", "negative_amount", "", 100.0),
    ]
    assert set(found["system"]) == {"crm"} and set(found["status"]) == {"open"}
    assert found["correction_id"].is_unique


@pytest.mark.usefixtures("faulty")
def test_settings_name_the_owner_of_what_no_account_owner_looks_after(correct):
    found = correct(owners={"products": "Produktpflege", "crm": "CRM-Team"}).set_index("record_id")["owner_id"]
    assert (found["A1"], found["K2"], found["D1"]) == ("Produktpflege", "CRM-Team", "Kern")


@pytest.mark.usefixtures("faulty")
def test_the_field_is_called_as_the_source_calls_it(correct):
    headers = pd.DataFrame([("accounts", CRM, "postal_code, city", "PLZ Ort")],
                           columns=["table", "source", "column", "header"])  # fmt: skip
    found = correct(headers=headers)
    assert told(found[found["rule"] == "postal_code"], "header") == [("PLZ Ort",)]


def test_thousands_of_lines_without_account_are_one_correction(put, line, correct):
    put("invoices", [line(), *[line(None, "2026-08-05", 2, source=ERP) for _ in range(300)]])
    found = correct()
    assert told(found, "system", "rule", "scope", "n_rows", "revenue_12m", "examples") == [
        ("erp", "line_without_account_id", "file", 300, 600.0, "2; 3; 4")
    ]


def test_an_error_in_very_many_records_is_one_row_with_their_number(put, line, correct):
    put("invoices", [line()])
    many = [{"account_id": f"K{i:03}", "country": "DE", "postal_code": "1067"} for i in range(MOST_RECORDS + 1)]
    put("accounts", many)
    found = correct()
    assert told(found[found["rule"] == "postal_code"], "scope", "n_rows", "examples") == [
        ("file", MOST_RECORDS + 1, "K000; K001; K002")
    ]


def test_what_could_not_be_read_is_listed_with_its_text(put, put_unreadable, line, correct):
    put("invoices", [line()])
    put("tickets", [{"ticket_id": "T1", "account_id": "K1", "created_date": "2026-08-01"}])
    put_unreadable("tickets", [("a.csv", 9, "wrong_field_count", "T9;K1;1;2;3", None)])
    change = {"source": "a.csv", "row_number": 2, "column": "closed_date", "old_value": "31.02.2026", "new_value": None}
    log = pd.DataFrame([{**change, "rule": "bad_date", "reason": "sources.bad_date", "n_rows": 1}])
    headers = pd.DataFrame([("tickets", "a.csv", "closed_date", "Erledigt am")],
                           columns=["table", "source", "column", "header"])  # fmt: skip
    assert told(correct(log=log, headers=headers), "record_id", "header", "old_value", "rule", "row_number") == [
        ("", "", "T9;K1;1;2;3", "unreadable_wrong_field_count", 9),
        ("T1", "Erledigt am", "31.02.2026", "bad_date", 2),
    ]


def test_two_versions_of_one_key_in_one_file_are_listed_equal_ones_are_not(put, line, correct):
    put("invoices", [line()])
    put("accounts", [{"account_id": "K1", "name": "Huber"}, {"account_id": "K1", "name": "Huber GmbH"},
                     {"account_id": "K2", "name": "Lang"}, {"account_id": "K2", "name": "Lang"}])  # fmt: skip
    assert told(correct(), "record_id", "rule", "n_rows") == [("K1", "duplicate_key", 2)]


def test_dates_that_cannot_be_are_listed(put, line, correct):
    put("invoices", [line(), line("K1", "2062-08-03", 5)])
    put("tickets", [{"ticket_id": "T1", "created_date": "1900-01-01", "closed_date": "2026-08-01"},
                    {"ticket_id": "T2", "created_date": "2026-08-02", "closed_date": "2026-08-01"}])  # fmt: skip
    assert told(correct(), "record_id", "column", "rule") == [
        ("RK108-03", "invoice_date", "future_date"),
        ("T1", "created_date", "old_date"),
        ("T2", "closed_date", "ends_before_start"),
    ]


def test_a_won_opportunity_names_its_account_and_its_amount(put, line, correct):
    put("invoices", [line()])
    put("opportunities", [{"opportunity_id": "D1", "stage": "won", "is_won": True, "close_date": "2026-08-01"},
                          {"opportunity_id": "D2", "stage": "open"}])  # fmt: skip
    assert told(correct(), "record_id", "rule") == [("D1", "won_without_account"), ("D1", "won_without_amount")]


def test_an_external_id_that_nobody_has_goes_back_to_the_crm(put, line, correct):
    put("invoices", [line("7", source="raw/sap/vbrk.csv")])
    put("accounts", [{"account_id": "7", "source": "raw/sap/kna1.csv"},
                     {"account_id": "h1", "external_id": "8", "source": "raw/hubspot/companies.csv"}])  # fmt: skip
    assert told(correct(), "system", "record_id", "column", "old_value", "rule") == [
        ("hubspot", "h1", "external_id", "8", "unmatched_external_id")
    ]


def test_a_value_that_came_from_the_linked_record_is_no_error_of_the_leading_system(put, line, correct):
    put("invoices", [line("7", source="raw/sap/vbrk.csv")])
    crm = {"account_id": "h1", "external_id": "7", "postal_code": "1067", "country": "DE"}
    put("accounts", [{"account_id": "7", "source": "raw/sap/kna1.csv"}, {**crm, "source": "raw/hubspot/c.csv"}])
    assert told(correct(), "system", "record_id", "rule") == [("hubspot", "h1", "postal_code")]


def next_quarter(con, line, put, correct, previous, accounts, deals):
    """Deliver again with other accounts and opportunities, and list corrections for the next quarter."""
    for table in ("invoices", "accounts", "opportunities"):
        con.execute(f"DROP TABLE raw_{table}").fetchall()
    put("invoices", [line("K1", "2026-11-02", 100, source=ERP)])
    put("accounts", [{"source": CRM, **row} for row in accounts])
    put("opportunities", [{"source": "raw/crm/opportunities.csv", **row} for row in deals])
    return correct("2026Q4", previous)


@pytest.mark.usefixtures("faulty")
def test_next_quarter_shows_what_was_mended_what_is_open_since_and_what_is_gone(con, line, put, correct):
    first = correct()
    mended = [FAULTY["accounts"][0] | {"postal_code": "01067"}, FAULTY["accounts"][1]]
    second = next_quarter(con, line, put, correct, first, mended, FAULTY["opportunities"][2:])
    shown = told(second, "record_id", "rule", "status", "first_quarter", "current_value")
    assert shown == [
        ("A1", "negative_amount", "open", "2026Q3", ""),
        ("D1", "won_without_amount", "gone", "2026Q3", ""),
        ("D2", "closed_without_date", "gone", "2026Q3", ""),
        ("D3", "unknown_product", "open", "2026Q3", ""),
        ("K1", "postal_code", "mended", "2026Q3", "01067"),
        ("K2", "placeholder", "open", "2026Q3", ""),
    ]
    third = next_quarter(con, line, put, correct, second, mended, FAULTY["opportunities"][2:])
    assert set(third["status"]) == {"open"} and len(third) == 3


@pytest.mark.usefixtures("faulty")
def test_a_field_that_nobody_maps_any_more_is_not_mended(con, line, put, correct):
    first = correct()
    unmapped = [{k: v for k, v in row.items() if k != "postal_code"} for row in FAULTY["accounts"]]
    second = next_quarter(con, line, put, correct, first, unmapped, FAULTY["opportunities"])
    assert told(second[second["rule"] == "postal_code"], "status") == [("gone",)]
