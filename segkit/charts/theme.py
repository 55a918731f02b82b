"""How every chart looks, and how a chart becomes a specification that a page can fill with other data."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from segkit.display import svg

__all__ = ["LANGUAGES", "SEGMENT_COLOURS", "base_config", "in_languages", "money_label", "segment_scale", "svg"]

LANGUAGES = ("de", "en")
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"

# Each has a contrast of at least 4.5 : 1 on white (WCAG AA for text), and neighbours in the list are far apart.
SEGMENT_COLOURS = [
    "#0B4F9C",  # blue
    "#16794C",  # green
    "#C2410C",  # orange
    "#7B3F9E",  # violet
    "#8A6A16",  # ochre
    "#0E7490",  # teal
    "#BE185D",  # pink
    "#4D7C0F",  # olive
    "#4F46E5",  # indigo
    "#7C4A2D",  # brown
    "#E11D48",  # red
    "#A21CAF",  # fuchsia
    "#5B6B7F",  # slate
    "#3F3F46",  # graphite
]

INK = "#1B2430"
MUTED = "#4A5868"
GRID = "#E3E8EF"
LINE = "#9AA7B5"
FONT = "system-ui, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"

_GERMAN = {
    "number": {"decimal": ",", "thousands": ".", "grouping": [3]},
    "months": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "shortMonths": "Jan. Feb. März Apr. Mai Juni Juli Aug. Sep. Okt. Nov. Dez.",
    "days": "Sonntag Montag Dienstag Mittwoch Donnerstag Freitag Samstag",
    "shortDays": "So Mo Di Mi Do Fr Sa",
    "formats": {"dateTime": "%A, %e. %B %Y, %X", "date": "%d.%m.%Y", "time": "%H:%M:%S"},
}
_ENGLISH = {
    "number": {"decimal": ".", "thousands": ",", "grouping": [3]},
    "months": "January February March April May June July August September October November December",
    "shortMonths": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    "days": "Sunday Monday Tuesday Wednesday Thursday Friday Saturday",
    "shortDays": "Sun Mon Tue Wed Thu Fri Sat",
    "formats": {"dateTime": "%a %e %b %X %Y", "date": "%d %b %Y", "time": "%H:%M:%S"},
}
_WORDS: dict[str, dict[str, Any]] = {"de": _GERMAN, "en": _ENGLISH}
_SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "CHF": "CHF"}


def _locale(language: str, currency: str) -> dict[str, Any]:
    """Vega's number and date locale, so that 1.234,5 and März come out right without any other setting."""
    words = _WORDS[language]
    symbol = _SYMBOLS.get(currency, currency)
    signs = ["", f"\u00a0{symbol}"] if language == "de" else [symbol if len(symbol) == 1 else f"{symbol}\u00a0", ""]
    time = {name: words[name].split() for name in ("months", "shortMonths", "days", "shortDays")}
    return {
        "number": words["number"] | {"currency": signs},
        "time": words["formats"] | {"periods": ["AM", "PM"]} | time,
    }


def base_config(language: str, currency: str = "EUR") -> dict[str, Any]:
    """Vega-Lite config of every chart: fonts that Windows and Linux have, sizes, grid, colours and locale."""
    return {
        "locale": _locale(language, currency),
        "font": FONT,
        "background": "white",
        "view": {"stroke": None, "continuousWidth": 560, "continuousHeight": 300},
        "padding": 6,
        "title": {
            "fontSize": 15,
            "fontWeight": 600,
            "color": INK,
            "anchor": "start",
            "offset": 12,
            "subtitleFontSize": 12,
            "subtitleColor": MUTED,
            "subtitlePadding": 4,
        },
        "axis": {
            "labelFontSize": 12,
            "titleFontSize": 12,
            "titleFontWeight": 500,
            "labelColor": MUTED,
            "titleColor": INK,
            "gridColor": GRID,
            "domainColor": LINE,
            "tickColor": LINE,
            "titlePadding": 10,
            "labelLimit": 220,
        },
        "axisY": {"domain": False, "ticks": False},
        "legend": {
            "labelFontSize": 12,
            "titleFontSize": 12,
            "titleFontWeight": 500,
            "labelColor": INK,
            "titleColor": INK,
            "symbolType": "circle",
            "symbolSize": 90,
            "labelLimit": 220,
        },
        "header": {"labelFontSize": 12, "labelColor": INK, "titleFontSize": 12, "titleColor": INK},
        "range": {"category": SEGMENT_COLOURS, "heatmap": {"scheme": "blues"}, "ramp": {"scheme": "blues"}},
        "mark": {"color": SEGMENT_COLOURS[0]},
        "bar": {"cornerRadiusEnd": 2},
        "line": {"strokeWidth": 2.2},
        "point": {"filled": True, "size": 60},
        "rule": {"color": MUTED},
        "text": {"fontSize": 12, "color": INK},
    }


