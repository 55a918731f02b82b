"""Which classes hold: the kept ones, this quarter's, or those that somebody adopted; needs keep their identity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from segkit.quarters import Quarter
from segkit.segments.needs.answers import Answers
from segkit.segments.needs.names import keep_ids
from segkit.segments.needs.persons import ANSWERS, place_persons
from segkit.segments.place import Place

QUARTERS_PER_YEAR = 4


def accept_needs(fresh: dict, answers: Answers, contacts: Any, adopted: Any, settings: Any, place: Place):
    """Return the model in force and where its new needs came from.

    Parameters
    ----------
    fresh : dict
        The model that this quarter's answers give; ``why_not`` where they give none.
    answers : Answers
        Of this quarter.
    contacts : DataFrame
        Table `contacts`.
    adopted : mapping or None
        What somebody took over by `segkit adopt`; it holds once, and is then the kept model.
    settings : PersonSegmentation
        refit, n_segments, questions and the thresholds: a threshold that a person changed holds at once.
    place : Place
        With what the previous run left.

    Returns
    -------
    dict
        The model with ``why``: first, kept, changed, yearly, always, adopted.
    dict
        New need → the need most of its persons had.
    """
    kept = place.before.model if place.before else None
    kept = kept if kept and kept.get("unit") == "person" else None
    known = [] if place.before is None else place.before.register["segment_id"].tolist()
    is_adopted = bool(adopted) and (kept or {}).get("adoption_id") != adopted["adoption_id"]
    why = "adopted" if is_adopted else _why_refit(kept, settings, place.quarter)
    source = dict(adopted["model"]) if is_adopted else fresh
    now = {name: fresh[name] for name in ("mixed_share", "least_answered", "least_confidence")}
    if kept is not None and (why is None or source.get("why_not")):
        return dict(kept) | now | {"why": "kept"}, {}
    if source.get("why_not"):
        return dict(source) | {"why": "first"}, {}
    old, new = _needs_before_and_now(kept, source, answers, contacts)
    ids, came_from = keep_ids(old, new, len(source["fit"]["segments"]), known)
    told: dict[str, Any] = {"segments": ids, "why": why, "segmentation_id": place.segmentation_id}
    if is_adopted:
        told |= {"adoption_id": adopted["adoption_id"]}
        told["adopted"] = {name: adopted[name] for name in ("quarter", "source", "by", "date", "note")}
    return source | now | told, came_from


def _needs_before_and_now(kept: Any, source: Mapping[str, Any], answers: Answers, contacts: Any):
    """Return the needs of persons whom both models place by answers: by the kept one, and classes by the new one."""
    if not kept or not kept["segments"]:
        return None, np.empty(0, dtype=int)
    before, now = place_persons(contacts, answers.wide, kept), place_persons(contacts, answers.wide, source)
    both = ((before["basis"] == ANSWERS) & (now["basis"] == ANSWERS)).to_numpy()
    position = {segment: j for j, segment in enumerate(source["segments"])}
    return before.loc[both, "segment_id"].tolist(), now.loc[both, "segment_id"].map(position).to_numpy(int)


def _why_refit(kept: Mapping[str, Any] | None, settings: Any, quarter: Quarter) -> str | None:
    """Return why the classes are to be fitted; None where the kept ones hold."""
    if kept is None or not kept["segments"]:
        return "first"
    if kept["questions"] != list(settings.questions) or settings.n_segments not in (None, len(kept["segments"])):
        return "changed"
    age = quarter - QUARTERS_PER_YEAR >= Quarter.parse(kept["fitted_quarter"], quarter.first_month)
    return settings.refit if settings.refit == "always" or settings.refit == "yearly" and age else None
