"""A copy of a run: nothing of the originals in it, the same pseudonyms every quarter, and nothing written in doubt."""

import csv
import stat
import sys

import pandas as pd
import pytest
from pages.company import EVIL, write_company
from typer.testing import CliRunner

from segkit.cli import app
from segkit.errors import UserError
from segkit.governance.scan import words_of
from segkit.project import Project
from segkit.reports.share import share_run
from segkit.store import read_frame, write_frame
from segkit.tables import TABLES

PEOPLE = [("C1", "Eva", "Wagenknecht", "eva@wagenknecht.de"), ("C2", "Otto", "Lindqvist", "otto@lindqvist.de")]


@pytest.fixture
def company(tmp_path):
    """Two runs of a company with names, addresses and two persons."""
    folder = write_company(tmp_path / "acme", 60)
    for quarter in ("2026Q2", "2026Q3"):
        tables = folder / "runs" / quarter / "tables"
        accounts = read_frame(tables / "accounts.parquet")
        n = range(len(accounts))
        accounts = accounts.assign(
            street=[f"Kastanienallee {i}" for i in n], phone=[f"+49 221 4711{i:03d}" for i in n], region="NRW",
            vat_id=[f"DE8115{i:05d}" for i in n], website=[f"https://kunde-{i}.example" for i in n], country="DE",
            created_date=pd.Timestamp("2020-05-17"), industry="Bau",
        )  # fmt: skip
        write_frame(tables / "accounts.parquet", accounts, "accounts")
        contacts = [
            {"contact_id": c, "account_id": accounts["account_id"][i], "first_name": f, "last_name": last, "email": e}
            for i, (c, f, last, e) in enumerate(PEOPLE)
        ]
        frame = pd.DataFrame(contacts).reindex(columns=list(TABLES["contacts"].columns))
        write_frame(tables / "contacts.parquet", frame, "contacts")
    return Project(folder)


def read(folder, name: str) -> pd.DataFrame:
    return pd.read_parquet(folder / "tables" / f"{name}.parquet")


def test_plain_pandas_reads_the_copy_and_no_original_stands_in_any_byte(company, tmp_path):
    out = tmp_path / "copy"
    told = share_run(company, "2026Q3", out)
    assert "no original found" in told[0]
    everything = b"".join(path.read_bytes() for path in out.rglob("*") if path.is_file())
    accounts = read_frame(company.run_folder("2026Q3") / "tables" / "accounts.parquet")
    originals = [*accounts["name"].dropna(), *accounts["street"], *accounts["vat_id"], *accounts["phone"], EVIL]
    originals += [text for person in PEOPLE for text in person[2:]] + ["Rheinwerk"]
    assert not [text for text in originals if text.encode() in everything]
    assert not set(accounts["account_id"]) & set(read(out, "accounts")["account_id"])
    assert (company.ledgers / "pseudonyms.key").read_text().strip().encode() not in everything


def test_tables_still_fit_together_and_sums_are_those_of_the_run(company, tmp_path):
    share_run(company, "2026Q3", tmp_path / "copy")
    value, segments, accounts = (read(tmp_path / "copy", name) for name in ("account_value", "segments", "accounts"))
    merged = value.merge(segments, on="account_id", validate="1:1").merge(accounts, on="account_id", validate="1:1")
    run = company.run_folder("2026Q3") / "tables"
    original = read_frame(run / "account_value.parquet").merge(read_frame(run / "segments.parquet"), on="account_id")
    assert len(merged) == len(original) == 60
    expected = original.groupby("segment_id")["revenue_12m"].sum()
    assert merged.groupby("segment_id")["revenue_12m"].sum().to_dict() == pytest.approx(expected.to_dict(), rel=0.005)
    assert merged["is_contactable_x"].tolist() == merged["is_contactable"].tolist()
    assert merged["name"].str.fullmatch("Account [A-Z]{8}").all()


def test_the_next_quarter_has_the_same_pseudonyms_and_another_recipient_others(company, tmp_path):
    share_run(company, "2026Q2", tmp_path / "a")
    share_run(company, "2026Q3", tmp_path / "b")
    share_run(company, "2026Q3", tmp_path / "c", recipient="Beratung AG")
    first, second, other = (set(read(tmp_path / x, "accounts")["account_id"]) for x in "abc")
    assert first == second
    assert not second & other


