"""What notebook 01 says of links between systems, and of the search for records of one customer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from segkit.cleansing.rows import has_table, run_sql

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

    from segkit.cleansing.findings import Finding


def describe_links(account_links: pd.DataFrame, quarter: str) -> list[Finding]:
    """Say how many records of which systems a known key links to another system's account, and how many are new.

    Parameters
    ----------
    account_links : DataFrame
        source, source_id, account_id, since_quarter.
    quarter : str
        This run's quarter.
    """
    systems = sorted(account_links["source"].unique())
    if len(systems) < 2:
        return [("links.none", {})]
    shared = account_links.groupby("account_id")["source"].transform("nunique") > 1
    linked = account_links[shared & (account_links["source_id"] != account_links["account_id"])]
    if linked.empty:
        return [("links.no_keys", {"n_systems": len(systems), "systems": ", ".join(systems)})]
    n_new = int((linked["since_quarter"] == quarter).sum())
    of = ", ".join(sorted(linked["source"].unique()))
    numbers = {"n_linked": len(linked), "n_accounts": linked["account_id"].nunique(), "systems": of}
    counts = {"n_new": n_new, "n_kept": len(linked) - n_new, "quarter": quarter}
    return [("links.linked", numbers), ("links.since", counts)]


def describe_search(con: duckdb.DuckDBPyConnection) -> list[Finding]:
    """Say what stood in the way of the search for duplicates: no names, too few data, decisions about gone accounts.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        As `segkit.cleansing.clean_tables` leaves it: holds ``match_notes``.
    """
    notes = run_sql(con, "SELECT key, numbers FROM match_notes ORDER BY place") if has_table(con, "match_notes") else []
    return [(str(key), json.loads(numbers)) for key, numbers in notes]
