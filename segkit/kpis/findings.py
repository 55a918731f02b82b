"""What the KPIs of a quarter say: each finding is a key of the texts with its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segkit.kpis.figures import ALL
from segkit.texts import LANGUAGES

if TYPE_CHECKING:
    import pandas as pd

Finding = dict[str, Any]


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


def describe_rates(shaped: pd.DataFrame, kpi_id: str) -> Finding:
    """Return which segments lie above and below a rate overall with their whole interval, small ones left out.

    Each interval stands for itself: among ten segments that are all alike, one may well lie outside by chance.

    Parameters
    ----------
    shaped : DataFrame
        KPIs as `shape_kpis` gives them.
    kpi_id : str
        ``revenue_churn``, ``growth`` or ``retention``.
    """
    newest = _newest(shaped)
    overall = _number(newest[newest["segment_id"] == ALL].set_index("kpi_id"), kpi_id)
    segments = _of_segments(shaped, kpi_id)
    if overall is None:
        return {"key": f"kpis.no_{kpi_id}"}
    sure = segments[~segments["is_small"].astype(bool)]
    above, below = sure[sure["low"] > overall], sure[sure["high"] < overall]
    key = f"kpis.{kpi_id}_differs" if len(above) + len(below) else f"kpis.{kpi_id}_alike"
    return {
        "key": key,
        "overall": overall,
        **_lists(above, "above"),
        **_lists(below, "below"),
        "n_small": len(segments) - len(sure),
    }


def describe_history(kpis: pd.DataFrame) -> Finding:
    """Return how long the series is.

    Parameters
    ----------
    kpis : DataFrame
        The table `kpis`.
    """
    quarters = kpis.drop_duplicates("quarter")
    return {"key": "kpis.history", "n_quarters": len(quarters), "n_complete": int(quarters["is_complete"].sum())}


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
