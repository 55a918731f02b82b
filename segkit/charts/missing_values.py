"""Which columns of accounts and contacts are empty, and what their cells say instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.charts.theme import INK, MUTED
from segkit.texts import say, show

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

REASONS = ("empty", "not_stated", "not_chosen", "not_applicable", "unreadable", "impossible")
LOCALES = {"de": "de_DE", "en": "en_GB"}
PALE = ["#F5F9FD", "#7FB0E6"]  # dark text is readable on both ends
MOST_COLUMNS = 16
ROW_HEIGHT, CELL_WIDTH = 24, 86


def missing_chart(missing_values: pd.DataFrame, language: str = "en") -> alt.LayerChart:
    """Heat map: for each column the share of rows without a value, in all and for each reason that the cells give.

    The columns with the most missing come first. Columns without any value stay out: nobody delivered them.

    Parameters
    ----------
    missing_values : DataFrame
        table, column, reason, n_rows, n_missing.
    language : str
        Language of the words.
    """
    import altair as alt

    cells = missing_cells(missing_values, language)
    base = alt.Chart(cells).encode(
        x=alt.X("reason_name:N", sort=alt.EncodingSortField("reason_place"),
                axis=alt.Axis(title=None, orient="top", labelAngle=0, labelLimit=CELL_WIDTH + 6, domain=False,
                              ticks=False)),
        y=alt.Y("name:N", sort=alt.EncodingSortField("place"), axis=alt.Axis(title=None, labelLimit=260)),
    )  # fmt: skip
    fields = base.mark_rect(stroke="white", strokeWidth=2).encode(
        color=alt.Color("share:Q", scale=alt.Scale(domain=[0, 1], range=PALE), legend=None),
        tooltip=[alt.Tooltip("name:N", title=" "), alt.Tooltip("reason_name:N", title=" "),
                 alt.Tooltip("n_missing:Q", title=say("quality.chart_missing_rows", language), format=",.0f"),
                 alt.Tooltip("written:N", title=say("quality.chart_written", language))],
    )  # fmt: skip
    numbers = base.mark_text().encode(
        text="words:N",
        color=alt.condition("datum.n_missing > 0", alt.value(INK), alt.value(MUTED)),
    )
    return alt.layer(fields, numbers).properties(
        title={"text": say("quality.chart_missing", language),
               "subtitle": say("quality.chart_missing_about", language)},
        width=alt.Step(CELL_WIDTH), height=alt.Step(ROW_HEIGHT),
    )  # fmt: skip


def missing_cells(missing_values: pd.DataFrame, language: str) -> pd.DataFrame:
    """One row per field of the map: column, reason, share and its words; the columns with most missing first."""
    import pandas as pd

    counts = missing_values.astype({"n_rows": float, "n_missing": float})
    columns = counts.groupby(["table", "column"], sort=True).agg(n_rows=("n_rows", "max"), n_all=("n_missing", "sum"))
    columns = columns.assign(all_share=columns["n_all"] / columns["n_rows"].where(columns["n_rows"] > 0)).reset_index()
    columns = columns[(columns["n_all"] > 0) & (columns["n_all"] < columns["n_rows"])]
    columns = columns.sort_values("all_share", ascending=False, kind="stable").head(MOST_COLUMNS)
    columns = columns.assign(place=range(len(columns)), name=columns["table"] + "." + columns["column"])
    seen = [reason for reason in REASONS if (counts["reason"] == reason).any()]
    reasons = pd.DataFrame({"reason": ["all", *seen], "reason_place": range(len(seen) + 1)})
    fields = columns.merge(reasons, how="cross")
    given = counts[["table", "column", "reason", "n_missing", "written"]]
    fields = fields.merge(given, how="left", on=["table", "column", "reason"])
    fields["n_missing"] = fields["n_all"].where(fields["reason"] == "all", fields["n_missing"].fillna(0))
    fields["share"] = fields["n_missing"] / fields["n_rows"]
    fields["written"] = fields["written"].fillna("").str.slice(0, 40)
    fields["reason_name"] = [say(f"quality.reason_{reason}", language) for reason in fields["reason"]]
    fields["words"] = [show(share, "percent", LOCALES[language]) if n else "–"
                       for share, n in zip(fields["share"], fields["n_missing"], strict=True)]  # fmt: skip
    wanted = ["name", "place", "reason_name", "reason_place", "share", "n_missing", "written", "words"]
    return fields[wanted].reset_index(drop=True)
