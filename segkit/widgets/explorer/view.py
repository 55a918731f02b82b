"""Trials as the browser shows them: words and shares, no frame and nothing of the data as markup."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from segkit.display import compact_money, kind_of, show_cell
from segkit.segments.explore.beside import Beside
from segkit.segments.explore.dress import Dressed
from segkit.segments.explore.figures import describe_profile, measure_sizes
from segkit.segments.grid import BY_RULE
from segkit.segments.space import VALUE_CRITERIA, is_number
from segkit.texts import LANGUAGES, NOTHING, has, say
from segkit.widgets.explorer.material import Material

if TYPE_CHECKING:
    import pandas as pd

STABLE, SHAKY = 0.8, 0.6
MOST_ROWS = 14  # of the profile
MOST_MOVERS = 12
RATIOS = ("revenue_change",)  # of money to money


def label_of(dressed: Dressed, language: str) -> str:
    """Return what a trial is called."""
    if not dressed.number:
        return say("explore.in_force", language)
    method = say(f"methods.name_{dressed.trial.settings.method}", language)
    key = "explore.trial_first" if dressed.trial.is_first else "explore.trial"
    return say(key, language, number=dressed.number, method=method, n=len(dressed.ids))


def show_solution(dressed: Dressed, material: Material, language: str, currency: str) -> dict[str, Any]:
    """Return what the browser shows of a trial: facts, sizes, profile, and what there is to say."""
    sizes = measure_sizes(dressed, material.features)
    return {
        "number": dressed.number,
        "label": label_of(dressed, language),
        "is_force": not dressed.number,
        "is_first": dressed.trial.is_first,
        "facts": _facts(dressed, sizes, language, currency),
        "sizes": _sizes(dressed, sizes, language, currency),
        "profile": _profile(dressed, material, language, currency),
        "notes": _notes(dressed, material, language),
    }


def segments_of(dressed: Dressed, language: str) -> list[dict[str, str]]:
    """Return id, name and colour of each segment."""
    place = LANGUAGES.index(language)
    return [{"id": s, "name": dressed.names[s][place], "colour": dressed.colours[s]} for s in dressed.ids]


def _facts(dressed: Dressed, sizes: pd.DataFrame, language: str, currency: str) -> list[dict[str, str]]:
    top = sizes.sort_values("revenue_12m", ascending=False).iloc[0]
    small = sizes.sort_values("n_accounts").iloc[0]
    place = LANGUAGES.index(language)
    agreement = dressed.trial.agreement
    known = not math.isnan(agreement)
    return [
        {"title": say("explore.fact_segments", language), "value": show_cell(len(sizes), "count", language)},
        {
            "title": say("explore.fact_stability", language),
            "value": show_cell(agreement, "decimal", language) if known else NOTHING,
            "hint": say(f"explore.stability_{_level(agreement)}", language) if known else "",
            "level": _level(agreement) if known else "",
        },
        {
            "title": say("explore.fact_largest", language),
            "value": show_cell(top["share_revenue"], "percent", language),
            "hint": dressed.names[top["segment_id"]][place],
        },
        {
            "title": say("explore.fact_smallest", language),
            "value": say("explore.n_accounts", language, n=int(small["n_accounts"])),
            "hint": dressed.names[small["segment_id"]][place],
        },
    ]


def _level(value: float) -> str:
    return "good" if value >= STABLE else "middle" if value >= SHAKY else "bad"


def _sizes(dressed: Dressed, sizes: pd.DataFrame, language: str, currency: str) -> list[dict[str, Any]]:
    shown = []
    for about, row in zip(segments_of(dressed, language), sizes.itertuples(), strict=True):
        stability = float(row.stability)
        known = not math.isnan(stability)
        shown.append(
            about
            | {
                "n": show_cell(row.n_accounts, "count", language),
                "n_share": show_cell(row.share_accounts, "percent", language),
                "n_bar": _bar(row.share_accounts),
                "revenue": show_cell(row.revenue_12m, "whole_money", language, currency),
                "revenue_share": show_cell(row.share_revenue, "percent", language),
                "revenue_bar": _bar(row.share_revenue),
                "margin": show_cell(row.margin_12m, "whole_money", language, currency),
                "stability": show_cell(stability, "decimal", language) if known else NOTHING,
                "level": _level(stability) if known else "",
            }
        )
    return shown


def _bar(share: float) -> float:
    return 0.0 if math.isnan(share) else round(max(float(share), 0.0), 4)


def profile_columns(dressed: Dressed, material: Material) -> list[str]:
    """Return the criteria of the profile: those of the trial, the four of value, then what notebook 03 chose."""
    used = dressed.trial.model.get("criteria", {})
    chosen = [name for name, criterion in material.offered.items() if criterion.is_chosen]
    columns = dict.fromkeys([*used, *VALUE_CRITERIA, *chosen])
    return [name for name in columns if name in material.features.columns][:MOST_ROWS]


def _profile(dressed: Dressed, material: Material, language: str, currency: str) -> list[dict[str, Any]]:
    columns = profile_columns(dressed, material)
    found = describe_profile(dressed, material.features, columns)
    rows = []
    used = set(dressed.trial.model.get("criteria", {}))
    for column, part in found.groupby("column", sort=False):
        kind = kind_shown(material.features[column])
        cells = [_cell(row, kind, language, currency) for row in part.to_dict("records")]
        name = criterion_name(material, str(column), language)
        rows.append({"name": name, "is_used": column in used, "cells": cells})
    return rows


def kind_shown(values: pd.Series) -> str:
    """Return how a criterion's numbers are shown; of a category, as numbers without a unit."""
    if str(values.name) in RATIOS:
        return "decimal"
    kind = kind_of(values) if is_number(values) else "number"
    return "number" if kind == "text" else kind


