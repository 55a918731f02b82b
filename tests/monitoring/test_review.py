"""When a review is due, and whether the data say keep, relabel or refit."""

import datetime as dt

import pandas as pd
import pytest

from segkit.monitoring import findings
from segkit.monitoring.review import months_between, plan_review
from segkit.settings.monitoring import Monitoring
from segkit.tables import check
from segkit.texts import LANGUAGES, say

AS_OF = dt.date(2026, 9, 30)
NO_REVIEW = pd.DataFrame(columns=["segmentation_id", "choice", "quarter", "author", "date", "reason"])
MIGRATION = pd.DataFrame(
    {"from_segment_id": ["S1"] * 9 + [None], "to_segment_id": ["S1"] * 10, "cause": ["stayed"] * 8 + ["segment", "new"]}
)
SEGMENTS = pd.DataFrame({"segmentation_id": "value", "confidence": [0.9] * 6 + [0.5] * 4})


def comparison(challenger: float = 0.5, accepted: float = 0.5) -> pd.DataFrame:
    return pd.DataFrame({"method": ["accepted", "challenger"], "next_explained": [accepted, challenger]})


def drift(*status: str) -> pd.DataFrame:
    return pd.DataFrame({"reference": "year_before", "status": list(status)})


def review(fitted="2026Q1", decisions=NO_REVIEW, drifted=("stable",), compared=None, **settings) -> pd.Series:
    model = {"segmentation_id": "value", "fitted_quarter": fitted}
    compared = comparison() if compared is None else compared
    found = plan_review(
        model, AS_OF, 1, decisions, MIGRATION, drift(*drifted), SEGMENTS, compared, Monitoring(**settings)
    )
    checked = check(found, "review")
    for key, numbers in findings.describe_review(checked):
        assert all(say(key, language, **numbers) for language in LANGUAGES)
    return checked.iloc[0]


def noted(day: str, choice: str = "keep") -> pd.DataFrame:
    return pd.DataFrame([["value", choice, "", "A. Muster", day, ""]], columns=NO_REVIEW.columns)


def test_due_a_year_after_the_fit_or_half_a_year_if_the_project_says_so():
    assert review()["review_due"] == pd.Timestamp("2027-03-31") and not review()["is_due"]
    assert review(review_months=6)["review_due"] == pd.Timestamp("2026-09-30")
    assert review(review_months=6)["is_due"]
    assert review("2025Q1")["is_due"] and review("2025Q1")["age_months"] == 18


@pytest.mark.parametrize("day", ["2026-07-01", "01.07.2026"])
def test_a_noted_review_counts_from_its_day(day):
    row = review("2025Q1", noted(day, "relabel"))
    assert row["last_review"] == pd.Timestamp("2026-07-01") and row["review_due"] == pd.Timestamp("2027-07-01")
    assert row["choice"] == "relabel" and not row["is_due"]


def test_a_day_that_cannot_be_read_counts_as_no_review():
    assert pd.isna(review("2025Q1", noted("im Sommer"))["last_review"])


def test_recommendation_and_its_reason_follow_the_data():
    assert review()[["recommendation", "reason"]].tolist() == ["keep", "migration.review_holds"]
    assert review("2025Q1", doubtful_share=0.5)["reason"] == "migration.review_old"
    assert review("2025Q1")["reason"] == "migration.review_old_and_doubtful"
    shifted = review(drifted=("shifted", "watch"))
    assert shifted[["recommendation", "n_shifted"]].tolist() == ["relabel", 1]
    better = review(drifted=("shifted",), compared=comparison(0.56))
    assert better[["recommendation", "reason"]].tolist() == ["refit", "migration.review_challenger"]
    assert review(compared=comparison(0.54))["recommendation"] == "keep"


def test_evidence_by_hand_and_missing_evidence_is_empty():
    row = review()
    assert row["share_doubtful"] == 0.4 and row["share_model_moved"] == pytest.approx(1 / 9)
    bare = review(drifted=("unknown",), compared=comparison().assign(next_explained=float("nan")))
    assert pd.isna(bare["n_shifted"]) and pd.isna(bare["challenger_explained"])
    assert bare[["recommendation", "reason"]].tolist() == ["keep", "migration.review_not_comparable"]


def test_whole_months():
    assert months_between(dt.date(2026, 3, 31), AS_OF) == 6
    assert months_between(dt.date(2026, 3, 31), dt.date(2026, 9, 15)) == 5
    assert months_between(AS_OF, dt.date(2026, 3, 31)) == 0
