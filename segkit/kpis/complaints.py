"""What customers complained about, by segment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segkit.kpis.figures import ALL
from segkit.kpis.units import days
from segkit.statistics.intervals import wilson_interval
from segkit.tables import no_rows
from segkit.texts import LANGUAGES, say

if TYPE_CHECKING:
    import pandas as pd

    from segkit.kpis.members import Members
    from segkit.kpis.windows import Window
    from segkit.settings.kpis import KpiSettings

LEAST = 20  # complaints below which shares have no interval
SHOWN = 4  # reasons with a column of their own


def count_complaints(
    tickets: pd.DataFrame | None, members: Members, window: Window, settings: KpiSettings
) -> pd.DataFrame:
    """Return the table `complaint_reasons`: complaints of the twelve months that end with the quarter, by reason.

    Parameters
    ----------
    tickets : DataFrame or None
        account_id, created_date, category, complaint_reason (where there is none, the category stands in).
    members : Members
        Segments; a complaint counts in the segment that the account had a year before the quarter's end.
    window : Window
        Of the run's quarter.
    settings : KpiSettings
        segmentation, complaint (which categories are complaints), confidence.

    Returns
    -------
    DataFrame
        segmentation_id, quarter, segment_id (``ALL``: overall, with accounts that had no segment then), category (the
        reason), n_complaints, n_all (of the segment), share, low, high (empty under 20 complaints), is_small.
    """
    import pandas as pd

    if tickets is None or not len(tickets):
        return no_rows("complaint_reasons")
    opened = days(tickets["created_date"])
    is_complaint = tickets["category"].astype("str").str.contains(settings.complaint, case=False, regex=True)
    found = tickets[is_complaint & opened.between(window.year_start, window.end)]
    if found.empty:
        return no_rows("complaint_reasons")
    reason = found["complaint_reason"] if "complaint_reason" in found else found["category"]
    reason = reason.astype(object).where(reason.notna(), found["category"])
    segments, _ = members.at(window, "year_ago")
    of_segment = found["account_id"].map(segments)
    both = [
        pd.DataFrame({"segment_id": ALL, "category": reason}),
        pd.DataFrame({"segment_id": of_segment, "category": reason}).dropna(subset="segment_id"),
    ]
    counts = pd.concat(both).groupby(["segment_id", "category"]).size().rename("n_complaints").reset_index()
    n_all = counts.groupby("segment_id")["n_complaints"].transform("sum")
    low, high = wilson_interval(counts["n_complaints"], n_all, settings.confidence)
    is_small = n_all < LEAST
    table = counts.assign(
        segmentation_id=settings.segmentation,
        quarter=window.quarter.label,
        n_all=n_all,
        share=(counts["n_complaints"] / n_all).round(12),
        low=np.where(is_small, np.nan, np.round(low, 6)),
        high=np.where(is_small, np.nan, np.round(high, 6)),
        is_small=is_small,
    )
    return table[list(no_rows("complaint_reasons").columns)]


def list_complaints(reasons: pd.DataFrame, register: pd.DataFrame) -> pd.DataFrame:
    """Return the complaints as a table to read: a row for each segment, a column for each of the commonest reasons.

    Parameters
    ----------
    reasons : DataFrame
        Table `complaint_reasons` of one segmentation.
    register : DataFrame
        `segment_register` of it: segment_id, name_de, name_en.

    Returns
    -------
    DataFrame
        segment_de, segment_en, n_complaints, then one column per reason (counts), the rarer ones together.
    """
    import pandas as pd

    wide = reasons.pivot(index="segment_id", columns="category", values="n_complaints").fillna(0).astype(int)
    order = wide.loc[ALL].sort_values(ascending=False, kind="stable").index
    shown = wide[order[:SHOWN]].rename_axis(columns=None)
    rest = wide[order[SHOWN:]].sum(axis=1)
    names = register.set_index("segment_id")
    called = {
        f"segment_{language}": [
            say("kpis.all", language) if s == ALL else str(names[f"name_{language}"].get(s, s)) for s in shown.index
        ]
        for language in LANGUAGES
    }
    head = pd.DataFrame({**called, "n_complaints": wide.sum(axis=1).to_numpy()}, index=shown.index)
    table = pd.concat([head, shown, *([rest.rename("n_other_reasons")] if rest.any() else [])], axis=1)
    return table.sort_values("n_complaints", ascending=False, kind="stable").reset_index(drop=True)


def describe_complaints(reasons: pd.DataFrame) -> list[tuple[str, dict[str, object]]]:
    """Return what most customers complained about, and how sure that is; one sentence where nobody did."""
    overall = reasons[reasons["segment_id"] == ALL].sort_values("n_complaints", ascending=False, kind="stable")
    if overall.empty:
        return [("kpi_page.no_complaints", {})]
    first = overall.iloc[0]
    numbers = {"n": int(first["n_all"]), "reason": str(first["category"]), "share": float(first["share"])}
    if first["is_small"]:
        return [("kpi_page.complaints_few", numbers)]
    return [("kpi_page.complaints", numbers | {"low": float(first["low"]), "high": float(first["high"])})]
