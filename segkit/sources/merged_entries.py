"""Entries that are deliveries of one export, made one entry; accounts where only other tables name them."""

from __future__ import annotations

from segkit.sources.exports import Exports, Group, examples_of, letters_of
from segkit.sources.proposal import Column, Entry
from segkit.tables import INPUTS

_NAMES = 0.5
"""Share of an id's values with letters from which on they are names, not numbers."""


def merged_entries(pairs: list[tuple[Entry, Group]], exports: Exports) -> list[Entry]:
    """Return the entries; those whose files' names differ in digits only are one, with the headers of all of them.

    A column that each delivery calls by another name gets all these names: of each file the first counts that it has;
    where a delivery has none of them the column stays empty.

    Parameters
    ----------
    pairs : list
        Each entry with the group of files that it was made from.
    exports : Exports
        All files, for the patterns.
    """
    series: dict[tuple[str, str, str], list[tuple[Entry, Group]]] = {}
    for entry, group in pairs:
        path = group.files[0]
        series.setdefault((entry.table, path.suffix.lower(), letters_of(path.name)), []).append((entry, group))
    return [one for of in series.values() for one in _merge(of, exports)]


def _merge(pairs: list[tuple[Entry, Group]], exports: Exports) -> list[Entry]:
    entries = [entry for entry, _ in pairs]
    files = exports.patterns([group for _, group in pairs])
    required = set(INPUTS[entries[0].table].required)
    columns = [_merged_column(name, entries) for name in INPUTS[entries[0].table].columns]
    found = [column for column in columns if column is not None]
    is_doubtful = any(column.name in required and not all(column.text) for column in found)
    if len(entries) == 1 or len(files) > 1 or is_doubtful:
        return entries
    headers = [header for entry in entries for header in entry.headers]
    return [Entry(entries[0].table, files, found, list(dict.fromkeys(headers)))]


def _merged_column(name: str, entries: list[Entry]) -> Column | None:
    """Return a column of several entries: one text if all agree, else all texts; at the end none where one lacks it."""
    of_each = [next((c for c in entry.columns if c.name == name), None) for entry in entries]
    present = [column for column in of_each if column is not None]
    if not present:
        return None
    texts = list(dict.fromkeys(str(column.text) for column in reversed(present)))
    texts += [""] if len(present) < len(of_each) else []
    text = texts[0] if len(texts) == 1 else tuple(texts)
    return Column(name, text, min(c.confidence for c in present), present[-1].examples)


def accounts_from(pairs: list[tuple[Entry, Group]]) -> list[tuple[Entry, Group]]:
    """Return entries of accounts made of the account column of other tables, for companies that no list names."""
    found = []
    for entry, group in pairs:
        column = next((c for c in entry.columns if c.name == "account_id"), None)
        if column is None or not isinstance(column.text, str) or column.text not in group.sample.headers:
            continue
        of_file = group.sample.column(column.text)
        names = ("account_id", "name") if of_file.letters > _NAMES else ("account_id",)
        examples = examples_of(group.sample, column.text)
        columns = [Column(name, column.text, column.confidence, examples) for name in names]
        found.append((Entry("accounts", entry.files, columns, entry.headers), group))
    return found
