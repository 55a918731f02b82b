"""An edited mapping.xlsx read back, and put into the sources of project.yml."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from segkit.errors import Problems, UserError
from segkit.settings.sources import INPUT_TABLES
from segkit.sources.mapping import FIRST_ROW, HEADERS, LISTS, SHEET
from segkit.sources.plans import WRITTEN_BY_READER
from segkit.sources.proposal import NOTHING, SEPARATOR, one_line
from segkit.tables import INPUTS

_SHOWN = ("preset", "files", "from", "on", "columns")
"""Settings of an entry that the mapping shows."""
_OLD = HEADERS[:11]
"""Headings of the workbooks that know no systems."""
Text = str | list[str]


@dataclass
class Mapped:
    """One entry of a table in mapping.xlsx: which files, and what its cells say.

    `columns` maps each column that is shown to (what stands there now, what was proposed); `proposed_files` are the
    patterns as they were proposed.
    """

    table: str
    files: list[str]
    on: str
    system: str
    proposed_files: list[str]
    columns: dict[str, tuple[Text, Text | None]] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Every cell was emptied: the entry is to go."""
        return not any(text for text, _ in self.columns.values())

    def is_of(self, entry: dict[str, Any]) -> bool:
        """Say whether an entry of project.yml is about the same files."""
        return _listed(entry.get("from") or entry.get("files") or []) in (self.proposed_files, self.files)

    def as_source(self, present: dict[str, Any]) -> dict[str, Any]:
        """Return the entry as it stands in project.yml.

        Parameters
        ----------
        present : dict
            What project.yml says of the same files; what the mapping does not show stays as it is there.
        """
        known = present.get("columns") or {}
        said = {name: text for name, (text, proposed) in self.columns.items() if (text, proposed) != ("", "")}
        if self.system:
            chosen = {name: text for name, text in said.items() if text != self.columns[name][1]}
        else:
            chosen = {name: text for name, text in said.items() if text}
        chosen |= {name: text for name, text in known.items() if name not in said}
        kept = {key: value for key, value in present.items() if key not in _SHOWN}
        on = present.get("on") if self.system else self.on
        key, files = (
            ("from", self.files) if self.on else ("files", self.files if len(self.files) > 1 else self.files[0])
        )
        return {
            **({"preset": self.system} if self.system else {}),
            key: files,
            **({"on": on} if on else {}),
            **kept,
            **({"columns": _ordered(self.table, chosen)} if chosen else {}),
        }


def read_mapping(path: Path | str) -> list[Mapped]:
    """Return the entries of an edited mapping.xlsx.

    Parameters
    ----------
    path : Path or str
        The workbook, as `segkit.sources.mapping.write_mapping` made it, or as a spreadsheet program saved it again.

    Raises
    ------
    UserError
        When it is not such a workbook, names unknown tables or columns, or no header at all; all rows at once.
    """
    rows, whole = _rows(Path(path))
    is_new = tuple(rows[FIRST_ROW - 1][: len(HEADERS)]) == HEADERS
    problems = Problems()
    entries: dict[tuple[str, ...], Mapped] = {}
    for number, cells in enumerate(rows[FIRST_ROW:], start=FIRST_ROW + 1):
        texts = [_text(cell) for cell in [*cells, *[""] * len(HEADERS)][: len(HEADERS)]]
        row = dict(zip(HEADERS, texts, strict=True))
        table, column = row["table"], row["column"]
        if not table:
            continue
        if table not in INPUT_TABLES:
            problems.add(
                f"mapping.xlsx, row {number}: there is no table '{table}'; known are {', '.join(INPUT_TABLES)}."
            )
        elif column not in INPUTS[table].columns or column in WRITTEN_BY_READER:
            problems.add(f"mapping.xlsx, row {number}: {table} has no column '{column}'.")
        else:
            origin = (row["files"], row["join on"], row["system"], row["proposed files"])
            entry = entries.setdefault((table, row["no."], *origin), _entry(table, *origin))
            proposed = _parts(row["proposed"], whole) if is_new else None
            entry.columns[column] = (_parts(row["header or formula"], whole), proposed)
    if all(entry.is_empty for entry in entries.values()):
        problems.add(
            "mapping.xlsx: no row names a header. Fill the yellow cells, or run segkit init on the exports again."
        )
    problems.raise_if_any()
    return list(entries.values())


