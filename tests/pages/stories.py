"""Executed notebooks of the company's runs, and the tables that their live pages choose from."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from segkit import display
from segkit.store import write_frame, write_json
from segkit.tables import TABLES

CHART = "kpi_levels_chart"
TITLES = {
    "05_profiling": ("Segmentprofile", "Profiles"),
    "08_kpi_tracking": ("Kennzahlen", "KPIs"),
    "09_migration": ("Bewegung", "Movement"),
}


def write_stories(run: Path, tables: dict[str, pd.DataFrame], earlier: dict[str, pd.DataFrame]) -> None:
    """Write the notebooks 05, 08 and 09 as they were executed, a chart, and kpis, migration, migration_flows."""
    accounts = tables["account_value"].merge(tables["accounts"][["account_id", "name"]], on="account_id")
    chart = chart_specs()
    for language, spec in chart.items():
        write_json(run / "charts" / f"{CHART}.{language}.json", spec)
    figure = display.chart_html(chart, CHART)
    matrix = figure.replace(CHART, "migration_matrix_chart")
    bodies = {
        "05_profiling": [section("Wer sind sie?", "Who are they?"), said(cards(tables["segment_register"])), figure],
        "08_kpi_tracking": [section("Was bringen sie?", "What do they bring?"), figure, said(table(accounts))],
        "09_migration": [section("Wer ist gewechselt?", "Who moved?"), matrix, section("Listen", "Lists"), LISTS],
    }
    for name, body in bodies.items():
        words = "# {}\n\nFür die Geschäftsleitung.", "# {}\n\nFor management."
        title = markdown(*(text.format(word) for text, word in zip(words, TITLES[name], strict=True)))
        last = section("Was ist zu entscheiden?", "What to decide next?")
        cells = [part if isinstance(part, dict) else output(part) for part in [title, *body, last]]
        notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        write_json(run / "notebooks" / f"{name}.ipynb", notebook)
    moves = migration_table(tables, earlier)
    written = {
        "kpis": kpis_table(tables),
        "kpi_accounts": kpi_accounts_table(tables),
        "migration": moves,
        "migration_flows": flows_table(moves),
    }
    for name, frame in written.items():
        write_frame(run / "tables" / f"{name}.parquet", frame, name)


def markdown(german: str, english: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {"de": german}, "source": english}


def section(german: str, english: str) -> dict[str, Any]:
    return markdown(f"## {german}", f"## {english}")


def output(html: str) -> dict[str, Any]:
    shown = {"output_type": "display_data", "data": {"text/html": html}, "metadata": {}}
    return {"cell_type": "code", "metadata": {}, "source": "", "outputs": [shown], "execution_count": 1}


def said(html: dict[str, str]) -> str:
    return display.both_languages(html["de"], html["en"])


LISTS = '<details class="movers"><summary>S1 → S4</summary><script>window.evil=1</script></details>'


def table(accounts: pd.DataFrame) -> dict[str, str]:
    frame = accounts[["name", "revenue_12m"]]
    return {language: display.table_html(frame, language) for language in ("de", "en")}


def cards(register: pd.DataFrame) -> dict[str, str]:
    return {
        language: "".join(
            f'<article class="segment-card" data-segment="{id_}"><h3>{name}</h3></article>'
            for id_, name in zip(register["segment_id"], register[f"name_{language}"], strict=True)
        )
        for language in ("de", "en")
    }


@functools.cache
def chart_specs() -> dict[str, dict[str, Any]]:
    """A bar chart as a stored specification in both languages."""
    return {
        language: {
            "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
            "description": title,
            "width": 300,
            "height": 120,
            "data": {"name": "table0"},
            "datasets": {"table0": [{"x": "S1", "y": 3}, {"x": "S2", "y": 5}]},
            "mark": {"type": "bar", "tooltip": True},
            "encoding": {"x": {"field": "x", "type": "nominal"}, "y": {"field": "y", "type": "quantitative"}},
        }
        for language, title in (("de", "Umsatz je Segment"), ("en", "Revenue by segment"))
    }


def kpis_table(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    quarter = tables["run_period"]["quarter"].iloc[0]
    merged = tables["account_value"].merge(tables["segments"][["account_id", "segment_id"]], on="account_id")
    sums = merged.groupby("segment_id")["revenue_12m"].agg(["sum", "size"])
    sums.loc["ALL"] = [merged["revenue_12m"].sum(), len(merged)]
    revenue = pd.DataFrame(
        {"segment_id": sums.index, "kpi_id": "revenue", "base": "closing", "value": sums["sum"], "n": sums["size"]}
    )
    growth = revenue.assign(kpi_id="growth", base="opening", value=np.nan, reason="kpis.reason_zero")
    both = pd.concat([revenue.assign(low=revenue["value"] * 0.9, high=revenue["value"] * 1.1), growth])
    both = both.assign(
        segmentation_id="value",
        quarter=quarter,
        is_small=both["n"] < 30,
        is_back_cast=False,
        p_adjusted=np.where(both["segment_id"] == "S1", 0.01, 0.5),
        median=both["value"] / both["n"] / 2,
        is_complete=True,
        n=both["n"].astype(int),
    )
    return both.reindex(columns=list(TABLES["kpis"].columns))


def kpi_accounts_table(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Everyone behind the revenue, and a lead without an account."""
    quarter = tables["run_period"]["quarter"].iloc[0]
    money = tables["account_value"][["account_id", "revenue_12m"]].rename(columns={"revenue_12m": "numerator"})
    lead = pd.DataFrame({"account_id": ["lead:L7"], "numerator": [1.0]})
    both = pd.concat([money[money["numerator"] != 0], lead]).assign(quarter=quarter, kpi_id="revenue", base="closing")
    both = both.assign(denominator=np.nan).reindex(columns=list(TABLES["kpi_accounts"].columns))
    return both.sort_values("account_id", ignore_index=True)


