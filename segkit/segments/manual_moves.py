"""Moves by hand: who moved whom and why, whether the move still holds, and whether the model has come to agree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.quarters import Quarter
from segkit.statistics.intervals import wilson_interval
from segkit.tables import TABLES, no_rows
from segkit.texts import LANGUAGES, say

if TYPE_CHECKING:
    import pandas as pd

Sentences = list[tuple[str, dict[str, Any]]]
LARGE = 0.05  # share of accounts moved by hand from which the rules, not the accounts, are the exception
FEWEST = 5  # moves below which no share is called large, and no direction common
COMMON = 0.5  # share of the moves that go one way from which this way is named
OLD = 4  # quarters after which somebody should look at a move again
ALL = "ALL"


def list_moves(
    moves: pd.DataFrame, segments: pd.DataFrame, quarter: Quarter, previous: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return every decision to move an account that stands in this quarter: table `manual_moves`.

    Parameters
    ----------
    moves : DataFrame
        decisions/moves.csv, with merged accounts followed (`merged_moves.follow_merges`); of several rows of an account
        the last one holds, an empty segment_id gives it back to the model and is no move.
    segments : DataFrame
        Table `segments` of all segmentations, with model_segment_id.
    quarter : Quarter
        Of the run.
    previous : DataFrame, optional
        The table of the previous run: what the model said when the move was first seen is kept from there.

    Returns
    -------
    DataFrame
        segmentation_id, account_id, from_segment_id (by the model when the move was first seen), segment_id (where the
        person put it), model_segment_id (by the model today), quarter, author, date, reason, n_quarters (since it
        holds; empty where it names no quarter), status: holds; confirmed (the model has come to give the same);
        needless (it did so from the start); changed (the model gives a third segment); lost (account or segment is no
        more: see `move_warnings`).
    """
    mine = moves.drop_duplicates(["segmentation_id", "account_id"], keep="last")
    mine = mine[(mine["segment_id"].fillna("") != "") & mine["segmentation_id"].isin(segments["segmentation_id"])]
    if mine.empty:
        return no_rows("manual_moves")
    key = ["segmentation_id", "account_id"]
    today = segments[[*key, "model_segment_id", "is_manual"]]
    frame = mine.merge(today, on=key, how="left").reset_index(drop=True)
    first = frame["model_segment_id"]
    if previous is not None and len(previous):
        then = previous[[*key, "segment_id", "quarter", "from_segment_id"]].fillna({"quarter": ""})
        same = frame[[*key, "segment_id", "quarter"]].fillna({"quarter": ""})
        first = same.merge(then, on=[*key, "segment_id", "quarter"], how="left")["from_segment_id"].fillna(first)
    holds = frame["is_manual"].fillna(False).astype(bool)
    agrees = frame["model_segment_id"] == frame["segment_id"]
    agreed = first == frame["segment_id"]
    changed = (frame["model_segment_id"] != first) & ~agrees
    status = np.select(
        [~holds, agreed & agrees, agrees, changed], ["lost", "needless", "confirmed", "changed"], "holds"
    )
    starts = [Quarter.parse(text, quarter.first_month) if text else None for text in frame["quarter"].fillna("")]
    listed = frame.assign(
        from_segment_id=first,
        status=status,
        n_quarters=[None if start is None else max(len(Quarter.between(start, quarter)) - 1, 0) for start in starts],
    )
    return listed.reindex(columns=list(TABLES["manual_moves"].columns))


