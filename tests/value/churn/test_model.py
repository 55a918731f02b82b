"""The regression: sensible signs, equal answers, reasons that add up."""

import numpy as np
import pandas as pd
import pytest

from segkit.value.churn.model import effects, fit_model, predict
from segkit.value.churn.predictors import FACTS
from segkit.value.churn.reasons import explain_risk


@pytest.fixture(scope="module")
def cases():
    """Accounts with a rhythm of 30 days: the longer beyond it, the surer lost; and the more products, the surer too."""
    rng = np.random.default_rng(1)
    n = 1500
    frame = pd.DataFrame(0.0, index=[f"K{i}" for i in range(n)], columns=FACTS)
    silent, wide = rng.integers(0, 150, n).astype(float), rng.integers(1, 40, n).astype(float)
    odds = -4 + 3 * np.log((silent + 1) / 30).clip(0) + 1.5 * np.log(wide / 20)
    return frame.assign(
        days_silent=silent, usual_interval_days=30.0, n_products=wide, n_products_before=20.0, orders_12m=12.0,
        revenue_12m=rng.uniform(100, 9000, n), tenure_days=900.0, orders_half=5.0, orders_half_before=6.0,
        is_lost=rng.random(n) < 1 / (1 + np.exp(-odds)),
    )  # fmt: skip


def test_longer_silence_never_lowers_the_chance(cases):
    model = fit_model(cases, 183)
    grid = cases.iloc[[0] * 180].assign(days_silent=np.arange(180.0))
    said = predict(grid, model, 183)
    assert (np.diff(said) >= 0).all()
    assert said[-1] > 10 * said[10]


def test_what_speaks_against_reason_is_left_out(cases):
    assert "products_change" not in fit_model(cases, 183)["names"]  # wider accounts left here: a rise as a warning


def test_the_same_cases_give_the_same_model_and_predictions_are_calibrated(cases):
    model = fit_model(cases, 183)
    assert fit_model(cases.copy(), 183) == model
    assert predict(cases, model, 183).mean() == pytest.approx(cases["is_lost"].mean(), abs=0.001)


def test_reasons_name_the_silence_with_its_numbers(cases):
    model = fit_model(cases, 183)
    late = cases[cases["days_silent"] > 120]
    told = explain_risk(cases, model, 183)
    first = told[(told["reason_rank"] == 1) & told["account_id"].isin(late.index)]
    assert (first["reason"] == "churn.reason_silence").all()
    assert len(first) == len(late)
    assert first.set_index("account_id")["value"].equals(late["days_silent"].sort_index().rename_axis("account_id"))
    assert (told["effect"] > 0.1).all()
    assert not told["account_id"].isin(cases.index[cases["days_silent"] < 5]).any()


def test_effects_are_the_whole_answer(cases):
    model = fit_model(cases, 183)
    odds = effects(cases, model, 183).sum(axis=1) + model["intercept"]
    assert predict(cases, model, 183) == pytest.approx((1 / (1 + np.exp(-odds))).to_numpy(), abs=1e-6)
