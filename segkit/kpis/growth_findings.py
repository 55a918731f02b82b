"""What the growth split says: each finding is a key of the texts with its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segkit.kpis.growth import ALL, OWN, PARTS
from segkit.kpis.growth_shaping import name_segments, newest
from segkit.texts import LANGUAGES, say

if TYPE_CHECKING:
    import pandas as pd

Sentences = list[tuple[str, dict[str, Any]]]
SPLIT = ("price", "volume", "mix")


def describe_growth(parts: pd.DataFrame, register: pd.DataFrame, quarter: str) -> Sentences:
    """Return what has changed revenue since the same quarter of the year before, overall and by movement.

    Parameters
    ----------
    parts : DataFrame
        The table `growth_parts` of one segmentation.
    register : DataFrame
        `segment_register` of it.
    quarter : str
        Of the run: where its split is missing, an older one is told and named.
    """
    if parts.empty:
        return [("growth.no_year", {})]
    rows = newest(parts)
    overall = rows[rows["segment_id"] == ALL].set_index("part")
    if overall.empty:
        return [("growth.no_year", {})]
    told = str(rows["quarter"].iloc[0])
    said: Sentences = [] if told == quarter else [("growth.not_complete", {"quarter": told})]
    said += [_answer(overall), _accounts(overall), _price(overall)]
    return said + _movement(rows, register)


def _amounts(rows: pd.DataFrame) -> pd.Series:
    return rows["amount"].astype(float)


def _answer(overall: pd.DataFrame) -> tuple[str, dict[str, Any]]:
    """Return growth and its two largest parts."""
    row, amounts = overall.iloc[0], _amounts(overall).reindex(OWN).dropna()
    before, change = float(row["revenue_before"]), float(row["revenue"]) - float(row["revenue_before"])
    if before <= 0:
        return "growth.answer_plain", {"change": change}
    largest = amounts.loc[amounts.abs().sort_values(ascending=False, kind="stable").index[:2]]
    named: dict[str, Any] = {}
    for place, (part, amount) in zip(("first", "second"), largest.items(), strict=True):
        named |= {f"{place}_{x}": say(f"growth.part_{part}", x) for x in LANGUAGES}
        named[f"{place}_amount"] = float(amount)
    key = "growth.answer_up" if change >= 0 else "growth.answer_down"
    return key, {"change": abs(change), "growth": abs(change) / before} | named


def _accounts(overall: pd.DataFrame) -> tuple[str, dict[str, Any]]:
    amounts = _amounts(overall)
    groups = {name: float(amounts.get(name, 0.0)) for name in ("new", "lost", "paused")}
    stayed = sum(float(amounts.get(name, 0.0)) for name in (*SPLIT, "returns", "other"))
    return "growth.accounts", {"existing": stayed} | groups


def _price(overall: pd.DataFrame) -> tuple[str, dict[str, Any]]:
    """Return what prices did, as a share of the mean of both quarters' sales that were compared."""
    row, amounts = overall.loc["price"], _amounts(overall)
    measured = row["share_measured"]
    if measured != measured or not any(amounts[name] for name in SPLIT):
        return "growth.no_price", {}
    numbers = {"amount": float(amounts["price"]), "share_measured": float(measured)}
    if row["low"] != row["low"]:
        return "growth.price_unsure", numbers
    return "growth.price", numbers | {"low": float(row["low"]), "high": float(row["high"])}


def _movement(rows: pd.DataFrame, register: pd.DataFrame) -> Sentences:
    """Return which segment gained and which lost most revenue by movement."""
    named = name_segments(rows[rows["part"].isin(PARTS[-2:])], register)
    if named.empty:
        return []
    keys = ["segment_id", "segment_de", "segment_en"]
    net = named.assign(amount=_amounts(named)).groupby(keys, as_index=False)["amount"].sum()
    if not (named["amount"].astype(float) != 0).any():
        return [("growth.no_moved", {})]
    net = net.sort_values(["amount", "segment_id"], ignore_index=True)
    left, gained = net.iloc[0], net.iloc[-1]
    numbers = {"gained": float(gained["amount"]), "left": abs(float(left["amount"]))}
    names = {
        f"{place}_{x}": row[f"segment_{x}"] for place, row in (("gained", gained), ("left", left)) for x in LANGUAGES
    }
    return [("growth.moved", numbers | names), ("growth.back_cast", {})]
