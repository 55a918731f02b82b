"""Exports → a proposal of `sources`: which file is which table, which header which column."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from segkit.errors import UserError
from segkit.sources.account_groups import find_account_groups
from segkit.sources.exports import Exports, Group, examples_of, expand_files, read_exports
from segkit.sources.guess import CORE, Guess, guess_columns, guess_table
from segkit.sources.joined_exports import joined_entries
from segkit.sources.merged_entries import accounts_from, merged_entries
from segkit.sources.persons import without_persons
from segkit.sources.project_file import write_project
from segkit.sources.proposal import Column, Entry, Proposal
from segkit.sources.recognised import recognised_entries

__all__ = ["propose", "write_project"]

_KEY_SHARE = 0.3
"""Share of a money table's accounts that an accounts file must hold to be joined by that column."""


def propose(folder: Path | str, files: Iterable[Path | str]) -> Proposal:
    """Return what exports seem to hold.

    Parameters
    ----------
    folder : Path or str
        The project's folder; files inside it are named relative to it.
    files : iterable of Path or str
        Exports, or folders of exports. An edited ``mapping.xlsx`` is read back instead.

    Returns
    -------
    Proposal
        Entries of `sources`: exports that a preset recognises by the name of their system, others with a header and a
        confidence per column; files with the same header are one entry; orders and their lines in two files are
        joined; the files that are no table known, with the reason. Without money the accounts are those that other
        tables name.

    Raises
    ------
    UserError
        When a file is missing or cannot be read, or when no file names an account.
    """
    folder = Path(folder).resolve()
    given = [Path(file) for file in files]
    if len(given) == 1 and given[0].name.endswith("mapping.xlsx"):
        from segkit.sources.mapping_company import read_company
        from segkit.sources.mapping_read import read_mapping

        return Proposal(_title(folder), [], mapping=read_mapping(given[0]), facts=read_company(given[0]))
    exports = read_exports(expand_files(given), folder)
    entries = recognised_entries(exports)
    free = [group for group in exports.groups if not group.used]
    for group in free:
        group.guess = guess_table(group.sample)
    entries += joined_entries(exports)
    entries += merged_entries(_guessed(exports, entries), exports)
    if not any(entry.table in ("accounts", "invoices", "opportunities") for entry in entries):
        raise UserError(_no_accounts(free))
    order = {table: i for i, table in enumerate(CORE)}
    entries.sort(key=lambda entry: order[entry.table])
    groups = find_account_groups(entries, exports)
    shown = [without_persons(entry) for entry in entries]
    return Proposal(_title(folder), shown, exports.unused(), account_groups=groups)


def _guessed(exports: Exports, known: list[Entry]) -> list[tuple[Entry, Group]]:
    """Return the entries of files that were taken for a table by their headers and values."""
    pairs = []
    for group in exports.groups:
        if group.guess is not None and not group.used:
            _use_common_key(group.guess, exports.groups)
            pairs.append((_entry(group.guess, group, exports), group))
            group.used = True
    tables = {entry.table for entry in known} | {entry.table for entry, _ in pairs}
    return pairs if tables & {"accounts", "invoices", "opportunities"} else [*pairs, *accounts_from(pairs)]


def _entry(guess: Guess, group: Group, exports: Exports) -> Entry:
    columns = [
        Column(name, text, confidence, examples_of(group.sample, text))
        for name, (text, confidence) in guess.columns.items()
    ]
    return Entry(guess.table, exports.patterns([group]), columns, group.sample.headers, remark=group.remark)


def _use_common_key(guess: Guess, groups: list[Group]) -> None:
    """Take as key of an accounts or products file the column whose values stand in the table of money."""
    keys = {"accounts": ("account_id", "name"), "products": ("product_id", "product_name")}
    if guess.table not in keys:
        return
    key = keys[guess.table][0]
    wanted = _values_used(key, groups)
    candidates = [c.header for c in guess.sample.columns if c.unique > 0.95 and c.dates < 0.5]
    shares = {h: len(wanted & guess.sample.values(h)) / max(len(wanted), 1) for h in candidates}
    best = max(shares, key=lambda header: shares[header], default=None)
    present = shares.get(guess.columns[key][0], 0.0)
    if best is not None and shares[best] > max(_KEY_SHARE, 2 * present):
        guess.columns[key] = (best, 0.95)
    elif best is not None and present > _KEY_SHARE:
        guess.columns[key] = (guess.columns[key][0], max(0.95, guess.columns[key][1]))


def _values_used(key: str, groups: list[Group]) -> set[str]:
    for table in ("invoices", "opportunities"):
        for group in groups:
            columns = guess_columns(group.sample, table).columns if group.used else {}
            if group.guess is not None and group.guess.table == table:
                columns = group.guess.columns
            header = columns.get(key, ("", 0.0))[0]
            if header in group.sample.headers:
                return group.sample.values(header)
    return set()


def _title(folder: Path) -> str:
    return re.sub(r"[_\-\s]+", " ", folder.name).strip().title() or "Project"


def _no_accounts(groups: list[Group]) -> list[str]:
    texts = []
    for group in groups:
        found = guess_columns(group.sample, "invoices").columns
        missing = [c for c in CORE["invoices"] if c not in found]
        headers = ", ".join(group.sample.headers[:10])
        texts.append(
            f"{group.sample.name}: as invoices it lacks {', '.join(missing)}; its headers are {headers}."
            if missing
            else f"{group.sample.name}: it was taken for {group.guess.table if group.guess else 'no table'}."
        )
    return [
        "None of the files seems to hold invoices or opportunities: a date, an account and an amount are needed. "
        "Nor does any of them list accounts.",
        *texts,
        "Name the columns yourself in a project.yml, under sources.invoices.columns.",
    ]
