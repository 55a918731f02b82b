"""What customer value says: each finding is a key of the texts with its numbers, None where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segkit.value.abc_comparison import measure_agreement
from segkit.value.growth import add_changes, select_movers, sum_changes

if TYPE_CHECKING:
    import pandas as pd

    from segkit.settings.value import Value

Finding = dict[str, Any]
LONG = 2  # usual intervals after which an account has fallen silent
GOOD, BAD = 4, 2  # scores from which an account counts as recent or frequent, and up to which as long silent


def describe_period(period: pd.DataFrame) -> Finding:
    """Return the day up to which things are known, with a warning where the quarter is not over.

    Parameters
    ----------
    period : DataFrame
        Table `run_period`.
    """
    row = period.iloc[0]
    key = "value.period" if row["is_complete"] else "value.warn_incomplete"
    return {"key": key, "as_of": f"{row['as_of']:%Y-%m-%d}", "history_days": int(row["history_days"])}


def describe_year(value: pd.DataFrame) -> Finding:
    """Return the answer of the page: who bought in twelve months, for how much, against the year before."""
    buying = int((value["revenue_12m"] > 0).sum())
    numbers = {"n_buying": buying, "n_accounts": len(value), "revenue": float(value["revenue_12m"].sum())}
    if not _has_year_before(value):
        return {"key": "value.answer_short", **numbers}
    before = float(value["revenue_prev_12m"].sum())
    growth = numbers["revenue"] / before - 1 if before > 0 else None
    return {"key": "value.answer", **numbers, "before": before, "growth": growth}


def describe_concentration(value: pd.DataFrame, settings: Value) -> Finding:
    """Return how few accounts carry the revenue: class A, the largest account, class C."""
    buying = value[value["revenue_12m"] > 0]
    if buying.empty:
        return {"key": "value.no_revenue"}
    classes = buying.groupby("abc_class")["revenue_share"].agg(["size", "sum"]).reindex(list("ABC"), fill_value=0)
    return {
        "key": "value.concentration",
        "n_a": int(classes.loc["A", "size"]),
        "account_share_a": float(classes.loc["A", "size"] / len(buying)),
        "share_a": float(classes.loc["A", "sum"]),
        "limit_a": settings.abc_a,
        "largest": float(buying["revenue_share"].max()),
        "n_c": int(classes.loc["C", "size"]),
        "share_c": float(classes.loc["C", "sum"]),
    }


def describe_comparison(comparison: pd.DataFrame) -> list[Finding]:
    """Return how the classes of the source system and of this run agree, and whose class changed.

    Parameters
    ----------
    comparison : DataFrame
        Table `abc_comparison`, or one like it without rows.
    """
    if comparison.empty:
        return [{"key": "value.no_source_class"}]
    found = measure_agreement(comparison)
    old, new = comparison["source_abc_class"], comparison["abc_class"]
    sums = comparison.groupby("change")["revenue_12m"].agg(["size", "sum"]).reindex(["up", "down"], fill_value=0)
    numbers: Finding = {
        "n": found.n, "n_same": found.n_same, "share": found.share, "low": found.share_low, "high": found.share_high,
        "kappa": found.kappa, "kappa_low": found.kappa_low, "kappa_high": found.kappa_high,
        "n_up": int(sums.loc["up", "size"]), "revenue_up": float(sums.loc["up", "sum"]),
        "n_down": int(sums.loc["down", "size"]), "revenue_down": float(sums.loc["down", "sum"]),
    }  # fmt: skip
    said = [{"key": "value.class_agreement", **numbers}, {"key": "value.class_moves", **numbers}] if found.n else []
    total = float(comparison["revenue_12m"].clip(lower=0).sum()) or None
    of_a = {
        name: (int(is_a.sum()), float(comparison.loc[is_a, "revenue_12m"].sum()) / total if total else None)
        for name, is_a in (("old", old == "A"), ("new", new == "A"))
    }
    said.append({"key": "value.class_a", "n_old": of_a["old"][0], "share_old": of_a["old"][1],
                 "n_new": of_a["new"][0], "share_new": of_a["new"][1]})  # fmt: skip
    without_old = comparison[old.isna()]
    if len(without_old):
        said.append({"key": "value.class_without_old", "n": len(without_old),
                     "revenue": float(without_old["revenue_12m"].sum())})  # fmt: skip
    if new.isna().any():
        said.append({"key": "value.class_without_new", "n": int(new.isna().sum())})
    return said


def describe_margin(value: pd.DataFrame) -> Finding:
    """Return how the classes by revenue and by margin differ."""
    if value["margin_12m"].isna().all():
        return {"key": "value.no_margin"}
    by_revenue, by_margin = value["abc_class"] == "A", value["abc_margin_class"] == "A"
    return {
        "key": "value.margin",
        "n_a": int(by_revenue.sum()),
        "n_less": int((by_revenue & ~by_margin).sum()),
        "n_more": int((by_margin & ~by_revenue).sum()),
        "n_negative": int((value["margin_12m"] < 0).sum()),
    }


def describe_rfm(value: pd.DataFrame) -> Finding:
    """Return the accounts that buy often and lately, and those that bought often but have fallen silent.

    Silent is who waits longer than twice the own interval between orders (`usual_interval_days`); where no interval is
    known, who is in the lower two fifths of recency: among accounts that all buy weekly, two weeks put one there.
    """
    often = value["f_score"] >= GOOD
    has_rhythm = "usual_interval_days" in value and bool(value["usual_interval_days"].notna().any())
    is_silent = value["r_score"] <= BAD
    if has_rhythm:
        is_silent = value["days_since_last"] > LONG * value["usual_interval_days"]
    best, silent = value[often & (value["r_score"] >= GOOD)], value[often & is_silent.fillna(False)]
    return {
        "key": "value.rfm_rhythm" if has_rhythm else "value.rfm",
        "n_best": len(best),
        "share_best": float(best["revenue_share"].sum()),
        "n_silent": len(silent),
        "revenue_silent": float(silent["revenue_12m"].sum()),
    }


def describe_regularity(value: pd.DataFrame) -> Finding:
    """Return how much revenue comes from regular and from irregular buyers."""
    known = value[value["xyz_class"].notna()]
    share = known.groupby("xyz_class")["revenue_share"].sum().reindex(list("XYZ"), fill_value=0)
    return {
        "key": "value.regularity",
        "n_regular": int((known["xyz_class"] == "X").sum()),
        "share_regular": float(share["X"]),
        "share_swings": float(share["Y"]),
        "share_irregular": float(share["Z"]),
        "n_unknown": len(value) - len(known),
    }


def describe_changes(value: pd.DataFrame, history_days: int) -> Finding:
    """Return the way from the revenue of the year before to that of this year."""
    steps = sum_changes(value)
    if steps.empty:
        return {"key": "value.no_year_before", "history_days": history_days}
    steps = steps.set_index("step")
    amounts = {step: float(steps.loc[step, "amount"]) for step in steps.index}
    return {
        "key": "value.changes",
        "before": float(value["revenue_prev_12m"].sum()),
        "now": float(value["revenue_12m"].sum()),
        "n_lost": int(steps.loc["lost", "n_accounts"]),
        "lost": -amounts["lost"],
        "n_shrunk": int(steps.loc["shrunk", "n_accounts"]),
        "shrunk": -amounts["shrunk"],
        "n_grown": int(steps.loc["grown", "n_accounts"]),
        "grown": amounts["grown"],
        "n_new": int(steps.loc[["new", "back"], "n_accounts"].sum()),
        "new": amounts["new"] + amounts["back"],
    }


def describe_growth(points: pd.DataFrame, value: pd.DataFrame) -> Finding:
    """Return what the growth chart holds: how many accounts, their share of revenue, how many grew.

    Parameters
    ----------
    points : DataFrame
        As `select_growth_points` gives them.
    value : DataFrame
        Table `account_value`.
    """
    if not _has_year_before(value):
        return {"key": "value.no_growth_chart"}
    shown = value[value["account_id"].isin(points["account_id"])]
    return {
        "key": "value.growth",
        "n_shown": len(shown),
        "share_shown": float(shown["revenue_share"].sum()),
        "n_grown": int((shown["growth"] > 0).sum()),
        "n_halved": int((shown["growth"] <= -0.5).sum()),
    }


def describe_movers(value: pd.DataFrame, accounts: pd.DataFrame, n: int, *, losers: bool = False) -> Finding:
    """Return the biggest mover and what the biggest movers weigh together in all rises (falls)."""
    movers = select_movers(value, accounts, n, losers=losers)
    if movers.empty:
        return {"key": "value.no_losers" if losers else "value.no_winners"}
    sign = -1 if losers else 1
    every = (sign * add_changes(value)["revenue_change"]).clip(lower=0).sum()
    total = float(sign * movers["revenue_change"].sum())
    return {
        "key": "value.losers" if losers else "value.winners",
        "n": len(movers),
        "name": str(movers["name"].iloc[0]),
        "first": float(sign * movers["revenue_change"].iloc[0]),
        "total": total,
        "share": total / float(every),
    }


def describe_months(months: pd.DataFrame) -> Finding:
    """Return the strongest and the weakest of the last twelve whole months.

    Parameters
    ----------
    months : DataFrame
        As `compare_months` gives them.
    """
    whole = months[months["is_whole"]]
    if whole.empty:
        return {"key": "value.no_months"}
    best, worst = whole.loc[whole["revenue"].idxmax()], whole.loc[whole["revenue"].idxmin()]
    return {
        "key": "value.months",
        "best": float(best["revenue"]),
        "best_month": f"{best['month']:%m/%Y}",
        "worst": float(worst["revenue"]),
        "worst_month": f"{worst['month']:%m/%Y}",
        "ratio": float(best["revenue"] / worst["revenue"]) if worst["revenue"] > 0 else None,
    }


def _has_year_before(value: pd.DataFrame) -> bool:
    return bool(value["revenue_prev_12m"].notna().any())
