"""What notebook 01 says of the age of firmographics, and of what an external file renewed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit import texts
from segkit.cleansing.fields import field_name

if TYPE_CHECKING:
    import pandas as pd

    from segkit.cleansing.findings import Finding


def describe_freshness(freshness: pd.DataFrame) -> list[Finding]:
    """Say for each firmographic how much of it is stale and what money rests on it, the most money first.

    Parameters
    ----------
    freshness : DataFrame
        The table freshness.
    """
    found: list[tuple[float, Finding]] = []
    for column, rows in freshness.groupby("column", sort=True):
        names = {f"field_{x}": _capital(field_name(str(column), x)) for x in texts.LANGUAGES}
        known = rows[rows["known_date"].notna()]
        n_unknown = len(rows) - len(known)
        if n_unknown:
            found.append((-1.0, ("quality.age_not_known", {**names, "n_unknown": n_unknown})))
        stale = stale_values(known)
        if len(stale):
            money = float(stale["revenue"].astype(float).sum())
            numbers = {**names, "n_stale": len(stale), "n_known": len(known), "share": len(stale) / len(known),
                       "revenue": money}  # fmt: skip
            found.append((money, ("quality.stale", numbers)))
        elif len(known):
            found.append((0.0, ("quality.not_stale", {**names, "n_known": len(known)})))
    ordered = [finding for _, finding in sorted(found, key=lambda one: -one[0])]
    return ordered or [("quality.freshness_none", {})]


def stale_values(freshness: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of stale values."""
    return freshness[freshness["is_stale"].fillna(False).astype(bool)]


def revenue_at_stake(freshness: pd.DataFrame) -> float:
    """Return the revenue of accounts with a stale value, each account once."""
    stale = stale_values(freshness)
    return float(stale.assign(money=stale["revenue"].astype(float)).groupby("account_id")["money"].max().sum())


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def describe_refresh(freshness: pd.DataFrame, account_links: pd.DataFrame, data_quality: pd.DataFrame) -> list[Finding]:
    """Say what an external file knew and renewed, or why it was not used.

    Parameters
    ----------
    freshness, account_links, data_quality : DataFrame
        The tables of these names.
    """
    refused = data_quality[(data_quality["check"] == "matches_everything") & (data_quality["n_bad"] > 0)]
    if len(refused):
        return [("quality.warn_refresh_refused", row) for row in refused[["n_rows", "n_bad"]].to_dict("records")]
    linked = account_links[account_links["how"] == "external"]
    renewed = freshness[freshness["is_refreshed"].fillna(False).astype(bool)]
    n_linked = int(linked["account_id"].nunique())
    if linked.empty and renewed.empty:
        return [("quality.refresh_none", {})]
    if renewed.empty:
        return [("quality.refresh_no_use", {"n_linked": n_linked})]
    money = renewed.assign(money=renewed["revenue"].astype(float)).groupby("account_id")["money"].max()
    numbers = {"n_linked": n_linked, "n_values": len(renewed), "n_accounts": len(money), "revenue": float(money.sum())}
    return [("quality.refreshed", numbers)]
