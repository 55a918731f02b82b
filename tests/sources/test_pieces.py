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
        lines.append(f"{name};{1 + i % 28:02d}.{1 + i % 12:02d}.2024;R{i:04d};{chance.randint(-99, 9_999)},{i % 100:02d}")
        if quirks and chance.random() < 0.06:
            lines.append(chance.choice(BROKEN))
    return end.join(lines) + end


def same(whole, cut) -> None:
    assert (cut.headers, cut.encoding, cut.delimiter, cut.header_row) == (
        whole.headers, whole.encoding, whole.delimiter, whole.header_row)  # fmt: skip
    assert cut.cells.slice(0, cut.cells.num_rows).to_pylist() == whole.cells.to_pylist()
    assert cut.unreadable == whole.unreadable
    assert cut.changes == whole.changes
    assert (cut.n_records, cut.n_blank, cut.is_broken) == (whole.n_records, whole.n_blank, whole.is_broken)


def cut_file(content: bytes, size: int, chunk: int):
    def chunks():
        return (content[i : i + chunk] for i in range(0, len(content), chunk))

    return read_pieces(chunks, "u.csv", size=size)


@pytest.fixture(autouse=True)
def short_tail(monkeypatch):
    monkeypatch.setattr(boundaries, "TAIL", 12)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 10**6), st.integers(0, 400), st.sampled_from(ENCODINGS), st.sampled_from(["\n", "\r\n"]),
       st.integers(1, 4000), st.integers(1, 3000))  # fmt: skip
def test_pieces_of_any_size_read_as_the_whole(seed, n, encoding, end, size, chunk):
    content = some_file(seed, n, end).encode(encoding, errors="replace")
    try:
        whole = read_text(content, "u.csv")
    except UserError:
        return
    found = cut_file(content, size, chunk)
    if found is not None:
        same(whole, found)
