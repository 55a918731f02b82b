"""The SQL files over invoice lines: found by name, run with parameters."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

FOLDER = Path(__file__).parent / "sql"


def names() -> list[str]:
    """Return the names of all queries, in alphabetical order."""
    return sorted(path.stem for path in FOLDER.glob("*.sql"))


def sql(name: str) -> str:
    """Return a query without its comments; `KeyError` with all names for an unknown one."""
    return "".join(line for line in _lines(name) if not line.lstrip().startswith("--"))


def _lines(name: str) -> list[str]:
    if name not in names():
        raise KeyError(f"There is no query '{name}'. There are: {', '.join(names())}.")
    return (FOLDER / f"{name}.sql").read_text(encoding="utf-8").splitlines(keepends=True)


def query(con: duckdb.DuckDBPyConnection, name: str, **parameters: object) -> pd.DataFrame:
    """Return the result of a query: one small frame, ordered by its key.

    Parameters
    ----------
    con : DuckDBPyConnection
        Holds a table or view `invoices` with the columns of `tables.yml`.
    name : str
        File name in `features/sql` without ending: ``orders``, ``account_months``, ``account_features`` …
    **parameters
        What the head of the file names: values for ``$name``, and frames, which the query sees as tables of that name.

    Returns
    -------
    DataFrame
        Money and counts as float64 and int64, dates as datetime64.

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
    for key, frame in frames.items():
        con.register(key, frame)
    try:
        return con.execute(sql(name), values).df()
    finally:
        for key in frames:
            con.unregister(key)


def parameters_of(name: str) -> set[str]:
    """Return what a query must be given: the ``$names`` in it and the frame that its head names."""
    frames = [line.removeprefix("-- Frame: ").split()[0] for line in _lines(name) if line.startswith("-- Frame: ")]
    return set(re.findall(r"\$(\w+)", sql(name))) | set(frames)


def _check_parameters(name: str, given: set[str]) -> None:
    """Refuse a call whose parameters are not those of the file."""
    wanted = parameters_of(name)
    if missing := wanted - given:
        raise TypeError(f"query {name} needs {', '.join(sorted(missing))}")
    if unknown := given - wanted:
        raise TypeError(f"query {name} has no {', '.join(sorted(unknown))}; it takes {', '.join(sorted(wanted))}")
