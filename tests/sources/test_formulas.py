from decimal import Decimal as D

import duckdb
import pytest

from segkit.errors import UserError
from segkit.sources.formulas import Decimal, formula_sql, headers_of, parse_formula

COLUMNS = {
    "quantity": Decimal("CAST(12 AS DECIMAL(2, 0))", 2, 0),
    "Unit Price": Decimal("CAST(14.55 AS DECIMAL(4, 2))", 4, 2),
    "discount": Decimal("CAST(0.05 AS DECIMAL(3, 2))", 3, 2),
}


def value(text: str):
    sql = formula_sql(parse_formula(text), COLUMNS).sql
    return duckdb.sql(f"SELECT TRY({sql}), typeof({sql})").fetchall()[0]


@pytest.mark.parametrize(
    ("formula", "result"),
    [
        ('quantity * "Unit Price" * (1 - discount)', D("165.87")),
        ("-`Unit Price`", D("-14.55")),
        ("1 + 2 * 3 - 4", D("3")),
        ("10 - 2 - 3", D("5")),
        ("quantity / 8 / 3", D("0.5")),
        ("-quantity / 1.19", D("-10.084033613")),
        ("2 / 3", D("0.666666667")),
    ],
)
def test_exact_arithmetic_with_the_usual_precedence(formula, result):
    found, kind = value(formula)
    assert found == result
    assert kind.startswith(("DECIMAL", "INTEGER"))


def test_division_by_zero_is_empty():
    assert value("quantity / 0")[0] is None


def test_headers_are_named_once_and_without_their_quotes():
    assert headers_of(parse_formula('"Unit Price" * quantity + "Unit Price"')) == ["Unit Price", "quantity"]


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ("quantity *", "missing at its end"),
        ("quantity ** 2", "'*' is not expected there"),
        ("(quantity", "a closing bracket is missing"),
        ("quantity; DROP TABLE x", "cannot be read"),
        ("__import__('os')", "cannot be read"),
        ("a b", "'b' is not expected there"),
    ],
)
def test_anything_but_arithmetic_is_refused(formula, message):
    with pytest.raises(UserError, match="formula") as error:
        parse_formula(formula)
    assert message in str(error.value)
