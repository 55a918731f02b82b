"""Charts of notebook 01: does the money agree, month by month, and what the data lack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segkit.charts.theme import INK, SEGMENT_COLOURS, money_label
from segkit.texts import has, say, show

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

LOCALES = {"de": "de_DE", "en": "en_GB"}
KINDS = ("in", "used", "excluded", "quarantined", "later")
COLOURS = dict(zip(KINDS, ("#5B6B7F", SEGMENT_COLOURS[0], "#9AA7B5", SEGMENT_COLOURS[2], "#C3CCD6"), strict=True))
MOST_CHECKS = 14
FEWEST_CHECKS = 5
NO_SHARES = ("few_accounts", "dominant_account", "scope_without_match")  # they are no share of rows
BAR_HEIGHT = 26
PANEL_WIDTH = 240


def reconciliation_chart(reconciliation: pd.DataFrame, language: str = "en", currency: str = "EUR") -> alt.HConcatChart:
    """Waterfall from what came in, over every way out, to what is used: rows on the left, money on the right.

    Parameters
    ----------
    reconciliation : DataFrame
        table, step, n_rows, revenue; the sources of the table invoices are added up. Without a table of money, the rows
        of all tables are, and there is no panel of money.
    language, currency : str
        Language of the words; ISO code of the money.
    """
    import altair as alt

    steps = _waterfall(reconciliation, language, currency)
    rows = _panel(steps, "n_rows", say("cleansing.chart_rows", language), ",.0f", language, with_names=True)
    panels = [rows]
    if (reconciliation["table"] == "invoices").any():
        panels.append(_panel(steps, "revenue", say("cleansing.chart_money", language), None, language, currency))
    return alt.hconcat(*panels, spacing=18).properties(title=say("cleansing.chart_reconciliation", language))


def _waterfall(reconciliation: pd.DataFrame, language: str, currency: str) -> pd.DataFrame:
    """Steps in order with where their bars begin and end, names and numbers in words."""
    import pandas as pd

    money = reconciliation[reconciliation["table"] == "invoices"]
    rows = reconciliation if money.empty else money
    steps = rows.groupby("step", sort=True)[["n_rows", "revenue"]].sum(min_count=1).astype(float)
    steps = steps.fillna({"revenue": 0.0}) if len(money) else steps
    out = steps.drop(index=["in", "used"], errors="ignore")
    out = out.loc[out["n_rows"].sort_values(ascending=False, kind="stable").index]
    ordered = pd.concat([steps.loc[["in"]], out, steps.reindex(["used"]).fillna(0)]).reset_index(names="step")
    ordered["kind"] = ordered["step"].str.split("_").str[0]
    ordered["name"] = [_name(step, language) for step in ordered["step"]]
    ordered["kind_name"] = [say(f"cleansing.kind_{kind}", language) for kind in ordered["kind"]]
    ordered["place"] = range(len(ordered))
    is_out = ~ordered["kind"].isin(["in", "used"])
    for column, kind in (("n_rows", "count"), ("revenue", "money")):
        ends = ordered[column].iloc[0] - ordered[column].where(is_out, 0).cumsum()
        ordered[f"{column}_end"] = ends.where(is_out, ordered[column])
        ordered[f"{column}_start"] = (ends + ordered[column]).where(is_out, 0)
        ordered[f"{column}_text"] = [_signed(value, out, kind, language, currency)
                                     for value, out in zip(ordered[column], is_out, strict=True)]  # fmt: skip
    return ordered


def _signed(value: float, is_out: bool, kind: str, language: str, currency: str) -> str:
    shown = show(-value if is_out and value else value, kind, LOCALES[language], currency)
    return shown.replace("-", "\u2212")


def _name(step: str, language: str) -> str:
    for key in (f"cleansing.label_{step}", f"cleansing.kind_{step}"):
        if has(key):
            return say(key, language)
    return step.replace("_", " ")


def _panel(steps: pd.DataFrame, column: str, title: str, number_format: str | None, language: str,
           currency: str = "EUR", with_names: bool = False) -> alt.LayerChart | alt.FacetChart:  # fmt: skip
    import altair as alt

    labels: dict[str, Any] = {"labelExpr": money_label(language, currency)} if number_format is None else {
        "format": number_format}  # fmt: skip
    names = alt.Axis(title=None, labelLimit=260) if with_names else None
    base = alt.Chart(steps).encode(y=alt.Y("name:N", sort=alt.EncodingSortField("place"), axis=names))
    colours = alt.Scale(domain=list(KINDS), range=[COLOURS[kind] for kind in KINDS])
    bars = base.mark_bar(height={"band": 0.62}, cornerRadiusEnd=0).encode(
        x=alt.X(f"{column}_start:Q", axis=alt.Axis(title=title, tickCount=3, **labels),
                scale=alt.Scale(padding=0, nice=True)),
        x2=f"{column}_end:Q",
        color=alt.Color("kind:N", scale=colours, legend=None),
        tooltip=[alt.Tooltip("name:N", title=" "), alt.Tooltip(f"{column}_text:N", title=title)],
    )  # fmt: skip
    numbers = base.mark_text(align="left", color=INK).encode(x=alt.value(PANEL_WIDTH + 10), text=f"{column}_text:N")
    return alt.layer(bars, numbers).properties(width=PANEL_WIDTH, height=alt.Step(BAR_HEIGHT))


def monthly_money_chart(monthly: pd.DataFrame, language: str = "en", currency: str = "EUR") -> alt.Chart:
    """Stacked bars: revenue of each month that is used, excluded or in quarantine.

    Parameters
    ----------
    monthly : DataFrame
        month (first day), step, revenue.
    language, currency : str
        Language of the words; ISO code of the money.
    """
    import altair as alt

    kinds = monthly.assign(kind=monthly["step"].str.split("_").str[0])
    kinds = kinds.groupby(["month", "kind"], sort=True)["revenue"].sum().reset_index()
    kinds["kind_name"] = [say(f"cleansing.kind_{kind}", language) for kind in kinds["kind"]]
    kinds["place"] = kinds["kind"].map(KINDS.index)
    shown = [kind for kind in KINDS if kind not in ("in", "later")]
    words = [say(f"cleansing.kind_{kind}", language) for kind in shown]
    return (
        alt.Chart(kinds)
        .mark_bar(cornerRadiusEnd=0, binSpacing=3)
        .encode(
            x=alt.X("yearmonth(month):T", axis=alt.Axis(title=None, format="%b %Y", labelAngle=0, labelOverlap=True,
                                                       grid=False)),
            y=alt.Y("revenue:Q", axis=alt.Axis(title=say("cleansing.chart_money", language), tickCount=5,
                                               labelExpr=money_label(language, currency))),
            color=alt.Color("kind_name:N", title=None, legend=alt.Legend(orient="top"),
                            scale=alt.Scale(domain=words, range=[COLOURS[kind] for kind in shown])),
            order=alt.Order("place:Q"),
            tooltip=[alt.Tooltip("yearmonth(month):T", title=say("cleansing.chart_month", language), format="%b %Y"),
                     alt.Tooltip("kind_name:N", title=" "),
                     alt.Tooltip("revenue:Q", title=say("cleansing.chart_money", language), format="$,.0f")],
        )
        .properties(title=say("cleansing.chart_months", language), width=660, height=260)
    )  # fmt: skip


def quality_chart(data_quality: pd.DataFrame, language: str = "en") -> alt.LayerChart | alt.FacetChart:
    """Bars: for the worst checks, the share of rows that fail, with their number; columns never delivered stay out.

    Parameters
    ----------
    data_quality : DataFrame
        table, column, check, n_rows, n_bad.
    language : str
        Language of the words.
    """
    import altair as alt

    worst = _worst(data_quality, language)
    base = alt.Chart(worst).encode(y=alt.Y("name:N", sort=alt.EncodingSortField("place"),
                                           axis=alt.Axis(title=None, labelLimit=320)))  # fmt: skip
    share = say("cleansing.chart_share", language)
    bars = base.mark_bar(color=SEGMENT_COLOURS[2], height={"band": 0.62}).encode(
        x=alt.X("share:Q", axis=alt.Axis(title=share, format="~%", tickCount=5)),
        tooltip=[alt.Tooltip("name:N", title=" "), alt.Tooltip("share:Q", title=share, format=".2%")],
    )
    numbers = base.mark_text(align="left", dx=5, color=INK).encode(x="share:Q", text="words:N")
    return alt.layer(bars, numbers).properties(
        title=say("cleansing.chart_quality", language), width=420, height=alt.Step(BAR_HEIGHT)
    )


def _worst(data_quality: pd.DataFrame, language: str) -> pd.DataFrame:
    """The worst checks, with names and numbers in words; some without a finding fill up a chart of few."""
    n_rows, n_bad = data_quality["n_rows"].astype(float), data_quality["n_bad"].astype(float)
    checks = data_quality.assign(share=(n_bad / n_rows.where(n_rows > 0)).fillna(0).clip(upper=1))
    left_out = checks["check"].isin(NO_SHARES) | (checks["check"] == "missing") & (checks["share"] == 1)
    checks = checks[~left_out].sort_values(["share", "n_bad"], ascending=False, kind="stable")
    checks = checks.head(max(FEWEST_CHECKS, min(MOST_CHECKS, int((checks["n_bad"] > 0).sum()))))
    name = "{}{}: {}".format
    places = ["" if column == "-" else f".{column}" for column in checks["column"]]
    words = [_name(_plain(check), language) for check in checks["check"]]
    locale = LOCALES[language]
    return checks.assign(
        name=[name(*parts) for parts in zip(checks["table"], places, words, strict=True)],
        words=[f"{show(share, 'percent', locale)}  ({show(bad, 'count', locale)})"
               for share, bad in zip(checks["share"], checks["n_bad"], strict=True)],
        place=range(len(checks)),
    )[["name", "share", "n_bad", "words", "place"]]  # fmt: skip


def _plain(check: str) -> str:
    return check.replace("unreadable_", "quarantined_")
