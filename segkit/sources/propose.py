"""Exports → a proposal of `sources`: which file is which table, which header which column."""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from segkit.errors import Problems, UserError
from segkit.settings.sources import alias_of
from segkit.sources.aliases import load_aliases, name_score
from segkit.sources.files import read_file
from segkit.sources.grids import fold
from segkit.sources.guess import CORE, Guess, guess_columns, guess_table
from segkit.sources.project_file import write_project
from segkit.sources.proposal import Column, Entry, Proposal
from segkit.sources.samples import FileSample, take_sample
from segkit.tables import INPUTS

__all__ = ["propose", "write_project"]

_PERSONAL = ("first_name", "last_name", "email", "phone")
"""Columns about persons: no examples of them are written down."""
_DATE_FOLDER = re.compile(r"\d{4}-\d{2}-\d{2}")
_KEY_SHARE = 0.3
"""Share of a money table's accounts that an accounts file must hold to be joined by that column."""


@dataclass
class _Group:
    """Files with the same header."""

    files: list[Path]
    sample: FileSample
    guess: Guess | None = None
    used: bool = False


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
        Entries of `sources` with a confidence per column; files with the same header are one entry; orders and their
        lines in two files are joined; the files that are no table known, with the reason.

    Raises
    ------
    UserError
        When a file is missing or cannot be read, or when no file holds money.
    """
    folder = Path(folder).resolve()
    paths = _expand([Path(file) for file in files])
    if len(paths) == 1 and paths[0].name.endswith("mapping.xlsx"):
        from segkit.sources.mapping import read_mapping

        return Proposal(_title(folder), [], mapping=read_mapping(paths[0]))
    groups = _group(paths, folder)
    for group in groups:
        group.guess = guess_table(group.sample)
    entries = _joined_entries(groups, folder)
    for group in groups:
        if group.guess is not None and not group.used:
            _use_common_key(group.guess, groups)
            entries.append(_entry(group, groups, folder))
            group.used = True
    unused = [(_shown(path, folder), "no table known") for g in groups if not g.used for path in g.files]
    if not any(entry.table in ("invoices", "opportunities") for entry in entries):
        raise UserError(_no_money(groups))
    order = {table: i for i, table in enumerate(CORE)}
    entries.sort(key=lambda entry: order[entry.table])
    return Proposal(_title(folder), entries, unused)


def _expand(files: list[Path]) -> list[Path]:
    """Return the files, folders replaced by what lies in them."""
    problems, found = Problems(), []
    for path in files:
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith((".", "~$")))
            found += [p for p in inside if p.name != "mapping.xlsx" and alias_of(p.name) != p.name]
        elif path.is_file():
            found.append(path)
        else:
            problems.add(f"{path}: there is no such file. Give the exports, or the folder they lie in.")
    if not files:
        problems.add("No export is named. Write: segkit init DIR FILE…")
    problems.raise_if_any()
    return list(dict.fromkeys(path.resolve() for path in found))


def _group(paths: list[Path], folder: Path) -> list[_Group]:
    problems = Problems()
    groups: dict[tuple, _Group] = {}
    for path in paths:
        try:
            grids = read_file(path, _shown(path, folder))
        except UserError as error:
            for text in error.problems:
                problems.add(text)
            continue
        key = (path.suffix.lower() in (".parquet",), *(fold(header) for header in grids[0].headers))
        if key in groups:
            groups[key].files.append(path)
        else:
            groups[key] = _Group([path], take_sample(path.name, grids[0]))
    problems.raise_if_any()
    return list(groups.values())


def _joined_entries(groups: list[_Group], folder: Path) -> list[Entry]:
    """Return invoices made of two files: orders with date and account, and lines with the money."""
    if any(g.guess and g.guess.table == "invoices" and _sure_money(g.guess) for g in groups):
        return []
    heads = [g for g in groups if _is_head(g)]
    lines = [g for g in groups if _sure_money(guess_columns(g.sample, "invoices")) and not _has_date(g)]
    for head in heads:
        for line in lines:
            common = _common_key(head.sample, line.sample)
            if common is not None:
                head.used = line.used = True
                return [_join(head, line, common, groups, folder)]
    return []


def _sure_money(guess: Guess) -> bool:
    return guess.columns.get("revenue", ("", 0.0))[1] > 0.5


def _has_date(group: _Group) -> bool:
    return "invoice_date" in guess_columns(group.sample, "invoices").columns


def _is_head(group: _Group) -> bool:
    columns = guess_columns(group.sample, "invoices").columns
    return {"invoice_date", "account_id", "invoice_id"} <= set(columns)


def _common_key(head: FileSample, line: FileSample) -> str | None:
    """Return the header that both files have, unique in the head and repeated in the lines."""
    aliases = load_aliases()["columns"]["invoices"]["invoice_id"]
    common = [h for h in head.headers if h in line.headers and head.column(h).unique > 0.99]
    common = [h for h in common if line.column(h).unique < 0.99 and head.values(h) & line.values(h)]
    return max(common, key=lambda h: name_score(h, aliases, True), default=None)


def _join(head: _Group, line: _Group, key: str, groups: list[_Group], folder: Path) -> Entry:
    of_head = guess_columns(head.sample, "invoices").columns
    of_line = guess_columns(line.sample, "invoices").columns
    chosen = {**of_line, **{c: of_head[c] for c in ("account_id", "invoice_id", "invoice_date")}}
    chosen = {name: chosen[name] for name in INPUTS["invoices"].columns if name in chosen}
    columns = []
    for name, (text, confidence) in chosen.items():
        sample = head.sample if name in ("account_id", "invoice_id", "invoice_date") else line.sample
        columns.append(_column(name, text, confidence, sample))
    patterns = [_patterns(group, groups, folder)[0] for group in (head, line)]
    headers = list(dict.fromkeys([*head.sample.headers, *line.sample.headers]))
    return Entry("invoices", patterns, columns, headers, on=key)


def _use_common_key(guess: Guess, groups: list[_Group]) -> None:
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


def _values_used(key: str, groups: list[_Group]) -> set[str]:
    for table in ("invoices", "opportunities"):
        for group in groups:
            columns = guess_columns(group.sample, table).columns if group.used else {}
            if group.guess is not None and group.guess.table == table:
                columns = group.guess.columns
            header = columns.get(key, ("", 0.0))[0]
            if header in group.sample.headers:
                return group.sample.values(header)
    return set()


def _entry(group: _Group, groups: list[_Group], folder: Path) -> Entry:
    guess = group.guess
    assert guess is not None
    columns = [_column(name, text, confidence, group.sample) for name, (text, confidence) in guess.columns.items()]
    if guess.table == "contacts":
        columns = [replace(c, examples=()) if c.name in _PERSONAL else c for c in columns]
    return Entry(guess.table, _patterns(group, groups, folder), columns, group.sample.headers)


def _column(name: str, text: str, confidence: float, sample: FileSample) -> Column:
    examples = sample.column(text).examples if text in sample.headers else ()
    return Column(name, text, confidence, examples)


def _patterns(group: _Group, groups: list[_Group], folder: Path) -> list[str]:
    """Return one pattern that fits exactly the files of a group, else their names."""
    names = [_shown(path, folder) for path in group.files]
    others = [_shown(path, folder) for g in groups if g is not group for path in g.files]
    if len(names) == 1:
        return names
    folders = {name.rpartition("/")[0] for name in names}
    dated = {"/".join("*" if _DATE_FOLDER.fullmatch(part) else part for part in f.split("/")) for f in folders}
    if len(dated) != 1:
        return names
    stems = [name.rpartition("/")[2] for name in names]
    start = os.path.commonprefix(stems)
    end = os.path.commonprefix([stem[len(start) :][::-1] for stem in stems])[::-1]
    end = end[end.index(".") :] if "." in end else end
    start = start.rstrip("0123456789") if len(set(stems)) > 1 else start
    file = stems[0] if len(set(stems)) == 1 else f"{start}*{end}"
    pattern = "/".join(part for part in (dated.pop(), file) if part)
    is_exact = not any(fnmatch.fnmatchcase(name, pattern) for name in others) and _fits_only(pattern, group, folder)
    return [pattern] if is_exact else names


def _fits_only(pattern: str, group: _Group, folder: Path) -> bool:
    """Say whether no file beside the given ones fits a pattern."""
    base = Path(Path(pattern).anchor) if Path(pattern).is_absolute() else folder
    found = {path.resolve() for path in base.glob(pattern.removeprefix(base.as_posix()).lstrip("/"))}
    return found <= set(group.files)


def _shown(path: Path, folder: Path) -> str:
    """Return a file's path relative to the project where it lies inside, else in full, always with /."""
    path = path.resolve()
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.as_posix()


def _title(folder: Path) -> str:
    return re.sub(r"[_\-\s]+", " ", folder.name).strip().title() or "Project"


def _no_money(groups: list[_Group]) -> list[str]:
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
        "None of the files seems to hold invoices or opportunities: a date, an account and an amount are needed.",
        *texts,
        "Name the columns yourself in a project.yml, under sources.invoices.columns.",
    ]
