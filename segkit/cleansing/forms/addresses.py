"""Addresses in forms that can be compared: streets, cities, postal codes."""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segkit.cleansing.forms.spelling import each_distinct, visible
from segkit.cleansing.forms.words import folded
from segkit.features.countries import country_codes
from segkit.yaml_files import read_yaml

if TYPE_CHECKING:
    import pandas as pd

_NUMBER = re.compile(r"(?<=[^\d\s])\.?,?\s*(?<!\d)(\d+\s?[a-zA-Z]?(?:\s?[-–/+,]\s?(?:\d+\s?[a-zA-Z]?|[a-zA-Z])){0,3})$")
_NUMBER_FIRST = re.compile(r"^(\d+\s?[a-zA-Z]?),?\s+(?=\D)(?!\.)")
_SQUARE = re.compile(r"^([A-Z])\s?(\d{1,2}),?\s+(?=\d)")
_FLOOR = re.compile(r",?\s*\d+\.?\s*(?:OG|Etage|Stock|Obergeschoss|floor)\b.*$", re.IGNORECASE)
_FOLLOWING = re.compile(r"\s*(?:\(.*|,(?!\s*\d).*)$")
_STREET = re.compile(r"(strasse|straase|strase|strsse|str)$")
_PLACE = re.compile(r"(?<=[a-z])pl$")
_CITY_REST = re.compile(r"\s*(?:[(/,].*|\b(?:am|an|a|im|in|i|ob|o|vor|v|bei|b)\b[. ].*)$", re.IGNORECASE)
_CITY_NUMBER = re.compile(r"\s+\d{1,2}$")
_PREFIX = re.compile(r"^([A-Z]{1,3})\s*[-–]\s*(?=\d)|^([A-Z]{2})\s*(?=\d{4,5}$)")
_SHAPES = {
    "DE": re.compile(r"\d{5}"),
    **dict.fromkeys(("AT", "CH", "LI", "LU", "BE", "DK", "NO", "HU", "SI"), re.compile(r"\d{4}")),
    **dict.fromkeys(("FR", "IT", "ES", "FI"), re.compile(r"\d{5}")),
    "NL": re.compile(r"\d{4}[A-Z]{2}"),
    **dict.fromkeys(("CZ", "SK", "SE", "PL"), re.compile(r"\d{5}|\d{2}-\d{3}")),
}
_CAR_CODES = {"D": "DE", "A": "AT", "CH": "CH", "F": "FR", "I": "IT", "L": "LU", "B": "BE", "FL": "LI", "E": "ES"}


def fold_streets(streets: pd.Series) -> pd.DataFrame:
    """Return street and house number apart, for comparing.

    Parameters
    ----------
    streets : Series of text
        Street with house number.

    Returns
    -------
    DataFrame
        Same index. street: folded letters and digits without blanks, in which Straße, Strasse and Str. are str and
        Platz and Pl. platz; NA where nothing is left. house_number: 12a, 12-14, 5/2; NA where there is none.

    Examples
    --------
    >>> import pandas as pd
    >>> fold_streets(pd.Series(["Karl-Marx-Straße 12 A", "Karl Marx Str.12a"])).to_numpy().tolist()
    [['karlmarxstr', '12a'], ['karlmarxstr', '12a']]
    """
    import pandas as pd

    parts = each_distinct(streets, _split_street)
    rows = [part if isinstance(part, tuple) else (pd.NA, pd.NA) for part in parts]
    return pd.DataFrame(rows, columns=["street", "house_number"], index=streets.index, dtype="str")


def _split_street(text: str) -> tuple[str | None, str | None]:
    shown = visible(text)
    # squares of Mannheim: C 4, 12 is house 12 of C4
    shown = _SQUARE.sub(r"\1\2x ", _FLOOR.sub("", _FOLLOWING.sub("", shown)) or shown)
    found = _NUMBER.search(shown)
    street = shown[: found.start()] if found else shown
    if not found:
        found = _NUMBER_FIRST.search(shown)
        street = shown[found.end() :] if found else shown
    number = re.sub(r"\s|–", lambda blank: "-" if blank[0] == "–" else "", found[1]).casefold() if found else None
    words = [_street_word(word) for word in folded(street).split()]
    return "".join(words) or None, number.replace(",", "/") if number else None


