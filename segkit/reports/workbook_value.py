"""Sheets of the workbook that name accounts and leads to act on, and what the models behind them were worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.reports.workbook_tables import RunTables
from segkit.value.backtests.cards import list_verdicts, name_verdicts
from segkit.value.reasons import first_reasons, tell_reasons

if TYPE_CHECKING:
    import pandas as pd


def diamonds_sheet(run: RunTables) -> pd.DataFrame | str:
    """Small accounts with the potential of large ones, the largest gap first, each with its reason."""
    diamonds = run.read("diamonds")
    if diamonds is None:
        return run.why_none("diamonds", "workbook.empty_diamonds")
    return _told(run, diamonds.sort_values("diamond_rank"))


def risk_sheet(run: RunTables) -> pd.DataFrame | str:
    """Accounts that may leave, the most revenue at risk first, each with its weightiest reason."""
    value, reasons = run.read("account_value"), run.read("account_reasons")
    if value is None or "churn_probability" not in value or value["churn_probability"].isna().all():
        return run.why_none("account_reasons", "workbook.empty_risk")
    at_risk = value[value["churn_probability"].notna()]
    keys = ["revenue_at_risk", "churn_probability", "account_id"]
    at_risk = at_risk.sort_values(keys, ascending=[False, False, True], kind="stable")
    if reasons is None:
        return _named(run, at_risk)
    own = ["value", "usual", "name"]  # names of the reason's numbers, and of an account's own columns
    told = tell_reasons(first_reasons(reasons, "churn"), run.currency).drop(columns=own)
    told = told.rename(columns={f"reason_{run.language}": "reason"})[["account_id", "reason"]]
    return _named(run, at_risk).merge(told, on="account_id", how="left")


def leads_sheet(run: RunTables) -> pd.DataFrame | str:
    """Open leads in the order in which they are worth a call."""
    leads = run.read("lead_scores")
    if leads is None:
        return run.why_none("lead_scores", "workbook.empty_leads")
    leads = tell_reasons(leads.sort_values("lead_rank"), run.currency)
    return leads.assign(reason=leads[f"reason_{run.language}"])


def newcomers_sheet(run: RunTables) -> pd.DataFrame | str:
    """New accounts, those in trouble first."""
    newcomers = run.read("onboarding")
    if newcomers is None:
        return run.why_none("onboarding", "workbook.empty_newcomers")
    keys = ["is_trouble", "risk", "revenue", "account_id"]
    return _told(run, newcomers.sort_values(keys, ascending=[False, False, False, True], kind="stable"))


def models_sheet(run: RunTables) -> pd.DataFrame | str:
    """What each model was worth on past quarters beside its simple rule, and which of the two is used."""
    cards = run.read("model_cards")
    if cards is None:
        return "workbook.absent"
    named = name_verdicts(list_verdicts(cards), run.currency)
    ending = f"_{run.language}"
    return named.rename(columns={c: c.removesuffix(ending) for c in named.columns if c.endswith(ending)})


def _named(run: RunTables, frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(**{name: frame["account_id"].map(run.known[name]) for name in ("name", "owner_id", "team")})


def _told(run: RunTables, frame: pd.DataFrame) -> pd.DataFrame:
    told = tell_reasons(frame, run.currency)
    return _named(run, told.assign(reason=told[f"reason_{run.language}"]))
