import pytest

from segkit.sources.encodings import BROKEN, decode

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
