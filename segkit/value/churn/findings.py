"""What the page says of churn and renewal: keys of the texts with their numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.value.backtests.cards import trust_findings
from segkit.value.churn.lists import raised_limit

if TYPE_CHECKING:
    import pandas as pd

Finding = dict[str, Any]
SOON_DAYS = 180
FIRST_TENTH = 0.1
FEWEST_CASES = 100  # a tenth of fewer is no list


def describe_risk(
    rows: pd.DataFrame, stake: pd.Series, losses: dict[str, dict[str, float]] | None, facts: dict[str, Any]
) -> list[Finding]:
    """Return the answer: how many accounts will be lost with how much money, and where it is concentrated.

    Parameters
    ----------
    rows : DataFrame
        `account_id`, `churn_probability`, `revenue_at_risk`, `churn_basis`.
    stake : Series
        Revenue of the accounts of `rows` if they stay, same order.
    losses : dict, optional
        As `sum_losses` gives it; None where there are no chances.
    facts : dict
        horizon_days, n_at_risk, n_learnt, n_lost_known, n_gone, revenue_gone, n_overdue, revenue_overdue, is_complete.
    """
    months = round(facts["horizon_days"] / (365.25 / 12))
    found: list[Finding] = []
    scored = rows["churn_probability"].notna()
    if losses is None:
        key = (
            "no_chances" if facts["n_at_risk"] and facts["n_learnt"] else "no_past" if facts["n_at_risk"] else "nobody"
        )
        found.append({"key": f"churn.{key}", "n": facts["n_lost_known"], "months": months})
    else:
        total = float(stake[scored].sum())
        found.append(
            {
                "key": "churn.answer", "n": int(scored.sum()), "months": months,
                "lost": losses["number"]["mean"], "low": losses["number"]["low"], "high": losses["number"]["high"],
                "revenue": losses["revenue"]["mean"], "revenue_low": losses["revenue"]["low"],
                "revenue_high": losses["revenue"]["high"],
                "share": losses["revenue"]["mean"] / total if total > 0 else None,
            }
        )  # fmt: skip
        chance, risk = rows["churn_probability"], rows["revenue_at_risk"]
        limit = raised_limit(chance)
        raised = risk[(chance >= limit) & (risk > 0)]
        if len(raised):
            money = float(raised.sum())
            found.append({"key": "churn.raised", "n": len(raised), "limit": limit, "median": float(chance.median()),
                          "revenue": money, "share": money / float(risk.sum())})  # fmt: skip
    if facts["n_overdue"]:
        found.append({"key": "churn.overdue", "n": facts["n_overdue"], "revenue": facts["revenue_overdue"]})
    if facts["n_gone"]:
        found.append({"key": "churn.gone", "n": facts["n_gone"], "months": months, "revenue": facts["revenue_gone"]})
    if not facts["is_complete"]:
        found.append({"key": "churn.not_over"})
    return found


def describe_renewals(
    followed: pd.DataFrame, renewals: pd.DataFrame, counted: dict[str, Any], day: pd.Timestamp, n_held: int
) -> list[Finding]:
    """Return what contracts come to their end, how often such ends were followed, and what the table does not say.

    Parameters
    ----------
    followed, renewals, counted
        As `follow_contracts`, `next_renewals` and `count_renewals` give them.
    day : Timestamp
        The as-of date.
    n_held : int
        Accounts with a contract in force that have bought nothing for longer than the horizon.
    """
    if followed.empty:
        return [{"key": "churn.no_contracts"}]
    running = followed[followed["is_in_force"]]
    days = (renewals["renewal_date"] - day).dt.days
    soon = renewals[days <= SOON_DAYS]
    numbers = {"n_running": len(running), "value_running": float(running["annual_value"].sum()), "days": SOON_DAYS}
    found: list[Finding] = []
    if len(soon):
        first = soon["renewal_date"].min()
        found.append({"key": "churn.renewals", **numbers, "n": len(soon), "value": float(soon["renewal_value"].sum()),
                      "first": f"{first:%Y-%m-%d}"})  # fmt: skip
    else:
        found.append({"key": "churn.no_renewals_soon", **numbers})
    n_open = int(running["end_date"].isna().sum())
    if n_open:
        found.append({"key": "churn.open_ended", "n": n_open, "n_running": len(running)})
    if counted["share"] is not None:
        found.append({"key": "churn.renewal_rate", **counted})
    elif counted["n_ended"]:
        none = counted["n_renewed"] == 0
        found.append({"key": "churn.never_renewed" if none else "churn.few_ends", **counted})
    if n_held:
        found.append({"key": "churn.held", "n": n_held})
    return found


def describe_trust(
    cards: pd.DataFrame, leaks: list[str], calibration: pd.DataFrame, past: pd.DataFrame, rule: str
) -> list[Finding]:
    """Return how far the chances can be trusted.

    Parameters
    ----------
    cards, calibration : DataFrame
        Rows of the tables of the same names.
    leaks : list of str
        Facts that knew the future and were dropped.
    past : DataFrame
        As `replay` gives it.
    rule : str
        The better of the two rules: a column of `past`.
    """
    found: list[Finding] = []
    if leaks:
        found.append({"key": "cards.warn_leak", "model": "churn", "columns": ", ".join(leaks)})
    found += trust_findings(cards, "churn")
    if len(past) >= FEWEST_CASES and past["outcome"].sum() > 0:
        found.append({"key": "churn.found", "n": int(past["outcome"].sum()),
                      "share": _in_first_tenth(past, "prediction"), "rule": _in_first_tenth(past, rule)})  # fmt: skip
    if len(calibration):
        top = calibration.iloc[-1]
        found.append({"key": "churn.calibrated", "predicted": float(top["predicted"]),
                      "observed": float(top["observed"]), "low": _plain(top["low"]), "high": _plain(top["high"]),
                      "n": int(top["n"])})  # fmt: skip
    return found


def _in_first_tenth(past: pd.DataFrame, way: str) -> float:
    """Return which share of the lost accounts stood in the tenth ranked first at each quarter end."""
    place = past.groupby("origin")[way].rank(ascending=False, pct=True, method="average")
    lost = past["outcome"] == 1
    return round(float((place[lost] <= FIRST_TENTH).mean()), 6)


def _plain(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
