"""Nobody stands alone: what a stranger can look up of a company is left out until enough accounts are alike in it.

This is k-anonymity by local suppression (Samarati and Sweeney, 1998) over the columns of `STEPS`, with k = 5. It does
not hide an account from somebody who knows more of it than these columns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

FEWEST = 5
"""So many accounts must be alike. A category that fewer accounts have says too much of them."""
STEPS = (
    ("postal_code",),
    ("legal_form", "credit_rating"),
    ("region",),
    ("account_revenue",),
    ("industry_code",),
    ("employees", "size_class"),
    ("industry", "industry_division"),
    ("country",),
)
"""What registers, maps and websites tell of a company, the first given up first."""


def hide_rare(con: duckdb.DuckDBPyConnection, view: str) -> dict[str, float]:
    """Replace a view of accounts by one in which at least five are alike in all columns of `STEPS`.

    An account gives up as many steps as it needs, the others keep theirs. Fewer than five that are still alone at the
    end have none of the columns.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the view: account_id, and some of the columns.
    view : str
        Its name, which the result takes over, as a table.

    Returns
    -------
    dict
        Column → share of the accounts with a value that keep it; columns without any value do not stand there.
    """
    present = [row[0] for row in con.execute(f"SELECT column_name FROM (DESCRIBE FROM {view})").fetchall()]
    steps = [kept for step in STEPS if (kept := [name for name in step if name in present])]
    if not steps:
        return {}
    known = [name for step in steps for name in step]
    all_columns = ", ".join(f'"{name}"' for name in known)
    con.execute(f"CREATE OR REPLACE TEMP TABLE waiting AS SELECT account_id, {all_columns} FROM {view}").fetchall()
    con.execute("CREATE OR REPLACE TEMP TABLE settled AS FROM waiting LIMIT 0").fetchall()
    given_up: list[str] = []
    for step in [[], *steps]:
        given_up += step
        open_columns = [f'"{name}"' for name in known if name not in given_up]
        cell = f"PARTITION BY {', '.join(open_columns)}" if open_columns else ""
        shown = ", ".join(f'NULL AS "{name}"' if name in given_up else f'"{name}"' for name in known)
        enough = f"n >= {FEWEST}" if open_columns else "true"
        con.execute(
            f"INSERT INTO settled SELECT account_id, {shown} FROM "
            f"(SELECT *, count(*) OVER ({cell}) AS n FROM waiting) WHERE {enough}"
        ).fetchall()
        con.execute("DELETE FROM waiting WHERE account_id IN (SELECT account_id FROM settled)").fetchall()
    shares = _shares(con, view, known)
    replaced = ", ".join(f'settled."{name}" AS "{name}"' for name in known)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE crowded AS "
        f"SELECT v.* REPLACE ({replaced}) FROM {view} v JOIN settled USING (account_id)"
    ).fetchall()
    con.execute(f"DROP VIEW {view}; ALTER TABLE crowded RENAME TO {view}").fetchall()
    return shares


def _shares(con: duckdb.DuckDBPyConnection, view: str, columns: list[str]) -> dict[str, float]:
    shares = {}
    for name in columns:
        counts = f'count(settled."{name}") / nullif(count(v."{name}"), 0)'
        share = con.execute(f"SELECT {counts} FROM {view} v JOIN settled USING (account_id)").fetchall()[0][0]
        if share is not None:
            shares[name] = round(float(share), 6)
    return shares
