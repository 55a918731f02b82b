"""Records of customers → the forms of their fields that are compared."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from segkit.cleansing.forms.addresses import fold_cities, fold_postal_codes, fold_streets
from segkit.cleansing.forms.identifiers import leis, register_ids, vat_ids
from segkit.cleansing.forms.names import name_forms, split_names
from segkit.cleansing.forms.phones import to_e164
from segkit.cleansing.forms.spelling import each_distinct, fold_word, visible
from segkit.cleansing.forms.web import domains, mail_domains
from segkit.cleansing.matching.abbreviations import without_abbreviation
from segkit.cleansing.matching.phonetic import sound_of
from segkit.cleansing.matching.words import special_words
from segkit.features.countries import country_codes

if TYPE_CHECKING:
    import pandas as pd

_MISREAD = {letter.encode().decode("cp1252"): letter for letter in "äöüÄÖÜßéè"}
_DOTTED = re.compile(r"([^\W\d_]+)\.")
_DEPARTMENT = re.compile(r"(?<=\w)[\s,;(/-]+(abt\.|abteilung|z\.?\s?hd[ns]?\.|zu händen|c/o)(?=\W|$).*$", re.IGNORECASE)
_BRACKET = re.compile(
    r"\s*\((sonstige|(nicht eingetragener|altrechtlicher) verein|einzelunternehmer[^()]*|"
    r"öffentlich-rechtliche körperschaft|stiftung( des (privaten|öffentlichen) rechts)?)\)\s*$",
    re.IGNORECASE,
)
_LAST = re.compile(r"([^\W\d_]+)\W*$")
_REGISTER = r"^([A-Za-z]+ \d+(?: [A-Z]+)?)(?: (.+))?$"
IDENTIFIERS = ("vat_id", "register_id", "lei")
GIVEN = (
    *("record_id", "system", "name", "legal_form", "street", "postal_code", "city", "country", "phone", "website"),
    *("email_domain", *IDENTIFIERS),
)

LONGEST = 200
"""More letters of a field are not looked at."""

FEWEST_CUT = 12
"""The last word of a name with at least so many letters may have been cut by a narrow field."""

USUAL = 0.9
"""A country that at least so many of the stated ones are is taken for all that is not stated."""

FEWEST_DIGITS = 9
"""A telephone number with fewer signs, +49 included, is none."""


def read_fields(records: pd.DataFrame) -> pd.DataFrame:
    """Return the comparable form of each record's fields, in the order of record_id.

    Parameters
    ----------
    records : DataFrame
        Columns `GIVEN` as text, of which only record_id and name must be there.

    Returns
    -------
    DataFrame
        idx (0, 1, …), record_id, system; core, words, form of the name, compact (core without blanks), short (words
        that may be beginnings of longer ones), sound (`sound_of` of the words); street, house, postal_code, city,
        phone, domain; vat_id and vat_id_valid, register_id (kind and number) and court, lei and lei_valid. What is not
        given or unreadable is NA.
    """
    import pandas as pd

    given = records.reindex(columns=list(GIVEN)).astype("str").sort_values("record_id", kind="stable")
    given = given.reset_index(drop=True)
    given = given.apply(lambda column: column if column.name == "record_id" else column.str.slice(0, LONGEST))
    given["country"] = _usual_country(given)
    given["name"] = each_distinct(given.name, _readable).astype("str")
    names = split_names(given.name)
    fields = pd.DataFrame({"idx": range(len(given)), "record_id": given.record_id, "system": given.system})
    fields["core"] = names.core
    fields["words"] = names.words
    fields["stated_form"] = name_forms(given.legal_form).form_group
    fields["form"] = names.form_group.fillna(fields["stated_form"])
    fields["compact"] = names.core.str.replace(" ", "")
    fields["short"] = each_distinct(given.name, _shortened)
    fields["sound"] = each_distinct(
        names.words, lambda words: " ".join(sound_of(word) or word for word in words.split())
    )
    return pd.concat([fields.astype({"sound": "str", "short": "str"}), _read_places(given), _read_ids(given)], axis=1)


def _usual_country(given: pd.DataFrame) -> pd.Series:
    """Return countries; where none is given, that of nearly all others, so that 1067 meets 01067 Dresden.

    Not where the postal code names a country itself (A-1010), nor in a list of several countries.
    """
    codes = country_codes(given.country)
    shares = codes.value_counts(normalize=True)
    if shares.empty or shares.iloc[0] < USUAL:
        return codes
    return codes.where(codes.notna() | given.postal_code.str.contains(r"^\s*[A-Za-z]", na=False), shares.index[0])


def _readable(name: str) -> str | None:
    """Return a name with umlauts though its UTF-8 was read as cp1252, without what registers and offices add to it."""
    if "Ã" in name:
        for wrong, letter in _MISREAD.items():
            name = name.replace(wrong, letter)
    name = without_abbreviation(_BRACKET.sub("", _DEPARTMENT.sub("", name.replace("\u200b", " "))))
    return None if fold_word(name.strip()) in special_words("nobody") else name or None


def _shortened(name: str) -> str | None:
    """Return the words of a name that a dot ends, and its last one, which a narrow field may have cut."""
    found = [fold_word(word) for word in _DOTTED.findall(visible(name))]
    last = _LAST.search(visible(name))
    is_cut = last is not None and len(last[1]) > 1 and len(name) >= FEWEST_CUT
    return " ".join([*found, fold_word(last[1])] if last and is_cut else found) or None


def _read_places(given: pd.DataFrame) -> pd.DataFrame:
    """Return address, telephone and domain."""
    import pandas as pd

    streets = fold_streets(given.street)
    return pd.DataFrame(
        {
            "street": streets.street,
            "house": streets.house_number,
            "postal_code": fold_postal_codes(given.postal_code, given.country),
            "city": fold_cities(given.city),
            "phone": _read_phones(given),
            "domain": domains(given.website).fillna(mail_domains("x@" + given.email_domain)),
        }
    ).astype("str")


def _read_phones(given: pd.DataFrame) -> pd.Series:
    """Return telephone numbers; those that no country gives out are taken for German ones, in the same form."""
    numbers = to_e164(given.phone, given.country)
    digits = given.phone.str.replace(r"\D", "", regex=True)
    digits = digits.str.replace(r"^(?:00)?(4[139])0?", r"+\1", regex=True).str.replace(r"^0+", "", regex=True)
    digits = digits.where(digits.str.startswith("+"), "+49" + digits)
    return numbers.fillna(digits.where(digits.str.len() >= FEWEST_DIGITS))


def _read_ids(given: pd.DataFrame) -> pd.DataFrame:
    """Return identifiers and whether they are valid; of register numbers the court apart."""
    import pandas as pd

    registers = register_ids(given.register_id)["value"].str.extract(_REGISTER)
    vat, lei = vat_ids(given.vat_id, given.country), leis(given.lei)
    return pd.DataFrame(
        {
            "vat_id": vat["value"],
            "vat_id_valid": vat["is_valid"],
            "register_id": registers[0],
            "court": registers[1],
            "lei": lei["value"],
            "lei_valid": lei["is_valid"],
        }
    )