def merge_mapping(present: dict[str, Any], mapped: list[Mapped]) -> dict[str, Any]:
    """Return the section `sources` with what the mapping says, and all that it does not show as it was.

    Parameters
    ----------
    present : dict
        The section `sources` of project.yml.
    mapped : list of Mapped
        From `read_mapping`.

    Returns
    -------
    dict
        Table → its entry or entries: those of the mapping in the place where they stood; other entries, databases,
        tables and settings such as sheet or decimal as before. An entry whose cells were all emptied is gone.
    """
    merged: dict[str, Any] = {}
    for table in dict.fromkeys([*present, *(entry.table for entry in mapped)]):
        left = [entry for entry in mapped if entry.table == table]
        found = []
        for old in _listed(present.get(table, [])):
            same = next((entry for entry in left if entry.is_of(old)), None)
            left = [entry for entry in left if entry is not same]
            found += [old] if same is None else [] if same.is_empty else [same.as_source(old)]
        found += [entry.as_source({}) for entry in left if not entry.is_empty]
        if found:
            merged[table] = found if len(found) > 1 else found[0]
    return merged


def changes_between(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Return what a mapping changed, one line each: "invoices.revenue: Betrag → Brutto / 1.19"."""
    old, new = _flat(before), _flat(after)
    return [
        f"{name}: {one_line(old[name]) if name in old else '–'} → {one_line(new[name]) if name in new else '–'}"
        for name in dict.fromkeys([*old, *new])
        if old.get(name) != new.get(name)
    ]


def _flat(sources: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for table, entries in sources.items():
        listed = _listed(entries)
        for position, entry in enumerate(listed):
            place = table if len(listed) == 1 else f"{table}[{position}]"
            columns = entry.get("columns") or {}
            found |= {f"{place}.{name}": columns[name] for name in columns if columns[name] is not None}
            files = entry.get("files") or entry.get("from")
            found |= {f"{place} (files)": files} if files else {}
    return found


def _entry(table: str, files: str, on: str, system: str, proposed: str) -> Mapped:
    of_cell = [[part.strip() for part in cell.split(SEPARATOR) if part.strip()] for cell in (files, proposed)]
    return Mapped(table, of_cell[0], on, system, of_cell[1] or of_cell[0])


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _text(cell: Any) -> str:
    """Return a cell as text; a spreadsheet turns the header 2011 into the number 2011.0."""
    return str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell).strip()


def _parts(text: str, whole: set[str]) -> Text:
    """Return the alternatives of a cell, or the one text in it; a header may hold the sign between alternatives."""
    parts = [text] if text in whole else [part.strip() for part in text.split(SEPARATOR.strip())]
    parts = ["" if part == NOTHING else part for part in parts]
    return parts if len(parts) > 1 else parts[0]


def _ordered(table: str, columns: dict[str, Text]) -> dict[str, Text]:
    return {name: columns[name] for name in INPUTS[table].columns if name in columns}


def _rows(path: Path) -> tuple[list[list[Any]], set[str]]:
    """Return the rows of the mapping, and all headers of the exports."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(str(path))
        rows = book.get_sheet_by_name(SHEET).to_python(skip_empty_area=False)
        lists = book.get_sheet_by_name(LISTS).to_python() if LISTS in book.sheet_names else []
    except (CalamineError, OSError) as error:
        raise UserError(
            f"{path} cannot be read as a mapping ({error}). It is the workbook that segkit init writes."
        ) from None
    headings = tuple(rows[FIRST_ROW - 1][: len(_OLD)]) if len(rows) >= FIRST_ROW else ()
    if headings != _OLD:
        raise UserError(
            f"{path}: row {FIRST_ROW} must hold the headings {', '.join(HEADERS)}. Undo changes to the headings."
        )
    return rows, {_text(cell) for row in lists for cell in row}
