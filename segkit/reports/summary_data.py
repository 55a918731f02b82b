"""What the figures of a quarter rest on: criteria, money, gaps, restatements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.reports.summary_facts import Evidence, Fact, short_name
from segkit.texts import LANGUAGES

if TYPE_CHECKING:
    import pandas as pd

PAGE = "01_data_cleansing"
MOST_NAMES = 5
GAPS = {"industry": ("industry_code", "industry"), "employees": ("employees",)}


def describe_criteria(evidence: Evidence) -> list[Fact]:
    """Which criteria are chosen, and which of them tells most about the next period's revenue."""
    criteria = evidence.table("criteria")
    if criteria is None:
        return [Fact("criteria", "summary.criteria_missing")]
    chosen = criteria[criteria["is_selected"].astype(bool)]
    chosen = chosen.sort_values(["weight", "criterion_id"], ascending=[False, True])
    counts = {"n_all": len(criteria), "n_available": int(criteria["is_available"].astype(bool).sum())}
    if chosen.empty:
        return [Fact("criteria", "summary.criteria_none", counts)]
    more = ["…"] * (len(chosen) > MOST_NAMES)
    names = {f"names_{x}": ", ".join([*chosen[f"name_{x}"].head(MOST_NAMES).map(short_name), *more]) for x in LANGUAGES}
    found = [Fact("criteria", "summary.criteria", {"n": len(chosen), **counts, **names})]
    strong = chosen[chosen["power_low"] > 0].sort_values(["power", "criterion_id"], ascending=[False, True])
    if len(strong):
        best = strong.iloc[0]
        named = {"name_de": best["name_de"], "name_en": best["name_en"], "power": float(best["power"])}
        found.append(Fact("criteria", "summary.criteria_best", named))
    sensitive = int(chosen["is_sensitive"].astype(bool).sum())
    return [*found, Fact("criteria", "summary.criteria_sensitive", {"n": sensitive})] if sensitive else found


def describe_data(evidence: Evidence, has_releases: bool) -> list[Fact]:
    """Whether the money agrees, what is missing, and what late bookings changed in quarters released before."""
    found = [*_stand_in(evidence), *_money(evidence), *_missing(evidence)]
    return [*found, *_restated(evidence)] if has_releases else found


def _stand_in(evidence: Evidence) -> list[Fact]:
    stands_in = evidence.period["money_source"] == "opportunities"
    return [Fact("data", "summary.data_opportunities")] if stands_in else []


def years_off(evidence: Evidence) -> pd.DataFrame:
    """Fiscal years that the data cover and that do not agree with controlling, largest deviation first."""
    totals = evidence.tables["control_totals"]
    off = totals[totals["is_off"].astype(bool)]
    return off.sort_values("deviation", key=abs, ascending=False, kind="stable")


def _money(evidence: Evidence) -> list[Fact]:
    totals, found = evidence.table("control_totals"), []
    covered = None if totals is None else totals[totals["controlling"].notna() & ~totals["is_partial"].astype(bool)]
    if covered is None or covered.empty:
        found.append(Fact("data", "summary.data_no_controls"))
    elif (off := years_off(evidence)).empty:
        found.append(Fact("data", "summary.data_agrees", {"n": len(covered)}))
    else:
        first = off.iloc[0]
        numbers = {"n": len(off), "n_all": len(covered), "year": str(first["fiscal_year"])}
        deviation = {"deviation": abs(float(first["deviation"])), "share": abs(float(first["deviation_pct"]))}
        key = "summary.data_above" if first["deviation"] > 0 else "summary.data_below"
        found.append(Fact("data", key, {**numbers, **deviation}))
    return [*found, *_reconciled(evidence)]


def money_steps(evidence: Evidence) -> pd.DataFrame | None:
    """Rows and revenue of the invoices by step (in, used, excluded, quarantined, later), the index.

    None where opportunities stand in: those that are open or lost are no money, and their sum would mislead.
    """
    steps = evidence.table("reconciliation")
    if steps is None or evidence.period["money_source"] == "opportunities":
        return None
    lines = steps[steps["table"] == "invoices"]
    kinds = lines["step"].str.split("_").str[0]
    sums = lines.groupby(kinds)[["n_rows", "revenue"]].sum()
    return sums.reindex(["in", "used", "excluded", "quarantined", "later"], fill_value=0)


def _reconciled(evidence: Evidence) -> list[Fact]:
    steps = money_steps(evidence)
    if steps is None or not steps["n_rows"]["in"]:
        return []
    money = {name: float(steps["revenue"][name]) for name in ("used", "excluded", "quarantined")}
    money["delivered"] = float(steps["revenue"]["in"] - steps["revenue"]["later"])
    if not steps["n_rows"][["excluded", "quarantined"]].any():
        return [Fact("data", "summary.data_all_used", {"used": money["used"]})]
    numbers = {**money, "n_quarantined": int(steps["n_rows"]["quarantined"])}
    return [Fact("data", "summary.data_used", numbers)]


def _missing(evidence: Evidence) -> list[Fact]:
    found = []
    if not evidence.has_year:
        found.append(Fact("data", "summary.data_short", {"days": int(evidence.period["history_days"])}))
    if evidence.accounts["margin_12m"].isna().all():
        found.append(Fact("data", "summary.data_no_margin"))
    if evidence.table("accounts") is None:
        return [*found, Fact("data", "summary.data_no_accounts")]
    quality = evidence.table("data_quality")
    if quality is None:
        return found
    checks = quality[(quality["table"] == "accounts") & (quality["check"] == "missing")].set_index("column")
    gaps = {name: _gap(checks, columns) for name, columns in GAPS.items()}
    if not checks.empty and any(gaps.values()):
        numbers = {"n_all": int(checks["n_rows"].max()), **{f"n_{name}": n for name, n in gaps.items()}}
        found.append(Fact("data", "summary.data_gaps", numbers))
    return found


def _gap(checks: pd.DataFrame, columns: tuple[str, ...]) -> int:
    """Accounts without a value in any of the columns that say the same; the fullest counts."""
    found = checks["n_bad"].reindex(columns).dropna()
    return int(found.min()) if len(found) else 0


def _restated(evidence: Evidence) -> list[Fact]:
    rows = evidence.table("restatements")
    if rows is None:
        return [Fact("data", "summary.restated_none")]
    sums = rows.groupby("quarter")["difference"].sum()
    numbers = {"n": int(rows["account_id"].nunique()), "n_quarters": len(sums), "difference": float(sums.abs().sum())}
    return [Fact("data", "summary.restated", numbers)]
