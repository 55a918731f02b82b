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
        shown_low and shown_high (the interval as far as it is drawn), is_cut_low, is_cut_high.
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
    values = shaped.groupby(["kpi_id", shaped["segment_id"] == ALL])["value"]
    lowest, highest = values.transform("min"), values.transform("max")
    reach = REACH * np.maximum(highest - lowest, np.maximum(highest.abs(), lowest.abs()))
    low, high = shaped["low"].clip(lower=lowest - reach), shaped["high"].clip(upper=highest + reach)
    shaped = shaped.assign(
        shown_low=low, shown_high=high, is_cut_low=low > shaped["low"], is_cut_high=high < shaped["high"]
    )
    order = pd.Series({kpi_id: place for place, kpi_id in enumerate(kpi_catalogue())})
    keys = [shaped["quarter"], shaped["kpi_id"].map(order), shaped["rank"] + unknown, shaped["segment_id"]]
    return shaped.iloc[np.lexsort([key.to_numpy() for key in reversed(keys)])].reset_index(drop=True)


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
        With overall (value of all accounts in that quarter), target (of a goal; empty: none), dot (the fill of a dot:
        white where the number is small or the quarter incomplete), and drawn, drawn_low, drawn_high: of rates, which
        share their axis, cut where they would flatten all others.
    """
    overall = shaped[shaped["segment_id"] == ALL][["quarter", "kpi_id", "value"]].rename(columns={"value": "overall"})
    rows = shaped.merge(overall, on=["quarter", "kpi_id"], how="left")
    hollow = rows["is_small"].astype(bool) | ~rows["is_complete"].astype(bool)
    rows = rows.assign(dot=np.where(hollow, "#FFFFFF", rows["colour"]), target=np.nan)
    if goals is not None and len(goals):
        latest = goals.drop_duplicates(["kpi_id", "segment_id"], keep="last").set_index(["kpi_id", "segment_id"])
        places = list(zip(rows["kpi_id"], rows["segment_id"], strict=True))
        rows["target"] = latest["target"].astype(float).reindex(places).to_numpy()
    drawn = {"drawn": rows["value"], "drawn_low": rows["low"], "drawn_high": rows["high"]}
    ends = {kpi_id: _reach(own) for kpi_id, own in rows.groupby("kpi_id") if kpi_catalogue()[str(kpi_id)].is_rate}
    low, high = (rows["kpi_id"].map({k: end[side] for k, end in ends.items()}).astype(float) for side in (0, 1))
    return rows.assign(**{name: column.astype(float).clip(low, high) for name, column in drawn.items()})


def _reach(rows: pd.DataFrame) -> tuple[float, float]:
    """Return between which ends a KPI is drawn: those of its values and targets that are not far from the others."""
    figures = np.concatenate([rows[name].dropna().to_numpy(float) for name in ("value", "target")])
    if not len(figures):
        return -np.inf, np.inf
    far = np.abs(figures - np.median(figures))
    near = figures[far <= FAR * (np.quantile(far, 0.75) or np.inf)]
    room = ROOM * (near.max() - near.min() or abs(near.max()) or 1.0)
    return float(near.min() - room), float(near.max() + room)


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
