"""Tables of KPIs as HTML: a quarter by segment, the figures behind a chart, and what each KPI means."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from segkit.display import show_cell
from segkit.kpis.catalogue import Kpi, kpi_catalogue
from segkit.kpis.figures import ALL
from segkit.texts import LANGUAGES, escape, say

if TYPE_CHECKING:
    import pandas as pd

MOST = 5  # KPIs side by side on a page
SURE = 0.05  # adjusted chance below which a difference is called one


def quarter_html(shaped: pd.DataFrame, kpi_ids: Sequence[str], currency: str = "EUR") -> dict[str, str]:
    """Return the newest quarter as a table in both languages: a row for each segment, a column for each KPI.

    Each figure stands with its interval and, where there is one, the median; ▲ and ▼ mark what differs from all other
    accounts beyond chance, ° a number too small to compare. The head of each column leads to the definition.

    Parameters
    ----------
    shaped : DataFrame
        As `kpis.shaping.shape_kpis` gives them, reduced to what is shown (`kpis.choosing.keep_chosen`).
    kpi_ids : sequence of str
        Columns.
    currency : str
        ISO code of the project's currency.
    """
    newest = shaped[(shaped["quarter"] == shaped["quarter"].max()) & shaped["kpi_id"].isin(kpi_ids)]
    known = newest.dropna(subset="value")
    told = [kpi_id for kpi_id in kpi_ids if (known["kpi_id"] == kpi_id).any()] or list(kpi_ids)
    n_tables = -(-len(told) // MOST)
    chunks = [told[i * len(told) // n_tables : (i + 1) * len(told) // n_tables] for i in range(n_tables)]
    note = {language: escape(say("kpi_page.marks", language)) for language in LANGUAGES}
    tables = {
        language: "".join(_quarter(known, newest, chunk, language, currency) for chunk in chunks)
        for language in LANGUAGES
    }
    return {language: f'{html}<p class="note">{note[language]}</p>' for language, html in tables.items()}


def _quarter(known: Any, newest: Any, kpi_ids: Sequence[str], language: str, currency: str) -> str:
    if known.empty:
        return f'<p class="note">{escape(say("kpis.nothing", language))}</p>'
    cells = {(row["segment_id"], row["kpi_id"]): row for row in known.to_dict("records")}
    overall = {kpi_id: row["value"] for (segment_id, kpi_id), row in cells.items() if segment_id == ALL}
    segments = newest.drop_duplicates("segment_id").sort_values("rank", kind="stable")
    heads = "".join(_head(kpi_id, language) for kpi_id in kpi_ids)
    body = []
    for segment in segments.to_dict("records"):
        own = [cells.get((segment["segment_id"], kpi_id)) for kpi_id in kpi_ids]
        if any(own):
            figures = "".join(
                _cell(row, kpi_id, overall, language, currency) for row, kpi_id in zip(own, kpi_ids, strict=True)
            )
            body.append(f'<tr><th scope="row">{escape(segment[f"segment_{language}"])}</th>{figures}</tr>')
    head = f'<th scope="col">{escape(say("column.segment", language))}</th>'
    return (
        f'<div class="table-wrap" tabindex="0"><table class="data kpi-table"><thead><tr>{head}{heads}</tr></thead>'
        f"<tbody>{''.join(body)}</tbody></table></div>"
    )


def _head(kpi_id: str, language: str) -> str:
    name, what = (escape(say(f"kpis.{kind}_{kpi_id}", language)) for kind in ("name", "formula"))
    return f'<th scope="col" class="num"><a href="#kpi-{kpi_id}-{language}" title="{what}">{name}</a></th>'


def _cell(row: Any, kpi_id: str, overall: dict[str, float], language: str, currency: str) -> str:
    if row is None:
        return '<td class="num">–</td>'
    kpi = kpi_catalogue()[kpi_id]
    mark = " °" if row["is_small"] else ""
    is_sure = row["p_adjusted"] is not None and row["p_adjusted"] < SURE and not row["is_small"]
    if is_sure and kpi_id in overall:
        mark = " ▲" if row["value"] > overall[kpi_id] else " ▼"
    more = []
    if row["low"] == row["low"] and row["low"] != row["high"]:
        more.append(
            f"{show_kpi(row['low'], kpi, language, currency)} – {show_kpi(row['high'], kpi, language, currency)}"
        )
    if row["median"] is not None and row["median"] == row["median"]:
        more.append(say("kpi_page.median", language, value=show_kpi(row["median"], kpi, language, currency)))
    small = "".join(f"<small>{escape(line)}</small>" for line in more)
    return f'<td class="num">{escape(show_kpi(row["value"], kpi, language, currency))}{mark}{small}</td>'


def show_kpi(value: float, kpi: Kpi, language: str, currency: str = "EUR") -> str:
    """Return a figure of a KPI in its unit and in the manner of a language; not yet escaped."""
    if kpi.unit in ("days", "seconds"):
        return say(f"kpi_page.{kpi.unit}", language, value=float(value)) if value == value else "–"
    whole = kpi.unit == "money" and abs(value) >= 1000
    return show_cell(value, "whole_money" if whole else kpi.unit, language, currency)


def history_html(shaped: pd.DataFrame, kpi_ids: Sequence[str], currency: str = "EUR", most: int = 13) -> dict[str, str]:
    """Return the figures of a chart of quarters as a folded table in both languages; rows KPI and segment.

    Parameters
    ----------
    shaped : DataFrame
        As `kpis.shaping.shape_kpis` gives them.
    kpi_ids : sequence of str
        KPIs of the chart.
    currency : str
        ISO code of the project's currency.
    """
    quarters = sorted(shaped["quarter"].unique())
    rows = shaped[shaped["quarter"].isin(quarters) & shaped["kpi_id"].isin(kpi_ids)].dropna(subset="value")
    return {language: _history(rows, kpi_ids, quarters, language, currency) for language in LANGUAGES}


def _history(rows: Any, kpi_ids: Sequence[str], quarters: list[str], language: str, currency: str) -> str:
    heads = [say("column.kpi", language), say("column.segment", language), *quarters]
    head = "".join(
        f'<th scope="col"{"" if i < 2 else " class=num"}>{escape(text)}</th>' for i, text in enumerate(heads)
    )
    body = []
    for kpi_id in kpi_ids:
        kpi, name = kpi_catalogue()[kpi_id], escape(say(f"kpis.name_{kpi_id}", language))
        of_kpi = rows[rows["kpi_id"] == kpi_id].sort_values(["rank", "quarter"], kind="stable")
        for _, own in of_kpi.groupby(["rank", "segment_id"], sort=True):  # segments nobody registered share a rank
            values = dict(zip(own["quarter"], own["value"], strict=True))
            figures = "".join(
                f'<td class="num">{escape(show_kpi(values[q], kpi, language, currency)) if q in values else "–"}</td>'
                for q in quarters
            )
            segment = escape(own[f"segment_{language}"].iloc[0])
            body.append(f'<tr><td>{name}</td><th scope="row">{segment}</th>{figures}</tr>')
    table = f'<table class="data kpi-table"><thead><tr>{head}</tr></thead><tbody>{"".join(body)}</tbody></table>'
    summary = escape(say("kpi_page.as_table", language))
    return (
        f'<details class="table-view"><summary>{summary}</summary>'
        f'<div class="table-wrap" tabindex="0">{table}</div></details>'
    )


def definitions_html() -> dict[str, str]:
    """Return what each KPI means in both languages, one folded entry per KPI, by group of readers."""
    return {language: _definitions(language) for language in LANGUAGES}


def _definitions(language: str) -> str:
    parts = []
    for group in dict.fromkeys(kpi.group for kpi in kpi_catalogue().values()):
        parts.append(f"<h3>{escape(say(f'kpi_page.group_{group}', language))}</h3>")
        parts += [_definition(kpi, language) for kpi in kpi_catalogue().values() if kpi.group == group]
    return f'<div class="kpi-definitions">{"".join(parts)}</div>'


def _definition(kpi: Kpi, language: str) -> str:
    name, formula = (escape(say(f"kpis.{kind}_{kpi.kpi_id}", language)) for kind in ("name", "formula"))
    told = {
        "unit": say(f"kpi_page.unit_{kpi.unit}", language),
        "better": say(f"kpis.better_{kpi.better}", language),
        "base": say(f"kpis.base_{kpi.base}", language),
        "tables": ", ".join(say(f"kpi_parts.table_{table}", language) for table in kpi.tables),
        "min_n": say("kpi_page.min_n", language, n=kpi.min_n, counted=say(f"kpi_page.of_{kpi.counted}", language)),
        "interval": say(f"kpi_page.interval_{kpi.interval}", language),
        "source": say("kpis.own_definition", language) if kpi.source == "own definition" else kpi.source,
    }
    facts = "".join(
        f"<dt>{escape(say(f'kpi_page.fact_{key}', language))}</dt><dd>{escape(text)}</dd>" for key, text in told.items()
    )
    return (
        f'<details class="kpi-definition" id="kpi-{kpi.kpi_id}-{language}"><summary>{name}</summary>'
        f"<p>{formula}</p><dl>{facts}</dl></details>"
    )
