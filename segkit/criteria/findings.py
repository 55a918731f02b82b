"""What notebook 03 says: each finding is a key of the texts with its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segkit.criteria.power import BASELINE
from segkit.texts import LANGUAGES

if TYPE_CHECKING:
    import pandas as pd

    from segkit.settings.goals import Goal

Finding = dict[str, Any]


def describe_answer(criteria: pd.DataFrame) -> list[Finding]:
    """Return which criteria are chosen, and which of them the accepted segmentation uses already.

    Parameters
    ----------
    criteria : DataFrame
        The table `criteria`.
    """
    chosen = criteria[criteria["is_selected"]].sort_values(["weight", "number"], ascending=[False, True])
    numbers = {"n_all": len(criteria), "n_available": int(criteria["is_available"].sum()), "n_chosen": len(chosen)}
    if chosen.empty:
        return [{"key": "criteria.warn_none", **numbers}]
    first = chosen.iloc[0]
    answer = {"key": "criteria.answer", **numbers, **_names(chosen), "weight": float(first["weight"])}
    answer |= {f"first_{lang}": first[f"name_{lang}"] for lang in LANGUAGES}
    return [answer, *describe_used(criteria)]


def describe_used(criteria: pd.DataFrame) -> list[Finding]:
    """Return what of the chosen the accepted segmentation uses, what it does not, and what it uses beside them.

    Parameters
    ----------
    criteria : DataFrame
        The table `criteria`.
    """
    criteria = _in_order(criteria)
    chosen, used = criteria["is_selected"], criteria["is_used"]
    parts = {"both": chosen & used, "only_chosen": chosen & ~used, "only_used": used & ~chosen}
    names = {
        f"{part}_{lang}": name
        for part, rows in parts.items()
        for lang, name in _joined(criteria[rows]).items()
        if name is not None
    }
    return [
        {"key": f"criteria.{part}", **{f"names_{lang}": names[f"{part}_{lang}"] for lang in LANGUAGES}}
        for part, rows in parts.items()
        if rows.any()
    ]


def describe_goals(goals: list[Goal]) -> Finding:
    """Return what the weights follow from: the goals, or that there are none.

    Parameters
    ----------
    goals : list of Goal
        Section `goals` of project.yml.
    """
    return {"key": "criteria.goals", "n": len(goals)} if goals else {"key": "criteria.no_goals"}


def describe_power(criteria: pd.DataFrame) -> list[Finding]:
    """Return what tells most about the next period, what adds most to revenue itself, and for how many nothing is told.

    Parameters
    ----------
    criteria : DataFrame
        The table `criteria`.
    """
    told = criteria[criteria["power_low"].notna()].sort_values(["power", "number"], ascending=[False, True])
    undated = int((criteria["is_available"] & criteria["power"].isna()).sum())
    if told.empty and criteria["power"].notna().any():
        return [{"key": "criteria.few_accounts", "n": int(criteria["n_power"].max()), "n_undated": undated}]
    if told.empty:
        return [{"key": "criteria.no_power", "n": undated}]
    best = told.iloc[0]
    period = {"origin": best["power_as_of"], "n_quarters": int(best["power_quarters"])}
    found = [{"key": "criteria.power", **period, **_of_row(best, "power"), "n": int(best["n_power"])}]
    if best["criterion_id"] != BASELINE:
        found.append(_baseline(criteria))
    adding = told[told["gain_low"] > 0].sort_values(["gain", "number"], ascending=[False, True])
    if len(adding):
        found.append({"key": "criteria.gain", **_of_row(adding.iloc[0], "gain"), "n": len(adding)})
    else:
        found.append({"key": "criteria.no_gain"})
    silent = int((told["power_low"] <= 0).sum())
    told_of = "criteria.untold" if silent else "criteria.all_told"
    found.append({"key": told_of, "n_silent": silent, "n_told": len(told), "n_undated": undated})
    small = told[told["is_small"]].sort_values("number")
    return [*found, {"key": "criteria.small", "n": len(small), **_names(small)}] if len(small) else found


def _baseline(criteria: pd.DataFrame) -> Finding:
    row = criteria[criteria["criterion_id"] == BASELINE].iloc[0]
    return {"key": "criteria.baseline", **_figures(row, "power")}


def describe_period(criteria: pd.DataFrame, period: pd.DataFrame) -> list[Finding]:
    """Return a warning where the quarter is incomplete: it is no target and no step of stability.

    Parameters
    ----------
    criteria : DataFrame
        The table `criteria`.
    period : DataFrame
        `run_period`.
    """
    row = period.iloc[0]
    if row["is_complete"]:
        return []
    return [{"key": "criteria.warn_incomplete", "as_of": row["as_of"].date().isoformat(), "n": int(len(criteria))}]


def describe_sensitive(criteria: pd.DataFrame) -> list[Finding]:
    """Return the sensitive criteria that the data give, and those that stand for one of them.

    Parameters
    ----------
    criteria : DataFrame
        The table `criteria`.
    """
    criteria = _in_order(criteria)
    sensitive = criteria[criteria["is_sensitive"] & criteria["is_available"]]
    proxies = criteria[criteria["proxy_for"].notna()]
    if sensitive.empty:
        return [{"key": "criteria.not_sensitive"}]
    found: list[Finding] = [{"key": "criteria.are_sensitive", **_names(sensitive)}]
    names = criteria.set_index("criterion_id")
    for row in proxies.to_dict("records"):
        numbers = {f"name_{lang}": row[f"name_{lang}"] for lang in LANGUAGES}
        numbers |= {f"other_{lang}": names.loc[row["proxy_for"], f"name_{lang}"] for lang in LANGUAGES}
        found.append({"key": "criteria.is_proxy", **numbers, "association": row["proxy_association"]})
    return found


def describe_missing(criteria: pd.DataFrame) -> Finding:
    """Return how many criteria the data do not give, and the most relevant of them with what it would take.

    Parameters
    ----------
    criteria : DataFrame
        The table `criteria`.
    """
    missing = criteria[~criteria["is_available"]].sort_values(["relevance", "number"], ascending=[False, True])
    if missing.empty:
        return {"key": "criteria.all_available"}
    first = missing.iloc[0]
    names = {f"name_{lang}": first[f"name_{lang}"] for lang in LANGUAGES}
    return {"key": "criteria.not_available", "n": len(missing), **names, "column": first["missing"]}


def describe_decisions(criteria: pd.DataFrame) -> Finding:
    """Return what people rated or decided.

    Parameters
    ----------
    criteria : DataFrame
        The table `criteria`.
    """
    rated, decided = int(criteria["is_rated"].sum()), int(criteria["choice"].notna().sum())
    if not rated + decided:
        return {"key": "criteria.not_rated"}
    authors = ", ".join(sorted(criteria["author"].dropna().unique()))
    return {"key": "criteria.rated", "n_rated": rated, "n_decided": decided, "authors": authors}


def _of_row(row: pd.Series, figure: str) -> dict[str, Any]:
    names = {f"name_{lang}": row[f"name_{lang}"] for lang in LANGUAGES}
    return {**names, **_figures(row, figure)}


def _figures(row: pd.Series, figure: str) -> dict[str, float]:
    columns = {"value": figure, "low": f"{figure}_low", "high": f"{figure}_high"}
    return {name: float(row[column]) for name, column in columns.items()}


def _names(rows: pd.DataFrame) -> dict[str, str | None]:
    return {f"names_{lang}": names for lang, names in _joined(rows).items()}


def _joined(rows: pd.DataFrame) -> dict[str, str | None]:
    return {lang: ", ".join(rows[f"name_{lang}"]) or None for lang in LANGUAGES}


def _in_order(criteria: pd.DataFrame) -> pd.DataFrame:
    return criteria.sort_values("number")
