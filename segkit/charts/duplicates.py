"""How sure it is that two records are one customer, and what each agreement of two records says about it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from segkit.charts.theme import INK, SEGMENT_COLOURS
from segkit.cleansing.fields import field_name, signed
from segkit.texts import has, say

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

GROUPS = {
    "merged": ("merged", "kept", "decided_same"),
    "review": ("review",),
    "apart": ("apart", "decided_different"),
}
COLOURS = {"merged": SEGMENT_COLOURS[0], "review": SEGMENT_COLOURS[2], "apart": "#9AA7B5"}
LEAST_BITS, MOST_BITS = -8, 20  # pairs below one in a hundred are not listed; beyond a million to one nobody looks
BIN = 1.0
MARKS = (0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999)
WIDTH, HEIGHT = 640, 220
_ABOVE = {"baseline": "top", "dy": 2, "color": INK, "fontWeight": 600}


def probabilities_chart(duplicates: pd.DataFrame, merge: float, review: float, language: str = "en") -> alt.LayerChart:
    """Pairs by the probability that both are one customer, with the thresholds of merging and of asking people.

    The axis is even in odds, because nearly all pairs are near 0 or 1.

    Parameters
    ----------
    duplicates : DataFrame
        probability, match_weight, status.
    merge, review : float
        Thresholds of project.yml.
    language : str
        Language of the words.
    """
    import altair as alt
    import pandas as pd

    bars = probability_bins(duplicates, language)
    limits = pd.DataFrame({
        "place": [0, 1],
        "bits": [bits_of(review), bits_of(merge)],
        "label": [say("quality.limit_review", language, share=_percent(review, language)),
                  say("quality.limit_merge", language, share=_percent(merge, language))],
    })  # fmt: skip
    words = [say(f"quality.pairs_{group}", language) for group in GROUPS]
    shown = {bits_of(mark): _percent(mark, language) for mark in MARKS}
    labels = " : ".join(f"abs(datum.value - {bits}) < .01 ? '{label}'" for bits, label in shown.items()) + " : ''"
    x = alt.X(
        "low:Q",
        axis=alt.Axis(title=say("quality.chart_probability", language), values=list(shown), labelExpr=labels,
                      grid=False, labelOverlap=False),
        scale=alt.Scale(domain=[LEAST_BITS, MOST_BITS], nice=False),
    )  # fmt: skip
    base = alt.Chart(bars).mark_bar(orient="vertical", cornerRadiusEnd=0, stroke="white", strokeWidth=0.5).encode(
        x=x, x2="high:Q",
        y=alt.Y("n:Q", stack="zero", axis=alt.Axis(title=say("quality.chart_pairs", language), tickCount=4,
                                                   format=",.0f")),
        color=alt.Color("group_name:N", title=None, legend=alt.Legend(orient="top"),
                        scale=alt.Scale(domain=words, range=[COLOURS[group] for group in GROUPS])),
        order=alt.Order("group_place:Q"),
        tooltip=[alt.Tooltip("group_name:N", title=" "), alt.Tooltip("n:Q", title=say("quality.chart_pairs", language)),
                 alt.Tooltip("range:N", title=say("quality.chart_probability", language))],
    )  # fmt: skip
    rules = alt.Chart(limits).encode(x="bits:Q")
    lines = rules.mark_rule(color=INK, strokeDash=[5, 3], strokeWidth=1.5)
    names = [
        rules.transform_filter(f"datum.place === {place}").mark_text(align=align, dx=dx, **_ABOVE)
        .encode(text="label:N", y=alt.value(0))
        for place, align, dx in ((0, "right", -5), (1, "left", 5))
    ]  # fmt: skip
    return alt.layer(base, lines, *names).properties(
        title=say("quality.chart_probabilities", language), width=WIDTH, height=HEIGHT
    )


def bits_of(probability: float) -> float:
    """Base-2 logarithm of the odds, between `LEAST_BITS` and `MOST_BITS`."""
    if probability <= 0 or probability >= 1:
        return LEAST_BITS if probability <= 0 else MOST_BITS
    return max(LEAST_BITS, min(MOST_BITS, round(math.log2(probability / (1 - probability)), 4)))


def _percent(probability: float, language: str) -> str:
    distance = 1.01 * min(probability, 1 - probability)
    digits = 0 if distance >= 0.01 else 1 if distance >= 0.001 else 2 if distance >= 0.0001 else 3
    text = f"{probability * 100:.{digits}f}"
    return f"{text.replace('.', ',')} %" if language == "de" else f"{text}%"


def probability_bins(duplicates: pd.DataFrame, language: str) -> pd.DataFrame:
    """Number of pairs per bit of evidence and group of states."""
    import numpy as np

    group_of = {status: group for group, statuses in GROUPS.items() for status in statuses}
    bits = duplicates["probability"].astype(float).map(bits_of)
    place = np.floor(bits.clip(upper=MOST_BITS - BIN) / BIN) * BIN
    pairs = duplicates.assign(low=place, group=duplicates["status"].map(group_of).fillna("apart"))
    rows = pairs.groupby(["low", "group"], sort=True).size().rename("n").reset_index()
    chance = [[_percent(1 / (1 + 2.0**-bit), language) for bit in (low, low + BIN)] for low in rows["low"]]
    return rows.assign(
        high=rows["low"] + BIN,
        range=[f"{low} – {high}" for low, high in chance],
        group_name=[say(f"quality.pairs_{group}", language) for group in rows["group"]],
        group_place=rows["group"].map(list(GROUPS).index),
    )[["low", "high", "n", "range", "group_name", "group_place"]]


def weights_chart(match_model: pd.DataFrame, language: str = "en") -> alt.FacetChart:
    """Bars of what each level of agreement says: to the right for one customer, to the left against it.

    Parameters
    ----------
    match_model : DataFrame
        comparison, place, level, match_weight, is_trained, n_pairs.
    language : str
        Language of the words.
    """
    import altair as alt

    levels = weight_rows(match_model, language)
    kinds = [say(f"quality.weight_{kind}", language) for kind in ("trained", "fallback")]
    base = alt.Chart().encode(
        y=alt.Y(
            "level_name:N", sort=alt.EncodingSortField("place", op="min"), axis=alt.Axis(title=None, labelLimit=300)
        )
    )
    bars = base.mark_bar(height={"band": 0.7}, cornerRadiusEnd=0).encode(
        x=alt.X("match_weight:Q", scale=alt.Scale(nice=False, padding=36),
                axis=alt.Axis(title=say("quality.chart_weight", language), tickCount=6)),
        color=alt.Color("is_for:N", legend=None, scale=alt.Scale(domain=[True, False],
                                                               range=[SEGMENT_COLOURS[0], SEGMENT_COLOURS[2]])),
        opacity=alt.Opacity("kind_name:N", title=None, legend=alt.Legend(orient="top", symbolFillColor=INK,
                                                                        symbolStrokeColor=INK),
                            scale=alt.Scale(domain=kinds, range=[1, 0.5])),
        tooltip=[alt.Tooltip("comparison_name:N", title=" "), alt.Tooltip("level_name:N", title=" "),
                 alt.Tooltip("match_weight:Q", title=say("quality.chart_weight", language), format="+.1f"),
                 alt.Tooltip("n_pairs:Q", title=say("quality.chart_pairs", language), format=",.0f")],
    )  # fmt: skip
    right = base.mark_text(align="left", dx=4).encode(x="match_weight:Q", text="right:N")
    left = base.mark_text(align="right", dx=-4).encode(x="match_weight:Q", text="left:N")
    zero = base.mark_rule(color=INK).encode(x=alt.datum(0))
    order = list(dict.fromkeys(levels["comparison_name"]))
    header = alt.Header(title=None, labelAngle=0, labelAlign="left", labelAnchor="middle", labelFontWeight=600,
                        labelLimit=150, labelPadding=6)  # fmt: skip
    return (
        alt.layer(bars, zero, right, left, data=levels)
        .properties(width=330, height=alt.Step(18))
        .facet(row=alt.Row("comparison_name:N", sort=order, header=header), spacing=8)
        .resolve_scale(y="independent")
        .properties(title=say("quality.chart_weights", language))
    )


def weight_rows(match_model: pd.DataFrame, language: str) -> pd.DataFrame:
    """The levels with names and numbers in words; the comparison that can say most comes first."""
    known = match_model[match_model["match_weight"].notna()].astype({"match_weight": float})
    strength = known.groupby("comparison")["match_weight"].max().sort_values(ascending=False, kind="stable")
    rank = {comparison: place for place, comparison in enumerate(strength.index)}
    known = known.assign(rank=known["comparison"].map(rank)).sort_values(["rank", "place"], kind="stable")
    numbers = [signed(value, language) for value in known["match_weight"]]
    is_for = known["match_weight"] >= 0
    kinds = {True: say("quality.weight_trained", language), False: say("quality.weight_fallback", language)}
    return known.assign(
        comparison_name=[field_name(name, language) for name in known["comparison"]],
        level_name=[level_words(level, language) for level in known["level"]],
        is_for=is_for,
        right=[text if positive else "" for text, positive in zip(numbers, is_for, strict=True)],
        left=["" if positive else text for text, positive in zip(numbers, is_for, strict=True)],
        kind_name=known["is_trained"].astype(bool).map(kinds),
    )[["comparison_name", "level_name", "place", "match_weight", "is_for", "right", "left", "kind_name", "n_pairs"]]


def level_words(level: str, language: str) -> str:
    """Words of a level where the texts have some, else the level itself."""
    key = f"matching.level_{level}"
    return say(key, language) if has(key) else str(level).replace("_", " ")
