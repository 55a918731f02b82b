"""What the charts of live pages share; written as plain dicts, because a page's kernel must not import altair."""

from __future__ import annotations

from typing import Any

from segkit.charts.theme import SCHEMA, base_config


def live_frame(description: str, height: int, language: str, currency: str) -> dict[str, Any]:
    """A specification without marks, as wide as its card, over the empty dataset ``table0`` that the page fills."""
    return {
        "$schema": SCHEMA,
        "description": description,
        "config": base_config(language, currency),
        "width": "container",
        "height": height,
        "autosize": {"type": "fit", "contains": "padding"},
        "data": {"name": "table0"},
        "datasets": {"table0": []},
    }


def live_tooltip(titles: dict[str, str]) -> list[dict[str, str]]:
    """Tooltip of text columns: column to title."""
    return [{"field": field, "type": "nominal", "title": title} for field, title in titles.items()]
