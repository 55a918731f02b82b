"""What the leads say: findings for the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from segkit.value.leads.chances import decided_on
from segkit.value.leads.trials import FEWEST_DECIDED, FEWEST_OF_BOTH

if TYPE_CHECKING:
    import pandas as pd

    from segkit.value.leads.chances import Chances
    from segkit.value.leads.trials import Trial

Finding = dict[str, Any]
TOP, FEWEST_OF_SOURCE = 10, 30
CARD = "leads"


class Facts(NamedTuple):
    """What the findings are made from."""

    given: pd.DataFrame
    known: pd.DataFrame
    """Leads with a date, as `add_companies` gives them."""
    last: float
    as_of: float
    horizon: int
    filled: dict[str, tuple[float, float] | None]
    by_number: bool
    learnt: Chances | None


def describe_answer(facts: Facts, rows: pd.DataFrame) -> list[Finding]:
    """Return whom to call, or the one thing that is missing for it."""
    if facts.given.empty:
        return [{"key": "leads.none"}]
    if facts.known.empty:
        return [{"key": "leads.no_dates", "n": len(facts.given)}]
    if facts.learnt is None:
        return [_why_nothing(facts)]
    said = [_call_list(rows)] if len(rows) else [{"key": "leads.nobody_waits", "horizon": facts.horizon}]
    old = facts.known[facts.known["is_open"] & (facts.as_of - facts.known["created"] >= facts.horizon)]
    if len(old):
        said.append({"key": "leads.too_old", "n": len(old), "horizon": facts.horizon, "late": _late_share(facts)})
    return said + _describe_sources(facts.learnt) + [_describe_days(facts.learnt, facts.horizon)]


def describe_trust(facts: Facts, trial: Trial, basis: str, measured: list[Finding]) -> list[Finding]:
    """Return how the look back came out, and what was left out of it."""
    said = list(measured)
    if facts.learnt is not None and trial.waiting["n"]:
        foretold = trial.waiting["foretold" if basis == "model" else "foretold_rule"]
        numbers = {"n": int(trial.waiting["n"]), "foretold": foretold, "came": int(trial.waiting["came"])}
        said.append({"key": "leads.waited", **numbers})
    for column, shares in facts.filled.items():
        if shares:
            key = "leads.number_filled" if column == "account_id" else "leads.warn_filled"
            said.append({"key": key, "column": column, "after": shares[0], "before": shares[1]})
    if len(facts.known) and not facts.by_number and not facts.known["company_key"].notna().any():
        said.append({"key": "leads.no_company"})
    n_undated = int(facts.known["is_undated"].sum()) if len(facts.known) else 0
    if n_undated:
        said.append({"key": "leads.undated", "n": n_undated})
    n_dateless = len(facts.given) - len(facts.known)
    if n_dateless and len(facts.known):
        said.append({"key": "leads.no_created_date", "n": n_dateless})
    return said


def _why_nothing(facts: Facts) -> Finding:
    """Return why no chance can be named: all converted, none did, or too few are decided."""
    decided = decided_on(facts.known, facts.last, facts.horizon)
    n, k = len(decided), int((decided["converted"] - decided["created"] <= facts.horizon).sum())
    numbers = {"n": n, "n_converted": k, "horizon": facts.horizon}
    if n >= FEWEST_DECIDED and k == n:
        return {"key": "leads.all_converted", **numbers}
    if n >= FEWEST_DECIDED and k == 0:
        return {"key": "leads.none_converted", **numbers}
    return {"key": "leads.too_few", **numbers, "wanted": FEWEST_DECIDED, "wanted_converted": FEWEST_OF_BOTH}


def _call_list(rows: pd.DataFrame) -> Finding:
    top = rows.head(TOP)["score"]
    return {
        "key": "leads.answer", "n": len(rows), "expected": float(rows["score"].sum()), "n_top": len(top),
        "expected_top": float(top.sum()), "expected_any": float(rows["score"].mean() * len(top)),
    }  # fmt: skip


def _late_share(facts: Facts) -> float | None:
    """Return which share of the decided leads converted after the horizon, of those that had not by then."""
    decided = decided_on(facts.known, facts.last, 2 * facts.horizon)
    taken = decided["converted"] - decided["created"]
    left = ~(taken <= facts.horizon)
    return float((left & taken.notna()).sum() / left.sum()) if left.any() else None


def _describe_sources(learnt: Chances) -> list[Finding]:
    """Return the source that converts best and the one that converts worst, of those with 30 leads or more."""
    rated = learnt.by_source[(learnt.by_source["n"] >= FEWEST_OF_SOURCE) & (learnt.by_source.index != "-")]
    if len(rated) < 2:
        return [{"key": "leads.one_source", "rate": learnt.rate}]
    ordered = (rated["k"] / rated["n"]).sort_values(kind="stable")
    best, worst = ordered.index[-1], ordered.index[0]
    return [
        {
            "key": "leads.sources", "rate": learnt.rate, "best": str(best), "share_best": float(ordered.iloc[-1]),
            "n_best": int(rated.loc[best, "n"]), "worst": str(worst), "share_worst": float(ordered.iloc[0]),
            "n_worst": int(rated.loc[worst, "n"]),
        }
    ]  # fmt: skip


def _describe_days(learnt: Chances, horizon: int) -> Finding:
    half, most = (float(np.quantile(learnt.days, q, method="inverted_cdf")) for q in (0.5, 0.9))
    return {"key": "leads.days", "half": half, "most": most, "horizon": horizon}
