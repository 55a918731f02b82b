"""Each person's need: by its answers, else by its attributes, else not known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.segments.methods.posterior import by_mixture
from segkit.segments.needs.attributes import attribute_values, chances_by_attributes
from segkit.segments.needs.scales import apply_space, n_answered

if TYPE_CHECKING:
    import pandas as pd

ANSWERS, ATTRIBUTES, NONE = "answers", "attributes", "none"
UNKNOWN = "UNKNOWN"
DIGITS = 6


def place_persons(contacts: pd.DataFrame, wide: pd.DataFrame, model: Mapping[str, Any]) -> pd.DataFrame:
    """Return the segment of every person by a model.

    Parameters
    ----------
    contacts : DataFrame
        Table `contacts`.
    wide : DataFrame
        `Answers.wide`.
    model : mapping
        ``fit``, ``space``, ``segments`` (ids in the order of the fit), ``attributes`` (columns and shares),
        ``least_answered``, ``least_confidence``.

    Returns
    -------
    DataFrame
        contact_id, account_id, segment_id (UNKNOWN: not placed), confidence (chance of the segment; empty where not
        placed), basis (answers, attributes, none), and the chance of each segment in columns ``p0``, ``p1`` … . Rows by
        contact_id.
    """
    import pandas as pd

    people = contacts.drop_duplicates("contact_id").sort_values("contact_id", ignore_index=True)
    ids = [*model["segments"], UNKNOWN]
    k = len(model["segments"])
    chances = np.full((len(people), k), np.nan)
    basis = np.full(len(people), NONE, dtype=object)
    if k and len(people):
        learned = model["attributes"]
        columns = [name for name in learned["columns"] if name in people]
        by_group = chances_by_attributes(attribute_values(people, columns), learned["shares"], k)
        is_placed = np.nan_to_num(by_group).max(axis=1) >= model["least_confidence"]
        chances[is_placed], basis[is_placed] = by_group[is_placed], ATTRIBUTES
        answered = wide.reindex(people["contact_id"])
        is_answered = n_answered(answered, model["space"]) >= model["least_answered"] * len(model["space"]["items"])
        if is_answered.any():
            chances[is_answered] = by_mixture(apply_space(answered[is_answered], model["space"]), model["fit"])
            basis[is_answered] = ANSWERS
    place = np.where(basis == NONE, k, np.nan_to_num(chances, nan=-1.0).argmax(axis=1) if k else 0)
    frame = people[["contact_id", "account_id"]].assign(segment_id=np.array(ids, dtype=object)[place], basis=basis)
    frame["confidence"] = np.round(np.where(basis == NONE, np.nan, _largest(chances)), DIGITS)
    parts = pd.DataFrame(np.round(chances, DIGITS), columns=[f"p{j}" for j in range(k)], index=frame.index)
    return pd.concat([frame, parts], axis=1).astype({"segment_id": "str", "basis": "str"})


def _largest(chances: np.ndarray) -> np.ndarray:
    """Return the largest chance of each row; NaN where there is none."""
    known = np.nan_to_num(chances, nan=-1.0).max(axis=1, initial=-1.0)
    return np.where(known >= 0, known, np.nan)


def chances_of(placed: pd.DataFrame) -> np.ndarray:
    """Return the columns of chances of `place_persons` as an array."""
    return placed[[name for name in placed if name[:1] == "p" and name[1:].isdigit()]].to_numpy(float)


def mark_examples(
    placed: pd.DataFrame, wide: pd.DataFrame, model: Mapping[str, Any], per_segment: int = 1
) -> np.ndarray:
    """Return whether a person stands for its segment: the counted, contactable one most like its class.

    Most like: placed by its answers with a confidence of at least 80 %, and of these the nearest to the class means;
    where nobody is contactable, of all counted persons. ``placed`` has is_counted and is_contactable as well.
    """
    is_example = np.zeros(len(placed), dtype=bool)
    answered = (placed["basis"] == ANSWERS) & placed["is_counted"]
    for position, segment in enumerate(model["segments"]):
        mine = np.flatnonzero(answered & (placed["segment_id"] == segment))
        if not len(mine):
            continue
        sure = mine[placed["confidence"].to_numpy(float)[mine] >= 0.8]
        mine = sure if len(sure) else mine
        may = mine[placed["is_contactable"].fillna(False).to_numpy(bool)[mine]]
        mine = may if len(may) else mine
        sample = apply_space(wide.reindex(placed["contact_id"].iloc[mine]), model["space"])
        entry = model["fit"]["segments"][position]
        away = np.nanmean((sample.numbers - np.array(entry["means"])) ** 2, axis=1) if sample.numbers.size else 0.0
        if sample.codes.size:
            shares = np.array([levels[-1] if len(levels) > 1 else 1.0 for levels in entry["levels"]])
            known = np.where(sample.codes < 0, shares, sample.codes)
            away = away + ((known - shares) ** 2).mean(axis=1)
        order = np.lexsort((placed["contact_id"].to_numpy(str)[mine], np.round(np.broadcast_to(away, len(mine)), 9)))
        is_example[mine[order[:per_segment]]] = True
    return is_example
