"""The accounts behind every cell of the migration matrix: one part to open per cell, largest accounts first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.display import both_languages, compact_money, table_html
from segkit.texts import LANGUAGES, escape, say

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = [
    "name",
    "reason",
    "revenue_before",
    "revenue_12m",
    "owner_id",
    "is_doubtful",
    "noise_share",
    "is_contactable",
]


def movers_html(movers: pd.DataFrame, flows: pd.DataFrame, rows: int, currency: str) -> str:
    """Return one `details` element per cell off the diagonal, in both languages; empty where nobody moved.

    Parameters
    ----------
    movers : DataFrame
        Of `monitoring.shaping.list_movers`: from_segment_id, to_segment_id, from_de, from_en, to_de, to_en, name,
        reason_de, reason_en, revenue_before, revenue_12m, owner_id, is_doubtful, noise_share,
        is_contactable.
    flows : DataFrame
        `migration_flows`: cells above the noise floor say so.
    rows : int
        So many accounts per cell; below stands how many there are.
    currency : str
        ISO code.

    Notes
    -----
    The element of a cell has the id ``move-S1-S4``, in English ``move-S1-S4-en``, so that a matrix can link to it.
    """
    above = flows[flows["is_above_noise"].astype("boolean").fillna(False)]
    marked = set(zip(above["from_segment_id"], above["to_segment_id"], strict=True))
    cells = movers.groupby(["from_segment_id", "to_segment_id"], sort=False)
    order = sorted(cells, key=lambda cell: (cell[0] not in marked, -_carried(cell[1])))
    parts = {
        language: "".join(_cell(part, pair in marked, language, rows, currency) for pair, part in order)
        for language in LANGUAGES
    }
    return both_languages(parts["de"], parts["en"]) if len(movers) else ""


def _carried(part: pd.DataFrame) -> float:
    """Return the revenue that the accounts of a cell brought before; of new accounts, what they bring now."""
    return float(part["revenue_before"].fillna(part["revenue_12m"]).astype(float).sum())


def _cell(part: pd.DataFrame, is_marked: bool, language: str, rows: int, currency: str) -> str:
    first = part.iloc[0]
    revenue = compact_money(_carried(part), language, currency)
    head = say(
        "migration.cell",
        language,
        **{e: first[f"{e}_{language}"] for e in ("from", "to")},
        n=len(part),
        revenue=revenue,
    )
    if is_marked:
        head += f" ▲ {say('migration.cell_above', language)}"
    shown = part.rename(columns={f"reason_{language}": "reason"}).reindex(columns=COLUMNS)
    empty = [c for c in ("owner_id", "revenue_before", "noise_share") if shown[c].isna().all()]
    if not shown["is_doubtful"].any():
        empty.append("is_doubtful")
    if shown["is_contactable"].astype("boolean").fillna(True).all():
        empty.append("is_contactable")
    table = table_html(shown.drop(columns=empty).head(rows), language, rows=rows, currency=currency)
    more = ""
    if len(part) > rows:
        more = f'<p class="note">{escape(say("migration.capped", language, n=len(part), shown=rows))}</p>'
    suffix = "" if language == "de" else f"-{language}"
    anchor = escape(f"move-{first['from_segment_id']}-{first['to_segment_id']}{suffix}")
    return f'<details class="movers" id="{anchor}"><summary>{escape(head)}</summary>{table}{more}</details>'
