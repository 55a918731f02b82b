"""Which need is which over the quarters, and what it is called: after the questions that stand out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.quarters import Quarter
from segkit.segments.identity import SAME_SEGMENT
from segkit.segments.needs.accounts import MIXED
from segkit.segments.needs.answers import RATING, matches
from segkit.segments.needs.persons import UNKNOWN
from segkit.segments.register import COLUMNS, apply_names
from segkit.statistics.clusterings import contingency, match
from segkit.texts import say

if TYPE_CHECKING:
    import pandas as pd

FIXED = {MIXED: "#5B6B7F", UNKNOWN: "#9AA7B5"}
STANDS_OUT = 0.4  # standard deviations above all persons from which a question names a class
BESIDE = 0.6  # a second question joins the name from this share of the first one's distance
LONGEST = 44  # letters


def keep_ids(
    old: Sequence[str] | None, new: np.ndarray, k: int, known_ids: Iterable[str]
) -> tuple[list[str], dict[str, str]]:
    """Return the id of each new class, and of those that continue nothing the need most of its persons had.

    Parameters
    ----------
    old : sequence of str or None
        Needs of the persons who answered by the kept model; None in the first quarter.
    new : array of int
        Their classes 0 … k − 1 by the new fit.
    known_ids : iterable of str
        All ids that ever were; a new need gets none of them.
    """
    taken = set(known_ids)
    free = (f"N{number}" for number in count(1) if f"N{number}" not in taken)
    pairs = {} if old is None or not len(new) else match(np.asarray(old), new, least=SAME_SEGMENT)
    continued = {int(j): str(segment) for j, segment in pairs.items() if segment not in FIXED}
    ids = [continued.get(j) or next(free) for j in range(k)]
    came_from = {}
    if old is not None and len(new):
        most = np.unique(np.asarray(old))[contingency(new, np.asarray(old)).argmax(axis=1)]
        present = np.unique(new)
        came_from = {ids[j]: str(m) for j, m in zip(present.tolist(), most, strict=True) if j not in continued}
    return ids, came_from


def main_list(questions: Iterable[str], patterns: Iterable[str]) -> tuple[str, ...]:
    """Return the pattern that counts most: the first in the settings that any question matches; empty if none does."""
    known = list(questions)
    return next(((pattern,) for pattern in patterns if any(matches(question, pattern) for question in known)), ())


def standing_out(model: Mapping[str, Any], patterns: Sequence[str] = ("*",)) -> dict[str, list[str]]:
    """Return for each need the questions that it wants more than all persons do, the strongest first; perhaps none.

    Parameters
    ----------
    model : mapping
        models/<segmentation_id>.
    patterns : sequence of str
        Only questions that one of these names.
    """
    space, fit = model["space"], model["fit"]
    shares = np.array([entry["share"] for entry in fit["segments"]])
    ratings = [item["question"] for item in space["items"] if item["kind"] == RATING]
    picks = [item["question"] for item in space["items"] if item["kind"] != RATING]
    means = np.array([entry["means"] for entry in fit["segments"]]).reshape(len(shares), -1)
    picked = np.array([[levels[-1] for levels in entry["levels"]] for entry in fit["segments"]])
    picked = picked.reshape(len(shares), -1)
    overall = shares @ picked
    spread = np.sqrt(np.maximum(overall * (1 - overall), 0.01))
    away = np.hstack([means - shares @ means, (picked - overall) / spread])
    names = np.array([*ratings, *picks])
    found: dict[str, list[str]] = {}
    asked = [j for j, name in enumerate(names) if any(matches(str(name), pattern) for pattern in patterns)]
    for segment, row in zip(model["segments"], away, strict=True):
        order = sorted(asked, key=lambda j: -round(float(row[j]), 9))
        if not order:
            found[segment] = []
            continue
        least = max(STANDS_OUT, BESIDE * float(row[order[0]]))
        found[segment] = [str(names[j]) for j in order if row[j] >= least]
    return found


def bare(question: str, patterns: Iterable[str] = ()) -> str:
    """Return a question without the words that all of its list begin with: Bedarf: Preis reads Preis."""
    for pattern in patterns:
        start = pattern.split("*")[0]
        if pattern.endswith("*") and start and question.casefold().startswith(start.casefold()):
            return question[len(start) :].strip() or question
    return question


def name_needs(model: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Return the German and the English name of each need; no two are the same.

    Questions of the first list of the settings give the name; where none of them stands out, those of all lists.
    """
    names: dict[str, tuple[str, str]] = {}
    used: set[str] = set()
    main = main_list((item["question"] for item in model["space"]["items"]), model["questions"])
    of_all = standing_out(model)
    for segment, questions in standing_out(model, main).items():
        words = [bare(question, model["questions"]) for question in questions or of_all[segment]]
        pair = []
        for language in ("de", "en"):
            if not words:
                pair.append(say("needs.name_plain", language))
                continue
            two = say("needs.name_two", language, first=words[0], second=words[1]) if len(words) > 1 else words[0]
            pair.append(two if len(two) <= LONGEST else words[0])
        plain, number = tuple(pair), 2
        while pair[0] in used:
            pair, number = [f"{name} {number}" for name in plain], number + 1
        used.add(pair[0])
        names[segment] = (pair[0], pair[1])
    return names


def register_needs(
    register: pd.DataFrame | None,
    model: Mapping[str, Any],
    quarter: Quarter,
    colours: Sequence[str],
    came_from: Mapping[str, str],
    names: pd.DataFrame | None,
) -> pd.DataFrame:
    """Return table `segment_register`: needs by N1, N2 …, mixed needs, and nothing known.

    Parameters
    ----------
    register : DataFrame or None
        Of the previous run: ids, names and colours there are kept.
    model : mapping
        The model in force.
    colours : sequence of str
        Palette; the greys of mixed and unknown are no need's.
    names : DataFrame or None
        decisions/names.csv overrules.
    """
    import pandas as pd

    known = pd.DataFrame(columns=COLUMNS) if register is None else register[COLUMNS].copy()
    given = name_needs(model) if model["segments"] else {}
    present = [*model["segments"], *FIXED]
    palette = [colour for colour in colours if colour not in {*known["colour"], *FIXED.values()}]
    palette = [*palette, *colours]
    born = []
    for segment in (s for s in present if s not in set(known["segment_id"])):
        fixed = tuple(say(f"needs.name_{segment}", x) for x in ("de", "en")) if segment in FIXED else ()
        german, english = fixed or given[segment]
        if german in set(known["name_de"]):
            german, english = f"{german} ({segment})", f"{english} ({segment})"
        colour = FIXED.get(segment) or palette.pop(0)
        text = str(quarter)
        row = (model["segmentation_id"], segment, german, english, colour, text, text, came_from.get(segment, ""), "")
        born.append(dict(zip(COLUMNS, row, strict=True)))
    updated = pd.concat([known, pd.DataFrame(born, columns=COLUMNS)], ignore_index=True) if born else known
    is_present = updated["segment_id"].isin(present)
    updated["last_quarter"] = updated["last_quarter"].mask(is_present, str(quarter))
    updated["status"] = np.where(is_present, "active", "ended")
    updated = updated.astype("str").sort_values("segment_id", ignore_index=True)
    return updated if names is None else apply_names(updated, names)
