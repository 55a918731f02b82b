"""What the data say: planted power is found, noise is not, and nothing of the future leaks into it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segkit.criteria.catalogue import criteria_catalogue
from segkit.criteria.evidence import OF_POWER, measure_evidence
from segkit.criteria.measures import find_missing, measure_criteria
from segkit.criteria.power import find_horizon, score_power
from segkit.settings.criteria import CriteriaSettings

QUICK = CriteriaSettings(draws=200)


@pytest.fixture(scope="module")
def evidence(planted):
    return measure_evidence(planted, QUICK, 7)


@pytest.fixture(scope="module")
def table(evidence) -> pd.DataFrame:
    return evidence.table.set_index("criterion_id")


def test_what_decides_the_next_period_has_power_and_noise_has_none(table):
    assert table.loc["revenue_12m", "power_low"] > 0.8
    for noise in ("return_share_12m", "regularity", "n_products_12m", "days_since_last"):
        assert table.loc[noise, "power_low"] <= 0 <= table.loc[noise, "power_high"], noise
        assert table.loc[noise, "gain_low"] <= 0 and abs(table.loc[noise, "gain"]) < 0.01, noise


def test_power_adds_up_by_hand():
    """Two groups without any spread inside: every account is told from the others of its group, and rightly."""
    ids = [f"K{k}" for k in range(40)]
    measured = pd.DataFrame({"revenue_12m": np.repeat([1.0, 2.0], 20)}, index=ids)
    later = pd.Series(np.expm1(np.repeat([1.0, 3.0], 20)), index=ids)
    power = score_power(measured, later, QUICK, 1)
    assert power.loc["revenue_12m", "power"] == pytest.approx(1)
    assert power.loc["revenue_12m", "n_power"] == 40 and np.isnan(power.loc["revenue_12m", "gain"])


def test_noise_is_not_told_for_more_than_it_is():
    """Of 200 criteria that say nothing, hardly any interval may lie above zero."""
    rng = np.random.default_rng(5)
    later = pd.Series(np.expm1(rng.normal(5, 1, 300)))
    noise = pd.DataFrame(rng.normal(size=(300, 200))).add_prefix("x")
    power = score_power(noise, later, QUICK, 1)
    assert (power["power_low"] > 0).mean() < 0.05 and power["power"].between(-0.03, 0.05).all()
    assert (power["power_high"] >= 0).all()


def test_a_criterion_that_adds_to_revenue_gains_and_a_copy_of_it_does_not():
    rng = np.random.default_rng(3)
    base, extra = rng.integers(5, size=400), rng.integers(2, size=400)
    measured = pd.DataFrame({"revenue_12m": base + 0.0, "copy": base * 2.0, "extra": np.where(extra, "yes", "no")})
    later = pd.Series(np.expm1(base + 3.0 * extra + rng.normal(0, 0.2, 400)))
    power = score_power(measured, later, QUICK, 1)
    assert power.loc["extra", "gain_low"] > 0.4 and abs(power.loc["copy", "gain"]) < 1e-6


def test_what_comes_after_the_origin_changes_nothing_but_the_target(planted, table, make_tables):
    panel = planted["account_features"]
    days = sorted(panel["as_of"].unique())
    later = panel["as_of"].isin(days[-4:])
    behaviour = ["days_since_last", "n_products_12m", "regularity", "revenue_12m", "frequency_12m", "return_share_12m"]
    shuffled = panel.copy()
    for place, name in enumerate(behaviour):
        shuffled.loc[later, name] = np.random.default_rng(place).permutation(panel.loc[later, name].to_numpy())
    again = measure_evidence(make_tables(shuffled), QUICK, 7).table.set_index("criterion_id")
    pd.testing.assert_frame_equal(again[OF_POWER], table[OF_POWER])
    assert (table["power_as_of"].dropna() == days[-5]).all() and (table["power_quarters"].dropna() == 4).all()


def test_events_after_the_day_are_not_known_then(planted):
    day = sorted(planted["account_features"]["as_of"].unique())[-5]
    early = pd.Timestamp("2023-01-15")
    tickets = pd.DataFrame(
        {
            "ticket_id": ["T1", "T2", "T3"],
            "account_id": ["K0000", "K0001", "K0001"],
            "created_date": [early, day - pd.Timedelta(days=9), day + pd.Timedelta(days=5)],
            "closed_date": [early, day + pd.Timedelta(days=2), day + pd.Timedelta(days=6)],
            "priority": ["hoch", "hoch", "niedrig"],
        }
    )
    then = measure_criteria({**planted, "tickets": tickets}, day, earlier=True)
    assert then.loc["K0001", "tickets_12m"] == 1 and then.loc["K0002", "tickets_12m"] == 0
    assert then.loc["K0001", "urgency"] == 1 and "response_days" not in then


def test_open_demand_of_an_earlier_day_counts_what_was_open_then(planted):
    day = sorted(planted["account_features"]["as_of"].unique())[-5]
    opportunities = pd.DataFrame(
        {
            "opportunity_id": ["O1", "O2", "O3"],
            "account_id": ["K0003"] * 3,
            "created_date": [day - pd.Timedelta(days=d) for d in (500, 20, -3)],
            "close_date": [day - pd.Timedelta(days=450), day + pd.Timedelta(days=30), pd.NaT],
            "amount": [1.0, 20.0, 300.0],
        }
    )
    then = measure_criteria({**planted, "opportunities": opportunities}, day, earlier=True)
    assert then.loc["K0003", "open_demand"] == 20 and then.loc["K0003", "sales_cycle"] == 50


def test_an_incomplete_quarter_feeds_neither_power_nor_stability(planted, table, make_tables):
    panel = planted["account_features"]
    newest = panel["as_of"] == panel["as_of"].max()
    broken = panel.assign(revenue_q=panel["revenue_q"].mask(newest, 0.0))
    period = planted["run_period"].assign(is_complete=False)
    cut = measure_evidence(make_tables(broken, run_period=period), QUICK, 7).table.set_index("criterion_id")
    before = measure_evidence(make_tables(panel[~newest]), QUICK, 7).table.set_index("criterion_id")
    pd.testing.assert_frame_equal(cut[[*OF_POWER, "stability"]], before[[*OF_POWER, "stability"]])


def test_a_short_history_looks_one_quarter_ahead_and_none_says_so(planted, make_tables):
    panel = planted["account_features"]
    days = sorted(panel["as_of"].unique())
    two = panel[panel["as_of"].isin(days[:2])]
    horizon = find_horizon(two, True, 4)
    assert horizon.n_quarters == 1 and horizon.origin == days[0]
    one = measure_evidence(make_tables(panel[panel["as_of"] == days[0]]), QUICK, 7).table.set_index("criterion_id")
    assert one["power"].isna().all()
    assert one.loc["revenue_12m", "power_reason"] == "criteria.power_short_history"
    assert one.loc["abc_class", "power_reason"] == "criteria.power_undated"


def test_a_duplicate_is_wholly_redundant(planted, make_tables):
    panel = planted["account_features"].assign(frequency_12m=lambda p: p["revenue_12m"])
    table = measure_evidence(make_tables(panel), QUICK, 7).table.set_index("criterion_id")
    assert (
        table.loc["frequency_12m", "redundancy"] == 1 and table.loc["frequency_12m", "redundant_with"] == "revenue_12m"
    )


def test_stability_is_high_for_what_lasts_and_none_for_noise(table):
    assert table.loc["revenue_12m", "stability"] > 0.9 and table.loc["tenure_days", "stability"] == pytest.approx(1)
    assert abs(table.loc["regularity", "stability"]) < 0.1


def test_snapshots_have_no_power_and_say_so_and_know_their_age(planted, make_tables):
    ids = planted["accounts"]["account_id"]
    industry = pd.Series(np.where(np.arange(len(ids)) % 2, "Bau", "Chemie"))
    day = planted["run_period"]["as_of"][0]
    accounts = planted["accounts"].assign(
        industry=industry, employees=np.arange(len(ids)) + 5.0, employees_date=day - pd.Timedelta(days=2000)
    )
    table = measure_evidence({**planted, "accounts": accounts}, QUICK, 7).table.set_index("criterion_id")
    assert table.loc["industry", "power_reason"] == "criteria.power_undated" and np.isnan(
        table.loc["industry", "power"]
    )
    assert table.loc["industry", "age_days"] == 40 and table.loc["employees", "age_days"] == 2000
    assert table.loc["industry", "kind"] == "category" and table.loc["employees", "kind"] == "number"


def test_what_stands_for_a_sensitive_criterion_is_named(planted):
    ids = planted["accounts"]["account_id"]
    form = pd.Series(
        np.where(np.arange(len(ids)) % 4 == 0, "e.K.", np.where(np.arange(len(ids)) % 4 == 1, "AG", "GmbH"))
    )
    table = measure_evidence({**planted, "accounts": planted["accounts"].assign(legal_form=form)}, QUICK, 7).table
    row = table.set_index("criterion_id").loc["legal_form"]
    assert row["proxy_for"] == "sole_trader" and row["proxy_association"] > 0.99


def test_missing_tables_and_columns_are_named(planted, table):
    missing = find_missing(planted)
    assert missing["tickets_12m"] == "tickets.created_date" and missing["industry"] == "accounts.industry"
    assert missing["revenue_12m"] == "" and missing["margin_rate"] == "account_features.margin_12m"
    assert (
        not table.loc["tickets_12m", "is_available"] and table.loc["tickets_12m", "missing"] == "tickets.created_date"
    )
    assert set(table.index) == set(criteria_catalogue())


def test_the_same_twice_is_the_same(planted, table):
    again = measure_evidence(planted, QUICK, 7).table.set_index("criterion_id")
    pd.testing.assert_frame_equal(again, table)
