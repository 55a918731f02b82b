"""The frames that charts and tables of KPIs are drawn from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segkit.kpis.catalogue import kpi_catalogue
from segkit.kpis.figures import ALL
from segkit.texts import LANGUAGES, say

if TYPE_CHECKING:
    import pandas as pd

    from segkit.settings.kpis import KpiSettings

ALL_COLOUR = "#1B2430"
FAR = 6  # upper quartiles of the distance from the median beyond which a value does not stretch the axis
ROOM = 0.12  # of the range of values, above and below; intervals are cut there
REACH = 0.6  # intervals are drawn up to so many ranges of the values beyond them


def shape_kpis(kpis: pd.DataFrame, register: pd.DataFrame, settings: KpiSettings) -> pd.DataFrame:
    """Return KPIs with the names, colours and order of their segments, ready to draw.

    Parameters
    ----------
    kpis : DataFrame
        The table `kpis`.
    register : DataFrame
        `segment_register`: segmentation_id, segment_id, name_de, name_en, colour.
    settings : KpiSettings
        Which segmentation.

    Returns
    -------
    DataFrame
        All rows, with segment_de, segment_en, colour, fill (white where few accounts), rank (0: overall),
        shown (the value, drawn in where it lies far from all others: is_far), shown_low and shown_high (the interval as
        far as it is drawn), is_cut_low, is_cut_high.
    """
    import pandas as pd

    named = _segments(register, settings)
    shaped = kpis.merge(named, on="segment_id", how="left")
    unknown = shaped["rank"].isna()
    for language in LANGUAGES:
        shaped[f"segment_{language}"] = shaped[f"segment_{language}"].fillna(shaped["segment_id"])
    shaped = shaped.assign(
        rank=shaped["rank"].fillna(len(named)).astype(int), colour=shaped["colour"].fillna(ALL_COLOUR)
    )
    shaped = shaped.assign(fill=np.where(shaped["is_small"].astype(bool), "#FFFFFF", shaped["colour"]))
    shaped = _cut(shaped)
    order = pd.Series({kpi_id: place for place, kpi_id in enumerate(kpi_catalogue())})
    keys = [shaped["quarter"], shaped["kpi_id"].map(order), shaped["rank"] + unknown, shaped["segment_id"]]
    return shaped.iloc[np.lexsort([key.to_numpy() for key in reversed(keys)])].reset_index(drop=True)


def _cut(shaped: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with the values and intervals that a chart shows, so that one does not flatten all others."""
    parts = []
    for (kpi_id, _), rows in shaped.groupby(["kpi_id", shaped["segment_id"] == ALL], sort=False):
        values = rows["value"].astype(float)
        is_rate = kpi_catalogue()[str(kpi_id)].is_rate  # of sums the large ones matter
        lowest, highest = _nearby(values.dropna().to_numpy()) if is_rate else (values.min(), values.max())
        room = ROOM * (highest - lowest)
        reach = REACH * max(highest - lowest, abs(highest), abs(lowest))
        shown = values.clip(lowest - room, highest + room)
        low, high = rows["low"].clip(lower=lowest - reach), rows["high"].clip(upper=highest + reach)
        is_far = values.notna() & (shown != values)
        cut = {"is_cut_low": low > rows["low"], "is_cut_high": high < rows["high"]}
        limits = {"shown_low": low.where(~is_far), "shown_high": high.where(~is_far)}
        parts.append(rows.assign(shown=shown, is_far=is_far, **limits, **cut))
    import pandas as pd

    return pd.concat(parts).sort_index()


def _nearby(values: np.ndarray) -> tuple[float, float]:
    """Return the smallest and largest of the values that are not far from the others."""
    if not len(values):
        return -np.inf, np.inf
    far = np.abs(values - np.median(values))
    near = values[far <= FAR * (np.quantile(far, 0.75) or np.inf)]
    return float(near.min()), float(near.max())


