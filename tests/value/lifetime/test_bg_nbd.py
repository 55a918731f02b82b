"""BG/NBD and MBG/NBD: published figures, what a simulation says, and histories that allow no fit."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad
from scipy.special import betaln

from segkit.value.lifetime import beta_geometric, bg_nbd, mbg_nbd
from segkit.value.lifetime.fitting import draw_parameters

MODELS = pytest.mark.parametrize("model", [bg_nbd, mbg_nbd], ids=["bg_nbd", "mbg_nbd"])
PLANTED = {"r": 0.6, "alpha": 5.0, "a": 0.8, "b": 2.5}
PUBLISHED = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}


def histories(n_repeats, t_x, age) -> pd.DataFrame:
    return pd.DataFrame({"n_repeats": n_repeats, "t_x": t_x, "age": age})


def test_bg_nbd_on_cdnow_is_as_published(cdnow):
    """Fader, Hardie and Lee 2005, table 1; the standard errors are ours, they print none."""
    fit = bg_nbd.fit(cdnow)
    assert fit.converged and fit.n == 2357
    assert {name: round(value, 3) for name, value in fit.parameters.items()} == PUBLISHED
    assert round(fit.log_likelihood, 2) == -9582.43
    assert fit.parameters == bg_nbd.fit(cdnow.sample(frac=1, random_state=1)).parameters
    one = histories([2], [30.43], [38.86])
    assert bg_nbd.expected_purchases(fit.parameters, one, 39)[0] == pytest.approx(1.226, abs=5e-4)


@pytest.mark.parametrize(("model", "share"), [(bg_nbd, 0.879), (mbg_nbd, 0.838)], ids=["bg_nbd", "mbg_nbd"])
def test_held_out_weeks_of_cdnow(cdnow, model, share):
    """Weeks 40 to 78: too few in sum, a correlation of .63 customer by customer, nearer than the past repeated."""
    parameters = model.fit(cdnow).parameters
    expected = model.expected_purchases(parameters, cdnow, 39.0)
    assert expected.sum() / cdnow["held_out"].sum() == pytest.approx(share, abs=1e-3)
    assert np.corrcoef(expected, cdnow["held_out"])[0, 1] > 0.62
    assert (expected - cdnow["held_out"]).abs().mean() < (cdnow["n_repeats"] - cdnow["held_out"]).abs().mean()


@MODELS
def test_planted_parameters_are_found(model):
    rng = np.random.default_rng(11)
    fit = model.fit(model.simulate(PLANTED, rng.integers(20, 100, 8000), rng))
    assert fit.converged
    for name, planted in PLANTED.items():
        assert abs(fit.parameters[name] - planted) < 3.5 * fit.standard_errors[name], name


@MODELS
def test_forecasts_given_histories_add_up_to_those_without(model):
    """Mean over histories at T of what follows in (T, T+t] = new customers until T+t − until T, and simulated."""
    rng = np.random.default_rng(12)
    seen = model.simulate(PLANTED, np.full(60_000, 30.0), rng)
    until, longer = (float(model.expected_purchases_new(PLANTED, t)[0]) for t in (30.0, 80.0))
    assert seen["n_repeats"].mean() == pytest.approx(until, rel=0.02)
    assert model.expected_purchases(PLANTED, seen, 50.0).mean() == pytest.approx(longer - until, rel=0.02)
    assert model.draw_purchases(PLANTED, seen, 50.0, rng).mean() == pytest.approx(longer - until, rel=0.03)


@MODELS
def test_weights_stand_for_equal_rows(model):
    rows = histories([0, 1, 3, 0], [0.0, 5.0, 20.0, 0.0], [30.0, 30.0, 25.0, 8.0])
    weights = [40, 25, 30, 50]
    weighted = model.fit(rows.assign(weight=weights))
    repeated = model.fit(rows.loc[np.repeat(rows.index, weights)])
    assert weighted.parameters == repeated.parameters and weighted.n == 145


def test_only_mbg_lets_someone_stop_after_the_first_purchase():
    silent = histories([0, 0], [0.0, 0.0], [5.0, 100.0])
    assert bg_nbd.alive_probability(PLANTED, silent).tolist() == [1.0, 1.0]
    soon, late = mbg_nbd.alive_probability(PLANTED, silent)
    assert 1 > soon > late > 0
    # By hand: odds of having stopped a/b · ((α+T)/α)^r
    assert late == pytest.approx(1 / (1 + 0.8 / 2.5 * (105 / 5) ** 0.6))


def test_long_silence_after_many_purchases_is_death():
    busy = histories([40, 40], [10.0, 50.0], [52.0, 52.0])
    gone, there = bg_nbd.alive_probability(PLANTED, busy)
    assert gone < 1e-6 and there > 0.9


def integral(r: float, alpha: float, a: float, b: float, t: float) -> float:
    """∫ (1 − (1+pt/α)^−r)/p over Beta(a, b), in logit p."""

    def inner(y: float) -> float:
        log_p = -np.logaddexp(0, -y)
        density = np.exp(a * log_p - b * np.logaddexp(0, y) - betaln(a, b))
        return density * -np.expm1(-r * np.log1p(np.exp(log_p) * t / alpha)) / np.exp(log_p)

    middle = np.log(a / b)
    return sum(quad(inner, middle + u, middle + v, epsrel=1e-11)[0] for u, v in [(-90, -9), (-9, 0), (0, 9), (9, 90)])


@pytest.mark.parametrize("a", [0.4, 1.0, 1.0 + 1e-7, 3.0])
@pytest.mark.parametrize(("r", "b"), [(0.3, 0.6), (2.0, 2.0), (41.0, 43.5), (4000.5, 4002.0)])
@pytest.mark.parametrize("t", [1e-3, 39.0, 1e6])
def test_purchases_of_the_living_hold_their_digits(r, a, b, t):
    found = beta_geometric.purchases_while_alive(r, 44.0, a, b, t)
    assert found == pytest.approx(integral(r, 44.0, a, b, t), rel=2e-6)
    parts = [np.array([value]) for value in (r, 44.0, a, b, t)]
    assert beta_geometric.integrate_purchases(*parts)[0] == pytest.approx(integral(r, 44.0, a, b, t), rel=2e-6)


def test_no_time_no_purchases_and_no_end():
    rows = histories([3, 5000], [20.0, 100.0], [30.0, 101.0])
    assert bg_nbd.expected_purchases(PLANTED, rows, 0.0).tolist() == [0.0, 0.0]
    assert np.isfinite(bg_nbd.expected_purchases(PLANTED, rows, 1e12)).all()
    assert np.isfinite(bg_nbd.draw_purchases(PLANTED, rows, 1e12, np.random.default_rng(0))).all()


@MODELS
@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (histories([], [], []), "no_rows"),
        (histories([3], [4.0], [9.0]), "no_variation"),
        (histories([2] * 30, [4.0] * 30, [9.0] * 30), "no_variation"),
        (histories([0] * 30, [0.0] * 30, np.arange(30.0)), "no_repeats"),
        (histories([0] * 30, [0.0] * 30, [0.0] * 30), "no_time"),
        (histories([1, 2], [9.0, 3.0], [8.0, 9.0]), "invalid_rows"),
        (histories([1, np.nan], [2.0, 3.0], [8.0, 9.0]), "invalid_rows"),
    ],
    ids=["empty", "one", "identical", "nobody repeats", "no time", "bought after as-of", "missing"],
)
def test_what_allows_no_fit_says_why(model, rows, reason):
    fit = model.fit(rows)
    assert (fit.converged, fit.is_usable, fit.reason) == (False, False, reason)
    assert np.isnan(list(fit.parameters.values())).all()


@MODELS
def test_everybody_buys_up_to_the_end(model):
    """Nobody stops: the coin's parameters run off, the forecast is that of a model without end."""
    rng = np.random.default_rng(3)
    ages = rng.uniform(20, 60, 300)
    rows = histories(rng.poisson(rng.gamma(4, 0.05, 300) * ages) + 1, ages, ages)
    fit = model.fit(rows)
    assert not fit.converged and fit.is_usable and fit.reason in ("bound", "flat")
    assert np.isnan(fit.standard_errors["a"]) and np.isfinite(fit.standard_errors["r"])
    rate = (fit.parameters["r"] + rows["n_repeats"]) / (fit.parameters["alpha"] + rows["age"])
    np.testing.assert_allclose(model.expected_purchases(fit.parameters, rows, 26.0), 26 * rate, rtol=1e-3)
    drawn = model.draw_purchases(draw_parameters(fit, 20, rng), rows, 26.0, rng)
    assert drawn.shape == (20, 300) and (drawn >= 0).all()


def test_thousands_of_purchases():
    rng = np.random.default_rng(4)
    rows = bg_nbd.simulate({"r": 2.0, "alpha": 0.01, "a": 1.2, "b": 3000.0}, rng.uniform(5, 20, 800), rng)
    assert rows["n_repeats"].max() > 3000
    fit = bg_nbd.fit(rows)
    assert fit.is_usable and fit.parameters["r"] == pytest.approx(2.0, rel=0.2)
    assert np.isfinite(bg_nbd.expected_purchases(fit.parameters, rows, 50.0)).all()
