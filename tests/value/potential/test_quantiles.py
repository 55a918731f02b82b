"""The smoothed fit against scikit-learn's linear programme, and the promise of the conformal step."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segkit.value.potential.conformal import FEWEST_OF_GROUP, FOLDS, assign_folds, cross_fit, offsets
from segkit.value.potential.facts import collect_facts
from segkit.value.potential.quantiles import design_matrix, fit_quantile

NO_MACHINES = pd.DataFrame(columns=["account_id", "site_id", "machine"])


def rows(n: int, seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Return y and x with a spread that grows with the first column."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 3))
    return 1 + x @ [1.0, -0.5, 0.0] + (0.5 + 0.2 * (x[:, 0] > 0)) * rng.normal(size=n), x


def test_it_gives_the_line_of_the_linear_programme():
    from sklearn.linear_model import QuantileRegressor

    y, x = rows(800)
    exact = QuantileRegressor(quantile=0.9, alpha=0, solver="highs").fit(x, y)
    beta = fit_quantile(y, x, 0.9, np.zeros(4))
    assert beta == pytest.approx([exact.intercept_, *exact.coef_], abs=0.06)
    u, v = y - np.column_stack([np.ones(800), x]) @ beta, y - exact.predict(x)
    assert np.mean(u * (0.9 - (u < 0))) <= 1.003 * np.mean(v * (0.9 - (v < 0)))


def test_weights_count_rows_as_often():
    y, x = rows(60)
    times = np.arange(60) % 3
    often = fit_quantile(np.repeat(y, times), np.repeat(x, times, axis=0), 0.8, np.zeros(4))
    weighted = fit_quantile(y[times > 0], x[times > 0], 0.8, np.zeros(4), weights=times[times > 0].astype(float))
    assert np.abs(weighted - often).max() < 0.1  # the bandwidth knows rows, not weights


@pytest.mark.parametrize("y", [np.full(40, 3.0), np.r_[np.zeros(39), 1e9]])
def test_odd_outcomes_have_a_fit(y):
    assert np.isfinite(fit_quantile(y, rows(40)[1], 0.9, np.ones(4))).all()


def test_new_rows_lie_below_the_limit_as_often_as_promised():
    inside = []
    for seed in range(12):
        y, x = rows(500, seed)
        groups = np.zeros(300, dtype=int)
        models, moved, tried = cross_fit(y[:300], x[:300], assign_folds(300, seed), groups, 1, 0.9, np.zeros(4))
        limit = np.column_stack([np.ones(200), x[300:]]) @ models.mean(axis=0) + moved[0]
        inside.append([np.mean(y[300:] <= limit), np.mean(y[:300] <= tried)])
    assert np.mean(inside, axis=0) == pytest.approx([0.9, 0.9], abs=0.02)


def test_large_groups_move_by_themselves_and_small_ones_with_all():
    n = FEWEST_OF_GROUP
    residuals = np.r_[np.arange(n, dtype=float), 1000 + np.arange(5.0)]
    moved = offsets(residuals, np.r_[np.zeros(n, int), np.ones(5, int)], 2, 0.9)
    assert moved.tolist() == [90.0, 95.0, 95.0]


def test_folds_are_even_and_the_same_for_a_seed():
    assert np.bincount(assign_folds(101, 4)).tolist() == [21, 20, 20, 20, 20] and FOLDS == 5
    assert (assign_folds(101, 4) == assign_folds(101, 4)).all()


def test_what_the_model_sees_of_an_account():
    accounts = pd.DataFrame(
        {
            "account_id": ["a", "b", "c", "d"],
            "employees": [10, 100, None, 0],
            "account_revenue": [1e6, 1e7, 1e8, None],
            "industry_code": ["28.22", "28.29", "43.1", None],
        }
    )
    value = pd.DataFrame({"account_id": ["a", "b", "c", "d"], "revenue_12m": [1.0, 2.0, 3.0, 4.0]})
    facts = collect_facts(value, accounts, NO_MACHINES)
    assert facts["industry_division"].tolist() == ["28", "28", "43", None]
    assert facts["is_known"].tolist() == [True, True, True, False]
    columns, parts = design_matrix(facts, fewest=2)
    assert np.diff(columns["size"][:3]) == pytest.approx(np.log([10, 10]))  # the third by its turnover
    assert list(columns) == ["size", "size_bend", "no_size", "no_industry", "industry_28"]
    assert parts["industry"] == ["no_industry", "industry_28"] and parts["turnover"] == []
    assert columns.sum().abs().max() < 1e-9
