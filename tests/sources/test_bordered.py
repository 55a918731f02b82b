from segkit.sources.grids import Grid
from segkit.sources.text_files import read_text

LIST = """01.02.2024                 Dynamische Listenausgabe           1
--------------------------------------------------
|  VBELN     |FKDAT     |KUNAG     |       NETWR|WAERK|
|-------------------------------------------------|
|  0090000001|01.02.2024|0000004711|   1.234,56-|EUR  |
|  0090000002|02.02.2024|0000004712|     234,56 |EUR  |
|* |          |          |   1.000,00-|EUR  |
--------------------------------------------------

01.02.2024                 Dynamische Listenausgabe           2
--------------------------------------------------
|  VBELN     |FKDAT     |KUNAG     |       NETWR|WAERK|
|-------------------------------------------------|
|  0090000003|03.02.2024|0000004711|      -5,00 |EUR  |
|  0090000003|03.02.2024|00000|4711|   -5,00 |EUR  |
--------------------------------------------------
"""


def read(text: str = LIST) -> Grid:
    return read_text(text.encode("cp1252"), "vbrk.txt")


def told(grid: Grid) -> dict[str, int]:
    return {change.rule: change.n_rows for change in grid.changes}


def test_the_rows_between_the_bars_are_read_with_their_line_numbers():
    grid = read()
    assert grid.headers == ["VBELN", "FKDAT", "KUNAG", "NETWR", "WAERK"]
    assert [row["row_number"] for row in grid.cells.to_pylist()] == [5, 6, 14]
    assert grid.cells.to_pylist()[0]["c3"].strip() == "1.234,56-"


def test_rulers_page_titles_headers_and_totals_are_left_out_and_told():
    grid = read()
    assert told(grid) == {"preamble": 1, "ruler": 5, "page_title": 1, "header_again": 1, "subtotal": 1}
    n_told = sum(n for rule, n in told(grid).items() if rule != "preamble")
    assert grid.n_records == grid.cells.num_rows + len(grid.unreadable) + grid.n_blank + n_told


def test_a_bar_inside_a_text_does_not_shift_the_columns():
    assert [(row.row_number, row.reason) for row in read().unreadable] == [(15, "wrong_field_count")]


def test_a_list_indented_or_without_rulers_is_read():
    text = "".join(f"  |K{i}|{i},5-|\n" for i in range(5))
    grid = read(f"Liste\n\n  |Kunde|Betrag|\n{text}")
    assert [row["c1"] for row in grid.cells.to_pylist()] == ["0,5-", "1,5-", "2,5-", "3,5-", "4,5-"]
