"""A model beside its rule: verdicts, accounts as the unit that is drawn, and data that allow nothing."""

import numpy as np
import pandas as pd
import pytest

from segkit.settings.backtest import Backtest
from segkit.tables import check
from segkit.value.backtests import scores
from segkit.value.backtests.scores import compare, is_used

DRAWS = Backtest(draws=100)


def cards(cases, kind="probability", deciding="auc", **options):
    return compare(cases, kind, "churn", "churn.rule", deciding, 182, DRAWS, 1, **options)


def of_all(found):
    return found[found["origin"] == "all"].set_index("metric")


def test_the_better_model_is_used_and_the_rows_are_those_of_the_table(make_cases):
    found = check(cards(make_cases()), "model_cards")
    assert is_used(found) and set(found["used"]) == {"model"}
    assert set(found["origin"]) == {"2025-12-31", "2026-03-31", "all"}
    assert found["is_deciding"].sum() == 1
    row = of_all(found).loc["auc"]
    assert row["low"] < row["value"] < row["high"]
    assert row["gain"] == pytest.approx(row["value"] - row["baseline"])
    assert 0 < row["gain_low"] < row["gain"] < row["gain_high"]
    assert row["n"] == 600 and row["horizon_days"] == 182


def test_a_model_no_better_than_its_rule_is_not_used_and_says_so(make_cases):
    cases = make_cases()
    swapped = cases.rename(columns={"prediction": "baseline", "baseline": "prediction"})
    for tried in (swapped, cases.assign(baseline=cases["prediction"])):
        found = cards(tried)
        assert not is_used(found) and set(found["used"]) == {"rule"}
        assert of_all(found).loc["auc", "reason"] == "cards.no_better"


def test_a_model_must_beat_every_rule(make_cases):
    cases = make_cases()
    first, second = cards(cases), cards(cases.assign(baseline=cases["prediction"]))
    assert is_used(first) and not is_used(pd.concat([first, second]))
    assert not is_used(first.iloc[:0])


@pytest.mark.parametrize(("kind", "deciding"), [("amount", "mae"), ("bound", "pinball")])
def test_money_is_compared_as_well(make_cases, kind, deciding):
    found = check(cards(make_cases(kind="amount"), kind, deciding), "model_cards")
    assert is_used(found)
    assert (found["low"] <= found["value"]).all() and (found["value"] <= found["high"]).all()


def test_cases_of_one_account_are_drawn_together(make_cases):
    cases = make_cases(150)
    cases = cases[cases["origin"] == cases["origin"].min()]
    copies = pd.concat([cases.assign(origin=day) for day in pd.date_range("2024-03-31", periods=6, freq="QE")])
    once, often = of_all(cards(cases)).loc["auc"], of_all(cards(copies)).loc["auc"]
    assert often["value"] == pytest.approx(once["value"])
    assert often["high"] - often["low"] == pytest.approx(once["high"] - once["low"], rel=0.05)
    apart = copies.assign(account_id=[f"K{i}" for i in range(len(copies))])
    alone = of_all(cards(apart)).loc["auc"]
    assert alone["high"] - alone["low"] < 0.6 * (once["high"] - once["low"])


def test_the_same_cases_in_any_order_give_the_same_bytes(make_cases):
    cases = make_cases(80)
    shuffled = cases.sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(cards(cases), cards(shuffled), check_exact=True)


def test_many_cases_are_resampled_in_part_and_the_interval_is_scaled(make_cases, monkeypatch):
    cases = make_cases(600)
    whole = of_all(cards(cases)).loc["auc"]
    monkeypatch.setattr(scores, "MOST_CASES", 300)
    part = of_all(cards(cases)).loc["auc"]
    assert part["value"] == whole["value"]
    assert part["high"] - part["low"] == pytest.approx(whole["high"] - whole["low"], rel=0.35)


def test_a_rule_that_is_no_probability_counts_by_its_order_only(make_cases):
    cases = make_cases()
    found = of_all(cards(cases.assign(baseline=cases["baseline"] * 400)))
    assert np.isfinite(found.loc["auc", ["baseline", "gain_low"]].astype(float)).all()
    assert found.loc["brier", ["baseline", "gain"]].isna().all()
    assert np.isfinite(found.loc["brier", "value"])


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"outcome": True}, "cards.one_outcome"), ({"prediction": 0.5}, "cards.no_better"),
     ({"account_id": "K1"}, "cards.few_accounts"), ({"prediction": np.nan}, "cards.no_cases")],
)  # fmt: skip
def test_data_that_allow_nothing_give_no_number_a_reason_and_the_rule(make_cases, change, reason):
    found = check(cards(make_cases(40).assign(**change)), "model_cards")
    assert set(found["used"]) == {"rule"}
    assert of_all(found).loc["auc", "reason"] == reason


def test_rare_outcomes_have_a_value_but_no_interval(make_cases):
    cases = make_cases(100)
    rare = cases.assign(outcome=np.arange(200) % 100 < 3)
    row = of_all(cards(rare)).loc["auc"]
    assert np.isfinite(row["value"]) and np.isnan(row["low"]) and np.isnan(row["gain_low"])
    assert row["reason"] == "cards.few_outcomes" and row["used"] == "rule"


@pytest.mark.parametrize(("kind", "deciding"), [("probability", "auc"), ("amount", "mae"), ("bound", "pinball")])
def test_no_cases_at_all_still_make_a_card(make_cases, kind, deciding):
    none = make_cases(10).iloc[:0]
    found = check(cards(none, kind, deciding), "model_cards")
    assert set(found["reason"]) == {"cards.no_cases"} and set(found["used"]) == {"rule"}
    without = cards(none.drop(columns="baseline"), kind, deciding)
    assert set(without["used"]) == {"none"}


@pytest.mark.parametrize("kind", ["amount", "bound"])
@pytest.mark.parametrize("outcome", [0.0, -5.0])
def test_nothing_bought_or_only_returns_is_no_error(make_cases, kind, outcome):
    cases = make_cases(30, kind="amount").assign(outcome=outcome, prediction=0.0)
    found = check(cards(cases, kind, "mae" if kind == "amount" else "pinball"), "model_cards")
    assert np.isfinite(found["n"]).all()


def test_leads_need_no_account(make_cases):
    cases = make_cases(50).rename(columns={"account_id": "lead_id"})
    assert np.isfinite(of_all(cards(cases)).loc["auc", "gain_low"])


def test_a_share_of_all_or_none_still_has_an_interval(make_cases):
    cases = make_cases(40, kind="amount").assign(prediction=1e9, baseline=1e9)
    row = of_all(cards(cases, "bound", "pinball")).loc["coverage"]
    assert (row["value"], row["high"]) == (1, 1) and row["low"] == pytest.approx(40 / (40 + 1.96**2), abs=1e-3)
    perfect = make_cases(40).assign(prediction=lambda f: 0.1 + 0.8 * f["outcome"])
    row = of_all(cards(perfect)).loc["auc"]
    assert row["value"] == row["high"] == 1 and 0.7 < row["low"] < 1
