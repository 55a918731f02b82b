"""What moved in a quarter: moves above the noise floor, accounts that came and went, drift, and when to review."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit import display, texts
from segkit.reports.summary_facts import Evidence, Fact

if TYPE_CHECKING:
    import pandas as pd

PAGE = "09_migration"
MOST_FLOWS = 3
MOST_NAMES = 4
OUTSIDE = ("NEW", "GONE")
NEWCOMERS = "S5"  # they leave it after twelve months, whatever they buy: no change to report


def describe_review(evidence: Evidence) -> list[Fact]:
    """How old the segmentation is and when it is to be reviewed; it stands with the criteria."""
    review = evidence.table("review")
    if review is None:
        return []
    row = review.iloc[0]
    key = "summary.review_due" if bool(row["is_due"]) else "summary.review_next"
    quarter = display.quarter_name(row["fitted_quarter"])
    return [Fact("criteria", key, {"quarter": quarter, "due": row["review_due"].date()})]


def flows_above_noise(evidence: Evidence) -> pd.DataFrame:
    """Moves between two segments that irregular buying alone does not explain, most revenue first.

    Returns
    -------
    DataFrame
        Rows of `migration_flows` with cause ``customer``; no row in an incomplete quarter.
    """
    flows = evidence.tables["migration_flows"]
    flows = flows[flows["segmentation_id"] == evidence.settings.kpis.segmentation]
    clear = flows["is_above_noise"].astype("boolean").fillna(False).astype(bool)
    chosen = flows[clear & _is_move(flows) & evidence.is_complete]
    stake = chosen[["revenue_before", "revenue_12m"]].max(axis=1)
    order = ["stake", "from_segment_id", "to_segment_id"]
    return chosen.assign(stake=stake).sort_values(order, ascending=[False, True, True]).reset_index(drop=True)


def _is_move(flows: pd.DataFrame) -> pd.Series:
    """Whether an account changed its segment by its own buying, not by age, model or decision."""
    inside = ~flows["from_segment_id"].isin([*OUTSIDE, NEWCOMERS]) & ~flows["to_segment_id"].isin(OUTSIDE)
    return (flows["cause"] == "customer") & inside & (flows["from_segment_id"] != flows["to_segment_id"])


def describe_moves(evidence: Evidence) -> list[Fact]:
    """What moved and why; moves within the noise floor are counted but not called a change."""
    flows = evidence.table("migration_flows")
    if not evidence.is_complete:
        return [Fact("moves", "summary.moved_incomplete")]
    if flows is None:
        return [Fact("moves", "summary.moved_missing")]
    before = flows[~flows["from_segment_id"].isin(OUTSIDE)]
    if before.empty:
        return [Fact("moves", "summary.moved_first")]
    moved = flows[_is_move(flows)]
    n, n_all = int(moved["n_accounts"].sum()), int(before["n_accounts"].sum())
    if not n:
        return [Fact("moves", "summary.moved_nobody"), *_causes(flows), *_drift(evidence)]
    sums = {"n": n, "n_all": n_all, "share": n / n_all, "revenue": float(moved["revenue_12m"].sum())}
    return [Fact("moves", "summary.moved_total", sums), *_flows(evidence), *_causes(flows), *_drift(evidence)]


def _flows(evidence: Evidence) -> list[Fact]:
    clear = flows_above_noise(evidence)
    if clear.empty:
        return [Fact("moves", "summary.moved_noise")]
    found = []
    for row in clear.head(MOST_FLOWS).to_dict("records"):
        names = {**evidence.names(row["from_segment_id"], "from"), **evidence.names(row["to_segment_id"], "to")}
        numbers = {"n": int(row["n_accounts"]), "most": int(row["noise_high"]), "revenue": float(row["stake"])}
        found.append(Fact("moves", "summary.moved_flow", {**names, **numbers}))
    if len(clear) > MOST_FLOWS:
        found.append(Fact("moves", "summary.moved_more", {"n": len(clear) - MOST_FLOWS}))
    return found


def _causes(flows: pd.DataFrame) -> list[Fact]:
    """Accounts that came, went, were merged or were moved otherwise than by their own buying; one paragraph."""
    goes, comes, cause = flows["to_segment_id"] == "GONE", flows["from_segment_id"] == "NEW", flows["cause"]
    groups = {
        "new": (cause == "new") & comes,
        "aged": (cause == "customer") & (flows["from_segment_id"] == NEWCOMERS),
        "lapsed": (cause == "lost") & ~goes,
        "gone": (cause == "lost") & goes,
        "merged": cause == "merged",
        "segment": cause == "segment",
        "manual": cause == "manual",
    }
    money = {"new": "revenue_12m", "lapsed": "revenue_before"}
    found = []
    for name, chosen in groups.items():
        n = int(flows.loc[chosen, "n_accounts"].sum())
        revenue = {"revenue": float(flows.loc[chosen, money[name]].sum())} if name in money else {}
        found += [Fact("others", f"summary.moved_{name}", {"n": n, **revenue})] if n else []
    return found


def _variable(name: str, language: str) -> str:
    """What an attribute is called: as the profiles do, else as the head of its column."""
    key = f"profiles.variable_{name}"
    return texts.say(key, language) if texts.has(key) else display.label_of(name, language)


def _drift(evidence: Evidence) -> list[Fact]:
    """Whether the accounts as a whole have changed since the previous quarter."""
    drift = evidence.table("drift")
    if drift is None:
        return []
    known = drift[(drift["reference"] == "previous_quarter") & (drift["status"] != "unknown")]
    if known.empty:
        return []
    shifted = known[known["status"] == "shifted"].sort_values(["psi", "variable"], ascending=[False, True])
    if shifted.empty:
        return [Fact("moves", "summary.drift_none", {"n": len(known)})]
    first = shifted["variable"].head(MOST_NAMES)
    names = {f"names_{x}": ", ".join(_variable(v, x) for v in first) for x in texts.LANGUAGES}
    return [Fact("moves", "summary.drift_shifted", {"n": len(shifted), "n_all": len(known), **names})]
