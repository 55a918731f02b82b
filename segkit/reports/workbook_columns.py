"""The columns of the workbook's sheets: kind, unit, heading and definition."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from segkit import texts
from segkit.display import label_of
from segkit.yaml_files import read_yaml

if TYPE_CHECKING:
    import pandas as pd


FURTHER = "further: "
"""What stands before the name of a segmentation in the name of the column with its segments."""


@dataclass(frozen=True)
class Column:
    """A column of a sheet; `workbook.yml` explains the fields. `given_head` stands above a column made from data."""

    sheet: str
    name: str
    kind: str
    unit: str
    marks: tuple[str, ...] = ()
    given_head: str | None = None

    def head(self, language: str) -> str:
        """Heading in words."""
        if self.given_head is not None:
            return self.given_head
        key = _first(f"workbook.head_{self.sheet}_{self.name}", f"workbook.head_{self.name}")
        head = label_of(self.name, language) if key is None else texts.say(key, language)
        return head.replace("\u00ad", "")  # a spreadsheet shows a soft hyphen wherever it stands

    def definition(self, language: str) -> str:
        """What the column says, in a sentence."""
        name = self.name if self.given_head is None else "further" if self.name.startswith(FURTHER) else "to"
        key = _first(f"workbook.means_{self.sheet}_{name}", f"workbook.means_{name}")
        if key is None:
            raise KeyError(f"texts: no definition workbook.means_{name} (sheet {self.sheet})")
        return texts.say(key, language)

    def unit_words(self, language: str, currency: str) -> str:
        """Unit in words; the currency by its ISO code."""
        if self.unit in ("-", "currency"):
            return currency if self.unit == "currency" else ""
        return texts.say(f"workbook.unit_{self.unit}", language)


def _first(*keys: str) -> str | None:
    return next((key for key in keys if texts.has(key)), None)


@functools.cache
def sheet_columns() -> dict[str, list[Column]]:
    """All sheets in their order with their columns."""
    entries = read_yaml(Path(__file__).with_name("workbook.yml"))
    return {
        sheet: [Column(sheet, name, kind, unit, tuple(marks)) for name, (kind, unit, *marks) in columns.items()]
        for sheet, columns in entries.items()
    }


def fit_columns(sheet: str, frame: pd.DataFrame, names: dict[str, str]) -> tuple[list[Column], list[Column]]:
    """Columns of a sheet that have a value in the frame, and those that have none and are left out.

    Parameters
    ----------
    names : dict
        Names of segments by id: the matrix has a column for each segment that accounts moved to.
    """
    filled, empty = [], []
    for column in sheet_columns()[sheet]:
        if sheet == "matrix" and column.name == "to":
            inside = [c for c in names if c in frame.columns]
            filled += [Column(sheet, c, column.kind, column.unit, column.marks, names[c]) for c in inside]
        elif sheet == "accounts" and column.name == "further":
            made = [str(c) for c in frame.columns if str(c).startswith(FURTHER)]
            filled += [Column(sheet, c, column.kind, column.unit, (), c.removeprefix(FURTHER)) for c in made]
        elif column.name in frame.columns and frame[column.name].notna().any():
            filled.append(column)
        else:
            empty.append(column)
    return filled, empty