def shape_history(shaped: pd.DataFrame, goals: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return KPIs of all quarters ready for the grid of small multiples.

    Parameters
    ----------
    shaped : DataFrame
        As `shape_kpis` gives them.
    goals : DataFrame, optional
        Table `goals` of the same segmentation: kpi_id, segment_id, target.

    Returns
    -------
    DataFrame
        With is_back_cast (of the quarter), overall (value of all accounts in it), target (of a goal; empty: none), dot
        (the fill of a dot: white where the number is small or the quarter incomplete), and drawn, drawn_low,
        drawn_high: of rates, which share their axis, cut where they would flatten all others.
    """
    overall = shaped[shaped["segment_id"] == ALL][["quarter", "kpi_id", "value"]].rename(columns={"value": "overall"})
    rows = shaped.merge(overall, on=["quarter", "kpi_id"], how="left")
    hollow = rows["is_small"].astype(bool) | ~rows["is_complete"].astype(bool)
    levels = shaped[(shaped["segment_id"] != ALL) & (shaped["base"] == "closing")]
    cast = set(levels.loc[levels["is_back_cast"].astype(bool), "quarter"])
    is_cast = rows["quarter"].isin(cast) & (rows["segment_id"] != ALL)
    rows = rows.assign(dot=np.where(hollow, "#FFFFFF", rows["colour"]), target=np.nan, is_back_cast=is_cast)
    if goals is not None and len(goals):
        latest = goals.drop_duplicates(["kpi_id", "segment_id"], keep="last").set_index(["kpi_id", "segment_id"])
        places = list(zip(rows["kpi_id"], rows["segment_id"], strict=True))
        rows["target"] = latest["target"].astype(float).reindex(places).to_numpy()
    drawn = {"drawn": rows["value"], "drawn_low": rows["low"], "drawn_high": rows["high"]}
    ends = {kpi_id: _reach(own) for kpi_id, own in rows.groupby("kpi_id") if kpi_catalogue()[str(kpi_id)].is_rate}
    low, high = (rows["kpi_id"].map({k: end[side] for k, end in ends.items()}).astype(float) for side in (0, 1))
    return rows.assign(**{name: column.astype(float).clip(low, high) for name, column in drawn.items()})


def _reach(rows: pd.DataFrame) -> tuple[float, float]:
    """Return between which ends a KPI is drawn: those of its values and targets, and a little room."""
    low, high = _nearby(np.concatenate([rows[name].dropna().to_numpy(float) for name in ("value", "target")]))
    room = ROOM * (high - low or abs(high) or 1.0)
    return low - room, high + room


def describe_gaps(kpis: pd.DataFrame) -> pd.DataFrame:
    """Return what the newest quarter could not tell: kpi, reason (both languages), n_segments (overall included).

    Parameters
    ----------
    kpis : DataFrame
        The table `kpis`.
    """
    import pandas as pd

    newest = kpis[(kpis["quarter"] == kpis["quarter"].max()) & kpis["reason"].notna()]
    gaps = newest.groupby(["kpi_id", "reason"]).size()
    columns = [f"{name}_{language}" for name in ("kpi", "reason") for language in LANGUAGES]
    rows = [
        [
            *(say(f"kpis.name_{kpi_id}", language) for language in LANGUAGES),
            *(say(reason, language) for language in LANGUAGES),
            n,
        ]
        for (kpi_id, reason), n in gaps.items()
    ]
    return pd.DataFrame(rows, columns=[*columns, "n_segments"])


def _segments(register: pd.DataFrame, settings: KpiSettings) -> pd.DataFrame:
    import pandas as pd

    chosen = register[register["segmentation_id"] == settings.segmentation].sort_values("segment_id")
    names = {f"segment_{language}": chosen[f"name_{language}"].to_list() for language in LANGUAGES}
    segments = pd.DataFrame(
        {"segment_id": chosen["segment_id"].to_list(), **names, "colour": chosen["colour"].to_list()}
    )
    overall = {f"segment_{language}": say("kpis.all", language) for language in LANGUAGES}
    first = pd.DataFrame([{"segment_id": ALL, **overall, "colour": ALL_COLOUR}])
    return pd.concat([first, segments], ignore_index=True).reset_index(names="rank")
