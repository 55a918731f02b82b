import pytest

from segkit.sources.encodings import BROKEN, decode, decode_pieces, find_encoding

TEXT = "Kunde;Ort\nMüller;Köln\nGrößl;Weißenfels\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "cp850"])
def test_usual_encodings_are_recognised(encoding):
    assert decode(TEXT.encode(encoding)).data.decode("utf-8") == TEXT


def test_given_encoding_is_taken():
    assert decode("ł;ó".encode("cp1250"), "cp1250").data.decode("utf-8") == "ł;ó"


def test_lines_of_another_encoding_are_read_by_themselves_and_told():
    lines = [line.encode("utf-8") for line in TEXT.splitlines()]
    found = decode(b"\n".join([*lines, "Jäger;Fürth".encode("cp1252")]))
    assert found.encoding == "utf-8"
    assert found.repaired == (4,)
    assert "Jäger;Fürth" in found.data.decode("utf-8")


def test_a_byte_that_nothing_explains_is_marked():
    found = decode("Müller\nKöln\n".encode() + b"M\x90ller\n")
    assert f"M{BROKEN}ller" in found.data.decode("utf-8")


def test_capital_umlauts_of_utf8_are_not_taken_for_the_dos_code_page():
    found = decode("Ärzte AG\nÖl KG\nÄpfel\n".encode() + "Jäger\n".encode("cp1252"))
    assert found.data.decode("utf-8").endswith("Jäger\n")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252", "cp850"])
def test_a_file_in_pieces_is_decoded_as_the_whole(encoding):
    data = (TEXT * 50).encode(encoding)
    pieces = [data[i : i + 37] for i in range(0, len(data), 37)]
    found = find_encoding([data])
    assert b"".join(p.data for p in decode_pieces(pieces, found)).decode("utf-8") == TEXT * 50
    if encoding in ("utf-8", "cp1252", "cp850"):
        assert find_encoding(pieces) == found


def test_letters_that_only_one_code_page_has_are_not_taken_for_the_other():
    assert decode("Málaga\nCórdoba\n".encode("cp1252")).data.decode() == "Málaga\nCórdoba\n"
    assert decode("„Nord“ – GmbH\n".encode("cp1252")).data.decode() == "„Nord“ – GmbH\n"
    assert decode("Ähre\n12\u00a0345,00\n".encode("cp850")).data.decode() == "Ähre\n12\u00a0345,00\n"


def test_nul_around_a_value_goes_and_inside_a_value_is_damage():
    found = decode(b"Kunde;Betrag\nA\x00\x00;1\x00\nB;1\x002\n")
    assert found.data.decode() == f"Kunde;Betrag\nA;1\nB;1{BROKEN}2\n"
    assert found.n_controls == 2


def test_lines_that_end_with_a_carriage_return_alone():
    assert decode(b"Kunde\rA\rB\r").data == b"Kunde\nA\nB\n"
