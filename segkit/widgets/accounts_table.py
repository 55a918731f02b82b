"""Accounts as a table in a page: searched, sorted and cut into pages in Python, so that only one page travels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from segkit import display, texts

if TYPE_CHECKING:
    import pandas as pd

ROWS_PER_PAGE = 15
SEARCHED = ("name", "account_id", "city", "segment_name", "owner_id", "from_name", "to_name", "why")
SEGMENTS = ("segment_name", "from_name", "to_name")  # shown with the colour of their segment


def filter_accounts(
    accounts: pd.DataFrame, search: str = "", sort: str = "revenue_12m", descending: bool = True
) -> pd.DataFrame:
    """Accounts that hold every searched word, in any case, sorted; empty values come last.

    An unknown column to sort by means ``revenue_12m``, and without that the order in which they came.
    """
    chosen = accounts
    for word in search.casefold().split():
        mask = None
        for name in [c for c in SEARCHED if c in chosen.columns]:
            hit = chosen[name].astype("string").fillna("").str.casefold().str.contains(word, regex=False)
            mask = hit if mask is None else mask | hit
        chosen = chosen[mask]
    column = sort if sort in accounts.columns else "revenue_12m"
    if column not in accounts.columns:
        return chosen
    key = (lambda s: s.str.casefold()) if chosen[column].dtype in ("str", "object") else None
    return chosen.sort_values(column, ascending=not descending, kind="stable", na_position="last", key=key)


def asked(accounts: pd.DataFrame, message: Mapping[str, Any]) -> pd.DataFrame:
    """Accounts in the order and with the words that a message of the browser asks for."""
    search, sort = str(message.get("search") or "")[:200], str(message.get("sort") or "revenue_12m")
    return filter_accounts(accounts, search, sort, message.get("descending") is not False)


def account_page(
    chosen: pd.DataFrame,
    columns: Mapping[str, str],
    palette: Mapping[str, str],
    message: Mapping[str, Any],
    language: str,
    currency: str,
    headings: Mapping[str, tuple[str, str]] | None = None,
) -> dict[str, Any]:
    """One page of the accounts as text; columns without any value are left out.

    Parameters
    ----------
    chosen : DataFrame
        ``account_id`` and the columns.
    columns : mapping
        Column to the screen it needs: empty for every screen, ``extra`` not on a phone, ``wide`` on a wide one only.
    palette : mapping
        Name of a segment to its colour.
    message : mapping
        What the browser asked: ``page`` and the ``number`` of the question.
    language, currency : str
        As everywhere.
    headings : mapping, optional
        Column to its heading and kind, where neither follows from its name.
    """
    headings = headings or {}
    names = [c for c, width in columns.items() if c in chosen.columns and (not width or chosen[c].notna().any())]
    n_pages = max(-(-len(chosen) // ROWS_PER_PAGE), 1)
    wanted = message.get("page")
    number = min(max(wanted if isinstance(wanted, int) else 0, 0), n_pages - 1)
    first = number * ROWS_PER_PAGE
    rows = chosen.iloc[first : first + ROWS_PER_PAGE]
    kinds = {name: headings[name][1] if name in headings else display.kind_of(chosen[name]) for name in names}
    labels = {name: headings[name][0] if name in headings else display.label_of(name, language) for name in names}
    cells = [_cells(rows[name], kinds[name], language, currency) for name in names]
    last = first + len(rows)
    return {
        "kind": "table",
        "number": message.get("number", 0),
        "columns": [_column(name, kinds[name], columns[name], labels[name]) for name in names],
        "rows": [list(row) for row in zip(*cells, strict=True)],
        "accounts": [str(account_id) for account_id in rows["account_id"]],
        "palette": dict(palette),
        "page": number,
        "n_pages": n_pages,
        "pages": texts.say("cockpit.pages", language, first=first + 1 if len(rows) else 0, last=last, n=len(chosen)),
    }


def _cells(values: Sequence[Any], kind: str, language: str, currency: str) -> list[str]:
    return [display.show_cell(value, kind, language, currency) for value in values]


def _column(name: str, kind: str, width: str, label: str) -> dict[str, Any]:
    return {
        "id": name,
        "label": label,
        "is_number": kind in display.NUMBERS,
        "is_segment": name in SEGMENTS,
        "width": width,
    }
