"""Does the company grow faster than its market? Growth of the accounts' sectors beside the growth of the accounts."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from segkit.quarters import GRACE_DAYS, Quarter
from segkit.statistics.intervals import ratio_intervals
from segkit.tables import no_rows

if TYPE_CHECKING:
    import pandas as pd

ALL, OPENING, CLOSING = "ALL", "opening", "closing"
DRAWS = 2000
FEWEST_KNOWN = 0.5  # share of the revenue whose sector must be known for a segment to be compared


@dataclass(frozen=True)
class Period:
    """A year or quarter of the table `sectors`, and the one that its growth is measured against."""

    label: str
    start: dt.date
    end: dt.date

    @property
    def before(self) -> tuple[dt.date, dt.date]:
        """First and last day of the same period a year before."""
        return (Quarter.of(self.start) - 4).start, (Quarter.of(self.end) - 4).end

    @classmethod
    def parse(cls, text: object) -> Period | None:
        """Read ``2025``, ``2025Q4``, ``Q4 2025``, ``2025-Q4``; None for anything else."""
        found = re.search(r"(\d{4})", str(text))
        quarter = re.search(r"Q\s*([1-4])", str(text).upper())
        if found is None:
            return None
        first, last = (int(quarter[1]),) * 2 if quarter else (1, 4)
        label = f"{found[1]}Q{first}" if quarter else found[1]
        year = int(found[1])
        return cls(label, Quarter(year, first).start, Quarter(year, last).end)


def find_period(sectors: pd.DataFrame | None, first_money: pd.Timestamp, as_of: dt.date) -> Period | None:
    """Return the newest period of `sectors` that has ended and has growth and a year of money before it, or None.

    Parameters
    ----------
    sectors : DataFrame or None
        industry_code, period, growth, market_size.
    first_money, as_of : Timestamp, date
        First day with money (NaT where there is none), and the day up to which things are known.
    """
    import pandas as pd

    if sectors is None or sectors.empty or pd.isna(first_money):
        return None
    told = sectors[sectors["growth"].notna() | sectors["market_size"].notna()]
    periods = {period for text in told["period"].dropna().unique() if (period := Period.parse(text))}
    known = pd.Timestamp(first_money).date() - dt.timedelta(days=GRACE_DAYS)
    fitting = [each for each in periods if each.end <= as_of and each.before[0] >= known and len(_growth(told, each))]
    return max(fitting, key=lambda each: (each.end, each.start), default=None)


def _rows_of(sectors: pd.DataFrame, labels: set[str]) -> pd.DataFrame:
    import pandas as pd

    parsed = [Period.parse(text) for text in sectors["period"]]
    mine = sectors[[period is not None and period.label in labels for period in parsed]]
    numbers = {name: pd.to_numeric(mine[name], errors="coerce").astype("float64") for name in ("growth", "market_size")}
    return mine.assign(**numbers).drop_duplicates("industry_code", keep="last").set_index("industry_code")


def _growth(sectors: pd.DataFrame, period: Period) -> pd.DataFrame:
    """Return growth and market_size by industry code; growth from the sizes of both years where it is not told."""
    rows = _rows_of(sectors, {period.label})
    earlier = f"{int(period.label[:4]) - 1}{period.label[4:]}"
    size_before = _rows_of(sectors, {earlier})["market_size"].reindex(rows.index)
    by_size = (rows["market_size"] / size_before.where(size_before > 0)) - 1
    growth = rows["growth"].where(rows["growth"].notna(), by_size)
    return rows.assign(growth=growth)[["growth", "market_size"]].dropna(subset="growth")


def account_market(months: pd.DataFrame, accounts: pd.DataFrame, sectors: pd.DataFrame, period: Period) -> pd.DataFrame:
    """Return what each account brought in the period and a year before, and how its sector grew.

    Parameters
    ----------
    months : DataFrame
        account_id, month, revenue (query `account_month_revenue`).
    accounts : DataFrame
        account_id, industry_code, industry_division.
    sectors, period
        The table, and what `find_period` chose.

    Returns
    -------
    DataFrame
        Index account_id: revenue, revenue_before (currency), code (of the sector, the whole industry code before its
        division; empty if unknown), growth (share), market_size (currency a year). Accounts without money in both are
        left out.
    """
    import pandas as pd

    day = pd.to_datetime(months["month"])
    sums = {}
    for name, (first, last) in (("revenue", (period.start, period.end)), ("revenue_before", period.before)):
        within = (day >= pd.Timestamp(first)) & (day <= pd.Timestamp(last))
        sums[name] = months[within].groupby("account_id")["revenue"].sum().astype("float64")
    found = pd.DataFrame(sums).fillna(0.0).sort_index()
    market = _growth(sectors, period)
    known = accounts.drop_duplicates("account_id").set_index("account_id").reindex(found.index)
    codes = known.reindex(columns=["industry_code", "industry_division"]).astype("object")
    code = codes["industry_code"].where(codes["industry_code"].isin(market.index))
    code = code.where(code.notna(), codes["industry_division"].where(codes["industry_division"].isin(market.index)))
    return found.assign(code=code, growth=code.map(market["growth"]), market_size=code.map(market["market_size"]))


def measure_segmentations(
    found: pd.DataFrame | None,
    period: Period | None,
    segments: pd.DataFrame,
    past_segments: pd.DataFrame,
    quarter: Quarter,
    min_accounts: int = 30,
    confidence: float = 0.95,
    seed: int = 0,
) -> pd.DataFrame:
    """Return the table `market` of every segmentation, by the segments before the period began where these are known.

    Parameters
    ----------
    found, period : DataFrame, Period
        Of `account_market` and `find_period`; None where nothing can be compared, and then there are no rows.
    segments, past_segments : DataFrame
        segmentation_id, account_id, segment_id today, and the same with quarter at the end of earlier quarters.
    quarter : Quarter
        Of the run.
    min_accounts, confidence, seed : int, float, int
        As for `measure_market`.
    """
    import pandas as pd

    if found is None or period is None:
        return no_rows("market")
    opening = Quarter.of(period.start, quarter.first_month) - 1
    told = []
    for name, today in segments.groupby("segmentation_id"):
        past = past_segments[(past_segments["segmentation_id"] == name) & (past_segments["quarter"] == opening.label)]
        basis, held = (CLOSING, today) if past.empty else (OPENING, past)
        by_account = held.drop_duplicates("account_id").set_index("account_id")["segment_id"]
        told.append(measure_market(found, by_account, basis, period, str(name), min_accounts, confidence, seed))
    return pd.concat(told, ignore_index=True) if told else no_rows("market")


def measure_market(
    found: pd.DataFrame,
    held: pd.Series,
    basis: str,
    period: Period,
    segmentation_id: str,
    min_accounts: int = 30,
    confidence: float = 0.95,
    seed: int = 0,
) -> pd.DataFrame:
    """Return the table `market` of one segmentation: growth of each segment beside that of the sectors it sells to.

    Parameters
    ----------
    found : DataFrame
        Of `account_market`.
    held : Series
        segment_id by account_id; who has none counts in ``ALL`` only.
    basis : str
        ``opening`` if these are the segments before the period began, else ``closing``.
    period : Period
        Which.
    segmentation_id : str
        Of these segments.
    min_accounts, confidence, seed : int, float, int
        Below so many accounts a figure is small; share of intervals that hold (of all segments together: the level of
        each is divided by their number, Bonferroni); what resampling starts from.

    Notes
    -----
    Market growth is the growth of each account's sector weighted by the revenue of the year before; own growth is that
    of the accounts of the segment whose sector is known, overall with those that are new. The gap is their difference,
    Σ (revenue − (1 + g) revenue before) / Σ revenue before, with intervals by resampling accounts; g counts as known.
    """
    import pandas as pd

    if found.empty:
        return no_rows("market")
    segment = held.reindex(found.index)
    ids = sorted(segment.dropna().unique())
    groups = pd.Categorical(segment, categories=ids).codes.astype(np.int64)
    known = found["growth"].notna().to_numpy()
    before = np.where(known, found["revenue_before"], 0.0)
    revenue = np.where(known, found["revenue"], 0.0)
    expected = before * found["growth"].fillna(0.0).to_numpy()
    limits = [
        np.stack(
            ratio_intervals(
                (revenue - before - expected)[:, None],
                before[:, None],
                groups,
                len(ids),
                np.array([False]),
                DRAWS,
                seed,
                level,
            ),
            axis=2,
        )
        for level in (1 - (1 - confidence) / max(len(ids), 1), confidence)
    ]
    rows = []
    for place, segment_id in enumerate([*ids, ALL]):
        mine = (groups == place) | (segment_id == ALL)
        low, high = limits[segment_id == ALL][place, 0]
        figures = _figures(found[mine], known[mine], before[mine], revenue[mine], expected[mine])
        if figures["gap"] != figures["gap"]:
            low = high = np.nan
        rows.append({"segment_id": segment_id, "gap_low": low, "gap_high": high} | figures)
    table = pd.DataFrame(rows).assign(segmentation_id=segmentation_id, period=period.label, basis=basis)
    shares = ["market_growth", "own_growth", "gap", "market_share", "share_known"]
    table[shares] = table[shares].astype("float64").round(12)
    table[["gap_low", "gap_high"]] = table[["gap_low", "gap_high"]].round(6)
    if "Q" in period.label:  # the size is that of a year
        table["market_share"] = np.nan
    return table.assign(is_small=table["n_accounts"] < min_accounts)


def _figures(
    found: pd.DataFrame, known: np.ndarray, before: np.ndarray, revenue: np.ndarray, expected: np.ndarray
) -> dict[str, object]:
    """Return the figures of one segment; growth is empty where too little of its revenue has a sector."""
    total_before, whole = float(before.sum()), float(found["revenue_before"].sum())
    share_known = total_before / whole if whole > 0 else np.nan
    is_told = total_before > 0 and share_known >= FEWEST_KNOWN
    market_growth = float(expected.sum()) / total_before if is_told else np.nan
    own_growth = float(revenue.sum()) / total_before - 1 if is_told else np.nan
    sized = found[known & (found["market_size"] > 0).to_numpy(bool)]
    size = float(sized.drop_duplicates("code")["market_size"].sum())
    return {
        "n_accounts": int(np.count_nonzero(before)),
        "revenue_before": round(total_before, 4),
        "revenue": round(float(revenue.sum()), 4),
        "share_known": share_known,
        "market_growth": market_growth,
        "own_growth": own_growth,
        "gap": own_growth - market_growth,
        "n_sectors": int(sized["code"].nunique()),
        "market_size": size if size > 0 else None,
        "market_share": float(sized["revenue"].sum()) / size if size > 0 else np.nan,
    }
