"""Cells of accounts and contacts keep the reason why they are empty."""

from __future__ import annotations

COLUMNS = {"account_id": "Kunde", "name": "Firma", "employees": "Mitarbeiter", "created_date": "Angelegt"}


def test_placeholders_and_unreadable_cells_are_kept_by_row(read):
    content = "Kunde;Firma;Mitarbeiter;Angelegt\nA;k. A.;12;01.02.2024\nB;Select;viele;Bitte wählen\nC;;--None--;nan\n"
    found = read({"k.csv": content}, {"accounts": {"files": "k.csv", "columns": COLUMNS}})
    assert found.values("name", "accounts") == [None, "Select", None]
    cells = 'SELECT "table", "column", source, "row_number", reason, written FROM empty_cells ORDER BY 4, 2'
    assert found.con.execute(cells).fetchall() == [
        ("accounts", "name", "k.csv", 2, "placeholder", "k. A."),
        ("accounts", "created_date", "k.csv", 3, "placeholder", "Bitte wählen"),
        ("accounts", "employees", "k.csv", 3, "unreadable", "viele"),
        ("accounts", "created_date", "k.csv", 4, "placeholder", "nan"),
        ("accounts", "employees", "k.csv", 4, "placeholder", "--None--"),
    ]


def test_other_tables_keep_none(read):
    content = "Kunde;Datum;Betrag;Beleg\nA;01.02.2024;1,50;k. A.\nB;02.02.2024;2,50;R2\n"
    columns = {"account_id": "Kunde", "invoice_date": "Datum", "revenue": "Betrag", "invoice_id": "Beleg"}
    found = read({"r.csv": content}, {"invoices": {"files": "r.csv", "columns": columns}})
    tables = found.con.execute("SELECT table_name FROM duckdb_tables() WHERE table_name = 'empty_cells'").fetchall()
    assert tables == []
