"""The SQL files over invoice lines: found by name, run with parameters."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb

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


def query(con: duckdb.DuckDBPyConnection | SparkConnection, name: str, **parameters: object) -> Any:
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
        Money and counts as float64 and int64, dates as datetime64; the same on both engines. Where the head of the file
        names tables as results, these by name, in any order of rows.

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
    results = _results(name)
    *before, last = [*statements(name), ""] if results else statements(name)
    made = [found[1] for found in map(CREATES.match, before) if found]
    for key, frame in frames.items():
        con.register(key, frame)
    try:
        for statement in before:
            con.execute(statement)
        if results:
            return {table: con.execute(f"select * from {table}").df() for table in results}
        return con.execute(last, values).df()
    finally:
        for table in made:
            con.execute(f"drop table if exists {table}")
        for key in frames:
            con.unregister(key)


def _results(name: str) -> list[str]:
    """Return the tables that a query gives back, where its head names them; else its last statement is the result."""
    heads = [line for line in _lines(name) if line.startswith("-- Results: ")]
    return re.findall(r"\w+", heads[0].split(": ", 1)[1]) if heads else []


def parameters_of(name: str) -> set[str]:
    """Return what a query must be given: the ``$names`` in it and the frames that its head names."""
    frames = [line.removeprefix("-- Frame: ").split()[0] for line in _lines(name) if line.startswith("-- Frame: ")]
    return set(re.findall(r"\$(\w+)", sql(name))) | set(frames)


def _check_parameters(name: str, given: set[str]) -> None:
    """Refuse a call whose parameters are not those of the file."""
    wanted = parameters_of(name)
    if missing := wanted - given:
        raise TypeError(f"query {name} needs {', '.join(sorted(missing))}")
    if unknown := given - wanted:
        raise TypeError(f"query {name} has no {', '.join(sorted(unknown))}; it takes {', '.join(sorted(wanted))}")
