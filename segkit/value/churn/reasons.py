"""Why an account is likely to leave: what sets it apart from the median account, each with its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.value.churn.model import effects
from segkit.value.churn.predictors import PREDICTORS, SHORT

if TYPE_CHECKING:
    import pandas as pd

MOST_REASONS = 3
WEAKEST = 0.1  # log odds: a reason that moves the odds by less than a tenth is none
COLUMNS = ["model", "account_id", "reason_rank", "reason", "value", "usual", "name", "effect"]
DIGITS = 6


def explain_risk(facts: pd.DataFrame, model: dict[str, Any], horizon_days: int) -> pd.DataFrame:
    """Return the weightiest reasons of each account: rows of `account_reasons`.

    Parameters
    ----------
    facts : DataFrame
        As `build_facts` gives them, accounts at risk.
    model : dict
        As `fit_model` gives it.
    horizon_days : int
        Length of the outcome.

    Returns
    -------
    DataFrame
        Up to three rows an account, only what raises its risk: `reason` (key of the texts), `value` and `usual` (the
        numbers that the sentence names; their units are those of the fact), `effect` (log odds beside the median
        account; predictors of one reason are added up).
    """
    import pandas as pd

    if facts.empty:
        return pd.DataFrame(columns=COLUMNS)
    moved = effects(facts, model, horizon_days)
    moved = moved - moved.median()
    groups = [PREDICTORS[name][0] for name in moved]
    by_group = moved.T.groupby(groups).sum().T
    told = _told(facts, horizon_days)
    usable = [name for name in by_group if name in told]
    if not usable:
        return pd.DataFrame(columns=COLUMNS)
    weight = np.column_stack([np.where(told[name][1], by_group[name], 0.0) for name in usable])
    order = np.argsort(-weight, axis=1, kind="stable")[:, :MOST_REASONS]
    frames = []
    for rank in range(order.shape[1]):
        chosen = order[:, rank]
        effect = weight[np.arange(len(facts)), chosen]
        for place, name in enumerate(usable):
            key, _, value, usual = told[name]
            here = (chosen == place) & (effect > WEAKEST)
            frames.append(
                pd.DataFrame(
                    {
                        "account_id": facts.index[here],
                        "reason_rank": rank + 1,
                        "reason": np.asarray(key)[here],
                        "value": value.to_numpy()[here],
                        "usual": usual.to_numpy()[here],
                        "effect": effect[here],
                    }
                )
            )
    rows = pd.concat(frames, ignore_index=True)
    rows = rows.assign(model="churn", name=None).sort_values(["account_id", "reason_rank"], ignore_index=True)
    return rows[COLUMNS].round({"value": DIGITS, "usual": DIGITS, "effect": DIGITS})


def _told(facts: pd.DataFrame, horizon_days: int) -> dict[str, tuple[Any, pd.Series, pd.Series, pd.Series]]:
    """Return reason → text key, where it may be told at all, the account's number and what stands beside it.

    A fall is told where there is one, complaints where there are any: a model may count their absence, too, but "no
    fall" is no reason to call anybody.
    """
    import pandas as pd

    none = pd.Series(np.nan, facts.index)
    n = len(facts)

    def same(key: str) -> np.ndarray:
        return np.full(n, f"churn.reason_{key}", dtype=object)

    fresh = facts["tickets_90d"] > 0
    tickets = np.where(fresh, "churn.reason_tickets_90d", "churn.reason_tickets_12m")
    ends = facts["days_to_contract_end"] <= horizon_days
    contract = np.where(ends, "churn.reason_contract_ends", "churn.reason_no_contract")
    return {
        "silence": (same("silence"), facts["days_silent"] > facts["usual_interval_days"], facts["days_silent"],
                    facts["usual_interval_days"]),
        "orders": (same("orders"), facts["orders_half"] < facts["orders_half_before"], facts["orders_half"],
                   facts["orders_half_before"]),
        "revenue": (same("revenue"), facts["revenue_12m"] < facts["revenue_prev_12m"], facts["revenue_12m"],
                    facts["revenue_prev_12m"]),
        "breadth": (same("breadth"), facts["n_products"] < facts["n_products_before"], facts["n_products"],
                    facts["n_products_before"]),
        "few_orders": (same("few_orders"), facts["orders_12m"] < facts["orders_12m"].median(), facts["orders_12m"],
                       pd.Series(facts["orders_12m"].median(), facts.index)),
        "size": (same("small"), facts["revenue_12m"] < facts["revenue_12m"].median(), facts["revenue_12m"],
                 pd.Series(facts["revenue_12m"].median(), facts.index)),
        "tenure": (same("tenure"), facts["tenure_days"] < facts["tenure_days"].median(), facts["tenure_days"],
                   pd.Series(facts["tenure_days"].median(), facts.index)),
        "tickets": (tickets, facts["tickets_12m"] > 0, facts["tickets_90d"].where(fresh, facts["tickets_12m"]),
                    pd.Series(float(SHORT), facts.index).where(fresh)),
        "engagement": (same("engagement"), facts["engagements_90d"] < facts["engagements_usual_90d"],
                       facts["engagements_90d"], facts["engagements_usual_90d"]),
        "contract": (contract, ends | (facts["has_contract"] == 0), facts["days_to_contract_end"], none),
    }  # fmt: skip
