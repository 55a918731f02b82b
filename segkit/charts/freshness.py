"""How old is what is known of the accounts, with the money that rests on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.charts.theme import SEGMENT_COLOURS, money_label
from segkit.cleansing.fields import field_name
from segkit.texts import say, show

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

LOCALES = {"de": "de_DE", "en": "en_GB"}
STATES = ("fresh", "refreshed", "stale", "unknown")
COLOURS = dict(zip(STATES, (SEGMENT_COLOURS[0], SEGMENT_COLOURS[5], SEGMENT_COLOURS[2], "#9AA7B5"), strict=True))
OLDEST = 8  # years; all that is older stands in one bar
PANEL_WIDTH, PANEL_HEIGHT, IN_A_ROW = 196, 140, 3


def freshness_chart(freshness: pd.DataFrame, language: str = "en", currency: str = "EUR") -> alt.FacetChart:
    """Revenue of the accounts by the age of each firmographic, stale ones in another colour; unknown age on its own.

    Parameters
    ----------
    freshness : DataFrame
        column, known_date, age_days, is_stale, is_refreshed, revenue; a row per account and firmographic.
    language, currency : str
        Language of the words; ISO code of the money.
    """
    import altair as alt

    ages = age_rows(freshness, language)
    years = [*(str(year) for year in range(OLDEST)), f"{OLDEST}+", say("quality.age_unknown", language)]
    words = [say(f"quality.state_{state}", language) for state in STATES]
    order = list(dict.fromkeys(ages.sort_values("place", kind="stable")["panel"]))
    bars = (
        alt.Chart(ages)
        .mark_bar(cornerRadiusEnd=0)
        .encode(
            x=alt.X("years:N", sort=years, scale=alt.Scale(domain=years),
                    axis=alt.Axis(title=say("quality.chart_age", language), labelAngle=0, grid=False)),
            y=alt.Y("revenue:Q", axis=alt.Axis(title=say("quality.chart_revenue", language), tickCount=4,
                                               labelExpr=money_label(language, currency))),
            color=alt.Color("state_name:N", title=None, legend=alt.Legend(orient="top"),
                            scale=alt.Scale(domain=words, range=[COLOURS[state] for state in STATES])),
            order=alt.Order("state_place:Q"),
            tooltip=[alt.Tooltip("years:N", title=say("quality.chart_age", language)),
                     alt.Tooltip("state_name:N", title=" "),
                     alt.Tooltip("revenue:Q", title=say("quality.chart_revenue", language), format="$,.0f"),
                     alt.Tooltip("n_accounts:Q", title=say("quality.chart_accounts", language), format=",.0f")],
        )
        .properties(width=PANEL_WIDTH, height=PANEL_HEIGHT)
    )  # fmt: skip
    header = alt.Header(title=None, labelAnchor="start", labelFontWeight=600, labelLimit=PANEL_WIDTH,
                        labelExpr="split(datum.label, ': ')")  # fmt: skip
    return bars.facet(
        facet=alt.Facet("panel:N", sort=order, header=header),
        columns=2 if len(order) in (2, 4) else IN_A_ROW,
        spacing={"row": 26, "column": 18},
    ).properties(title=say("quality.chart_freshness", language))


def age_rows(freshness: pd.DataFrame, language: str) -> pd.DataFrame:
    """Money and accounts per firmographic, year of age and state; the heading of a panel names its stale share."""
    import numpy as np

    known = freshness[["column", "known_date", "age_days", "is_stale", "is_refreshed", "revenue"]].copy()
    days = (
        known["age_days"].astype(float).where(known["known_date"].notna())
    )  # else the delivery's, the latest it can be
    age = np.floor(days / 365.25).clip(lower=0, upper=OLDEST)
    label = [say("quality.age_unknown", language) if years != years else f"{int(years)}{'+' * (years == OLDEST)}"
             for years in age]  # fmt: skip
    is_stale, is_refreshed = (known[name].fillna(False).astype(bool) for name in ("is_stale", "is_refreshed"))
    state = np.select([days.isna(), is_stale, is_refreshed], ["unknown", "stale", "refreshed"], "fresh")
    known = known.assign(years=label, state=state, revenue=known["revenue"].astype(float).clip(lower=0).fillna(0))
    known = known.assign(is_old=is_stale & days.notna(), is_known=days.notna())
    grouped = known.groupby(["column", "years", "state"], sort=True)
    rows = grouped.agg(revenue=("revenue", "sum"), n_accounts=("revenue", "size")).reset_index()
    panels = known.groupby("column", sort=True).agg(n_old=("is_old", "sum"), n_known=("is_known", "sum"))
    at_stake = known[known["is_old"]].groupby("column")["revenue"].sum().reindex(panels.index).fillna(0)
    ranked = at_stake.sort_values(ascending=False, kind="stable").index
    titles = {column: _heading(column, panels.loc[column], language) for column in panels.index}
    return rows.assign(
        panel=rows["column"].map(titles),
        place=rows["column"].map({column: place for place, column in enumerate(ranked)}),
        state_name=[say(f"quality.state_{name}", language) for name in rows["state"]],
        state_place=rows["state"].map(STATES.index),
    )[["panel", "place", "years", "state_name", "state_place", "revenue", "n_accounts"]]


def _heading(column: str, panel: pd.Series, language: str) -> str:
    name = field_name(column, language)
    if not panel["n_known"]:
        return say("quality.panel_unknown", language, name=name)
    share = show(panel["n_old"] / panel["n_known"], "percent", LOCALES[language])
    return say("quality.panel_stale", language, name=name, share=share)
