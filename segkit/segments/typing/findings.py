"""What notebook 04 says of the typing kits: keys of sentences with their numbers."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import TYPE_CHECKING, Any

from segkit.display import label_of
from segkit.segments.typing.stated import next_interval
from segkit.texts import LANGUAGES, say

if TYPE_CHECKING:
    import pandas as pd

NEXT = 100
"""Accounts or persons placed next, of which it is said how many will be right."""
Sentences = list[tuple[str, dict[str, Any]]]
SLIGHT = 0.03
"""Points of accuracy: with fewer accounts held back than this interval needs, a figure is called rough."""


def describe_typing(model: Mapping[str, Any], quality: pd.DataFrame, fields: pd.DataFrame) -> Sentences:
    """Return how well a new account can be placed.

    Parameters
    ----------
    model : mapping
        models/typing_<segmentation>.
    quality, fields : DataFrame
        Tables typing_quality and typing_fields of this segmentation.
    """
    if model["why_not"]:
        key, numbers = model["why_not"]
        return [(key, dict(numbers))]
    if not model["kits"]:
        return [("typing.no_fields", {})]
    found: Sentences = []
    for kit in model["kits"]:
        found += _describe_kit(kit, quality[quality["kit"] == kit], fields[(fields["kit"] == kit) & fields["is_used"]])
    if "crm" not in model["kits"]:
        found.append(("typing.no_crm", {}))
    gap = quality[quality["metric"] == "gap"]
    if len(gap) and gap.iloc[0]["low"] < gap.iloc[0]["high"]:  # else both rules tell everybody the same
        row = gap.iloc[0]
        key = "typing.gap" if row["low"] > 0 else "typing.gap_none"
        found.append((key, {name: 100 * float(row[name]) for name in ("value", "low", "high")}))
    return found


def _describe_kit(kit: str, quality: pd.DataFrame, fields: pd.DataFrame) -> Sentences:
    rows = quality.set_index("metric")
    figures = rows.loc["accuracy"]
    names = {f"fields_{x}": ", ".join(label_of(name, x) for name in fields["field"]) for x in LANGUAGES}
    names |= {f"kit_{x}": say(f"typing.kit_{kit}", x) for x in LANGUAGES}
    names |= {f"who_{x}": say(f"typing.who_{'persons' if kit == 'person' else 'accounts'}", x) for x in LANGUAGES}
    numbers = {name: float(figures[name]) for name in ("value", "low", "high", "baseline")}
    numbers |= {"n": int(figures["n_accounts"])}
    if fields.empty:
        return [("typing.kit_says_nothing", names | numbers)]
    is_better = numbers["low"] > numbers["baseline"]
    found: Sentences = [("typing.accuracy" if is_better else "typing.warn_no_better", names | numbers)]
    placed, unsure = rows.loc["accuracy_placed"], float(rows.at["share_abstained", "value"])
    if unsure >= 1:
        return [*found, ("typing.nobody_placed", names | {"wanted": float(placed["baseline"])})]
    numbers = {name: float(placed[name]) for name in ("value", "low", "high")}
    numbers |= {"wanted": float(placed["baseline"]), "unsure": unsure, "n": int(placed["n_accounts"])}
    reached = "typing.placed" if numbers["high"] >= numbers["wanted"] else "typing.warn_placed_short"
    found.append((reached, names | numbers))
    if is_better:
        soon = next_interval(numbers["value"], numbers["low"], numbers["high"], NEXT)
        found.append(("typing.next", names | {"n": NEXT, "low": int(NEXT * soon[0]), "high": ceil(NEXT * soon[1])}))
    if (placed["high"] - placed["low"]) / 2 > SLIGHT:
        found.append(("typing.rough", names | {"half": 50 * float(placed["high"] - placed["low"])}))
    return found


def describe_errors(errors: pd.DataFrame, names: Mapping[str, tuple[str, str]]) -> Sentences:
    """Return the costliest confusion of each kit among held-back accounts; nothing where nobody was taken for another.

    `names`: segment_id → its names in German and English.
    """
    found: Sentences = []
    for kit, rows in errors[errors["cost"] > 0].groupby("kit", sort=True):
        worst = rows.sort_values(["cost", "segment_id"], ascending=[False, True]).iloc[0]
        numbers: dict[str, Any] = {f"kit_{x}": say(f"typing.kit_{kit}", x) for x in LANGUAGES}
        for i, x in enumerate(LANGUAGES):
            numbers |= {f"true_{x}": names[worst["segment_id"]][i], f"told_{x}": names[worst["told_id"]][i]}
        numbers |= {"n": int(worst["n_accounts"]), "each": float(worst["cost_each"]), "share": float(worst["share"])}
        found.append(("typing.costliest", numbers))
    return found


def name_kits(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with its kits, metrics and fields in words, as kit_de, kit_en, metric_de …."""
    found = table
    for column, prefix in (("kit", "kit"), ("metric", "metric"), ("rule", "kit")):
        if column in found:
            words = {
                f"{column}_{x}": found[column].map(lambda v, x=x, p=prefix: say(f"typing.{p}_{v}", x))
                for x in LANGUAGES
            }
            found = found.assign(**words).drop(columns=column)
    if "field" in found:
        words = {f"field_{x}": found["field"].map(lambda v, x=x: label_of(v, x)) for x in LANGUAGES}
        found = found.assign(**words).drop(columns="field")
    return found
