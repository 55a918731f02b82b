"""The live chart of the cockpit, written as a plain dict: the page's kernel must not import altair."""

from __future__ import annotations

from typing import Any

from segkit import texts
from segkit.charts.live import live_frame, live_tooltip
from segkit.charts.theme import money_label

MAX_POINTS = 2000
AXES = ("days_since_last", "growth")


def value_map_chart(axis: str, segments: list[dict[str, str]], language: str, currency: str = "EUR") -> dict[str, Any]:
    """Accounts by revenue of twelve months (log scale) and recency or growth, coloured by segment.

    Parameters
    ----------
    axis : str
        ``days_since_last`` or ``growth``, the horizontal axis.
    segments : list of dict
        ``name`` and ``colour`` in order; the only thing of the data that stands in the specification.
    language : str
        ``de`` or ``en``.
    currency : str
        ISO code of the project's currency.

    Returns
    -------
    dict
        Vega-Lite specification over the dataset ``table0`` with the columns ``name, segment, revenue, x``, where x is
        the axis' value, and ``revenue_text, x_text`` for the tooltip.
    """

    def words(key: str) -> str:
        return texts.say(f"cockpit.{key}", language)

    names = [s["name"] for s in segments]
    colour = {
        "field": "segment",
        "type": "nominal",
        "title": None,
        "scale": {"domain": names, "range": [s["colour"] for s in segments]},
        "legend": {"orient": "top", "columns": max(-(-len(names) // 2), 4), "symbolOpacity": 1},
    }
    titles = {"name": "account", "segment": "segment", "revenue_text": "revenue", "x_text": axis}
    return live_frame(words(f"chart_{axis}"), 360, language, currency) | {
        "params": [{"name": "chosen", "select": {"type": "point", "fields": ["segment"]}, "bind": "legend"}],
        "mark": {"type": "circle", "size": 46, "stroke": "white", "strokeWidth": 0.6},
        "encoding": {
            "x": {
                "field": "x",
                "type": "quantitative",
                "title": words(axis),
                "axis": _axis(axis, language),
                "scale": {"nice": True, "type": "sqrt"} if axis == "days_since_last" else {"nice": True, "zero": False},
            },
            "y": {
                "field": "revenue",
                "type": "quantitative",
                "title": words("revenue"),
                "scale": {"type": "log"},
                "axis": _powers(language, currency),
            },
            "color": colour,
            "opacity": {"condition": {"param": "chosen", "value": 0.75}, "value": 0.06},
            "tooltip": live_tooltip({field: words(key) for field, key in titles.items()}),
        },
    }


def _axis(axis: str, language: str) -> dict[str, Any]:
    if axis == "days_since_last":
        return {"format": ",d", "tickCount": 8, "labelOverlap": "greedy", "labelSeparation": 8}
    sign = "\u00a0%" if language == "de" else "%"
    return {"labelExpr": f"format(datum.value * 100, ',.0f') + '{sign}'", "tickCount": 7}


def _powers(language: str, currency: str) -> dict[str, Any]:
    """Label and rule 1, 10, 100 … only: a logarithmic axis has too many ticks for all of them."""
    power = "log(datum.value) / LN10"
    is_power = f"abs({power} - round({power})) < 1e-6"
    return {
        "labelExpr": f"{is_power} ? ({money_label(language, currency)}) : ''",
        "gridOpacity": {"condition": {"test": is_power, "value": 1}, "value": 0},
    }
