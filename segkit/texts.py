"""Sentences in German and English, made from numbers; the one place where text from data is escaped."""

from __future__ import annotations

import datetime as dt
import functools
import html
import math
import string
from pathlib import Path

from segkit.yaml_files import read_yaml

LANGUAGES = ("de", "en")
NOTHING = "–"


def escape(text: object) -> str:
    """Return text from data as harmless HTML: the only way it may enter a page."""
    return html.escape(str(text), quote=True)


@functools.cache
def templates(language: str) -> dict[str, str]:
    """Return all templates of a language by key."""
    folder = Path(__file__).parent / "texts"
    merged: dict[str, str] = {}
    for path in sorted(folder.glob(f"*{language}.yml")):
        merged.update(read_yaml(path))
    return merged


def say(key: str, language: str, currency: str = "EUR", **numbers: object) -> str:
    """Return one sentence in one language.

    Parameters
    ----------
    key : str
        A key of `texts/`, such as ``value.pareto``.
    language : str
        ``de`` or ``en``.
    currency : str
        ISO code of the project's currency, for ``money``, ``cents`` and ``million``.
    **numbers
        What the template's placeholders name. A missing number (None, NaN) reads "–".

    Examples
    --------
    With the template "{n:count} Kunden, {revenue:money}": 1.204 Kunden, 51.300 €. A kind may be followed by the words
    for one and for all other numbers, a no-break space before them: "{n:count|Kunde|Kunden}" reads 1 Kunde,
    1.204 Kunden; ``word`` shows the word alone: "{n:word|ist|sind}".
    """
    template = templates(language).get(key)
    if template is None:
        raise KeyError(f"texts: no {language} sentence for '{key}'")
    return _Sentence(language, currency).format(template, **numbers)


def has(key: str) -> bool:
    """Say whether there is a sentence for a key."""
    return key in templates("en")


class _Sentence(string.Formatter):
    """Formats placeholders in the manner of the language."""

    def __init__(self, language: str, currency: str):
        self.locale = {"de": "de_DE", "en": "en_GB"}[language]
        self.currency = currency

    def format_field(self, value: object, format_spec: str) -> str:
        kind, *words = (format_spec or "text").split("|")
        number = "" if kind == "word" else show(value, kind, self.locale, self.currency)
        return f"{number}\u00a0{_word(value, *words)}".lstrip("\u00a0") if words else number


def _word(value: object, one: str, other: str) -> str:
    """The word for one or for all other numbers; German and English have no third form."""
    return one if str(value) in ("1", "1.0") else other


def show(value: object, kind: str, locale: str, currency: str = "EUR") -> str:
    """Return a value as text, by its kind.

    Kinds are count, money, cents, million, percent, number, decimal, fine, date, month and text. A decimal has two
    places, a fine number three. A month is a number from 1 to 12 and reads January, Januar.
    """
    from babel.dates import format_date, get_month_names
    from babel.numbers import format_compact_currency, format_decimal, format_percent

    if value is None or (isinstance(value, float) and math.isnan(value)) or str(value) in ("NaT", "<NA>"):
        return NOTHING
    if kind == "text":
        return str(value)
    if kind == "date":
        day = value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value)[:10])
        return format_date(day, "dd.MM.yyyy" if locale.startswith("de") else "d MMM yyyy", locale=locale)
    number = float(value)  # type: ignore[arg-type]
    if math.isinf(number):
        return NOTHING
    if kind == "month":
        return str(get_month_names("wide", locale=locale)[round(number)])
    if kind == "count":
        return format_decimal(round(number), locale=locale)
    if kind == "cents":
        return _money(number, 2, locale, currency)
    if kind == "million" and abs(number) < 1e6:
        return _money(number, 0, locale, currency)  # CLDR has no short form of thousands in German
    if kind == "million":
        return format_compact_currency(number, currency, locale=locale, fraction_digits=1)
    if kind == "money":
        return _money(number, 0 if abs(number) >= 1000 else 2, locale, currency)
    if kind == "percent":
        return format_percent(number, "#,##0.0 %" if locale.startswith("de") else "#,##0.0%", locale=locale)
    patterns = {"number": "#,##0.#", "decimal": "#,##0.00", "fine": "#,##0.000"}
    return format_decimal(number, patterns[kind], locale=locale)


def _money(number: float, digits: int, locale: str, currency: str) -> str:
    from babel.numbers import format_currency

    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    pattern = f"{pattern} ¤" if locale.startswith("de") else f"¤{pattern}"
    return format_currency(number, currency, pattern, locale=locale, currency_digits=False)
