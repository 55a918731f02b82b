"""The frames that charts and tables of the growth split are drawn from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.kpis.growth import ALL, NO_SEGMENT, OWN
from segkit.texts import LANGUAGES, say

if TYPE_CHECKING:
    import pandas as pd

    from segkit.settings.kpis import KpiSettings

UP, DOWN, CARRIED, LEVEL = "#16794C", "#C2410C", "#5B6B7F", "#1B2430"
BEFORE, AFTER = "before", "after"
ORDER = ["moved_in", "moved_out", *OWN]  # movement first: then what today's accounts of the segment did themselves


def newest(parts: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the newest quarter, without segments in which no money was or moved."""
    latest = parts[parts["quarter"] == parts["quarter"].max()]
    has_money = (latest[["revenue", "revenue_before", "amount"]].astype(float) != 0).any(axis=1)
    return latest[has_money.groupby(latest["segment_id"]).transform("any").astype(bool)]


def name_segments(parts: pd.DataFrame, register: pd.DataFrame) -> pd.DataFrame:
    """Return parts with segment_de, segment_en and rank: overall first, then by number, accounts without one last."""
    names = register.set_index("segment_id")
    order = {"KEY": 1, "DORMANT": 3, ALL: 0, NO_SEGMENT: 4}
    ids = sorted(parts["segment_id"].unique(), key=lambda segment_id: (order.get(segment_id, 2), segment_id))
    rank = {segment_id: place for place, segment_id in enumerate(ids)}
    words = {}
    for language in LANGUAGES:
        own = {ALL: say("kpis.all", language), NO_SEGMENT: say("growth.no_segment", language)}
        called = names[f"name_{language}"].to_dict() | own
        words[f"segment_{language}"] = [called.get(segment_id, segment_id) for segment_id in parts["segment_id"]]
    return parts.assign(rank=parts["segment_id"].map(rank), **words)


def shape_steps(parts: pd.DataFrame, register: pd.DataFrame, currency: str) -> pd.DataFrame:
    """Return the steps of one waterfall per segment of the newest quarter, from the earlier revenue to today's.

    Parameters
    ----------
    parts : DataFrame
        The table `growth_parts` of one segmentation.
    register : DataFrame
        `segment_register` of it: segment_id, name_de, name_en.
    currency : str
        Of the labels.

    Returns
    -------
    DataFrame
        segment_id, segment_de, segment_en, rank, step (before, a part, after), step_de, step_en, place, amount, start,
        end (money reached before and after the step), low, high (where the step could end), left and right (ends of
        the bar), shown_right (of bar and interval), text_de, text_en, fill, stroke, is_level, n, is_small. Parts that
        are nothing in all segments are left out.
    """
    import pandas as pd

    rows = name_segments(newest(parts), register)
    columns = ["segment_id", "segment_de", "segment_en", "rank", "step", "amount", "start", "end"]
    if rows.empty:
        return pd.DataFrame(columns=[*columns, "place"])
    money = ["amount", "low", "high", "revenue", "revenue_before"]
    rows = rows.assign(**{name: rows[name].astype(float) for name in money})
    shown = [part for part in ORDER if (rows.loc[rows["part"] == part, "amount"] != 0).any()]
    place = {step: number for number, step in enumerate([BEFORE, *shown, AFTER])}
    rows = rows[rows["part"].isin(shown)].assign(place=lambda each: each["part"].map(place))
    rows = rows.sort_values(["rank", "place"], ignore_index=True).rename(columns={"part": "step"})
    reached = rows["revenue_before"] + rows.groupby("segment_id")["amount"].cumsum()
    rows = rows.assign(start=reached - rows["amount"], end=reached)
    first = rows.drop_duplicates("segment_id")
    levels = [
        first.assign(step=step, place=place[step], start=first[level], end=first[level], amount=first[level])
        for step, level in ((BEFORE, "revenue_before"), (AFTER, "revenue"))
    ]
    blank = {"low": np.nan, "high": np.nan, "is_small": False}
    every = pd.concat([levels[0].assign(**blank), rows, levels[1].assign(**blank)], ignore_index=True)
    return _dressed(every.sort_values(["rank", "place"], ignore_index=True), currency)


