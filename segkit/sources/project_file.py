"""A proposal written as project.yml, readable and commented, and as mapping.xlsx."""

from __future__ import annotations

import os
from pathlib import Path

import yaml

from segkit.errors import UserError
from segkit.settings import ProjectLoader
from segkit.settings.sources import Sources
from segkit.sources.mapping import write_mapping
from segkit.sources.mapping_company import CompanyFacts
from segkit.sources.mapping_read import Mapped, changes_between, merge_mapping
from segkit.sources.plans import WRITTEN_BY_READER
from segkit.sources.presets import load_preset
from segkit.sources.proposal import Column, Entry, Proposal
from segkit.sources.yaml_section import replace_section, replace_sources
from segkit.tables import INPUTS

UNSURE = 0.6
"""Confidence below which a column is marked for a look."""
_COMMENT_COLUMN = 48
NO_MONEY = (
    "No table of money (invoices or opportunities) is among the files: only notebook 01 can run. segkit check says "
    "what the others need."
)
_HEAD = """\
# How this project is computed. Proposed by `segkit init` from the exports; every line may be changed.
# Unknown keys are refused; `segkit check` says what the data allow.

name: {name}
language: de                 # language in which pages open: de or en
currency: EUR                # currency of all amounts
fiscal_year_start: 1         # first month of the fiscal year
unit: company                # what counts as one customer: group, company, site, department or person

# Where the tables come from. Left: the column of the workbench. Right: the header in the export, or a formula of
# headers; behind it how sure the proposal is, and what stands there. Paths without a drive or / start at this folder.
# mapping.xlsx beside this file shows the same with drop-downs; `segkit init DIR mapping.xlsx` reads it back.
sources:
"""
_SCOPE = """\
# Whom the segmentation leaves out, by account group: proposed because of the groups' names, please check. Notebook 01
# says how much money that is. Reasons: one_time, intercompany, staff, other.
scope:
  account_groups:"""


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
        return _apply_mapping(path, proposal.name, proposal.mapping, proposal.facts or CompanyFacts())
    if path.exists():
        raise UserError(
            f"{path} exists already and is never overwritten. Choose another folder, or move it away first; "
            f"an edited mapping.xlsx is read back by `segkit init {folder} {folder / 'mapping.xlsx'}`."
        )
    folder.mkdir(parents=True, exist_ok=True)
    write_mapping(folder / "mapping.xlsx", proposal)
    _write(path, _HEAD.format(name=_scalar(proposal.name)) + sources_text(proposal) + scope_text(proposal))
    return [*_told(proposal), f"Written: {path} and {folder / 'mapping.xlsx'}. Next: segkit check {folder}"]


def _apply_mapping(path: Path, name: str, mapped: list[Mapped], facts: CompanyFacts) -> list[str]:
    text = path.read_text(encoding="utf-8-sig") if path.exists() else ""
    present = yaml.load(text, ProjectLoader) or {}  # noqa: S506 - a SafeLoader
    before = present.get("sources") or {}
    sources = merge_mapping(before, mapped)
    Sources.model_validate(sources)
    sections = facts.sections(present)
    if sources == before and not sections:
        return [f"mapping.xlsx says what {path} says already; nothing was changed. Next: segkit check {path.parent}"]
    path.parent.mkdir(parents=True, exist_ok=True)
    head = _HEAD.format(name=_scalar(name)).removesuffix("sources:\n")
    text = text if sources == before else replace_sources(text or head, sources)
    for section, value in sections.items():
        text = replace_section(text, section, value)
    _write(path, text)
    return [
        f"The sources in {path} are now those of mapping.xlsx: {', '.join(sources)}. Next: segkit check {path.parent}",
        *(f"  {change}" for change in changes_between(before, sources)),
        *(f"  {section}: as the sheet company of mapping.xlsx says" for section in sections),
    ]


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
    if not proposal.has_money:
        lines += ["", f"  # {NO_MONEY}"]
    if proposal.unused:
        lines += ["", "  # Files that were not used:"]
        lines += [f"  #   {name}: {reason}" for name, reason in proposal.unused]
    return "\n".join(lines).lstrip("\n") + "\n"


def scope_text(proposal: Proposal) -> str:
    """Return the section `scope` for account groups that look like accounts nobody wants to segment, if there are."""
    if not proposal.account_groups:
        return ""
    lines = [f"    {_scalar(group)}: {reason}" for group, reason in proposal.account_groups.items()]
    return "\n".join(["", _SCOPE, *lines, ""])


