"""From ten to fifteen groups of persons to the two or three to start with: what can be learned, who can be reached."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.segments.needs.persons import NONE

if TYPE_CHECKING:
    import pandas as pd

LEAST_PERSONS = 8  # a smaller group is a list of names, no group
TALKS, SAY_YES = 5, 0.25  # talks wanted within two to three months, and how many of those asked agree to one
LEAST_REACHED = round(TALKS / SAY_YES)  # persons one may ask
RECENT_DAYS = 180
SPLITS = ("department", "industry", "size_class", "region", "way")
ACCESS = ("contactable_share", "owner_share", "recent_share", "active_share")
LEARNING = ("unsure", "revenue_share", "spread")
DIGITS = 12


def rate_candidates(
    persons: pd.DataFrame, contacts: pd.DataFrame, accounts: pd.DataFrame, features: pd.DataFrame, settings: Any
) -> pd.DataFrame:
    """Return the groups of persons that a start could be made with, the best first: table `need_candidates`.

    Parameters
    ----------
    persons : DataFrame
        Table `contact_segments`; those who count and are placed are grouped.
    contacts, accounts : DataFrame
        Tables of that name, for department, owner_id, industry, size_class, region.
    features : DataFrame
        One slice of `account_features`: revenue_12m (money), days_since_last.
    settings : PersonSegmentation
        candidates (rows at most), start_with.

    Returns
    -------
    DataFrame
        A group is a need within a department, an industry, a class of size, a region, or at end customers of dealers
        (``way``: dealer). segmentation_id, rank, segment_id, split_by, value, n_persons, n_accounts, n_reachable
        (persons that may be contacted), the shares of access (contactable; account has an owner; bought within 180
        days; has revenue; the last two empty where all are end customers) and the mean of those known, ``access``;
        ``unsure`` (1 less the mean confidence: what talks would teach about the need), ``revenue_share`` (revenue of
        its accounts of all), ``spread`` (effective number of accounts by persons, of all persons), and ``learning``:
        the mean of their ranks among all groups; ``score`` = √(access · learning); ``is_start``; reason_good and
        reason_weak (keys of the strongest and the weakest figure).

    Notes
    -----
    A group can be started with where at least 20 persons may be asked: at one in four agreeing, five talks come about
    within two to three months. The first is the best score, the others are of other needs, so that a start compares
    needs and no two of it are the same people. No need has more than half of the candidates.
    """
    import pandas as pd

    known = _known(persons, contacts, accounts, features)
    groups = [_measure(known, name, settings) for name in SPLITS if name in known]
    filled = [frame for frame in groups if len(frame)]
    if not filled:
        return pd.DataFrame()
    table = pd.concat(filled, ignore_index=True)
    table["access"] = table[list(ACCESS)].mean(axis=1)
    table["learning"] = sum(table[name].rank(pct=True) for name in LEARNING) / len(LEARNING)
    table["score"] = np.sqrt(table["access"] * table["learning"])
    table = table.round(dict.fromkeys((*ACCESS, *LEARNING, "access", "learning", "score"), DIGITS))
    table = _in_order(table)
    table = _best_of_each(table, settings.candidates, settings.mode)
    table = table.assign(rank=np.arange(1, len(table) + 1), segmentation_id=persons["segmentation_id"].iloc[0])
    return _reasons(table).assign(is_start=_starts(table, settings.start_with))


def _known(persons: pd.DataFrame, contacts: pd.DataFrame, accounts: pd.DataFrame, features: pd.DataFrame):
    """Return counted and placed persons with what is known of them and their accounts."""
    rows = persons[persons["is_counted"] & (persons["basis"] != NONE)]
    person = contacts.set_index("contact_id")
    account = accounts.drop_duplicates("account_id").set_index("account_id")
    money = features.drop_duplicates("account_id").set_index("account_id")
    at = rows["account_id"]
    revenue = at.map(money["revenue_12m"]).astype(float).fillna(0.0)
    days = at.map(money["days_since_last"]).astype(float)
    rows = rows.assign(
        revenue=revenue,
        is_active=(revenue > 0).astype(float),
        is_recent=(days <= RECENT_DAYS).to_numpy(float),
        may=rows["is_contactable"].fillna(False).astype(bool),
        total=float(money["revenue_12m"].sum()),
        has_owner=(at.map(account["owner_id"]).notna() if "owner_id" in account else False),
    )
    if "is_indirect" in rows:  # what they buy, they buy from their dealer: nothing is known of when and how much
        rows = rows.assign(**{name: rows[name].mask(rows["is_indirect"]) for name in ("is_active", "is_recent")})
    if "department" in person:
        rows["department"] = rows["contact_id"].map(person["department"])
    for name in ("industry", "size_class", "region"):
        if name in account:
            rows[name] = at.map(account[name])
    return rows.assign(way=rows["is_indirect"].map({True: "dealer"})) if "is_indirect" in rows else rows


def _measure(known: pd.DataFrame, name: str, settings: Any) -> pd.DataFrame:
    """Return the figures of each need within each value of a column."""
    import pandas as pd

    rows: list[dict[str, Any]] = []
    n_all = len(known)
    for (segment, value), group in known.groupby(["segment_id", name], sort=True):
        if len(group) < LEAST_PERSONS:
            continue
        sizes = group["account_id"].value_counts().to_numpy(float)
        once = group.drop_duplicates("account_id")
        total = float(group["total"].iloc[0])
        rows.append(
            {
                "segment_id": segment,
                "split_by": name,
                "value": str(value),
                "n_persons": len(group),
                "n_accounts": len(sizes),
                "n_reachable": int(group["may"].sum()),
                "revenue_12m": round(float(once["revenue"].sum()), 4),
                "contactable_share": float(group["may"].mean()),
                "owner_share": float(group["has_owner"].mean()),
                "recent_share": float(group["is_recent"].mean()),
                "active_share": float(group["is_active"].mean()),
                "unsure": 1 - float(group["confidence"].mean()),
                "revenue_share": float(once["revenue"].sum()) / total if total > 0 else 0.0,
                "spread": float(sizes.sum() ** 2 / (sizes**2).sum()) / n_all,
            }
        )
    return pd.DataFrame(rows)


def _in_order(table: pd.DataFrame) -> pd.DataFrame:
    """Return the best first."""
    order = ["score", "segment_id", "split_by", "value"]
    return table.sort_values(order, ascending=[False, True, True, True], ignore_index=True)


def _best_of_each(table: pd.DataFrame, most: int, mode: str) -> pd.DataFrame:
    """Return the best rows, no need with more than half of them as long as others have groups.

    Where a new offer is designed, the best group of end customers is one of them.
    """
    import pandas as pd

    ends = table.index[(table["split_by"] == "way") & (mode == "business_design")][:1]
    most = most - len(ends)
    held, table = table.loc[ends], table.drop(ends)
    n_before = table.groupby("segment_id").cumcount()
    first = table[n_before < (most + 1) // 2].head(most)
    rest = table.drop(first.index).head(most - len(first))
    both = table.loc[table.index.isin(first.index) | table.index.isin(rest.index)]
    return both.reset_index(drop=True) if held.empty else _in_order(pd.concat([both, held]))


def _starts(table: pd.DataFrame, wanted: int) -> np.ndarray:
    """Return which groups to start with: the best of each need that can be reached, then the next best."""
    may = table[table["n_reachable"] >= LEAST_REACHED]
    first = may.drop_duplicates("segment_id").head(wanted)
    chosen = [*first.index, *may.index.difference(first.index, sort=True)][:wanted]
    return table.index.isin(chosen)


def _reasons(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with the figures in which a group stands highest and lowest among the candidates."""
    figures = table[[*ACCESS, *LEARNING]]
    figures = figures.loc[:, figures.nunique() > 1] if len(table) > 1 else figures  # what all share sets nobody apart
    ranks = (figures if len(figures.columns) else table[["access"]]).rank(pct=True)
    good = [f"needs.good_{name}" for name in ranks.idxmax(axis=1)]
    weak = [f"needs.weak_{name}" for name in ranks.idxmin(axis=1)]
    reached = (table["n_reachable"] >= LEAST_REACHED).tolist()
    weak = [key if may else "needs.weak_reachable" for key, may in zip(weak, reached, strict=True)]
    return table.assign(reason_good=good, reason_weak=weak)
