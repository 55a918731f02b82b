"""Charts of notebook 04: what the segments are, how stable clusters are, where grid and clusters differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.charts.theme import GRID, INK, LINE, MUTED, SEGMENT_COLOURS, money_label
from segkit.charts.tiles import lay_tiles
from segkit.texts import say, show

if TYPE_CHECKING:
    import pandas as pd

LOCALES = {"de": "de_DE", "en": "en_GB"}
TILES_WIDTH, TILES_HEIGHT, STRETCH = 680, 300, 2.2
MEASURES = ("share_accounts", "share_revenue", "share_margin")
MOST_POINTS = 1500
DECADES = [10**n for n in range(10)]
DAYS = [0, 7, 30, 60, 90, 180, 270, 365, 730]
CHANCE = 0.6  # bootstrap Jaccard below which a cluster is dissolved by chance (Hennig 2007)


def segment_tiles_chart(sizes: pd.DataFrame, language: str = "de", currency: str = "EUR") -> Any:
    """Return tiles whose area is each segment's revenue, with its name, share and number of accounts.

    Parameters
    ----------
    sizes : DataFrame
        Table `segment_sizes`; segments without revenue have no tile.
    language, currency : str
        Language of the words; ISO code of the money.
    """
    import altair as alt

    tiles = sizes[sizes["revenue_12m"] > 0].sort_values(["revenue_12m", "segment_id"], ascending=[False, True])
    tiles = tiles[["colour", f"name_{language}", "share_revenue", "n_accounts", "revenue_12m"]]
    tiles = tiles.rename(columns={f"name_{language}": "name"})
    places = lay_tiles(tiles["revenue_12m"].to_numpy(float), TILES_WIDTH, TILES_HEIGHT, STRETCH)
    tiles = tiles.assign(**places, **_tile_texts(tiles, places, language, currency))
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[0, TILES_WIDTH], nice=False))
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[0, TILES_HEIGHT], nice=False, reverse=True))
    base = alt.Chart(tiles).encode(x=x, y=y)
    boxes = base.mark_rect(stroke="white", strokeWidth=3, cornerRadius=3).encode(
        x2="x2:Q",
        y2="y2:Q",
        color=alt.Color("colour:N", scale=None),
        tooltip=[
            alt.Tooltip("name:N", title=say("segments.axis_segment", language)),
            alt.Tooltip("n_accounts:Q", title=say("segments.axis_accounts", language), format=",.0f"),
            alt.Tooltip("share_revenue:Q", title=say("segments.measure_share_revenue", language), format=".1%"),
        ],
    )
    white = {"align": "left", "baseline": "top", "color": "white", "dx": 10}
    titles = [
        base.mark_text(**white, dy=10, fontSize=size, fontWeight=600).encode(text=f"{field}:N")
        for field, size in (("title", 14), ("small", 11))
    ]
    lines = [base.mark_text(**white, dy=30 + 17 * i, fontSize=12).encode(text=f"line{i}:N") for i in range(2)]
    note = say("segments.chart_sizes_note", language)
    return alt.layer(boxes, *titles, *lines).properties(
        width=TILES_WIDTH,
        height=TILES_HEIGHT,
        title=alt.TitleParams(say("segments.chart_sizes", language), subtitle=note),
    )


def _tile_texts(tiles: pd.DataFrame, places: dict[str, Any], language: str, currency: str) -> dict[str, list[str]]:
    """Return what stands in each tile; a tile too small for its words stays empty, the tooltip has them."""
    wide, high = places["x2"] - places["x"], places["y2"] - places["y"]
    texts: dict[str, list[str]] = {"title": [], "small": [], "line0": [], "line1": []}
    for tile, width, height in zip(tiles.itertuples(), wide.tolist(), high.tolist(), strict=True):
        share = show(tile.share_revenue, "percent", LOCALES[language])
        kind = "million" if tile.revenue_12m >= 1e6 else "money"
        money = show(tile.revenue_12m, kind, LOCALES[language], currency)
        accounts = f"{show(tile.n_accounts, 'count', LOCALES[language])} {say('segments.axis_accounts', language)}"
        is_large, is_small = (width > letter * len(tile.name) + 16 and height > 30 for letter in (9.6, 7.4))
        fits = is_large or is_small
        texts["title"].append(tile.name if is_large else "")
        texts["small"].append(
            "" if is_large else tile.name if is_small else share if width > 60 and height > 30 else ""
        )
        texts["line0"].append((f"{share} · {money}" if width > 130 else share) if fits and height > 50 else "")
        texts["line1"].append(accounts if fits and height > 68 else "")
    return texts


def segment_shares_chart(sizes: pd.DataFrame, language: str = "de") -> Any:
    """Return bars of each segment's share of accounts, revenue and margin, side by side."""
    import altair as alt

    known = [measure for measure in MEASURES if sizes[measure].notna().any()]
    long = _in_order(sizes, language).melt(["name", "colour", "place"], known, "measure", "share")
    long["measure_name"] = [say(f"segments.measure_{measure}", language) for measure in long["measure"]]
    long["order"] = long["measure"].map(MEASURES.index)
    long["label"] = [show(share, "percent", LOCALES[language]) for share in long["share"]]
    base = alt.Chart(long).encode(
        y=alt.Y("name:N", sort=alt.EncodingSortField("place"), axis=alt.Axis(title=None)),
        x=alt.X("share:Q", axis=None, scale=alt.Scale(domainMin=0, range=[0, 116])),
    )
    bars = base.mark_bar(height={"band": 0.66}).encode(
        color=alt.Color("colour:N", scale=None),
        tooltip=[
            alt.Tooltip("name:N", title=say("segments.axis_segment", language)),
            alt.Tooltip("measure_name:N", title=say("segments.axis_measure", language)),
            alt.Tooltip("label:N", title=say("segments.axis_share", language)),
        ],
    )
    numbers = base.mark_text(align="left", dx=5, color=INK, fontSize=11).encode(text="label:N")
    header = alt.Header(title=None, labelFontWeight=600, labelAnchor="start", labelFontSize=12)
    facet = alt.Facet("measure_name:N", header=header, sort=alt.EncodingSortField("order"))
    return (
        alt.layer(bars, numbers)
        .properties(width=168, height=alt.Step(25))
        .facet(facet, columns=len(MEASURES), spacing=18)
        .properties(title=say("segments.chart_shares", language))
    )