def _cell(row: Mapping[str, Any], kind: str, language: str, currency: str) -> dict[str, Any]:
    place = row["place"]
    if isinstance(place, float) and math.isnan(place):
        return {"text": NOTHING, "place": 0.0, "title": say("explore.cell_unknown", language)}
    if isinstance(row["level"], str):
        share = show_cell(row["share"], "percent", language)
        return {"text": _level_name(row["level"], language), "more": share, "place": round(place, 3),
                "title": say("explore.cell_level", language, share=row["share"], difference=100 * place)}  # fmt: skip
    if "money" in kind or kind == "cents":
        text = compact_money(row["typical"], language, currency)
    else:
        text = show_cell(row["typical"], kind, language, currency)
    return {"text": text, "place": round(place, 3), "title": say("explore.cell_number", language, rank=(place + 1) / 2)}


def _level_name(level: str, language: str) -> str:
    """Return a level as people read it; a level that the data themselves name stays as it is."""
    key = f"explore.level_{level}"
    return say(key, language) if has(key) else level


def criterion_name(material: Material, column: str, language: str) -> str:
    """Return what a criterion is called."""
    criterion = material.offered.get(column)
    return criterion.names[LANGUAGES.index(language)] if criterion else column


def _notes(dressed: Dressed, material: Material, language: str) -> list[str]:
    trial, notes = dressed.trial, []
    if dressed.number and not math.isnan(trial.agreement):
        key = "explore.stability_fast" if trial.n_fitted else "explore.stability_grid"
        notes.append(say(key, language))
    if trial.is_first:
        notes.append(say("explore.first", language, n=trial.n_fitted, of=len(trial.segments)))
    elif trial.n_fitted and trial.n_fitted < len(trial.segments) / 2:
        notes.append(say("explore.sampled", language, n=trial.n_fitted, of=len(trial.segments)))
    if trial.n_fitted and set(BY_RULE) & set(dressed.ids):
        notes.append(say("explore.by_rule", language))
    for left in trial.left_out:
        names = {"name": criterion_name(material, left["name"], language)}
        names["of"] = criterion_name(material, left.get("of", ""), language)
        notes.append(say(f"explore.left_{left['reason'].rpartition('.')[2]}", language, **names))
    return notes


def show_beside(
    left: Dressed, right: Dressed, found: Beside, material: Material, language: str, currency: str
) -> dict[str, Any]:
    """Return two trials side by side: who moves from where to where, the money, and the largest accounts."""
    place = LANGUAGES.index(language)
    cells = {
        (row.segment_id, row.other_id): {
            "n": show_cell(row.n_accounts, "count", language),
            "revenue": show_cell(row.revenue_12m, "whole_money", language, currency),
            "is_move": bool(row.is_move),
            "weight": round(row.n_accounts / max(found.n_accounts, 1), 4),
        }
        for row in found.cells.itertuples()
    }
    names = material.labels.set_index("account_id")["name"]
    movers = [
        {
            "name": names.get(row.account_id, row.account_id),
            "id": row.account_id,
            "from": {"name": left.names[row.segment_id][place], "colour": left.colours[row.segment_id]},
            "to": {"name": right.names[row.other_id][place], "colour": right.colours[row.other_id]},
            "revenue": show_cell(row.revenue_12m, "whole_money", language, currency),
        }
        for row in found.movers.head(MOST_MOVERS).itertuples()
    ]
    n, money = len(found.movers), float(found.movers["revenue_12m"].sum())
    told = {"n": n, "of": found.n_accounts, "revenue": money, "of_revenue": found.revenue_12m}
    key = "explore.beside_none" if not n else "explore.beside"
    return {
        "left": {"label": label_of(left, language), "segments": segments_of(left, language), "number": left.number},
        "right": {"label": label_of(right, language), "segments": segments_of(right, language), "number": right.number},
        "cells": [[cells.get((a, b)) for b in right.ids] for a in left.ids],
        "movers": movers,
        "words": say(key, language, currency, agreement=found.agreement, **told),
        "agreement": say(f"explore.agreement_{_level(found.agreement)}", language, agreement=found.agreement),
        "more": say("explore.more_movers", language, n=n - len(movers)) if n > len(movers) else "",
    }


def list_accounts(
    rows: Sequence[int], shown: Dressed, material: Material, language: str, currency: str, most: int
) -> list[dict[str, Any]]:
    """Return accounts as a list: name, id, segment in force and in the trial, revenue; the most money first."""
    place, force = LANGUAGES.index(language), material.force
    found = []
    for row in list(rows)[:most]:
        account = material.labels.iloc[row]
        mine, tried = force.trial.segments[row], shown.trial.segments[row]
        found.append(
            {
                "id": account["account_id"],
                "name": account["name"],
                "segment": _badge(force, str(mine), place),
                "tried": _badge(shown, str(tried), place),
                "revenue": show_cell(material.features["revenue_12m"].iloc[row], "whole_money", language, currency),
                "is_manual": bool(account["is_manual"]),
            }
        )  # fmt: skip
    return found


def _badge(dressed: Dressed, segment: str, place: int) -> dict[str, str] | None:
    """Return name and colour of a segment; None for an account that the run did not place."""
    if segment not in dressed.names:
        return None
    return {"name": dressed.names[segment][place], "colour": dressed.colours[segment]}
