"""What can be chosen on a numbered page: the accounts of a segment or of a move, the KPIs of a segment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from segkit import display, texts
from segkit.monitoring.flows import GONE, NEW
from segkit.monitoring.shaping import tell_reasons
from segkit.widgets.cockpit_data import main_segmentation

if TYPE_CHECKING:
    import pandas as pd

ALL = "ALL"
MOVED_COLUMNS = {
    "name": "",
    "from_name": "",
    "to_name": "",
    "revenue_before": "wide",
    "revenue_12m": "",
    "cause_name": "wide",
    "why": "extra",
    "is_doubtful": "wide",
    "owner_id": "wide",
    "is_contactable": "wide",
}


def list_moves(
    migration: pd.DataFrame, names: Mapping[str, str], accounts: pd.DataFrame | None, language: str, currency: str
) -> pd.DataFrame:
    """Accounts with their segment before and now, why, and revenue; largest revenue first.

    Parameters
    ----------
    migration : DataFrame
        The table; only the main segmentation is listed.
    names : mapping
        Segment id to its name, ``NEW`` and ``GONE`` among them.
    accounts : DataFrame or None
        ``account_id, name`` and, where there is one, ``owner_id``.
    language, currency : str
        Of the sentences.

    Returns
    -------
    DataFrame
        account_id, name, owner_id, from_segment_id, to_segment_id, from_name, to_name, cause, cause_name,
        revenue_before, revenue_12m, why, is_doubtful, is_contactable.
    """
    moves = migration[migration["segmentation_id"] == main_segmentation(migration)]
    moves = moves.assign(
        from_segment_id=moves["from_segment_id"].fillna(NEW), to_segment_id=moves["to_segment_id"].fillna(GONE)
    )
    if accounts is not None:
        attributes = [c for c in ("account_id", "name", "owner_id") if c in accounts.columns]
        moves = moves.merge(accounts[attributes].drop_duplicates("account_id"), on="account_id", how="left")
    moves = moves.reindex(columns=[*moves.columns, *[c for c in ("name", "owner_id") if c not in moves.columns]])
    moves["name"] = moves["name"].where(moves["name"].notna(), moves["account_id"])
    for side in ("from", "to"):
        ids = moves[f"{side}_segment_id"]
        moves[f"{side}_name"] = ids.map(names).fillna(ids)
    causes = {cause: texts.say(f"migration.cause_{cause}", language) for cause in moves["cause"].unique()}
    moves["cause_name"] = moves["cause"].map(causes)
    moves["why"] = tell_reasons(moves, language, currency)
    order = ["revenue_12m", "revenue_before", "account_id"]
    return moves.sort_values(order, ascending=[False, False, True], kind="stable").reset_index(drop=True)


def in_move(moves: pd.DataFrame, origin: str, target: str) -> pd.DataFrame:
    """Accounts of one cell of the matrix; of all that moved where none is chosen."""
    if not (origin and target):
        return moves[moves["cause"] != "stayed"]
    return moves[(moves["from_segment_id"] == origin) & (moves["to_segment_id"] == target)]


def matrix(
    flows: pd.DataFrame, segments: list[dict[str, str]], language: str, currency: str
) -> dict[str, list[dict[str, Any]]]:
    """Migration matrix as what a page shows: where accounts were (rows), where they are now (columns).

    Parameters
    ----------
    flows : DataFrame
        Table `migration_flows`; only the main segmentation is shown.
    segments : list of dict
        ``id, name, colour`` in order, ``NEW`` and ``GONE`` among them.
    language, currency : str
        Of the texts.

    Returns
    -------
    dict
        ``columns``: the segments reached. ``rows``: each with its segment, ``total`` and ``cells``: ``to``, ``n``
        and ``revenue`` as text, ``share`` of the row (0–1), ``is_stay`` and ``is_above`` (more than noise explains).
    """
    flows = flows[flows["segmentation_id"] == main_segmentation(flows)]
    above = flows["is_above_noise"].astype("boolean").fillna(False).astype(bool)
    money = flows["revenue_12m"].where(flows["to_segment_id"] != GONE, flows["revenue_before"])
    sums = (
        flows.assign(above=above, money=money)
        .groupby(["from_segment_id", "to_segment_id"])
        .agg(n=("n_accounts", "sum"), money=("money", "sum"), above=("above", "any"))
    )
    totals = sums["n"].groupby("from_segment_id").sum()
    found = sums.assign(share=sums["n"] / sums.index.get_level_values(0).map(totals)).to_dict("index")
    columns = [s for s in segments if s["id"] in sums.index.get_level_values(1)]

    def cell(origin: str, target: str) -> dict[str, Any]:
        row = found.get((origin, target))
        return {"to": target, "is_stay": origin == target} | (_shown(row, language, currency) if row else NOBODY)

    rows = [
        {
            "segment": origin,
            "total": texts.show(totals[origin["id"]], "count", display.LOCALES[language]),
            "cells": [cell(origin["id"], target["id"]) for target in columns],
        }
        for origin in segments
        if origin["id"] in totals.index
    ]
    return {"columns": columns, "rows": rows}


NOBODY = {"n": "", "revenue": "", "share": 0.0, "is_above": False}


def _shown(row: Mapping[str, Any], language: str, currency: str) -> dict[str, Any]:
    return {
        "n": texts.show(row["n"], "count", display.LOCALES[language]),
        "revenue": display.compact_money(float(row["money"]), language, currency),
        "share": round(float(row["share"]), 4),
        "is_above": bool(row["above"]),
    }
