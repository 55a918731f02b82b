"""The lean months for trends hold what the full ones hold."""

from __future__ import annotations

import pandas as pd

from segkit.features.queries import query

LINES = [
    ("A", "R1", "2026-01-10", "P1", 1, 100.0, None, "sale"),
    ("A", None, "2026-01-31", None, None, -30.0, None, "return"),
    ("A", "R2", "2026-02-01", "P1", 1, 7.5, None, "sale"),
    ("B", "R3", "2026-03-31", "P1", 1, 1.0, None, "sale"),
    ("B", "R4", "2026-04-01", "P1", 1, 9.0, None, "sale"),
]


def test_months_are_those_of_account_months(connect_lines):
    con, window = connect_lines(LINES), {"since": "2026-01-01", "as_of": "2026-03-31"}
    lean = query(con, "account_month_revenue", **window)
    assert lean["revenue"].tolist() == [70, 7.5, 1]
    pd.testing.assert_frame_equal(lean, query(con, "account_months", **window)[["account_id", "month", "revenue"]])