def test_the_same_copy_twice_is_the_same_bytes(company, tmp_path):
    for name in ("a", "b"):
        share_run(company, "2026Q3", tmp_path / name)
    files = sorted(p.relative_to(tmp_path / "a") for p in (tmp_path / "a").rglob("*") if p.is_file())
    assert all((tmp_path / "a" / f).read_bytes() == (tmp_path / "b" / f).read_bytes() for f in files)
    assert len(files) > 5


def test_a_name_in_a_text_that_goes_along_stops_the_copy(company, tmp_path):
    path = company.run_folder("2026Q3") / "tables" / "segment_register.parquet"
    name = read_frame(company.run_folder("2026Q3") / "tables" / "accounts.parquet")["name"][7]
    register = read_frame(path)
    register.loc[0, "name_de"] = f"Großkunden wie {name}"
    write_frame(path, register, "segment_register")
    with pytest.raises(UserError, match=r"name of an account in segment_register.name_de") as error:
        share_run(company, "2026Q3", tmp_path / "copy")
    assert "was not written" in str(error.value)
    assert not (tmp_path / "copy").exists()
    assert not list(tmp_path.glob(".copy*"))
    assert not (company.ledgers / "shares.csv").exists()


def test_segments_of_single_accounts_are_told(company, tmp_path):
    sizes = pd.DataFrame({"segmentation_id": "value", "segment_id": ["KEY", "S1", "S2"], "n_accounts": [1, 4, 55]})
    path = company.run_folder("2026Q3") / "tables" / "segment_sizes.parquet"
    full = {"name_de": "x", "name_en": "x", "colour": "x", "revenue_12m": 1.0, "n_doubtful": 0}
    write_frame(path, sizes.assign(**full).reindex(columns=list(TABLES["segment_sizes"].columns)), "segment_sizes")
    told = share_run(company, "2026Q3", tmp_path / "copy")
    assert any("Fewer than 5 accounts are in KEY (1), S1 (4):" in line for line in told)


def test_the_command_refuses_what_it_cannot_do_with_exit_code_2(company, tmp_path):
    full = tmp_path / "full"
    full.mkdir()
    (full / "a.txt").write_text("x")
    for quarter, out, sentence in (
        ("2020Q1", tmp_path / "copy", "There is no run of 2020Q1 to share. Runs: 2026Q2, 2026Q3."),
        ("2026Q3", full, "is there already and not empty"),
        ("2026Q3", company.folder / "runs" / "copy", "lies in the project's own folder"),
    ):
        done = CliRunner().invoke(app, ["share", str(company.folder), "--quarter", quarter, "--out", str(out)])
        assert done.exit_code == 2
        assert sentence in done.output
    assert not (tmp_path / "copy").exists()


def test_the_key_stays_at_home_and_a_broken_one_is_refused(company, tmp_path):
    share_run(company, "2026Q3", tmp_path / "copy", recipient="Beratung AG")
    key = company.ledgers / "pseudonyms.key"
    if sys.platform != "win32":
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
    with (company.ledgers / "shares.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [(row["quarter"], row["recipient"], row["with_lines"]) for row in rows] == [
        ("2026Q3", "Beratung AG", "False")
    ]
    key.write_text("lost")
    with pytest.raises(UserError, match="does not hold a key"):
        share_run(company, "2026Q3", tmp_path / "second")


def test_the_guide_tells_both_languages_and_every_column(company, tmp_path):
    share_run(company, "2026Q3", tmp_path / "copy")
    guide = (tmp_path / "copy" / "README.md").read_text(encoding="utf-8")
    assert "# Pseudonymisierte Kopie: Q3 2026" in guide
    assert "# Pseudonymised copy: Q3 2026" in guide
    assert "invoices" not in read_names(tmp_path / "copy")
    columns = pd.read_csv(tmp_path / "copy" / "columns.csv")
    for name in read_names(tmp_path / "copy"):
        going = columns[(columns["table"] == name) & (columns["treatment_en"] != "left out")]["column"]
        assert set(going) == set(read(tmp_path / "copy", name).columns), name
    assert words_of(guide)


def read_names(folder) -> list[str]:
    return sorted(path.stem for path in (folder / "tables").glob("*.parquet"))
