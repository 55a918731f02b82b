"""Records of customers → the forms of their fields that are compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.cleansing.forms.addresses import fold_cities, fold_postal_codes, fold_streets
from segkit.cleansing.forms.identifiers import leis, register_ids, vat_ids
from segkit.cleansing.forms.names import name_forms, split_names
from segkit.cleansing.forms.phones import to_e164
from segkit.cleansing.forms.spelling import each_distinct
from segkit.cleansing.forms.web import domains, mail_domains
from segkit.cleansing.matching.phonetic import sound_of

if TYPE_CHECKING:
    import pandas as pd

IDENTIFIERS = ("vat_id", "register_id", "lei")
GIVEN = (
    *("record_id", "system", "name", "legal_form", "street", "postal_code", "city", "country", "phone", "website"),
    *("email_domain", *IDENTIFIERS),
)

FEWEST_DIGITS = 6
"""A telephone number with fewer digits is none."""


def read_fields(records: pd.DataFrame) -> pd.DataFrame:
    """Return the comparable form of each record's fields, in the order of record_id.

    Parameters
    ----------
    records : DataFrame
        Columns `GIVEN` as text, of which only record_id and name must be there.

    Returns
    -------
    DataFrame
        idx (0, 1, …), record_id, system; core, words, form of the name, compact (core without blanks), sound
        (`sound_of` of the words); street, house, postal_code, city; phone, domain; of each identifier its value and
        `<identifier>_valid`. What is not given or unreadable is NA.
    """
    import pandas as pd

    given = records.reindex(columns=list(GIVEN)).astype("str").sort_values("record_id", kind="stable")
    given = given.reset_index(drop=True)
    names = split_names(given.name)
    fields = pd.DataFrame({"idx": range(len(given)), "record_id": given.record_id, "system": given.system})
    fields["core"] = names.core
    fields["words"] = names.words
    fields["form"] = names.form_group.fillna(name_forms(given.legal_form).form_group)
    fields["compact"] = names.core.str.replace(" ", "")
    fields["sound"] = each_distinct(
        names.words, lambda words: " ".join(sound_of(word) or word for word in words.split())
    )
    return pd.concat([fields.astype({"sound": "str"}), _read_places(given), _read_ids(given)], axis=1)


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
    """Return telephone numbers; of those that no country gives out, at least the digits without country and zeros."""
    numbers = to_e164(given.phone, given.country)
    digits = given.phone.str.replace(r"\D", "", regex=True).str.replace(r"^(00)?4[139]0?|^0+", "", regex=True)
    return numbers.fillna(digits.where(digits.str.len() >= FEWEST_DIGITS))


def _read_ids(given: pd.DataFrame) -> pd.DataFrame:
    """Return identifiers and whether they are valid; a register number without its court names nobody."""
    import pandas as pd

    columns: dict[str, pd.Series] = {}
    found = {
        "vat_id": vat_ids(given.vat_id, given.country),
        "register_id": register_ids(given.register_id),
        "lei": leis(given.lei),
    }
    found["register_id"]["value"] = found["register_id"]["value"].where(found["register_id"].is_valid)
    for name, identifier in found.items():
        columns[name] = identifier["value"]
        columns[f"{name}_valid"] = identifier["is_valid"]
    return pd.DataFrame(columns)
