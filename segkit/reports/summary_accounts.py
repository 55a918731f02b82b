"""Accounts that a management should know by name: large ones that are being lost, and growing ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segkit.reports.summary_facts import Evidence, Fact
from segkit.value.abc import abc_classes

if TYPE_CHECKING:
    import pandas as pd

PAGE = "02_customer_value"
SILENT_INTERVALS = 4  # an account that buys at random pauses so long in one of fifty intervals
FEWEST_DAYS = 30


def accounts_at_risk(evidence: Evidence) -> pd.DataFrame:
    """Large accounts that are lost, silent or falling, largest loss first.

    Large: class A by revenue of twelve months or of the twelve before, and key accounts. Lost: no revenue in twelve
    months; silent: no line for more than `silent_days`; falling: revenue at most `falling_ratio` times the year before.

    Returns
    -------
    DataFrame
        account_id, name, owner_id, segment_id, before, now, loss (money; before and loss are empty without the year
        before), days_since_last, risk (lost, silent or falling). No row for an incomplete quarter.
    """
    accounts = evidence.accounts
    limits, value = evidence.settings.segmentations.value, evidence.settings.value
    before, now = accounts["revenue_prev_12m"], accounts["revenue_12m"]
    was_large = abc_classes(before, value.abc_a, value.abc_b) == "A"
    is_large = (accounts["abc_class"] == "A") | was_large.fillna(False) | (accounts["segment_id"] == "KEY")
    risk = np.select(
        [
            (now <= 0) & (before > 0),
            accounts["days_since_last"] > limits.silent_days,
            (before > 0) & (now <= limits.falling_ratio * before),
        ],
        ["lost", "silent", "falling"],
        "",
    )
    rows = accounts.assign(before=before, now=now, loss=before - now, risk=risk)
    rows = rows[is_large & (risk != "") & evidence.is_complete]
    order = rows.assign(stake=rows["loss"].fillna(rows["now"]))
    order = order.sort_values(["stake", "account_id"], ascending=[False, True])
    columns = ["account_id", "name", "owner_id", "segment_id", "before", "now", "loss", "days_since_last", "risk"]
    return order[columns].reset_index(drop=True)


def describe_risks(evidence: Evidence) -> list[Fact]:
    """What may be lost: large accounts by kind of risk, and key accounts that are silent beyond their habit."""
    if not evidence.is_complete:
        return [Fact("risks", "summary.risk_incomplete")]
    risky = accounts_at_risk(evidence)
    found = [_risk(kind, risky[risky["risk"] == kind], evidence) for kind in ("falling", "silent", "lost")]
    found += [_silent_keys(evidence, set(risky["account_id"]))]
    shown = [fact for fact in found if fact is not None]
    if not shown:
        shown = [Fact("risks", "summary.risk_none")]
    return shown if evidence.has_year else [*shown, Fact("risks", "summary.risk_no_year")]


def _risk(kind: str, rows: pd.DataFrame, evidence: Evidence) -> Fact | None:
    if rows.empty:
        return None
    limits = evidence.settings.segmentations.value
    sums = {"n": len(rows), "before": float(rows["before"].sum()), "now": float(rows["now"].sum())}
    if kind == "falling":
        return Fact("risks", "summary.risk_falling", {**sums, "fall": 1 - limits.falling_ratio})
    if kind == "silent":
        key = "summary.risk_silent" if evidence.has_year else "summary.risk_silent_level"
        sums = sums if evidence.has_year else {"n": sums["n"], "now": sums["now"]}
        return Fact("risks", key, {**sums, "days": limits.silent_days})
    return Fact("risks", "summary.risk_lost", {"n": sums["n"], "before": sums["before"]})


def _silent_keys(evidence: Evidence, told: set[str]) -> Fact | None:
    """Key accounts whose last line is longer ago than four of their usual intervals, the longest pause first."""
    panel = evidence.table("account_features")
    if panel is None:
        return None
    usual = panel[panel["as_of"] == panel["as_of"].max()].set_index("account_id")["interval_days"]
    keys = evidence.accounts[evidence.accounts["segment_id"] == "KEY"]
    keys = keys.assign(interval=keys["account_id"].map(usual).astype(float))
    pause = keys["days_since_last"]
    silent = keys[(pause > SILENT_INTERVALS * keys["interval"]) & (pause > FEWEST_DAYS)]
    silent = silent[~silent["account_id"].isin(told)].sort_values(
        ["days_since_last", "account_id"], ascending=[False, True]
    )
    if silent.empty:
        return None
    first = silent.iloc[0]
    numbers = {"name": first["name"], "days": int(first["days_since_last"]), "interval": float(first["interval"])}
    return Fact("risks", "summary.risk_key", {"n": len(silent), **numbers})


def growing_accounts(evidence: Evidence) -> pd.DataFrame:
    """Accounts of class A or B whose revenue is at least `growing_ratio` times the year before, largest gain first.

    Returns
    -------
    DataFrame
        account_id, name, owner_id, segment_id, before, now, gain (money), growth (share). No row for an incomplete
        quarter or without the year before.
    """
    accounts = evidence.accounts
    before, now = accounts["revenue_prev_12m"], accounts["revenue_12m"]
    rows = accounts.assign(before=before, now=now, gain=now - before, growth=now / before.where(before > 0) - 1)
    grows = (before > 0) & (now >= evidence.settings.segmentations.value.growing_ratio * before)
    rows = rows[grows & accounts["abc_class"].isin(["A", "B"]) & evidence.is_complete]
    columns = ["account_id", "name", "owner_id", "segment_id", "before", "now", "gain", "growth"]
    return rows.sort_values(["gain", "account_id"], ascending=[False, True])[columns].reset_index(drop=True)


def describe_chances(evidence: Evidence) -> list[Fact]:
    """What may be won: growing accounts, and what accounts of the last twelve months bring already."""
    if not evidence.is_complete:
        return [Fact("chances", "summary.chance_incomplete")]
    if not evidence.has_year:
        return [Fact("chances", "summary.chance_no_year")]
    growing, found = growing_accounts(evidence), []
    if len(growing):
        growth = evidence.settings.segmentations.value.growing_ratio - 1
        numbers = {"n": len(growing), "growth": growth, "gain": float(growing["gain"].sum())}
        found.append(Fact("chances", "summary.chance_growing", numbers))
    else:
        found.append(Fact("chances", "summary.chance_none"))
    accounts = evidence.accounts
    new = accounts[(accounts["revenue_prev_12m"] == 0) & (accounts["tenure_days"] <= 365)]
    new = new[new["revenue_12m"] > 0]
    if len(new):
        total = float(accounts["revenue_12m"].sum())
        revenue = float(new["revenue_12m"].sum())
        numbers = {"n": len(new), "revenue": revenue, "share": revenue / total}
        found.append(Fact("chances", "summary.chance_new", numbers))
    return found


def describe_lead(evidence: Evidence) -> list[Fact]:
    """Below the headline: what is at stake among large accounts and what grows, or who carries the revenue."""
    if evidence.is_complete and evidence.has_year:
        risky, growing = accounts_at_risk(evidence), growing_accounts(evidence)
        numbers = {"n": len(risky), "loss": float(risky["loss"].sum())}
        found = [Fact("lead", "summary.lead_risk", numbers) if len(risky) else Fact("lead", "summary.lead_calm")]
        if len(growing):
            numbers = {"n": len(growing), "gain": float(growing["gain"].sum())}
            found.append(Fact("lead", "summary.lead_growing", numbers))
        return found
    accounts = evidence.accounts
    large, total = accounts[accounts["abc_class"] == "A"], float(accounts["revenue_12m"].clip(lower=0).sum())
    if large.empty or not total:
        return []
    numbers = {"n": len(large), "n_all": int((accounts["revenue_12m"] > 0).sum())}
    return [Fact("lead", "summary.lead_carried", {**numbers, "share": float(large["revenue_12m"].sum()) / total})]
