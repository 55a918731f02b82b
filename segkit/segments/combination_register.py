"""Which combination is which over the quarters, what it is called, and by which rule an account gets it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import count
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.segments.combination_cells import REST, count_cells, place_in_cells
from segkit.segments.identity import SAME_SEGMENT
from segkit.segments.place import Place
from segkit.segments.register import COLUMNS, apply_names
from segkit.statistics.clusterings import contingency, match
from segkit.texts import LANGUAGES, say

if TYPE_CHECKING:
    import pandas as pd


def keep_cell_ids(
    fresh: Mapping[str, Any], kept: Mapping[str, Any] | None, pairs: pd.DataFrame, known_ids: Iterable[str]
) -> tuple[list[dict[str, str]], dict[str, str]]:
    """Return the cells with lasting ids, and for new ones the combination most of their accounts were in.

    Parameters
    ----------
    fresh, kept : mapping
        Models with ``cells``; kept is None in the first quarter.
    pairs : DataFrame
        outer, inner today: the accounts by which two combinations are the same.
    known_ids : iterable of str
        All ids that ever were; a new combination gets none of them.

    Notes
    -----
    A combination of the same two segments is the same one; the others continue what they overlap by a third (Jaccard).
    """
    taken = set(known_ids)
    free = (f"X{number}" for number in count(1) if f"X{number}" not in taken)
    cells = [(cell["outer"], cell["inner"]) for cell in fresh["cells"]]
    same: dict[tuple[str, str], str] = {}
    came_from: dict[tuple[str, str], str] = {}
    if kept is not None:
        ids = {(cell["outer"], cell["inner"]): cell["segment_id"] for cell in kept["cells"]}
        same = {cell: ids[cell] for cell in cells if cell in ids and cell[1] != REST}
        old, new = (_joined(pairs, which) for which in (list(ids), cells))
        by_name = {"|".join(cell): segment for cell, segment in ids.items()}
        for now, then in match(old, new, least=SAME_SEGMENT).items():
            cell = tuple(now.split("|", 1))
            if cell in cells and cell not in same and by_name.get(then) not in (None, *same.values()):
                same[cell] = by_name[then]
        for cell in cells:  # what neither lives on nor overlaps keeps its id by name
            if cell not in same and cell in ids and ids[cell] not in same.values():
                same[cell] = ids[cell]
        most = np.unique(old)[contingency(new, old).argmax(axis=1)]
        came_from = {tuple(n.split("|", 1)): by_name.get(m, "") for n, m in zip(np.unique(new), most, strict=True)}
    named = [{"segment_id": same.get(cell) or next(free), "outer": cell[0], "inner": cell[1]} for cell in cells]
    born = {entry["segment_id"]: came_from.get(cell, "") for entry, cell in zip(named, cells, strict=True)}
    return named, {segment: source for segment, source in born.items() if source and segment not in same.values()}


def _joined(pairs: pd.DataFrame, cells: list[tuple[str, str]]) -> np.ndarray:
    outer, inner = place_in_cells(pairs, cells)
    return np.char.add(np.char.add(outer, "|"), inner)


def register_cells(
    model: Mapping[str, Any], names: Mapping[str, pd.DataFrame], place: Place, came_from: Mapping[str, str]
) -> pd.DataFrame:
    """Return table `segment_register` of the combination.

    Parameters
    ----------
    model : mapping
        The model in force.
    names : mapping
        outer, inner: the registers of the two, from which new combinations get their names.
    place : Place
        Palette, decided names, quarter, and the register of the previous run: its names and colours are kept.
    came_from : mapping
        New combination → the one most of its accounts were in.
    """
    import pandas as pd

    before = place.before
    known = pd.DataFrame(columns=COLUMNS) if before is None else before.register[COLUMNS].copy()
    called = {part: register.set_index("segment_id") for part, register in names.items()}
    divided = {cell["outer"] for cell in model["cells"] if cell["inner"] != REST}
    palette = [colour for colour in place.colours if colour not in set(known["colour"])] + list(place.colours) * 3
    born, used = [], set(known["name_de"])
    for cell in model["cells"]:
        if cell["segment_id"] in set(known["segment_id"]):
            continue
        pair = [_name(cell, called, divided, language) for language in LANGUAGES]
        if pair[0] in used:
            pair = [f"{name} ({cell['segment_id']})" for name in pair]
        used.add(pair[0])
        text = str(place.quarter)
        row = (place.segmentation_id, cell["segment_id"], *pair, palette.pop(0), text, text)
        born.append(dict(zip(COLUMNS, (*row, came_from.get(cell["segment_id"], ""), ""), strict=True)))
    updated = pd.concat([known, pd.DataFrame(born, columns=COLUMNS)], ignore_index=True) if born else known
    is_present = updated["segment_id"].isin([cell["segment_id"] for cell in model["cells"]])
    updated["last_quarter"] = updated["last_quarter"].mask(is_present, str(place.quarter))
    updated["status"] = np.where(is_present, "active", "ended")
    updated = updated.astype("str").sort_values("segment_id", ignore_index=True)
    return apply_names(updated, place.names) if place.names is not None and len(place.names) else updated


def _name(cell: Mapping[str, str], called: Mapping[str, pd.DataFrame], divided: set[str], language: str) -> str:
    column = f"name_{language}"
    outer, inner = (
        str(called[part].at[cell[part], column]) if cell[part] in called[part].index else cell[part]
        for part in ("outer", "inner")
    )
    if cell["inner"] != REST:
        return say("combination.name_cell", language, outer=outer, inner=inner)
    return say("combination.name_rest", language, outer=outer) if cell["outer"] in divided else outer


def describe_cell_rules(model: Mapping[str, Any], pairs: pd.DataFrame) -> pd.DataFrame:
    """Return by which rule an account gets its combination: table `typing_rules`; the first that holds counts.

    Parameters
    ----------
    model : mapping
        The model in force.
    pairs : DataFrame
        outer, inner of each account.
    """
    import pandas as pd

    outer_id, inner_id = model["of"]
    cells = [(cell["outer"], cell["inner"]) for cell in model["cells"]]
    outer, inner = place_in_cells(pairs, cells)
    sizes = count_cells(pd.DataFrame({"outer": outer, "inner": inner}))
    rows = []
    for cell in sorted(model["cells"], key=lambda c: (c["inner"] == REST, c["outer"], c["inner"])):
        key, rest = (cell["outer"], cell["inner"]), cell["inner"] == REST
        rule = f"{outer_id} = {cell['outer']}" + ("" if rest else f" and {inner_id} = {cell['inner']}")
        reason = "combination.rule_rest" if rest else "combination.rule_cell"
        rows.append((cell["segment_id"], rule, reason, int(sizes.get(key, 0))))
    frame = pd.DataFrame(rows, columns=["segment_id", "rule", "reason", "n_accounts"])
    step = np.arange(1, len(frame) + 1)
    return frame.assign(segmentation_id=model["segmentation_id"], step=step, revenue_from=np.nan, fidelity=1.0)
