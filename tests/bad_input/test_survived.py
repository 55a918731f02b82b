"""Dirt that a run must survive: it is set aside with a reason, and its money is still accounted for."""

from __future__ import annotations

import re
import shutil

import pandas as pd
import pytest
import tiny

CLEAN = tiny.invoice_rows()
DIRT = [  # rows appended to the clean ones; their row numbers follow on, the header is row 1
    ("bad_number", "K101;R9001;10.02.2026;A11;1;zwölf"),
    ("bad_number", "K101;R9002;10.02.2026;A11;1;12,3,4"),
    ("bad_date", "K101;R9003;31.02.2026;A11;1;10,00"),
    ("bad_date", "K101;R9004;gestern;A11;1;10,00"),
    ("id_damaged", "1,23E+15;R9005;10.02.2026;A11;1;77,00"),
    ("no_account", ";R9006;10.02.2026;A11;1;33,10"),
    ("wrong_field_count", "K101;R9007;10.02.2026;A11;1;10,00;too;many"),
    ("wrong_field_count", "K101,R9008,10.02.2026"),
]
RETURN = "K101;R9020;11.02.2026;A11;-2;-20,50"
FREE = "K101;R9021;11.02.2026;A11;1;0,00"
FUTURE = "K101;R9022;01.01.2090;A11;1;5,00"
ODD = [RETURN, FREE, FUTURE]
FIRST_DIRTY_ROW = len(CLEAN) + 2


@pytest.fixture(scope="module")
def run_of(tmp_path_factory):
    """The tables of one run over all this dirt, and what the command said."""
    folder = tiny.write_project(tmp_path_factory.mktemp("dirt") / "tiny", lines=CLEAN + [row for _, row in DIRT] + ODD)
    with (folder / "raw/invoices.csv").open("ab") as stream:
        stream.write("K102;R9030;12.02.2026;Möbel 7;1;9,90\n".encode("cp1252"))
    shutil.copy(folder / "raw/invoices.csv", folder / "raw/invoices (1).csv")
    answer = tiny.segkit("run", folder)
    assert answer.code == 0, answer.text
    assert (folder / "runs/2026Q1/manifest.json").exists(), "one date in the future must not move the quarter"
    return lambda name: pd.read_parquet(folder / "runs/2026Q1/tables" / f"{name}.parquet")


def test_rows_that_cannot_be_read_stand_in_quarantine_with_row_and_reason(run_of):
    quarantine = run_of("quarantine")  # of a row that stands in both files, the second one is a duplicate
    for number, (reason, row) in enumerate(DIRT, start=FIRST_DIRTY_ROW):
        found = quarantine[quarantine["row_number"] == number]
        assert set(found["reason"]) == {reason}, row
        assert found["raw"].str.contains(re.search(r"R\d{4}", row)[0]).all(), row


def test_money_and_rows_in_equal_out_per_file(run_of):
    reconciliation = run_of("reconciliation")
    for source, steps in reconciliation.groupby("source"):
        rows = steps.set_index("step")
        out = rows.drop(index="in")
        assert rows.loc["in", "n_rows"] == out["n_rows"].sum(), source
        assert round(float(rows.loc["in", "revenue"]), 2) == round(float(out["revenue"].astype(float).sum()), 2), source
    assert set(reconciliation["source"]) == {"raw/invoices.csv", "raw/invoices (1).csv"}


def test_same_file_twice_counts_once(run_of):
    used = run_of("invoices")
    assert len(used) == len(CLEAN) + 3, "clean rows, the return, the free line and the one in another encoding"
    expected = sum(float(row.rsplit(";", 1)[1].replace(",", ".")) for row in CLEAN) - 20.50 + 9.90
    assert float(used["revenue"].astype(float).sum()) == pytest.approx(expected, abs=0.005)
    copies = run_of("reconciliation").query("step == 'excluded_duplicate'")
    assert int(copies["n_rows"].sum()) >= len(CLEAN)


def test_negative_and_zero_prices_are_lines_of_their_own_kind(run_of):
    lines = run_of("invoices").set_index("invoice_id")
    assert lines.loc["R9020", "line_type"] == "return"
    assert lines.loc["R9021", "line_type"] == "free"


def test_dates_from_the_future_are_later_than_the_run_and_a_finding(run_of):
    assert "R9022" not in set(run_of("invoices")["invoice_id"])
    later = run_of("reconciliation").query("step == 'later' and source == 'raw/invoices.csv'")
    assert later[["n_rows", "revenue"]].astype(float).to_numpy().tolist() == [[1.0, 5.0]]
    findings = run_of("data_quality").query("column == 'invoice_date' and n_bad > 0")
    assert len(findings), "a date in the future must be a finding"


def test_one_row_in_another_encoding_is_read_or_set_aside_but_not_lost(run_of):
    used = run_of("invoices").set_index("invoice_id")
    quarantined = run_of("quarantine")
    if "R9030" in used.index:
        assert used.loc["R9030", "product_id"] == "Möbel 7"
    else:
        assert "bad_encoding" in set(quarantined["reason"])


def test_files_in_different_encodings_read_alike(tmp_path):
    """check tells encoding and rows of each file; umlauts are right in both."""
    folder = tiny.write_project(tmp_path / "tiny", lines=[*CLEAN, "K107;R9040;13.02.2026;Böden;1;5,00"])
    text = tiny.HEADER + "\nK107;R9041;14.02.2026;Türen;1;6,00\n"
    (folder / "raw/invoices_2.csv").write_bytes(text.encode("cp1252"))
    answer = tiny.segkit_here("check", folder, "--json")
    assert answer.code == 0, answer.text
    assert "cp1252" in answer.text and "utf-8" in answer.text.lower()


def test_wrong_delimiter_in_a_second_file_is_found_by_itself(tmp_path):
    folder = tiny.write_project(tmp_path / "tiny")
    text = tiny.HEADER.replace(";", "\t") + "\nK107\tR9041\t14.02.2026\tA11\t1\t6,00\n"
    (folder / "raw/invoices_2.csv").write_text(text, encoding="utf-8")
    answer = tiny.segkit_here("check", folder)
    assert answer.code == 0, answer.text
