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
    """Return the text of a query; `KeyError` with all names for an unknown one."""
    path = FOLDER / f"{name}.sql"
    if name not in names():
        raise KeyError(f"There is no query '{name}'. There are: {', '.join(names())}.")
    return path.read_text(encoding="utf-8")


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

    text = sql(name)
    frames = {key: value for key, value in parameters.items() if isinstance(value, pd.DataFrame)}
    values = {key: value for key, value in parameters.items() if key not in frames}
    _check_parameters(name, text, set(values), set(frames))
    for key, frame in frames.items():
        con.register(key, frame)
    try:
        return con.execute(text, values).df()
    finally:
        for key in frames:
            con.unregister(key)


def _check_parameters(name: str, text: str, values: set[str], frames: set[str]) -> None:
    """Refuse a call whose parameters are not those of the file."""
    body = "\n".join(line for line in text.splitlines() if not line.startswith("--"))
    wanted = set(re.findall(r"\$(\w+)", body)) | set(re.findall(r"^-- Frame: (\w+)", text, re.MULTILINE))
    given = values | frames
    if missing := wanted - given:
        raise TypeError(f"query {name} needs {', '.join(sorted(missing))}")
    if unknown := given - wanted:
        raise TypeError(f"query {name} has no {', '.join(sorted(unknown))}; it takes {', '.join(sorted(wanted))}")
