"""Invoices that lie in two exports: orders with date and account, and their lines with the money."""

from __future__ import annotations

from segkit.sources.aliases import load_aliases, name_score
from segkit.sources.exports import Exports, Group, examples_of
from segkit.sources.guess import Guess, guess_columns
from segkit.sources.proposal import Column, Entry
from segkit.sources.samples import FileSample
from segkit.tables import INPUTS

_OF_HEAD = ("account_id", "invoice_id", "invoice_date")


def joined_entries(exports: Exports) -> list[Entry]:
    """Return the entry of invoices made of two files, if there is one, and mark their groups as used."""
    free = [group for group in exports.groups if not group.used]
    if any(g.guess and g.guess.table == "invoices" and _sure_money(g.guess) for g in free):
        return []
    heads = [g for g in free if _is_head(g)]
    lines = [g for g in free if _sure_money(guess_columns(g.sample, "invoices")) and not _has_date(g)]
    for head in heads:
        for line in lines:
            common = _common_key(head.sample, line.sample)
            if common is not None:
                head.used = line.used = True
                return [_join(head, line, common, exports)]
    return []


def _sure_money(guess: Guess) -> bool:
    return guess.columns.get("revenue", ("", 0.0))[1] > 0.5


def _has_date(group: Group) -> bool:
    return "invoice_date" in guess_columns(group.sample, "invoices").columns


def _is_head(group: Group) -> bool:
    return set(_OF_HEAD) <= set(guess_columns(group.sample, "invoices").columns)


def _common_key(head: FileSample, line: FileSample) -> str | None:
    """Return the header that both files have, unique in the head and repeated in the lines."""
    aliases = load_aliases()["columns"]["invoices"]["invoice_id"]
    common = [h for h in head.headers if h in line.headers and head.column(h).unique > 0.99]
    common = [h for h in common if line.column(h).unique < 0.99 and head.values(h) & line.values(h)]
    return max(common, key=lambda h: name_score(h, aliases, True), default=None)


def _join(head: Group, line: Group, key: str, exports: Exports) -> Entry:
    of_head = guess_columns(head.sample, "invoices").columns
    of_line = guess_columns(line.sample, "invoices").columns
    chosen = {**of_line, **{c: of_head[c] for c in _OF_HEAD}}
    chosen = {name: chosen[name] for name in INPUTS["invoices"].columns if name in chosen}
    columns = []
    for name, (text, confidence) in chosen.items():
        sample = head.sample if name in _OF_HEAD else line.sample
        columns.append(Column(name, text, confidence, examples_of(sample, text)))
    patterns = [exports.patterns([group])[0] for group in (head, line)]
    headers = list(dict.fromkeys([*head.sample.headers, *line.sample.headers]))
    return Entry("invoices", patterns, columns, headers, on=key)
