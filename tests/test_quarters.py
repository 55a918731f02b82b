import datetime as dt

import pytest

from segkit.errors import UserError
from segkit.quarters import Quarter, last_complete


def test_days_of_a_quarter():
    quarter = Quarter.parse("2024Q1")
    assert (quarter.start, quarter.end) == (dt.date(2024, 1, 1), dt.date(2024, 3, 31))
    assert str(quarter - 1) == "2023Q4" and str(quarter + 5) == "2025Q2"


@pytest.mark.parametrize("text", ["2024Q5", "Q1 2024", "24Q1", "", "2024"])
def test_what_is_no_quarter_is_refused(text):
    with pytest.raises(UserError, match="Write it as 2026Q3"):
        Quarter.parse(text)


def test_fiscal_year_is_named_after_the_year_in_which_it_ends():
    first = Quarter.parse("2026Q1", first_month=10)
    assert (first.start, first.end) == (dt.date(2025, 10, 1), dt.date(2025, 12, 31))
    for month in (1, 4, 7, 10):
        for day in (dt.date(2025, 9, 30), dt.date(2025, 10, 1), dt.date(2026, 1, 31)):
            quarter = Quarter.of(day, month)
            assert quarter.start <= day <= quarter.end


def test_between_holds_both_ends():
    quarters = Quarter.between(Quarter.parse("2025Q3"), Quarter.parse("2026Q2"))
    assert [str(q) for q in quarters] == ["2025Q3", "2025Q4", "2026Q1", "2026Q2"]


def test_december_alone_is_no_complete_quarter_and_9_december_ends_none():
    first, last = dt.date(2009, 12, 1), dt.date(2011, 12, 9)
    assert not Quarter.parse("2009Q4").is_covered(first, last)
    assert not Quarter.parse("2011Q4").is_covered(first, last)
    assert last_complete(first, last) == Quarter.parse("2011Q3")
    assert Quarter.parse("2011Q4").as_of(last) == last
    assert Quarter.parse("2011Q3").as_of(last) == dt.date(2011, 9, 30)


def test_a_weekend_at_the_end_leaves_a_quarter_complete():
    first, last = dt.date(2020, 1, 2), dt.date(2023, 9, 29)  # 30 September 2023 is a Saturday
    assert last_complete(first, last) == Quarter.parse("2023Q3")
    assert Quarter.parse("2023Q3").as_of(last) == dt.date(2023, 9, 30)


def test_no_quarter_is_complete_in_six_weeks_of_data():
    assert last_complete(dt.date(2024, 2, 1), dt.date(2024, 3, 14)) is None
