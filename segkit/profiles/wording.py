"""Words of profiles: names of variables and categories, and the sentences of traits, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from segkit.features.countries import country_name
from segkit.texts import say


def variable_name(variable: str, language: str) -> str:
    """Return what a variable is called."""
    return say(f"profiles.variable_{variable}", language)


def category_name(variable: str, category: str, language: str) -> str:
    """Return a category to read: countries by name, product groups that are mere numbers as such."""
    if variable == "country":
        return country_name(category, language)
    if variable == "main_product_group" and not any(letter.isalpha() for letter in category):
        return say("profiles.product_group", language, category=category)
    return category


def trait_sentence(trait: Mapping[str, Any], language: str, currency: str = "EUR") -> str:
    """Return the sentence of a row of `segment_traits`; text from data in it is not yet escaped.

    Parameters
    ----------
    trait : mapping
        reason, variable, category, value, overall, index.
    language, currency : str
        Of the sentence.
    """
    numbers = {name: trait[name] for name in ("value", "overall", "index")}
    shown = category_name(trait["variable"], trait["category"], language)
    return say(trait["reason"], language, currency, category=shown, **numbers)
