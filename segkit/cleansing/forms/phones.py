"""Telephone numbers in the international form E.164."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from segkit.cleansing.forms.spelling import each_distinct, visible
from segkit.features.countries import country_codes

if TYPE_CHECKING:
    import pandas as pd

_SEVERAL = re.compile(r"\s*(?:;|\||\boder\b|\bor\b|,\s*(?=[+0])).*$")
_WORDS = re.compile(r"^\s*(?:tel|telefon|phone|fon|mobil|handy|fax)[.: ]+", re.IGNORECASE)
_TRUNK = re.compile(r"^\s*(\+|00)(\d{1,3})\s*\(\s*0\s*\)")


def to_e164(phones: pd.Series, countries: pd.Series | None = None, default: str = "DE") -> pd.Series:
    """Return telephone numbers as ``+492415551234``, NA where a text is none.

    Parameters
    ----------
    phones : Series of text
    countries : Series of text, optional
        In any spelling; says which country a number without a country code belongs to.
    default : str
        The country where none is given; empty = such a number needs its country's code.

    Returns
    -------
    Series of str
        Same index. Of several numbers in a cell the first; extensions are left out. Numbers that no country gives out
        are NA, as are those without an area code.

    Notes
    -----
    The rules are those of Google's libphonenumber, by phonenumberslite.
    """
    import pandas as pd

    known = country_codes(countries) if countries is not None else pd.Series(pd.NA, index=phones.index, dtype="str")
    known = known.astype("str").replace("", pd.NA).fillna(default)
    joined = known + "\x1f" + phones.astype("str")
    return each_distinct(joined, _parse).astype("str")


def _parse(joined: str) -> str | None:
    import phonenumbers

    country, _, text = joined.partition("\x1f")
    shown = _SEVERAL.sub("", _WORDS.sub("", visible(text)))
    shown = re.sub(r"^\s*00(?=[1-9])", "+", _TRUNK.sub(r"+\2 ", shown))
    region = country if len(country) == 2 else None
    try:
        number = phonenumbers.parse(shown, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
