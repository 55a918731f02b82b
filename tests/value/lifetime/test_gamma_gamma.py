"""Money per purchase: published figures, the weight of few purchases, limits."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from segkit.value.lifetime import gamma_gamma

PLANTED = {"p": 6.0, "q": 4.0, "v": 15.0}
PUBLISHED = {"p": 6.249, "q": 3.745, "v": 15.448}


def values(n_values, mean_value) -> pd.DataFrame:
    return pd.DataFrame({"n_values": n_values, "mean_value": mean_value})


def test_repeaters_of_cdnow_as_published(cdnow):
    """Fader and Hardie 2013. Theirs lies 6·10⁻⁶ of log likelihood below ours: the third digit is the optimiser's."""
    repeaters = cdnow[cdnow["n_values"] > 0]
    fit = gamma_gamma.fit(repeaters)
    assert fit.converged and fit.n == 946
    assert fit.parameters == pytest.approx(PUBLISHED, abs=5e-3)
    assert 0 <= fit.log_likelihood - gamma_gamma.log_likelihood(PUBLISHED, repeaters) < 1e-5
    everybody = gamma_gamma.expected_value(fit.parameters, values([0], [np.nan]))[0]
    assert everybody == pytest.approx(6.249 * 15.448 / 2.745, abs=0.01)  # 35.17 per purchase


def test_density_by_integration():
    """Against ∫ Gamma(m | px, νx) Gamma(ν | q, v) dν, on a fine grid."""
    p, q, v = PLANTED.values()
    nu = np.linspace(1e-5, 4, 400_001)
    inner = stats.gamma.pdf(33.0, 3 * p, scale=1 / (3 * nu)) * stats.gamma.pdf(nu, q, scale=1 / v)
    expected = np.log(np.trapezoid(inner, nu))
    assert gamma_gamma.log_likelihood(PLANTED, values([3], [33.0])) == pytest.approx(expected, abs=1e-6)


def test_planted_parameters_are_found_in_any_currency():
    rng = np.random.default_rng(8)
    seen = gamma_gamma.simulate(PLANTED, rng.integers(1, 12, 6000), rng)
    fit = gamma_gamma.fit(seen)
    assert fit.converged
    for name, planted in PLANTED.items():
        assert abs(fit.parameters[name] - planted) < 3.5 * fit.standard_errors[name], name
    cents = gamma_gamma.fit(seen.assign(mean_value=seen["mean_value"] * 1e6)).parameters
    assert cents == pytest.approx({**fit.parameters, "v": fit.parameters["v"] * 1e6}, rel=1e-5)


def test_few_purchases_are_drawn_towards_everybody():
    none, one, many = gamma_gamma.expected_value(PLANTED, values([0, 1, 400], [0.0, 90.0, 90.0]))
    assert none == pytest.approx(6 * 15 / 3)
    assert one == pytest.approx(6 * (15 + 90) / (6 + 4 - 1))
    assert none < one < many < 90


def test_limits_hold_the_own_mean_and_draws_the_sums():
    rng = np.random.default_rng(9)
    nu = rng.gamma(PLANTED["q"], 1 / PLANTED["v"], 20_000)
    seen = values(np.full(20_000, 2), rng.gamma(2 * PLANTED["p"], size=20_000) / nu / 2)
    low, high = gamma_gamma.value_interval(PLANTED, seen, 0.8)
    own = PLANTED["p"] / nu
    assert np.mean((low <= own) & (own <= high)) == pytest.approx(0.8, abs=0.01)
    spend = gamma_gamma.draw_spend(PLANTED, seen, np.full(20_000, 3), rng)
    assert spend.mean() == pytest.approx(3 * gamma_gamma.expected_value(PLANTED, seen).mean(), rel=0.02)
    assert gamma_gamma.draw_spend(PLANTED, seen, np.zeros(20_000, int), rng).max() == 0


def test_no_mean_where_the_tail_is_too_heavy():
    assert np.isnan(gamma_gamma.expected_value({"p": 2.0, "q": 0.9, "v": 5.0}, values([0], [0.0]))[0])


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (values([], []), "no_rows"),
        (values([3, 2], [10.0, 10.0]), "no_variation"),
        (values([1, 2], [3.0, -1.0]), "invalid_rows"),
        (values([0, 2], [3.0, 1.0]), "invalid_rows"),
    ],
)
def test_what_allows_no_fit_says_why(rows, reason):
    fit = gamma_gamma.fit(rows)
    assert (fit.is_usable, fit.reason) == (False, reason)


def test_constant_prices_with_a_little_noise():
    rng = np.random.default_rng(10)
    fit = gamma_gamma.fit(values(rng.poisson(3, 80) + 1, 10 + rng.normal(0, 0.01, 80)))
    assert fit.is_usable and fit.reason in ("bound", "flat")
    assert gamma_gamma.expected_value(fit.parameters, values([0, 2], [0.0, 10.0])) == pytest.approx([10, 10], rel=0.01)
