"""What the cockpit shows, as frames made from a run's tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

TABLES = ("run_period", "segments", "segment_register", "account_value", "accounts")
ACCOUNT_COLUMNS = [
    "account_id",
    "name",
    "segment_id",
    "segment_name",
    "city",
    "owner_id",
    "is_contactable",
    "abc_class",
    "revenue_12m",
    "revenue_prev_12m",
    "growth",
    "margin_12m",
    "frequency",
    "days_since_last",
]
SILENT_DAYS = 180


def cockpit_data(
    tables: Mapping[str, pd.DataFrame], previous: Mapping[str, pd.DataFrame] | None, language: str
) -> dict[str, pd.DataFrame]:
    """Frames of the cockpit from the tables of a run and of the run before.

    Parameters
    ----------
    tables : mapping
        ``run_period, segments, segment_register, account_value`` and, if there is one, ``accounts``.
    previous : mapping or None
        The same of the nearest earlier complete run; None gives no changes. An incomplete quarter has none either.
    language : str
        Language of segment names.

    Returns
    -------
    dict
        ``accounts``: account_id, name, segment_id, segment_name, city, owner_id, is_contactable, abc_class,
        revenue_12m, revenue_prev_12m, growth, margin_12m, frequency, days_since_last; largest revenue first.
        ``tiles``: segment_id, name, colour, n_accounts, share_accounts, revenue, share_revenue, change_accounts,
        change_revenue; key accounts first, dormant ones last. Shares are of all accounts; changes are counts and money.

    Raises
    ------
    KeyError
        When one of the four tables is missing.
    """
    register = register_of(tables["segment_register"], language)
    accounts = _accounts(tables, register)
    earlier = None
    if previous is not None and bool(tables["run_period"]["is_complete"].iloc[0]):
        earlier = _sums(_accounts(previous, register))
    return {"accounts": accounts, "tiles": _tiles(accounts, register, earlier)}


def main_segmentation(segments: pd.DataFrame) -> str:
    """The segmentation that the cockpit shows: ``value``, else the first."""
    ids = segments["segmentation_id"].unique()
    return "value" if "value" in ids or not len(ids) else str(sorted(ids)[0])


def register_of(register: pd.DataFrame, language: str) -> pd.DataFrame:
    """Segments of the main segmentation, key accounts first, dormant ones last: segment_id, name, colour."""
    main = register[register["segmentation_id"] == main_segmentation(register)]
    place = main["segment_id"].map({"KEY": 0, "DORMANT": 2}).fillna(1)  # the rule-made ones frame the others
    ordered = main.assign(name=main[f"name_{language}"], place=place).sort_values(["place", "segment_id"])
    return ordered[["segment_id", "name", "colour"]].reset_index(drop=True)


def _accounts(tables: Mapping[str, pd.DataFrame], register: pd.DataFrame) -> pd.DataFrame:
    segments = tables["segments"]
    segments = segments[segments["segmentation_id"] == main_segmentation(segments)][["account_id", "segment_id"]]
    names = register.set_index("segment_id")["name"]
    merged = tables["account_value"].merge(segments, on="account_id", how="inner", validate="1:1")
    known = tables.get("accounts")
    if known is not None:
        attributes = [c for c in ("account_id", "name", "city", "owner_id") if c in known.columns]
        merged = merged.merge(known[attributes].drop_duplicates("account_id"), on="account_id", how="left")
    merged = merged.reindex(columns=[*merged.columns, *[c for c in ACCOUNT_COLUMNS if c not in merged.columns]])
    merged["name"] = merged["name"].where(merged["name"].notna(), merged["account_id"])
    merged["segment_name"] = merged["segment_id"].map(names).fillna(merged["segment_id"])
    ordered = merged.sort_values(["revenue_12m", "account_id"], ascending=[False, True], kind="stable")
    return ordered[ACCOUNT_COLUMNS].reset_index(drop=True)


def _sums(accounts: pd.DataFrame) -> pd.DataFrame:
    return accounts.groupby("segment_id").agg(n_accounts=("account_id", "size"), revenue=("revenue_12m", "sum"))


def _tiles(accounts: pd.DataFrame, register: pd.DataFrame, earlier: pd.DataFrame | None) -> pd.DataFrame:
    sums = _sums(accounts)
    tiles = register[register["segment_id"].isin(sums.index)].merge(sums, on="segment_id")
    tiles["share_accounts"] = tiles["n_accounts"] / max(len(accounts), 1)
    total = accounts["revenue_12m"].sum()
    tiles["share_revenue"] = tiles["revenue"] / total if total else float("nan")
    for column in ("n_accounts", "revenue"):
        change = f"change_{column.removeprefix('n_')}"
        before = float("nan") if earlier is None else tiles["segment_id"].map(earlier[column]).fillna(0)
        tiles[change] = tiles[column] - before
    return tiles.reset_index(drop=True)


def in_segment(accounts: pd.DataFrame, segment_id: str) -> pd.DataFrame:
    """Accounts of one segment; of all where none is chosen."""
    return accounts[accounts["segment_id"] == segment_id] if segment_id else accounts


def palette(tiles: pd.DataFrame) -> dict[str, str]:
    """Colour of each segment by its name."""
    return dict(zip(tiles["name"], tiles["colour"], strict=True))


def findings(data: Mapping[str, pd.DataFrame]) -> list[tuple[str, dict[str, Any]]]:
    """Sentences above the tiles: (key of the texts, its numbers)."""
    accounts, tiles = data["accounts"], data["tiles"]
    if accounts.empty:
        return [("cockpit.no_accounts", {})]
    found: list[tuple[str, dict[str, Any]]] = []
    top = tiles.sort_values("revenue", ascending=False).iloc[0]
    found.append(
        (
            "cockpit.top_segment",
            {
                "name": top["name"],
                "n": top["n_accounts"],
                "share_accounts": top["share_accounts"],
                "share": top["share_revenue"],
            },
        )
    )
    silent = accounts[(accounts["days_since_last"] > SILENT_DAYS) & (accounts["revenue_12m"] > 0)]
    if len(silent):
        found.append(
            ("cockpit.silent", {"n": len(silent), "days": SILENT_DAYS, "revenue": silent["revenue_12m"].sum()})
        )
    return found + _moved(tiles)


def _moved(tiles: pd.DataFrame) -> list[tuple[str, dict[str, Any]]]:
    changed = tiles.dropna(subset=["change_accounts"])
    changed = changed[changed["change_accounts"] != 0]
    if changed.empty:
        return []
    most = changed.loc[changed["change_accounts"].abs().idxmax()]
    key = "cockpit.gained" if most["change_accounts"] > 0 else "cockpit.lost"
    sign = "+" if most["change_revenue"] >= 0 else "−"
    return [
        (
            key,
            {
                "name": most["name"],
                "n": abs(most["change_accounts"]),
                "sign": sign,
                "revenue": abs(most["change_revenue"]),
            },
        )
    ]
