"""What a management has to decide now: each question follows from a number and names the page that shows it."""

from __future__ import annotations

from typing import Any

from segkit.reports import summary_accounts, summary_data, summary_moves
from segkit.reports.summary_accounts import accounts_at_risk, growing_accounts
from segkit.reports.summary_data import money_steps, years_off
from segkit.reports.summary_facts import Evidence, Fact
from segkit.reports.summary_goals import ask_goals
from segkit.reports.summary_moves import flows_above_noise

MOST_DECISIONS = 5


def describe_decisions(evidence: Evidence, is_draft: bool) -> list[Fact]:
    """The questions of the quarter, most urgent first, at most five; the release of a draft is always among them."""
    found = [*_data(evidence), *_accounts(evidence), *ask_goals(evidence), *_moves(evidence), *_review(evidence)]
    release = [_ask("decide_release", "index")] if is_draft else []
    found = [*found[: MOST_DECISIONS - len(release)], *release]
    return found or [_ask("decide_nothing", "")]


def _ask(key: str, page: str, **numbers: Any) -> Fact:
    return Fact("decisions", f"summary.{key}", numbers, page)


def _data(evidence: Evidence) -> list[Fact]:
    page = summary_data.PAGE
    if not evidence.is_complete:
        return [_ask("decide_complete", page, end=evidence.period["end"].date())]
    if evidence.table("control_totals") is not None and len(off := years_off(evidence)):
        numbers = {"year": str(off["fiscal_year"].iloc[0]), "deviation": abs(float(off["deviation"].iloc[0]))}
        return [_ask("decide_controls", page, **numbers)]
    return []


def _accounts(evidence: Evidence) -> list[Fact]:
    risky, growing, found = accounts_at_risk(evidence), growing_accounts(evidence), []
    if len(risky):
        first = risky.iloc[0]
        stake = {"before": float(first["before"])} if evidence.has_year else {}
        key = "decide_risk" if evidence.has_year else "decide_silent"
        numbers = {"n": len(risky), "name": first["name"], "now": float(first["now"]), **stake}
        found.append(_ask(key, summary_accounts.PAGE, **numbers))
    if len(growing):
        first = growing.iloc[0]
        numbers = {"n": len(growing), "name": first["name"], "gain": float(first["gain"])}
        found.append(_ask("decide_growing", summary_accounts.PAGE, **numbers))
    return found


def _moves(evidence: Evidence) -> list[Fact]:
    if evidence.table("migration_flows") is None or (flows := flows_above_noise(evidence)).empty:
        return []
    row = flows.iloc[0]
    names = {**evidence.names(row["from_segment_id"], "from"), **evidence.names(row["to_segment_id"], "to")}
    return [_ask("decide_moved", summary_moves.PAGE, **names, n=int(row["n_accounts"]), revenue=float(row["stake"]))]


def _review(evidence: Evidence) -> list[Fact]:
    review, found = evidence.table("review"), []
    if review is not None and bool(review["is_due"].iloc[0]):
        key = f"decide_review_{review['recommendation'].iloc[0]}"
        found.append(_ask(key, summary_moves.PAGE, months=int(review["age_months"].iloc[0])))
    steps = money_steps(evidence)
    if steps is not None and steps["n_rows"]["quarantined"]:
        numbers = {"n": int(steps["n_rows"]["quarantined"]), "revenue": float(steps["revenue"]["quarantined"])}
        found.append(_ask("decide_quarantine", summary_data.PAGE, **numbers))
    return found
