"""Columns that know the future: the same features made from all rows, and from those known on the day only."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING

import numpy as np

from segkit.tables import TABLES
from segkit.value.backtests.metrics import area_under_curve, find_ties

if TYPE_CHECKING:
    import pandas as pd

Tables = Mapping[str, "pd.DataFrame"]

TOLERANCE = 1e-9
MOST_ACCOUNTS = 2000
ENDS: dict[str, tuple[str, dict[str, object]]] = {
    "opportunities": ("close_date", {"stage": "open", "is_closed": False, "is_won": False}),
    "leads": ("converted_date", {"status": "open", "opportunity_id": None}),
    "tickets": ("closed_date", {}),
}
"""Table → day on which its row ended, and what its other columns held before (as cleansing masks it at as-of)."""
SUSPICIOUS_AUC = 0.97
FEWEST_CASES = 30


def known_at(frame: pd.DataFrame, name: str, day: pd.Timestamp) -> pd.DataFrame:
    """Return of a table what was known on a day.

    Events up to the day, and nothing of how they went on unless they had ended by then (a stage has no history); rows
    of a panel up to the day; of snapshots nothing, since nobody knows what they said then. The agreed end of a contract
    was known when it was signed.

    Parameters
    ----------
    frame : DataFrame
        A table of `tables.yml`, or a frame with as_of.
    name : str
        Its name.
    day : Timestamp
        What came later is not known.
    """
    import pandas as pd

    day = pd.Timestamp(day)
    table = TABLES.get(name)
    date = "as_of" if "as_of" in frame else table.event_date if table else None
    if date is None:
        return frame.iloc[:0]
    known = frame[pd.to_datetime(frame[date]) <= day]
    ended, before = ENDS.get(name, (None, {}))
    if ended is None or ended not in known:
        return known
    is_later = ~(pd.to_datetime(known[ended]) <= day)  # also where there is no day: it may have ended since
    masked = {column: known[column].mask(is_later, value) for column, value in before.items() if column in known}
    return known.assign(**masked, **{ended: known[ended].mask(is_later)})


def find_leaks(
    build: Callable[[dict[str, pd.DataFrame], pd.Timestamp], pd.DataFrame],
    tables: Tables,
    day: pd.Timestamp,
    timeless: Collection[str] = (),
) -> list[str]:
    """Return the columns of features of a day that change when what came later is taken away.

    Parameters
    ----------
    build : callable
        ``build(tables, day)`` → features of the day, index account_id (or lead_id).
    tables : mapping
        Name of a table → frame, as the features are made from; `account_features` may be among them.
    day : Timestamp
        A past quarter end.
    timeless : collection of str
        Tables without history that are taken as known all along (such as the names of product groups). Any other
        snapshot is emptied: what is made from it leaks.

    Returns
    -------
    list of str
        In the order of the columns; `account_id` first where other accounts are found. Numbers that differ by less
        than a billionth are equal. With more than 2,000 accounts the rows of 2,000 of them are looked at.
    """
    some = _some_accounts(tables)
    known = {name: t if name in timeless else known_at(t, name, day) for name, t in some.items()}
    now, then = build(dict(some), day), build(known, day)
    both = now.index.intersection(then.index)
    leaks = ["account_id"] if len(now.index.symmetric_difference(then.index)) else []
    for column in dict.fromkeys([*now.columns, *then.columns]):
        if column not in now or column not in then or not _is_same(now.loc[both, column], then.loc[both, column]):
            leaks.append(str(column))
    return leaks


def _some_accounts(tables: Tables) -> dict[str, pd.DataFrame]:
    """Return the tables with the rows of at most 2,000 accounts, evenly spread over the ids; rows without one stay."""
    ids = sorted({i for t in tables.values() if "account_id" in t for i in t["account_id"].dropna().unique()})
    if len(ids) <= MOST_ACCOUNTS:
        return dict(tables)
    chosen = set(ids[:: -(-len(ids) // MOST_ACCOUNTS)])
    return {
        name: t[t["account_id"].isna() | t["account_id"].isin(chosen)] if "account_id" in t else t
        for name, t in tables.items()
    }


def _is_same(now: pd.Series, then: pd.Series) -> bool:
    import pandas as pd

    is_missing = now.isna().to_numpy()
    if (is_missing != then.isna().to_numpy()).any():
        return False
    a, b = now[~is_missing], then[~is_missing]
    if pd.api.types.is_numeric_dtype(now) and pd.api.types.is_numeric_dtype(then):
        x, y = a.to_numpy(dtype="float64"), b.to_numpy(dtype="float64")
        return bool(np.allclose(x, y, rtol=TOLERANCE, atol=TOLERANCE))
    return bool((a.astype(str).to_numpy() == b.astype(str).to_numpy()).all())


def find_suspects(features: pd.DataFrame, outcome: pd.Series) -> list[str]:
    """Return numeric features that alone separate an outcome nearly perfectly: too good to be known beforehand.

    Parameters
    ----------
    features : DataFrame
        One row per case; numbers and flags are looked at, missing values left out.
    outcome : Series
        1 or 0 by case, same index.

    Returns
    -------
    list of str
        Columns with an area under the curve above .97 or below .03, with at least 30 cases of either outcome.
    """
    import pandas as pd

    has_all = outcome.to_numpy(dtype="float64")
    found = []
    for column in features:
        if not pd.api.types.is_numeric_dtype(features[column]):
            continue
        x = features[column].to_numpy(dtype="float64", na_value=np.nan)
        known = np.isfinite(x) & np.isfinite(has_all)
        has = has_all[known]
        if min(has.sum(), len(has) - has.sum()) < FEWEST_CASES:
            continue
        area = float(area_under_curve(find_ties(x[known]), has, np.ones((len(has), 1)))[0])
        if max(area, 1 - area) > SUSPICIOUS_AUC:
            found.append(str(column))
    return found
