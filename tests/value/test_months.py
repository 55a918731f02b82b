from __future__ import annotations

import datetime as dt

import pandas as pd

from segkit.value.findings import describe_months
from segkit.value.months import compare_months


def months(**revenue: float) -> pd.DataFrame:
    days = pd.to_datetime([f"{name[1:5]}-{name[5:]}-01" for name in revenue])
    return pd.DataFrame({"month": days, "revenue": list(revenue.values())})


def test_twelve_months_beside_those_of_the_year_before():
    frame = compare_months(months(m202412=7, m202501=10, m202510=20, m202512=30, m202601=40), dt.date(2026, 1, 31))
    assert frame["month"].dt.strftime("%Y-%m").tolist()[::11] == ["2025-02", "2026-01"]
    by_month = frame.set_index(frame["month"].dt.strftime("%Y-%m"))
    assert by_month["revenue"].to_dict() == {
        **{f"2025-{m:02d}": 0.0 for m in (2, 3, 4, 5, 6, 7, 8, 9, 11)},
        **{"2025-10": 20, "2025-12": 30, "2026-01": 40},
    }
    assert by_month.loc["2025-12", "revenue_before"] == 7
    assert by_month.loc["2026-01", "revenue_before"] == 10
    assert by_month.loc["2025-02":"2025-11", "revenue_before"].isna().all()
    assert frame["is_whole"].all()


def test_a_month_that_goes_on_is_not_whole_and_not_the_weakest():
    frame = compare_months(months(m202512=30, m202601=40, m202602=1), dt.date(2026, 2, 9))
    assert frame["is_whole"].tolist() == [True] * 11 + [False]
    finding = describe_months(frame[frame["revenue"] > 0])
    assert (finding["best_month"], finding["worst_month"]) == ("01/2026", "12/2025")


def test_no_lines_at_all():
    frame = compare_months(months(), dt.date(2026, 1, 31))
    assert frame["revenue"].sum() == 0
    assert len(frame) == 12
