"""How accounts answer to mails and pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.kpis.units import Frame, days, sum_by_unit, unit_ids

if TYPE_CHECKING:
    import pandas as pd

    from segkit.kpis.windows import Window

SAME = ["account_id", "contact_id", "campaign_id", "engagement_type", "day"]


def marketing_measures(engagements: pd.DataFrame, window: Window) -> Frame:
    """Return mails and visits of the quarter by unit.

    Parameters
    ----------
    engagements : DataFrame
        engagement_id, account_id, contact_id, campaign_id, engagement_date, engagement_type, duration_seconds.
    window : Window
        Its quarter counts.

    Returns
    -------
    Frame
        mails, opens, clicks (a person's second opening or click of a campaign on one day does not count), visits
        (those whose time is known), visit_seconds. items: time_on_site (seconds of each visit).
    """
    found = engagements.assign(day=days(engagements["engagement_date"]))
    found = found[found["day"].between(window.start, window.end)]
    kind = found["engagement_type"].astype("str").str.casefold().str.strip()
    repeated = found.duplicated(SAME) & kind.isin(["open", "click"]) & found["contact_id"].notna()
    found, kind = found[~repeated], kind[~repeated]
    unit = unit_ids(found["account_id"], "person", found["contact_id"].fillna(found["engagement_id"]))
    seconds = found["duration_seconds"].astype("float64")
    is_visit = (kind == "visit") & (seconds > 0)
    sums = sum_by_unit(
        unit,
        {
            "mails": kind == "mail",
            "opens": kind == "open",
            "clicks": kind == "click",
            "visits": is_visit,
            "visit_seconds": seconds.where(is_visit, 0.0),
        },
    )
    return Frame(sums, {"time_on_site": seconds[is_visit].set_axis(unit[is_visit])})