def _entry_lines(entry: Entry, is_listed: bool) -> list[str]:
    source = entry.as_source()
    lines = []
    for key, value in source.items():
        if key == "columns":
            lines += [f"# {entry.remark}"] if entry.remark and not entry.preset else []
            lines.append("columns:" + ("  # not of the preset: known by their headers" if entry.preset else ""))
            lines += [_column_line(column) for column in entry.columns if column.is_own or not entry.preset]
        elif key == "preset":
            lines.append(f"preset: {value}".ljust(_COMMENT_COLUMN - 4) + f" # {_recognised(entry)}")
        elif isinstance(value, list):
            lines.append(f"{key}:")
            lines += [f"  - {_scalar(item)}" for item in value]
        else:
            lines.append(f"{key}: {_scalar(value)}")
    if entry.preset:
        lines += _preset_lines(entry)
    first, rest = ("    - ", "      ") if is_listed else ("    ", "    ")
    return [(first if i == 0 else rest) + line for i, line in enumerate(lines)]


def _preset_lines(entry: Entry) -> list[str]:
    """Return as comments what a preset fills; a line taken out of the comments would overrule it."""
    lines = ["# The preset fills these columns; what stands under columns overrules it."]
    for column in entry.columns:
        if column.is_own:
            continue
        line = f"#   {column.name}: {_value(column.text)}".ljust(_COMMENT_COLUMN)
        header = f' = "{column.header}"' if column.header not in ("", column.text) else ""
        lines.append(f"{line} #{header} {_examples(column)}".rstrip(" #"))
    lines += [f"# rows {rule}" for rule in entry.rows]
    return lines + ([f"# not used: {', '.join(entry.unknown)}"] if entry.unknown else [])


def _recognised(entry: Entry) -> str:
    name = load_preset(entry.preset).name
    return f"{name}, {entry.remark}: recognised with {_share(entry)}"


def _column_line(column: Column) -> str:
    line = f"  {column.name}: {_value(column.text)}".ljust(_COMMENT_COLUMN)
    doubt = ", please check" if column.confidence < UNSURE else ""
    examples = _examples(column)
    return f"{line} # {column.confidence:.0%}{doubt}" + (f": {examples}" if examples else "")


def _examples(column: Column) -> str:
    return ", ".join(" ".join(example.split()) for example in column.examples)


def _value(text: str | tuple[str, ...]) -> str:
    """Return what fills a column as YAML on one line."""
    return _scalar(text) if isinstance(text, str) else f"[{', '.join(_scalar(part) for part in text)}]"


def _scalar(text: str) -> str:
    """Return a text as one YAML value, quoted where it has to be, also inside a list on one line."""
    dumped = yaml.safe_dump([text], allow_unicode=True, width=10_000, default_flow_style=True)
    return dumped.strip()[1:-1]


def _told(proposal: Proposal) -> list[str]:
    lines = []
    for entry in proposal.entries:
        origin = f"{' + '.join(entry.files)} joined on {entry.on}" if entry.on else ", ".join(entry.files)
        if entry.preset:
            lines.append(f"{entry.table}: {origin}, recognised as {_recognised_short(entry)}")
            continue
        sure = min((column.confidence for column in entry.columns), default=0.0)
        lines.append(f"{entry.table}: {origin} ({len(entry.columns)} columns, the least sure {sure:.0%})")
        doubtful = [f"{c.name} = {c.shown} ({c.confidence:.0%})" for c in entry.columns if c.confidence < UNSURE]
        if doubtful:
            lines.append(f"  please check: {'; '.join(doubtful)}")
        if entry.remark:
            lines.append(f"  {entry.remark}")
    if proposal.account_groups:
        groups = ", ".join(f"{group} ({reason})" for group, reason in proposal.account_groups.items())
        lines.append(f"left out by account group, please check: {groups}")
    lines += [f"not used: {name} ({reason})" for name, reason in proposal.unused]
    return lines if proposal.has_money else [*lines, NO_MONEY]


def _recognised_short(entry: Entry) -> str:
    return f"{load_preset(entry.preset).name} ({entry.remark}) with {_share(entry)}"


def _share(entry: Entry) -> str:
    return f"{100 * entry.confidence:.0f} %" + (", please check" if entry.confidence < UNSURE else "")
