"""What persons answered: the latest answer to each question that is a need, without what cannot be an answer."""

from __future__ import annotations

import fnmatch
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

Sentences = list[tuple[str, dict[str, Any]]]
RATING, PICK = "rating", "pick"
LARGEST = (10.0, 100.0)  # ends of the longest scales that questionnaires use
RARE_SHARE, RARE_ROWS = 1e-3, 200  # a value outside all others is a slip where so few of so many answers have it
LEAST_ANSWERS = 10  # an item that fewer persons answered tells nothing
LEAST_OF_PERSONS = 0.2
NAMED = 3  # questions named in a sentence


@dataclass(frozen=True)
class Answers:
    """Answers side by side.

    Attributes
    ----------
    wide : DataFrame
        One row per person (index contact_id, sorted), one column per question; NaN: no answer.
    kinds : dict
        Question → rating (a number on a scale) or pick (0 not picked, 1 picked).
    told : list
        What was left out and why, sentences as (key, numbers).
    n_asked : int
        Persons with an answer to at least one question.
    """

    wide: pd.DataFrame
    kinds: dict[str, str]
    told: Sentences
    n_asked: int


def collect_answers(surveys: pd.DataFrame, contacts: pd.DataFrame, patterns: Sequence[str], as_of: Any) -> Answers:
    """Return the latest answer of each person to each question that a pattern names, up to a day.

    Parameters
    ----------
    surveys : DataFrame
        Table `surveys`: contact_id, survey_date, question, answer. Without a date an answer counts as the oldest.
    contacts : DataFrame
        Table `contacts`; answers of persons who do not stand there are left out.
    patterns : sequence of str
        Names of questions, with * for any text; upper and lower case are alike.
    as_of : date
        Later answers are not known yet.

    Notes
    -----
    Left out and told: patterns that match nothing, answers without a known person, answers outside the scale, questions
    that fewer than ten persons or a fifth of them answered, and questions to which all give the same answer. Where a
    whole list of items only holds 1, it names what was picked: who picked another item of it did not pick this one.
    """
    import pandas as pd

    surveys = surveys.reset_index(drop=True)
    days = pd.to_datetime(surveys["survey_date"])
    ids = surveys["contact_id"].astype("str")
    rows = surveys.assign(survey_date=days, contact_id=ids)
    rows = rows[(days.isna() | (days <= pd.Timestamp(as_of))) & rows["answer"].notna() & surveys["contact_id"].notna()]
    groups, told = _match_patterns(rows["question"], patterns)
    rows = rows.assign(pattern=rows["question"].map(groups))
    rows = rows[rows["pattern"].notna()]
    is_known = rows["contact_id"].isin(contacts["contact_id"])
    if (~is_known).any():
        told.append(("needs.left_unknown_person", {"n": int((~is_known).sum())}))
    rows = rows[is_known]
    is_possible = _is_on_scale(rows)
    if (~is_possible).any():
        told.append(("needs.left_off_scale", _named(rows.loc[~is_possible, "question"], int((~is_possible).sum()))))
    wide = _latest(rows[is_possible])
    wide = _fill_unpicked(wide, groups)
    n_asked = len(wide)
    wide, left = _usable(wide, n_asked)
    kinds = {name: PICK if wide[name].dropna().isin((0, 1)).all() else RATING for name in wide}
    return Answers(wide, kinds, told + left, n_asked)


def _match_patterns(questions: pd.Series, patterns: Sequence[str]) -> tuple[dict[str, str], Sentences]:
    """Return the first pattern of each question that has one, and which patterns match nothing."""
    import difflib

    known = sorted(questions.dropna().unique().tolist())
    groups: dict[str, str] = {}
    counts = dict.fromkeys(patterns, 0)
    for question in known:
        for pattern in patterns:
            if matches(question, pattern):
                groups.setdefault(question, pattern)
                counts[pattern] += 1
    if any(counts.values()):
        return groups, []  # the standard list names German and English lists; one of them is enough
    near = difflib.get_close_matches(patterns[0].rstrip("*"), known, n=1, cutoff=0.0)
    numbers = {"patterns": ", ".join(patterns), "nearest": near[0] if near else ""}
    return groups, [("needs.no_question" if near else "needs.no_survey", numbers)]


def matches(question: str, pattern: str) -> bool:
    """Return whether a pattern names a question; only * stands for something, a bracket is a sign like any other."""
    return fnmatch.fnmatchcase(question.casefold(), pattern.casefold().replace("[", "[[]"))


def _is_on_scale(rows: pd.DataFrame) -> np.ndarray:
    """Return whether each answer can be one: not below 0, not above the scale, and no slip beyond what others use."""
    import pandas as pd

    possible = pd.Series(True, index=rows.index)
    for _, group in rows.groupby("pattern"):
        values = group["answer"].astype(float)
        end = LARGEST[0] if values.quantile(0.99) <= LARGEST[0] else LARGEST[1]
        fine = (values >= 0) & (values <= end)
        counts = values[fine].value_counts()
        usual = counts.index[counts >= RARE_SHARE * len(values)]
        if len(values) >= RARE_ROWS and len(usual):
            fine &= (values >= usual.min()) & (values <= usual.max())
        possible[group.index] = fine
    return possible.to_numpy(bool)


def _latest(rows: pd.DataFrame) -> pd.DataFrame:
    """Return persons × questions with the latest answer; of two on one day the larger, so that order is no matter."""
    ordered = rows.sort_values(["survey_date", "answer"], na_position="first", kind="stable")
    last = ordered.drop_duplicates(["contact_id", "question"], keep="last")
    wide = last.pivot(index="contact_id", columns="question", values="answer").astype(float)
    return wide.sort_index().sort_index(axis=1)


def _fill_unpicked(wide: pd.DataFrame, groups: dict[str, str]) -> pd.DataFrame:
    """Return the answers with 0 where a list of items that only names picks leaves an item out."""
    for pattern in sorted(set(groups.values())):
        names = [name for name in wide if groups[name] == pattern]
        listed = wide[names]
        if len(names) > 1 and bool((listed.isna() | (listed == 1)).all(axis=None)):
            wide = wide.assign(**listed.where(listed.notna() | listed.isna().all(axis=1).to_numpy()[:, None], 0.0))
    return wide


def _usable(wide: pd.DataFrame, n_asked: int) -> tuple[pd.DataFrame, Sentences]:
    """Return the questions that can tell persons apart, and which cannot."""
    import pandas as pd

    n_answers = wide.notna().sum()
    is_seldom = n_answers < max(LEAST_ANSWERS, LEAST_OF_PERSONS * n_asked)
    is_alike = ~is_seldom & (wide.nunique() < 2)
    told: Sentences = []
    for key, which in (("needs.left_seldom", is_seldom), ("needs.left_alike", is_alike)):
        if which.any():
            told.append((key, _named(pd.Series(wide.columns[which]), int(which.sum()))))
    return wide.loc[:, ~(is_seldom | is_alike)], told


def _named(questions: pd.Series, n: int) -> dict[str, Any]:
    """Return how many and the first names, as a sentence needs them."""
    names = questions.drop_duplicates().sort_values().tolist()
    return {"n": n, "n_questions": len(names), "questions": ", ".join(names[:NAMED]) + (" …" * (len(names) > NAMED))}
