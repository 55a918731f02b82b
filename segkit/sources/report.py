"""What reading the files has shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

LOG_COLUMNS = ("source", "row_number", "column", "old_value", "new_value", "rule", "reason", "n_rows")
FILE_COLUMNS = (
    "table",
    "source",
    "delivery",
    "n_rows",
    "n_unreadable",
    "encoding",
    "delimiter",
    "sheet",
    "header_row",
    "decimal",
    "date_format",
)
COLUMN_COLUMNS = ("table", "source", "column", "header", "format", "is_assumed")


@dataclass
class ReadReport:
    """What the reader found and did.

    `files`: one row per file with its encoding, delimiter, sheet, header row, number and date formats and rows.
    `columns`: table, source, column, header, format, is_assumed (nothing in the data tells comma from point, or day
    from month). `log`: changes with the columns of cleaning_log; `reason` is a key of the texts.
    """

    file_rows: list[dict] = field(default_factory=list)
    column_rows: list[dict] = field(default_factory=list)
    log_rows: list[dict] = field(default_factory=list)

    def note(
        self,
        source: str,
        rule: str,
        n_rows: int = 1,
        row_number: int | None = None,
        column: str | None = None,
        old_value: str | None = None,
        new_value: str | None = None,
    ) -> None:
        """Add a change to the log."""
        row = (source, row_number, column, old_value, new_value, rule, f"sources.{rule}", n_rows)
        self.log_rows.append(dict(zip(LOG_COLUMNS, row, strict=True)))

    @property
    def files(self) -> pd.DataFrame:
        """One row per file."""
        return _frame(self.file_rows, FILE_COLUMNS, {"delivery": "datetime64[us]"})

    @property
    def columns(self) -> pd.DataFrame:
        """One row per file and mapped header."""
        return _frame(self.column_rows, COLUMN_COLUMNS, {"is_assumed": "bool"})

    @property
    def log(self) -> pd.DataFrame:
        """Changes, with the columns of cleaning_log."""
        return _frame(self.log_rows, LOG_COLUMNS, {"row_number": "Int64", "n_rows": "int64"})


def _frame(rows: list[dict], columns: tuple[str, ...], types: dict[str, str]) -> pd.DataFrame:
    import pandas as pd

    frame = pd.DataFrame(rows, columns=list(columns))
    texts = {c: "str" for c in columns if c not in types and not c.startswith(("n_", "header_row"))}
    return frame.astype({**texts, **types})
