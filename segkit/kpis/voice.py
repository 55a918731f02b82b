"""What customers say: whether they would recommend, how satisfied they are, and what they complain about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segkit.kpis.units import Frame, days, sum_by_unit, unit_ids

if TYPE_CHECKING:
    import pandas as pd

    from segkit.kpis.windows import Window

NPS, CSAT = r"^nps\b", r"^csat\b"
PROMOTER, DETRACTOR, MOST = 9, 6, 10


def survey_measures(surveys: pd.DataFrame, window: Window, csat_scale: int) -> Frame:
    """Return answers of the year by unit; of each person the last one to a question counts.

    Parameters
    ----------
    surveys : DataFrame
        survey_id, account_id, contact_id, survey_date, question (``nps``: 0 to 10; ``csat``: 1 to the end of its
        scale), answer. Answers outside their scale are left out.
    window : Window
        The year that ends with its quarter counts.
    csat_scale : int
        End of the scale of satisfaction.

    Returns
    -------
    Frame
        nps_answers, nps_points (100 for 9 and 10, −100 for 0 to 6: Reichheld 2003, Harvard Business Review 81),
        csat_answers, csat_satisfied (the two best answers; the best two fifths of longer scales).
    """
    asked = surveys.assign(day=days(surveys["survey_date"]), what=_question(surveys["question"]))
    asked = asked[asked["day"].between(window.year_start, window.end) & (asked["what"] != "")]
    answer = asked["answer"].astype("float64")
    most = np.where(asked["what"] == "nps", MOST, csat_scale)
    asked = asked[(answer >= np.where(asked["what"] == "nps", 0, 1)) & (answer <= most)]
    asked = asked.sort_values(["day", "survey_id"], kind="stable")
    person = unit_ids(asked["contact_id"], "sheet", asked["survey_id"])
    asked = asked[~asked.assign(person=person).duplicated(["what", "account_id", "person"], keep="last")]
    answer, is_nps = asked["answer"].astype("float64"), asked["what"] == "nps"
    points = 100 * (answer >= PROMOTER).astype(float) - 100 * (answer <= DETRACTOR).astype(float)
    return Frame(
        sum_by_unit(
            unit_ids(asked["account_id"], "sheet", asked["survey_id"]),
            {
                "nps_answers": is_nps,
                "nps_points": points.where(is_nps, 0.0),
                "csat_answers": ~is_nps,
                "csat_satisfied": ~is_nps & (answer > csat_scale - max(2, round(0.4 * csat_scale))),
            },
        )
    )


def ticket_measures(tickets: pd.DataFrame, panel: pd.DataFrame, window: Window, complaint: str) -> Frame:
    """Return complaints and orders of the quarter by unit.

    Parameters
    ----------
    tickets : DataFrame
        ticket_id, account_id, created_date, category.
    panel : DataFrame
        `account_features`: account_id, quarter, orders_q.
    window : Window
        Its quarter counts.
    complaint : str
        Regular expression: categories that match are complaints.
    """
    opened = days(tickets["created_date"])
    found = tickets[opened.between(window.start, window.end)]
    is_complaint = found["category"].astype("str").str.contains(complaint, case=False, regex=True)
    units = unit_ids(found["account_id"], "ticket", found["ticket_id"])
    complaints = sum_by_unit(units, {"complaints": is_complaint})
    now = panel[panel["quarter"] == window.quarter.label].set_index("account_id")["orders_q"].astype("float64")
    index = complaints.index.union(now.index).sort_values()
    return Frame(complaints.reindex(index, fill_value=0.0).assign(orders=now.reindex(index).fillna(0.0)))


def _question(question: pd.Series) -> np.ndarray:
    text = question.astype("str").str.casefold().str.strip()
    return np.select([text.str.contains(NPS, regex=True), text.str.contains(CSAT, regex=True)], ["nps", "csat"], "")