def migration_table(now: dict[str, pd.DataFrame], before: dict[str, pd.DataFrame]) -> pd.DataFrame:
    origin = before["segments"].set_index("account_id")["segment_id"]
    money = before["account_value"].set_index("account_id")["revenue_12m"]
    frame = now["segments"][["segmentation_id", "account_id", "segment_id"]].merge(
        now["account_value"][["account_id", "revenue_12m", "growth", "days_since_last"]], on="account_id"
    )
    frame = frame.rename(columns={"segment_id": "to_segment_id"}).assign(
        from_segment_id=frame["account_id"].map(origin),
        kept_segment_id=frame["segment_id"],
        revenue_before=frame["account_id"].map(money),
        confidence=1.0,
        is_doubtful=False,
        first_date=pd.Timestamp("2024-01-02"),
    )
    frame.loc[frame.index[:3], "from_segment_id"] = ["KEY", "S2", None]
    stayed = frame["from_segment_id"] == frame["to_segment_id"]
    new = frame["from_segment_id"].isna()
    cause = np.select([stayed, new], ["stayed", "new"], "customer")
    reason = np.select([stayed, new], ["stayed", "first_invoice"], "class_down")
    frame = frame.assign(cause=cause, reason=[f"migration.reason_{key}" for key in reason])
    return frame.reindex(columns=list(TABLES["migration"].columns))


def flows_table(migration: pd.DataFrame) -> pd.DataFrame:
    keys = ["segmentation_id", "from_segment_id", "to_segment_id", "cause"]
    named = migration.assign(from_segment_id=migration["from_segment_id"].fillna("NEW"))
    sums = named.groupby(keys)[["revenue_12m", "revenue_before"]].sum()
    flows = sums.assign(n_accounts=named.groupby(keys).size()).reset_index()
    flows["is_above_noise"] = pd.array(flows["n_accounts"] > 8, dtype="boolean")
    return flows.reindex(columns=list(TABLES["migration_flows"].columns))
