"""Nodes and ribbons of the flow plot over the number of segments, as rows: worked out here, the chart only draws."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

WIDTHS = {"revenue": "revenue_12m", "margin": "margin_12m", "risk": "n_accounts", "accounts": "n_accounts"}
FILLED = 0.86  # share of the height that nodes fill; the rest is room between them
THINNEST = 0.004  # share of the whole below which a ribbon is not drawn
HALF_NODE = 0.19  # of the way from one number of segments to the next
POINTS = 7
READABLE, ROOMY = 0.065, 0.14  # heights from which a node has room for its number, and for its share as well
MOST_WIDE = 8  # numbers of segments side by side up to which a node is wide enough for its share


def shape_flow_plot(flows: pd.DataFrame, colours: Sequence[str], n_chosen: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return ribbons and nodes of up to three pictures: revenue, margin, and risk or, where that is unknown, accounts.

    Parameters
    ----------
    flows : DataFrame
        Table `segment_flows`.
    colours : sequence of str
        Colour of segment 1, 2 …
    n_chosen : int
        The number of segments chosen; its heading is marked.

    Returns
    -------
    DataFrame
        ribbons: measure, ribbon, x (number of segments), low, high (0 … 1 from the top), colour, cluster,
        next_cluster (numbers), n_accounts, share (of the measure), risk.
    DataFrame
        nodes: measure, x, left, right, low, high, middle, colour, cluster, n_accounts, share, risk, size (0 no room, 1
        number, 2 number and share). Ribbons of revenue and margin are as wide as the money, those of risk as the
        number of accounts; a picture without figures is left out.
    """
    import pandas as pd

    flows = flows.assign(left=_numbers(flows["cluster_id"]), right=_numbers(flows["next_cluster_id"]))
    places = _order(flows)
    ribbons, nodes = [], []
    for measure, column in WIDTHS.items():
        known = flows["churn_probability"] if measure == "risk" else flows[column]
        is_shown = measure != "accounts" or flows["churn_probability"].isna().all()
        if is_shown and known.notna().any() and flows[column].sum() > 0:
            sized = flows.assign(width=flows[column].fillna(0.0).clip(lower=0.0).astype(float))
            panel = _nodes(sized, places)
            nodes.append(panel.assign(measure=measure))
            ribbons.append(_ribbons(sized, panel).assign(measure=measure))
    palette = np.array(list(colours), dtype=object)
    both = [pd.concat(frames, ignore_index=True) for frames in (ribbons, nodes)]
    ribbons_all, nodes_all = (frame.assign(colour=palette[(frame["cluster"] - 1) % len(palette)]) for frame in both)
    return ribbons_all, nodes_all.assign(is_chosen=nodes_all["x"] == n_chosen)


def _numbers(ids: pd.Series) -> pd.Series:
    return ids.str.extract(r"(\d+)$")[0].astype("int64")


def _order(flows: pd.DataFrame) -> dict[tuple[int, int], float]:
    """Return a place from 0 to 1 for each segment of each number: under its main sources, so that few ribbons cross."""
    ks = sorted(flows["n_segments"].unique().tolist())
    first = sorted(flows.loc[flows["n_segments"] == ks[0], "left"].unique().tolist())
    places = {(ks[0], cluster): (i + 0.5) / len(first) for i, cluster in enumerate(first)}
    for k in ks:
        step = flows[flows["n_segments"] == k]
        from_place = np.array([places[k, cluster] for cluster in step["left"]])
        weighted = step.assign(sum=from_place * step["n_accounts"]).groupby("right")[["sum", "n_accounts"]].sum()
        middle = (weighted["sum"] / weighted["n_accounts"]).rename("middle").reset_index()
        ordered = middle.sort_values(["middle", "right"])["right"].tolist()
        places |= {(k + 1, cluster): (i + 0.5) / len(ordered) for i, cluster in enumerate(ordered)}
    return places


