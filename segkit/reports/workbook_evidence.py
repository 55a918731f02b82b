"""Sheets of the workbook with the evidence: profiles, criteria, KPIs, drift, data quality, where the money went."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.criteria.shaping import word_reason
from segkit.kpis.catalogue import kpi_catalogue
from segkit.profiles.wording import category_name
from segkit.reports.workbook_tables import RunTables, kind_of_kpi, kind_of_variable

if TYPE_CHECKING:
    import pandas as pd

VARIABLES = ("profiles.variable_", "migration.variable_", "column.")
ENDS = ("in", "used", "excluded", "quarantined", "later")


def profiles_sheet(run: RunTables) -> pd.DataFrame | str:
    """Each variable in each segment beside all accounts, in the order of segments; markers first."""
    profiles = run.read("profiles")
    if profiles is None:
        return "workbook.absent"
    kinds = profiles["variable"].map({v: kind_of_variable(v) for v in profiles["variable"].unique()})
    profiles = profiles.assign(
        place=run.place_of(profiles["segment_id"]),
        strength=-profiles["effect_size"].abs().fillna(0),
        is_other=~profiles["is_marker"].astype(bool),
        row_kind=kinds.where(profiles["kind"] != "share", "percent"),
    ).sort_values(["place", "is_other", "strength", "variable", "category"], kind="stable")
    pairs = zip(profiles["variable"], profiles["category"].fillna(""), strict=True)
    return profiles.assign(
        variable=run.in_words(profiles["variable"], *VARIABLES),
        category=[category_name(*pair, run.language) or None for pair in pairs],
        kind=run.in_words(profiles["kind"], "workbook.kind_"),
    )


def criteria_sheet(run: RunTables) -> pd.DataFrame | str:
    """Every criterion with its ratings and its evidence: the chosen ones first, then by what they separate."""
    criteria = run.read("criteria")
    if criteria is None:
        return "workbook.absent"
    criteria = criteria.assign(name=criteria[f"name_{run.language}"])
    by_id = criteria.set_index("criterion_id")
    ordered = criteria.sort_values(
        ["is_selected", "weight", "is_available", "score", "number"],
        ascending=[False, False, False, False, True],
        kind="stable",
    )
    told = ordered.to_dict("records")
    return ordered.assign(
        reason=[word_reason(row, by_id, run.settings.criteria, run.language) for row in told],
        redundant_with=ordered["redundant_with"].map(by_id["name"]),
        proxy_for=ordered["proxy_for"].map(by_id["name"]),
        power_reason=run.in_words(ordered["power_reason"], ""),
        family=run.in_words(ordered["family"], "criteria.family_"),
        level=run.in_words(ordered["level"], "criteria.level_"),
    )


def kpis_sheet(run: RunTables) -> pd.DataFrame | str:
    """KPIs by quarter and segment: the latest quarter first, all accounts before the segments."""
    kpis = run.read("kpis")
    if kpis is None:
        return "workbook.absent"
    kpis = kpis.assign(
        place=run.place_of(kpis["segment_id"]),
        order=kpis["kpi_id"].map({name: i for i, name in enumerate(kpi_catalogue())}),
        row_kind=kpis["kpi_id"].map(kind_of_kpi),
    ).sort_values(["quarter", "place", "order"], ascending=[False, True, True], kind="stable")
    return kpis.assign(
        kpi=run.in_words(kpis["kpi_id"], "kpis.name_"),
        base=run.in_words(kpis["base"], "kpis.base_"),
        reason=run.in_words(kpis["reason"], ""),
    )


def drift_sheet(run: RunTables) -> pd.DataFrame | str:
    """How far each variable has moved, the farthest first."""
    drift = run.read("drift")
    if drift is None:
        return run.why_none("drift", "workbook.no_previous")
    drift = drift.assign(row_kind=drift["variable"].map({v: kind_of_variable(v) for v in drift["variable"].unique()}))
    drift = drift.sort_values(["psi", "variable", "reference"], ascending=[False, True, True], kind="stable")
    return drift.assign(
        variable=run.in_words(drift["variable"], *VARIABLES),
        reference=run.in_words(drift["reference"], "migration.reference_"),
        status=run.in_words(drift["status"], "migration.status_"),
    )


def quality_sheet(run: RunTables) -> pd.DataFrame | str:
    """All checks of the data: those that failed first, the most rows before the fewest."""
    quality = run.read("data_quality")
    if quality is None:
        return "workbook.absent"
    share = quality["n_bad"] / quality["n_rows"].where(quality["n_rows"] > 0)
    quality = quality.assign(share_bad=share.astype("float64"), is_fine=quality["n_bad"] == 0)
    keys = ["is_fine", "share_bad", "table", "column", "check"]
    quality = quality.sort_values(keys, ascending=[True, False, True, True, True], kind="stable")
    checks = quality["check"].str.removeprefix("unreadable_")
    return quality.assign(
        table=run.in_words(quality["table"], "workbook.table_"),
        column=quality["column"].where(quality["column"] != "-"),
        check=run.in_words(checks, "cleansing.label_", "cleansing.label_quarantined_"),
    )


def balance_sheet(run: RunTables) -> pd.DataFrame | str:
    """One row per table and file: rows and money that came in, and where each of them went; the difference is zero."""
    steps = run.read("reconciliation")
    if steps is None:
        return "workbook.absent"
    steps = steps.assign(end=steps["step"].str.split("_").str[0])
    has_money = steps.groupby(["table", "source"])["revenue"].count() > 0
    parts = {}
    for prefix, column in (("n", "n_rows"), ("revenue", "revenue")):
        cells = steps.pivot_table(index=["table", "source"], columns="end", values=column, aggfunc="sum", fill_value=0)
        cells = cells.reindex(index=has_money.index, columns=list(ENDS), fill_value=0).fillna(0)
        difference = (cells["in"] - cells[list(ENDS[1:])].sum(axis=1)).astype("float64").round(4) + 0.0
        parts[prefix] = cells.assign(difference=difference).add_prefix(f"{prefix}_")
    wide = parts["n"].join(parts["revenue"].where(has_money)).reset_index()
    wide = wide.sort_values("table", key=lambda table: table != "invoices", kind="stable")
    return wide.assign(table=run.in_words(wide["table"], "workbook.table_"))


def steps_sheet(run: RunTables) -> pd.DataFrame | str:
    """One row per table, file and step: what came in, was used, left out or put into quarantine, with the reason."""
    steps = run.read("reconciliation")
    if steps is None:
        return "workbook.absent"
    steps = steps.sort_values("table", key=lambda table: table != "invoices", kind="stable")
    return steps.assign(
        table=run.in_words(steps["table"], "workbook.table_"),
        step=run.in_words(steps["step"], "cleansing.kind_", "cleansing.label_"),
    )


def totals_sheet(run: RunTables) -> pd.DataFrame | str:
    """Revenue by fiscal year beside what controlling says."""
    totals = run.read("control_totals")
    return "workbook.absent" if totals is None else totals.assign(fiscal_year=totals["fiscal_year"].astype("str"))
