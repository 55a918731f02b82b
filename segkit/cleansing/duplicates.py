"""Records that are one customer without a key that says so: found, decided, and made one account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.cleansing.account_records import find_relatives, read_account_records, write_account_records
from segkit.cleansing.duplicate_pairs import Grouped, group_records, judge_pairs, write_pairs
from segkit.cleansing.joining import join_records
from segkit.cleansing.pair_decisions import kept_pairs, read_pairs
from segkit.cleansing.rows import has_table, make_empty, run_sql
from segkit.cleansing.survivors import choose_ids, claims_of

if TYPE_CHECKING:
    import datetime as dt

    import duckdb
    import pandas as pd

    from segkit.cleansing.matching import Matches
    from segkit.cleansing.memory import Memory
    from segkit.settings.cleansing import Duplicates

CHECKS = ("gone_decision", "unclear_decision", "contradicting_decision")


def merge_duplicates(
    con: duckdb.DuckDBPyConnection, settings: Duplicates, memory: Memory, until: dt.date, seed: int
) -> None:
    """Find records of one customer and give them one account, in every table.

    Pairs from ``settings.merge`` on are merged, those from ``settings.review`` on wait for a decision. Decisions go
    before probabilities, and what an earlier run has merged stays merged until somebody decides, so that ids do not
    flip with a probability. A parent company and its subsidiary are merged by a decision only.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds what `segkit.cleansing.links.link_accounts` leaves.
    settings : Duplicates
        Whether to look for duplicates, and both thresholds.
    memory : Memory
        Decisions (duplicates), the previous run's account_links (links) and duplicates (pairs).
    until : datetime.date
        Last day whose money counts when a leading record is chosen.
    seed : int
        Start of random draws.

    Notes
    -----
    Creates ``duplicates`` (its revenue comes by `weigh_duplicates`), ``match_model``, ``match_checks`` (columns of
    data_quality), ``match_notes`` (key, numbers as JSON: what is to be said about the search), and what
    `segkit.cleansing.joining.join_records` creates.
    """
    for table in ("duplicates", "match_model"):
        make_empty(con, table)
    run_sql(con, "CREATE OR REPLACE TEMP TABLE match_checks AS FROM link_checks LIMIT 0")
    run_sql(con, "CREATE OR REPLACE TEMP TABLE match_notes (place BIGINT, key VARCHAR, numbers VARCHAR)")
    if not has_table(con, "rows_accounts"):
        _note(con, [("duplicates.no_accounts", {})])
        return
    write_account_records(con, until)
    links = con.execute("SELECT * FROM account_links ORDER BY source, source_id").df()
    decided = read_pairs(memory.duplicates, links, memory.links)
    kept = kept_pairs(links, memory.links, decided) if settings.find else {}
    matches = _find(con, settings, seed)
    grouped = group_records(con, matches.pairs, settings, decided, kept, find_relatives(con))
    _join(con, grouped, links, memory.links)
    pairs = judge_pairs(matches.pairs, settings, decided, kept, grouped)
    write_pairs(con, pairs, memory.pairs)
    _write_model(con, matches.model)
    _check(con, memory.duplicates, [decided.gone, decided.unclear, sorted(grouped.disobeyed)])
    _note(con, matches.notes)


def _find(con: duckdb.DuckDBPyConnection, settings: Duplicates, seed: int) -> Matches:
    """Return what matching finds; nothing where it is switched off, or nobody has a name or there is nobody to find."""
    import pandas as pd

    from segkit.cleansing.matching import Matches, find_pairs

    n_named = run_sql(con, "SELECT count(*) FROM account_records WHERE trim(name) <> ''")[0][0]
    if settings.find and n_named > 1:
        return find_pairs(read_account_records(con), settings, seed)
    columns = {"record_id_a": "str", "record_id_b": "str", "probability": "float", "match_weight": "float"}
    none = pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in {**columns, "evidence": "str"}.items()})
    why = "duplicates.no_names" if settings.find else "duplicates.switched_off"
    return Matches(none, pd.DataFrame(), [(why, {"n": n_named})])


def _join(con: duckdb.DuckDBPyConnection, grouped: Grouped, links: pd.DataFrame, previous: pd.DataFrame | None) -> None:
    """Choose the accounts' ids and join their records."""
    import pandas as pd

    records = con.execute("SELECT record_id, money, created_date FROM account_records ORDER BY record_id").df()
    alone = records["record_id"].to_list()
    groups = pd.Series(alone, index=alone, dtype="str")
    groups.update(grouped.groups)
    ids = choose_ids(records, groups, claims_of(links, previous)).rename("account_id").reset_index()
    several = ids.groupby("account_id")["record_id"].transform("size") > 1
    joined = ids[several | (ids["account_id"] != ids["record_id"])].set_index("record_id")
    for source in (grouped.how, _earlier(links, previous)):
        joined = joined.combine_first(source.reindex(joined.index))
    joined = joined.reset_index().reindex(columns=["record_id", "account_id", "how", "probability"])
    join_records(con, joined.fillna({"how": "match", "probability": 1.0}).round({"probability": 6}))


