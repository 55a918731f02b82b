"""A file cut into pieces reads as the whole: the same rows, row numbers, quarantine and log."""

import gzip
import random
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segkit.errors import UserError
from segkit.sources import boundaries, files, pieces
from segkit.sources.dialects import Dialect
from segkit.sources.encodings import find_encoding
from segkit.sources.pieces import read_pieces
from segkit.sources.spool import Spool
from segkit.sources.text_files import read_text

from .conftest import INVOICES

NAMES = ["Müller", "A & B", 'Rohr 3/4"', "Nord; Süd", "Zeile\nzwei", "", "-", "0815", "Ärger 'n' Co", "k. A."]
BROKEN = ['4;"offen;x;y', "zu;wenig", "1;2;3;4;5;6", "", ";;;", '5;Rohr 5";x;1,50', '"a"b;c;d;1,00', 'x;"y";z";3,00']
ENCODINGS = ["utf-8", "utf-8-sig", "cp1252", "cp850", "utf-16"]


def some_file(seed: int, n: int, end: str = "\n", quirks: bool = True) -> str:
    chance = random.Random(seed)
    lines = ["Kunde;Datum;Beleg;Betrag"]
    for i in range(n):
        name = chance.choice(NAMES)
        if set(name) & set('";\n'):
            name = '"' + name.replace('"', '""') + '"'
        lines.append(
            f"{name};{1 + i % 28:02d}.{1 + i % 12:02d}.2024;R{i:04d};{chance.randint(-99, 9_999)},{i % 100:02d}"
        )
        if quirks and chance.random() < 0.06:
            lines.append(chance.choice(BROKEN))
    return end.join(lines) + end


def contents(grid) -> dict:
    """Everything that reading says of a file, whole or in pieces."""
    facts = (
        "headers",
        "encoding",
        "delimiter",
        "header_row",
        "unreadable",
        "changes",
        "n_records",
        "n_blank",
        "is_broken",
    )
    rows = grid.cells.slice(0, grid.cells.num_rows).to_pylist()
    return {"rows": rows} | {name: getattr(grid, name) for name in facts}


def cut_file(content: bytes, size: int, chunk: int):
    def chunks():
        return (content[i : i + chunk] for i in range(0, len(content), chunk))

    return read_pieces(chunks, "u.csv", size=size)


@pytest.fixture(autouse=True)
def short_tail(monkeypatch):
    monkeypatch.setattr(boundaries, "TAIL", 12)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 10**6), st.integers(0, 400), st.sampled_from(ENCODINGS), st.sampled_from(["\n", "\r\n"]),
       st.integers(1, 4000), st.integers(100, 3000))  # fmt: skip
def test_pieces_of_any_size_read_as_the_whole(seed, n, encoding, end, size, chunk):
    content = some_file(seed, n, end).encode(encoding, errors="replace")
    try:
        whole = read_text(content, "u.csv")
    except UserError:
        return
    found = cut_file(content, size, chunk)
    if found is not None:
        assert contents(found) == contents(whole)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 10**6), st.integers(20, 200), st.integers(1, 2000))
def test_lines_in_two_encodings_are_repaired_in_pieces_as_in_the_whole(seed, n, size):
    chance = random.Random(seed)
    lines = some_file(seed, n, quirks=False).splitlines(keepends=True)
    content = b"".join(line.encode(chance.choice(["utf-8", "cp1252"])) for line in lines)
    assert contents(cut_file(content, size, 500)) == contents(read_text(content, "u.csv"))


def test_the_encoding_of_a_file_does_not_depend_on_where_it_is_cut():
    content = ("Müller;Größe;“quoted”\n" * 300 + "x\n").encode("cp1252")
    whole = find_encoding([content])
    assert all(find_encoding([content[:k], content[k:]]) == whole for k in range(1, 60))


def test_a_mark_that_nobody_closes_does_not_swallow_the_pieces_below():
    rows = [f"{i};01.02.2024;R{i};1,00" for i in range(600)]
    rows[10] = '10;"offen;R10;1,00'
    found = cut_file(("Kunde;Datum;Beleg;Betrag\n" + "\n".join(rows) + "\n").encode(), 1000, 700)
    assert found.cells.n_pieces > 5
    assert found.cells.num_rows + len(found.unreadable) == 600


def test_a_cut_never_falls_into_a_value_of_several_lines():
    dialect = Dialect(";", '"', 1, ("a", "b"), 0, 2)
    data = b'1;"eins\nzwei\ndrei"\n' * 400
    ends = {boundaries.record_end(data, target, dialect) for target in range(60)}
    assert ends and all(end % 19 == 0 for end in ends)


@pytest.fixture
def in_pieces(monkeypatch):
    monkeypatch.setattr(files, "LARGE", 100)
    monkeypatch.setattr(pieces, "PIECE", 700)
    monkeypatch.setattr(files, "_spooled", {})


def everything(found):
    tables = [
        found.con.sql(f"FROM {name} ORDER BY ALL").to_arrow_table() for name in ("raw_invoices", "unreadable_invoices")
    ]
    report = found.report
    return [
        *(t.to_pylist() for t in tables),
        *(f.to_dict("records") for f in (report.files, report.columns, report.log)),
    ]