def _nodes(flows: pd.DataFrame, places: dict[tuple[int, int], float]) -> pd.DataFrame:
    """Return one row per segment of each number: its height by what flows out, on the last number by what flows in."""
    import pandas as pd

    last = flows["n_segments"].max()
    sides = [flows.assign(x=flows["n_segments"], cluster=flows["left"])]
    sides.append(flows[flows["n_segments"] == last].assign(x=last + 1).assign(cluster=lambda step: step["right"]))
    rows = pd.concat(sides, ignore_index=True)
    rows["carried"] = rows["churn_probability"].astype(float) * rows["n_accounts"]
    rows["judged"] = rows["n_accounts"].where(rows["carried"].notna(), 0)
    summed = rows.groupby(["x", "cluster"], as_index=False)[["width", "n_accounts", "carried", "judged"]].sum()
    summed["risk"] = (summed["carried"] / summed["judged"].where(summed["judged"] > 0)).round(6)
    whole = summed.groupby("x")["width"].transform("sum")
    summed["share"] = (summed["width"] / whole).round(6)
    summed["place"] = [places[x, cluster] for x, cluster in zip(summed["x"], summed["cluster"], strict=True)]
    summed = summed.sort_values(["x", "place"], ignore_index=True)
    height = summed["share"] * FILLED
    by_number = summed.assign(height=height).groupby("x")["height"]
    gap = (1 - FILLED) / (summed.groupby("x")["cluster"].transform("size") - 1).clip(lower=1)
    above = by_number.cumsum() - height + gap * summed.groupby("x").cumcount()
    geometry = {"low": above, "high": above + height, "middle": above + height / 2}
    edges = {"left": summed["x"] - HALF_NODE, "right": summed["x"] + HALF_NODE}
    is_wide = summed["x"].nunique() <= MOST_WIDE
    size = (height >= READABLE).astype("int64") + ((height >= ROOMY) & is_wide)
    return summed.assign(**geometry, **edges, size=size).drop(columns=["carried", "judged", "place"]).round(6)


def _ribbons(flows: pd.DataFrame, nodes: pd.DataFrame) -> pd.DataFrame:
    """Return the ribbons as points along a smooth step, the widest drawn first."""
    import pandas as pd

    place = nodes.set_index(["x", "cluster"])[["low", "share"]]
    starts = place.reindex(pd.MultiIndex.from_arrays([flows["n_segments"], flows["left"]]))
    ends = place.reindex(pd.MultiIndex.from_arrays([flows["n_segments"] + 1, flows["right"]]))
    whole = flows.groupby("n_segments")["width"].transform("sum").clip(lower=1e-12)
    rows = flows.assign(share=flows["width"] / whole, start=starts["low"].to_numpy(), end=ends["low"].to_numpy())
    rows["height"] = rows["share"] * FILLED
    for end, group, other in (("start", "left", "end"), ("end", "right", "start")):
        rows[f"{end}_low"] = _stack(rows, ["n_segments", group], end, other)
    rows = rows[rows["share"] >= THINNEST].sort_values(
        ["n_segments", "height", "left", "right"], ascending=[True, False, True, True], ignore_index=True
    )
    along = np.linspace(0.0, 1.0, POINTS)
    bend = along * along * (3 - 2 * along)
    drawn = rows.loc[rows.index.repeat(POINTS)].reset_index(drop=True)
    steps, bends = np.tile(along, len(rows)), np.tile(bend, len(rows))
    low = drawn["start_low"] + (drawn["end_low"] - drawn["start_low"]) * bends
    return pd.DataFrame(
        {
            "ribbon": np.repeat(np.arange(len(rows)), POINTS),
            "x": (drawn["n_segments"] + HALF_NODE + (1 - 2 * HALF_NODE) * steps).round(4),
            "low": low.round(5),
            "high": (low + drawn["height"]).round(5),
            "cluster": drawn["left"],
            "next_cluster": drawn["right"],
            "n_accounts": drawn["n_accounts"],
            "share": drawn["share"].round(5),
            "risk": drawn["churn_probability"].astype(float).round(6),
        }
    )


def _stack(rows: pd.DataFrame, groups: list[str], end: str, other: str) -> Any:
    """Return where each ribbon starts inside its node: one under the other, in the order of the other ends."""
    ordered = rows.sort_values([*groups, other])
    above = ordered.groupby(groups)["height"].cumsum() - ordered["height"]
    return (ordered[end] + above).reindex(rows.index)
