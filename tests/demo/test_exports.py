"""The exports look like a German firm's systems wrote them, and add up to what controlling says."""

import gzip
import hashlib
import io
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from segkit.demo import write_demo
from segkit.demo.ledger import COLLECTIVE
from segkit.errors import UserError
from segkit.project import Project


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    target = tmp_path_factory.mktemp("demo") / "sample"
    write_demo(target, with_truth=True)
    return target


@pytest.fixture(scope="module")
def deliveries(folder) -> dict[str, pd.DataFrame]:
    paths = sorted((folder / "raw" / "erp").glob("rechnungen_*.csv"))
    return {
        path.name: pd.read_csv(path, sep=";", encoding="cp1252", dtype=str, keep_default_na=False) for path in paths
    }


def digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def euro(text: pd.Series) -> pd.Series:
    return text.str.replace(",", ".").map(Decimal)


def test_same_seed_same_bytes_other_seed_others(tmp_path):
    write_demo(tmp_path / "a", seed=7, n_accounts=150, with_truth=True)
    write_demo(tmp_path / "b", seed=7, n_accounts=150, with_truth=True)
    write_demo(tmp_path / "c", seed=8, n_accounts=150)
    assert digests(tmp_path / "a") == digests(tmp_path / "b")
    same = {name for name, digest in digests(tmp_path / "c").items() if digests(tmp_path / "a")[name] == digest}
    assert same == set()


def test_truth_only_where_asked_for(tmp_path):
    write_demo(tmp_path / "a", n_accounts=60)
    assert not (tmp_path / "a" / "truth").exists()


def test_a_project_is_not_overwritten(folder):
    with pytest.raises(UserError, match="holds a project already"):
        write_demo(folder)


def test_project_file_maps_every_column_that_exists(folder):
    project = Project(folder)
    for file in project.source_files():
        source = project.settings.sources[file.table][file.entry]
        headers = _headers(file.path)
        wanted = [part for text in source.columns.values() for part in (text.split(" - ") if " - " in text else [text])]
        assert not [name for name in wanted if name not in headers], file.name


def _headers(path: Path) -> list[str]:
    if path.suffix == ".xlsx":
        return [str(cell) for cell in pd.read_excel(path, engine="calamine", header=None).iloc[3]]
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    encoding = "utf-8-sig" if content[:3] == b"\xef\xbb\xbf" else "cp1252" if b";" in content[:40] else "utf-8"
    first = content.decode(encoding).splitlines()[0]
    return first.split(";" if ";" in first else ",")


def test_two_deliveries_overlap_and_one_of_them_counts(deliveries):
    old, new = deliveries["rechnungen_2025.csv"], deliveries["rechnungen_2026_q1.csv"]
    twice = old[old["Belegnummer"].isin(new["Belegnummer"])]
    again = new[new["Belegnummer"].isin(old["Belegnummer"])]
    assert len(twice) > 500
    pd.testing.assert_frame_equal(twice.reset_index(drop=True), again.reset_index(drop=True))


@pytest.mark.parametrize("year", [2022, 2023, 2024, 2025])
def test_controlling_sees_each_invoice_once_to_the_cent(folder, deliveries, year):
    lines = deliveries[f"rechnungen_{year}.csv"]
    assert euro(lines["Nettobetrag"]).sum() == Project(folder).settings.control_totals[year]


def test_invoices_are_a_german_erp_export(folder):
    content = (folder / "raw" / "erp" / "rechnungen_2023.csv").read_bytes()
    assert b"W\xe4hrung" in content.splitlines()[0]  # cp1252
    assert content.count(b"\r\n") == len(content.splitlines())


