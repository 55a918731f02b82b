"""What end customers of dealers need, beside those who buy here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from segkit.segments.needs.persons import ANSWERS
from segkit.statistics.intervals import wilson_interval
from segkit.texts import LANGUAGES

if TYPE_CHECKING:
    import pandas as pd

ERROR = 0.05
LEAST_PERSONS = 20  # with answers of their own, before anything is said about their needs


def describe_indirect(
    persons: pd.DataFrame, sizes: pd.DataFrame, model: Mapping[str, Any]
) -> list[tuple[str, dict[str, Any]]]:
    """Return how common each need is among end customers, where it differs from those who buy here; in business_design.

    Parameters
    ----------
    persons : DataFrame
        Table `contact_segments`: those who count and answered, for attributes say nothing of their own.
    sizes : DataFrame
        Table `segment_sizes`, for the names.
    model : mapping
        `mode`, `segments`.

    Returns
    -------
    list
        Nothing outside of business_design or without end customers; that there are too few (fewer than 20); else one
        sentence for each need whose share differs from that among the others, with its Wilson interval at 95 %; or that
        none differs. A share differs where the interval at 1 − 5 % / number of needs is clear of the other share: of
        groups that are alike, one in twenty is told to differ in any need (Bonferroni).
    """
    if model["mode"] != "business_design" or not model["segments"] or not persons["is_indirect"].any():
        return []
    rows = persons[persons["is_counted"] & (persons["basis"] == ANSWERS)]
    ends, others = rows[rows["is_indirect"]], rows[~rows["is_indirect"]]
    if len(ends) < LEAST_PERSONS or others.empty:
        return [("needs.indirect_few", {"n": len(ends), "n_needed": LEAST_PERSONS})]
    known, told = sizes.set_index("segment_id"), []
    for segment in sorted(model["segments"]):
        n = int((ends["segment_id"] == segment).sum())
        low, high = (float(limit) for limit in wilson_interval(n, len(ends)))
        elsewhere = float((others["segment_id"] == segment).mean())
        widest = wilson_interval(n, len(ends), 1 - ERROR / len(model["segments"]))
        if widest[0] <= elsewhere <= widest[1]:
            continue
        names = {f"name_{x}": str(known.at[segment, f"name_{x}"]) for x in LANGUAGES}
        numbers = {"n": len(ends), "share": n / len(ends), "low": low, "high": high, "others": elsewhere}
        told.append(("needs.indirect_more" if low > elsewhere else "needs.indirect_less", numbers | names))
    return told or [("needs.indirect_alike", {"n": len(ends)})]
