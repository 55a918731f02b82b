"""Which combinations of two segmentations stand alone, and which stay with their outer segment."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

REST = ""  # inner part of the accounts of an outer segment that no combination takes
NO_SEGMENT = ("KEY", "DORMANT", "OTHER", "MIXED", "UNKNOWN")  # set apart by rules, or not known: nothing to divide by
NEVER_DIVIDED = ("DORMANT", "UNKNOWN")  # nobody works on them
Cell = tuple[str, str]


def count_cells(pairs: pd.DataFrame) -> pd.Series:
    """Return the accounts of each pair (outer, inner), by outer and inner id.

    Parameters
    ----------
    pairs : DataFrame
        outer, inner: the segments of each account; inner is empty where it is not known.
    """
    return pairs.groupby(["outer", "inner"]).size().sort_index()


def eligible_cells(pairs: pd.DataFrame, least_accounts: int, nests: Collection[str] | None = None) -> list[Cell]:
    """Return the combinations that are large enough to stand alone, in nests that may be divided.

    Parameters
    ----------
    pairs : DataFrame
        outer, inner.
    least_accounts : int
        A combination with fewer stays with its outer segment.
    nests : collection of str, optional
        Outer segments that may be divided; by default all but DORMANT and UNKNOWN.

    Notes
    -----
    A nest is divided only where two groups of that size come out: two combinations, or one and the rest.
    """
    counts = count_cells(pairs)
    found: list[Cell] = []
    for outer, sizes in counts.groupby(level=0):
        if outer in NEVER_DIVIDED or nests is not None and outer not in nests:
            continue
        inner = sizes.droplevel(0)
        large = [i for i, n in inner.items() if n >= least_accounts and i not in (*NO_SEGMENT, REST)]
        rest = int(inner.drop(large).sum())
        if len(large) + (rest >= least_accounts) >= 2:
            found += [(str(outer), str(i)) for i in large]
    return found


def keep_few(cells: list[Cell], pairs: pd.DataFrame, most_segments: int) -> list[Cell]:
    """Return the combinations that fit into so many segments: the smallest go back to their outer segment first."""
    counts = count_cells(pairs)
    kept = list(cells)
    while kept and _n_segments(kept, pairs) > most_segments:
        smallest = min(kept, key=lambda cell: (int(counts.get(cell, 0)), cell))
        kept.remove(smallest)
        same = [cell for cell in kept if cell[0] == smallest[0]]
        whole = int(counts[smallest[0]].sum())
        if len(same) == 1 and int(counts.get(same[0], 0)) == whole:
            kept.remove(same[0])  # a single combination that is its whole nest divides nothing
    return kept


def _n_segments(cells: list[Cell], pairs: pd.DataFrame) -> int:
    outer, inner = place_in_cells(pairs, cells)
    return len(set(zip(outer.tolist(), inner.tolist(), strict=True)))


def place_in_cells(pairs: pd.DataFrame, cells: Collection[Cell]) -> tuple[np.ndarray, np.ndarray]:
    """Return the cell of each account as two arrays: its outer segment, and the inner one or REST.

    Examples
    --------
    >>> import pandas as pd
    >>> pairs = pd.DataFrame({"outer": ["S1", "S1", "S2"], "inner": ["N1", "N2", "N1"]})
    >>> [part.tolist() for part in place_in_cells(pairs, [("S1", "N1")])]
    [['S1', 'S1', 'S2'], ['N1', '', '']]
    """
    outer, inner = pairs["outer"].to_numpy(str), pairs["inner"].to_numpy(str)
    taken = set(cells)
    stands = np.array([cell in taken for cell in zip(outer.tolist(), inner.tolist(), strict=True)], dtype=bool)
    return outer, np.where(stands, inner, REST)
