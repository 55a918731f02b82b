"""Groups of forecasts beside what came, and forecasts mended by the past."""

import numpy as np
import pandas as pd
import pytest

from segkit.tables import check
from segkit.value.backtests.calibration import calibrate, recalibrate


def test_groups_are_of_equal_size_and_hold_what_came(make_cases):
    cases = make_cases()
    found = check(calibrate(cases, "churn"), "calibration")
    assert found["bin"].tolist() == list(range(1, 11)) and set(found["n"]) == {60}
    assert found["predicted"].is_monotonic_increasing
    lowest = cases.nsmallest(60, "prediction")
    assert found["predicted"][0] == pytest.approx(lowest["prediction"].mean(), abs=1e-6)
    assert found["observed"][0] == pytest.approx(lowest["outcome"].mean(), abs=1e-6)
    assert (found["low"] <= found["observed"]).all() and (found["observed"] <= found["high"]).all()


def test_money_has_limits_from_accounts(make_cases):
    found = check(calibrate(make_cases(kind="amount"), "lifetime"), "calibration")
    assert found["low"].notna().all() and (found["low"] < found["high"]).all()


def test_equal_forecasts_stay_together_and_few_cases_make_few_groups(make_cases):
    cases = make_cases(60)
    assert len(calibrate(cases, "churn")) == 6
    half = cases.assign(prediction=np.where(np.arange(120) < 84, 0.2, cases["prediction"] + 1))
    found = calibrate(half, "churn")
    assert found["n"].tolist()[0] == 84 and found["n"].sum() == 120
    assert len(calibrate(cases.assign(prediction=0.5), "churn")) == 1


def test_the_same_account_again_is_no_more_evidence(make_cases):
    cases = make_cases(100).iloc[:100]
    once = calibrate(cases, "churn", bins=2)
    four = calibrate(pd.concat([cases] * 4), "churn", bins=2)
    assert (four["high"] - four["low"]).to_numpy() == pytest.approx((once["high"] - once["low"]).to_numpy(), rel=0.01)


def test_no_cases_no_groups(make_cases):
    assert check(calibrate(make_cases(10).iloc[:0], "churn"), "calibration").empty


def test_probabilities_are_mended_by_past_ones_or_left_alone():
    rng = np.random.default_rng(5)
    odds = rng.normal(size=5000)
    learnt = pd.DataFrame(
        {"prediction": 1 / (1 + np.exp(-odds)), "outcome": rng.random(5000) < 1 / (1 + np.exp(-(0.5 * odds - 1)))}
    )
    mended = recalibrate(learnt, np.array([0.5, 0.9]))
    assert mended == pytest.approx(1 / (1 + np.exp(-(0.5 * np.array([0, np.log(9)]) - 1))), abs=0.03)
    given = np.array([0.1, 0.7])
    assert recalibrate(learnt.head(15), given).tolist() == given.tolist()
    assert recalibrate(learnt.assign(prediction=1 - learnt["prediction"]), given).tolist() == given.tolist()
