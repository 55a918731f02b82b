"""The KPIs of a segment as rows to choose from, what each means, and the accounts behind one of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from segkit import texts
from segkit.kpis.catalogue import Kpi, kpi_catalogue
from segkit.kpis.choosing import FIRST, GROUPS, keep_chosen
from segkit.kpis.drill import FLAGS, name_units, part_kind
from segkit.kpis.figures import ALL
from segkit.reports.kpi_tables import show_kpi

if TYPE_CHECKING:
    import pandas as pd

    from segkit.settings.kpis import KpiSettings

COLUMNS = {
    "account_id": "extra",
    "name": "",
    "segment_name": "wide",
    "owner_id": "wide",
    "numerator": "",
    "denominator": "wide",
    "own_value": "wide",
    "part": "extra",
}


def kpi_rows(
    kpis: pd.DataFrame,
    quarter: str,
    segment_id: str,
    language: str,
    currency: str,
    settings: KpiSettings | None = None,
    drilled: frozenset[str] = frozenset(),
) -> list[dict[str, Any]]:
    """KPIs of a segment in a quarter as text, by reader group; what is asked first comes first.

    Parameters
    ----------
    kpis : DataFrame
        The table, of one segmentation.
    quarter : str
        Such as ``2026Q3``.
    segment_id : str
        A segment, or ``ALL``.
    language, currency : str
        Of the texts.
    settings : KpiSettings, optional
        Which KPIs were chosen for which segment, and how sure a difference must be. Without a choice the few come first
        that a group of readers asks first (`kpis.choosing.FIRST`) and that have a value.
    drilled : frozenset of str
        KPIs whose accounts are known.

    Returns
    -------
    list of dict
        id, name, group (in words), is_folded, value, median, interval, n (what was counted, in words), is_small,
        is_cast, differs (in words; empty: not surely), reason (why there is no value), before (the quarter before),
        overall, about (`describe_kpi`), about_label, is_drilled.
    """
    from segkit.quarters import Quarter

    before = str(Quarter.parse(quarter) - 1)
    recent = kpis[kpis["quarter"].isin([quarter, before])]
    values = {(row["quarter"], row["segment_id"], row["kpi_id"]): row for row in recent.to_dict("records")}
    mine = recent[(recent["quarter"] == quarter) & (recent["segment_id"] == segment_id)]
    chosen = set(mine["kpi_id"]) if settings is None else set(keep_chosen(mine, settings)["kpi_id"])
    is_choice = settings is not None and settings.shown_for(segment_id) is not None
    first = chosen if is_choice else {kpi_id for group in FIRST.values() for kpi_id in group}
    confidence = 0.95 if settings is None else settings.confidence
    rows = []
    for kpi_id, kpi in kpi_catalogue().items():
        row = values.get((quarter, segment_id, kpi_id))
        if row is None:
            continue
        overall, earlier = (values.get(place, {}) for place in [(quarter, ALL, kpi_id), (before, segment_id, kpi_id)])
        rows.append(
            {
                "id": kpi_id,
                "group": texts.say(f"kpi_page.group_{kpi.group}", language),
                "is_folded": kpi_id not in first or (isinstance(row["reason"], str) and not is_choice),
                "is_drilled": kpi_id in drilled,
                "about": describe_kpi(kpi, language),
                "about_label": texts.say("kpi_parts.about", language, name=texts.say(f"kpis.name_{kpi_id}", language)),
                "before": _shown(earlier.get("value"), kpi, language, currency),
                "overall": _shown(overall.get("value"), kpi, language, currency),
                **_words(row, kpi, language, currency),
                "differs": _difference(row, overall, confidence, language),
            }
        )
    place = {texts.say(f"kpi_page.group_{group}", language): i for i, group in enumerate(GROUPS)}
    return sorted(rows, key=lambda row: (row["is_folded"], place[row["group"]]))


def _shown(value: float | None, kpi: Kpi, language: str, currency: str) -> str:
    return texts.NOTHING if value is None else show_kpi(value, kpi, language, currency)


def _words(row: Mapping[str, Any], kpi: Kpi, language: str, currency: str) -> dict[str, Any]:
    ends = [_shown(row[end], kpi, language, currency) for end in ("low", "high") if row[end] == row[end]]
    median = row.get("median")
    has_median = median is not None and median == median
    shown = _shown(median, kpi, language, currency)
    return {
        "name": texts.say(f"kpis.name_{kpi.kpi_id}", language),
        "value": _shown(row["value"], kpi, language, currency),
        "median": texts.say("kpi_page.median", language, value=shown) if has_median else "",
        "interval": " – ".join(ends),
        "n": texts.say(f"kpi_parts.counted_{kpi.counted}", language, n=row["n"]),
        "is_small": bool(row["is_small"]),
        "is_cast": row.get("is_back_cast") is True,
        "reason": texts.say(row["reason"], language) if isinstance(row["reason"], str) else "",
    }


def _difference(row: Mapping[str, Any], overall: Mapping[str, Any], confidence: float, language: str) -> str:
    """Return in words on which side of all others a segment surely lies; a small one is never compared."""
    chance, whole = row.get("p_adjusted"), overall.get("value")
    is_sure = chance is not None and chance < 1 - confidence  # an empty chance is not below
    if not is_sure or whole is None or row["is_small"] or row["segment_id"] == ALL:
        return ""
    side, mark = ("above", "▲") if row["value"] > whole else ("below", "▼")
    return f"{mark} {texts.say(f'kpi_parts.{side}', language)}"


def describe_kpi(kpi: Kpi, language: str) -> list[list[str]]:
    """Return what a KPI means: pairs of a heading and its words."""

    def say(key: str, **numbers: Any) -> str:
        return texts.say(key, language, **numbers)

    least = [say("kpi_parts.least"), say(f"kpi_parts.counted_{kpi.counted}", n=kpi.min_n)]
    return [
        [say("column.formula"), say(f"kpis.formula_{kpi.kpi_id}")],
        [say("kpi_parts.window"), say(f"kpi_parts.window_{kpi.window}")],
        [say("column.base"), say(f"kpis.base_{kpi.base}")],
        [say("column.better"), say(f"kpis.better_{kpi.better}")],
        [say("kpi_parts.tables"), ", ".join(say(f"kpi_parts.table_{name}") for name in kpi.tables)],
        *([] if kpi.interval == "none" else [least]),
        [say("column.source"), say("kpis.own_definition") if kpi.source == "own definition" else kpi.source],
    ]


def list_behind(
    behind: pd.DataFrame, kpi: Kpi, accounts: pd.DataFrame | None, names: Mapping[str, str], language: str
) -> pd.DataFrame:
    """Return the accounts behind a figure as the account list shows them.

    Parameters
    ----------
    behind : DataFrame
        account_id, segment_id, numerator, denominator, part (`kpis.drill.accounts_behind`).
    kpi : Kpi
        Which figure.
    accounts : DataFrame or None
        account_id, name and, where there is one, owner_id.
    names : mapping
        Segment id to its name.
    language : str
        Of the words.

    Returns
    -------
    DataFrame
        `COLUMNS`; of yes or no instead of 1 or 0 where the KPI counts accounts; own_value, the figure of the account
        alone, only where it is a ratio of amounts.
    """
    ids = behind["account_id"]
    known = behind[["account_id"]][:0] if accounts is None else accounts.drop_duplicates("account_id")
    known = known.set_index("account_id").reindex(columns=["name", "owner_id"])
    name = ids.map(name_units(ids, language)).fillna(ids.map(known["name"]))
    top, below = kpi.numerator, kpi.denominator
    is_ratio = below is not None and not kpi.of_all and below not in FLAGS and kpi.interval != "survival"
    denominators = behind["denominator"].where(behind["denominator"] > 0)
    table = behind.assign(
        name=name.fillna(ids),
        owner_id=ids.map(known["owner_id"]),
        segment_name=behind["segment_id"].map(names),
        own_value=behind["numerator"] / denominators - kpi.less_one if is_ratio else float("nan"),
    )
    for column, part in (("numerator", top), ("denominator", below)):
        if part in FLAGS:
            table[column] = table[column].fillna(0.0) > 0
    if top in FLAGS:
        table = table.assign(part=float("nan"))
    return table[list(COLUMNS)]


def part_columns(kpi: Kpi, language: str) -> dict[str, tuple[str, str]]:
    """Return heading and kind (`display.show_cell`) of the columns that differ from KPI to KPI."""
    kinds = {"days": "number", "seconds": "number"}
    shown = {
        "numerator": (f"kpi_parts.{kpi.numerator}", part_kind(kpi.numerator)),
        "own_value": ("kpi_parts.own_value", kinds.get(kpi.unit, kpi.unit)),
        "part": ("kpi_parts.part", "percent"),
    }
    below = "decided_deals" if kpi.interval == "survival" else kpi.denominator
    if below is not None:
        shown["denominator"] = (f"kpi_parts.{below}", part_kind(below))
    return {column: (texts.say(key, language), kind) for column, (key, kind) in shown.items()}
