"""The same project as groups and then as persons: one setting, all notebooks, the same money to the cent."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
import tiny

OLD, NEW = "2025Q4", "2026Q1"
HEADER = f"{tiny.HEADER};Besteller"
ACCOUNTS = {"account_id": "Kundennr", "name": "Firma", "parent_id": "Konzern", "employees": "Mitarbeiter"}
PERSONS = {"contact_id": "Nr", "account_id": "Kundennr", "last_name": "Name", "department": "Abteilung"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Twelve companies in five groups (one with an unknown head, one circle); two of three orders name a person."""
    lines = [f"{row};{'P' + row[1:4] if number % 3 else ''}" for number, row in enumerate(tiny.invoice_rows())]
    parents = {1: "K100", 2: "K100", 4: "K103", 5: "X9", 6: "X9", 7: "K108", 8: "K107"}
    accounts = [f"K{100 + k};Firma {k};{parents.get(k, '')};{10 * k + 5}" for k in range(12)]
    persons = [f"P{100 + k};K{100 + k};Name {k};{('Einkauf', 'Technik')[k % 2]}" for k in range(12)]
    target = tiny.write_project(tmp_path_factory.mktemp("units") / "acme", lines, unit="group")
    invoices = (target / "raw" / "invoices.csv").read_text("utf-8")
    (target / "raw" / "invoices.csv").write_text(invoices.replace(tiny.HEADER, HEADER, 1), "utf-8")
    for name, columns, rows in (("accounts", ACCOUNTS, accounts), ("contacts", PERSONS, persons)):
        text = "\n".join([";".join(columns.values()), *rows]) + "\n"
        (target / "raw" / f"{name}.csv").write_text(text, "utf-8")
    sources = {
        "invoices": {"files": "raw/invoices*.csv", "columns": {**tiny.COLUMNS, "contact_id": "Besteller"}},
        "accounts": {"files": "raw/accounts.csv", "columns": ACCOUNTS},
        "contacts": {"files": "raw/contacts.csv", "columns": PERSONS},
    }
    tiny.change_settings(target, sources=sources, cleansing={"duplicates": {"find": False}})
    assert (said := tiny.segkit_here("run", target, "--quarter", OLD)).code == 0, said.text
    tiny.change_settings(target, unit="person")
    assert (said := tiny.segkit_here("run", target, "--quarter", NEW)).code == 0, said.text
    return target


def read(folder: Path, quarter: str, name: str) -> pd.DataFrame:
    return pd.read_parquet(folder / "runs" / quarter / "tables" / f"{name}.parquet")


@pytest.mark.parametrize(("quarter", "level"), [(OLD, "group"), (NEW, "person")])
def test_the_money_is_the_same_whatever_the_unit(folder, quarter, level):
    used = read(folder, quarter, "reconciliation").query("table == 'invoices' and step == 'used'")["revenue"].sum()
    assert round(read(folder, quarter, "invoices")["revenue"].sum(), 2) == round(used, 2)
    assert round(read(folder, quarter, "unit_members")["revenue"].sum(), 2) == round(used, 2)
    assert level in set(read(folder, quarter, "accounts")["unit_level"])


@pytest.mark.parametrize("quarter", [OLD, NEW])
def test_every_later_table_is_about_units(folder, quarter):
    units = set(read(folder, quarter, "accounts")["account_id"])
    for name in ("account_features", "account_value", "segments", "migration"):
        frame = read(folder, quarter, name)
        assert len(frame), name
        assert set(frame["account_id"]) <= units, name


def test_groups_are_their_heads(folder):
    accounts = read(folder, OLD, "accounts").set_index("account_id")
    groups = accounts[accounts["unit_level"] == "group"]
    assert sorted(groups.index) == ["K100", "K103", "K107", "X9"]
    assert groups.loc["X9", "employees"] == 55 + 65


def test_another_unit_is_another_beginning(folder):
    manifest = json.loads((folder / "runs" / NEW / "manifest.json").read_text("utf-8"))
    assert manifest["previous"] is None
    assert read(folder, NEW, "segments")["previous_segment_id"].isna().all()
    assert "merged" not in set(read(folder, NEW, "migration")["cause"])
