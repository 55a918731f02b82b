"""The last look finds originals however they are written, and nothing else."""

import pytest

from segkit.governance.scan import Originals, find_in_bytes, find_in_texts


@pytest.fixture
def originals() -> Originals:
    made = Originals()
    made.add(["Müller & Söhne GmbH", "ABB", "Schneider"], "name", frozenset({"kern"}))
    made.add(["Kern"], "last name", frozenset({"kern"}))
    made.add(["10017", "0000100200"], "id")
    made.add(["eva.lang@firma.de", "+49 351 1234"], "address")
    return made


@pytest.mark.parametrize(
    "text",
    [
        "Müller & Söhne GmbH", "MÜLLER & SÖHNE GMBH", "an Müller, Söhne GmbH geliefert", "Eva.Lang@Firma.de",
        "<eva.lang@firma.de>", "+49 351/1234", "10017", " 10017 ", "ABB", "Fa. Schneider kauft", "0000100200",
    ],
)  # fmt: skip
def test_originals_are_found_in_any_way_of_writing(originals, text):
    assert len(list(find_in_texts([text], originals, "here"))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Müller",
        "Söhne Müller GmbH",
        "ABBA",
        "revenue_12m >= 10017.50",
        "Schneiderei",
        "110017",
        "10017 accounts",
        "Kern",
        "",
    ],
)
def test_other_texts_are_not(originals, text):
    assert list(find_in_texts([text], originals, "here")) == []


def test_words_of_everybody_are_counted_not_sought(originals):
    assert originals.n_common == 1


def test_bytes_are_searched_across_pieces_and_not_for_short_words(originals):
    data = b"\x00\x13\xff" * 400 + "Müller & Söhne GmbH".encode() + b"\x00ABB\x0010017\x00" * 3
    for size in (7, 64, 1210, 5000):
        chunks = [data[i : i + size] for i in range(0, len(data), size)]
        assert set(find_in_bytes(chunks, originals, "t.parquet")) == {"name in the bytes of t.parquet"}, size
    assert list(find_in_bytes([b"\x00ABB\x00", b"10017"], originals, "t.parquet")) == []


def test_two_values_side_by_side_are_not_one_name(originals):
    assert list(find_in_bytes(["Müller\x05\x00\x00\x00Söhne\x04\x00\x00\x00GmbH".encode()], originals, "t")) == []
