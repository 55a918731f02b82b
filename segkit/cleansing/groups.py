"""Corporate groups from parents: who stands at the top, what is broken on the way, and how large a group is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Tops:
    """For each account: the ``top`` of its group and the ``depth`` below it; ``cyclic`` accounts lay on a cycle."""

    top: dict[str, str]
    depth: dict[str, int]
    cyclic: frozenset[str]


def find_tops(accounts: Iterable[str], parents: Mapping[str, str]) -> Tops:
    """Follow the parents of each account to the top.

    Where parents run in a circle, the smallest id (as text) of the circle is its top: the link from it to its parent is
    left out. So the same circle has the same top in every quarter, whatever its members buy.

    Parameters
    ----------
    accounts : iterable of str
        Accounts to place.
    parents : mapping
        Account → parent; a parent need not be an account, and an id that is its own parent has none.

    Examples
    --------
    >>> tops = find_tops(["a", "b", "c"], {"a": "b", "b": "c"})
    >>> tops.top["a"], tops.depth["a"], tops.depth["c"]
    ('c', 2, 0)
    """
    top: dict[str, str] = {}
    depth: dict[str, int] = {}
    cyclic: set[str] = set()
    for account in accounts:
        path, place = [account], {account: 0}
        while path[-1] not in top:
            parent = parents.get(path[-1])
            if parent is None or parent == path[-1]:
                top[path[-1]], depth[path[-1]] = path[-1], 0
            elif parent in place:
                circle = path[place[parent] :]
                cyclic.update(circle)
                head = min(circle)
                top[head], depth[head] = head, 0
                path += [*circle[: circle.index(head)], head]
            else:
                path.append(parent)
                place.setdefault(parent, len(path) - 1)
        for node, above in zip(reversed(path[:-1]), reversed(path[1:]), strict=True):
            if node not in top:
                top[node], depth[node] = top[above], depth[above] + 1
    return Tops(top, depth, frozenset(cyclic))


def total_figure(
    members: Iterable[str], above: Mapping[str, str], own: Mapping[str, float], head: str
) -> tuple[float, bool] | None:
    """Return a group's figure (head count, turnover) from its companies' own ones, and whether it is a sum.

    From the bottom up, a company stands for itself and all below it: with its own figure alone where that is at least
    as large as what stands below it (then it may be a consolidated one, and adding would count people twice), else with
    the sum. One company without a figure leaves the group without one.

    Parameters
    ----------
    members : iterable of str
        Accounts of the group that are known.
    above : mapping
        Account → the account or head directly above it.
    own : mapping
        Account → own figure, without those that are not known.
    head : str
        Top of the group; it need not be a member.
    """
    known = set(members)
    below: dict[str, list[str]] = {}
    for account in known - {head}:
        parent = above[account]
        while parent not in known and parent != head:
            parent = above.get(parent, head)
        below.setdefault(parent, []).append(account)
    order = [head]
    for node in order:
        order += sorted(below.get(node, ()))
    total: dict[str, float] = {}
    is_sum = False
    for node in reversed(order):
        parts = [total.get(child) for child in below.get(node, ())]
        if any(part is None for part in parts) or (node in known and own.get(node) is None):
            return None
        under = sum(part for part in parts if part is not None)
        mine = own[node] if node in known else 0
        adds = bool(parts) and (mine < under)
        is_sum |= adds and (len(parts) > 1 or node in known)
        total[node] = mine + under if adds or not parts else mine
    return total[head], is_sum
