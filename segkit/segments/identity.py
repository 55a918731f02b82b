"""Which segment is which: ids over refits by the assignment problem, and what became of every segment before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.segments.grid import BY_RULE
from segkit.statistics.clusterings import contingency, match
from segkit.texts import LANGUAGES, say

if TYPE_CHECKING:
    import pandas as pd

SAME_SEGMENT = 1 / 3  # the overlap of two groups each of which holds the majority of the other is at least this
MOST = 0.5  # share of a group's accounts from which it comes out of, or goes into, one other group
DIGITS = 12
COLUMNS = [
    "segmentation_id",
    "model",
    "event",
    "segment_id",
    "from_segment_id",
    "n_accounts",
    "revenue_12m",
    "overlap",
]
EVENTS = ("split", "merge", "birth", "death")


def name_clusters(
    old: np.ndarray | None,
    new: np.ndarray,
    clusters: Sequence[str],
    known_ids: Iterable[str],
    is_fitted: bool = True,
) -> tuple[list[str], dict[str, str]]:
    """Return the id of each cluster, and for those that continue nothing the segment most of its accounts were in.

    Parameters
    ----------
    old : array (n,) or None
        Segment ids before; None where there were none.
    new : array (n,)
        Clusters of the same accounts.
    clusters : sequence of str
        All clusters, also those without accounts, in the order in which their ids come back.
    known_ids : iterable of str
        All ids that ever were; a new segment gets none of them: C1, C2 … upwards.
    is_fitted : bool
        The segments before were fitted ones: rules (the grid's, a person's) are no clusters and are not continued.
    """
    pairs = {} if old is None or not len(old) or not is_fitted else match(old, new, least=SAME_SEGMENT)
    continued = {cluster: segment for cluster, segment in pairs.items() if segment not in BY_RULE}
    came_from: dict[str, str] = {}
    if old is not None and len(old):
        most = np.unique(old)[contingency(new, old).argmax(axis=1)]
        came_from = dict(zip(np.unique(new).tolist(), most.tolist(), strict=True))
    numbers = _free_numbers({*known_ids, *continued.values()})
    names = {cluster: continued.get(cluster) or f"C{next(numbers)}" for cluster in clusters}
    return list(names.values()), {names[c]: came_from[c] for c in clusters if c not in continued and c in came_from}


def _free_numbers(ids: set[str]) -> Iterator[int]:
    number = max((int(i[1:]) for i in ids if i[:1] == "C" and i[1:].isdigit()), default=0)
    while True:
        number += 1
        yield number


def trace_events(
    before: np.ndarray,
    now: np.ndarray,
    revenue: np.ndarray,
    model: str = "accepted",
    segmentation_id: str = "value",
) -> pd.DataFrame:
    """Return what became of each segment: table `segment_events`.

    Parameters
    ----------
    before, now : array (n,) of str
        Segment of each account by the model before and by the one now, both on today's accounts. KEY and DORMANT are
        rules and have no history: accounts that either model sets apart are passed over.
    revenue : array (n,)
        Of twelve months, in the project's currency.
    model : str
        accepted or challenger: whose segments `now` are.

    Returns
    -------
    DataFrame
        segmentation_id, model, event, segment_id, from_segment_id, n_accounts, revenue_12m (of the accounts common to
        both), overlap (Jaccard).

    Notes
    -----
    *continued*: the same id, else the pair in the assignment with the largest sum of Jaccard overlaps, from an overlap
    of 1/3 on (as in MONIC by Spiliopoulou et al. 2006 and Greene, Doyle and Cunningham 2010; groups that each hold the
    majority of the other have at least this). *split*: a group that continues nothing, at least half of which comes out
    of one segment before. *merge*: a segment that nothing continues, at least half of which goes into one group.
    *birth* and *death*: the others; of a segment most of which went into its splits only these are told.
    """
    import pandas as pd

    is_open = ~(np.isin(before, BY_RULE) | np.isin(now, BY_RULE))
    before, now = np.asarray(before)[is_open].astype(str), np.asarray(now)[is_open].astype(str)
    money = np.nan_to_num(np.asarray(revenue, dtype=float)[is_open])
    if not len(now):
        return pd.DataFrame(columns=COLUMNS)
    cells = _Cells(before, now, money)
    rows = [(segmentation_id, model, *row) for row in _events(cells, _pair(cells))]
    return pd.DataFrame(rows, columns=COLUMNS).sort_values(
        ["event", "segment_id", "from_segment_id"], ignore_index=True
    )


class _Cells:
    """Accounts and revenue by segment before (rows) and now (columns)."""

    def __init__(self, before: np.ndarray, now: np.ndarray, money: np.ndarray):
        self.old, rows = np.unique(before, return_inverse=True)
        self.new, columns = np.unique(now, return_inverse=True)
        shape = len(self.old), len(self.new)
        place, n_cells = rows * shape[1] + columns, shape[0] * shape[1]
        self.n = np.bincount(place, minlength=n_cells).reshape(shape)
        self.money = np.bincount(place, money, n_cells).reshape(shape)
        self.overlap = self.n / (self.n.sum(1)[:, None] + self.n.sum(0) - self.n)

    def row(self, event: str, i: int, j: int) -> tuple[Any, ...]:
        """Return one event between segment i before and segment j now."""
        common = int(self.n[i, j]), round(float(self.money[i, j]), 4), round(float(self.overlap[i, j]), DIGITS)
        return event, str(self.new[j]), str(self.old[i]), *common


def _pair(cells: _Cells) -> dict[int, int]:
    """Return which segment before each segment now continues: the same id first, then the assignment problem."""
    from scipy.optimize import linear_sum_assignment

    place = {segment: i for i, segment in enumerate(cells.old)}
    pairs = {j: place[segment] for j, segment in enumerate(cells.new) if segment in place}
    rows = [i for i in range(len(cells.old)) if i not in pairs.values()]
    columns = [j for j in range(len(cells.new)) if j not in pairs]
    overlap = cells.overlap[np.ix_(rows, columns)]
    for i, j in zip(*linear_sum_assignment(-overlap), strict=True):
        if overlap[i, j] >= SAME_SEGMENT - 1e-12:
            pairs[columns[j]] = rows[i]
    return pairs


def _events(cells: _Cells, pairs: dict[int, int]) -> Iterator[tuple[Any, ...]]:
    """Yield one row per pair that continues, split, merge, birth and death."""
    split_off = np.zeros(len(cells.old))
    for j in range(len(cells.new)):
        column, total = cells.n[:, j], cells.n[:, j].sum()
        i = int(column.argmax())
        if j in pairs:
            yield cells.row("continued", pairs[j], j)
        elif column[i] >= MOST * total:
            split_off[i] += column[i]
            yield cells.row("split", i, j)
        else:
            yield "birth", str(cells.new[j]), "", int(total), round(float(cells.money[:, j].sum()), 4), 0.0
    for i in set(range(len(cells.old))) - set(pairs.values()):
        row, total = cells.n[i], cells.n[i].sum()
        if row.max() >= MOST * total:
            yield cells.row("merge", i, int(row.argmax()))
        elif split_off[i] < MOST * total:
            ended = str(cells.old[i])
            yield "death", ended, ended, int(total), round(float(cells.money[i].sum()), 4), 0.0


def describe_events(events: pd.DataFrame, names: pd.DataFrame) -> list[tuple[str, dict[str, Any]]]:
    """Return what became of the segments, a sentence per split, merge, birth and death, most revenue first.

    Of the challenger it is what would become of them.

    Parameters
    ----------
    events : DataFrame
        Table `segment_events`, the rows of one model.
    names : DataFrame
        segment_id, name_de, name_en, such as `segment_register`; clusters are called by their number.
    """
    if events.empty:
        return []
    n_continued = int((events["event"] == "continued").sum())
    n_before = n_continued + int((events["event"] == "death").sum())
    ended = events[events["event"] == "merge"]["from_segment_id"]
    split = events[events["event"] == "split"]["from_segment_id"]
    continued = set(events.loc[events["event"] == "continued", "from_segment_id"])
    n_before += len((set(ended) | set(split)) - continued)
    stem = "adoption.would_" if (events["model"] == "challenger").all() else "adoption."
    told: list[tuple[str, dict[str, Any]]] = [(f"{stem}continued", {"n": n_continued, "n_before": n_before})]
    known = names.set_index("segment_id")
    changes = events[events["event"].isin(EVENTS)].sort_values(
        ["revenue_12m", "event", "segment_id", "from_segment_id"], ascending=[False, True, True, True]
    )
    for row in changes.itertuples():
        numbers: dict[str, Any] = {"n": int(row.n_accounts), "revenue": float(row.revenue_12m)}
        for end, segment in (("now", row.segment_id), ("before", row.from_segment_id)):
            for language in LANGUAGES:
                numbers[f"{end}_{language}"] = _called(segment, known, language)
        told.append((f"{stem}{row.event}", numbers))
    return told


def _called(segment: str, known: pd.DataFrame, language: str) -> str:
    """Return a segment's name; a cluster is a group with a number."""
    if segment in known.index:
        return str(known.at[segment, f"name_{language}"])
    return say("segments.cluster_label", language, number=segment.rpartition(" ")[2])
