"""CSV that a spreadsheet opens with a double click, and that cannot run anything there."""

import pandas as pd

from segkit.widgets.accounts_csv import accounts_csv

FRAME = pd.DataFrame(
    {
        "name": ["Müller; Söhne", "=HYPERLINK(1)", "+49", None],
        "revenue_12m": [1234.567, -5.0, None, 0.0],
        "growth": [0.12345, None, -0.5, 0.0],
        "frequency": [3, 1, 2, 0],
    }
)


def test_german_excel_reads_it():
    raw = accounts_csv(FRAME, "de")
    assert raw.startswith(b"\xef\xbb\xbf")
    lines = raw.decode("utf-8-sig").split("\r\n")
    assert lines[0] == "Kunde;Umsatz 12 Monate;Wachstum;Rechnungen"
    assert lines[1] == '"Müller; Söhne";1234,57;0,1234;3'


def test_english_uses_commas_and_points():
    lines = accounts_csv(FRAME, "en").decode("utf-8-sig").split("\r\n")
    assert lines[0] == "Name,Revenue 12 months,Growth,Invoices"
    assert lines[1] == "Müller; Söhne,1234.57,0.1234,3"


def test_formulas_are_text_and_numbers_stay_numbers():
    lines = accounts_csv(FRAME, "de").decode("utf-8-sig").split("\r\n")
    assert lines[2] == "'=HYPERLINK(1);-5,0;;1"
    assert lines[3].startswith("'+49;;-0,5;")
    assert lines[4].startswith(";0,0;")


def test_yes_and_no_are_words():
    flags = pd.DataFrame({"is_contactable": pd.array([True, False, None], dtype="boolean")})
    assert accounts_csv(flags, "de").decode("utf-8-sig").split("\r\n")[:4] == ["Kontakt erlaubt", "ja", "nein", '""']
    assert accounts_csv(flags, "en").decode("utf-8-sig").split("\r\n")[:3] == ["May be contacted", "yes", "no"]
