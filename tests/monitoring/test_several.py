"""Movement and review of several segmentations: each by its own rows, its own day, its own criteria."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from segkit.monitoring.migration import Moment
from segkit.monitoring.several import Evidence, count_moved, find_moved, plan_reviews, track_moves
from segkit.settings.monitoring import Monitoring
from segkit.tables import check

AS_OF = dt.date(2026, 9, 30)
MODELS = {"service": {"method": "kmeans", "criteria": {"tickets": 1.0}, "fitted_quarter": "2026Q2"},
          "needs": {"method": "needs", "unit": "person", "fitted_quarter": "2026Q2"}}  # fmt: skip
NO_REFITS = pd.DataFrame(columns=["segmentation_id", "choice", "date"])


def placed(segmentation_id: str, *ids: str) -> pd.DataFrame:
    rows = {"account_id": ["a", "b", "c"], "segment_id": ids, "kept_segment_id": ids, "is_manual": False}
    return pd.DataFrame(rows).assign(segmentation_id=segmentation_id, confidence=0.9)


def moment(segments: pd.DataFrame, as_of: str) -> Moment:
    features = pd.DataFrame({"account_id": ["a", "b", "c"], "revenue_12m": [1.0, 20.0, 300.0], "days_since_last": 5})
    features = features.assign(revenue_prev_12m=10.0, first_date=pd.Timestamp("2020-01-01"), as_of=pd.Timestamp(as_of))
    axes = pd.DataFrame({"account_id": ["a", "b", "c"], "value_class": "A", "trend": "steady", "is_silent": False})
    return Moment(segments, features, axes)


def moves() -> pd.DataFrame:
    now = pd.concat([placed("service", "C1", "C2", "C2"), placed("needs", "N1", "N1", "N2")])
    opening = pd.concat([placed("service", "C1", "C1", "C2"), placed("needs", "N1", "N2", "N2")])
    known = placed("service", "C2", "C2", "C2")  # the previous run did not know needs
    at, then = moment(now, "2026-09-30"), moment(now[:0], "2026-06-30")
    return track_moves(MODELS, known, opening, at, then, pd.DataFrame(columns=["account_id", "merged_into"]))


def test_each_moves_from_where_the_previous_run_or_the_opening_saw_it():
    found = moves().set_index(["segmentation_id", "account_id"])
    assert found.loc[("service", "a"), ["from_segment_id", "to_segment_id"]].tolist() == ["C2", "C1"]
    assert found.loc[("needs", "b"), ["from_segment_id", "to_segment_id"]].tolist() == ["N2", "N1"]
    assert (found["from_segment_id"] != found["to_segment_id"]).sum() == 2
    assert found.loc[("service", "a"), "reason"] == "migration.reason_profile"
    assert found.loc[("needs", "b"), "reason"] == "migration.reason_persons"


def test_moved_are_told_in_words():
    flows = pd.DataFrame({"from_segment_id": ["C1", "C1"], "to_segment_id": ["C1", "C2"], "cause": "customer"})
    names = pd.DataFrame({"segment_id": ["C1", "C2"], "name_de": ["Eins", "Zwei"], "name_en": ["One", "Two"]})
    flows = flows.assign(n_accounts=3, revenue_12m=5.0)
    assert count_moved(flows) == {"n_moved": 3, "n_accounts": 6, "revenue": 5.0}
    told = find_moved(flows, names)
    assert told[["from_de", "to_en", "n_accounts"]].to_numpy().tolist() == [["Eins", "Two", 3]]


def test_each_has_its_own_day_and_only_the_drift_of_its_criteria():
    drift = pd.DataFrame({"variable": ["revenue", "tickets"], "reference": "year_before", "status": "shifted"})
    segments = pd.concat([placed("service", "C1", "C2", "C2"), placed("needs", "N1", "N1", "N2")])
    evidence, days = Evidence(moves(), drift, segments), {"service": dt.date(2026, 9, 1), "needs": None}
    found = plan_reviews(MODELS, days, AS_OF, 1, NO_REFITS, evidence, Monitoring())
    rows = check(found, "review").set_index("segmentation_id")
    assert bool(rows.loc["service", "is_due"]) and not bool(rows.loc["needs", "is_due"])
    assert str(rows.loc["service", "review_due"])[:10] == "2026-09-01"
    assert rows.loc["service", "n_shifted"] == 1 and pd.isna(rows.loc["needs", "n_shifted"])
    noted = pd.DataFrame({"segmentation_id": ["service"], "choice": ["keep"], "date": ["2026-09-15"]})
    found = plan_reviews(MODELS, days, AS_OF, 1, noted, evidence, Monitoring())
    assert not bool(found.set_index("segmentation_id").loc["service", "is_due"])
