"""What characterises a segment, strongest first: its markers, and plain facts where it has few."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.profiles.profile import strength
from segkit.profiles.variables import VARIABLES

if TYPE_CHECKING:
    import pandas as pd

MOST_TRAITS, FEWEST_TRAITS = 4, 3
# Facts fill a card that has few markers: they are told of the segment alone and not called different.
FACTS = ("days_since_last", "interval_days", "avg_order_value_12m", "n_products_12m", "frequency_12m")
GONE_DAYS = 180  # from so many days since the last line this is the first thing to know
SECOND = "frequency_12m"  # the days between orders tell the rhythm more clearly than their number
NEARLY_ALL = 0.98  # a category that nearly everybody has says nothing
OF_ACCOUNTS = 0.5  # share of a segment's accounts of which a value must be known to speak for the segment
COLUMNS = ["segmentation_id", "segment_id", "rank", "variable", "category", "reason", "is_fact"]
NUMBERS = ["value", "overall", "index", "effect_size"]


def select_traits(profiles: pd.DataFrame) -> pd.DataFrame:
    """Return the table `segment_traits`: at most four markers of different themes, filled up to three with facts.

    Parameters
    ----------
    profiles : DataFrame
        The table `profiles`. Variables that the segments are made from never become a marker trait.

    Returns
    -------
    DataFrame
        Table `segment_traits`; reason is ``profiles.trait_<variable>_<high or low>``, ``profiles.trait_<variable>`` for
        a category that stands out, ``profiles.fact_<variable>`` for a fact.
    """
    import pandas as pd

    if profiles.empty:
        return pd.DataFrame(columns=[*COLUMNS, *NUMBERS])
    ranked = profiles.assign(strength=strength(profiles), theme=profiles["variable"].map(_themes()))
    chosen = [_of_segment(rows) for _, rows in ranked.groupby("segment_id")]
    return pd.concat(chosen, ignore_index=True)[[*COLUMNS, *NUMBERS]]


def _themes() -> dict[str, str]:
    return {name: variable.theme for name, variable in VARIABLES.items()}


def _of_segment(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the traits of one segment in order."""
    import pandas as pd

    is_over = (rows["category"] == "") | ((rows["strength"] > 0) & (rows["overall"] < NEARLY_ALL))
    rows, is_over = rows[is_known(rows)], is_over[is_known(rows)]
    markers = rows[rows["is_marker"] & ~rows["is_input"] & is_over]
    markers = markers.assign(order=markers["strength"].abs().round(9), is_second=markers["variable"] == SECOND)
    strongest = markers.sort_values(["order", "variable", "category"], ascending=[False, True, True])
    of_theme = strongest.sort_values("is_second", kind="stable").drop_duplicates("theme").index
    markers = strongest[strongest.index.isin(of_theme)].head(MOST_TRAITS)
    facts = _facts(rows, set(markers["theme"])).head(max(0, FEWEST_TRAITS - len(markers)))
    chosen = pd.concat([markers.assign(is_fact=False), facts.assign(is_fact=True)], ignore_index=True)
    reasons = [
        trait_key(row.variable, row.category, row.strength, row.is_fact) for row in chosen.itertuples(index=False)
    ]
    return chosen.assign(rank=range(1, len(chosen) + 1), reason=reasons)


def is_known(rows: pd.DataFrame) -> pd.Series:
    """Return which rows of a segment in `profiles` speak for at least half of its accounts."""
    return rows["n"] >= OF_ACCOUNTS * rows["n"].max()


def _facts(rows: pd.DataFrame, themes: set[str]) -> pd.DataFrame:
    """Return what can be told of a segment without comparing it, of themes not told yet."""
    known = rows[rows["variable"].isin(FACTS) & (rows["n"] > 0) & ~rows["theme"].isin(themes)]
    is_gone = (known["variable"] == "days_since_last") & (known["value"] >= GONE_DAYS)
    known = known[is_gone | (known["variable"] != "days_since_last")]
    places = known["variable"].map({name: place for place, name in enumerate(FACTS)})
    return known.assign(place=places).sort_values("place").drop_duplicates("theme").drop(columns="place")


def trait_key(variable: str, category: str, effect: float, is_fact: bool) -> str:
    """Return the key of the sentence that tells a trait."""
    if is_fact:
        return f"profiles.fact_{variable}"
    return f"profiles.trait_{variable}" if category else f"profiles.trait_{variable}_{'high' if effect > 0 else 'low'}"