def segment_scale(ids: Sequence[str], colours: Sequence[str]) -> Any:
    """Colour scale that gives each segment its own colour: ``alt.Color("segment_id:N", scale=segment_scale(…))``."""
    import altair as alt

    return alt.Scale(domain=list(ids), range=list(colours))


def money_label(language: str, currency: str = "EUR") -> str:
    """Vega expression for ``alt.Axis(labelExpr=…)``: 250 Tsd. €, 1,2 Mio. €; in English €250K, €1.2M."""
    sign = _SYMBOLS.get(currency, currency)
    before = "" if language == "de" else sign if len(sign) == 1 else f"{sign} "
    words = (" Mrd. ", " Mio. ", " Tsd. ", " ") if language == "de" else ("B", "M", "K", "")
    ends = [word + sign if language == "de" else word for word in words]
    shown = [
        f"'{before}' + format(datum.value / {size}, ',.3~f') + '{end}'"
        for size, end in zip(("1e9", "1e6", "1e3", "1"), ends, strict=True)
    ]
    large = "abs(datum.value) >= "
    return f"{large}1e9 ? {shown[0]} : {large}1e6 ? {shown[1]} : {large}1e3 ? {shown[2]} : {shown[3]}"


def in_languages(chart_function: Callable[..., Any], *frames: Any, **options: Any) -> dict[str, dict[str, Any]]:
    """Specification of a chart in each language, with its data apart from it.

    Calls ``chart_function(*frames, language=…, **options)``, which returns an altair chart. Each frame of the chart
    becomes a named dataset ``table0``, ``table1`` … in order of first use, so that two specifications made from other
    data are equal once ``datasets`` is taken away.

    Returns
    -------
    dict
        ``{"de": specification, "en": specification}``, plain JSON types.
    """
    from altair.utils.schemapi import debug_mode

    currency = options.get("currency", "EUR")
    with debug_mode(False):  # the schema of every chart is checked by its test; here that would take half the time
        return {
            language: _specification(chart_function(*frames, language=language, **options), language, currency)
            for language in LANGUAGES
        }


def _specification(chart: Any, language: str, currency: str) -> dict[str, Any]:
    import altair as alt

    tables: dict[int, tuple[str, Any, list[dict[str, Any]]]] = {}

    def named(frame: Any) -> dict[str, Any]:
        key = id(frame)
        if key not in tables:  # the frame is held in the value: its id stays its own
            tables[key] = (f"table{len(tables)}", frame, _without_nan(alt.to_values(frame)["values"]))
        return {"name": tables[key][0]}

    alt.data_transformers.register("segkit", named)
    with alt.theme.enable("none"), alt.data_transformers.enable("segkit"):
        specification: dict[str, Any] = chart.to_dict(validate=False)
    specification["$schema"] = SCHEMA
    specification["config"] = _merged(base_config(language, currency), specification.get("config", {}))
    specification["datasets"] = {name: rows for name, _, rows in tables.values()}
    return specification


def _without_nan(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Write missing numbers as null: JSON has no NaN, and a nullable column (Float64) keeps one."""
    return [{k: None if v != v or v in (math.inf, -math.inf) else v for k, v in row.items()} for row in rows]


def _merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """``base`` with the entries of ``over`` put on it, level by level."""
    result = dict(base)
    for key, value in over.items():
        both = isinstance(value, dict) and isinstance(result.get(key), dict)
        result[key] = _merged(result[key], value) if both else value
    return result
