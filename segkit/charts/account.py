"""The live chart of the account page, written as a plain dict: the page's kernel must not import altair."""

from __future__ import annotations

from typing import Any

from segkit import texts
from segkit.charts.live import live_frame, live_tooltip
from segkit.charts.theme import money_label

NO_RUN = "#9AA7B5"


def account_history_chart(segments: list[dict[str, str]], language: str, currency: str = "EUR") -> dict[str, Any]:
    """Revenue of one account by quarter, in the colour of the segment it was in; incomplete quarters are hollow.

    Parameters
    ----------
    segments : list of dict
        ``name`` and ``colour`` in order; the only thing of the data that stands in the specification.
    language : str
        ``de`` or ``en``.
    currency : str
        ISO code of the project's currency.

    Returns
    -------
    dict
        Vega-Lite specification over the dataset ``table0`` with the columns ``quarter, revenue, segment, is_complete``
        and ``quarter_text, revenue_text, note`` for the tooltip, ``spoken`` for who cannot see the bar. A quarter
        without a run has the segment named by the text ``account.no_run``, and is grey.
    """

    def words(key: str) -> str:
        return texts.say(f"account.{key}", language)

    names = [s["name"] for s in segments] + [words("no_run")]
    colours = [s["colour"] for s in segments] + [NO_RUN]
    scale = {"domain": names, "range": colours}
    colour = {"field": "segment", "type": "nominal", "legend": None, "scale": scale}
    titles = {"quarter_text": "quarter", "revenue_text": "revenue_q", "segment": "segment", "note": "remark"}
    return live_frame(words("history_description"), 180, language, currency) | {
        "mark": {"type": "bar", "strokeWidth": 1.6},
        "encoding": {
            "x": {
                "field": "quarter",
                "type": "ordinal",
                "title": None,
                "axis": _quarters(),
                "scale": {"padding": 0.25},
            },
            "y": {
                "field": "revenue",
                "type": "quantitative",
                "title": None,
                "axis": {"labelExpr": money_label(language, currency), "tickCount": 4},
            },
            "color": colour,
            "stroke": {"field": "segment", "type": "nominal", "legend": None, "scale": scale},
            "fillOpacity": {"condition": {"test": "datum.is_complete", "value": 1}, "value": 0.08},
            "strokeDash": {"condition": {"test": "datum.is_complete", "value": [1, 0]}, "value": [4, 3]},
            "tooltip": live_tooltip({field: words(key) for field, key in titles.items()}),
            "description": {"field": "spoken", "type": "nominal"},
        },
    }


def _quarters() -> dict[str, Any]:
    """Q3 above 2026, the year at its first quarter and at the left edge only."""
    part, year = "slice(datum.label, 4)", "slice(datum.label, 0, 4)"
    first = "datum.index == 0 || slice(datum.label, 5) == '1'"
    return {
        "labelExpr": f"[{part}, ({first}) ? {year} : '']",
        "labelAngle": 0,
        "labelOverlap": False,
        "labelFontSize": 11,
        "ticks": False,
    }