@pytest.mark.parametrize("seed", range(4))
def test_typed_rows_quarantine_and_log_are_those_of_the_whole(read, monkeypatch, seed):
    content = some_file(seed, 300).encode("cp1252") + b"Kunde 7.0;5.1.24;x;1.234,5\nSumme;;;1\n"
    settings_of = {"invoices": {"files": "u.csv", "columns": INVOICES}}
    whole = everything(read({"u.csv": content}, settings_of))
    monkeypatch.setattr(files, "LARGE", 100)
    monkeypatch.setattr(pieces, "PIECE", 700)
    monkeypatch.setattr(files, "_spooled", {})
    cut = everything(read({"u.csv": content}, settings_of))
    assert repr(cut) == repr(whole)
    assert len(files._spooled) == 1


@pytest.mark.parametrize(
    ("dates", "format_", "is_assumed"),
    [(["01/02/2024", "02/02/2024", "03/02/2024"], "dd/mm/yyyy", True),
     (["01/05/2024", "02/01/2024", "02/03/2024"], "mm/dd/yyyy", True)],
)  # fmt: skip
def test_the_order_of_rows_in_all_pieces_decides_day_or_month(in_pieces, read_invoices, dates, format_, is_assumed):
    rows = [f"K{i};{dates[i // 80]};R{i};{i},50" for i in range(240)]
    found = read_invoices("Kunde;Datum;Beleg;Betrag\n" + "\n".join(rows) + "\n")
    column = found.report.columns.set_index("column").loc["invoice_date"]
    assert (column["format"], column["is_assumed"]) == (format_, is_assumed)


def test_ids_lose_their_zero_only_if_all_pieces_have_it(in_pieces, read_invoices):
    rows = [f"{i}.0;01.02.2024;R{i};1,50" for i in range(240)]
    all_float = read_invoices("Kunde;Datum;Beleg;Betrag\n" + "\n".join(rows) + "\n", "a.csv")
    assert set(all_float.values("account_id")) == {str(i) for i in range(240)}
    rows[-1] = "A7;01.02.2024;R1;1,50"
    mixed = read_invoices("Kunde;Datum;Beleg;Betrag\n" + "\n".join(rows) + "\n", "b.csv")
    assert "0.0" in mixed.values("account_id")


@pytest.mark.parametrize("packed", ["u.csv", "u.csv.gz", "u.zip"])
def test_packed_files_come_in_pieces_too(in_pieces, tmp_path, packed):
    content = some_file(1, 200).encode("utf-8")
    path = tmp_path / packed
    if packed.endswith(".zip"):
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("u.csv", content)
    else:
        path.write_bytes(gzip.compress(content) if packed.endswith(".gz") else content)
    found = files.read_file(path, "u.csv")[0]
    assert isinstance(found.cells, Spool)
    assert contents(found) == contents(read_text(content, "u.csv"))


def test_a_gzip_that_ends_early_is_named_though_its_first_pieces_were_good(in_pieces, tmp_path):
    (tmp_path / "u.csv.gz").write_bytes(gzip.compress(some_file(1, 5000).encode())[:-400])
    with pytest.raises(UserError, match="is damaged: the gzip archive ends early"):
        files.read_file(tmp_path / "u.csv.gz", "u.csv.gz")


def test_a_large_parquet_file_keeps_its_types(in_pieces, tmp_path, monkeypatch):
    import pandas as pd

    frame = pd.DataFrame(
        {"Kunde": ["A", None, "C"] * 100, "Tag": pd.Timestamp("2024-02-03"), "Betrag": [1.5, 2, None] * 100}
    )
    frame.to_parquet(tmp_path / "u.parquet")
    monkeypatch.setattr(files, "LARGE", 1 << 26)
    whole = files.read_file(tmp_path / "u.parquet", "u")[0]
    monkeypatch.setattr(files, "LARGE", 100)
    cut = files.read_file(tmp_path / "u.parquet", "u")[0]
    assert isinstance(cut.cells, Spool) and cut.headers == whole.headers
    assert cut.cells.slice(0, 300).to_pylist() == whole.cells.to_pylist()


def test_rows_of_a_spool_are_found_by_their_place():
    import pyarrow as pa

    spool = Spool()
    for start in (0, 3, 6):
        spool.append(pa.table({"row_number": [start, start + 1, start + 2], "c0": ["a", "b", f"c{start}"]}))
    assert spool.take(pa.array([2, 3, 8])).to_pylist() == [
        {"row_number": 2, "c0": "c0"}, {"row_number": 3, "c0": "a"}, {"row_number": 8, "c0": "c6"}]  # fmt: skip
    assert spool.slice(2, 2)["row_number"].to_pylist() == [2, 3]
    assert spool.num_rows == 9


def test_a_file_that_changes_is_parsed_again(in_pieces, tmp_path):
    path = tmp_path / "u.csv"
    path.write_bytes(some_file(1, 200).encode())
    first = files.read_file(path, "u.csv")[0]
    assert files.read_file(path, "u.csv")[0].cells is first.cells
    path.write_bytes(some_file(2, 300).encode())
    assert files.read_file(path, "u.csv")[0].cells.num_rows > first.cells.num_rows
