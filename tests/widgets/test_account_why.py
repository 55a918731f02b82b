"""Why an account is in its segment: the sentence's numbers are its own, and a change that is named comes true."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from pages.account_company import MODEL

from segkit import texts
from segkit.segments.accepted import assign_segments
from segkit.segments.grid import GRID_SEGMENTS
from segkit.segments.rules import describe_rules
from segkit.widgets.account_rules import rule_facts
from segkit.widgets.account_why import explain_segment, read_cuts
from segkit.widgets.account_words import Words

AS_OF = pd.Timestamp("2026-09-30")


def make_features(n: int = 240, seed: int = 3) -> pd.DataFrame:
    """Accounts of every kind: large, small, new, gone, without a year before."""
    rng = np.random.default_rng(seed)
    tenure = rng.integers(20, 2200, n)
    days = np.minimum(rng.choice([3, 40, 181, 200, 400, 800], n), tenure)
    revenue = np.exp(rng.normal(9, 2.2, n)).round(2) * (days < 365)
    before = np.where(rng.random(n) < 0.1, 0.0, revenue * rng.choice([0.4, 0.75, 1.0, 1.3, 3.0], n)).round(2)
    return pd.DataFrame(
        {
            "account_id": [f"K{i:03d}" for i in range(n)],
            "as_of": AS_OF,
            "first_date": AS_OF - pd.to_timedelta(tenure, unit="D"),
            "last_date": AS_OF - pd.to_timedelta(days, unit="D"),
            "tenure_days": tenure,
            "days_since_last": days,
            "history_days": 2500,
            "revenue_12m": revenue,
            "revenue_prev_12m": before,
            "frequency_12m": rng.integers(0, 30, n),
        }
    )


FEATURES = make_features()
RULES = describe_rules(FEATURES, MODEL)
SEGMENTS = assign_segments(FEATURES, MODEL)["segment_id"]


def one(i: int) -> pd.DataFrame:
    return FEATURES.iloc[i : i + 1]


def test_the_explanation_gives_the_segment_that_the_model_gave():
    assert set(SEGMENTS) == set(GRID_SEGMENTS)
    for i, segment in list(enumerate(SEGMENTS))[::4]:
        why = explain_segment(one(i), MODEL, RULES)
        assert why.segment_id == segment
        assert [step.holds for step in why.steps] == [False] * (len(why.steps) - 1) + [True]
        order = list(RULES["segment_id"])
        assert [step.segment_id for step in why.steps] == order[: order.index(segment) + 1]


def numbers_in(sentence: str) -> set[str]:
    """Every number of an English sentence, dates taken out first."""
    return set(re.findall(r"\d+(?:,\d{3})*(?:\.\d+)?", re.sub(r"\d{1,2} [A-Z][a-z]+ \d{4}", "", sentence)))


@pytest.mark.parametrize("segment", GRID_SEGMENTS)
def test_every_number_of_the_sentence_is_the_accounts_own_or_a_limit(segment):
    i = list(SEGMENTS).index(segment)
    row, words = FEATURES.iloc[i], Words("en", "EUR", {}, {})
    sentence = words.sentence(explain_segment(one(i), MODEL, RULES).steps[-1].sentence)
    revenue, before, cuts = row["revenue_12m"], row["revenue_prev_12m"], read_cuts(RULES)
    growth = abs(revenue / before - 1) if before else 0.0
    shown = [words.show(x, "money") for x in (revenue, before, cuts.key, cuts.a, cuts.b)]
    shown += [words.show(x, "percent") for x in (growth, 0.05, 0.25)]
    shown += [words.show(x, "count") for x in (row["days_since_last"], 180, 12, 24)]
    dates = {words.show(row[c], "date") for c in ("first_date", "last_date")} | {
        words.show(AS_OF + pd.Timedelta(days=1) - pd.DateOffset(months=m), "date") for m in (12, 24)
    }
    dates.add(words.show(AS_OF - pd.Timedelta(days=2500), "date"))
    assert numbers_in(sentence) <= {re.sub(r"[^\d,.]", "", s) for s in shown}
    assert set(re.findall(r"\d{1,2} [A-Z][a-z]+ \d{4}", sentence)) <= dates
    if segment not in ("DORMANT", "S6", "S5"):
        assert words.show(revenue, "money") in sentence


def test_a_named_change_of_revenue_comes_true_and_one_cent_less_does_not():
    trials, expected = [], []
    for i in range(0, len(FEATURES), 6):
        why = explain_segment(one(i), MODEL, RULES)
        for step in why.changes:
            key, numbers = step.sentence
            if "revenue" in numbers:
                cent = 0.01 if key == "account.falls_to" else -0.01
                trials += [one(i).assign(revenue_12m=round(numbers["revenue"] + x, 2)) for x in (0, cent)]
                expected += [step.segment_id, why.segment_id]
    assert len(trials) > 80
    assert list(assign_segments(pd.concat(trials), MODEL, read_cuts(RULES))["segment_id"]) == expected


def test_time_alone_turns_a_large_account_silent():
    account = one(list(SEGMENTS).index("S1"))
    change = next(c for c in explain_segment(account, MODEL, RULES).changes if "date" in c.sentence[1])
    assert (change.segment_id, change.sentence[0]) == ("S4", "account.turns_silent")
    assert change.sentence[1]["date"] == account["last_date"].iloc[0] + pd.Timedelta(days=181)


def test_a_new_account_is_told_when_it_is_no_longer_new_but_not_what_it_will_be():
    account = one(list(SEGMENTS).index("S5"))
    changes = explain_segment(account, MODEL, RULES).changes
    known = [c for c in changes if c.sentence[0] == "account.turns_known"]
    silent = [c for c in changes if c.sentence[0] == "account.turns_silent"]
    assert not silent and [c.segment_id for c in known] == [""]


def test_an_account_that_bought_nothing_for_years_has_nothing_left_to_lose():
    changes = explain_segment(one(list(SEGMENTS).index("DORMANT")), MODEL, RULES).changes
    assert {step.sentence[0] for step in changes} <= {"account.rises_to"}


def test_without_a_year_before_no_growth_is_claimed():
    features = FEATURES.assign(revenue_prev_12m=np.nan, history_days=300)
    rules = describe_rules(features, MODEL)
    keys = set()
    for i in range(0, len(features), 12):
        why = explain_segment(features.iloc[i : i + 1], MODEL, rules)
        keys |= {step.sentence[0] for step in why.steps}
        for language in texts.LANGUAGES:
            for step in why.steps:
                assert texts.NOTHING not in Words(language, "EUR", {}, {}).sentence(step.sentence)
    assert {"account.no_year_before", "account.new_unknown"} <= keys
    assert not keys & {"account.is_growing", "account.is_falling"}


def test_nobody_with_revenue_leaves_no_limits():
    features = FEATURES.assign(revenue_12m=0.0, revenue_prev_12m=0.0)
    rules = describe_rules(features, MODEL)
    i = int(np.flatnonzero((FEATURES["days_since_last"] < 100) & (FEATURES["tenure_days"] > 400))[0])
    why = explain_segment(features.iloc[i : i + 1], MODEL, rules)
    assert why.segment_id == "S7" and why.steps[-1].sentence[0] == "account.is_c_alone"
    assert "account.no_limit" in {step.sentence[0] for step in why.steps}


def test_a_listed_key_account_is_told_so():
    model = MODEL | {"rules": MODEL["rules"] | {"key_accounts": ["K000"]}}
    why = explain_segment(one(0), model, describe_rules(FEATURES, model))
    assert (why.segment_id, why.steps[-1].sentence[0]) == ("KEY", "account.is_listed")


def test_a_cluster_is_explained_by_its_nearest_centre():
    model = MODEL | {
        "method": "kmeans",
        "criteria": {"revenue_12m": 1.0, "frequency_12m": 1.0},
        "space": {
            "numbers": [
                {"name": "revenue_12m", "is_log": True, "median": 9.0, "spread": 2.0, "weight": 1.0},
                {"name": "frequency_12m", "is_log": True, "median": 2.0, "spread": 1.0, "weight": 1.0},
            ],
            "categories": [],
            "left_out": [],
            "axes": {},
        },
        "fit": {"kind": "centres", "segments": [[1.0, 1.0], [-1.0, -1.0]]},
        "segments": ["C1", "C2"],
        "typical": {
            "C1": {"revenue_12m": 60000.0, "frequency_12m": 20.0},
            "C2": {"revenue_12m": 1100.0, "frequency_12m": 3.0},
        },
    }
    i = int(np.flatnonzero((FEATURES["days_since_last"] < 100) & (SEGMENTS != "KEY"))[0])
    why = explain_segment(one(i), model, describe_rules(FEATURES, model))
    assert why.segment_id == assign_segments(one(i), model, read_cuts(RULES))["segment_id"].iloc[0]
    assert {why.segment_id, why.next_segment_id} == {"C1", "C2"}
    assert [name for name, *_ in why.nearest] == ["revenue_12m", "frequency_12m"]
    name, own, centre, other = why.nearest[0]
    assert own == FEATURES["revenue_12m"].iloc[i]
    assert {centre, other} == {60000.0, 1100.0}
    assert "distance" in Words("en", "EUR", {}, {}).sentence(why.steps[-1].sentence)


def test_facts_hold_the_accounts_own_numbers():
    facts = rule_facts(one(5), MODEL["rules"], read_cuts(RULES))
    row = FEATURES.iloc[5]
    assert (facts["revenue"], facts["before"], facts["days"]) == (
        row["revenue_12m"],
        row["revenue_prev_12m"],
        row["days_since_last"],
    )
    assert facts["data_start"] == AS_OF - pd.Timedelta(days=2500)
