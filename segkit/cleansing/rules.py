"""The list of rules that repair values: what each looks at, what it does, and why it may."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from segkit.cleansing import doubtful_addresses, doubtful_values, safe_values

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["safe", "missing", "doubtful"]
_COMPANY = ("name", "legal_form", "industry", "street", "city", "country")
_TEXTS = {
    "accounts": (*_COMPANY, "region", "credit_rating", "phone", "website", "team", "account_group", "source_abc_class"),
    "contacts": ("first_name", "last_name", "job_title", "department", "seniority", "email", "phone"),
    "firmographics": (*_COMPANY, "credit_rating", "phone", "website"),
    "leads": ("company", "source_name", "status"),
}
_CHOSEN = {
    "accounts": ("legal_form", "industry_code", "industry", "credit_rating", "city", "region", "country", "team",
                 "owner_id", "account_group", "source_abc_class"),
    "contacts": ("job_title", "department", "seniority"),
    "firmographics": ("legal_form", "industry_code", "industry", "credit_rating", "city", "country"),
    "leads": ("source_name", "status"),
}  # fmt: skip
_STATED = {
    "accounts": (*_CHOSEN["accounts"], "name", "street", "postal_code", "phone", "website", "vat_id", "register_id"),
    "contacts": (*_CHOSEN["contacts"], "first_name", "last_name", "email", "phone"),
    "firmographics": (*_CHOSEN["firmographics"], "name", "street", "postal_code", "phone", "website", "vat_id"),
    "leads": ("company", *_CHOSEN["leads"]),
}
_OF_COMPANIES = ("accounts", "firmographics")


@dataclass(frozen=True)
class Rule:
    """One rule.

    ``columns``: table → columns it repairs. ``kind``: safe (the value changes, and the log says so), missing (the value
    stands for nothing and goes, and the log says so), doubtful (a person decides). ``function``: takes a frame with a
    row for each distinct value, in the columns value, n (rows that have it) and ``reads``; returns the new value, NA
    where it stays, an empty text where nothing should stand there. ``is_format``: only the writing changes, so that the
    log has one row for each column and file instead of one for each value. ``fills``: looks at empty cells, too.
    """

    name: str
    kind: Kind
    columns: Mapping[str, tuple[str, ...]]
    function: Callable[[pd.DataFrame], pd.Series]
    why: str
    reads: tuple[str, ...] = ()
    is_format: bool = False
    fills: bool = False


def _companies(*columns: str) -> dict[str, tuple[str, ...]]:
    return dict.fromkeys(_OF_COMPANIES, columns)


RULES = (
    Rule(
        "invisible_characters",
        "safe",
        _TEXTS,
        safe_values.without_invisible,
        "Control characters, direction marks, zero-width characters and blanks around or between words that nobody "
        "sees keep equal values apart. Letters, digits and punctuation stay as they are.",
        is_format=True,
    ),
    Rule(
        "not_stated",
        "missing",
        _STATED,
        safe_values.not_stated,
        "“keine Angabe”, “unbekannt”, “unknown” are no values. (k. A., n/a, nan, - are taken out by reading already.)",
    ),
    Rule(
        "not_chosen",
        "missing",
        _CHOSEN,
        safe_values.not_chosen,
        "“Select”, “Bitte wählen”, “--None--” is what a form shows before somebody chooses.",
    ),
    Rule(
        "not_applicable",
        "missing",
        _STATED,
        safe_values.not_applicable,
        "“entfällt”, “nicht zutreffend” says that there is nothing to state.",
    ),
    Rule(
        "legal_form_written",
        "safe",
        _companies("legal_form"),
        safe_values.legal_form,
        "G.m.b.H., GMBH and Gesellschaft mit beschränkter Haftung are one legal form. A text that is more than a legal "
        "form stays.",
        is_format=True,
    ),
    Rule(
        "legal_form_from_name",
        "safe",
        _companies("legal_form"),
        safe_values.legal_form_of_name,
        "A company must carry its legal form in its name, so an empty cell takes it from there, where the column is "
        "filled for other rows.",
        reads=("name",),
        fills=True,
    ),
    Rule(
        "country_written",
        "safe",
        _companies("country"),
        safe_values.country,
        "D, DE, Germany and Deutschland are one country: the spelling that most rows have is taken. A column with one "
        "spelling of each country stays as it is.",
        is_format=True,
    ),
    Rule(
        "category_written",
        "safe",
        {"accounts": ("industry", "region"), "firmographics": ("industry",)},
        safe_values.category,
        "MASCHINENBAU, Maschinen-Bau and Maschinenbau are one industry: the spelling that most rows have is taken.",
        is_format=True,
    ),
    Rule(
        "postal_code_written",
        "safe",
        _companies("postal_code"),
        safe_values.postal_code,
        "A spreadsheet takes the leading zero of German postal codes; “D-” before a code belongs to the country.",
        reads=("country",),
        is_format=True,
    ),
    Rule(
        "city_capitals",
        "safe",
        _companies("city"),
        safe_values.city_capitals,
        "KÖLN and KOELN become Köln where other rows of the same postal code write Köln.",
        reads=("postal_code",),
        is_format=True,
    ),
    Rule(
        "phone_written",
        "safe",
        {**_companies("phone"), "contacts": ("phone",)},
        safe_values.phone,
        "0241/555 1234 and +49 (0)241 5551234 are one number; it is written +492415551234 (E.164). Numbers with words "
        "or extensions, those without area or country, and what is no number, stay as they are.",
        reads=("country",),
        is_format=True,
    ),
    Rule(
        "website_written",
        "safe",
        _companies("website"),
        safe_values.website,
        "https://www.Mueller.de/ and www.mueller.de are one address. What stands behind the domain is kept, www "
        "too: not every site answers without it.",
        is_format=True,
    ),
    Rule(
        "email_written",
        "safe",
        {"contacts": ("email",)},
        safe_values.email,
        "Addresses do not depend on capitals; “mailto:” and brackets around an address are no part of it.",
        is_format=True,
    ),
    Rule(
        "vat_id_written",
        "safe",
        _companies("vat_id"),
        safe_values.vat_id,
        "Blanks, dots and “USt-IdNr.:” are no part of a VAT number. Only where the number is valid afterwards.",
        reads=("country",),
        is_format=True,
    ),
    Rule(
        "register_id_written",
        "safe",
        _companies("register_id"),
        safe_values.register_id,
        "“Amtsgericht Aachen, HRB012345” and “HRB 12345 Aachen” are one entry. Only where there is such a court.",
        is_format=True,
    ),
    Rule(
        "lei_written",
        "safe",
        _companies("lei"),
        safe_values.lei,
        "Blanks and small letters are no part of a legal entity identifier. Only where its check digits are right.",
        is_format=True,
    ),
    Rule(
        "vat_id_wrong",
        "doubtful",
        _companies("vat_id"),
        doubtful_values.vat_id,
        "The check digit contradicts the VAT number. Proposed is the one valid number that two swapped digits or "
        "a letter in place of a digit would explain, else no number. Nothing where most of a column is wrong: it holds "
        "something else.",
        reads=("country",),
    ),
    Rule(
        "lei_wrong",
        "doubtful",
        _companies("lei"),
        doubtful_values.lei,
        "The check digits contradict the legal entity identifier: no number is better than a wrong one.",
    ),
    Rule(
        "legal_form_differs",
        "doubtful",
        _companies("legal_form"),
        doubtful_values.legal_form,
        "The name carries another legal form than the column says; the name is what the company must keep up to date.",
        reads=("name",),
    ),
    Rule(
        "swapped_postal_code",
        "doubtful",
        _companies("postal_code"),
        doubtful_addresses.postal_code_swapped,
        "The postal code stands under city, and the city under postal code.",
        reads=("city", "country"),
    ),
    Rule(
        "swapped_city",
        "doubtful",
        _companies("city"),
        doubtful_addresses.city_swapped,
        "The postal code stands under city, and the city under postal code.",
        reads=("postal_code",),
    ),
    Rule(
        "city_misspelt",
        "doubtful",
        _companies("city"),
        doubtful_addresses.city_misspelt,
        "Other rows of the same postal code write the city nearly so, and far more often.",
        reads=("postal_code",),
    ),
    Rule(
        "city_contradicts",
        "doubtful",
        _companies("city"),
        doubtful_addresses.city_contradicts,
        "Nearly all other rows of the postal code name another city, and this city has other postal codes. Proposed is "
        "the city of the postal code; if the code is wrong, refuse and mend it in the source.",
        reads=("postal_code",),
    ),
    Rule(
        "industry_misspelt",
        "doubtful",
        _companies("industry"),
        doubtful_values.industry,
        "Differs by a letter or two, or by a full stop in place of letters, from a far more frequent industry.",
    ),
    Rule(
        "email_misspelt",
        "doubtful",
        {"contacts": ("email",)},
        doubtful_values.email,
        "The domain differs by one letter from one that is far more frequent or well known (gmial.com).",
    ),
    Rule(
        "website_free_mail",
        "doubtful",
        _companies("website"),
        doubtful_values.website,
        "gmx.de is the website of a mail provider, not of the company: no website is better.",
    ),
    Rule(
        "name_stands_for_nothing",
        "doubtful",
        {**_companies("name"), "leads": ("company",)},
        doubtful_values.name,
        "“Test GmbH”, “xxx”, “Dummy” name no company.",
    ),
    Rule(
        "name_turned",
        "doubtful",
        _companies("name"),
        doubtful_values.name_turned,
        "“Muster, Erika” is a person's name in the order of a directory; letters and lists need “Erika Muster”.",
    ),
)
"""Applied in this order; doubtful ones see what the safe ones left."""

OTHER_RULES = (
    *("employees_impossible", "turnover_impossible", "date_impossible", "industry_code_written", "industry_unclear"),
    *("year_as_head_count", "turnover_below_purchases", "turnover_per_head", "contradicts_external"),
)
"""Rules about numbers and industry codes, which need more than a column; they can be switched off, too."""
