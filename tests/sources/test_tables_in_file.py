from segkit.sources.grids import Grid
from segkit.sources.text_files import read_text

INVOICES = "Kunde;Datum;Betrag\nA;01.02.2024;1,00\nB;02.02.2024;2,00\n"


def read(text: str, wanted=()) -> Grid:
    return read_text(text.encode(), "a.csv", None, wanted)


def rules(grid: Grid) -> list[tuple]:
    return [(change.rule, change.n_rows, change.row_number) for change in grid.changes]


def first_column(grid: Grid) -> list[str]:
    return [row["c0"] for row in grid.cells.to_pylist()]


def test_headers_repeated_at_page_breaks_are_skipped_with_their_titles():
    grid = read(f"{INVOICES}\nSeite 2\nKunde;Datum;Betrag\nC;03.02.2024;3,00\n")
    assert first_column(grid) == ["A", "B", "C"] and not grid.unreadable
    assert rules(grid) == [("header_again", 1, 6), ("page_title", 1, 5)]


def test_files_put_one_behind_the_other_keep_no_byte_order_mark():
    grid = read(f"\ufeff{INVOICES}\ufeff{INVOICES}")
    assert first_column(grid) == ["A", "B", "A", "B"] and grid.headers[0] == "Kunde"


def test_a_further_table_is_told_with_its_rows_and_never_read_as_rows_of_the_first():
    grid = read(f"{INVOICES}\nArtikel\nArtikel;Gruppe;Preis\nX;rot;3,00\nY;blau;4,00\n")
    assert first_column(grid) == ["A", "B"] and not grid.unreadable
    change = grid.changes[0]
    assert (change.rule, change.n_rows, change.old_value, change.new_value) == (
        "other_table",
        4,
        "Artikel, Gruppe, Preis",
        "rows 5–8",
    )


def test_the_table_with_the_wanted_headers_is_read_wherever_it_stands():
    small = "Code;Text;Wert\nA;x;1\n"
    filler = "".join(f"B{i};y;2\n" for i in range(150))
    grid = read(f"{small}{filler}\n{INVOICES}", ["Kunde", "Datum", "Betrag"])
    assert first_column(grid) == ["A", "B"]
    assert [row["row_number"] for row in grid.cells.to_pylist()] == [155, 156]


def test_without_a_wish_the_largest_table_is_read():
    rows = "".join(f"X{i};{i},00\n" for i in range(20))
    grid = read(f"{INVOICES}\nArtikel;Preis\n{rows}")
    assert grid.headers == ["Artikel", "Preis"] and grid.cells.num_rows == 20
    assert ("other_table", 3, 1) in rules(grid)


def test_a_blank_line_above_a_row_of_texts_begins_no_table():
    grid = read("Firma;Ort\nA;Köln\n\nB;Bonn\n\nC;Ulm\n")
    assert first_column(grid) == ["A", "B", "C"]