def _dressed(steps: pd.DataFrame, currency: str) -> pd.DataFrame:
    """Return steps with the words, bars and colours in which they are drawn."""
    is_level = steps["step"].isin([BEFORE, AFTER])
    amount = steps["amount"]
    stroke = np.select([is_level, steps["step"].str.startswith("moved"), amount >= 0], [LEVEL, CARRIED, UP], DOWN)
    words = {}
    for language in LANGUAGES:
        words[f"step_{language}"] = [say(f"growth.part_{step}", language) for step in steps["step"]]
        words[f"text_{language}"] = [
            say(
                "growth.level" if level else "growth.gain" if value > 0 else "growth.loss",
                language,
                currency,
                amount=value,
            )
            for level, value in zip(is_level, amount, strict=True)
        ]
    return steps.assign(
        **words,
        is_level=is_level,
        stroke=stroke,
        fill=np.where(steps["is_small"].astype(bool), "#FFFFFF", stroke),
        left=steps[["start", "end"]].min(axis=1),
        right=steps[["start", "end"]].max(axis=1),
        low=steps["start"] + steps["low"],
        high=steps["start"] + steps["high"],
    ).assign(shown_right=lambda each: each[["right", "high"]].max(axis=1))


def shape_history(parts: pd.DataFrame, segment_id: str = ALL) -> pd.DataFrame:
    """Return the parts of one segment, or overall, quarter by quarter, as shares of the earlier revenue.

    Parameters
    ----------
    parts : DataFrame
        The table `growth_parts` of one segmentation.
    segment_id : str
        Segment or ``ALL``.

    Returns
    -------
    DataFrame
        quarter, part, part_de, part_en, place, amount, share (of revenue_before), growth (sum of the quarter's shares),
        is_back_cast; quarters without earlier revenue and parts that are nothing in all quarters are left out.
    """
    mine = parts[(parts["segment_id"] == segment_id) & (parts["revenue_before"].astype(float) > 0)]
    before, amount = mine["revenue_before"].astype(float), mine["amount"].astype(float)
    mine = mine.assign(amount=amount, share=(amount / before).round(12))
    place = {part: number for number, part in enumerate(ORDER)}
    kept = mine[mine.groupby("part")["amount"].transform(lambda each: (each != 0).any()).astype(bool)]
    words = {f"part_{x}": [say(f"growth.part_{part}", x) for part in kept["part"]] for x in LANGUAGES}
    shaped = kept.assign(
        **words, place=kept["part"].map(place), growth=kept.groupby("quarter")["share"].transform("sum")
    )
    columns = ["quarter", "part", *words, "place", "amount", "share", "growth", "is_back_cast"]
    return shaped.sort_values(["quarter", "place"], ignore_index=True)[columns]


def chart_words(parts: pd.DataFrame, settings: KpiSettings) -> dict[str, Any]:
    """Return the numbers in the titles of the charts: quarter, compared (labels), min_accounts, level (in percent)."""
    rows = newest(parts)
    labels = {
        name: str(rows[column].iloc[0]) for name, column in (("quarter", "quarter"), ("compared", "compared_quarter"))
    }
    return labels | {"min_accounts": settings.min_accounts, "level": 100 * settings.confidence}


def describe_parts(parts: pd.DataFrame, register: pd.DataFrame) -> pd.DataFrame:
    """Return the newest quarter as a table to read: one row per segment, overall first.

    Parameters
    ----------
    parts, register : DataFrame
        As for `shape_steps`.

    Returns
    -------
    DataFrame
        segment_de, segment_en, amount_before, one column amount_<part> for each part that is something somewhere,
        amount_after; money in currency.
    """
    return _spread(name_segments(newest(parts), register), ["rank", "segment_de", "segment_en"]).drop(columns="rank")


def describe_quarters(parts: pd.DataFrame) -> pd.DataFrame:
    """Return the growth of all accounts as a table to read, one row per quarter, the newest first.

    Returns
    -------
    DataFrame
        quarter, compared_quarter and the columns of `describe_parts` without the segment; money in currency.
    """
    table = _spread(parts[parts["segment_id"] == ALL], ["quarter", "compared_quarter"])
    return table.iloc[::-1].reset_index(drop=True)


def _spread(rows: pd.DataFrame, index: list[str]) -> pd.DataFrame:
    """Return one row per index with a column for each part that is something somewhere."""
    rows = rows.assign(**{name: rows[name].astype(float) for name in ("amount", "revenue", "revenue_before")})
    keys = [*index, "revenue_before", "revenue"]
    wide = rows.pivot(index=keys, columns="part", values="amount").sort_index().reset_index()
    shown = [part for part in ORDER if part in wide and (wide[part].fillna(0) != 0).any()]
    names = {"revenue_before": "amount_before", "revenue": "amount_after"} | {part: f"amount_{part}" for part in shown}
    return wide[[*index, "revenue_before", *shown, "revenue"]].rename(columns=names).rename_axis(columns=None)
