"""Tables, charts and models as files of a run: written whole or not at all, the same bytes for the same content."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segkit.errors import UserError
from segkit.tables import TABLES, check

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import pyarrow as pa

ROWS_PER_GROUP = 122_880


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def sha256_of_value(value: Any) -> str:
    """Return the SHA-256 of plain data, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()


@contextlib.contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Give a temporary path beside `path` that takes its place when the block ends well, and vanishes otherwise."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def write_json(path: Path, value: Any) -> None:
    """Write plain data as JSON, numbers and dates included."""
    with written_whole(path) as temporary:
        temporary.write_text(json.dumps(value, indent=1, ensure_ascii=False, default=_plain) + "\n", encoding="utf-8")


def _plain(value: Any) -> Any:
    """Turn numpy numbers, dates and decimals into what JSON knows."""
    return value.item() if hasattr(value, "item") else str(value)


def read_json(path: Path) -> Any:
    """Read plain data."""
    return json.loads(path.read_text(encoding="utf-8"))


def write_frame(path: Path, frame: pd.DataFrame, name: str) -> int:
    """Check a frame against its table, write it as Parquet in key order, and return its number of rows."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    checked = check(frame, name)
    table = pa.Table.from_pandas(checked, preserve_index=False).replace_schema_metadata(None)
    columns = TABLES[name].columns
    fields = [_arrow_field(f, columns) for f in table.schema]
    with written_whole(path) as temporary:
        pq.write_table(table.cast(pa.schema(fields)), temporary, compression="zstd", row_group_size=ROWS_PER_GROUP)
    return len(checked)


def _arrow_field(field: pa.Field, columns: dict) -> pa.Field:
    import pyarrow as pa

    types = {"text": pa.string(), "id": pa.string(), "int": pa.int64(), "float": pa.float64(), "money": pa.float64()}
    types |= {"date": pa.date32(), "bool": pa.bool_()}
    known = columns.get(field.name)
    if known is not None:
        return pa.field(field.name, types[known.type])
    return pa.field(field.name, pa.string() if pa.types.is_large_string(field.type) else field.type)


def write_relation(path: Path, relation: duckdb.DuckDBPyRelation, name: str) -> int:
    """Write a DuckDB relation as Parquet in key order, without ever holding it as one frame; return its rows.

    Raises
    ------
    UserError
        When a column of the table is missing or a column that must not be empty is.
    """
    import pyarrow.parquet as pq

    ordered = _ordered_relation(relation, name)
    n_rows = 0
    with written_whole(path) as temporary:
        reader = ordered.to_arrow_reader(ROWS_PER_GROUP)
        with pq.ParquetWriter(temporary, reader.schema, compression="zstd") as writer:
            for group in _row_groups(reader):
                writer.write_table(group)
                n_rows += group.num_rows
    return n_rows


def _ordered_relation(relation: duckdb.DuckDBPyRelation, name: str) -> duckdb.DuckDBPyRelation:
    table = TABLES[name]
    missing = [c for c in table.columns if c not in relation.columns]
    if missing:
        raise UserError([f"{name}: column {column} is missing." for column in missing])
    full = [c.name for c in table.columns.values() if not c.is_nullable]
    counts = relation.aggregate(", ".join(f'count(*) - count("{c}")' for c in full)).fetchall()[0]
    empty = [f"{name}: {n} values of {c} are empty." for c, n in zip(full, counts, strict=True) if n]
    if empty:
        raise UserError(empty)
    casts = [f'CAST("{c.name}" AS {c.sql_type}) AS "{c.name}"' for c in table.columns.values()]
    more = [f'"{c}"' for c in relation.columns if c not in table.columns]
    return relation.project(", ".join(casts + more)).order(", ".join(f'"{k}" NULLS FIRST' for k in table.key))


def _row_groups(reader: pa.RecordBatchReader) -> Iterator[pa.Table]:
    """Yield tables of exactly `ROWS_PER_GROUP` rows, so that bytes do not depend on how an engine cuts its batches."""
    import pyarrow as pa

    waiting: pa.Table | None = None
    for batch in reader:
        piece = pa.Table.from_batches([batch])
        waiting = piece if waiting is None else pa.concat_tables([waiting, piece])
        while waiting.num_rows >= ROWS_PER_GROUP:
            yield waiting.slice(0, ROWS_PER_GROUP).combine_chunks()
            waiting = waiting.slice(ROWS_PER_GROUP)
    if waiting is not None and waiting.num_rows:
        yield waiting.combine_chunks()


def stored_columns(path: Path) -> list[str]:
    """Return the columns that a table's file has, in their order."""
    import pyarrow.parquet as pq

    return list(pq.read_schema(path).names)


def read_frame(path: Path, columns: list[str] | None = None) -> pd.DataFrame:
    """Read a table as a frame: dates as datetime64, DECIMAL money as float64, text as str."""
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pq.read_table(path, columns=columns)
    for i, field in enumerate(table.schema):
        if pa.types.is_decimal(field.type):
            table = table.set_column(i, field.name, table.column(i).cast(pa.float64()))
        elif pa.types.is_date(field.type):
            table = table.set_column(i, field.name, table.column(i).cast(pa.timestamp("us")))
    frame = table.to_pandas(types_mapper={pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}.get)
    plain = {c: frame[c].dtype.numpy_dtype for c in frame.columns if _is_full_number(frame[c])}
    return frame.astype(plain)


def _is_full_number(column: pd.Series) -> bool:
    return str(column.dtype) in ("Int64", "boolean") and not column.isna().any()
