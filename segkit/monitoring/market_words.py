"""What the market comparison says, and the frames that its chart and table are drawn from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.monitoring.market import ALL, CLOSING
from segkit.monitoring.shaping import segment_rank
from segkit.texts import LANGUAGES, say

if TYPE_CHECKING:
    import pandas as pd

Sentences = list[tuple[str, dict[str, Any]]]
ABOVE, BELOW, ALIKE = "#16794C", "#C2410C", "#5B6B7F"
REACH = 0.2  # intervals are drawn so far beyond the values


def why_no_market(sectors: pd.DataFrame | None, market: pd.DataFrame) -> str | None:
    """Return the key of the sentence that says what is missing for a comparison with the market, or None.

    Parameters
    ----------
    sectors : DataFrame or None
        The table; None or without rows where nobody delivers it.
    market : DataFrame
        The table `market` of one segmentation; without rows where no period of `sectors` can be compared.
    """
    if sectors is None or sectors.empty:
        return "growth.market_no_sectors"
    if market.empty:
        return "growth.market_no_period"
    overall = market[market["segment_id"] == ALL]
    return None if overall["gap"].notna().any() else "growth.market_no_industry"


def shape_market(market: pd.DataFrame, register: pd.DataFrame) -> pd.DataFrame:
    """Return the segments that can be compared, overall first, ready to draw.

    Parameters
    ----------
    market : DataFrame
        The table `market` of one segmentation.
    register : DataFrame
        `segment_register` of it: segment_id, name_de, name_en.

    Returns
    -------
    DataFrame
        The rows with segment_de, segment_en, rank, verdict (above, below or alike: the interval of the gap against
        zero; small segments are not judged), revenue_outside (of ALL: from accounts in no segment), own_low, own_high
        (limits of own growth, as far as they are drawn), stroke, fill.
    """
    is_all = market["segment_id"] == ALL
    inside = market.loc[~is_all, "revenue"].astype("float64").sum()
    outside = (market["revenue"].astype("float64") - inside).where(is_all, 0.0).round(2)
    told = market.assign(revenue_outside=outside)[market["gap"].notna()]
    names = register.set_index("segment_id")
    words = {}
    for language in LANGUAGES:
        called = names[f"name_{language}"].to_dict() | {ALL: say("kpis.all", language)}
        words[f"segment_{language}"] = [called.get(each, each) for each in told["segment_id"]]
    order = sorted(told["segment_id"], key=lambda each: (each != ALL, segment_rank(each), each))
    small = told["is_small"].astype(bool)
    low, high = (told[name].astype("float64") for name in ("gap_low", "gap_high"))
    verdict = np.select([small, low > 0, high < 0], ["alike", "above", "below"], "alike")
    colour = np.select([verdict == "above", verdict == "below"], [ABOVE, BELOW], ALIKE)
    values = told[["own_growth", "market_growth"]].astype("float64")
    least, most = values.min().min() - REACH, values.max().max() + REACH
    shaped = told.assign(
        **words,
        rank=told["segment_id"].map({each: place for place, each in enumerate(order)}),
        verdict=verdict,
        own_low=(told["market_growth"] + low).clip(lower=least),
        own_high=(told["market_growth"] + high).clip(upper=most),
        stroke=colour,
        fill=np.where(small, "#FFFFFF", colour),
    )
    return shaped.sort_values("rank", ignore_index=True)


def describe_market(shaped: pd.DataFrame) -> Sentences:
    """Return whether the company, and which segments, grew faster or slower than their market.

    Parameters
    ----------
    shaped : DataFrame
        Of `shape_market`, with a row overall.
    """
    row = shaped[shaped["segment_id"] == ALL].iloc[0]
    names = ["period", "own_growth", "market_growth", "gap", "gap_low", "gap_high", "share_known"]
    numbers = {name: row[name] for name in names}
    if np.isnan(row["gap_low"]):
        said: Sentences = [("growth.market_unsure", numbers)]
    else:
        side = "above" if row["gap_low"] > 0 else "below" if row["gap_high"] < 0 else "alike"
        said = [(f"growth.market_{side}", numbers)]
    segments = shaped[shaped["segment_id"] != ALL]
    newcomers = float(row["revenue_outside"])
    if newcomers > 0:
        said.append(("growth.market_new", {"new": newcomers}))
    for side in ("above", "below"):
        listed = segments[segments["verdict"] == side]
        if len(listed):
            lists = {f"segments_{x}": ", ".join(listed[f"segment_{x}"]) for x in LANGUAGES}
            said.append((f"growth.market_segments_{side}", lists))
    if len(segments) and not segments["verdict"].isin(["above", "below"]).any():
        said.append(("growth.market_segments_alike", {}))
    share = row["market_share"]
    if share == share:
        sizes = {"market_size": float(row["market_size"]), "market_share": float(share)}
        said.append(("growth.market_share", sizes | {"n_sectors": int(row["n_sectors"]), "period": row["period"]}))
    if (shaped["basis"] == CLOSING).any():
        said.append(("growth.market_closing", {}))
    return said


def describe_table(shaped: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of `shape_market` as a table to read.

    Returns
    -------
    DataFrame
        segment_de, segment_en, own_growth, market_growth, gap_rate, gap_rate_low, gap_rate_high, market_share,
        n_accounts.
    """
    limits = {"gap": "gap_rate", "gap_low": "gap_rate_low", "gap_high": "gap_rate_high"}
    columns = ["segment_de", "segment_en", "own_growth", "market_growth", *limits.values(), "market_share"]
    return shaped.rename(columns=limits)[[*columns, "n_accounts"]]
