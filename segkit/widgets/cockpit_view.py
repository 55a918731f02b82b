"""The cockpit's frames as what the browser shows: plain text and numbers, in one language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from segkit import display, texts
from segkit.charts.cockpit import AXES, MAX_POINTS, value_map_chart
from segkit.widgets.cockpit_data import findings

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["AXES", "COLUMNS", "chart", "page"]

GROWTH_CEILING = 2.0  # one account that grows tenfold would press all others into a line
LABELS = """title findings tiles chart chart_axis days_since_last growth chart_table mix mix_accounts
    mix_revenue to_card goals goals_more goal_details goal_owner goal_why goal_reach further to_page""".split()
# Column of the account table to the screen it needs: all, all but a phone's (extra), a wide one (wide).
COLUMNS = {
    "account_id": "extra",
    "name": "",
    "segment_name": "",
    "city": "wide",
    "owner_id": "wide",
    "abc_class": "extra",
    "revenue_12m": "",
    "growth": "extra",
    "frequency": "wide",
    "days_since_last": "extra",
    "is_contactable": "wide",
}


def page(data: Mapping[str, pd.DataFrame], state: Mapping[str, Any], language: str, currency: str) -> dict[str, Any]:
    """Labels, sentences and tiles.

    Parameters
    ----------
    data : mapping
        What `cockpit_data` returns.
    state : mapping
        ``as_of``.
    language : str
        ``de`` or ``en``.
    currency : str
        ISO code of the project's currency.
    """

    def say(key: str, **numbers: Any) -> str:
        return texts.say(f"cockpit.{key}", language, currency, **numbers)

    def compact(value: float) -> str:
        return display.compact_money(value, language, currency)

    accounts, tiles = data["accounts"], data["tiles"]
    return {
        "labels": {name: say(name) for name in LABELS},
        "state": say("state", as_of=state["as_of"], n=len(accounts), revenue=compact(accounts["revenue_12m"].sum())),
        "findings": [texts.say(key, language, **_with_money(numbers, compact)) for key, numbers in findings(data)],
        "tiles": [_tile(row, say, compact) for row in tiles.to_dict("records")],
    }


def _tile(row: Mapping[str, Any], say: Callable[..., str], compact: Callable[[float], str]) -> dict[str, Any]:
    change = row["change_accounts"]
    if change != change:
        direction, words = "none", say("no_change")
    elif change == 0:
        direction, words = "same", say("unchanged")
    else:
        direction = "up" if change > 0 else "down"
        words = say("change", sign="+" if change > 0 else "−", n=abs(change))
    return {
        "id": row["segment_id"],
        "name": row["name"],
        "colour": row["colour"],
        "direction": direction,
        "change": words,
        "revenue": compact(row["revenue"]),
        "accounts": say("tile_accounts", n=row["n_accounts"]),
        "share": say("tile_share", share=row["share_revenue"]),
        "share_accounts": _share(row["share_accounts"]),
        "share_revenue": _share(row["share_revenue"]),
        "n_accounts": say("number", n=row["n_accounts"]),
        "share_accounts_text": say("percent", share=row["share_accounts"]),
        "share_revenue_text": say("percent", share=row["share_revenue"]),
    }


def _with_money(numbers: Mapping[str, Any], compact: Callable[[float], str]) -> dict[str, Any]:
    return {name: compact(value) if name == "revenue" else value for name, value in numbers.items()}


def _share(value: float) -> float:
    """Width of a bar: returns can make a share negative or a sum empty."""
    return 0.0 if value != value else min(max(round(float(value), 4), 0.0), 1.0)


def chart(data: Mapping[str, pd.DataFrame], view: Mapping[str, str], currency: str) -> dict[str, Any]:
    """Specification of the value chart, its rows, the note below and the same by segment as a table."""
    language, axis = view["language"], view["axis"]
    locale = display.LOCALES[language]
    accounts = data["accounts"]
    known = accounts[(accounts["revenue_12m"] > 0) & accounts[axis].notna()]
    if view["segment"]:
        known = known[known["segment_id"] == view["segment"]]
    shown = known.head(MAX_POINTS)
    kind = "percent" if axis == "growth" else "count"
    ceiling = GROWTH_CEILING if axis == "growth" else float("inf")
    rows = [
        {
            "name": name,
            "segment": segment,
            "revenue": round(float(revenue), 2),
            "x": round(min(float(x), ceiling), 4),
            "revenue_text": texts.show(revenue, "money", locale, currency),
            "x_text": texts.show(x, kind, locale),
        }
        for name, segment, revenue, x in zip(
            shown["name"], shown["segment_name"], shown["revenue_12m"], shown[axis], strict=True
        )
    ]
    n = len(accounts) if not view["segment"] else int((accounts["segment_id"] == view["segment"]).sum())
    notes = [
        texts.say("cockpit.chart_note" if len(shown) < n else "cockpit.chart_all", language, shown=len(shown), n=n)
    ]
    if axis == "growth":
        notes.append(texts.say("cockpit.chart_edge", language))
    segments = [{"name": t["name"], "colour": t["colour"]} for t in data["tiles"].to_dict("records")]
    return {
        "axis": axis,
        "rows": rows,
        "spec": value_map_chart(axis, segments, language, currency),
        "note": " ".join(notes),
        "table": _medians(shown, axis, kind, language, currency),
    }


def _medians(shown: pd.DataFrame, axis: str, kind: str, language: str, currency: str) -> dict[str, Any]:
    locale, median = display.LOCALES[language], texts.say("cockpit.median", language)
    heads = [texts.say(f"cockpit.{key}", language) for key in ("segment", "accounts", "revenue", axis)]
    groups = shown.groupby("segment_name", sort=False).agg(
        n=("account_id", "size"), revenue=("revenue_12m", "median"), x=(axis, "median")
    )
    rows = [
        [
            name,
            texts.show(n, "count", locale),
            texts.show(revenue, "money", locale, currency),
            texts.show(x, kind, locale),
        ]
        for name, n, revenue, x in groups.itertuples()
    ]
    return {"heads": [*heads[:2], *(f"{head} ({median})" for head in heads[2:])], "rows": rows}
