"""What lifetime value says: keys of the texts with their numbers, in the sections of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from segkit.settings.lifetime import Lifetime

Finding = dict[str, Any]
TOP_SHARE = 0.1


def describe(
    rows: pd.DataFrame,
    known: pd.DataFrame,
    cards: pd.DataFrame,
    facts: dict[str, Any],
    settings: Lifetime,
    as_of: str,
) -> dict[str, list[Finding]]:
    """Return the findings of the sections answer, models and trust.

    Parameters
    ----------
    rows : DataFrame
        As `score_lifetime` gives them.
    known : DataFrame
        Rows of `account_features` of the same day: revenue_12m, margin_12m.
    cards : DataFrame
        Rows of `model_cards`.
    facts : dict
        What was fitted and used.
    settings : Lifetime
        Horizon, discount, gate.
    as_of : str
        The day, for the texts.
    """
    return {
        "answer": _answer(rows, known, facts, settings, as_of),
        "models": _models(facts, settings),
        "trust": _trust(cards, facts),
    }


def _answer(
    rows: pd.DataFrame, known: pd.DataFrame, facts: dict[str, Any], settings: Lifetime, as_of: str
) -> list[Finding]:
    """Return what all accounts together are worth, how few hold most of it, and the revenue of the year ahead."""
    value = rows["lifetime_value"].dropna().sort_values(ascending=False)
    if value.empty:
        return [{"key": "lifetime.nothing"}]
    if not (value != 0).any():
        return [{"key": "lifetime.all_silent", "n": len(value)}]
    total, n_top = float(value.sum()), round(TOP_SHARE * len(value))
    said: list[Finding] = [
        {
            "key": f"lifetime.answer_{facts['margin_basis']}",
            "as_of": as_of,
            "n": len(value),
            "months": settings.horizon_months,
            "rate": settings.discount_rate,
            "total": total,
            "margin_rate": facts["margin_rate"],
        },
        {
            "key": "lifetime.year_ahead",
            "expected": float(rows["expected_revenue_12m"].sum()),
            "revenue": float(known["revenue_12m"].sum()),
        },
    ]
    if n_top > 1 and total > 0:
        said.insert(1, {"key": "lifetime.top", "n": n_top, "share": float(value.iloc[:n_top].sum()) / total})
    if n_negative := int((value < 0).sum()):
        said.append({"key": "lifetime.negative", "n": n_negative, "total": float(value[value < 0].sum())})
    if n_without := int(rows["lifetime_value"].isna().sum()):
        said.append({"key": "lifetime.only_credits", "n": n_without})
    return said


def _models(facts: dict[str, Any], settings: Lifetime) -> list[Finding]:
    """Return how accounts buy, and what foresees each kind."""
    relations = facts["relations"]
    said: list[Finding] = [
        {"key": "lifetime.relations",
         **{f"n_{name}": relations.get(name, 0) for name in ("contract", "recurring", "project", "once")},
         "share": settings.contract_share}
    ]  # fmt: skip
    if facts["purchases"] is None:
        enough = facts["n_repeat_buyers"] >= settings.min_repeat_buyers
        few = "lifetime.warn_few_repeat_buyers" if facts["n_repeat_buyers"] else "lifetime.warn_no_repeat_buyers"
        key = "lifetime.warn_no_fit" if enough else few
        said.append({"key": key, "n": facts["n_repeat_buyers"], "needed": settings.min_repeat_buyers})
    else:
        said.append({"key": f"lifetime.family_{facts['purchases']['model']}", "n": facts["n_repeat_buyers"]})
    if relations.get("contract"):
        renewal = facts["renewal"]
        few = "lifetime.renewal_unknown" if renewal["n_judged"] else "lifetime.renewal_never"
        key = few if renewal["basis"] == "unknown" else "lifetime.renewal"
        said.append({"key": key, "n": renewal["n_judged"], "n_renewed": renewal["n_renewed"]})
    if relations.get("project"):
        lasting = facts["survival_projects"]
        said.append({"key": "lifetime.projects", "n": relations["project"], "kept": lasting["one_year"],
                     "orders": settings.project_orders_year, "size": settings.project_size})  # fmt: skip
    return said


def _trust(cards: pd.DataFrame, facts: dict[str, Any]) -> list[Finding]:
    """Return what the back-test says in both numbers, which is used, and whether the limits held."""
    said: list[Finding] = []
    if facts["leaks"]:
        said.append({"key": "cards.warn_leak", "model": "lifetime", "columns": ", ".join(facts["leaks"])})
    if not facts["origins"]:
        return [*said, {"key": "lifetime.untried"}]
    if facts["purchases"] is None:
        return [
            *said,
            {"key": "lifetime.rule_only", "n": len(facts["origins"]), "rule": f"lifetime.rule_{facts['rule']}"},
        ]
    of_all = cards[cards["origin"] == "all"].set_index(["metric", "baseline_name"])
    rule = f"lifetime.rule_{facts['rule']}"
    if ("mae", rule) in of_all.index and np.isfinite(of_all.loc[("mae", rule), "value"]):
        mae, order = of_all.loc[("mae", rule)], of_all.loc[("spearman", rule)]
        said.append(
            {
                "key": _verdict(cards, facts["used"]),
                "n_origins": len(facts["origins"]),
                "n": int(mae["n"]),
                "days": facts["horizon_days"],
                "rule": facts["rule"],
                **{
                    f"error_{name}": _plain(mae[name])
                    for name in ("value", "baseline", "gain", "gain_low", "gain_high")
                },
                **{f"order_{name}": _plain(order[name]) for name in ("value", "low", "high", "baseline")},
            }
        )
    covered = of_all[of_all.index.get_level_values("metric") == "interval_coverage"].iloc[0]
    if covered["n"]:
        said.append({"key": "lifetime.limits_held", "share": _plain(covered["value"]), "low": _plain(covered["low"]),
                     "high": _plain(covered["high"]), "n": int(covered["n"])})  # fmt: skip
    else:
        said.append({"key": "lifetime.limits_untried"})
    return said


def _verdict(cards: pd.DataFrame, used: str) -> str:
    """Return the key of the sentence: the model, the rule, or the rule although the model has the better order."""
    is_better = cards.loc[cards["is_deciding"], "gain_low"] > 0
    return "lifetime.rule_used_error" if used == "rule" and is_better.all() else f"lifetime.{used}_used"


def _plain(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
