from decimal import Decimal as D

import pandas as pd
import pytest

from segkit.engines import connect
from segkit.sources.numbers import Evidence, settle_numbers, weigh_numbers


def read(texts: list[str], mark: str | None = None) -> tuple[Evidence, dict]:
    con = connect()
    con.register("dictionary", pd.DataFrame({"id": range(len(texts)), "v": texts, "n": 1}))
    evidence = weigh_numbers(con, "dictionary", "numbers")
    settle_numbers(con, "numbers", evidence, mark or evidence.mark or ".", False)
    return evidence, dict(con.sql("SELECT v, number FROM numbers").fetchall())


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.234,50", "1234.50"),
        ("-3,10", "-3.10"),
        ("3,10-", "-3.10"),
        ("(2,00)", "-2"),
        ("−5,5", "-5.5"),
        ("€ 5,00", "5"),
        ("5,00 EUR", "5"),
        ("CHF 1'234,50", "1234.5"),
        ("1\u00a0234,00", "1234"),
        ("7,-", "7"),
        ("15,5 %", "0.155"),
        (",5", "0.5"),
        ("1.234", "1234"),
    ],
)
def test_ways_of_writing_in_a_column_of_decimal_commas(text, number):
    assert read(["0,01", "0,02", text])[1][text] == D(number)


@pytest.mark.parametrize(
    ("text", "number"),
    [("1,234.50", "1234.50"), ("$3.99", "3.99"), ("1,234", "1234"), ("1e-05", "0.00001"), ("\x021e3", "1000")],
)
def test_ways_of_writing_in_a_column_of_decimal_points(text, number):
    assert read(["0.01", "0.02", text])[1][text] == D(number)


@pytest.mark.parametrize("text", ["abc", "1,2,3", "--5", "-5-", "1 23", "1,23E+15", "12a", "1..5", "5,", "0x1F"])
def test_what_is_no_number_is_not_read(text):
    assert read(["0,01", "0,02", text])[1][text] is None


def test_the_whole_column_decides():
    assert read(["1.234", "5.678", "2,50"])[1]["1.234"] == 1234
    assert read(["1.234", "5.678", "2.50"])[1]["1.234"] == D("1.234")


def test_nothing_decides_where_every_value_allows_both():
    evidence, _ = read(["1.234", "5.678"])
    assert evidence == Evidence(either=2) and evidence.mark is None


def test_a_column_of_both_kinds_reads_what_is_clear_and_leaves_the_rest():
    _, numbers = read(["12,50", "1.234,50", "12.75", "3.99", "1.234"])
    assert numbers == {
        "12,50": D("12.5"),
        "1.234,50": D("1234.5"),
        "12.75": D("12.75"),
        "3.99": D("3.99"),
        "1.234": None,
    }


def test_noise_of_binary_numbers_is_cut():
    assert read(["\x022.5500000000000003"])[1]["\x022.5500000000000003"] == D("2.55")


def test_where_all_have_two_decimals_a_number_in_thousands_is_clear_in_a_column_of_both_kinds():
    clear = [f"{i},50" for i in range(10)] + [f"{i}.25" for i in range(10)]
    numbers = read([*clear, "1.234", "5,678"])[1]
    assert (numbers["1.234"], numbers["5,678"]) == (1234, 5678)


def test_three_decimals_are_not_believed_where_all_others_have_two():
    numbers = read([*(f"{i}.25" for i in range(30)), "1.234", "1,234"])[1]
    assert numbers["1.234"] is None and numbers["1,234"] == 1234


def test_a_single_number_of_the_other_kind_makes_the_unclear_ones_unreadable():
    assert read([*(f"{i},5" for i in range(100)), "2.5", "1.234"])[1]["1.234"] is None


@pytest.mark.parametrize("text", ["1.234,56- EUR", "EUR -1.234,56", "-1.234,56 zł", "(1.234,56) CHF", "1'234,56-"])
def test_signs_and_currencies_on_every_side(text):
    assert read(["0,01", "0,02", text])[1][text] == D("-1234.56")
