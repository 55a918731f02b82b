"""The kit that a file allows, applied: segment, chance, reason and self-check for every row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.display import label_of
from segkit.errors import UserError
from segkit.scoring.reading import DERIVED, ToScore, read_fields
from segkit.segments.typing.as_sql import number
from segkit.segments.typing.conditions import NUMBER, first_that_holds
from segkit.segments.typing.kit import UNSURE
from segkit.segments.typing.reference import FEWEST_ROWS, compare_with
from segkit.texts import say, show

if TYPE_CHECKING:
    import pandas as pd

ORDER = ("person", "full", "crm")
LOCALES = {"de": "de_DE", "en": "en_GB"}
MORE_OPEN = 0.1
"""Share of rows by which more than usual stays open before the self-check says so."""


@dataclass(frozen=True)
class Scored:
    """The answers row by row, and what the self-check says of the file."""

    kit: str
    answers: pd.DataFrame
    drift: list[dict[str, Any]]
    share_abstained: float
    usual_abstained: float


def choose_kit(file: ToScore, kits: Mapping[str, Any], where: str) -> str:
    """Return the best kit whose fields the file holds: full before crm.

    Raises
    ------
    UserError
        When no kit is possible: which fields each lacks.
    """
    usable = {name: kits[name] for name in ORDER if name in kits and kits[name]["fields"]}
    if not usable:
        raise UserError(f"{where}: no field tells the segments apart, so there is no rule to score with.")
    lacks = {name: [one for one in kit["fields"] if not file.can_have(one)] for name, kit in usable.items()}
    for name, missing in lacks.items():
        if not missing:
            return name
    told = [
        f"{file.name}: the rule '{name}' needs {', '.join(kits[name]['fields'])}; there is no column for "
        f"{', '.join(_or_parts(one) for one in missing)}."
        for name, missing in lacks.items()
    ]
    columns = ", ".join(file.rows.columns[:12])
    told.append(
        f"The file has {columns}. Name its headers as project.yml does under sources.accounts.columns, or as here."
    )
    raise UserError(told)


def _or_parts(name: str) -> str:
    return name + (f" (or {' and '.join(DERIVED[name])})" if name in DERIVED else "")


def score_rows(file: ToScore, kit: str, model: Mapping[str, Any], names: Mapping[str, str], language: str) -> Scored:
    """Return the segment of every row.

    Parameters
    ----------
    file : ToScore
        With all fields of the kit.
    kit : str
        crm or full.
    model : mapping
        The kit.
    names : mapping
        segment_id → name in `language`.

    Returns
    -------
    Scored
        answers: segment_id (UNSURE where the rule is not sure enough), segment_name, confidence (0 to 1),
        is_abstained, likely_segment_id, reason (sentence), fields_used (field=value; …), kit.
    """
    import pandas as pd

    levels = {name: held["shares"] for name, held in model["reference"]["fields"].items() if "limits" not in held}
    fields = read_fields(file, model["fields"], levels, language)
    position = first_that_holds(fields, model)
    likely = np.array([*(rule["segment_id"] for rule in model["rules"]), model["likely"]])[position]
    chance = np.array([*(rule["confidence"] for rule in model["rules"]), model["likely_confidence"]])[position]
    is_known = position < len(model["rules"])
    is_abstained = (chance < model["threshold"]) | ~is_known
    told = [describe_row(row, file, model["fields"], language) for row in fields.itertuples()]
    reasons = [
        _reason(*one, names, model, language) for one in zip(likely, chance, is_abstained, is_known, told, strict=True)
    ]
    answers = pd.DataFrame(
        {
            "segment_id": np.where(is_abstained, UNSURE, likely),
            "segment_name": np.where(is_abstained, "", [names.get(one, one) for one in likely]),
            "confidence": chance.round(6),
            "is_abstained": is_abstained,
            "likely_segment_id": likely,
            "reason": reasons,
            "fields_used": [_used(row, model["fields"]) for row in fields.itertuples()],
            "kit": kit,
        },
        index=file.rows.index,
    )
    usual = float(model["reference"]["share_abstained"])
    return Scored(kit, answers, compare_with(fields, model), float(is_abstained.mean()), usual)


def _used(row: Any, kinds: Mapping[str, str]) -> str:
    """Return the known fields of a row as field=value, for another program to read."""
    values = {name: getattr(row, name) for name in kinds}
    known = {name: value for name, value in values.items() if value == value and value != ""}
    return "; ".join(f"{name}={number(value) if kinds[name] == NUMBER else value}" for name, value in known.items())


def describe_row(row: Any, file: ToScore, kinds: Mapping[str, str], language: str) -> tuple[list[str], dict[str, str]]:
    """Return the fields of a row that nothing is known of, and the known ones as text."""
    lacking, known = [], {}
    for name, kind in kinds.items():
        value = getattr(row, name)
        if value == "" or value != value:
            lacking.append(name)
        else:
            known[name] = show(value, "number", LOCALES[language]) if kind == "number" else str(value)
    return lacking, known


def _reason(likely: str, chance: float, is_abstained: bool, is_known: bool, told, names, model, language: str) -> str:
    lacking, known = told
    because = ", ".join(f"{label_of(name, language)} {value}" for name, value in known.items())
    words: dict[str, Any] = {
        "because": because or say("typing.reason_nothing", language),
        "name": names.get(likely, likely),
    }
    words["lacking"] = ", ".join(label_of(name, language) for name in lacking)
    words |= {"chance": float(chance), "wanted": float(model["wanted_accuracy"])}
    if not is_known:
        return say("typing.reason_lacking", language, **words)
    key = "typing.reason_unsure" if is_abstained else "typing.reason_placed"
    sentence = say(key, language, **words)
    return f"{sentence} {say('typing.reason_also', language, **words)}" if lacking else sentence


def describe_check(scored: Scored, file: ToScore, language: str) -> list[str]:
    """Return what the self-check found, as sentences.

    Fields that moved, values never seen, cells that are no number, too much left open; or one sentence that all is as
    usual, or that the file is too small to say.
    """
    found = []
    for row in scored.drift:
        words = {"field": label_of(row["field"], language), "psi": row["psi"], "share": row["share_new"]}
        if row["status"] in ("watch", "shifted"):
            key = "typing.drift_new" if row["share_new"] >= 0.1 else f"typing.drift_{row['status']}"
            found.append(say(key, language, **words))
    for name, rows in file.unreadable.items():
        where = ", ".join(map(str, rows[:5])) + (" …" if len(rows) > 5 else "")
        found.append(say("typing.drift_unreadable", language, field=label_of(name, language), n=len(rows), rows=where))
    if len(scored.answers) < FEWEST_ROWS:
        return [*found, say("typing.drift_few", language, n=len(scored.answers), least=FEWEST_ROWS)]
    error = 2 * np.sqrt(max(scored.usual_abstained * (1 - scored.usual_abstained), 0.01) / len(scored.answers))
    if scored.share_abstained > scored.usual_abstained + max(error, MORE_OPEN):
        open_now, usual = scored.share_abstained, scored.usual_abstained
        found.append(say("typing.drift_open", language, share=open_now, usual=usual))
    return found or [say("typing.drift_none", language)]
