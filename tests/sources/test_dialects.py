import pytest

from segkit.sources.dialects import detect_dialect


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_delimiter_by_regular_rows(delimiter):
    rows = [
        ["Kunde", "Datum", "Betrag"],
        ["Müller, Söhne & Co.", "01.02.2024", '"1.234,50"'],
        ["ABC", "02.02.2024", '"7,00"'],
    ]
    text = "\n".join(delimiter.join(f'"{c}"' if delimiter in c and '"' not in c else c for c in row) for row in rows)
    assert detect_dialect(text).delimiter == delimiter


def test_decimal_commas_do_not_pass_for_delimiters():
    text = "Kunde;Betrag\n" + "".join(f"K{i};{i},50\n" for i in range(50))
    assert detect_dialect(text).delimiter == ";"


def test_preamble_lines_are_skipped_and_counted():
    text = "Umsatzbericht\nStand: 01.02.2024\n\nKunde;Datum;Betrag\nA;01.02.2024;1,00\n"
    dialect = detect_dialect(text)
    assert (dialect.header_row, dialect.header) == (4, ("Kunde", "Datum", "Betrag"))
    assert text[dialect.body :] == "A;01.02.2024;1,00\n"


def test_wanted_headers_find_the_header_below_a_wide_preamble():
    text = "Mandant;Firma;Zeitraum\nA;B;C\nKunde;Datum;Betrag\nX;01.02.2024;1\n"
    assert detect_dialect(text).header_row == 1
    assert detect_dialect(text, wanted=["Kunde", "Betrag"]).header_row == 3


def test_excels_line_naming_the_delimiter():
    dialect = detect_dialect("sep=|\nKunde|Betrag\nA|1\n")
    assert (dialect.delimiter, dialect.header) == ("|", ("Kunde", "Betrag"))


def test_no_header_among_numbers_only():
    assert detect_dialect("1;2;3\n4;5;6\n7;8;9\n") is None


def test_single_column():
    assert detect_dialect("Kunde\nMüller\nMeier\n").header == ("Kunde",)


@pytest.mark.parametrize(
    ("line", "quote", "escape"),
    [
        ('1;"Rohr 5\\" lang";3', '"', "\\"),
        ("1;Nord\\; Süd;3", '"', "\\"),
        ('1;"C:\\temp";3', '"', ""),
        ("1;'O''Hara';3", "'", ""),
        ("1;O'Hara;3", '"', ""),
    ],
)
def test_quotes_and_escapes_are_seen(line, quote, escape):
    dialect = detect_dialect(f"id;Name;Zahl\n{line}\n2;x;4\n")
    assert (dialect.quote, dialect.escape, dialect.n_fields) == (quote, escape, 3)


@pytest.mark.parametrize("delimiter", ["^", "~"])
def test_rare_delimiters(delimiter):
    assert detect_dialect(f"Kunde{delimiter}Betrag\nA{delimiter}1,50\n").delimiter == delimiter
