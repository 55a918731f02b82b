"""Analytic gradients are those of the likelihood, for every model and far from the optimum too."""

from __future__ import annotations

import numpy as np
import pytest

from segkit.value.lifetime import beta_geometric, bg_bb, bg_nbd, gamma_gamma, mbg_nbd, shifted_beta_geometric
from segkit.value.lifetime.fitting import group_rows

RNG = np.random.default_rng(5)
AGES = RNG.uniform(10, 90, 60)
FLOW = {"r": 0.5, "alpha": 5.0, "a": 0.8, "b": 2.5}
STEPS = {"alpha": 1.2, "beta": 0.8, "gamma": 0.7, "delta": 3.0}
MONEY = {"p": 6.0, "q": 3.7, "v": 15.0}
STAY = {"alpha": 0.7, "beta": 1.2}


def objectives():
    """Each model's objective on sixty simulated customers, and a point near what made them."""
    rows, weights = group_rows(bg_nbd.simulate(FLOW, AGES, RNG), beta_geometric.COLUMNS)
    yield "bg_nbd", beta_geometric.make_objective(rows, weights, 0), FLOW
    rows, weights = group_rows(mbg_nbd.simulate(FLOW, AGES, RNG), beta_geometric.COLUMNS)
    yield "mbg_nbd", beta_geometric.make_objective(rows, weights, 1), FLOW
    seasons = bg_bb.simulate(STEPS, RNG.integers(1, 9, 60), RNG)
    yield "bg_bb", bg_bb.make_objective(*group_rows(seasons, bg_bb.COLUMNS)), STEPS
    values = gamma_gamma.simulate(MONEY, RNG.integers(1, 9, 60), RNG)
    yield "gamma_gamma", gamma_gamma.make_objective(*group_rows(values, gamma_gamma.COLUMNS)), MONEY
    tenures = shifted_beta_geometric.simulate(STAY, RNG.integers(1, 9, 60), RNG).assign(n_before=0, weight=2.0)
    rows, weights = shifted_beta_geometric.read_tenures(tenures)
    yield "shifted_beta_geometric", shifted_beta_geometric.make_objective(rows, weights), STAY


@pytest.mark.parametrize(("objective", "near"), [pytest.param(f, p, id=name) for name, f, p in objectives()])
def test_gradient_is_the_differenced_likelihood(objective, near):
    for shift in (0.0, 1.5, -1.5):
        point = np.log(list(near.values())) + shift
        moves = np.eye(len(point)) * 1e-5
        differenced = [(objective(point + move)[0] - objective(point - move)[0]) / 2e-5 for move in moves]
        np.testing.assert_allclose(objective(point)[1], differenced, rtol=1e-5, atol=1e-5)
