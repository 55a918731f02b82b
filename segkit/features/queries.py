"""The SQL files over invoice lines: found by name, run with parameters."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

    from segkit.spark import SparkConnection

FOLDER = Path(__file__).parent / "sql"
CREATES = re.compile(r"create temp table (\w+) as", re.IGNORECASE)


def names() -> list[str]:
    """Return the names of all queries, in alphabetical order."""
    return sorted(path.stem for path in FOLDER.glob("*.sql"))


def sql(name: str) -> str:
    """Return a query without its comments; `KeyError` with all names for an unknown one."""
    return "".join(line for line in _lines(name) if not line.lstrip().startswith("--"))


def statements(name: str) -> list[str]:
    """Return what a query does, one after the other: tables made on the way, and last what is asked for."""
    return [statement.strip() for statement in sql(name).split(";")]


def _lines(name: str) -> list[str]:
    if name not in names():
        raise KeyError(f"There is no query '{name}'. There are: {', '.join(names())}.")
    return (FOLDER / f"{name}.sql").read_text(encoding="utf-8").splitlines(keepends=True)


def query(con: duckdb.DuckDBPyConnection | SparkConnection, name: str, **parameters: object) -> pd.DataFrame:
    """Return the result of a query: one small frame, ordered by its key.

    Parameters
    ----------
    con : DuckDBPyConnection or SparkConnection
        What `engines.connect` returns; holds a table or view `invoices` with the columns of `tables.yml`.
    name : str
        File name in `features/sql` without ending: ``orders``, ``account_months``, ``account_features`` …
    **parameters
        What the head of the file names: values for ``$name``, and frames, which the query sees as tables of that name.

    Returns
    -------
    DataFrame
        Money and counts as float64 and int64, dates as datetime64; the same on both engines.

    Raises
    ------
    KeyError
        No such query.
    TypeError
        A parameter is missing or unknown.
    """
    import pandas as pd

    frames = {key: value for key, value in parameters.items() if isinstance(value, pd.DataFrame)}
    values = {key: value for key, value in parameters.items() if key not in frames}
    _check_parameters(name, values.keys() | frames.keys())
    *before, last = statements(name)
    made = [found[1] for found in map(CREATES.match, before) if found]
    repeated = _head(name, "Once for each row of")
    for key, frame in frames.items():
        con.register(key, frame)
    try:
        for statement in before:
            con.execute(statement)
        if repeated is None:
            return con.execute(last, values).df()
        rows = [_row_values(row) for row in frames[repeated[0]].to_dict("records")]
        parts = [_columns(con.execute(last, row).df()) for row in rows]
    finally:
        for table in made:
            con.execute(f"drop table if exists {table}")
        for key in frames:
            con.unregister(key)
    return _one_below_the_other(parts, _head(name, "Order") or [])


def _head(name: str, what: str) -> list[str] | None:
    """Return the names that a line of the file's head lists after its key word, or None without such a line."""
    for line in _lines(name):
        if line.startswith(f"-- {what}: "):
            return re.findall(r"\w+", line.split(": ", 1)[1])
    return None


def _row_values(row: dict[str, Any]) -> dict[str, object]:
    """Return one row of a frame as parameters: its days as dates, so that SQL compares days with days."""
    return {key: value.date() if hasattr(value, "date") else value for key, value in row.items()}


def _columns(frame: pd.DataFrame) -> dict[str, pd.Series]:
    """Return a frame's columns, each with memory of its own: taken away one by one, they are given back one by one."""
    return {str(name): frame[name].copy() for name in frame}


def _one_below_the_other(parts: list[dict[str, pd.Series]], keys: list[str]) -> pd.DataFrame:
    """Return the parts as one frame ordered by its keys; column by column, so that memory holds it once and a bit.

    Parameters
    ----------
    parts : list of dict
        Columns by name, the same in each; they are empty afterwards.
    keys : list of str
        The columns to order by.
    """
    import numpy as np
    import pandas as pd

    ranks = [pd.factorize(pd.concat([part[key] for part in parts], ignore_index=True), sort=True)[0] for key in keys]
    order = np.lexsort(ranks[::-1])
    columns = {}
    for column in list(parts[0]):
        columns[column] = pd.concat([part.pop(column) for part in parts], ignore_index=True).take(order)
        columns[column].index = pd.RangeIndex(len(order))
    return pd.DataFrame(columns, copy=False)


def parameters_of(name: str) -> set[str]:
    """Return what a query must be given: the ``$names`` in it and the frame that its head names."""
    heads = [line.removeprefix("-- Frame: ") for line in _lines(name) if line.startswith("-- Frame: ")]
    frames = {head.split()[0]: re.findall(r"\w+", head[head.index("(") : head.index(")")]) for head in heads}
    repeated = _head(name, "Once for each row of")
    from_rows = frames[repeated[0]] if repeated else []
    return (set(re.findall(r"\$(\w+)", sql(name))) - set(from_rows)) | set(frames)


def _check_parameters(name: str, given: set[str]) -> None:
    """Refuse a call whose parameters are not those of the file."""
    wanted = parameters_of(name)
    if missing := wanted - given:
        raise TypeError(f"query {name} needs {', '.join(sorted(missing))}")
    if unknown := given - wanted:
        raise TypeError(f"query {name} has no {', '.join(sorted(unknown))}; it takes {', '.join(sorted(wanted))}")
