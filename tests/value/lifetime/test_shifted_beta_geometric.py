"""Shifted beta-geometric: published figures, contracts begun before the records, tenure to come."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segkit.value.lifetime import shifted_beta_geometric as sbg

REGULAR = [1000, 631, 468, 382, 326, 289, 262, 241]
HIGH_END = [1000, 869, 743, 653, 593, 551, 517, 491]


def tenures_of(survivors: list[int]) -> pd.DataFrame:
    """Losses of each year, and who is left."""
    years = len(survivors) - 1
    lost = (-np.diff(survivors)).tolist()
    return pd.DataFrame(
        {
            "n_renewals": [*range(years), years],
            "is_churned": [*[True] * years, False],
            "weight": [*lost, survivors[-1]],
        }
    )


@pytest.mark.parametrize(("survivors", "alpha", "beta"), [(REGULAR, 0.704, 1.182), (HIGH_END, 0.668, 3.806)])
def test_published_cohorts(survivors, alpha, beta):
    """Fader and Hardie 2007: seven years of two customer groups."""
    fit = sbg.fit(tenures_of(survivors))
    assert fit.converged and fit.n == 1000
    assert {name: round(value, 3) for name, value in fit.parameters.items()} == {"alpha": alpha, "beta": beta}
    assert sbg.survival(fit.parameters, 0, [1, 2, 7]) * 1000 == pytest.approx(np.take(survivors, [1, 2, 7]), abs=20)


def test_retention_rises_with_age_as_in_the_formula():
    parameters = {"alpha": 0.7, "beta": 1.2}
    assert sbg.retention(parameters, [0, 1, 9]) == pytest.approx([1.2 / 1.9, 2.2 / 2.9, 10.2 / 10.9])


def test_planted_parameters_with_unequal_cohorts_and_late_entry():
    """Contracts run for one to ten years; of those that began before the records only the survivors are known."""
    planted = {"alpha": 0.9, "beta": 2.5}
    rng = np.random.default_rng(6)
    tenures = sbg.simulate(planted, rng.integers(1, 11, 12_000), rng)
    tenures["n_before"] = rng.choice([0, 2], 12_000)
    known = tenures[tenures["n_renewals"] >= tenures["n_before"]]
    fit = sbg.fit(known)
    assert fit.converged
    for name, value in planted.items():
        assert abs(fit.parameters[name] - value) < 3.5 * fit.standard_errors[name], name
    naive = sbg.fit(known.drop(columns="n_before")).parameters
    assert sbg.retention(naive, 0) > sbg.retention(planted, 0) + 0.05  # the early losses are not on record


def test_tenure_to_come():
    parameters = {"alpha": 1.8, "beta": 3.0}
    ages = np.array([0, 4])
    by_hand = [sum(float(sbg.survival(parameters, age, j)) / 1.1**j for j in range(1, 4)) for age in ages]
    assert sbg.expected_renewals(parameters, ages, 3, 0.1) == pytest.approx(by_hand)
    forever = sbg.expected_renewals(parameters, ages, None, 0.1)
    assert forever == pytest.approx(sbg.expected_renewals(parameters, ages, 2000, 0.1))
    assert sbg.expected_renewals(parameters, ages) == pytest.approx((3.0 + ages) / 0.8)
    assert np.isinf(sbg.expected_renewals({"alpha": 0.7, "beta": 3.0}, ages)).all()
    drawn = sbg.draw_renewals(parameters, np.zeros(40_000), 3, np.random.default_rng(1))
    assert drawn.mean() == pytest.approx(float(sbg.expected_renewals(parameters, 0, 3)), rel=0.02)


@pytest.mark.parametrize(
    ("n_renewals", "is_churned", "reason"),
    [
        ([], [], "no_rows"),
        ([1, 2], [False, False], "no_churn"),
        ([0, 0], [True, True], "no_renewal"),
        ([-1, 2], [True, False], "invalid_rows"),
    ],
)
def test_what_allows_no_fit_says_why(n_renewals, is_churned, reason):
    fit = sbg.fit(pd.DataFrame({"n_renewals": n_renewals, "is_churned": is_churned}))
    assert (fit.is_usable, fit.reason) == (False, reason)


def test_customers_who_are_all_alike_run_to_the_bound():
    fit = sbg.fit(pd.DataFrame({"n_renewals": [2] * 9 + [5], "is_churned": [True] * 9 + [False]}))
    assert not fit.converged and fit.is_usable
    assert 0 < sbg.retention(fit.parameters, 0) < 1
