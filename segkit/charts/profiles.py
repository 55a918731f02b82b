"""Charts of notebook 05: what sets segments apart, in original units and as effect sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segkit.charts.theme import GRID, INK, LINE, MUTED, money_label
from segkit.profiles.variables import FLAGS, NUMBERS, VARIABLES
from segkit.profiles.wording import variable_name
from segkit.texts import say

if TYPE_CHECKING:
    import pandas as pd

ACROSS = 3
WIDTH, STEP = 210, 24
ROOT = ("employees",)  # like money: a few are a thousand times as large as most
TOOLTIPS = {"percent": ".1%", "money": ",.0f", "days": ",.0f", "count": ",.1~f", "number": ",.2~f"}
DOT: dict[str, Any] = {"size": 75, "opacity": 1, "strokeWidth": 2, "filled": True}


def profile_chart(rows: pd.DataFrame, title: str, language: str = "de", currency: str = "EUR") -> Any:
    """Return one panel per variable: a dot and its interval per segment, all accounts as a dashed line.

    Parameters
    ----------
    rows : DataFrame
        As of `numbers_to_draw`: variable, value, low, high, overall, n, shown, shown_low, shown_high, is_cut_low,
        is_cut_high, colour, fill, segment_de, segment_en, segment_rank.
    title : str
        Key of the texts; ``<title>_note`` is the line below it.
    language, currency : str
        Of the labels.
    """
    import altair as alt

    known = set(rows["variable"])
    shown = [variable.name for variable in (*NUMBERS, *FLAGS) if variable.name in known]
    if not shown:
        return _nothing(language)
    panels = [_panel(rows, name, place % ACROSS == 0, language, currency) for place, name in enumerate(shown)]
    words = alt.TitleParams(say(title, language), subtitle=say(f"{title}_note", language))
    return alt.concat(*panels, columns=ACROSS, spacing=22, title=words)


def category_chart(rows: pd.DataFrame, language: str = "de", currency: str = "EUR") -> Any:
    """Return one panel per category: its share in each segment with the interval, all accounts as a dashed line.

    Parameters
    ----------
    rows : DataFrame
        As of `categories_to_draw`: as for `profile_chart`, with label_de, label_en, label_rank.
    """
    import altair as alt

    if rows.empty:
        return _nothing(language)
    percent = alt.Axis(title=None, tickCount=4, gridColor=GRID, labelExpr=_percent_label(language))
    x = alt.X("shown:Q", axis=percent, scale=alt.Scale(domain=[0, 1]))
    panel = alt.layer(*_marks(alt.Chart(), x, _names(True, language), "percent", language), data=rows)
    panel = panel.properties(width=WIDTH, height=alt.Step(STEP))
    note = say("profiles.chart_categories_note", language)
    words = alt.TitleParams(say("profiles.chart_categories", language), subtitle=note)
    return panel.facet(_facet(f"label_{language}", "label_rank"), columns=ACROSS, spacing=20, title=words)


def effects_chart(shaped: pd.DataFrame, language: str = "de", currency: str = "EUR") -> Any:
    """Return the effect of each variable in each segment against all other accounts, on one scale; 1 is medium.

    Parameters
    ----------
    shaped : DataFrame
        As of `shape_profiles`: strength, effect_colour, effect_opacity, label_de, label_en, label_rank, segment_de,
        segment_en, segment_rank, effect_size, p_adjusted. Inputs are left out: they prove nothing.
    """
    import altair as alt

    is_named = (shaped["category"] == "") | shaped["is_marker"].astype(bool)
    known = shaped[shaped["strength"].notna() & is_named & ~shaped["is_input"].astype(bool)]
    if known.empty:
        return _nothing(language)
    x = alt.X("strength:Q", axis=alt.Axis(title=say("profiles.axis_effect", language), tickCount=6, gridColor=GRID))
    names = alt.Axis(title=None, labelLimit=230, ticks=False, domain=False)
    y = alt.Y(f"label_{language}:N", sort=alt.EncodingSortField("label_rank", op="min"), axis=names)
    colour, opacity = alt.Fill("effect_colour:N", scale=None), alt.Opacity("effect_opacity:Q", scale=None)
    tooltip = [alt.Tooltip(f"segment_{language}:N", title=say("column.segment", language)), *_effect_tooltip(language)]
    layers = [
        alt.Chart().mark_rect(color="#EDF0F4").encode(x=alt.datum(-1), x2=alt.datum(1)),
        alt.Chart().mark_bar(height=9).encode(x, y, colour, opacity, tooltip=tooltip),
        alt.Chart().mark_rule(color=LINE).encode(x=alt.datum(0)),
    ]
    panel = alt.layer(*layers, data=known).properties(width=WIDTH, height=alt.Step(16))
    note = say("profiles.chart_effects_note", language)
    words = alt.TitleParams(say("profiles.chart_effects", language), subtitle=note)
    return panel.facet(_facet(f"segment_{language}", "segment_rank"), columns=ACROSS, spacing=18, title=words)


def _facet(field: str, rank: str) -> Any:
    import altair as alt

    header = alt.Header(
        title=None, labelAnchor="start", labelFontWeight=600, labelFontSize=12, labelColor=INK, labelLimit=WIDTH + 40
    )
    return alt.Facet(f"{field}:N", sort=alt.SortField(rank), header=header)


def _panel(rows: pd.DataFrame, variable: str, has_names: bool, language: str, currency: str) -> Any:
    import altair as alt

    unit = VARIABLES[variable].unit
    base = alt.Chart().transform_filter(f"datum.variable == '{variable}'")
    scale = alt.Scale(type="sqrt") if unit == "money" or variable in ROOT else alt.Scale(zero=True)
    x = alt.X("shown:Q", axis=_axis(unit, language, currency), scale=scale)
    title = alt.TitleParams(variable_name(variable, language), fontSize=13, offset=6, anchor="start")
    marks = _marks(base, x, _names(has_names, language), unit, language)
    return alt.layer(*marks, data=rows, title=title, width=WIDTH, height=alt.Step(STEP))


def _marks(base: Any, x: Any, y: Any, unit: str, language: str) -> list[Any]:
    """Return the line of all accounts, intervals and dots."""
    import altair as alt

    colour, fill = alt.Stroke("colour:N", scale=None), alt.Fill("fill:N", scale=None)
    overall = base.mark_rule(strokeDash=[4, 3], color=INK, strokeWidth=1.3).encode(x=alt.X("mean(overall):Q"))
    interval = base.mark_rule(strokeWidth=2.4, opacity=0.5).encode(
        alt.X("shown_low:Q"), alt.X2("shown_high:Q"), y, colour
    )
    tooltip = _tooltip(unit, language)
    marks = [overall, interval]
    for end, shape in (("low", "triangle-left"), ("high", "triangle-right")):
        cut = base.transform_filter(f"datum.is_cut_{end}")
        marks.append(cut.mark_point(shape=shape, **DOT).encode(x, y, colour, fill, tooltip=tooltip))
    inside = base.transform_filter("!datum.is_cut_low && !datum.is_cut_high")
    return [*marks, inside.mark_point(**DOT).encode(x, y, colour, fill, tooltip=tooltip)]


def _names(has_names: bool, language: str) -> Any:
    import altair as alt

    axis = alt.Axis(title=None, labelLimit=170, grid=True, gridColor=GRID, labels=has_names, labelPadding=8)
    return alt.Y(f"segment_{language}:N", sort=alt.SortField("segment_rank"), axis=axis)


def _axis(unit: str, language: str, currency: str) -> Any:
    import altair as alt

    labels: dict[str, Any] = {"format": ",.3~f"}
    if unit == "money":
        labels = {"labelExpr": money_label(language, currency)}
    elif unit == "percent":
        labels = {"labelExpr": _percent_label(language)}
    return alt.Axis(title=None, tickCount=4, gridColor=GRID, labelSeparation=10, **labels)


def _percent_label(language: str) -> str:
    sign = "%" if language == "en" else "\u00a0%"
    return f"format(100 * datum.value, ',.3~f') + '{sign}'"


def _tooltip(unit: str, language: str) -> list[Any]:
    import altair as alt

    titles = {name: say(f"column.{name}", language) for name in ("segment", "value", "low", "high", "overall")}
    form = TOOLTIPS[unit]
    figures = [
        alt.Tooltip(f"{name}:Q", title=titles[name], format=form) for name in ("value", "low", "high", "overall")
    ]
    accounts = alt.Tooltip("n:Q", title=say("column.n_accounts", language), format=",")
    return [alt.Tooltip(f"segment_{language}:N", title=titles["segment"]), *figures, accounts]


def _effect_tooltip(language: str) -> list[Any]:
    import altair as alt

    figures = [
        alt.Tooltip(f"{name}:Q", title=say(f"column.{name}", language), format=",.3~f")
        for name in ("effect_size", "p_adjusted")
    ]
    return [alt.Tooltip(f"label_{language}:N", title=say("column.variable", language)), *figures]


def _nothing(language: str) -> Any:
    """Return a chart that says that there is nothing to draw."""
    import altair as alt
    import pandas as pd

    frame = pd.DataFrame({"text": [say("profiles.nothing", language)]})
    return alt.Chart(frame, width=560, height=60).mark_text(color=MUTED, fontSize=13).encode(text="text:N")
