"""Ribbons and nodes of the Sankey diagram, as rows: what is drawn is worked out here, the chart only draws."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.display import compact_money
from segkit.monitoring.shaping import sum_cells
from segkit.texts import LANGUAGES, say

if TYPE_CHECKING:
    import pandas as pd

FILLED = 0.6  # share of the height that the flows fill; the rest is room between the nodes, for their labels
THINNEST = 0.004  # of the height: a flow of one small account is still seen
POINTS = 25
ABOVE = -0.03  # where the headings stand
ENDS = (("from", "revenue_before", 0.0), ("to", "revenue_12m", 1.0))


def shape_sankey(
    flows: pd.DataFrame, names: pd.DataFrame, headings: tuple[str, str], currency: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the ribbons and the nodes of the flow of revenue from segment to segment.

    Parameters
    ----------
    flows : DataFrame
        `migration_flows`. A ribbon is as wide on the left as the revenue of its accounts before, on the right as their
        revenue now: it narrows where revenue was lost. Negative revenue counts as none.
    names : DataFrame
        segment_id, name_de, name_en, colour, rank.
    headings : (str, str)
        Above the left and the right side: the two quarters.
    currency : str
        Of the labels.

    Returns
    -------
    DataFrame
        ribbons: ribbon, x (0 … 1), low, high (0 … 1 from the top), colour of the segment before, opacity (those who
        stay are pale), title_de, title_en, n_accounts, revenue_before, revenue_12m.
    DataFrame
        nodes: side (0, 1), low, high, middle, colour, label_de, label_en, weight (of the letters); the headings as
        well, as nodes without height.
    """
    import pandas as pd

    cells = sum_cells(flows)
    scale = FILLED / max(*(cells[column].clip(lower=0).sum() for _, column, _ in ENDS), 1e-9)
    places, nodes = [], []
    for (end, column, side), heading in zip(ENDS, headings, strict=True):
        other = "to" if end == "from" else "from"
        ordered = _ordered(cells, names, end, other)
        width = np.maximum(ordered[column].clip(lower=0).to_numpy(float) * scale, THINNEST)
        low, high = _stack(ordered[f"{end}_segment_id"].to_numpy(), width)
        placed = ordered.assign(low=low, high=high)
        places.append(placed[["from_segment_id", "to_segment_id", "low", "high"]])
        nodes += [_heading(heading, side), _nodes(placed, names, end, column, side, currency)]
    both = cells.merge(places[0], on=["from_segment_id", "to_segment_id"])
    both = both.merge(places[1], on=["from_segment_id", "to_segment_id"], suffixes=("", "_to"))
    return _ribbons(both, names), pd.concat(nodes, ignore_index=True)


def _heading(text: str, side: float) -> pd.DataFrame:
    import pandas as pd

    place = {"low": ABOVE, "high": ABOVE, "middle": ABOVE, "colour": "#FFFFFF", "weight": 600}
    return pd.DataFrame([{"side": side, **place, **{f"label_{language}": text for language in LANGUAGES}}])


def _ordered(cells, names, end: str, other: str):
    rank = names.set_index("segment_id")["rank"]
    keys = {"a": cells[f"{end}_segment_id"].map(rank), "b": cells[f"{other}_segment_id"].map(rank)}
    return cells.assign(**keys).sort_values(["a", "b"], ignore_index=True)


def _stack(segment: np.ndarray, width: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return top and bottom of each ribbon's end: one below the other, with equal room between segments."""
    changes = np.concatenate(([0], np.cumsum(segment[1:] != segment[:-1])))
    gap = max(1 - width.sum(), 0.1) / (changes[-1] + 1)
    low = np.concatenate(([0], np.cumsum(width)[:-1])) + gap * (changes + 0.5)
    return low, low + width


def _nodes(placed, names, end: str, column: str, side: float, currency: str):
    import pandas as pd

    known = names.set_index("segment_id")
    total = placed[column].clip(lower=0).sum()
    rows = []
    for segment, part in placed.groupby(f"{end}_segment_id", sort=False):
        revenue = float(part[column].clip(lower=0).sum())
        numbers: dict[str, Any] = {"n": int(part["n_accounts"].sum()), "share": revenue / total if total else 0.0}
        labels = {
            f"label_{x}": say(
                "migration.node",
                x,
                name=known[f"name_{x}"][segment],
                revenue=compact_money(revenue, x, currency),
                **numbers,
            )
            for x in LANGUAGES
        }
        low, high = float(part["low"].min()), float(part["high"].max())
        row = {
            "side": side,
            "low": low,
            "high": high,
            "middle": (low + high) / 2,
            "colour": known["colour"][segment],
            "weight": 400,
        }
        rows.append(row | labels)
    return pd.DataFrame(rows)


def _ribbons(both, names):
    """Return the ribbons as points along a smooth step: those who stay first, so that movers lie above them."""
    import pandas as pd

    x = np.linspace(0, 1, POINTS)
    bend = x * x * (3 - 2 * x)
    known = names.set_index("segment_id")
    stays = both["from_segment_id"] == both["to_segment_id"]
    ordered = both.assign(stays=stays, opacity=np.where(stays, 0.16, 0.62)).sort_values(
        ["stays", "revenue", "from_segment_id", "to_segment_id"],
        ascending=[False, False, True, True],
        ignore_index=True,
    )
    rows = ordered.loc[ordered.index.repeat(POINTS)].reset_index(drop=True)
    along = np.tile(bend, len(ordered))
    titles = {
        f"title_{language}": rows["from_segment_id"].map(known[f"name_{language}"])
        + " → "
        + rows["to_segment_id"].map(known[f"name_{language}"])
        for language in LANGUAGES
    }
    return pd.DataFrame(
        {
            "ribbon": np.repeat(np.arange(len(ordered)), POINTS),
            "x": np.round(np.tile(x, len(ordered)), 4),
            "low": np.round(rows["low"] + (rows["low_to"] - rows["low"]) * along, 6),
            "high": np.round(rows["high"] + (rows["high_to"] - rows["high"]) * along, 6),
            "colour": rows["from_segment_id"].map(known["colour"]),
            "opacity": rows["opacity"],
            **titles,
            **{name: rows[name] for name in ("n_accounts", "revenue_before", "revenue_12m")},
        }
    )
