"""What a review rests on, as a table to read: each check, what was found, from where it counts, what it speaks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segkit.texts import LANGUAGES, say

if TYPE_CHECKING:
    import pandas as pd

    from segkit.settings.monitoring import Monitoring

CHECKS = ("age", "drift", "stability", "weakest", "doubt", "gain", "model_moved")


def describe_checks(review: pd.DataFrame, register: pd.DataFrame, settings: Monitoring) -> pd.DataFrame:
    """Return the checks of a review in words of both languages.

    Parameters
    ----------
    review : DataFrame
        The table, one row.
    register : DataFrame
        `segment_register` of the segmentation: segment_id, name_de, name_en.
    settings : Monitoring
        Limits from which a check counts.

    Returns
    -------
    DataFrame
        check_de, check_en, found_de, found_en, limit_de, limit_en, speaks_de, speaks_en; what could not be measured
        says so and speaks for nothing.
    """
    import pandas as pd

    row = {name: None if pd.isna(value) else value for name, value in review.iloc[0].items()}
    limits = settings.model_dump() | {"weakest_from": 0.75, "zero": 0.0}
    rows = []
    for check in CHECKS:
        found, numbers = _found(check, row, register)
        verdict = _speaks_for(check, row, settings) if found != "unknown" else "nothing"
        cells = {}
        for language in LANGUAGES:
            cells[f"check_{language}"] = say(f"migration.check_{check}", language)
            cells[f"found_{language}"] = say(f"migration.found_{found}", language, **numbers)
            cells[f"limit_{language}"] = say(f"migration.limit_{check}", language, **limits)
            cells[f"speaks_{language}"] = say(f"migration.speaks_{verdict}", language)
        rows.append(cells)
    return pd.DataFrame(rows)


def _found(check: str, row: dict[Any, Any], register: pd.DataFrame) -> tuple[str, dict[str, Any]]:
    """Return the key of what was found, and its numbers; ``unknown`` where it could not be measured."""
    column = {"age": "age_months", "drift": "n_shifted", "doubt": "share_doubtful", "gain": "challenger_gain"}
    column |= {"model_moved": "share_model_moved", "weakest": "weakest_overlap", "stability": "stability"}
    if row.get(column[check]) is None:
        return "unknown", {}
    key = f"stability_{row['stability_basis']}" if check == "stability" else check
    if check == "gain" and row.get("gain_low") is None:
        key = "gain_alone"
    named = register.set_index("segment_id").reindex([row.get("weakest_segment_id")])
    names = {f"name_{x}": str(named[f"name_{x}"].iloc[0]) for x in LANGUAGES} if check == "weakest" else {}
    return key, row | names


def _speaks_for(check: str, row: dict[Any, Any], settings: Monitoring) -> str:
    """Return what a check speaks for by itself: keep, watch (of no weight alone), relabel or refit."""
    age, gain, low = row["age_months"], row.get("challenger_gain"), row.get("gain_low")
    if check == "age":
        return "watch" if age > settings.model_old_months else "keep"
    if check == "drift":
        return "relabel" if row["n_shifted"] else "keep"
    if check == "stability":
        if row["stability"] >= settings.stable_from:
            return "keep"
        return "refit" if (row.get("refit_stability") or 0) >= settings.stable_from else "watch"
    if check == "weakest":
        return "keep" if row["weakest_overlap"] >= 0.75 else "watch"
    if check == "doubt":
        is_much = row["share_doubtful"] > settings.doubtful_share
        return ("refit" if age > settings.model_old_months else "watch") if is_much else "keep"
    if check == "gain":
        is_better = gain is not None and gain >= settings.better_by
        return ("refit" if low is not None and low > 0 else "watch") if is_better else "keep"
    return "nothing"
