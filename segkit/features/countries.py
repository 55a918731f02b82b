"""Countries as exports write them (Deutschland, D, DE, Germany, DEU) as one code each, and their names to read."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

SHORT_FORMS = {
    **{"d": "DE", "a": "AT", "f": "FR", "i": "IT", "b": "BE", "e": "ES", "p": "PT", "l": "LU", "h": "HU", "s": "SE"},
    **{
        "n": "NO",
        "uk": "GB",
        "usa": "US",
        "deu": "DE",
        "ger": "DE",
        "brd": "DE",
        "aut": "AT",
        "che": "CH",
        "sui": "CH",
    },
    **{"fra": "FR", "ita": "IT", "nld": "NL", "holland": "NL", "bel": "BE", "lux": "LU", "pol": "PL", "gbr": "GB"},
    **{"eire": "IE", "tschechische republik": "CZ", "czech republic": "CZ", "great britain": "GB", "england": "GB"},
}


def country_codes(countries: pd.Series) -> pd.Series:
    """Return the two-letter code of each country; a word that is no country stays as it is.

    Examples
    --------
    Deutschland, D, germany and DE are DE; Vereinigtes Königreich and UK are GB.
    """
    known = _codes()
    words = countries.dropna().unique()
    return countries.map({word: known.get(str(word).strip().casefold(), word) for word in words})


def country_name(code: str, language: str) -> str:
    """Return a country's name in a language; what is no code stays as it is."""
    return _territories(language).get(code, code)


@functools.cache
def _territories(language: str) -> dict[str, str]:
    from babel import Locale

    return {code: name for code, name in Locale(language).territories.items() if len(code) == 2}


@functools.cache
def _codes() -> dict[str, str]:
    names = {name.casefold(): code for language in ("en", "de") for code, name in _territories(language).items()}
    return names | {code.casefold(): code for code in _territories("en")} | SHORT_FORMS
