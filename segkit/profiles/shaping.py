"""The frames that charts and tables of profiles are drawn from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segkit.profiles.profile import LEVEL, strength
from segkit.profiles.variables import VARIABLES
from segkit.profiles.wording import category_name, variable_name
from segkit.texts import LANGUAGES, say

if TYPE_CHECKING:
    import pandas as pd

PLAIN, HOLLOW = "#9AA7B5", "#FFFFFF"
MOST_CATEGORIES = 9  # panels of the chart of categories, those with the strongest effect
REACH = 1.0  # intervals are drawn up to so many ranges of the values beyond them


def shape_profiles(profiles: pd.DataFrame, cards: pd.DataFrame) -> pd.DataFrame:
    """Return profiles with names, colours and order, ready to draw.

    Parameters
    ----------
    profiles, cards : DataFrame
        Tables `profiles` and `segment_cards` of one segmentation.

    Returns
    -------
    DataFrame
        All rows with a value, with segment_de, segment_en, segment_rank, label_de, label_en (variable, or variable and
        category), label_rank (strongest first), group_de, group_en (used to form segments or not), strength (1 is a
        medium effect), is_sure, colour (of the segment for markers, else grey), own_colour, fill (white where nothing is
        claimed), shown_low, shown_high.
    """
    shaped = profiles.dropna(subset="value").merge(cards[["segment_id", "name_de", "name_en", "colour"]], on="segment_id")
    is_sure = (shaped["p_adjusted"] < LEVEL) & ~shaped["is_small"].astype(bool)
    is_marker = shaped["is_marker"].astype(bool)
    low, high = _reach(shaped)
    shaped = shaped.assign(
        strength=strength(shaped),
        is_sure=is_sure,
        own_colour=shaped["colour"],
        colour=shaped["colour"].where(is_marker, PLAIN),
        segment_rank=shaped["segment_id"].rank(method="dense").astype(int),
        shown_low=low,
        shown_high=high,
    )
    shaped["fill"] = np.where(shaped["is_small"].astype(bool), HOLLOW, shaped["colour"])
    shaped["sure_fill"] = np.where(is_sure, shaped["own_colour"], HOLLOW)
    keys = list(zip(shaped["variable"], shaped["category"], strict=True))
    for language in LANGUAGES:
        shaped[f"segment_{language}"] = shaped[f"name_{language}"]
        labels = {key: _label(*key, language) for key in set(keys)}
        shaped[f"label_{language}"] = [labels[key] for key in keys]
        groups = [say(f"profiles.group_{'input' if used else 'free'}", language) for used in shaped["is_input"]]
        shaped[f"group_{language}"] = groups
    strongest = shaped["strength"].abs().fillna(0).groupby([shaped["variable"], shaped["category"]]).transform("max")
    order = sorted(set(zip(-strongest.round(9), keys, strict=True)))
    places = {key: place for place, (_, key) in enumerate(order)}
    return shaped.assign(label_rank=[places[key] for key in keys])


def _reach(shaped: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return the interval as far as it is drawn: one of a few accounts must not squeeze all others."""
    values = shaped.groupby(["variable", "category"])["value"]
    lowest, highest = values.transform("min"), values.transform("max")
    reach = REACH * np.maximum(highest - lowest, 0)
    return shaped["low"].clip(lower=lowest - reach), shaped["high"].clip(upper=highest + reach)


def _label(variable: str, category: str, language: str) -> str:
    name = variable_name(variable, language)
    return f"{name}: {category_name(variable, category, language)}" if category else name


def numbers_to_draw(shaped: pd.DataFrame, is_input: bool) -> pd.DataFrame:
    """Return the rows of numbers and flags that are, or are not, inputs of the segments."""
    return shaped[(shaped["category"] == "") & (shaped["is_input"].astype(bool) == is_input)]


def categories_to_draw(shaped: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the categories with the strongest effect, at most nine; those with a marker come first."""
    rows = shaped[shaped["category"] != ""]
    has_marker = rows["is_marker"].astype(bool).groupby([rows["variable"], rows["category"]]).transform("any")
    order = rows.assign(without=~has_marker).sort_values(["without", "label_rank"], kind="stable")
    chosen = order.drop_duplicates(["variable", "category"])["label_rank"].head(MOST_CATEGORIES)
    return rows[rows["label_rank"].isin(chosen)]


def describe_examples(examples: pd.DataFrame, cards: pd.DataFrame) -> pd.DataFrame:
    """Return the real accounts of each segment as a table to read."""
    named = examples.merge(cards[["segment_id", "name_de", "name_en"]], on="segment_id", how="left")
    roles = {f"role_{lang}": [say(f"profiles.role_{role}", lang) for role in named["role"]] for lang in LANGUAGES}
    named = named.rename(columns={f"name_{lang}": f"segment_{lang}" for lang in LANGUAGES}).assign(**roles)
    order = named.assign(is_typical=named["role"] == "largest").sort_values(["segment_id", "is_typical", "rank"])
    both = [f"{name}_{lang}" for name in ("segment", "role") for lang in LANGUAGES]
    return order[[*both, "account_id", "name", "revenue_12m", "frequency_12m", "days_since_last"]]


def describe_names(cards: pd.DataFrame) -> pd.DataFrame:
    """Return each segment's telling name, since when it has it and where it comes from, as a table to read."""
    sources = {
        f"name_source_{lang}": [say(f"profiles.source_{source}", lang) for source in cards["name_source"]]
        for lang in LANGUAGES
    }
    columns = ["segment_id", "telling_de", "telling_en", "name_quarter", "n_accounts"]
    return cards[columns].assign(**sources)


def missing_variables(profiles: pd.DataFrame) -> list[str]:
    """Return the variables that no account has, or in which all are alike."""
    return [name for name in VARIABLES if profiles.empty or name not in set(profiles["variable"])]
