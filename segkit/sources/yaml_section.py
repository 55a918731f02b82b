"""The section `sources` of a project.yml written anew, with every comment that is not about what changed."""

from __future__ import annotations

import re
from typing import Any

import yaml

from segkit.settings import ProjectLoader


def replace_sources(text: str, sources: dict[str, Any]) -> str:
    """Return the text of project.yml with other sources; tables that stay keep their lines, comments included.

    Parameters
    ----------
    text : str
        project.yml as it is; "" for none.
    sources : dict
        Table → its entry or entries.
    """
    lines = text.splitlines()
    start = next((i for i, line in enumerate(lines) if re.match(r"sources\s*:", line)), None)
    if start is None:
        return "\n".join([*lines, *([""] if lines else []), "sources:", *_all_tables(sources)]) + "\n"
    end = _end_of_section(lines, start)
    before, after = lines[:start], lines[end:]
    kept = [*before, lines[start], *_merged(lines[start + 1 : end], text, sources), *after]
    whole = [*before, "sources:", *_all_tables(sources), *after]
    for attempt in (kept, whole):
        written = "\n".join(attempt).rstrip("\n") + "\n"
        if _sources_of(written) == sources:
            break
    return written


def replace_section(text: str, name: str, value: Any) -> str:
    """Return the text of project.yml with a section of the first level in its old place, else at the end."""
    lines = text.splitlines()
    written = yaml.safe_dump({name: value}, allow_unicode=True, sort_keys=False, width=120, indent=2).splitlines()
    start = next((i for i, line in enumerate(lines) if re.match(rf"{name}\s*:", line)), None)
    if start is None:
        return "\n".join([*lines, "", *written]) + "\n"
    return "\n".join([*lines[:start], *written, *lines[_end_of_section(lines, start) :]]) + "\n"


def _end_of_section(lines: list[str], start: int) -> int:
    """Return where the next section begins; comments and blank lines at its head belong to it."""
    end = start + 1
    while end < len(lines) and re.match(r"[ \t#-]|$", lines[end]):
        end += 1
    while end > start + 1 and re.match(r"#|\s*$", lines[end - 1]):
        end -= 1
    return end


def _merged(section: list[str], text: str, sources: dict[str, Any]) -> list[str]:
    before = _sources_of(text) or {}
    found: list[str] = []
    seen = set()
    for table, block in _blocks(section):
        seen.add(table)
        if table is None or before.get(table) == sources.get(table):
            found += block
        elif table in sources:
            blanks = len(block) - len("\n".join(block).rstrip().split("\n"))
            found += [*_table(table, sources[table]), *[""] * blanks]
    for table in sources:
        found += [] if table in seen else _table(table, sources[table])
    return found


def _blocks(section: list[str]) -> list[tuple[str | None, list[str]]]:
    """Return (table, its lines); lines before the first table belong to none."""
    keys = [re.match(r"( +)([\w]+):", line) for line in section]
    indent = min((len(key[1]) for key in keys if key), default=0)
    blocks: list[tuple[str | None, list[str]]] = [(None, [])]
    for line, key in zip(section, keys, strict=True):
        if key and len(key[1]) == indent:
            blocks.append((key[2], []))
        blocks[-1][1].append(line)
    return blocks


def _all_tables(sources: dict[str, Any]) -> list[str]:
    return [line for table, entries in sources.items() for line in _table(table, entries)]


def _table(table: str, entries: Any) -> list[str]:
    body = yaml.safe_dump({table: entries}, allow_unicode=True, sort_keys=False, width=120, indent=2)
    return [f"  {line}" for line in body.splitlines()]


def _sources_of(text: str) -> Any:
    try:
        return (yaml.load(text, ProjectLoader) or {}).get("sources")  # noqa: S506 - a SafeLoader
    except yaml.YAMLError:
        return None
