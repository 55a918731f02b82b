"""Pairs of records: which are merged, which wait for a decision, and the table ``duplicates``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from segkit.cleansing.pair_decisions import Decided, Pair, pair_of
from segkit.cleansing.rows import run_sql

if TYPE_CHECKING:
    import duckdb
    import numpy as np
    import pandas as pd

    from segkit.settings.cleansing import Duplicates

LEAST_APART = 0.01
"""Pairs that are two customers are listed from this probability on; below, nobody would take them for one."""
MOST_APART = 5000
"""The likeliest of them, at most."""


@dataclass(frozen=True)
class Grouped:
    """Which records are one account.

    ``groups``: record_id → what records of one account share, for records of several only. ``how``: by record_id, how
    (match or decision) and probability of its likeliest pair inside the account. ``disobeyed``: decisions of "same"
    that contradict others. ``related``: pairs of a parent and its subsidiary.
    """

    groups: pd.Series
    how: pd.DataFrame
    disobeyed: set[str]
    related: set[Pair]


def group_records(
    con: duckdb.DuckDBPyConnection,
    pairs: pd.DataFrame,
    settings: Duplicates,
    decided: Decided,
    kept: dict[Pair, float],
    related: set[Pair],
) -> Grouped:
    """Return which records are one account.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds ``account_records``.
    pairs : DataFrame
        record_id_a, record_id_b, probability, match_weight, evidence of `find_pairs`.
    settings : Duplicates
        Threshold of merging.
    decided : Decided
        Pairs that people decided.
    kept : dict
        Pairs that the previous run merged, with their probability then.
    related : set of pairs
        Parents and subsidiaries: two companies unless somebody decides otherwise.
    """
    import pandas as pd

    from segkit.cleansing.matching import cluster

    different = decided.different | (related - decided.same)
    lasting, contested = _split_kept(set(kept), different)
    strong = pairs[pairs["probability"] >= settings.merge]
    again = [(a, b, max(kept[a, b], settings.merge), 0.0, "") for a, b in sorted(contested)]
    if again:
        strong = pd.concat([strong, pd.DataFrame(again, columns=list(strong.columns))], ignore_index=True)
    same = sorted(decided.same | lasting)
    ends = sorted({*strong["record_id_a"], *strong["record_id_b"], *(record for pair in same for record in pair)})
    weak = pairs[
        (pairs["probability"] < settings.merge) & pairs["record_id_a"].isin(ends) & pairs["record_id_b"].isin(ends)
    ]
    compared = pd.concat([strong, weak], ignore_index=True)
    groups = cluster(compared, settings.merge, same, sorted(different), ends) if ends else pd.Series(dtype="str")
    chances = kept | dict(zip(_pairs(strong), strong["probability"].astype(float), strict=True))
    how: dict[str, tuple[str, float]] = {}
    for pair in sorted({*chances, *decided.same}):
        if groups.get(pair[0]) is None or groups.get(pair[0]) != groups.get(pair[1]):
            continue
        found = ("match", chances[pair]) if pair in chances else ("decision", 1.0)
        for record in pair:
            how[record] = max(how.get(record, found), found, key=lambda link: (link[0] == "match", link[1]))
    frame = pd.DataFrame.from_dict(how, orient="index", columns=["how", "probability"])
    apart = {"/".join(pair) for pair in decided.same if groups.get(pair[0]) != groups.get(pair[1])}
    return Grouped(groups, frame, apart, related - decided.same)


def _split_kept(kept: set[Pair], different: set[Pair]) -> tuple[set[Pair], set[Pair]]:
    """Return the merges of the previous run that nothing speaks against, and those inside a contested account."""
    root: dict[str, str] = {}

    def find(record: str) -> str:
        while root.setdefault(record, record) != record:
            root[record] = root[root[record]]
            record = root[record]
        return record

    for one, other in sorted(kept):
        root[find(other)] = find(one)
    contested = {find(one) for one, other in different if find(one) == find(other)}
    within = {pair for pair in kept if find(pair[0]) in contested}
    return kept - within, within - different


def judge_pairs(
    pairs: pd.DataFrame, settings: Duplicates, decided: Decided, kept: dict[Pair, float], grouped: Grouped
) -> pd.DataFrame:
    """Return every pair with its status: record_id_a, record_id_b, probability, match_weight, evidence, status.

    decided_same and decided_different are what people say; merged are pairs of one account, kept those of them that
    only an earlier run would have merged; review waits for a decision: likely enough, but not together, and no
    decision keeps their accounts apart; all others are apart.
    """
    import numpy as np
    import pandas as pd

    group = grouped.groups.to_dict()
    listed = {*decided.same, *decided.different, *kept}
    known = set(_pairs(pairs))
    more = [(a, b, _chance((a, b), decided, kept), np.nan, None) for a, b in sorted(listed - known)]
    frame = pd.concat([pairs, pd.DataFrame(more, columns=list(pairs.columns))], ignore_index=True) if more else pairs
    frame = frame[(frame["probability"] >= LEAST_APART).to_numpy() | _among(frame, listed)].reset_index(drop=True)
    ends = [frame[f"record_id_{side}"].map(lambda record: group.get(record, record)) for side in "ab"]
    divided = {pair_of(group.get(a, a), group.get(b, b)) for a, b in decided.different}
    is_divided = np.array([pair_of(a, b) in divided for a, b in zip(*ends, strict=True)], dtype=bool)
    together = (ends[0] == ends[1]).to_numpy(bool)
    likely, strong = ((frame["probability"] >= least).to_numpy() for least in (settings.review, settings.merge))
    cases = {
        "decided_same": _among(frame, decided.same),
        "decided_different": _among(frame, decided.different),
        "kept": together & (~strong & _among(frame, set(kept)) | _among(frame, set(kept) - known)),
        "merged": together,
        "review": likely & ~is_divided,
    }
    judged = frame.assign(status=np.select(list(cases.values()), list(cases), "apart"))
    order = ["probability", "record_id_a", "record_id_b"]
    apart = judged[judged["status"] == "apart"].sort_values(order, ascending=[False, True, True])
    return judged.drop(index=apart.index[MOST_APART:]).reset_index(drop=True)


def _pairs(frame: pd.DataFrame) -> list[Pair]:
    return list(zip(frame["record_id_a"], frame["record_id_b"], strict=True))


def _among(frame: pd.DataFrame, pairs: set[Pair]) -> np.ndarray:
    import numpy as np

    return np.array([pair in pairs for pair in _pairs(frame)], dtype=bool)


def _chance(pair: Pair, decided: Decided, kept: dict[Pair, float]) -> float:
    """Return the probability of a pair that was not compared now: that of the earlier run, else what people say."""
    return kept.get(pair, 1.0 if pair in decided.same else 0.0)


def write_pairs(con: duckdb.DuckDBPyConnection, pairs: pd.DataFrame, previous: pd.DataFrame | None) -> None:
    """Create ``duplicates``; the record that leads, or would lead, stands first.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds ``account_records`` and ``joined_records``.
    pairs : DataFrame
        As `judge_pairs` returns them.
    previous : DataFrame or None
        The table of the previous run: its pairs are not new.
    """
    import pandas as pd

    none = pd.DataFrame({"account_id_a": pd.Series(dtype="str"), "account_id_b": pd.Series(dtype="str")})
    con.register("pairs_now", pairs)
    con.register("pairs_before", none if previous is None else previous[list(none.columns)])
    run_sql(
        con,
        """
        INSERT INTO duplicates BY NAME
        WITH ranked AS (
            SELECT record_id, name, system, row_number() OVER (
                       ORDER BY joined.account_id IS NOT NULL AND joined.account_id <> record_id, money DESC,
                                created_date NULLS LAST, record_id) AS turn
            FROM account_records LEFT JOIN joined_records joined USING (record_id)),
        oriented AS (
            SELECT CASE WHEN a.turn < b.turn THEN a ELSE b END AS a, CASE WHEN a.turn < b.turn THEN b ELSE a END AS b,
                   probability, match_weight, evidence, status
            FROM pairs_now JOIN ranked a ON a.record_id = record_id_a JOIN ranked b ON b.record_id = record_id_b)
        SELECT a.record_id AS account_id_a, b.record_id AS account_id_b, a.name AS name_a, b.name AS name_b,
               a.system AS system_a, b.system AS system_b, probability, match_weight, evidence, status,
               [least(a.record_id, b.record_id), greatest(a.record_id, b.record_id)] NOT IN (
                   SELECT [least(account_id_a, account_id_b), greatest(account_id_a, account_id_b)] FROM pairs_before
               ) AS is_new
        FROM oriented ORDER BY account_id_a, account_id_b""",
    )
    con.unregister("pairs_now")
    con.unregister("pairs_before")
