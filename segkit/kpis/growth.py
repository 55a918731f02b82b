"""What made revenue grow or fall since the same quarter a year before: price, volume, mix, accounts that came or went.

Per account, and therefore additive over any set of accounts; whole ten-thousandths of the currency, so that the parts
of every segment add up exactly. Formulas and sources: docs/growth.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from segkit.quarters import Quarter
from segkit.statistics.intervals import MONEY_SCALE, ratio_intervals
from segkit.tables import no_rows

if TYPE_CHECKING:
    import pandas as pd

    from segkit.settings.kpis import KpiSettings

ALL, NO_SEGMENT = "ALL", "NONE"
OWN = ["price", "volume", "mix", "returns", "other", "new", "lost", "paused"]
PARTS = [*OWN, "moved_in", "moved_out"]
YEAR = 4


def plan_quarters(quarter: Quarter, complete: Iterable[str], n_quarters: int = 8) -> dict[str, pd.DataFrame]:
    """Return the frames that query `growth_accounts` asks for: which quarters are compared with which.

    Parameters
    ----------
    quarter : Quarter
        Of the run.
    complete : iterable of str
        Quarters that the data cover; a quarter is compared only if both it and the one a year before are among them.
    n_quarters : int
        At most so many quarters are compared, the newest ones.

    Returns
    -------
    dict
        growth_quarters: position, quarter, first_day, last_day, without a gap; growth_sides: pair, position, is_now.
        Both without rows where nothing can be compared.
    """
    import pandas as pd

    known = set(complete)
    wanted = [quarter - back for back in range(n_quarters - 1, -1, -1)]
    pairs = [each for each in wanted if {each.label, (each - YEAR).label} <= known]
    every = Quarter.between(pairs[0] - YEAR, pairs[-1]) if pairs else []
    positions = {each.label: place for place, each in enumerate(every)}
    days = {"first_day": [each.start for each in every], "last_day": [each.end for each in every]}
    quarters = pd.DataFrame({"position": range(len(every)), "quarter": list(positions)} | days)
    sides = [(positions[each.label], positions[(each - back).label], back == 0) for each in pairs for back in (0, YEAR)]
    return {
        "growth_quarters": quarters.astype(
            {"position": "int64", "quarter": "str", "first_day": "datetime64[us]", "last_day": "datetime64[us]"}
        ),
        "growth_sides": pd.DataFrame(sides, columns=["pair", "position", "is_now"]).astype(
            {"pair": "int64", "position": "int64", "is_now": "bool"}
        ),
    }


def product_groups(products: pd.DataFrame | None) -> pd.DataFrame:
    """Return product_id and product_group as query `growth_accounts` asks for them; no rows where nobody knows any."""
    import pandas as pd

    if products is None:
        products = pd.DataFrame({"product_id": [], "product_group": []})
    known = products.drop_duplicates("product_id")[["product_id", "product_group"]]
    return known.astype({"product_id": "str", "product_group": "object"})


def account_parts(changes: pd.DataFrame, quarters: pd.DataFrame) -> pd.DataFrame:
    """Return the parts of each account's change in revenue, in whole ten-thousandths of the currency.

    Parameters
    ----------
    changes : DataFrame
        Of query `growth_accounts`.
    quarters : DataFrame
        `growth_quarters` of `plan_quarters`.

    Returns
    -------
    DataFrame
        quarter, compared_quarter, account_id, revenue, revenue_before, priced (sales with product and quantity of
        accounts that bought in both quarters), measured (the part of it whose price the account paid in both), and the
        parts `OWN`; their sum is revenue − revenue_before. A new account bought for the first time after the earlier
        quarter, a lost one never since it; who bought in only one of the two without being either has paused.
    """
    labels = quarters["quarter"].to_numpy()
    ends = quarters.set_index("position")["last_day"]
    pair = changes["pair"].to_numpy()
    sold, was_sold = changes["is_sold"].to_numpy(bool), changes["was_sold"].to_numpy(bool)
    change = (changes["revenue"] - changes["revenue_before"]).to_numpy(np.int64)
    first = changes["first_sale_date"]
    is_new = sold & ~was_sold & (first > changes["pair"].map(ends.shift(YEAR))).to_numpy(bool)
    is_lost = was_sold & ~sold & (changes["n_later"] == 0).to_numpy(bool)
    is_paused = (sold != was_sold) & ~is_new & ~is_lost
    stays = sold & was_sold
    found = {name: np.where(stays, changes[name].to_numpy(np.int64), 0) for name in ("price", "volume")}
    found["returns"] = np.where(stays, changes["returned"].to_numpy(np.int64), 0)
    found["other"] = np.where(stays, changes["other"].to_numpy(np.int64), np.where(sold | was_sold, 0, change))
    rest = change - found["price"] - found["volume"] - found["returns"] - found["other"]
    found["mix"] = np.where(stays, rest, 0)
    for name, has in (("new", is_new), ("lost", is_lost), ("paused", is_paused)):
        found[name] = np.where(has, change, 0)
    kept = changes[["account_id", "revenue", "revenue_before"]].reset_index(drop=True)
    return kept.assign(
        quarter=labels[pair],
        compared_quarter=labels[pair - YEAR],
        priced=np.where(stays, changes["priced"], 0),
        measured=np.where(stays, changes["measured"], 0),
        **{name: found[name] for name in OWN},
    )


def split_growth(
    changes: pd.DataFrame,
    quarters: pd.DataFrame,
    segments: pd.DataFrame,
    past_segments: pd.DataFrame,
    quarter: Quarter,
    settings: KpiSettings,
    seed: int = 0,
) -> pd.DataFrame:
    """Return the table `growth_parts`: what changed the revenue of each segment since the year before.

    Parameters
    ----------
    changes, quarters : DataFrame
        Of query `growth_accounts`, and `growth_quarters` of `plan_quarters`.
    segments : DataFrame
        segmentation_id, account_id, segment_id at the end of the run's quarter.
    past_segments : DataFrame
        The same with quarter: segments at the end of earlier quarters.
    quarter : Quarter
        Of the run.
    settings : KpiSettings
        Smallest number of accounts, confidence, resamples.
    seed : int
        What resampling starts from.

    Returns
    -------
    DataFrame
        The columns of `growth_parts`; no rows where no quarter has a year before it. Quarters whose year before nobody
        can divide into segments are told overall only (``ALL``); accounts without any segment are ``NONE``.
    """
    import pandas as pd

    if changes.empty:
        return no_rows("growth_parts")
    parts = account_parts(changes, quarters)
    now = segments.assign(quarter=quarter.label)
    columns = ["segmentation_id", "quarter", "account_id", "segment_id"]
    known = pd.concat([past_segments[columns], now[columns]], ignore_index=True)
    told = []
    for name, mine in known.groupby("segmentation_id"):
        by_quarter = {label: each.set_index("account_id")["segment_id"] for label, each in mine.groupby("quarter")}
        for (label, before), rows in parts.groupby(["quarter", "compared_quarter"]):
            held = by_quarter.get(label), by_quarter.get(before)
            sums = _sum_quarter(rows, *held, settings, seed, with_limits=label == quarter.label)
            told.append(sums.assign(segmentation_id=name, quarter=label, compared_quarter=before))
    if not told:
        return no_rows("growth_parts")
    table = pd.concat(told, ignore_index=True)
    return table.assign(is_small=table["n"] < settings.min_accounts, is_back_cast=table["quarter"] != quarter.label)


def _sum_quarter(
    rows: pd.DataFrame,
    closing: pd.Series | None,
    before: pd.Series | None,
    settings: KpiSettings,
    seed: int,
    with_limits: bool,
) -> pd.DataFrame:
    """Return segment_id, part, amount, low, high, n, revenue_before, revenue, share_measured of one quarter."""
    import pandas as pd

    rows = rows.sort_values("account_id", ignore_index=True)
    ids, here, there = _places(rows["account_id"], closing, before)
    moved = here != there
    carried = np.where(moved, rows["revenue_before"], 0).astype(np.int64)
    own = [*(rows[name].to_numpy(np.int64) for name in OWN), carried]
    matrix, out = np.column_stack(own), -carried[:, None]
    limits = np.full((len(ids) + 1, len(PARTS), 2), np.nan)
    if with_limits:
        limits = _limits(matrix, here, out, there, len(ids), settings, seed)
    found = []
    for place, segment_id in enumerate([*ids, ALL]):
        is_all = segment_id == ALL
        mine, left = (here == place) | is_all, ((there == place) & moved) & (not is_all)
        columns = [*(matrix[mine, i] for i in range(matrix.shape[1])), out[left, 0]]
        priced, measured = (int(rows.loc[mine, name].sum()) for name in ("priced", "measured"))
        known = {
            "revenue_before": int(rows.loc[(there == place) | is_all, "revenue_before"].sum()) / MONEY_SCALE,
            "revenue": int(rows.loc[mine, "revenue"].sum()) / MONEY_SCALE,
            "share_measured": round(measured / priced, 12) if priced else np.nan,
        }
        for part, column, (low, high) in zip(PARTS, columns, limits[place], strict=True):
            if is_all and part in ("moved_in", "moved_out"):
                continue
            amount = int(column.sum()) / MONEY_SCALE
            n = int(np.count_nonzero(column))
            found.append(
                {"segment_id": segment_id, "part": part, "amount": amount, "low": low, "high": high, "n": n} | known
            )
    return pd.DataFrame(found)


def _places(
    accounts: pd.Series, closing: pd.Series | None, before: pd.Series | None
) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Return the segments, and the place of each account's among them at the end of both quarters.

    Who has a segment at one end only has not moved: it counts where it is known. Without segments at the earlier end
    nothing can be told by segment, and there is none.
    """
    if closing is None or before is None:
        nowhere = np.full(len(accounts), -1)
        return [], nowhere, nowhere
    here, there = accounts.map(closing), accounts.map(before)
    here, there = here.fillna(there).fillna(NO_SEGMENT), there.fillna(here).fillna(NO_SEGMENT)
    ids = sorted({*here, *there, *closing.unique()})
    place = {segment_id: number for number, segment_id in enumerate(ids)}
    return ids, here.map(place).to_numpy(int), there.map(place).to_numpy(int)


def _limits(
    matrix: np.ndarray,
    here: np.ndarray,
    out: np.ndarray,
    there: np.ndarray,
    n_groups: int,
    settings: KpiSettings,
    seed: int,
) -> np.ndarray:
    """Return segments + 1 × parts × (low, high), in currency: how much hangs on which accounts there happen to be."""
    limits = []
    for values, groups in ((matrix, here), (out, there)):
        money, ones = values / MONEY_SCALE, np.ones(values.shape)
        of_all = np.ones(values.shape[1], bool)
        pair = ratio_intervals(money, ones, groups, n_groups, of_all, settings.draws, seed, settings.confidence)
        limits.append(np.stack(pair, axis=2) * len(values))
    return np.round(np.concatenate(limits, axis=1), 2)
