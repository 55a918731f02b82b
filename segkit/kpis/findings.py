"""What the KPIs of a quarter say: each finding is a key of the texts with its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from segkit.kpis.figures import ALL
from segkit.texts import LANGUAGES, say

if TYPE_CHECKING:
    import pandas as pd

Finding = dict[str, Any]
SURE = 0.05  # adjusted chance below which a difference is told


def describe_overall(shaped: pd.DataFrame) -> Finding:
    """Return the answer of the page: revenue, active accounts, growth and churn of the newest quarter.

    Parameters
    ----------
    shaped : DataFrame
        KPIs as `shape_kpis` gives them.
    """
    newest = _newest(shaped)
    overall = newest[newest["segment_id"] == ALL].set_index("kpi_id")
    numbers = {
        kpi_id: _number(overall, kpi_id) for kpi_id in ("revenue", "n_active_accounts", "growth", "revenue_churn")
    }
    key = "kpis.answer" if numbers["revenue_churn"] is not None else "kpis.answer_levels"
    return {"key": key, "quarter": newest["quarter"].iloc[0], **numbers}


def describe_levels(shaped: pd.DataFrame) -> Finding:
    """Return the segment with the most revenue, its share of revenue and of accounts.

    Parameters
    ----------
    shaped : DataFrame
        KPIs as `shape_kpis` gives them.
    """
    segments = _of_segments(shaped, "revenue_share")
    if segments.empty:
        return {"key": "kpis.no_segments"}
    largest = segments.sort_values("value", kind="stable").iloc[-1]
    accounts = _of_segments(shaped, "account_share").set_index("segment_id")["value"]
    return {
        "key": "kpis.largest",
        **_names(largest),
        "revenue_share": float(largest["value"]),
        "low": _plain(largest["low"]),
        "high": _plain(largest["high"]),
        "account_share": float(accounts[largest["segment_id"]]),
    }


def describe_group(shaped: pd.DataFrame, kpi_ids: Sequence[str]) -> list[Finding]:
    """Return which segments differ from all other accounts in the newest quarter, one sentence per KPI.

    A difference is told where chance alone would rarely make one as large, corrected for the number of segments
    (p_adjusted); small numbers are counted, not compared.

    Parameters
    ----------
    shaped : DataFrame
        KPIs as `shape_kpis` gives them.
    kpi_ids : sequence of str
        KPIs to tell about, in order.
    """
    newest = _newest(shaped)
    told = newest[newest["kpi_id"].isin(kpi_ids)]
    if told.empty:
        return [{"key": "kpi_page.no_group"}]
    segments = told[told["segment_id"] != ALL]
    sure = segments[segments["p_adjusted"].astype(float) < SURE]
    overall = told[told["segment_id"] == ALL].set_index("kpi_id")
    found: list[Finding] = []
    for kpi_id in [kpi_id for kpi_id in kpi_ids if kpi_id in set(sure["kpi_id"])]:
        own, level = sure[sure["kpi_id"] == kpi_id], _number(overall, kpi_id)
        above = own["value"] > (own["value"].mean() if level is None else level)
        lists = _lists(own[above], "above") | _lists(own[~above], "below")
        sides = "both" if above.any() and not above.all() else "above" if above.all() else "below"
        names = {f"kpi_{language}": say(f"kpis.name_{kpi_id}", language) for language in LANGUAGES}
        found.append({"key": f"kpi_page.differs_{sides}", **names, **lists})
    if not found:
        compared = segments["p_adjusted"].notna().any()
        found.append({"key": "kpi_page.alike" if compared else "kpi_page.not_compared"})
    n_small = int(segments[segments["is_small"].astype(bool)]["segment_id"].nunique())
    return found + ([{"key": "kpi_page.small", "n_small": n_small}] if n_small else [])


def describe_history(kpis: pd.DataFrame) -> Finding:
    """Return how long the series is, and which part of it is told by segments that nobody had then.

    Parameters
    ----------
    kpis : DataFrame
        The table `kpis`, of one segmentation.
    """
    quarters = kpis.drop_duplicates("quarter")
    cast = kpis[kpis["is_back_cast"].astype(bool) & (kpis["base"] == "closing")]["quarter"]
    numbers = {"n_quarters": len(quarters), "n_complete": int(quarters["is_complete"].sum())}
    if cast.empty:
        return {"key": "kpis.history", **numbers}
    return {"key": "kpi_page.history_cast", **numbers, "n_cast": int(cast.nunique()), "until": str(cast.max())}


def describe_period(period: pd.DataFrame) -> Finding:
    """Return how far the data of the quarter reach: a warning where they do not cover it.

    Parameters
    ----------
    period : DataFrame
        `run_period`: quarter, as_of, is_complete.
    """
    row = period.iloc[0]
    key = "kpis.covered" if row["is_complete"] else "kpis.warn_incomplete"
    return {"key": key, "quarter": str(row["quarter"]), "as_of": row["as_of"].date().isoformat()}


def describe_next(shaped: pd.DataFrame) -> Finding:
    """Return where to act first: the segment that lost most sales to accounts that stayed away, and how much.

    Parameters
    ----------
    shaped : DataFrame
        KPIs as `shape_kpis` gives them.
    """
    lost = _of_segments(shaped, "revenue_lost")
    if lost.empty or lost["value"].max() <= 0:
        return {"key": "kpis.next_levels"}
    first = lost.sort_values("value", kind="stable").iloc[-1]
    return {
        "key": "kpis.next_churn",
        **_names(first),
        "lost": float(first["value"]),
        "share": float(first["value"] / lost["value"].sum()),
        "n_accounts": int(first["n"]),
    }


def _newest(shaped: pd.DataFrame) -> pd.DataFrame:
    return shaped[shaped["quarter"] == shaped["quarter"].max()].dropna(subset="value")


def _of_segments(shaped: pd.DataFrame, kpi_id: str) -> pd.DataFrame:
    newest = _newest(shaped)
    return newest[(newest["kpi_id"] == kpi_id) & (newest["segment_id"] != ALL)]


def _number(by_kpi: pd.DataFrame, kpi_id: str) -> float | None:
    return _plain(by_kpi["value"][kpi_id]) if kpi_id in by_kpi.index else None


def _plain(number: float) -> float | None:
    return None if number != number else float(number)


def _names(row: pd.Series) -> dict[str, str]:
    return {f"name_{language}": str(row[f"segment_{language}"]) for language in LANGUAGES}


def _lists(rows: pd.DataFrame, name: str) -> dict[str, str | None]:
    return {f"{name}_{language}": ", ".join(rows[f"segment_{language}"]) or None for language in LANGUAGES}
