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
MOST_CATEGORIES = 6  # panels of the chart of categories, those with the strongest effect
REACH = 0.4  # intervals and small segments are drawn up to so many ranges of the other values beyond these
FAINT = 0.35  # opacity of effects that are no markers


def shape_profiles(profiles: pd.DataFrame, cards: pd.DataFrame) -> pd.DataFrame:
    """Return profiles with names, colours and order, ready to draw.

    Parameters
    ----------
    profiles, cards : DataFrame
        Tables `profiles` and `segment_cards` of one segmentation.

    Returns
    -------
    DataFrame
        All rows, with segment_de, segment_en, segment_rank, label_de, label_en (variable, or variable and category),
        label_rank (strongest first), strength (1 is a medium effect), colour (of the segment for markers, else grey),
        fill (white where the segment is small), effect_colour (grey where the effect is not significant),
        effect_opacity, shown, shown_low, shown_high (as far as they are drawn), is_cut_low, is_cut_high.
    """
    shaped = profiles.merge(cards[["segment_id", "name_de", "name_en", "colour"]], on="segment_id")
    is_sure = (shaped["p_adjusted"] < LEVEL) & ~shaped["is_small"].astype(bool)
    is_marker = shaped["is_marker"].astype(bool)
    low, high = _reach(shaped)
    shaped = shaped.assign(
        strength=strength(shaped),
        effect_colour=shaped["colour"].where(is_sure, PLAIN),
        effect_opacity=np.where(is_marker, 1.0, FAINT),
        colour=shaped["colour"].where(is_marker, PLAIN),
        segment_rank=shaped["segment_id"].rank(method="dense").astype(int),
        shown=shaped["value"].clip(low, high),
        shown_low=shaped["low"].clip(low, high),
        shown_high=shaped["high"].clip(low, high),
        is_cut_low=shaped["value"] < low,
        is_cut_high=shaped["value"] > high,
    )
    shaped["fill"] = np.where(shaped["is_small"].astype(bool), HOLLOW, shaped["colour"])
    keys = list(zip(shaped["variable"], shaped["category"], strict=True))
    for language in LANGUAGES:
        shaped[f"segment_{language}"] = shaped[f"name_{language}"]
        labels = {key: _label(*key, language) for key in set(keys)}
        shaped[f"label_{language}"] = [labels[key] for key in keys]
    strongest = shaped["strength"].abs().fillna(0).groupby([shaped["variable"], shaped["category"]]).transform("max")
    order = sorted(set(zip(-strongest.round(9), keys, strict=True)))
    places = {key: place for place, (_, key) in enumerate(order)}
    return shaped.assign(label_rank=[places[key] for key in keys])


def _reach(shaped: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return how far each variable is drawn: what a few accounts do must not squeeze all others."""
    import pandas as pd

    keys = [shaped["variable"], shaped["category"]]
    values = shaped["value"].where(~shaped["is_small"].astype(bool))
    lowest, highest = (values.groupby(keys).transform(how).fillna(shaped["value"]) for how in ("min", "max"))
    reach = REACH * np.maximum(highest - lowest, np.maximum(highest.abs(), lowest.abs()) * REACH)
    is_share = shaped["kind"] == "share"
    low = (lowest - reach).where((lowest < 0) & ~is_share, np.maximum(lowest - reach, 0))
    return pd.Series(low.mask(is_share, 0.0)), pd.Series((highest + reach).mask(is_share, 1.0))


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
