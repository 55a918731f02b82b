"""The accounts behind the KPIs of a page, folded: a live page lists all of them, paper the largest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from segkit.display import show_cell
from segkit.kpis.catalogue import Kpi, kpi_catalogue
from segkit.kpis.drill import name_units, part_kind
from segkit.texts import LANGUAGES, escape, say

if TYPE_CHECKING:
    import pandas as pd

MOST = 8


def behind_html(
    kpi_accounts: pd.DataFrame, kpi_ids: Sequence[str], accounts: pd.DataFrame | None, currency: str = "EUR"
) -> dict[str, str]:
    """Return a fold in both languages with the accounts that add most to each KPI of the quarter.

    Parameters
    ----------
    kpi_accounts : DataFrame
        Table of that name: kpi_id, account_id, numerator, denominator.
    kpi_ids : sequence of str
        KPIs to tell about, in order.
    accounts : DataFrame or None
        account_id, name.
    currency : str
        ISO code of the project's currency.
    """
    names: dict[str, str] = {}
    if accounts is not None and "name" in accounts:
        named = accounts.dropna(subset="name").drop_duplicates("account_id")
        names = named.set_index("account_id")["name"].to_dict()
    told = [kpi_id for kpi_id in kpi_ids if (kpi_accounts["kpi_id"] == kpi_id).any()]
    if not told:
        return dict.fromkeys(LANGUAGES, "")
    parts = dict.fromkeys(LANGUAGES, "")
    for kpi_id in told:
        rows = kpi_accounts[kpi_accounts["kpi_id"] == kpi_id]
        largest = rows.assign(size=rows["numerator"].abs()).sort_values(
            ["size", "denominator", "account_id"], ascending=[False, False, True], kind="stable"
        )
        for language in LANGUAGES:
            parts[language] += _table(largest.head(MOST), len(rows), kpi_catalogue()[kpi_id], names, language, currency)
    return {language: _fold(parts[language], language) for language in LANGUAGES}


def _fold(body: str, language: str) -> str:
    head = escape(say("kpi_page.behind", language))
    return f'<details class="table-view"><summary>{head}</summary>{body}</details>'


def _table(rows: Any, n_all: int, kpi: Kpi, names: Mapping[str, str], language: str, currency: str) -> str:
    name = escape(say(f"kpis.name_{kpi.kpi_id}", language))
    called = name_units(rows["account_id"], language) | {str(unit): str(known) for unit, known in names.items()}
    below = "decided_deals" if kpi.interval == "survival" else kpi.denominator
    parts = [kpi.numerator, *([below] if below else [])]
    heads = [say("column.name", language), *(say(f"kpi_parts.{part}", language) for part in parts)]
    css = ["", *(" class=num" for _ in parts)]
    head = "".join(f'<th scope="col"{c}>{escape(text)}</th>' for text, c in zip(heads, css, strict=True))
    body = []
    for row in rows.to_dict("records"):
        figures = zip(parts, [row["numerator"], row["denominator"]], strict=False)
        shown = [show_cell(value, part_kind(part), language, currency) for part, value in figures]
        cells = "".join(f'<td class="num">{escape(text)}</td>' for text in shown)
        account = escape(called.get(row["account_id"], row["account_id"]))
        body.append(f'<tr><th scope="row">{account}</th>{cells}</tr>')
    rest = escape(say("display.rows", language, n=n_all, shown=len(rows))) if n_all > len(rows) else ""
    return (
        f"<h4>{name}</h4>"
        f'<div class="table-wrap" tabindex="0"><table class="data kpi-table"><thead><tr>{head}</tr></thead>'
        f'<tbody>{"".join(body)}</tbody></table></div><p class="note">{rest}</p>'
    )
