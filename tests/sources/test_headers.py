import pytest

from segkit.sources.headers import read_header
from segkit.sources.text_files import read_text

ROWS = "A;01.02.2024;1,00\nB;02.02.2024;2,00\nC;03.02.2024;3,00\n"


def headers(text: str) -> list[str]:
    grid = read_text(text.encode(), "a.csv")
    assert [row["c0"] for row in grid.cells.to_pylist()][-3:] == ["A", "B", "C"]
    assert grid.cells.num_rows == 3
    return grid.headers


def test_a_row_of_units_is_no_row_of_data():
    assert headers(f"Kunde;Datum;Betrag\n;TT.MM.JJJJ;EUR\n{ROWS}") == ["Kunde", "Datum", "Betrag"]


def test_names_over_two_rows_are_put_together():
    text = f"Kunden-;Rechnungs-;Betrag\nnummer;datum;netto\n{ROWS}"
    assert headers(text) == ["Kundennummer", "Rechnungsdatum", "Betrag netto"]


def test_a_name_broken_in_quotes_is_one_name():
    assert headers(f'Kunde;"Rechnungs-\ndatum";"Betrag\n(in EURO)"\n{ROWS}') == [
        "Kunde",
        "Rechnungsdatum",
        "Betrag (in EURO)",
    ]


def test_groups_above_tell_equal_names_apart_and_leave_the_others():
    header = read_header([["", "2023", "", "2024", ""], ["Kunde", "Menge", "Wert", "Menge", "Wert"]], 1)
    assert header.names == ("Kunde", "2023 | Menge", "2023 | Wert", "2024 | Menge", "2024 | Wert")
    header = read_header([["Allgemein", "", "1. Ladepunkt", ""], ["Betreiber", "Ort", "Stecker 1", "P1"]], 1)
    assert header.names == ("Betreiber", "Ort", "Stecker 1", "P1")


@pytest.mark.parametrize("first", ["A;unbekannt;storniert\n", "A1;k.A.;n/a\n"])
def test_a_first_row_with_remarks_in_place_of_values_stays_a_row_where_it_has_a_number(first):
    grid = read_text(f"Kunde;Datum;Betrag\n{first}A2;01.02.2024;1,00\nA3;02.02.2024;2,00\n".encode(), "a.csv")
    assert grid.cells.num_rows == 3


def test_rows_wider_than_the_header_never_shift():
    grid = read_text(b"Kunde,Betrag,Ort\nA,1,50,Bonn\nB,2,50,Ulm\nC,3,50,Hof\n", "a.csv")
    assert grid.cells.num_rows == 0 and len(grid.unreadable) == 3


def test_a_running_number_without_a_name_gets_its_own_column():
    grid = read_text(b"Kunde,Betrag\n1,A,5.50\n2,B,6.50\n3,C,7.50\n", "a.csv")
    assert grid.headers == ["column 1", "Kunde", "Betrag"]


def test_fields_left_out_at_the_end_are_empty_where_the_file_always_does_so():
    rows = "".join(f"K{i};0{i}.02.2024;{i},50\n" for i in range(1, 8))
    grid = read_text(f"Kunde;Datum;Betrag;Bemerkung\nK0;01.01.2024;1,00;eilig\n{rows}".encode(), "a.csv")
    assert [row["c3"] for row in grid.cells.to_pylist()] == ["eilig", *[""] * 7]
    assert [change.n_rows for change in grid.changes if change.rule == "short_row"] == [7]


def test_a_single_short_row_is_set_aside():
    rows = "".join(f"K{i};0{i}.02.2024;{i},50;x\n" for i in range(1, 8))
    grid = read_text(f"Kunde;Datum;Betrag;Bemerkung\n{rows}K8;08.02.2024;8,50\n".encode(), "a.csv")
    assert grid.cells.num_rows == 7 and [row.raw for row in grid.unreadable] == ["K8;08.02.2024;8,50"]


def test_a_last_column_that_is_never_filled_may_be_missing_in_every_row_but_not_where_a_name_was_split():
    grid = read_text(b"Kunde;Datum;Betrag;Bemerkung\nA;01.02.2024;1,00\nB;02.02.2024;2,00\n", "a.csv")
    assert [row["c2"] for row in grid.cells.to_pylist()] == ["1,00", "2,00"]
    grid = read_text(b"Kunde;Betrag (netto;EUR);Datum\nA;1,00;01.02.2024\nB;2,00;02.02.2024\n", "a.csv")
    assert grid.cells.num_rows == 0 and len(grid.unreadable) == 2
