"""The panel: which days it looks at, what its columns say, and that the same lines always give the same bytes."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from functools import partial

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segkit import tables
from segkit.features.panel import build_panel, panel_dates
from segkit.features.queries import query
from segkit.quarters import Quarter

Q3 = Quarter.parse("2026Q3")
DATES = panel_dates(Q3, dt.date(2026, 9, 30), dt.date(2024, 7, 3), 12)


def panel(con, dates: pd.DataFrame = DATES) -> pd.DataFrame:
    return tables.check(build_panel(partial(query, con), dates), "account_features")


def row_of(frame: pd.DataFrame, account: str, as_of: str = "2026-09-30") -> pd.Series:
    found = frame[(frame["account_id"] == account) & (frame["as_of"] == as_of)]
    assert len(found) == 1
    return found.iloc[0]


def test_dates_from_the_first_quarter_of_data():
    assert DATES["quarter"].tolist() == [str(Quarter.parse("2024Q3") + i) for i in range(9)]
    last = DATES.iloc[-1]
    assert str(last["as_of"].date()) == "2026-09-30"
    assert str(last["quarter_start"].date()) == "2026-07-01"
    assert str(last["year_start"].date()) == "2025-10-01"
    assert str(last["prev_start"].date()) == "2024-10-01"


def test_dates_stop_at_the_wanted_number_and_at_as_of():
    dates = panel_dates(Q3, dt.date(2026, 9, 9), dt.date(2009, 1, 1), 2)
    assert dates["quarter"].tolist() == ["2026Q2", "2026Q3"]
    assert [str(day.date()) for day in dates["as_of"]] == ["2026-06-30", "2026-09-09"]
    assert str(dates["year_start"].iloc[-1].date()) == "2025-09-10"


def test_twelve_months_before_a_leap_day_begin_on_the_first_of_march():
    dates = panel_dates(Quarter.parse("2024Q1", 12), dt.date(2024, 2, 29), dt.date(2024, 1, 1))
    assert str(dates["year_start"].iloc[-1].date()) == "2023-03-01"


def test_windows_returns_and_orders_of_one_account(connect_lines):
    con = connect_lines(
        [
            ("A", "R1", "2024-07-03", "P1", 1, 500, 100, "sale"),
            ("A", "R2", "2025-09-30", "P1", 1, 80, 20, "sale"),
            ("A", "R3", "2025-10-01", "P1", 1, 200, 50, "sale"),
            ("A", "R3", "2025-10-01", "P2", 2, 100, 30, "sale"),
            ("A", "R4", "2026-07-01", "P2", 1, 100, 30, "sale"),
            ("A", "R5", "2026-07-01", "P3", 1, 60, 10, "sale"),
            ("A", "R6", "2026-08-05", "P2", -1, -40, -9, "return"),
            ("A", "R7", "2026-10-01", "P2", 1, 999, 99, "sale"),
        ]
    )
    row = row_of(panel(con), "A")
    assert (str(row["first_date"].date()), str(row["last_date"].date())) == ("2024-07-03", "2026-08-05")
    assert (row["tenure_days"], row["days_since_last"], row["history_days"]) == (819, 56, 819)
    assert (row["frequency"], row["frequency_12m"], row["orders_q"]) == (5, 3, 2)
    assert (row["revenue_total"], row["revenue_12m"], row["revenue_prev_12m"]) == (1000, 420, 80)
    assert (row["margin_12m"], row["margin_q"]) == (111, 31)
    assert (row["revenue_q"], row["gross_q"], row["is_active_q"]) == (120, 160, True)
    assert (row["n_products_12m"], row["active_months_12m"]) == (3, 2)
    assert row["avg_order_value_12m"] == pytest.approx(460 / 3)
    assert row["return_share_12m"] == pytest.approx(40 / 460)
    assert row["interval_days"] == pytest.approx(728 / 3)  # 2024-07-03 … 2026-07-01, four days with a sale


def test_an_account_enters_the_panel_with_its_first_line(connect_lines):
    con = connect_lines(
        [
            ("A", "R1", "2024-07-03", "P1", 1, 500, 1, "sale"),
            ("B", "R2", "2026-04-01", "P1", -1, -5, -1, "return"),
        ]
    )
    frame = panel(con)
    assert frame.groupby("account_id").size().to_dict() == {"A": 9, "B": 2}
    only_return = row_of(frame, "B")
    assert (only_return["frequency"], only_return["revenue_12m"], only_return["is_active_q"]) == (0, -5, False)
    empty = ["avg_order_value_12m", "interval_days", "regularity", "return_share_12m"]
    assert only_return[empty].isna().all()


@pytest.mark.parametrize(("first", "known"), [("2024-10-01", True), ("2024-10-08", True), ("2024-10-09", False)])
def test_the_year_before_is_unknown_where_the_data_do_not_reach(connect_lines, first, known):
    con = connect_lines([("A", "R1", first, "P1", 1, 500, 1, "sale"), ("B", "R2", "2026-09-01", "P", 1, 5, 1, "sale")])
    frame = panel(con)
    assert (
        row_of(frame, "A")["revenue_prev_12m"] == 500 if known else math.isnan(row_of(frame, "A")["revenue_prev_12m"])
    )
    assert math.isnan(row_of(frame, "B", "2026-09-30")["revenue_prev_12m"]) is not known
    assert frame[frame["as_of"] < "2026-09-30"]["revenue_prev_12m"].isna().all()


def test_regularity_of_even_rare_and_young_accounts(connect_lines):
    months = [f"{2025 + m // 12}-{m % 12 + 1:02d}-15" for m in range(9, 21)]
    even = [("EVEN", f"E{m}", day, "P", 1, "33.3333", 1, "sale") for m, day in enumerate(months)]
    once = [("ONCE", "O0", "2024-08-01", "P", 1, 5, 1, "sale"), ("ONCE", "O1", months[3], "P", 1, 70, 1, "sale")]
    young = [("YOUNG", "Y0", months[10], "P", 1, 10, 1, "sale"), ("YOUNG", "Y1", months[11], "P", 1, 30, 1, "sale")]
    first = [("FIRST", "F0", months[11], "P", 1, 10, 1, "sale")]
    frame = panel(connect_lines([*even, *once, *young, *first]))
    assert row_of(frame, "EVEN")["regularity"] == 0
    assert row_of(frame, "ONCE")["regularity"] == pytest.approx(math.sqrt(11))
    assert row_of(frame, "YOUNG")["regularity"] == pytest.approx(0.5)
    assert math.isnan(row_of(frame, "FIRST")["regularity"])


def test_large_amounts_stay_exact(connect_lines):
    lines = [("A", f"R{i}", f"2026-0{i}-01", "P", 1, "9999999999.9999", "1", "sale") for i in range(1, 10)]
    row = row_of(panel(connect_lines(lines)), "A")
    assert row["revenue_12m"] == pytest.approx(89_999_999_999.9991, abs=1e-4)
    assert row["regularity"] == 0


def test_invoices_without_margin_or_number(connect_lines):
    lines = [
        ("A", None, "2026-07-01", None, None, 10, None, "sale"),
        ("A", None, "2026-07-01", None, None, 20, None, "sale"),
        ("A", None, "2026-07-02", None, None, 30, None, "sale"),
    ]
    row = row_of(panel(connect_lines(lines)), "A")
    assert (row["frequency"], row["gross_q"], row["n_products_12m"], row["interval_days"]) == (2, 60, 0, 1)
    assert math.isnan(row["margin_12m"])


LINE = st.tuples(
    st.sampled_from("ABC"),
    st.sampled_from(["R1", "R2", "R3", "R4", None]),
    st.dates(dt.date(2024, 7, 1), dt.date(2026, 10, 5)),
    st.sampled_from(["P1", "P2", None]),
    st.sampled_from([-1, 0, 1, 3]),
    st.decimals(-1000, 1000, places=2),
    st.decimals(-100, 100, places=2),
    st.sampled_from(["sale", "return"]),
)


@settings(max_examples=25, deadline=None)
@given(lines=st.lists(LINE, min_size=1, max_size=30))
def test_sums_of_the_panel_are_sums_of_lines(connect_lines, lines):
    """Every window of every account and quarter end, added up line by line."""
    con = connect_lines(lines)
    frame = build_panel(partial(query, con), DATES).set_index(["account_id", "as_of"])
    expected: dict = defaultdict(lambda: defaultdict(float))
    for p in DATES.itertuples():
        for account, _, day, _, quantity, revenue, _, _ in lines:
            day = pd.Timestamp(day)
            if day <= p.as_of:
                sums, is_sale = expected[account, p.as_of], quantity > 0 and revenue > 0
                sums["revenue_total"] += float(revenue)
                sums["revenue_12m"] += float(revenue) * (day >= p.year_start)
                sums["revenue_q"] += float(revenue) * (day >= p.quarter_start)
                sums["gross_q"] += float(revenue) * (day >= p.quarter_start and is_sale)
    assert set(frame.index) == set(expected)
    for key, sums in expected.items():
        for column, total in sums.items():
            assert frame.loc[key, column] == pytest.approx(total, abs=1e-6), (key, column)


def test_byte_identical_on_one_thread_and_two(connect_lines):
    lines = [
        (f"K{i % 97}", f"R{i // 3}", str(dt.date(2024, 7, 1) + dt.timedelta(days=i * 7 % 820)), f"P{i % 31}",
         1 + i % 5 - 2 * (i % 11 == 0), f"{(-1) ** (i % 11 == 0) * (i * 7919 % 100_003) / 100:.2f}", "1.23", "sale")
        for i in range(3000)
    ]  # fmt: skip
    frames = [panel(connect_lines(lines, threads)) for threads in (1, 2)]
    assert len(frames[0]) > 500
    assert frames[0].to_parquet() == frames[1].to_parquet()