def test_invoices_hold_what_an_erp_holds(deliveries):
    overlap = deliveries["rechnungen_2026_q1.csv"]["Belegnummer"].isin(deliveries["rechnungen_2025.csv"]["Belegnummer"])
    once = deliveries | {"rechnungen_2026_q1.csv": deliveries["rechnungen_2026_q1.csv"][~overlap]}
    lines = pd.concat(once.values(), ignore_index=True)
    assert 120_000 < len(lines) < 260_000
    assert set(lines["Belegart"]) == {"Rechnung", "Gutschrift", "Storno"}
    assert lines.loc[lines["Belegart"] != "Rechnung", "Nettobetrag"].str.startswith("-").all()
    assert (lines["Artikelnummer"] == "VERSAND").sum() > 3000
    assert (lines["Kundennummer"] == "").sum() == 1100
    assert (lines["Nettobetrag"] == "0,00").sum() >= 400
    assert set(COLLECTIVE) <= set(lines["Kundennummer"])
    inside = sum(frame.duplicated().sum() for frame in deliveries.values())
    assert inside > 100
    assert lines["Belegdatum"].str.fullmatch(r"\d\d\.\d\d\.\d{4}").all()


def test_broken_cells_lie_in_this_year_only(deliveries):
    for name, lines in deliveries.items():
        broken = ~lines["Nettobetrag"].str.fullmatch(r"-?\d+,\d\d") | lines["Kundennummer"].str.contains(
            "E+", regex=False
        )
        broken |= pd.to_datetime(lines["Belegdatum"], format="%d.%m.%Y", errors="coerce").isna()
        broken |= lines["Belegdatum"].str.endswith("2062")
        assert broken.sum() == {
            "rechnungen_2026_q1.csv": 3,
            "rechnungen_2026_q2.csv": 2,
            "rechnungen_2026_q3.csv": 3,
        }.get(name, 0), name


def test_customer_master_is_as_people_keep_it(folder):
    path = folder / "raw" / "2026-10-02" / "kunden.csv"
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    master = pd.read_csv(path, sep=";", dtype=str, keep_default_na=False, encoding="utf-8-sig")
    duplicates = pd.read_parquet(folder / "truth" / "duplicates.parquet")
    assert len(master) == 1200 + len(duplicates) + len(COLLECTIVE)
    assert master["Kundennummer"].is_unique
    assert set(duplicates["duplicate_id"]) <= set(master["Kundennummer"])
    assert master["PLZ"].str.startswith("0").sum() > 50
    assert (master["Mitarbeiterzahl"] == "k. A.").sum() > 10
    known = pd.to_datetime(master["Mitarbeiterzahl Stand"], format="%d.%m.%Y", errors="coerce")
    assert (known < "2022-07-01").sum() > 50
    assert master["Land"].nunique() >= 5
    assert master.loc[~master["Kundennummer"].isin(duplicates["duplicate_id"]), "Firma"].str.strip().is_unique


def test_split_duplicates_bear_invoices_of_their_account(folder, deliveries):
    booked = set(pd.concat(deliveries.values())["Kundennummer"])
    duplicates = pd.read_parquet(folder / "truth" / "duplicates.parquet")
    assert duplicates["is_split"].sum() >= 8
    assert not booked & set(duplicates.loc[~duplicates["is_split"], "duplicate_id"])
    assert len(booked & set(duplicates.loc[duplicates["is_split"], "duplicate_id"])) >= 8


def test_everything_that_points_to_an_account_finds_it(folder):
    master = pd.read_csv(folder / "raw/2026-10-02/kunden.csv", sep=";", dtype=str, encoding="utf-8-sig")
    known = set(master["Kundennummer"])
    content = gzip.decompress((folder / "raw/marketing/engagements.csv.gz").read_bytes())
    visits = pd.read_csv(io.BytesIO(content), dtype=str)
    deals = pd.read_csv(folder / "raw/crm/verkaufschancen.csv", sep=";", dtype=str, encoding="utf-8-sig")
    costs = pd.read_csv(folder / "raw/controlling/betreuungskosten.csv", sep=";", dtype=str, encoding="cp1252")
    for frame, column in ((visits, "Account Id"), (deals, "Kundennummer"), (costs, "Kundennummer")):
        assert len(frame) > 1000
        assert set(frame[column].dropna()) <= known


def test_a_handful_of_accounts_is_enough(tmp_path):
    write_demo(tmp_path / "small", n_accounts=12)
    assert Project(tmp_path / "small").source_files()
