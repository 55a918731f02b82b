"""Complaints by reason: counted in the segment of a year ago, shares only where there are enough."""

from __future__ import annotations

import pandas as pd
import pytest

from segkit import texts
from segkit.kpis.complaints import count_complaints, describe_complaints, list_complaints
from segkit.kpis.members import Members
from segkit.kpis.windows import window_of
from segkit.quarters import Quarter
from segkit.settings.kpis import KpiSettings
from segkit.tables import check

QUARTER = Quarter.parse("2026Q2")
REGISTER = pd.DataFrame({"segment_id": ["S1", "S2"], "name_de": ["Groß", "Klein"], "name_en": ["Big", "Small"]})


def members() -> Members:
    now = pd.DataFrame({"segmentation_id": "value", "account_id": ["a", "b"], "segment_id": ["S2", "S2"]})
    past = pd.DataFrame(
        {"segmentation_id": "value", "quarter": "2025Q2", "account_id": ["a", "b"], "segment_id": ["S1", "S2"]}
    )
    return Members(now, now, past, "value", QUARTER)


def tickets(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["account_id", "created_date", "category", "complaint_reason"])


def counted(*rows: tuple) -> pd.DataFrame:
    return count_complaints(tickets(*rows), members(), window_of(QUARTER), KpiSettings())


def test_a_complaint_counts_once_overall_and_in_the_segment_of_a_year_ago():
    old, next_quarter = ("a", "2025-06-30", "Reklamation", "alt"), ("a", "2026-07-01", "Reklamation", "neu")
    late = [("a", "2026-05-01", "Reklamation", "Lieferverzug")] * 15 + [("b", "2025-07-01", "Reklamation", None)] * 10
    table = check(counted(*late, ("new", "2026-05-02", "Reklamation", "Bruch"), ("a", "2026-05-01", "Technik", None),
                          old, next_quarter), "complaint_reasons")  # fmt: skip
    found = table.set_index(["segment_id", "category"])["n_complaints"].to_dict()
    assert found == {
        ("ALL", "Bruch"): 1, ("ALL", "Lieferverzug"): 15, ("ALL", "Reklamation"): 10,
        ("S1", "Lieferverzug"): 15, ("S2", "Reklamation"): 10,
    }  # fmt: skip
    overall = table[(table["segment_id"] == "ALL") & (table["category"] == "Lieferverzug")].iloc[0]
    assert overall["share"] == pytest.approx(15 / 26) and overall["low"] < 15 / 26 < overall["high"]
    assert table[table["segment_id"] == "S2"]["low"].isna().all(), "ten complaints are too few"


def test_the_table_to_read_and_its_sentence():
    table = counted(*[("a", "2026-05-01", "Reklamation", f"Grund {i % 8}") for i in range(40)])
    listed = list_complaints(table, REGISTER)
    assert listed["segment_en"].tolist() == ["All accounts", "Big"] and listed["n_complaints"].tolist() == [40, 40]
    assert listed["n_other_reasons"].tolist() == [20, 20] and "Grund 0" in listed
    for key, numbers in [*describe_complaints(table), *describe_complaints(table[:0])]:
        assert all(texts.say(key, language, **numbers) for language in texts.LANGUAGES)


def test_without_tickets_or_complaints_there_is_an_empty_table():
    assert count_complaints(None, members(), window_of(QUARTER), KpiSettings()).empty
    assert counted(("a", "2026-05-01", "Technik", None)).empty
