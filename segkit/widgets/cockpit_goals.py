"""Goals and further segmentations on the cockpit: plain text and numbers, in one language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segkit import texts
from segkit.kpis.goal_words import each_goal, shape_goals
from segkit.segments.several_findings import name_segmentations

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd

    from segkit.run import Run
    from segkit.settings.segmentations import Segmentations

WORDS = ("kpi", "whom", "verdict", "sentence", "reach", "shown_value", "shown_target")


def read_goals(run: Run, currency: str) -> pd.DataFrame | None:
    """Return the goals of a run in words (`shape_goals`); None where it has none, or is of an older version."""
    goals = run.read("goals", is_optional=True, segmentation="all")
    if goals is None or goals.empty:
        return None
    register = run.read("segment_register", segmentation="all")
    return shape_goals(goals, register, name_segmentations(run.settings.segmentations), currency)


def goal_cards(shaped: pd.DataFrame | None, language: str) -> list[dict[str, Any]]:
    """Return one card per goal, those that need a decision first.

    Parameters
    ----------
    shaped : DataFrame or None
        Goals as `shape_goals` gives them.
    language : str
        ``de`` or ``en``.

    Returns
    -------
    list of dict
        id, tone (good, bad, plain), icon, kpi, whom, verdict, value, aim, share (of the way, 0 to 1; None where there
        is no way), share_text, sentence, reach, owner, why.
    """
    if shaped is None:
        return []
    rows = {row["goal_id"]: row for row in shaped.to_dict("records")}
    return [_card(rows[goal_id], language) for goal_id, _ in each_goal(shaped)]


def _card(row: dict[str, Any], language: str) -> dict[str, Any]:
    words = {name.removeprefix("shown_"): row[f"{name}_{language}"] for name in WORDS}
    progress = row["progress"]
    known = progress is not None and progress == progress
    share = round(min(max(float(progress), 0.0), 1.0), 4) if known else None
    way = texts.say(
        "goals.way" if known else "goals.no_way" if row["n"] else "goals.no_value",
        language,
        share=progress,
        start=_start(row, language),
    )
    aim = texts.say("goals.aim", language, target=words.pop("target"), deadline=row["deadline"].date())
    plain = {"id": row["goal_id"], "tone": row["tone"], "icon": row["icon"], "owner": row["owner"], "why": row["why"]}
    return {**plain, **words, "aim": aim, "share": share, "share_text": way}


def _start(row: dict[str, Any], language: str) -> str:
    return str(row[f"shown_baseline_{language}"])


def list_further(
    settings: Segmentations, main: str, register: pd.DataFrame, as_of: dt.date, language: str
) -> list[dict[str, str]]:
    """Return one line per segmentation beside the one that the cockpit shows.

    Parameters
    ----------
    settings : Segmentations
        The section `segmentations` of project.yml.
    main : str
        The one shown.
    register : DataFrame
        `segment_register` of all: segmentation_id, segment_id.
    as_of : date
        Of the run; a review before it is due.
    language : str
        ``de`` or ``en``.

    Returns
    -------
    list of dict
        id, name, about (unit and number of segments), review.
    """
    counts = register["segmentation_id"].value_counts()
    lines = []
    for name, (german, english) in name_segmentations(settings).items():
        if name == main or name not in counts:
            continue
        entry = settings.by_id[name]
        unit = "persons" if getattr(entry, "unit", None) == "person" else "accounts"
        review = getattr(entry, "review", None)
        key = "none" if review is None else "due" if review <= as_of else "later"
        lines.append(
            {
                "id": name,
                "name": german if language == "de" else english,
                "about": texts.say(f"goals.further_{unit}", language, n=int(counts[name])),
                "review": texts.say(f"goals.review_{key}", language, day=review),
            }
        )
    return lines
