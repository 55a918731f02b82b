"""Why a new account stands out, and what new accounts say together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.value.leads.chances import log_odds
from segkit.value.leads.newcomers import GUARD_DAYS
from segkit.value.leads.outcomes import day_numbers
from segkit.value.leads.returns import FEWEST_RETURNS

if TYPE_CHECKING:
    import pandas as pd

    from segkit.value.leads.returns import Returns

Finding = dict[str, Any]
SHOWN = {"ramp": "change", "tickets": "n_tickets", "activity": "n_active", "orders": "n_days"}
"""Predictor → the number that the reader sees."""


def explain_newcomers(
    now: pd.DataFrame,
    learnt: pd.DataFrame | None,
    effects: np.ndarray | None,
    names: list[str],
    is_above: np.ndarray,
    can_say: bool,
) -> pd.DataFrame:
    """Return the weightiest reason of each new account that points the way it stands.

    Parameters
    ----------
    now : DataFrame
        As `describe_newcomers` gives it.
    learnt : DataFrame, optional
        The same of past origins: what is usual.
    effects : array, optional
        Accounts × predictors: by how much each moves the log odds; None where the rule alone speaks.
    names : list of str
        The predictors.
    is_above : array of bool
        The risk is above the usual one: what speaks for trouble is named, else what speaks against it.
    can_say : bool
        There is a risk.

    Returns
    -------
    DataFrame
        Index account_id: `reason`, `reason_value` beside `reason_usual`: days of silence beside those within which nine
        of ten returned; or sales days, change of sales, tickets, visits beside the mean of past newcomers.
    """
    import pandas as pd

    silence = np.where(now["silence"] > now["usual"], "overdue", "on_time")
    key = np.where(now["n_days"] == 1, "onboarding.reason_first_", "onboarding.reason_") + silence.astype(object)
    frame = pd.DataFrame({"reason": key, "reason_value": now["silence"], "reason_usual": now["usual"]}, index=now.index)
    frame["reason"] = frame["reason"].where(frame["reason_usual"].notna() & can_say, None)
    if effects is None or learnt is None or not len(now):
        return frame
    named = [name for name in names if name in SHOWN]
    odds = log_odds(now["rule"].to_numpy()) - log_odds(learnt["rule"].to_numpy()).mean()
    own = effects[:, [names.index(name) for name in named]]
    rest = odds + effects.sum(axis=1) - own.sum(axis=1)  # the rhythm belongs to the silence
    weights = np.column_stack([rest, own]) * np.where(is_above, 1, -1)[:, None]
    chosen = weights.argmax(axis=1)
    for place, name in enumerate(named, start=1):
        rows = (chosen == place) & now[SHOWN[name]].notna().to_numpy()
        usual = float(learnt[SHOWN[name]].median() if name == "ramp" else learnt[SHOWN[name]].mean())
        side = np.where(now[SHOWN[name]].to_numpy()[rows] >= usual, "more", "less")
        frame.loc[rows, "reason"] = [f"onboarding.reason_{name}_{word}" for word in side]
        frame.loc[rows, "reason_value"] = now[SHOWN[name]].to_numpy("float64")[rows]
        frame.loc[rows, "reason_usual"] = usual
    return frame.round(6)


def describe_answer(
    panel: pd.DataFrame, rows: pd.DataFrame | None, returns: Returns | None, horizon_days: int, as_of: float
) -> list[Finding]:
    """Return who does not take hold, or the one thing that is missing for it."""
    start = float(np.nanmin(day_numbers(panel["first_date"]))) if len(panel) else as_of
    if as_of - start <= GUARD_DAYS:
        return [{"key": "onboarding.no_history", "n": int(as_of - start), "wanted": GUARD_DAYS}]
    if rows is None or returns is None or rows.empty:
        return [{"key": "onboarding.none"}]
    if returns.n_returns < FEWEST_RETURNS:
        return [{"key": "onboarding.too_few", "n": len(rows), "n_returns": returns.n_returns, "wanted": FEWEST_RETURNS}]
    trouble = rows[rows["is_trouble"].astype(bool)]
    numbers = {"n": len(rows), "expected": float(rows["risk"].sum()), "horizon": horizon_days}
    pace = {"key": "onboarding.pace", "first": float(returns.usual[0]), "later": float(returns.usual[-1])}
    if trouble.empty:
        return [{"key": "onboarding.nobody", **numbers}, pace]
    money = {"n_trouble": len(trouble), "revenue": float(trouble["revenue"].sum())}
    return [{"key": "onboarding.answer", **numbers, **money}, pace]
