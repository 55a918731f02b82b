"""New values of the safe rules: each function takes distinct values and returns the new one, NA where it stays.

The frame has the columns value, n (rows) and what the rule reads beside it; see `segkit.cleansing.rules`.
"""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import TYPE_CHECKING

from segkit.cleansing.forms import addresses, identifiers, names, phones, spelling, web
from segkit.cleansing.forms.words import folded
from segkit.features.countries import country_codes
from segkit.yaml_files import read_yaml

if TYPE_CHECKING:
    import pandas as pd

EMPTY = ""
"""A new value that stands for none."""
_PLAIN_PHONE = re.compile(r"(?:tel|telefon|fon|phone|mobil)?[.: ]*[+\d\s()/.\-–]+", re.IGNORECASE)
_UNUSUAL = r"^\s|\s$|\s\s|[^ !-~\u00a1-\u00ac\u00ae-\u024f€–—„“”‘’‚…]"
"""Texts without this are as visible as can be; the others are looked at letter by letter."""
_MAIL = re.compile(r"[^@\s<>]+@[^@\s<>]+")


def without_invisible(frame: pd.DataFrame) -> pd.Series:
    """Take out what the eye does not see."""
    values = frame["value"]
    return spelling.each_distinct(values.where(values.str.contains(_UNUSUAL)), spelling.visible).astype("str")


def not_stated(frame: pd.DataFrame) -> pd.Series:
    """Empty “keine Angabe”, “unbekannt”."""
    return _emptied(frame["value"], "not_stated")


def not_chosen(frame: pd.DataFrame) -> pd.Series:
    """Empty “Select”, “Bitte wählen”."""
    return _emptied(frame["value"], "not_chosen")


def not_applicable(frame: pd.DataFrame) -> pd.Series:
    """Empty “entfällt”."""
    return _emptied(frame["value"], "not_applicable")


def _emptied(values: pd.Series, reason: str) -> pd.Series:
    import pandas as pd

    stands = values.map(missing_word).isin(_words()[reason])
    return pd.Series(EMPTY, index=values.index, dtype="str").where(stands)


def missing_word(text: str) -> str:
    """Return a text as the list of words that stand for nothing is compared: small, without marks around it."""
    return " ".join(re.sub(r"[-–—_*.:<>\[\]()…!]+", " ", text.casefold()).split())


def reason_of(text: str) -> str:
    """Return what a text that stands for nothing says: not_chosen, not_applicable or else not_stated."""
    word = missing_word(text)
    return next((reason for reason in ("not_chosen", "not_applicable") if word in _words()[reason]), "not_stated")


@functools.cache
def _words() -> dict[str, frozenset[str]]:
    return {reason: frozenset(missing_word(word) for word in words) for reason, words in missing_words().items()}


def missing_words() -> dict[str, list[str]]:
    """Return the words that stand for nothing, by reason."""
    return read_yaml(Path(__file__).with_name("missing_words.yml"))


def legal_form(frame: pd.DataFrame) -> pd.Series:
    """Write a legal form as the list writes it."""
    return names.name_forms(frame["value"])["legal_form"]


def legal_form_of_name(frame: pd.DataFrame) -> pd.Series:
    """Fill an empty legal form from the name, where the column holds others."""
    import pandas as pd

    is_empty = frame["value"].isna()
    if is_empty.all():
        return pd.Series(pd.NA, index=frame.index, dtype="str")
    return names.split_names(frame["name"].where(is_empty))["legal_form"]


def country(frame: pd.DataFrame) -> pd.Series:
    """Write a country as most rows write it; of equally frequent spellings the first in the alphabet."""
    codes = country_codes(frame["value"])
    known = frame.assign(code=codes)[codes.str.fullmatch("[A-Z]{2}").fillna(False).astype(bool)]
    ordered = known.groupby(["code", "value"], as_index=False)["n"].sum()
    ordered = ordered.sort_values(["code", "n", "value"], ascending=[True, False, True])
    return codes.map(ordered.drop_duplicates("code").set_index("code")["value"]).astype("str")


def category(frame: pd.DataFrame) -> pd.Series:
    """Write a category as most rows write it, where only capitals, umlauts, blanks and hyphens differ."""
    letters = spelling.each_distinct(frame["value"], lambda text: folded(text).replace(" ", "") or None)
    spelt = frame.assign(letters=letters).groupby(["letters", "value"], as_index=False)["n"].sum()
    spelt = spelt.sort_values(["letters", "n", "value"], ascending=[True, False, True]).drop_duplicates("letters")
    return letters.map(spelt.set_index("letters")["value"]).astype("str")


def postal_code(frame: pd.DataFrame) -> pd.Series:
    """Give German codes their zero back, and take the country's letters away."""
    return addresses.fold_postal_codes(frame["value"], frame["country"])


def city_capitals(frame: pd.DataFrame) -> pd.Series:
    """Write a city in capitals as other rows of the same postal code write it."""
    is_loud = frame["value"].str.isupper() & (frame["value"].str.len() > 1)
    folded = addresses.fold_cities(frame["value"])
    key = frame["postal_code"] + "\x1f" + folded
    quiet = frame.assign(key=key)[~is_loud & key.notna()].groupby(["key", "value"], as_index=False)["n"].sum()
    quiet = quiet.sort_values(["key", "n", "value"], ascending=[True, False, True]).drop_duplicates("key")
    return key.where(is_loud).map(quiet.set_index("key")["value"]).astype("str")


def phone(frame: pd.DataFrame) -> pd.Series:
    """Write a single number without words or extension as E.164."""
    plain = frame["value"].where(frame["value"].map(lambda text: _PLAIN_PHONE.fullmatch(text) is not None))
    countries = frame["country"] if "country" in frame else plain.where(plain.isna())
    # a number without its country's code says nothing where the country is not known
    return phones.to_e164(plain, countries, default="")


def website(frame: pd.DataFrame) -> pd.Series:
    """Write a web address without scheme and closing slash, its host in small letters."""
    return spelling.each_distinct(frame["value"], _website).astype("str")


def _website(text: str) -> str | None:
    shown = re.sub(r"^(?:https?:)?/{0,2}", "", spelling.visible(text), flags=re.IGNORECASE)
    if web.host(shown) is None or "@" in shown:
        return None
    host = re.split(r"[/?#]", shown, maxsplit=1)[0]
    rest = shown[len(host) :]
    return host.casefold() + ("" if rest == "/" else rest)


def email(frame: pd.DataFrame) -> pd.Series:
    """Write an e-mail address in small letters without what stands around it."""
    return spelling.each_distinct(frame["value"], _email).astype("str")


def _email(text: str) -> str | None:
    shown = re.sub(r"^mailto:", "", spelling.visible(text), flags=re.IGNORECASE)
    bracketed = re.fullmatch(r"[^<>]*<([^<>]+)>", shown)
    address = (bracketed[1] if bracketed else shown).strip().casefold()
    return address if _MAIL.fullmatch(address) else None


def vat_id(frame: pd.DataFrame) -> pd.Series:
    """Write a VAT number that is valid without its marks."""
    return _valid(identifiers.vat_ids(frame["value"], frame["country"]))


def register_id(frame: pd.DataFrame) -> pd.Series:
    """Write a register number whose court exists as kind, number, court."""
    return _valid(identifiers.register_ids(frame["value"]))


def lei(frame: pd.DataFrame) -> pd.Series:
    """Write a legal entity identifier that is valid in capitals without blanks."""
    return _valid(identifiers.leis(frame["value"]))


def _valid(found: pd.DataFrame) -> pd.Series:
    return found["value"].where(found["is_valid"])
