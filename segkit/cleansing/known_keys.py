"""Which records of several systems are one account, by the keys that the systems themselves hold."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

GUID = re.compile(r"\{?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\}?", re.IGNORECASE)
SALESFORCE = re.compile(r"(001(?=\w*[A-Za-z])[0-9A-Za-z]{12})([A-Z0-5]{3})?")


class Record(NamedTuple):
    """One account as one system keeps it, or as only its lines name it; `place` is the system's in project.yml."""

    system: str
    source_id: str
    external_id: str | None = None
    has_money: bool = False
    place: int = 0
    is_delivered: bool = True


Key = tuple[str, str]
"""System and id."""


@dataclass
class Links:
    """Account of each record, and what stands in the way of a link.

    ``accounts`` (system, source_id) → account_id; ``linked`` the records that a known key joins with another system's;
    ``unmatched``, ``ambiguous`` and ``shared`` the records whose external id names nobody, names several, or is held
    by several records of their system; ``renamed`` those whose id another system gave to somebody else; ``overlapping``
    those whose id another system has too, without a key that says whether they are the same.
    """

    accounts: dict[Key, str] = field(default_factory=dict)
    roots: set[Key] = field(default_factory=set)
    linked: set[Key] = field(default_factory=set)
    unmatched: set[Key] = field(default_factory=set)
    ambiguous: set[Key] = field(default_factory=set)
    shared: set[Key] = field(default_factory=set)
    renamed: set[Key] = field(default_factory=set)
    overlapping: set[Key] = field(default_factory=set)


def folded(value: str) -> str:
    """Return what two writings of one id have in common.

    Numbers are equal without leading zeros, GUIDs in upper and lower case with and without braces, Salesforce ids of
    18 characters with their first 15; everything else as it stands.
    """
    if value.isdigit():
        return f"#{value.lstrip('0') or '0'}"
    if guid := GUID.fullmatch(value):
        return guid[1].lower()
    if salesforce := SALESFORCE.fullmatch(value):
        return salesforce[1]
    return value


def link_records(records: Iterable[Record]) -> Links:
    """Return which records are one account.

    The leading record is the one whose id the others hold as external id; through a chain, the last. Where two
    systems hold each other's id, the one that lines of money name leads, else the one named first in project.yml.

    Parameters
    ----------
    records : iterable of Record
        Each (system, source_id) once.

    Examples
    --------
    SAP 0000012345 and HubSpot 881 with external id 12345 are one account, 0000012345.
    """
    known = {(r.system, r.source_id): r for r in records}
    links = Links()
    named = _find_named(known, links)
    for key, record in known.items():
        root = _root_of(key, named, known)
        links.accounts[key] = root[1]
        if root == key:
            links.roots.add(key)
        if root != key:
            links.linked |= {key, root}
        elif record.external_id and key not in named and key not in links.ambiguous:
            links.unmatched.add(key)
    _separate(known, named, links)
    return links


def _find_named(known: dict[Key, Record], links: Links) -> dict[Key, Key]:
    """Return record → the one record of another system that its external id names."""
    by_fold: dict[str, list[Key]] = defaultdict(list)
    holders: dict[tuple[str, str], list[Key]] = defaultdict(list)
    for key, record in known.items():
        by_fold[folded(record.source_id)].append(key)
        if record.external_id:
            holders[record.system, folded(record.external_id)].append(key)
    named = {}
    for key, record in known.items():
        if not record.external_id:
            continue
        found = [other for other in by_fold[folded(record.external_id)] if other[0] != record.system]
        exact = [other for other in found if other[1] == record.external_id]
        chosen = exact if len(exact) == 1 else found
        if len(chosen) == 1:
            named[key] = chosen[0]
            if len(holders[record.system, folded(record.external_id)]) > 1:
                links.shared.add(key)
        elif chosen:
            links.ambiguous.add(key)
    return named


def _root_of(key: Key, named: dict[Key, Key], known: dict[Key, Record]) -> Key:
    """Follow external ids to the record that leads; around a circle it is the same from every side."""
    path = [key]
    while path[-1] in named:
        following = named[path[-1]]
        if following in path:
            circle = path[path.index(following) :]
            return min(circle, key=lambda k: (not known[k].has_money, known[k].place, k))
        path.append(following)
    return path[-1]


def _separate(known: dict[Key, Record], named: dict[Key, Key], links: Links) -> None:
    """Tell equal ids of two systems apart where external ids show that the systems count for themselves."""
    following = {system for system, _ in named}
    holders: dict[str, list[Key]] = defaultdict(list)
    for key in known:
        holders[links.accounts[key]].append(key)
    for account, keys in holders.items():
        leading = [key for key in keys if key[1] == account and links.accounts[key] == account]
        alone = [key for key in leading if key not in links.linked]
        if len({system for system, _ in leading}) < 2:
            continue
        for key in alone:
            if key[0] in following:
                links.accounts[key] = f"{key[0]}:{key[1]}"
                links.renamed.add(key)
        same = [key for key in alone if key not in links.renamed]
        if len(same) > 1 or (same and len(leading) - len(alone) > 0):
            links.overlapping |= set(same)


def speaks_own_ids(ids: set[str], external: set[str], leading: set[str], following: set[str]) -> bool:
    """Say whether a system that delivered no accounts writes the ids that external ids name.

    Parameters
    ----------
    ids : set of str
        Ids in its lines.
    external, leading : set of str
        External ids, and the ids of accounts from systems that hold no external ids; both `folded`.
    following : set of str
        Ids of accounts from systems that hold external ids.
    """
    named = sum(folded(value) in external for value in ids)
    return named > sum(folded(value) in leading or value in following for value in ids)


class Finder:
    """Finds the account that an id in some file stands for."""

    def __init__(self, links: Links):
        self.links = links
        self._by_id: dict[str, set[str]] = defaultdict(set)
        self._by_fold: dict[str, set[str]] = defaultdict(set)
        leading: dict[str, str] = {}
        for (_, source_id), account in links.accounts.items():
            self._by_id[source_id].add(account)
            self._by_fold[folded(source_id)].add(account)
            if source_id == account:
                leading[source_id] = account
        self._leading = leading

    def find(self, system: str, value: str) -> tuple[str, str] | None:
        """Return (account_id, rule) for an id in a file of a system, None where it is no account's or nothing changes.

        The system's own record comes first, then an account of exactly this id, then the one record with this id; at
        last the one account whose number is the same without leading zeros (rule zeros_restored).
        """
        own = self.links.accounts.get((system, value))
        found = own or self._leading.get(value) or _only(self._by_id.get(value, set()))
        if found is not None:
            rule = "id_renamed" if (system, value) in self.links.renamed else "linked"
            return (found, rule) if found != value else None
        if value in self._by_id:
            return None
        near = _only(self._by_fold.get(folded(value), set()))
        return (near, "zeros_restored") if near is not None and near != value else None


def _only(found: set[str]) -> str | None:
    return next(iter(found)) if len(found) == 1 else None
