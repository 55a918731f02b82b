"""What people decided about pairs of records, and what an earlier run merged."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

Pair = tuple[str, str]
"""Two record_ids in the order of the alphabet."""
CHOICES = ("same", "different")


@dataclass
class Decided:
    """Pairs that people decided, the ids of decisions about accounts that are gone, and choices nobody can read."""

    same: set[Pair] = field(default_factory=set)
    different: set[Pair] = field(default_factory=set)
    gone: list[str] = field(default_factory=list)
    unclear: list[str] = field(default_factory=list)


def pair_of(one: str, other: str) -> Pair:
    """Return two ids in the order of the alphabet."""
    return (one, other) if one < other else (other, one)


def read_pairs(
    decisions: pd.DataFrame | None, account_links: pd.DataFrame, previous: pd.DataFrame | None = None
) -> Decided:
    """Return decisions/duplicates.csv as pairs of this run's records; nothing of the file is lost.

    A decision may name a record, its number in one of the systems, or an account of the previous run. A decision on
    two ids that are one record by a known key has nothing to decide.

    Parameters
    ----------
    decisions : DataFrame or None
        account_id_a, account_id_b, choice (same or different; empty takes an earlier one back); the last row of a pair
        holds, in either order of its ids.
    account_links : DataFrame
        source, source_id, account_id of this run before anything was merged.
    previous : DataFrame or None
        account_links of the previous run.
    """
    decided = Decided()
    if decisions is None or decisions.empty:
        return decided
    find = _finder(account_links, previous)
    held: dict[Pair, str] = {}
    for one, other, choice in decisions[["account_id_a", "account_id_b", "choice"]].itertuples(index=False):
        ids, word = (str(one).strip(), str(other).strip()), "" if choice != choice else str(choice).strip().lower()
        missing = [value for value in ids if value not in find]
        if word and word not in CHOICES:
            decided.unclear.append(word)
        elif missing:
            decided.gone += missing if word else []
        elif find[ids[0]] != find[ids[1]]:
            held[pair_of(find[ids[0]], find[ids[1]])] = word
    decided.same = {pair for pair, word in held.items() if word == "same"}
    decided.different = {pair for pair, word in held.items() if word == "different"}
    return decided


def _finder(account_links: pd.DataFrame, previous: pd.DataFrame | None) -> dict[str, str]:
    """Return id → record; the record's own id goes before its number in a system, that before an earlier account."""
    found: dict[str, str] = {}
    if previous is not None and len(previous):
        key = ["source", "source_id"]
        earlier = previous.loc[previous["how"] != "external", [*key, "account_id"]].rename(
            columns={"account_id": "was"}
        )
        both = account_links[[*key, "account_id"]].merge(earlier, on=key).sort_values(["was", "account_id"])
        found |= dict(both.drop_duplicates("was")[["was", "account_id"]].itertuples(index=False, name=None))
    numbers = account_links.groupby("source_id")["account_id"].agg(["nunique", "min"])
    found |= numbers.loc[numbers["nunique"] == 1, "min"].to_dict()
    return found | {record: record for record in account_links["account_id"].unique()}


def kept_pairs(account_links: pd.DataFrame, previous: pd.DataFrame | None, decided: Decided) -> dict[Pair, float]:
    """Return the pairs that the previous run merged, with their probability then.

    Each record hangs on the one whose id the account bears, else on the first of its account. What a decision of "same"
    had merged is kept only as long as some decision of "same" still speaks of the record.

    Parameters
    ----------
    account_links : DataFrame
        source, source_id, account_id of this run before anything was merged.
    previous : DataFrame or None
        The previous run's: source, source_id, account_id, how, probability.
    decided : Decided
        What people decided.
    """
    if previous is None or previous.empty:
        return {}
    key = ["source", "source_id"]
    earlier = previous.loc[
        previous["how"].isin(["own", "match", "decision"]), [*key, "account_id", "how", "probability"]
    ]
    now = account_links[[*key, "account_id"]].rename(columns={"account_id": "record_id"})
    both = now.merge(earlier, on=key).sort_values(["account_id", "record_id"])
    records = set(account_links["account_id"])
    spoken = {record for pair in decided.same for record in pair}
    first = {account: _centre(account, records, rows) for account, rows in both.groupby("account_id")["record_id"]}
    kept: dict[Pair, float] = {}
    for record, account, how, probability in both[["record_id", "account_id", "how", "probability"]].itertuples(
        index=False, name=None
    ):
        centre = first[account]
        pair = pair_of(record, centre)
        if record == centre or how == "own" or (how == "decision" and record not in spoken):
            continue
        if pair not in decided.same:
            kept[pair] = max(float(probability), kept.get(pair, 0.0))
    return kept


def _centre(account: str, records: set[str], members: Iterable[str]) -> str:
    return account if account in records else min(members)
