"""Pairs of records that may be one customer → groups of records that are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

AGAINST = 0.1
"""A pair with a lower probability speaks against making one group of its two records' groups."""


def cluster(
    pairs: pd.DataFrame,
    merge: float,
    same: Iterable[tuple[str, str]],
    different: Iterable[tuple[str, str]],
    ids: Iterable[str],
) -> pd.Series:
    """Return which records are one customer.

    Decided pairs come first, then pairs from ``merge`` on, the strongest first. A pair joins its two groups unless

    - a person has decided that a record of the one and a record of the other are different customers: so what was
      decided holds through a third record too, and the group is cut at its weakest link;
    - as many pairs speak against the two groups (a probability below 0.1) as for them (``merge`` or more): a record
      like one of a group and unlike another does not join, so that a chain cannot tie together what contradicts.

    Parameters
    ----------
    pairs : DataFrame
        record_id_a, record_id_b, probability, match_weight as `find_pairs` returns them, the unlikely ones too.
    merge : float
        Probability from which pairs are one customer.
    same, different : iterable of (str, str)
        Decisions of people, in any order of the two ids. Where they contradict each other, ``different`` holds.
    ids : iterable of str
        All records.

    Returns
    -------
    Series
        Index the ids in alphabetical order, value the first id of the record's group.

    Examples
    --------
    >>> import pandas as pd
    >>> pairs = pd.DataFrame(
    ...     [("a", "b", 0.999, 10.0), ("b", "c", 0.992, 7.0), ("a", "c", 0.02, -5.6)],
    ...     columns=["record_id_a", "record_id_b", "probability", "match_weight"],
    ... )
    >>> cluster(pairs, 0.99, same=[], different=[], ids="abcd").to_dict()
    {'a': 'a', 'b': 'a', 'c': 'c', 'd': 'd'}
    """
    import pandas as pd

    groups = _Groups(sorted(set(ids)))
    groups.set_apart(different)
    for a, b in sorted(tuple(sorted(pair)) for pair in same):
        groups.join(a, b)
    known = pairs[["record_id_a", "record_id_b", "probability", "match_weight"]]
    for row in known.itertuples(index=False):
        groups.know(row.record_id_a, row.record_id_b, row.probability)
    strong = known[known.probability >= merge]
    strong = strong.sort_values(
        ["match_weight", "record_id_a", "record_id_b"], ascending=[False, True, True], kind="stable"
    )
    for row in strong.itertuples(index=False):
        groups.join(row.record_id_a, row.record_id_b, merge)
    found = {record: groups.group_of[record] for record in groups.group_of}
    return pd.Series(found, dtype="str", name="cluster").rename_axis("record_id")


@dataclass
class _Groups:
    """Groups of records that grow; each is called by its first id."""

    ids: list[str]
    group_of: dict[str, str] = field(init=False)
    members: dict[str, list[str]] = field(init=False)
    apart: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    known: dict[str, dict[str, float]] = field(default_factory=lambda: defaultdict(dict))

    def __post_init__(self) -> None:
        self.group_of = {record: record for record in self.ids}
        self.members = {record: [record] for record in self.ids}

    def set_apart(self, pairs: Iterable[tuple[str, str]]) -> None:
        for a, b in pairs:
            self.apart[a].add(b)
            self.apart[b].add(a)

    def know(self, a: str, b: str, probability: float) -> None:
        self.known[a][b] = self.known[b][a] = probability

    def join(self, a: str, b: str, merge: float | None = None) -> None:
        """Make one group of two records' groups, unless something stands between them."""
        first, second = self.group_of.get(a), self.group_of.get(b)
        if first is None or second is None or first == second:
            return
        few, many = sorted((self.members[first], self.members[second]), key=len)
        inside = set(many)
        if any(self.apart[record] & inside for record in few if record in self.apart):
            return
        between = [
            probability
            for record in few
            for other, probability in self.known.get(record, {}).items()
            if other in inside
        ]
        if merge is not None and sum(p < AGAINST for p in between) >= sum(p >= merge for p in between):
            return
        kept, gone = min(first, second), max(first, second)
        for record in self.members[gone]:
            self.group_of[record] = kept
        self.members[kept] += self.members.pop(gone)
