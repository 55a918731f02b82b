"""Arithmetic over headers (``quantity * unitPrice * (1 - discount)``) → exact SQL, never floats."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from segkit.errors import UserError

QUOTIENT_DECIMALS = 9
_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?|\.\d+)|(?P<quoted>\"[^\"]+\"|`[^`]+`)|(?P<name>[^\W\d][\w.]*)|(?P<sign>[-+*/()]))"
)
_AND = re.compile(r"\s+&\s+")
_WIDEST = 38
_FACTOR_DECIMALS = 12


@dataclass(frozen=True)
class Number:
    """A constant, as written."""

    text: str


@dataclass(frozen=True)
class Header:
    """A header, without its quotation marks."""

    name: str


@dataclass(frozen=True)
class Operation:
    """Two terms and one of + - * /."""

    sign: str
    left: Term
    right: Term


@dataclass(frozen=True)
class Texts:
    """Texts of several headers, put together with a blank between them; of yes and no, one yes is a yes."""

    headers: tuple[Header, ...]


Term = Number | Header | Operation


@dataclass(frozen=True)
class Decimal:
    """SQL of an exact number with its digits: `width` in all, `scale` of them decimals."""

    sql: str
    width: int
    scale: int


def parse_formula(text: str) -> Term:
    """Return the formula as a tree.

    Parameters
    ----------
    text : str
        Headers, numbers with a decimal point, ``+ - * / ( )``. Headers with blanks or signs stand in double quotes or
        backticks: ``"Unit Price" * Quantity``.

    Raises
    ------
    UserError
        "formula 'Quantity*': a header or number is missing at its end."
    """
    tokens = _tokens(text)
    term, rest = _sum(tokens, 0, text)
    if rest != len(tokens):
        raise UserError(f"formula '{text}': '{tokens[rest][1]}' is not expected there.")
    return term


def headers_of(term: Term | Texts) -> list[str]:
    """Return the headers in a formula, in order, each once."""
    if isinstance(term, Texts):
        return list(dict.fromkeys(header.name for header in term.headers))
    if isinstance(term, Header):
        return [term.name]
    if isinstance(term, Number):
        return []
    return list(dict.fromkeys([*headers_of(term.left), *headers_of(term.right)]))


def parse_texts(text: str) -> Texts | None:
    """Return ``"Name 1" & "Name 2"`` as headers whose texts are put together, None where nothing is."""
    parts = [part.strip().strip('"`') for part in _AND.split(text)]
    return Texts(tuple(Header(part) for part in parts)) if len(parts) > 1 and all(parts) else None


def headers_in(text: str, has: Callable[[str], bool]) -> list[str]:
    """Return the headers that a column of `sources` is made of: one, those of a formula, or texts put together.

    Parameters
    ----------
    text : str
        As it stands in project.yml or a preset; "" names none.
    has : callable
        Says whether a header is there: ``Soll - Ist`` may be one.
    """
    if has(text) or not text:
        return [text] if text else []
    texts = parse_texts(text)
    if texts is not None:
        return headers_of(texts)
    try:
        return headers_of(parse_formula(text))
    except UserError:
        return [text]


def formula_sql(term: Term, columns: Mapping[str, Decimal]) -> Decimal:
    """Return exact SQL for a formula.

    Parameters
    ----------
    term : Term
        From `parse_formula`.
    columns : mapping
        Header → SQL of the DECIMAL that holds it.

    Returns
    -------
    Decimal
        Sums and products keep every decimal (a factor up to twelve); a quotient is rounded to nine.
        More than 38 digits give NULL.
    """
    if isinstance(term, Header):
        return columns[term.name]
    if isinstance(term, Number):
        whole, _, fraction = term.text.partition(".")
        width = max(len(whole.lstrip("0")), 1) + len(fraction)
        return Decimal(f"CAST('{term.text}' AS DECIMAL({width}, {len(fraction)}))", width, len(fraction))
    left, right = formula_sql(term.left, columns), formula_sql(term.right, columns)
    if term.sign == "*":
        left, right = _shortened(left), _shortened(right)
        return Decimal(f"({left.sql} * {right.sql})", min(_WIDEST, left.width + right.width), left.scale + right.scale)
    if term.sign == "/":
        return _quotient(left, right)
    scale = max(left.scale, right.scale)
    width = min(_WIDEST, max(left.width - left.scale, right.width - right.scale) + scale + 1)
    return Decimal(f"({left.sql} {term.sign} {right.sql})", width, scale)


def inverted(rate: Decimal) -> Decimal:
    """Return an exchange rate as a factor: a negative one is an indirect quotation, one divided by its size."""
    one = Decimal("CAST(1 AS DECIMAL(1, 0))", 1, 0)
    size = Decimal(f"abs({rate.sql})", rate.width, rate.scale)
    other = _shortened(_quotient(one, size, _FACTOR_DECIMALS))
    direct = _shortened(rate)
    scale = max(direct.scale, other.scale)
    sql = f"CASE WHEN {rate.sql} < 0 THEN {other.sql} ELSE {direct.sql} END"
    return Decimal(f"CAST({sql} AS DECIMAL({_WIDEST}, {scale}))", _WIDEST, scale)


def _shortened(number: Decimal) -> Decimal:
    """Return a factor of at most twelve decimals, so that products of many factors fit."""
    if number.scale <= _FACTOR_DECIMALS:
        return number
    width = number.width - number.scale + _FACTOR_DECIMALS
    return Decimal(f"CAST({number.sql} AS DECIMAL({width}, {_FACTOR_DECIMALS}))", width, _FACTOR_DECIMALS)


def _quotient(left: Decimal, right: Decimal, decimals: int = QUOTIENT_DECIMALS) -> Decimal:
    """Return a quotient of whole numbers, rounded half away from zero: `/` would make it a float."""
    power = decimals + right.scale - left.scale
    above = f"{_whole(left)} * CAST(1{'0' * max(power, 0)} AS HUGEINT)"
    below = f"{_whole(right)} * CAST(1{'0' * max(-power, 0)} AS HUGEINT)"
    sign = f"(sign({left.sql}) * sign({right.sql}))"
    rounded = f"((2 * abs({above}) + abs({below})) // nullif(2 * abs({below}), 0))"
    unit = f"CAST('0.{'0' * (decimals - 1)}1' AS DECIMAL({decimals}, {decimals}))"
    width = _WIDEST - decimals
    return Decimal(f"(CAST({rounded} * {sign} AS DECIMAL({width}, 0)) * {unit})", _WIDEST, decimals)


def _whole(number: Decimal) -> str:
    return f"CAST({number.sql} * CAST(1{'0' * number.scale} AS DECIMAL({number.scale + 1}, 0)) AS HUGEINT)"


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens, position = [], 0
    while text[position:].strip():
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            raise UserError(
                f"formula '{text}': '{text[position:].strip()[:12]}' cannot be read. Allowed are headers, numbers and "
                "+ - * / ( ); put a header with blanks or signs in double quotes."
            )
        tokens.append((match.lastgroup, match[match.lastgroup]))
        position = match.end()
    return tokens


def _sum(tokens: list[tuple[str, str]], at: int, text: str) -> tuple[Term, int]:
    term, at = _product(tokens, at, text)
    while at < len(tokens) and tokens[at][1] in "+-":
        right, after = _product(tokens, at + 1, text)
        term, at = Operation(tokens[at][1], term, right), after
    return term, at


def _product(tokens: list[tuple[str, str]], at: int, text: str) -> tuple[Term, int]:
    term, at = _factor(tokens, at, text)
    while at < len(tokens) and tokens[at][1] in "*/":
        right, after = _factor(tokens, at + 1, text)
        term, at = Operation(tokens[at][1], term, right), after
    return term, at


def _factor(tokens: list[tuple[str, str]], at: int, text: str) -> tuple[Term, int]:
    if at >= len(tokens):
        raise UserError(f"formula '{text}': a header or number is missing at its end.")
    kind, word = tokens[at]
    if kind == "number":
        return Number(word), at + 1
    if kind in ("name", "quoted"):
        return Header(word.strip('"`') if kind == "quoted" else word), at + 1
    if word in "+-":
        term, after = _factor(tokens, at + 1, text)
        return (Operation("-", Number("0"), term) if word == "-" else term), after
    if word == "(":
        term, after = _sum(tokens, at + 1, text)
        if after >= len(tokens) or tokens[after][1] != ")":
            raise UserError(f"formula '{text}': a closing bracket is missing.")
        return term, after + 1
    raise UserError(f"formula '{text}': '{word}' is not expected there.")