def value_recency_chart(
    features: pd.DataFrame, segments: pd.DataFrame, sizes: pd.DataFrame, language: str = "de", currency: str = "EUR"
) -> Any:
    """Return a point per account: days since the last line, and revenue of 12 months on a log scale, by segment.

    Parameters
    ----------
    features : DataFrame
        account_id, days_since_last, revenue_12m: one slice of `account_features`.
    segments, sizes : DataFrame
        Tables `segments` and `segment_sizes`.
    language, currency : str
        Language of the words; ISO code of the money.
    """
    import altair as alt

    points = features[features["revenue_12m"] >= 1].merge(segments[["account_id", "segment_id"]], on="account_id")
    points = points.sort_values("account_id").iloc[:: max(1, -(-len(points) // MOST_POINTS))]
    named = _in_order(sizes, language).reset_index()
    points = points.merge(named[["segment_id", "name", "colour", "place"]], on="segment_id")
    points = points[["days_since_last", "revenue_12m", "name", "colour", "place"]]
    legend = points[["name", "colour", "place"]].drop_duplicates().sort_values("place")
    days, revenue = say("segments.axis_recency", language), say("segments.axis_revenue", language)
    x = alt.X("days_since_last:Q", scale=alt.Scale(type="sqrt"), axis=alt.Axis(title=days, values=DAYS, grid=False))
    y = alt.Y(
        "revenue_12m:Q",
        scale=alt.Scale(type="log", nice=False),
        axis=alt.Axis(title=revenue, labelExpr=money_label(language, currency), values=DECADES),
    )
    colour = alt.Color("colour:N", scale=None)
    dots = alt.Chart(points).mark_circle(size=34, opacity=0.55).encode(x=x, y=y, color=colour)
    key = alt.Chart(legend).encode(y=alt.Y("name:N", sort=alt.EncodingSortField("place"), axis=_key_axis()))
    marks = key.mark_circle(size=110, opacity=1).encode(color=colour)
    note = say("segments.chart_scatter_note", language)
    return alt.hconcat(
        dots.properties(width=500, height=330),
        marks.properties(width=14, height=alt.Step(22)),
        spacing=16,
        title=alt.TitleParams(say("segments.chart_scatter", language), subtitle=note),
    )


def stability_chart(pairs: pd.DataFrame, search: pd.DataFrame, language: str = "de") -> Any:
    """Return a box per number of clusters: agreement of bootstrap pairs; the number chosen is coloured.

    Parameters
    ----------
    pairs : DataFrame
        n_segments, pair, ari.
    search : DataFrame
        Table `cluster_search`: n_segments, is_chosen.
    language : str
        Language of the words.
    """
    import altair as alt

    shown = pairs.merge(search[["n_segments", "is_chosen"]], on="n_segments")
    shown["colour"] = np.where(shown["is_chosen"].astype(bool), SEGMENT_COLOURS[0], LINE)
    shown = shown[["n_segments", "ari", "colour"]]
    x = alt.X("n_segments:O", axis=alt.Axis(title=say("segments.axis_k", language), labelAngle=0))
    ari = alt.Axis(title=say("segments.axis_ari", language))
    y = alt.Y("ari:Q", scale=alt.Scale(domainMax=1, zero=False), axis=ari)
    colour = alt.Color("colour:N", scale=None)
    boxes = alt.Chart(shown).mark_boxplot(size=30, extent="min-max", median={"color": "white", "strokeWidth": 2.5})
    boxes = boxes.encode(x=x, y=y, color=colour)
    return boxes.properties(
        width=620,
        height=260,
        title=alt.TitleParams(
            say("segments.chart_stability", language), subtitle=say("segments.chart_stability_note", language)
        ),
    )


def cluster_stability_chart(stability: pd.DataFrame, search: pd.DataFrame, language: str = "de") -> Any:
    """Return a dot per cluster and number of clusters: how far it comes back in samples; a line where chance begins.

    Parameters
    ----------
    stability : DataFrame
        Table `segment_stability`: method, n_segments, segment_id, slsw, n_accounts.
    search : DataFrame
        Table `cluster_search`: n_segments, is_chosen.
    language : str
        Language of the words.
    """
    import altair as alt
    import pandas as pd

    clusters = stability[(stability["method"] != "grid") & (stability["segment_id"] != "ALL")]
    clusters = clusters.merge(search[["n_segments", "is_chosen"]], on="n_segments")
    clusters["colour"] = np.where(clusters["is_chosen"].astype(bool), SEGMENT_COLOURS[0], LINE)
    number = clusters["segment_id"].str.extract(r"(\d+)$")[0]
    clusters["name"] = [say("segments.cluster_label", language, number=n) for n in number]
    clusters = clusters[["n_segments", "name", "slsw", "n_accounts", "colour"]]
    overlap = say("segments.axis_overlap", language)
    dots = (
        alt.Chart(clusters)
        .mark_circle(opacity=0.85, stroke="white", strokeWidth=1)
        .encode(
            x=alt.X("n_segments:O", axis=alt.Axis(title=say("segments.axis_k", language), labelAngle=0)),
            y=alt.Y("slsw:Q", scale=alt.Scale(domainMax=1, zero=False), axis=alt.Axis(title=overlap)),
            size=alt.Size("n_accounts:Q", legend=None, scale=alt.Scale(range=[40, 420])),
            color=alt.Color("colour:N", scale=None),
            tooltip=[
                alt.Tooltip("name:N", title=say("segments.axis_cluster", language)),
                alt.Tooltip("slsw:Q", title=overlap, format=".2f"),
                alt.Tooltip("n_accounts:Q", title=say("segments.axis_accounts", language), format=",.0f"),
            ],
        )
    )
    limit = alt.Chart(pd.DataFrame({"slsw": [CHANCE]})).mark_rule(color=MUTED, strokeDash=[5, 4]).encode(y="slsw:Q")
    note = say("segments.chart_within_note", language)
    return alt.layer(limit, dots).properties(
        width=620, height=260, title=alt.TitleParams(say("segments.chart_within", language), subtitle=note)
    )


def agreement_chart(challenger: pd.DataFrame, sizes: pd.DataFrame, language: str = "de") -> Any:
    """Return a heat map: how each segment's accounts spread over the clusters.

    Parameters
    ----------
    challenger : DataFrame
        Table `challenger`: segment_id, cluster_id.
    sizes : DataFrame
        Table `segment_sizes`.
    language : str
        Language of the words.
    """
    import altair as alt

    cells = challenger.groupby(["segment_id", "cluster_id"]).size().rename("n_accounts").reset_index()
    cells["share"] = cells["n_accounts"] / cells.groupby("segment_id")["n_accounts"].transform("sum")
    cells["name"] = cells["segment_id"].map(_in_order(sizes, language)["name"])
    cells["place"] = cells["segment_id"].map(_in_order(sizes, language)["place"])
    number = cells["cluster_id"].str.extract(r"(\d+)$")[0]
    cells["cluster"] = [say("segments.cluster_label", language, number=n) for n in number]
    cells["label"] = [show(n, "count", LOCALES[language]) for n in cells["n_accounts"]]
    cells["ink"] = np.where(cells["share"] > 0.6, "white", INK)
    base = alt.Chart(cells[["name", "place", "cluster", "share", "label", "ink"]]).encode(
        x=alt.X("cluster:N", axis=alt.Axis(title=None, orient="top", labelAngle=0, domain=False, ticks=False)),
        y=alt.Y("name:N", sort=alt.EncodingSortField("place"), axis=alt.Axis(title=None)),
    )
    share = say("segments.axis_share_of_segment", language)
    scale = alt.Scale(domain=[0, 1], range=[GRID, SEGMENT_COLOURS[0]])
    heat = base.mark_rect(stroke="white", strokeWidth=2).encode(
        color=alt.Color("share:Q", scale=scale, legend=alt.Legend(title=share, format=".0%", orient="bottom")),
        tooltip=[alt.Tooltip("share:Q", title=share, format=".0%"), alt.Tooltip("label:N", title=" ")],
    )
    words = base.mark_text(fontSize=12).encode(text="label:N", color=alt.Color("ink:N", scale=None))
    note = say("segments.chart_agreement_note", language)
    return (
        alt.layer(heat, words)
        .resolve_scale(color="independent")
        .properties(
            width=alt.Step(92),
            height=alt.Step(30),
            title=alt.TitleParams(say("segments.chart_agreement", language), subtitle=note),
        )
    )


def _in_order(sizes: pd.DataFrame, language: str) -> pd.DataFrame:
    """Return sizes by segment_id with name in the language and place: by revenue, then by accounts."""
    ordered = sizes.sort_values(["revenue_12m", "n_accounts", "segment_id"], ascending=[False, False, True])
    named = ordered.assign(name=ordered[f"name_{language}"], place=np.arange(len(ordered)))
    return named.set_index("segment_id")


def _key_axis() -> Any:
    import altair as alt

    return alt.Axis(title=None, orient="right", labelFontSize=12, labelPadding=4, domain=False, ticks=False)
