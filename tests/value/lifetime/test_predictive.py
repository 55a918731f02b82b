"""Discounting, the range an account ends in, and what a fit says of itself."""

from __future__ import annotations

import json

import numpy as np
import pytest

from segkit.value.lifetime import bg_nbd, gamma_gamma
from segkit.value.lifetime.fitting import describe_fit, draw_parameters, no_fit
from segkit.value.lifetime.predictive import discounted, spend_interval

FLOW = {"r": 0.6, "alpha": 5.0, "a": 0.8, "b": 2.5}
MONEY = {"p": 6.0, "q": 4.0, "v": 15.0}


def test_discounted_purchases_are_those_of_many_small_steps():
    rows = bg_nbd.simulate(FLOW, np.full(30, 40.0), np.random.default_rng(0))
    times = np.linspace(0, 156, 781)
    paths = bg_nbd.expected_purchases(FLOW, rows, times[:, None])
    steps = np.diff(paths, axis=0) * np.exp(-0.002 * (times[1:] + times[:-1]) / 2)[:, None]
    found = discounted(lambda time: bg_nbd.expected_purchases(FLOW, rows, time), 156.0, 0.002)
    np.testing.assert_allclose(found, steps.sum(axis=0), rtol=1e-6)
    np.testing.assert_array_equal(discounted(lambda time: paths[-1], 156.0, 0.0), paths[-1])


def test_intervals_hold_the_accounts_they_promise():
    rng = np.random.default_rng(1)
    rows = bg_nbd.simulate(FLOW, rng.integers(20, 100, 3000), rng)
    values = gamma_gamma.simulate(MONEY, rows["n_repeats"].clip(lower=1), rng).assign(n_values=rows["n_repeats"])
    fit, spend = bg_nbd.fit(rows), gamma_gamma.fit(values[values["n_values"] > 0])
    limits = spend_interval(bg_nbd, fit, spend, rows, values, 52.0, level=0.8, n_draws=100, seed=3)
    purchases = bg_nbd.draw_purchases(FLOW, rows, 52.0, rng)
    money = gamma_gamma.draw_spend(MONEY, values, purchases, rng)
    for ended, name in ((purchases, "n"), (money, "spend")):
        inside = (limits[f"{name}_low"] <= ended) & (ended <= limits[f"{name}_high"])
        assert 0.78 < inside.mean() < 0.97, name  # counts are whole, and many accounts have ended: never below
    busy = limits["n_low"] > 0
    inside = ((limits["spend_low"] <= money) & (money <= limits["spend_high"]))[busy]
    assert inside.mean() == pytest.approx(0.8, abs=0.06)
    again = spend_interval(bg_nbd, fit, spend, rows, values, 52.0, level=0.8, n_draws=100, seed=3)
    assert limits.equals(again)


def test_parameters_drawn_spread_as_their_errors():
    rng = np.random.default_rng(2)
    fit = bg_nbd.fit(bg_nbd.simulate(FLOW, rng.integers(20, 100, 3000), rng))
    drawn = draw_parameters(fit, 4000, rng)
    for name, values in drawn.items():
        assert np.log(values).std() == pytest.approx(fit.standard_errors[name] / fit.parameters[name], rel=0.05), name


def test_a_fit_as_plain_data():
    nothing = describe_fit(no_fit("bg_nbd", ("r", "alpha"), 3, "no_repeats"))
    assert json.loads(json.dumps(nothing, allow_nan=False)) == {
        "model": "bg_nbd",
        "parameters": {"r": None, "alpha": None},
        "standard_errors": {"r": None, "alpha": None},
        "log_likelihood": None,
        "n": 3.0,
        "converged": False,
        "reason": "no_repeats",
    }
