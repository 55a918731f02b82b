"""Numbers that a register or an office gives to one company: VAT, trade register, LEI."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

from segkit.cleansing.forms.spelling import each_distinct, visible
from segkit.cleansing.forms.words import folded
from segkit.features.countries import country_codes

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

_KIND = r"(?P<kind>HRA|HRB|GNR|GSR|VR|PR)"
_NUMBER = r"(?P<number>\d{1,6})\s*(?P<suffix>[A-ZÖ]{1,3}\b)?"
_REGISTER = re.compile(rf"\b{_KIND}\s*(?:-?\s*NR)?[.: -]*{_NUMBER}", re.IGNORECASE)
_COURT = re.compile(
    r"\b(?:amtsgericht|registergericht|handelsregister|register|ag|reg\.?-?gericht|beim|des)\b[.: ]*", re.I
)
_KINDS = {"GNR": "GnR", "GSR": "GsR"}


def vat_ids(values: pd.Series, countries: pd.Series | None = None) -> pd.DataFrame:
    """Return VAT numbers as one writes them, and whether their check digit is right.

    Parameters
    ----------
    values : Series of text
    countries : Series of text, optional
        In any spelling; gives the letters where a number has none.

    Returns
    -------
    DataFrame
        Same index. value: ``DE136695976``, NA where nothing is left. is_valid: by the rules of its country
        (python-stdnum, `eu.vat`, and `ch.uid` for Switzerland); False for every other text.
    """
    import pandas as pd

    known = country_codes(countries) if countries is not None else pd.Series(pd.NA, index=values.index, dtype="str")
    return _checked(known.astype("str").fillna("") + "\x1f" + values.astype("str"), _vat)


def register_ids(values: pd.Series) -> pd.DataFrame:
    """Return numbers of the German trade register in the order kind, number, court.

    Parameters
    ----------
    values : Series of text

    Returns
    -------
    DataFrame
        Same index. value: ``HRB 12345 Aachen``, without a court ``HRB 12345``; other texts in capitals without marks.
        is_valid: kind, number and a court that exists (python-stdnum, `de.handelsregisternummer`). A number without
        its court is not valid: every court counts for itself.
    """
    return _checked(values, _register)


def leis(values: pd.Series) -> pd.DataFrame:
    """Return legal entity identifiers: value in capitals without blanks, is_valid by the check digits of ISO 17442."""
    return _checked(values, _lei)


def _checked(values: pd.Series, function: Callable[[str], tuple[str | None, bool]]) -> pd.DataFrame:
    import pandas as pd

    parts = each_distinct(values, function)
    rows = [part if isinstance(part, tuple) else (pd.NA, False) for part in parts]
    frame = pd.DataFrame(rows, columns=["value", "is_valid"], index=values.index)
    return frame.astype({"value": "str", "is_valid": "bool"})


def _vat(joined: str) -> tuple[str | None, bool]:
    from stdnum.ch import uid
    from stdnum.eu import vat

    country, _, text = joined.partition("\x1f")
    value = re.sub(r"[^0-9A-Z+*]", "", re.sub(r"(?i)^\s*ust[.\-\s]*id[.\-\s]*(nr)?[.:\s]*", "", visible(text)).upper())
    if value.startswith("CHE"):
        number = value[:12]
        return number, len(number) == 12 and uid.is_valid(number)
    country = {"GR": "EL"}.get(country, country)
    if value and value[0].isdigit() and country:
        value = ("ATU" if country == "AT" else country) + value
    return value or None, bool(value) and vat.is_valid(value)


def _lei(text: str) -> tuple[str | None, bool]:
    from stdnum import lei

    value = re.sub(r"[^0-9A-Z]", "", visible(text).upper())
    return value or None, len(value) == 20 and lei.is_valid(value)


def _register(text: str) -> tuple[str | None, bool]:
    from stdnum.de import handelsregisternummer

    shown = visible(text)
    found = _REGISTER.search(shown)
    if not found:
        return re.sub(r"[^\w]", "", shown.upper()) or None, False
    rest = f"{shown[: found.start()]} {shown[found.end() :]}"
    court = re.sub(r"\s+", " ", re.sub(r"[,;:()]", " ", _COURT.sub(" ", rest))).strip(" -.")
    court = _courts().get(folded(court), court)
    kind = _KINDS.get(found["kind"].upper(), found["kind"].upper())
    number = " ".join(filter(None, [kind, found["number"].lstrip("0") or "0", (found["suffix"] or "").upper()]))
    if not court:
        return number, False
    try:
        checked = handelsregisternummer.validate(f"{court} {kind} {found['number'].lstrip('0')}")
    except handelsregisternummer.ValidationError:
        return f"{number} {court}", False
    return f"{number} {checked.split(f' {kind} ')[0]}", True


@functools.cache
def _courts() -> dict[str, str]:
    """Folded name of a court → its name: koln → Köln."""
    from stdnum.de.handelsregisternummer import GERMAN_COURTS

    return {folded(court): court for court in GERMAN_COURTS}
