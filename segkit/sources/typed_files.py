"""Parquet files and SQL databases, which know their types → grid."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, BinaryIO

from segkit.errors import UserError
from segkit.settings.sources import Database
from segkit.sources.grids import Grid, name_headers
from segkit.sources.spool import Spool, coded

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa
    import pyarrow.parquet as pq

_BATCH = 200_000
_FIRST_ROW = 2
"""Row number of the first row: the header counts, as in a spreadsheet."""


def read_parquet(file: Path | BinaryIO, name: str, is_large: bool = False) -> Grid:
    """Return the cells of a Parquet file, those of a large one in a spool; `UserError` where it is none."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        if is_large:
            return _spooled(pq.ParquetFile(file), name)
        table = pq.read_table(file)
    except pa.ArrowInvalid as error:
        raise UserError(f"{name} cannot be read as Parquet ({error}). Export it again.") from None
    return _grid(table, name)


def read_database(database: Database, name: str) -> Grid:
    """Return the rows of a query or table.

    Parameters
    ----------
    database : Database
        Its url may name environment variables (``postgresql://reader:$ERP_PASSWORD@erp/sales``), so that no password
        stands in project.yml.
    name : str
        The database as the user knows it.

    Raises
    ------
    UserError
        When the database cannot be reached, its driver is not installed, or the query fails, with its own words.
    """
    import pyarrow as pa
    import sqlalchemy as sa

    try:
        engine = sa.create_engine(os.path.expandvars(database.url))
    except (sa.exc.ArgumentError, sa.exc.NoSuchModuleError, ModuleNotFoundError) as error:
        raise UserError(f"{name}: {error}. Mend the url in project.yml, or install the driver it names.") from None
    try:
        with engine.connect() as connection:
            result = connection.execute(_statement(database))
            names, rows = list(result.keys()), result.all()
    except sa.exc.SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise UserError(f"{name}: the database says: {reason}") from None
    finally:
        engine.dispose()
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    return _grid(pa.table([_column(values) for values in columns], names=_unique(names)), name)


def _statement(database: Database):
    import sqlalchemy as sa

    if database.query is not None:
        return sa.text(database.query)
    schema, _, table = (database.table or "").rpartition(".")
    return sa.select(sa.text("*")).select_from(sa.table(table, schema=schema or None))


def _column(values: tuple) -> pa.Array:
    """Return a column with the type of its values; as text where they differ."""
    import pyarrow as pa

    try:
        return pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
        return pa.array([None if value is None else str(value) for value in values], pa.string())


def _unique(names: list[str]) -> list[str]:
    return name_headers(names, len(names))[0]


def _spooled(file: pq.ParquetFile, name: str) -> Grid:
    import pyarrow as pa

    spool, empty = Spool(), file.schema_arrow.empty_table()
    for batch in file.iter_batches(_BATCH):
        spool.append(coded(_cells(pa.Table.from_batches([batch]), _FIRST_ROW + spool.num_rows)))
    grid = _grid(empty, name)
    grid.cells = spool if spool.num_rows else grid.cells
    return grid


def _cells(table: pa.Table, first_row: int) -> pa.Table:
    import pyarrow as pa

    numbers = pa.array(range(first_row, first_row + table.num_rows), pa.int64())
    return pa.table([numbers, *table.columns], names=["row_number", *(f"c{i}" for i in range(table.num_columns))])


def _grid(table: pa.Table, name: str) -> Grid:
    headers, repeated = name_headers(list(table.column_names), table.num_columns)
    cells = _cells(table, _FIRST_ROW)
    return Grid(name, headers, cells, encoding="", repeated=repeated)