def _street_word(word: str) -> str:
    word = _PLACE.sub("platz", _STREET.sub("str", word))
    return {"pl": "platz", "st": "sankt"}.get(word, word)


def fold_cities(cities: pd.Series) -> pd.Series:
    """Return the name of a city without what stands beside it, for comparing; the postal code tells namesakes apart.

    Parameters
    ----------
    cities : Series of text

    Returns
    -------
    Series of str
        Same index; folded, in German: Frankfurt a. M., Frankfurt (Main) and Frankfurt am Main are frankfurt, Munich is
        munchen; NA where nothing is left.

    Examples
    --------
    >>> import pandas as pd
    >>> fold_cities(pd.Series(["Frankfurt a.M.", "KOELN 30", "St. Augustin"])).tolist()
    ['frankfurt', 'koln', 'sankt augustin']
    """
    return each_distinct(cities, _fold_city).astype("str")


def _fold_city(text: str) -> str | None:
    shown = _CITY_NUMBER.sub("", visible(text))
    shown = re.sub(r"^[A-Z]{0,3}-?\d{4,5}\s+", "", shown)
    short = folded(_CITY_REST.sub("", shown)) or folded(shown)
    words = ["sankt" if word == "st" else word for word in short.split()]
    name = " ".join(words)
    return _city_names().get(name, name) or None


@functools.cache
def _city_names() -> dict[str, str]:
    names: dict[str, Any] = read_yaml(Path(__file__).with_name("words.yml"))["cities"]
    return {folded(name): folded(german) for name, german in names.items()}


def fold_postal_codes(codes: pd.Series, countries: pd.Series | None = None) -> pd.Series:
    """Return postal codes as they should be written, with the leading zero that Excel took; NA what cannot be one.

    Parameters
    ----------
    codes : Series of text
    countries : Series of text, optional
        In any spelling; where it is empty, a car code before the number says it, else five digits are taken as they
        are and four stay four.

    Returns
    -------
    Series of str
        Same index: 01067, 1010, 1012AB; codes of countries that are not known here: capitals without blanks.

    Examples
    --------
    >>> import pandas as pd
    >>> fold_postal_codes(pd.Series(["1067", "D-01067", "A-1010"]), pd.Series(["DE", None, None])).tolist()
    ['01067', '01067', '1010']
    """
    import pandas as pd

    known = country_codes(countries) if countries is not None else pd.Series(pd.NA, index=codes.index, dtype="str")
    joined = known.astype("str").fillna("") + "\x1f" + codes.astype("str")
    return each_distinct(joined, _fold_code).astype("str")


def _fold_code(joined: str) -> str | None:
    country, _, text = joined.partition("\x1f")
    code = visible(text).upper()
    prefix = _PREFIX.match(code)
    if prefix:
        named = prefix[1] or prefix[2]
        country = country or _CAR_CODES.get(named, named)
        code = code[prefix.end() :]
    code = re.sub(r"\.0$", "", code).replace(" ", "")
    if country == "DE" and re.fullmatch(r"\d{4}", code):
        code = f"0{code}"
    shape = _SHAPES.get(country)
    is_code = shape.fullmatch(code) if shape else re.search(r"\d", code) and len(code) <= 10
    # 00000 and 99999 stand for nothing anywhere
    return code if is_code and not re.fullmatch(r"0+|9+", code) else None


def is_street(text: str) -> bool:
    """Say whether a text looks like a street with a number: Hauptstr. 5."""
    street, number = _split_street(text)
    return (
        number is not None and street is not None and re.search(r"str|weg|platz|allee|gasse|ring", street) is not None
    )
