"""The frames that charts and tables of criteria are drawn from."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.criteria.catalogue import RATINGS, criteria_catalogue
from segkit.settings.goals import Goal
from segkit.texts import LANGUAGES, say

if TYPE_CHECKING:
    import pandas as pd

    from segkit.settings.criteria import CriteriaSettings

STEP_X, STEP_Y = 0.215, 0.27  # from one bubble to the next within a field, in units of a rating
LIST_COLUMNS = 3
NAMES = [f"name_{language}" for language in LANGUAGES]


def shape_bubbles(criteria: pd.DataFrame) -> pd.DataFrame:
    """Return one row per criterion with its place on the bubble chart and in the list of names below it.

    Parameters
    ----------
    criteria : DataFrame
        The table `criteria`.

    Returns
    -------
    DataFrame
        number, name_de, name_en, ease, relevance, usage, state (chosen, available, sensitive or missing), x and y
        (the ratings, moved so that criteria with equal ratings stand side by side), list_column, list_row, label_de,
        label_en.
    """
    ordered = criteria.sort_values("number").reset_index(drop=True)
    states = np.select(
        [ordered["is_selected"], ~ordered["is_available"], ordered["is_sensitive"]],
        ["chosen", "missing", "sensitive"],
        default="available",
    )
    field = ordered.groupby(["ease", "relevance"])["number"]
    place, size = field.cumcount(), field.transform("size")
    across = np.ceil(np.sqrt(size))
    rows = np.ceil(size / across)
    n_rows = math.ceil(len(ordered) / LIST_COLUMNS)
    labels = {f"label_{lang}": ordered["number"].astype(str) + " " + ordered[f"name_{lang}"] for lang in LANGUAGES}
    return ordered[["number", *NAMES, *RATINGS]].assign(
        state=states,
        x=(ordered["ease"] + (place % across - (across - 1) / 2) * STEP_X).round(4),
        y=(ordered["relevance"] - (place // across - (rows - 1) / 2) * STEP_Y).round(4),
        list_column=ordered.index // n_rows,
        list_row=ordered.index % n_rows,
        **labels,
    )


def shape_evidence(criteria: pd.DataFrame) -> pd.DataFrame:
    """Return the criteria that the data give, the chosen first, then by power: label_de, label_en, rank and evidence.

    Parameters
    ----------
    criteria : DataFrame
        The table `criteria`.
    """
    available = criteria[criteria["is_available"]]
    ordered = available.sort_values(
        ["is_selected", "power", "number"], ascending=[False, False, True], na_position="last"
    ).reset_index(drop=True)
    labels = {f"label_{lang}": ordered["number"].astype(str) + " " + ordered[f"name_{lang}"] for lang in LANGUAGES}
    figures = ["power", "power_low", "power_high", "gain", "gain_low", "gain_high"]
    columns = ["number", *figures, "coverage", "stability", "redundancy", "n_power", "is_small", "is_selected"]
    return ordered[columns].assign(rank=range(len(ordered)), **labels)


def shape_weights(criteria: pd.DataFrame) -> pd.DataFrame:
    """Return the chosen criteria, the heaviest first: label_de, label_en, rank, weight, is_used.

    Parameters
    ----------
    criteria : DataFrame
        The table `criteria`.
    """
    chosen = criteria[criteria["is_selected"]].sort_values(["weight", "number"], ascending=[False, True])
    labels = {f"label_{lang}": chosen["number"].astype(str) + " " + chosen[f"name_{lang}"] for lang in LANGUAGES}
    return chosen[["weight", "is_used"]].assign(rank=range(len(chosen)), **labels).reset_index(drop=True)


def list_catalogue(criteria: pd.DataFrame) -> pd.DataFrame:
    """Return the catalogue as a table to read: number, criterion, family, level, nest, ratings, author, definition.

    Parameters
    ----------
    criteria : DataFrame
        The table `criteria`.
    """
    ordered = criteria.sort_values("number")
    words: dict[str, Any] = {}
    for language in LANGUAGES:
        words |= {
            f"criterion_{language}": ordered[f"name_{language}"],
            f"family_{language}": ordered["family"].map(lambda f, lang=language: say(f"criteria.family_{f}", lang)),
            f"level_{language}": ordered["level"].map(lambda f, lang=language: say(f"criteria.level_{f}", lang)),
            f"definition_{language}": [
                getattr(criteria_catalogue()[name], f"definition_{language}") for name in ordered["criterion_id"]
            ],
        }
    shown = ordered[["number", "nest", *RATINGS]].assign(**words)
    if ordered["author"].notna().any():
        shown = shown.assign(author=ordered["author"])
    pairs = {name: [f"{name}_{lang}" for lang in LANGUAGES] for name in ("criterion", "family", "level", "definition")}
    authors = [name for name in ("author",) if name in shown]
    columns = ["number", *pairs["criterion"], *pairs["family"], *pairs["level"], "nest", *RATINGS, *authors]
    return shown[[*columns, *pairs["definition"]]]


def list_reasons(criteria: pd.DataFrame, settings: CriteriaSettings, chosen: bool) -> pd.DataFrame:
    """Return why each criterion is in, or why it is out: number, criterion, weight or score, reason in words.

    Parameters
    ----------
    criteria : DataFrame
        The table `criteria`.
    settings : CriteriaSettings
        The limits that the reasons name.
    chosen : bool
        True: those that are in, the heaviest first; False: the others, nearest to being chosen first.
    """
    rows = criteria[criteria["is_selected"] == chosen]
    measure = "weight" if chosen else "score"
    rows = rows.sort_values([measure, "number"], ascending=[False, True])
    names = criteria.set_index("criterion_id")
    reasons = {
        f"reason_{lang}": [word_reason(row, names, settings, lang) for row in rows.to_dict("records")]
        for lang in LANGUAGES
    }
    shown = rows.drop(columns="reason").rename(columns={f"name_{lang}": f"criterion_{lang}" for lang in LANGUAGES})
    shown = shown.assign(**reasons)
    pairs = [f"{name}_{lang}" for name in ("criterion", "reason") for lang in LANGUAGES]
    return shown[["number", *pairs[:2], measure, *pairs[2:]]].rename(columns={measure: f"{measure}_share"})


def list_evidence(criteria: pd.DataFrame) -> pd.DataFrame:
    """Return the evidence as a table to read, in the order of the chart: what is old, and why a power is lacking.

    Parameters
    ----------
    criteria : DataFrame
        The table `criteria`.
    """
    shown = shape_evidence(criteria)[["number"]].merge(criteria, on="number")
    notes = {
        f"power_note_{lang}": [say(key, lang) if isinstance(key, str) else None for key in shown["power_reason"]]
        for lang in LANGUAGES
    }
    named = shown.rename(columns={f"name_{lang}": f"criterion_{lang}" for lang in LANGUAGES})
    named = named.rename(columns={"coverage": "coverage_share", "power": "power_share"}).assign(**notes)
    figures = ["coverage_share", "age_days", "spread", "power_share", "n_power"]
    return named[["number", *(f"criterion_{lang}" for lang in LANGUAGES), *figures, *notes]]


def word_reason(row: dict[str, Any], names: pd.DataFrame, settings: CriteriaSettings, language: str) -> str:
    """Return why a criterion is chosen or not, as a sentence with the numbers of its row.

    Parameters
    ----------
    row : dict
        A row of the table `criteria`.
    names : DataFrame
        All rows, by criterion_id: names of a rival or of what it is a proxy for.
    settings : CriteriaSettings
        The limits.
    language : str
        ``de`` or ``en``.
    """
    others = {
        other: names.loc[row[other], f"name_{language}"] if isinstance(row[other], str) else None
        for other in ("rival", "proxy_for")
    }
    limits = {name: value for name, value in settings.model_dump().items() if not isinstance(value, dict)}
    numbers = {**limits, **row, **others}
    if row["reason"] != "criteria.chosen":
        return say(row["reason"], language, **numbers)
    has_goals = bool((names["goal_weight"] != 1).any())
    is_told = row["power_low"] > 0
    keys = [
        "criteria.chosen",
        *["criteria.chosen_goals"] * has_goals,
        f"criteria.chosen_{'told' if is_told else 'untold'}",
    ]
    return "; ".join(say(key, language, **numbers) for key in keys)


def list_goals(goals: list[Goal]) -> pd.DataFrame:
    """Return the project's goals as a table to read: goal, kpi, for whom, baseline, target, deadline, owner, why.

    Parameters
    ----------
    goals : list of Goal
        Section `goals` of project.yml.
    """
    import pandas as pd

    rows = []
    for goal in goals:
        words = {f"kpi_{lang}": say(f"kpis.name_{goal.kpi}", lang) for lang in LANGUAGES}
        whom = {f"whom_{lang}": goal.segment or say("criteria.everybody", lang) for lang in LANGUAGES}
        figures = {
            f"{name}_{lang}": say(f"criteria.goal_{_unit(goal)}", lang, value=value)
            for name, value in (("baseline", goal.baseline), ("target", goal.target))
            for lang in LANGUAGES
        }
        when = {"deadline": pd.Timestamp(goal.deadline), "goal_owner": goal.owner, "goal_reason": goal.why}
        rows.append({"goal": goal.id, **words, **whom, **figures, **when})
    return pd.DataFrame(rows)


def _unit(goal: Goal) -> str:
    from segkit.settings.goals import known_kpis

    return str(known_kpis()[goal.kpi]["unit"])
