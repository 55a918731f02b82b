from segkit.sources.quotes import mend_quotes


def mended(text: str, n_fields: int = 3) -> tuple[str, int]:
    body, n = mend_quotes(text.encode(), ";", '"', n_fields)
    return body.decode(), n


def test_values_over_several_lines_stay():
    text = '1;"zwei\nZeilen";3\n4;5;6\n'
    assert mended(text) == (text, 0)


def test_a_mark_inside_an_unquoted_value_is_a_plain_character():
    text = '1;Rohr 5" lang;3\n4;5;6\n'
    assert mended(text) == (text, 0)


def test_an_open_mark_does_not_swallow_the_rows_below():
    assert mended('1;"Schraube 5;3\n4;5;6\n7;8;9\n') == ('"1";"""Schraube 5";"3"\n4;5;6\n7;8;9\n', 1)


def test_two_open_marks_are_two_lines_not_one_value():
    body, n = mended('1;"a;3\n2;b;3\n3;"c;3\n4;d;3\n')
    assert n == 2 and body.count("\n") == 4


def test_marks_inside_a_quoted_value_that_are_not_doubled_belong_to_it():
    assert mended('1;"Rohr 5" lang";3\n4;5;6\n')[0] == '"1";"Rohr 5"" lang";"3"\n4;5;6\n'


def test_a_name_partly_in_quotes_keeps_them():
    assert mended('1;"Nord" GmbH;3\n')[0] == '"1";"""Nord"" GmbH";"3"\n'


def test_a_mark_that_opens_behind_a_closing_one_swallows_nothing():
    text = '1;"Nord\nSüd";2024;";5\n2;a;3;4;5\n'
    assert mended(text, 5)[0].count('"') == 0
