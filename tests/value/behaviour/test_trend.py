from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from segkit.statistics.resampling import generator
from segkit.value.behaviour.season import month_grid, season_indices
from segkit.value.behaviour.trend import fit_trends

AS_OF = dt.date(2026, 9, 30)
SEASON = np.array([0.9, 1, 1.2, 1, 1, 1.1, 1, 0.5, 1.1, 1.1, 1.5, 0.6])
TO_SEPTEMBER = (np.arange(36) + 9) % 12  # calendar months, January as 0, of 36 that end in September


def fit(now, months, as_of=AS_OF):
    grid, days = month_grid(now, months, as_of)
    return fit_trends(now, grid, days, season_indices(grid, days)).set_index("account_id")


def test_season_is_found_under_growth_and_one_large_order(make_months):
    steady = 100 * SEASON[TO_SEPTEMBER] * np.exp(0.2 * np.arange(36) / 12)
    order = np.zeros(36)
    order[20] = 5000
    now, months = make_months([steady * (1 + i / 10) for i in range(10)] + [order])
    season = season_indices(*month_grid(now, months, AS_OF))
    assert season.mean() == pytest.approx(1)
    assert np.abs(season - SEASON / SEASON.mean()).max() < 0.1
    assert season_indices(*month_grid(*make_months([steady[:23]]), AS_OF)) is None


def test_trend_is_exact_where_there_is_no_noise(make_months):
    others = np.full((8, 36), 100.0) * SEASON[TO_SEPTEMBER]
    grown = 100 * SEASON[TO_SEPTEMBER] * 1.3 ** (np.arange(36) / 12)
    wobble = 1 + 0.01 * (-1.0) ** np.arange(36)
    trends = fit(*make_months(np.vstack([others, grown]) * wobble))
    assert trends.loc["K8", "trend"] == pytest.approx(0.3, abs=0.02)
    assert trends.loc["K8", "trend_direction"] == "rises"
    assert trends.loc["K8", "trend_low"] < trends.loc["K8", "trend"] < trends.loc["K8", "trend_high"]
    year, before = grown[-12:].sum(), grown[-24:-12].sum()
    assert trends.loc["K8", "trend_change"] == pytest.approx(year - before, rel=0.1)
    assert (trends.loc["K0":"K7", "trend"].abs() < 0.03).all()


def test_growth_of_two_years_that_is_only_the_season_is_no_trend(make_months):
    trends = fit(
        *make_months(np.full((5, 30), 100.0) * SEASON[(np.arange(30) + 3) % 12] * (1 + np.arange(30) % 2 / 20))
    )
    assert (trends["trend_direction"] == "open").all()
    assert (trends["trend"].abs() < 0.05).all()


@pytest.mark.parametrize(("rate", "growth"), [(1, 0.0), (4, -0.3)])
def test_interval_holds_its_promise_and_flat_accounts_are_not_named(make_months, rate, growth):
    rng, n = generator(1, "trend", rate), 1500
    mean = rate * np.exp(np.log1p(growth) * np.arange(36) / 12) * SEASON[TO_SEPTEMBER]
    orders = rng.poisson(mean, (n, 36))
    money = sum((orders > j) * np.exp(rng.normal(size=(n, 36))) for j in range(orders.max()))
    trends = fit(*make_months(money))
    covered = ((trends["trend_low"] <= growth) & (growth <= trends["trend_high"])).mean()
    assert 0.94 <= covered <= 0.985
    if growth == 0:
        assert (trends["trend_direction"] != "open").sum() <= 3
    else:
        assert not (trends["trend_direction"] == "rises").any()


def test_last_month_that_is_not_over_is_left_out(make_months):
    money = np.full((3, 37), 100.0)
    money[:, -1] = 3.0
    grid, days = month_grid(*make_months(money, dt.date(2026, 10, 2)), dt.date(2026, 10, 2))
    assert days[-1] == pd.Timestamp("2026-09-01")
    assert grid.shape == (3, 36)
    assert (grid == 100).all()


@pytest.mark.parametrize(("day", "n"), [(1, 36), (7, 36), (8, 35)])
def test_month_in_which_the_data_start_counts_if_they_do_so_in_its_first_week(make_months, day, n):
    now, months = make_months(np.full((2, 36), 100.0))
    now["history_days"] = (pd.Timestamp(AS_OF) - pd.Timestamp(2023, 10, day)).days
    assert month_grid(now, months, AS_OF)[0].shape == (2, n)


def test_month_of_the_first_line_and_short_or_rare_buyers_have_no_trend(make_months):
    money = np.full((5, 36), 100.0) * (1 + 0.05 * (np.arange(36) % 3))
    money[1, :25] = 0  # eleven months, of which ten follow the first
    money[2] = 0
    money[2, ::8] = 50  # five months of the window
    money[3] = -5  # credit notes only
    assert fit(*make_months(money)).index.tolist() == ["K0", "K4"]


def test_one_account_and_constant_months(make_months):
    assert len(fit(*make_months(np.full((1, 36), 100.0) + np.arange(36) % 5))) == 1
    constant = fit(*make_months(np.full((1, 36), 100.0)))
    assert constant.empty or constant["trend"].abs().max() < 1e-9