def _earlier(links: pd.DataFrame, previous: pd.DataFrame | None) -> pd.DataFrame:
    """Return how and probability by record_id, as the previous run had them."""
    import pandas as pd

    if previous is None or previous.empty:
        return pd.DataFrame({"how": pd.Series(dtype="str"), "probability": pd.Series(dtype="float")})
    merged = previous[previous["how"].isin(["match", "decision"])]
    key = ["source", "source_id"]
    both = links[[*key, "account_id"]].merge(merged[[*key, "how", "probability"]], on=key)
    return both.drop_duplicates("account_id").set_index("account_id")[["how", "probability"]]


def _write_model(con: duckdb.DuckDBPyConnection, model: pd.DataFrame) -> None:
    if len(model):
        con.register("model_now", model)
        run_sql(con, "INSERT INTO match_model BY NAME FROM model_now ORDER BY comparison, place")
        con.unregister("model_now")


def _check(con: duckdb.DuckDBPyConnection, decisions: pd.DataFrame | None, failed: list[list[str]]) -> None:
    """Note decisions that could not be obeyed; all of them stay in their file."""
    n_rows = 0 if decisions is None else len(decisions)
    for check, ids in zip(CHECKS, failed, strict=True):
        if n_rows:
            run_sql(
                con,
                "INSERT INTO match_checks VALUES ('accounts', 'account_id', ?, ?, ?, NULL)",
                [check, n_rows, len(ids)],
            )
        if ids:
            shown = ", ".join(ids[:3])
            _note(con, [(f"duplicates.warn_{check}", {"n": len(ids), "ids": shown})])


def _note(con: duckdb.DuckDBPyConnection, notes: list[tuple[str, dict]]) -> None:
    import json

    for key, numbers in notes:
        run_sql(
            con,
            "INSERT INTO match_notes SELECT count(*), ?, ? FROM match_notes",
            [key, json.dumps(numbers, ensure_ascii=False, sort_keys=True)],
        )


def weigh_duplicates(con: duckdb.DuckDBPyConnection) -> None:
    """Fill the money of ``duplicates`` and the number of records of ``accounts``.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds ``duplicates``, ``invoices``, ``accounts``, ``account_links``, ``run_period`` and, where accounts were
        delivered, ``joined_records`` and ``joined_lines``. Revenue is that of the record of a pair that has less of it
        in the twelve months up to as-of.
    """
    run_sql(
        con,
        """UPDATE accounts SET n_records = coalesce(counted.n, 0)
           FROM (SELECT a.account_id, n FROM accounts a
                 LEFT JOIN (SELECT account_id, count(*) AS n FROM account_links WHERE how <> 'external'
                            GROUP BY account_id) USING (account_id)) counted
           WHERE counted.account_id = accounts.account_id""",
    )
    if not has_table(con, "joined_lines"):
        return
    run_sql(
        con,
        """
        CREATE OR REPLACE TEMP TABLE record_money AS
        SELECT coalesce(j.record_id, i.account_id) AS record_id, sum(i.revenue) AS revenue
        FROM invoices i LEFT JOIN (joined_lines JOIN joined_records USING (record_id)) j
          ON j.source = i.source AND j."row_number" = i."row_number" AND j.account_id = i.account_id
        WHERE i.invoice_date > (SELECT as_of - INTERVAL 12 MONTH FROM run_period) GROUP BY 1""",
    )
    run_sql(
        con,
        """UPDATE duplicates SET revenue = greatest(coalesce(money.a, 0), coalesce(money.b, 0))
           FROM (SELECT account_id_a AS id_a, account_id_b AS id_b, a.revenue AS a, b.revenue AS b FROM duplicates
                 LEFT JOIN record_money a ON a.record_id = account_id_a
                 LEFT JOIN record_money b ON b.record_id = account_id_b) money
           WHERE money.id_a = account_id_a AND money.id_b = account_id_b""",
    )
