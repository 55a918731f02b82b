"""Charts of needs: what matters to whom, how departments split, and where to begin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segkit.charts.theme import GRID, INK
from segkit.segments.needs.answers import matches
from segkit.segments.needs.findings import call_group, show_answer
from segkit.segments.needs.names import bare, main_list
from segkit.texts import say, show

if TYPE_CHECKING:
    import pandas as pd

LOCALES = {"de": "de_DE", "en": "en_GB"}
CELL_WIDTH, CELL_HEIGHT = 165, 34
MORE, LESS, NEITHER = "#8DB7E8", "#F0B48A", "#F4F6F9"  # ink on all of them is readable


def need_profile_chart(
    profiles: pd.DataFrame,
    sizes: pd.DataFrame,
    patterns: tuple[str, ...] = (),
    language: str = "de",
    currency: str = "",
) -> Any:
    """Return questions × needs with the mean rating or the share, coloured by how far the need differs from the others.

    Parameters
    ----------
    profiles : DataFrame
        Table `need_profiles` of one segmentation.
    sizes : DataFrame
        Table `segment_sizes`, for names.
    patterns : tuple of str
        Settings ``questions``, the order of the lists; words that all questions of the first one begin with are left
        out.
    """
    import altair as alt

    known = sizes.set_index("segment_id")
    rows = profiles[["segment_id", "question", "kind", "estimate", "effect_size", "n_persons"]].copy()
    rows["need"] = rows["segment_id"].map(known[f"name_{language}"])
    main = main_list(rows["question"], patterns)
    rows["label"] = [bare(question, main) for question in rows["question"]]
    place = {pattern: position for position, pattern in enumerate(patterns)}
    lists = [next((place[p] for p in patterns if matches(question, p)), len(place)) for question in rows["question"]]
    rows = rows.assign(list=lists).sort_values(["list", "question", "segment_id"], kind="stable")
    rows["told"] = [
        show_answer(float(value), kind, language) for value, kind in zip(rows["estimate"], rows["kind"], strict=True)
    ]
    x = alt.X("need:N", sort=alt.EncodingSortField("segment_id", op="min"))
    # two lines, so that names of two questions fit below their column
    words = {"title": None, "labelLimit": CELL_WIDTH + 10, "labelExpr": f"split(datum.label, ' {_and(language)} ')"}
    x = x.axis(
        orient="bottom", labelAngle=0, ticks=False, domain=False, labelFontWeight=600, labelLineHeight=14, **words
    )
    base = alt.Chart(rows).encode(
        x=x, y=alt.Y("label:N", sort=None, axis=alt.Axis(title=None, labelLimit=240, ticks=False, domain=False))
    )
    colours = alt.Scale(domain=[-1, 0, 1], range=[LESS, NEITHER, MORE], clamp=True, interpolate="rgb")
    boxes = base.mark_rect(stroke="white", strokeWidth=2).encode(
        color=alt.Color("effect_size:Q", scale=colours, legend=None),
        tooltip=[
            alt.Tooltip("need:N", title=say("needs.axis_need", language)),
            alt.Tooltip("label:N", title=say("column.question", language)),
            alt.Tooltip("told:N", title=say("column.estimate", language)),
            alt.Tooltip("effect_size:Q", title=say("needs.axis_effect", language), format=".2f"),
            alt.Tooltip("n_persons:Q", title=say("needs.axis_persons", language), format=",.0f"),
        ],
    )
    numbers = base.mark_text(color=INK, fontSize=12).encode(text="told:N")
    note = say("needs.chart_profiles_note", language)
    return alt.layer(boxes, numbers).properties(
        width=alt.Step(CELL_WIDTH),
        height=alt.Step(CELL_HEIGHT),
        title=alt.TitleParams(say("needs.chart_profiles", language), subtitle=note),
    )


def need_departments_chart(
    departments: pd.DataFrame, sizes: pd.DataFrame, language: str = "de", currency: str = ""
) -> Any:
    """Return one bar per department, divided by need.

    Parameters
    ----------
    departments : DataFrame
        Table `need_departments` of one segmentation.
    sizes : DataFrame
        Table `segment_sizes`, for names and colours.
    """
    import altair as alt

    known = sizes.set_index("segment_id")
    rows = departments[["department", "segment_id", "n_persons", "share", "n_department"]].copy()
    rows["need"] = rows["segment_id"].map(known[f"name_{language}"])
    rows["label"] = [f"{a} ({n})" for a, n in zip(rows["department"], rows["n_department"], strict=True)]
    rows["told"] = [show(v, "percent", LOCALES[language]) if v >= 0.08 else "" for v in rows["share"]]
    ends = rows.groupby("label")["share"].cumsum()
    rows = rows.assign(end=ends, start=ends - rows["share"], middle=ends - rows["share"] / 2)
    order = rows.drop_duplicates("segment_id").sort_values("segment_id")
    scale = alt.Scale(domain=order["need"].tolist(), range=order["segment_id"].map(known["colour"]).tolist())
    legend = alt.Legend(title=None, orient="top", labelLimit=260, columns=2)
    axis = alt.Axis(format="%", title=None, tickCount=5, gridColor=GRID)
    base = alt.Chart(rows).encode(
        y=alt.Y(
            "label:N",
            sort=alt.EncodingSortField("n_department", op="max", order="descending"),
            axis=alt.Axis(title=None, labelLimit=240),
        )
    )
    bars = base.mark_bar(height={"band": 0.7}).encode(
        x=alt.X("start:Q", scale=alt.Scale(domain=[0, 1]), axis=axis),
        x2="end:Q",
        color=alt.Color("need:N", scale=scale, legend=legend),
        tooltip=[
            alt.Tooltip("label:N", title=say("column.department", language)),
            alt.Tooltip("need:N", title=say("needs.axis_need", language)),
            alt.Tooltip("share:Q", title=say("needs.axis_share", language), format=".0%"),
            alt.Tooltip("n_persons:Q", title=say("needs.axis_persons", language), format=",.0f"),
        ],
    )
    words = base.mark_text(color="white", fontSize=11, fontWeight=600).encode(x="middle:Q", text="told:N")
    note = say("needs.chart_departments_note", language)
    return alt.layer(bars, words).properties(
        width=560,
        height=alt.Step(34),
        title=alt.TitleParams(say("needs.chart_departments", language), subtitle=note),
    )


def need_candidates_chart(
    candidates: pd.DataFrame, sizes: pd.DataFrame, language: str = "de", currency: str = ""
) -> Any:
    """Return the candidates with their reach and what can be learned: those to begin with first, in full colour.

    Parameters
    ----------
    candidates : DataFrame
        Table `need_candidates` of one segmentation.
    sizes : DataFrame
        Table `segment_sizes`, for names and colours.
    """
    import altair as alt

    known = sizes.set_index("segment_id")
    rows = candidates[["rank", "segment_id", "access", "learning", "n_persons", "n_reachable", "is_start"]].copy()
    rows["need"] = rows["segment_id"].map(known[f"name_{language}"])
    pairs = zip(candidates["split_by"], candidates["value"], strict=True)
    rows["group"] = [call_group(a, b, language) for a, b in pairs]
    rows["label"] = [f"{n}. {a}, {b}" for n, a, b in zip(rows["rank"], rows["need"], rows["group"], strict=True)]
    rows["strength"] = rows["is_start"].map({True: 1.0, False: 0.35})
    rows["colour"] = rows["segment_id"].map(known["colour"])
    rows["order"] = rows["rank"].where(rows["is_start"], rows["rank"] + len(rows))
    kept = ["order", "label", "colour", "strength", "n_persons", "n_reachable"]
    long = rows.melt(kept, ["access", "learning"], "measure", "share")
    long["what"] = [say(f"needs.axis_{name}", language) for name in long["measure"]]
    long["told"] = [show(v, "percent", LOCALES[language]) for v in long["share"]]
    labels = alt.Axis(title=None, labelLimit=470, ticks=False, domain=False)
    base = alt.Chart(long).encode(
        y=alt.Y("label:N", sort=alt.EncodingSortField("order", op="min"), axis=labels),
        x=alt.X("share:Q", axis=None, scale=alt.Scale(domain=[0, 1], range=[0, 130])),
    )
    bars = base.mark_bar(height={"band": 0.66}).encode(
        color=alt.Color("colour:N", scale=None),
        opacity=alt.Opacity("strength:Q", scale=None),
        tooltip=[
            alt.Tooltip("label:N", title=say("needs.axis_group", language)),
            alt.Tooltip("n_persons:Q", title=say("needs.axis_persons", language), format=",.0f"),
            alt.Tooltip("n_reachable:Q", title=say("column.n_reachable", language), format=",.0f"),
            alt.Tooltip("told:N", title=say("needs.axis_share", language)),
        ],
    )
    numbers = base.mark_text(align="left", dx=5, color=INK, fontSize=11).encode(text="told:N")
    header = alt.Header(title=None, labelFontWeight=600, labelAnchor="start", labelFontSize=12)
    facet = alt.Facet("what:N", header=header, sort=[say(f"needs.axis_{x}", language) for x in ("access", "learning")])
    words = alt.TitleParams(
        say("needs.chart_candidates", language), subtitle=say("needs.chart_candidates_note", language)
    )
    panel = alt.layer(bars, numbers).properties(width=175, height=alt.Step(24))
    return panel.facet(facet, columns=2, spacing=18, title=words)


def _and(language: str) -> str:
    """Return the word between the two questions of a name."""
    return say("needs.name_two", language, first="", second="").strip()
