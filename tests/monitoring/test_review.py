"""When a review is due, and whether the data say keep, relabel or refit."""

import datetime as dt

import pandas as pd
import pytest

from segkit.monitoring import findings
from segkit.monitoring.review import months_between, plan_review
from segkit.monitoring.review_checks import describe_checks
from segkit.settings.monitoring import Monitoring
from segkit.tables import check
from segkit.texts import LANGUAGES, say

AS_OF = dt.date(2026, 9, 30)
NO_REVIEW = pd.DataFrame(columns=["segmentation_id", "choice", "quarter", "author", "date", "reason"])
MIGRATION = pd.DataFrame(
    {"from_segment_id": ["S1"] * 9 + [None], "to_segment_id": ["S1"] * 10, "cause": ["stayed"] * 8 + ["segment", "new"]}
)
SEGMENTS = pd.DataFrame({"segmentation_id": "value", "segment_id": "S1", "confidence": [0.9] * 6 + [0.5] * 4})


def comparison(challenger: float = 0.5, accepted: float = 0.5, half: float = 0.02, **columns) -> pd.DataFrame:
    """Two rows; `half`: half the width of the interval of the challenger's gain."""
    gain = challenger - accepted
    return pd.DataFrame(
        {"method": ["accepted", "challenger"], "next_explained": [accepted, challenger], "gain": [None, gain]}
        | {"gain_low": [None, gain - half], "gain_high": [None, gain + half]}
        | columns
    )


def drift(*status: str) -> pd.DataFrame:
    return pd.DataFrame({"reference": "year_before", "status": list(status)})


REGISTER = pd.DataFrame({"segment_id": ["S1"], "name_de": ["Spitze"], "name_en": ["Top"]})


def review(
    fitted="2026Q1", decisions=NO_REVIEW, drifted=("stable",), compared=None, method="grid", stability=None, **settings
) -> pd.Series:
    model = {"segmentation_id": "value", "fitted_quarter": fitted, "method": method}
    compared = comparison() if compared is None else compared
    chosen = Monitoring(**settings)
    found = plan_review(
        model, AS_OF, 1, decisions, MIGRATION, drift(*drifted), SEGMENTS, compared, chosen, stability=stability
    )
    checked = check(found, "review")
    table = describe_checks(checked, REGISTER, chosen)
    assert len(table) == 7 and table.notna().all().all() and not (table == "–").all(axis=1).any()
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


def test_a_lead_that_may_be_chance_is_no_refit():
    row = review(compared=comparison(0.56, half=0.07))
    assert row[["recommendation", "reason"]].tolist() == ["keep", "migration.review_not_sure"]
    assert row[["challenger_gain", "gain_low"]].tolist() == pytest.approx([0.06, -0.01])


def test_segments_that_are_not_found_again_are_refitted_only_if_a_refit_lasts():
    lasting = comparison(global_ari=[0.5, 0.9], ari_challenger=[0.3, 1.0])
    fitted = review(compared=lasting, method="kmeans")
    assert fitted[["recommendation", "reason", "stability"]].tolist() == ["refit", "migration.review_unstable", 0.3]
    grid = review(compared=lasting)
    assert grid[["stability", "stability_basis"]].tolist() == [0.5, "samples"]
    fleeting = comparison(global_ari=[0.5, 0.6], ari_challenger=[0.3, 1.0])
    assert review(compared=fleeting)[["recommendation", "reason"]].tolist() == [
        "keep",
        "migration.review_unstable_anyhow",
    ]
    own_quarter = review("2026Q3", compared=lasting, method="kmeans")
    assert own_quarter[["stability", "stability_basis"]].tolist() == [0.9, "samples"]


def test_the_segment_that_comes_back_least_is_named():
    rows = [("value", "grid", "S1", 0.7), ("value", "grid", "S9", 0.1), ("value", "kmeans", "S1", 0.2)]
    stability = pd.DataFrame(rows, columns=["segmentation_id", "method", "segment_id", "slsw"])
    row = review(stability=stability)
    assert row[["weakest_segment_id", "weakest_overlap"]].tolist() == ["S1", 0.7]
    assert pd.isna(review(stability=stability[:0])["weakest_segment_id"])


def test_evidence_by_hand_and_missing_evidence_is_empty():
    row = review()
    assert row["share_doubtful"] == 0.4 and row["share_model_moved"] == pytest.approx(1 / 9)
    bare = review(drifted=("unknown",), compared=comparison().assign(next_explained=float("nan"), gain=float("nan")))
    assert pd.isna(bare["n_shifted"]) and pd.isna(bare["challenger_explained"])
    assert bare[["recommendation", "reason"]].tolist() == ["keep", "migration.review_not_comparable"]


def test_whole_months():
    assert months_between(dt.date(2026, 3, 31), AS_OF) == 6
    assert months_between(dt.date(2026, 3, 31), dt.date(2026, 9, 15)) == 5
    assert months_between(AS_OF, dt.date(2026, 3, 31)) == 0
