"""A proposal written as project.yml, readable and commented, and as mapping.xlsx."""

from __future__ import annotations

import os
import re
from pathlib import Path

import yaml

from segkit.errors import UserError
from segkit.settings.sources import Sources
from segkit.sources.mapping import write_mapping
from segkit.sources.plans import WRITTEN_BY_READER
from segkit.sources.proposal import Column, Entry, Proposal
from segkit.tables import INPUTS

UNSURE = 0.6
"""Confidence below which a column is marked for a look."""
_COMMENT_COLUMN = 48
_HEAD = """\
# How this project is computed. Proposed by `segkit init` from the exports; every line may be changed.
# Unknown keys are refused; `segkit check` says what the data allow.

name: {name}
language: de                 # language in which pages open: de or en
currency: EUR                # currency of all amounts
fiscal_year_start: 1         # first month of the fiscal year

# Where the tables come from. Left: the column of the workbench. Right: the header in the export, or a formula of
# headers; behind it how sure the proposal is, and what stands there. Paths without a drive or / start at this folder.
# mapping.xlsx beside this file shows the same with drop-downs; `segkit init DIR mapping.xlsx` reads it back.
sources:
"""


def write_project(folder: Path | str, proposal: Proposal) -> list[str]:
    """Write project.yml and mapping.xlsx, or put an edited mapping.xlsx into an existing project.yml.

    Parameters
    ----------
    folder : Path or str
        The project's folder; made if it is missing.
    proposal : Proposal
        From `propose`.

    Returns
    -------
    list of str
        What was written and what deserves a look, for the user.

    Raises
    ------
    UserError
        When project.yml exists already and the proposal is not an edited mapping.
    """
    folder = Path(folder)
    path = folder / "project.yml"
    if proposal.mapping is not None:
        return _apply_mapping(path, proposal)
    if path.exists():
        raise UserError(
            f"{path} exists already and is never overwritten. Choose another folder, or move it away first; "
            f"an edited mapping.xlsx is read back by `segkit init {folder} {folder / 'mapping.xlsx'}`."
        )
    folder.mkdir(parents=True, exist_ok=True)
    _write(path, _HEAD.format(name=_scalar(proposal.name)) + sources_text(proposal))
    write_mapping(folder / "mapping.xlsx", proposal)
    return [*_told(proposal), f"Written: {path} and {folder / 'mapping.xlsx'}. Next: segkit check {folder}"]


def _apply_mapping(path: Path, proposal: Proposal) -> list[str]:
    text = path.read_text(encoding="utf-8-sig") if path.exists() else ""
    sources = _merged((yaml.safe_load(text) or {}).get("sources") or {}, proposal.sources())
    Sources.model_validate(sources)
    body = yaml.safe_dump(sources, allow_unicode=True, sort_keys=False, width=120, indent=2)
    section = "sources:\n" + "".join(f"  {line}\n" for line in body.splitlines())
    if text:
        replaced, n = re.subn(r"(?m)^sources:[^\n]*\n(?:[ \t#][^\n]*\n|\n|-[^\n]*\n)*", lambda _: section + "\n", text)
        text = replaced if n else text.rstrip("\n") + "\n\n" + section
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        text = _HEAD.format(name=_scalar(proposal.name)).removesuffix("sources:\n") + section
    _write(path, text)
    tables = ", ".join(sources)
    return [f"The sources in {path} are now those of mapping.xlsx: {tables}. Next: segkit check {path.parent}"]


def _merged(present: dict, mapped: dict[str, list[dict]]) -> dict:
    """Return the sources of the mapping with what it does not show: other tables, databases, sheet or decimal."""
    merged: dict[str, list | dict] = {}
    for table in dict.fromkeys([*present, *mapped]):
        before = present.get(table, [])
        before = before if isinstance(before, list) else [before]
        if table not in mapped:
            merged[table] = before
            continue
        entries = [{**_same_files(before, entry), **entry} for entry in mapped[table]]
        entries += [old for old in before if "database" in old]
        if entries:
            merged[table] = entries if len(entries) > 1 else entries[0]
    return merged


def _same_files(entries: list[dict], wanted: dict) -> dict:
    return next((e for e in entries if all(e.get(key) == wanted.get(key) for key in ("files", "from"))), {})


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    draft = path.with_suffix(".draft")
    draft.write_text(text, encoding="utf-8", newline="\n")
    os.replace(draft, path)


def sources_text(proposal: Proposal) -> str:
    """Return the section `sources` as commented YAML, without its first line."""
    lines: list[str] = []
    for table in dict.fromkeys(entry.table for entry in proposal.entries):
        entries = [entry for entry in proposal.entries if entry.table == table]
        lines += ["", f"  {table}:" + " " * 3 + f"# {INPUTS[table].text}"]
        for entry in entries:
            lines += _entry_lines(entry, is_listed=len(entries) > 1)
        missing = [c for c in INPUTS[table].columns if not any(c == x.name for e in entries for x in e.columns)]
        missing = [c for c in missing if c not in WRITTEN_BY_READER]
        if missing:
            lines.append(f"    # no header found for: {', '.join(missing)}")
    if proposal.unused:
        lines += ["", "  # Files that were not used:"]
        lines += [f"  #   {name}: {reason}" for name, reason in proposal.unused]
    return "\n".join(lines).lstrip("\n") + "\n"


def _entry_lines(entry: Entry, is_listed: bool) -> list[str]:
    source = entry.as_source()
    lines = []
    for key, value in source.items():
        if key == "columns":
            lines.append("columns:")
            lines += [_column_line(column) for column in entry.columns]
        elif isinstance(value, list):
            lines.append(f"{key}:")
            lines += [f"  - {_scalar(item)}" for item in value]
        else:
            lines.append(f"{key}: {_scalar(value)}")
    first, rest = ("    - ", "      ") if is_listed else ("    ", "    ")
    return [(first if i == 0 else rest) + line for i, line in enumerate(lines)]


def _column_line(column: Column) -> str:
    line = f"  {column.name}: {_scalar(column.text)}".ljust(_COMMENT_COLUMN)
    doubt = ", please check" if column.confidence < UNSURE else ""
    examples = ", ".join(" ".join(example.split()) for example in column.examples)
    return f"{line} # {column.confidence:.0%}{doubt}" + (f": {examples}" if examples else "")


def _scalar(text: str) -> str:
    """Return a text as one YAML value, quoted where it has to be."""
    dumped = yaml.safe_dump(text, allow_unicode=True, width=10_000, default_flow_style=True)
    return dumped.removesuffix("\n").removesuffix("\n...").strip()


def _told(proposal: Proposal) -> list[str]:
    lines = []
    for entry in proposal.entries:
        sure = min((column.confidence for column in entry.columns), default=0.0)
        origin = f"{' + '.join(entry.files)} joined on {entry.on}" if entry.on else ", ".join(entry.files)
        lines.append(f"{entry.table}: {origin} ({len(entry.columns)} columns, the least sure {sure:.0%})")
        doubtful = [f"{c.name} = {c.text} ({c.confidence:.0%})" for c in entry.columns if c.confidence < UNSURE]
        if doubtful:
            lines.append(f"  please check: {'; '.join(doubtful)}")
    lines += [f"not used: {name} ({reason})" for name, reason in proposal.unused]
    return lines
