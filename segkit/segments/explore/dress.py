"""What the groups of a trial are called and how they look: the same number and colour from try to try."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.segments.accepted import segment_ids
from segkit.segments.explore.trial import Trial
from segkit.segments.grid import BY_RULE
from segkit.segments.register import name_segments
from segkit.statistics.clusterings import match
from segkit.texts import say

if TYPE_CHECKING:
    import pandas as pd

NONE, GREY = "?", "#5B6B7F"  # accounts that the run did not place
SAME_COLOUR = 1 / 3  # overlap from which a group wears the colour of a segment in force


@dataclass(frozen=True)
class Dressed:
    """A trial with its segments in order, each with a German and an English name and a colour.

    `number`: its place in the session; 0 is the segmentation in force.
    """

    trial: Trial
    ids: list[str]
    names: dict[str, tuple[str, str]]
    colours: dict[str, str]
    number: int = 0


def dress_force(trial: Trial, register: pd.DataFrame) -> Dressed:
    """Return the segmentation in force as the register names and colours it.

    Parameters
    ----------
    register : DataFrame
        segment_id, name_de, name_en, colour of its segments.
    """
    known = register.drop_duplicates("segment_id").set_index("segment_id")
    present = np.unique(trial.segments).tolist()
    ids = in_order([segment for segment in present if segment in known.index])
    names = {s: (str(known.at[s, "name_de"]), str(known.at[s, "name_en"])) for s in ids}
    colours = {s: str(known.at[s, "colour"]) for s in ids}
    if set(present) - set(ids):
        names[NONE], colours[NONE] = (say("explore.no_segment", "de"), say("explore.no_segment", "en")), GREY
        segments = np.array([s if s in known.index else NONE for s in trial.segments.tolist()])
        return Dressed(replace(trial, segments=segments), [*ids, NONE], names, colours)
    return Dressed(trial, ids, names, colours)


def in_order(ids: Sequence[str]) -> list[str]:
    """Return ids as people read them: KEY first, DORMANT last, S2 before S10."""
    last = {BY_RULE[0]: -1, BY_RULE[1]: 1}
    digits = {s: "".join(c for c in s if c.isdigit()) for s in ids}
    return sorted(ids, key=lambda s: (last.get(s, 0), s.rstrip("0123456789"), int(digits[s] or 0), s))


def dress_trial(
    trial: Trial,
    features: pd.DataFrame,
    force: Dressed,
    before: Dressed | None,
    palette: Sequence[str],
    number: int,
    titles: Mapping[str, tuple[str, str]] | None = None,
) -> Dressed:
    """Return a trial dressed like the one before it: a group that goes on keeps its number and colour.

    Parameters
    ----------
    features : DataFrame
        The accounts, for telling names.
    force : Dressed
        The segmentation in force: KEY, DORMANT, the grid's segments and counterparts take their colours from it.
    before : Dressed or None
        The trial shown last; None for the first.
    palette : sequence of str
        Colours.
    number : int
        Of the trial in the session.
    titles : mapping, optional
        Criterion → its German and English name, for segments called by their criteria.
    """
    if "fit" in trial.model:
        trial = _renumbered(trial, before)
    ids = [segment for segment in segment_ids(trial.model) if segment in set(trial.segments.tolist())]
    if "fit" in trial.model:
        ids = in_order(ids)
    found = name_segments(ids, trial.model, features, titles=titles)
    known = {s: name for s, name in force.names.items() if s in found and "fit" not in trial.model or s in BY_RULE}
    names = {s: known.get(s, found[s]) for s in ids}
    return Dressed(trial, ids, names, _colours(trial, ids, force, before, palette), number)


def _renumbered(trial: Trial, before: Dressed | None) -> Trial:
    """Return a trial whose groups bear the numbers of the groups before that they overlap most."""
    old = list(trial.model["segments"])
    pairs: Mapping[str, str] = {}
    if before is not None and "fit" in before.trial.model:
        pairs = match(before.trial.segments, trial.segments)
    taken = {pairs[s] for s in old if pairs.get(s, "").startswith("G")}
    free = _free(taken)
    ids = [pairs[s] if pairs.get(s, "").startswith("G") else next(free) for s in old]
    new = dict(zip(old, ids, strict=True))
    segments = np.array([new.get(s, s) for s in trial.segments.tolist()])
    typical = {new[s]: about for s, about in trial.model["typical"].items()}
    stability = {new.get(s, s): value for s, value in trial.stability.items()}
    model: dict[str, Any] = trial.model | {"segments": ids, "typical": typical}
    return replace(trial, model=model, segments=segments, stability=stability)


def _free(taken: set[str]) -> Iterator[str]:
    number = 0
    while True:
        number += 1
        if f"G{number}" not in taken:
            yield f"G{number}"


def _colours(
    trial: Trial, ids: Sequence[str], force: Dressed, before: Dressed | None, palette: Sequence[str]
) -> dict[str, str]:
    """Return a colour for each segment: its own of before, its counterpart's in force, else one that is free."""
    kept = dict(force.colours) | (before.colours if before else {})
    pairs = match(force.trial.segments, trial.segments, least=SAME_COLOUR)
    chosen = {s: kept[s] for s in ids if s in kept}
    for segment in ids:
        twin = force.colours.get(pairs.get(segment, ""))
        if segment not in chosen and twin and twin not in chosen.values():
            chosen[segment] = twin
    unused = [c for c in palette if c not in chosen.values() and c not in force.colours.values()]
    unused += [c for c in palette if c not in chosen.values() and c not in unused]
    rest = iter(unused * 2 + list(palette))
    return {s: chosen.get(s) or next(rest) for s in ids}