def sum_moves(listed: pd.DataFrame, segments: pd.DataFrame) -> pd.DataFrame:
    """Return the share of accounts moved by hand, by segmentation and author.

    Parameters
    ----------
    listed, segments : DataFrame
        Tables `manual_moves` and `segments`.

    Returns
    -------
    DataFrame
        segmentation_id, author (ALL: everybody together; empty: nobody signed), n_moves (that hold), share (of the
        segmentation's accounts), share_low, share_high (95 %, Wilson), n_confirmed, n_changed, n_needless, n_unfounded
        (without a reason). No row for a segmentation without a move.
    """
    import pandas as pd

    held = listed[listed["status"] != "lost"]
    totals = segments.groupby("segmentation_id").size()
    rows = []
    for name, own in held.groupby("segmentation_id", sort=True):
        n_accounts = int(totals[name])
        for author, part in [(ALL, own), *own.groupby(own["author"].fillna(""), sort=True)]:
            low, high = wilson_interval(len(part), n_accounts)
            told = {"segmentation_id": name, "author": author, "n_moves": len(part), "share": len(part) / n_accounts}
            told |= {
                f"n_{status}": int((part["status"] == status).sum()) for status in ("confirmed", "changed", "needless")
            }
            unfounded = int((part["reason"].fillna("").str.strip() == "").sum())
            rows.append(told | {"share_low": float(low), "share_high": float(high), "n_unfounded": unfounded})
    columns = ["segmentation_id", "author", "n_moves", "share", "share_low", "share_high"]
    return pd.DataFrame(rows, columns=[*columns, "n_confirmed", "n_changed", "n_needless", "n_unfounded"])


def describe_experience(listed: pd.DataFrame, segments: pd.DataFrame, register: pd.DataFrame) -> dict[str, Sentences]:
    """Return by segmentation what people moved by hand, and what follows from it.

    Parameters
    ----------
    listed, segments, register : DataFrame
        Tables `manual_moves`, `segments` and `segment_register`, of one or all segmentations.
    """
    sums = sum_moves(listed, segments).set_index(["segmentation_id", "author"])
    told: dict[str, Sentences] = {}
    for name in dict.fromkeys(segments["segmentation_id"]):
        if (name, ALL) not in sums.index:
            told[name] = [("experience.none", {})]
            continue
        row = sums.loc[(name, ALL)]
        n, held = int(row["n_moves"]), listed[(listed["segmentation_id"] == name) & (listed["status"] != "lost")]
        n_authors = int(held["author"].fillna("").replace("", np.nan).nunique())
        numbers = {"n": n, "share": float(row["share"]), "n_authors": n_authors, "large": LARGE}
        told[name] = [("experience.share", numbers)]
        if n >= FEWEST and row["share_low"] >= LARGE:
            told[name].append(("experience.large", numbers))
        told[name] += _direction(held, register[register["segmentation_id"] == name])
        for status in ("confirmed", "changed", "needless"):
            if row[f"n_{status}"]:
                told[name].append((f"experience.{status}", {"n": int(row[f"n_{status}"]), "n_all": n}))
        if row["n_unfounded"]:
            told[name].append(("experience.unfounded", {"n": int(row["n_unfounded"])}))
        n_old = int((held["n_quarters"].astype(float) >= OLD).sum())
        if n_old:
            told[name].append(("experience.old", {"n": n_old, "quarters": OLD}))
    return told


def show_sums(sums: pd.DataFrame, language: str) -> pd.DataFrame:
    """Return `sum_moves` of one segmentation ready to be shown: mover in words, share, what became of the moves."""
    words = {ALL: say("experience.everybody", language), "": say("experience.nobody", language)}
    movers = [words.get(author, author) for author in sums["author"]]
    columns = ["mover", "n_moves", "move_share", "n_confirmed", "n_changed", "n_needless", "n_unfounded"]
    return sums.assign(mover=movers, move_share=sums["share"])[columns]


def _direction(held: pd.DataFrame, register: pd.DataFrame) -> Sentences:
    """Return the way that at least half of the moves go, from five on: there a rule may be set wrongly."""
    ways = held.groupby(["from_segment_id", "segment_id"]).size().sort_values(ascending=False, kind="stable")
    if len(held) < FEWEST or ways.empty or ways.iloc[0] < COMMON * len(held):
        return []
    numbers: dict[str, Any] = {"n": int(ways.iloc[0]), "n_all": len(held)}
    names = register.set_index("segment_id")
    for word, segment in zip(("source", "target"), ways.index[0], strict=True):
        for language in LANGUAGES:
            is_named = segment in names.index
            numbers[f"{word}_{language}"] = str(names.at[segment, f"name_{language}"]) if is_named else str(segment)
    return [("experience.direction", numbers)]
