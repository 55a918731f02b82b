"""The tables of the product: one pandera schema each, made from `tables.yml`, and the data dictionary."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from segkit.errors import UserError
from segkit.yaml_files import read_yaml

if TYPE_CHECKING:
    import pandas as pd

SQL_TYPES = {
    "text": "VARCHAR",
    "id": "VARCHAR",
    "int": "BIGINT",
    "float": "DOUBLE",
    "money": "DECIMAL(18,4)",
    "date": "DATE",
    "bool": "BOOLEAN",
}
STATISTIC_DIGITS = 12


@dataclass(frozen=True)
class Column:
    """A column: its type (text, id, int, float, money, date, bool), unit and description."""

    name: str
    type: str
    unit: str
    text: str
    is_nullable: bool

    @property
    def sql_type(self) -> str:
        """The type in DuckDB and Parquet."""
        return SQL_TYPES[self.type]


@dataclass(frozen=True)
class Table:
    """A table: kind is event, snapshot or result; `key` gives the order of its rows."""

    name: str
    kind: str
    stage: str
    text: str
    key: list[str]
    columns: dict[str, Column]
    required: list[str] = field(default_factory=list)
    event_date: str | None = None


@functools.cache
def _load() -> dict[str, Table]:
    entries = read_yaml(Path(__file__).with_name("tables.yml"))
    return {name: _table(name, entry) for name, entry in entries.items()}


def _table(name: str, entry: dict) -> Table:
    columns = {
        column: Column(column, kind.removesuffix("|null"), unit, text, kind.endswith("|null"))
        for column, (kind, unit, text) in entry["columns"].items()
    }
    return Table(
        name,
        entry["kind"],
        entry["stage"],
        entry["text"],
        entry["key"],
        columns,
        entry.get("required", []),
        entry.get("event_date"),
    )


NOT_FILLED = frozenset(
    {
        *("source", "row_number", "line_type", "is_repeated", "size_class", "industry_scheme", "industry_division"),
        *("unit_level", "n_records", "is_contactable"),
    }
)
"""Columns of input tables that no file fills: reading and cleansing work them out."""

TABLES: dict[str, Table] = _load()
INPUTS: dict[str, Table] = {name: table for name, table in TABLES.items() if table.kind != "result"}


@functools.cache
def schema(name: str):
    """Return the pandera schema of a table; further columns than those of `tables.yml` are allowed."""
    import pandera.pandas as pa

    dtypes = {"int": "Int64", "float": "float64", "money": "float64", "date": "datetime64[us]", "bool": "boolean"}
    columns = {
        c.name: pa.Column(dtypes.get(c.type, "str"), nullable=c.is_nullable, coerce=True)
        for c in TABLES[name].columns.values()
    }
    return pa.DataFrameSchema(columns, strict=False, name=name)


def check(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the frame with the table's types, its columns in the table's order and its rows in key order.

    Parameters
    ----------
    frame : DataFrame
        All columns of the table; more are welcome and come last.
    name : str
        A table of `tables.yml`.

    Raises
    ------
    UserError
        "account_value: column revenue_12m is missing." and "account_value: 3 of 820 rows have no account_id
        (rows 0, 4, 9)." — all problems at once.
    """
    import pandera.errors

    table = TABLES[name]
    missing = [column for column in table.columns if column not in frame.columns]
    if missing:
        raise UserError([f"{name}: column {column} is missing." for column in missing])
    repeated = sorted({str(c) for c in frame.columns[frame.columns.duplicated()]})
    if repeated:
        raise UserError(f"{name}: column {', '.join(repeated)} stands there twice.")
    ordered = frame[[*table.columns, *[c for c in frame.columns if c not in table.columns]]]
    try:
        checked = schema(name).validate(ordered.reset_index(drop=True), lazy=True)
    except pandera.errors.SchemaErrors as error:
        raise UserError(_messages(name, len(frame), error.failure_cases)) from None
    floats = checked.select_dtypes("float").columns
    checked = checked.assign(**{c: checked[c].round(STATISTIC_DIGITS) for c in floats})
    return checked.sort_values(table.key, kind="stable", na_position="first").reset_index(drop=True)


def no_rows(name: str) -> pd.DataFrame:
    """Return a table of `tables.yml` without rows, with the types of its columns: what nobody delivered."""
    import pandas as pd

    return check(pd.DataFrame(columns=list(TABLES[name].columns)), name)


def _messages(name: str, n_rows: int, failures: pd.DataFrame) -> list[str]:
    texts = []
    for (column, check_name), rows in failures.groupby(["column", "check"], sort=False):
        what = "are empty" if check_name == "not_nullable" else f"fail the check '{check_name}'"
        first = ", ".join(str(i) for i in rows["index"].dropna().astype(int).head(3))
        values = ", ".join(repr(v) for v in rows["failure_case"].head(3))
        texts.append(f"{name}: {len(rows)} of {n_rows} values of {column} {what} (rows {first}; {values}).")
    return texts


def data_dictionary() -> str:
    """Return the description of all tables as Markdown, generated from `tables.yml`."""
    lines = ["# Data dictionary", "", "Generated from `segkit/tables.yml` by `python -m segkit.tables`.", ""]
    lines += ["## Contents", *(f"- [{name}](#{name})" for name in TABLES), ""]
    for table in TABLES.values():
        lines += [f"## {table.name}", "", f"{table.text} ({table.kind}, notebook {table.stage}; "]
        lines[-1] += f"ordered by {', '.join(table.key)})."
        lines += ["", "| column | type | unit | may be empty | meaning |", "|---|---|---|---|---|"]
        for c in table.columns.values():
            lines.append(f"| {c.name} | {c.type} | {c.unit} | {'yes' if c.is_nullable else 'no'} | {c.text} |")
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    (Path(__file__).parent.parent / "docs" / "tables.md").write_text(data_dictionary(), encoding="utf-8")
