"""Odd data never stop notebook 02: one sentence names what is missing, and the other results stand."""

from __future__ import annotations

import datetime as dt
import functools

import numpy as np
import pandas as pd
import pytest
from value import odd_scenarios
from value.odd_company import AS_OF, build_company, work_out

from segkit.tables import check
from segkit.texts import LANGUAGES, say

COMPANIES = {
    "ordinary": [],
    "bare": ["one_product", "endless_contracts", "no_firmographics", "odd_leads"],
    "losing": ["constant_prices", "negative_margins"],
    **{
        name: [name]
        for name in ("refunds", "all_once", "few_repeats", "nothing_beside", "one_account", "one_line", "all_loyal")
    },
}
DAYS = {"losing": dt.date(2026, 8, 20)}  # its last quarter is incomplete
SAID = {
    "bare": {"behaviour.one_product", "churn.open_ended", "potential.no_firmographics", "leads.none_converted"},
    "losing": {"behaviour.constant_prices", "behaviour.losing_margin", "lifetime.negative", "churn.not_over"},
    "refunds": {"behaviour.more_returned", "potential.too_few"},
    "all_once": {"lifetime.warn_no_repeat_buyers", "churn.nobody", "potential.too_few"},
    "few_repeats": {"lifetime.warn_few_repeat_buyers"},
    "nothing_beside": {
        *("behaviour.no_products_bought", "behaviour.no_prices", "behaviour.no_care", "lifetime.answer_revenue"),
        *("churn.no_contracts", "potential.no_firmographics", "leads.none"),
    },
    "one_account": {"lifetime.warn_few_repeat_buyers", "churn.no_chances", "potential.too_few"},
    "one_line": {"behaviour.no_season", "lifetime.untried", "churn.no_past", "onboarding.no_history"},
    "all_loyal": {"churn.no_chances", "potential.no_gap"},
}
MONEY = ["expected_revenue_12m", "lifetime_value", "revenue_at_risk", "potential"]


@functools.cache
def base():
    return build_company()


@functools.cache
def worked_out(name):
    """What notebook 02 works out of an odd company; each is worked out once for all tests."""
    company = base()
    for change in COMPANIES[name]:
        company = company | getattr(odd_scenarios, change)(company)
    return work_out(company, DAYS.get(name, AS_OF))


def findings_of(found):
    return [finding for part in found["findings"].values() for section in part.values() for finding in section]


@pytest.mark.parametrize("name", COMPANIES)
def test_what_is_missing_is_said_in_one_sentence_each(name):
    keys = [finding["key"] for finding in findings_of(worked_out(name))]
    assert SAID.get(name, set()) <= set(keys)
    assert all(keys.count(key) == 1 for key in SAID.get(name, set()))


@pytest.mark.parametrize("name", COMPANIES)
def test_every_finding_can_be_read_in_both_languages(name):
    for finding in findings_of(worked_out(name)):
        numbers = {k: v for k, v in finding.items() if k != "key"}
        for language in LANGUAGES:
            text = say(finding["key"], language, **numbers)
            assert text and "nan" not in text.split() and "{" not in text, finding["key"]


@pytest.mark.parametrize("name", COMPANIES)
def test_all_tables_can_be_written(name):
    found = worked_out(name)
    value = check(found["value"].assign(is_contactable=True), "account_value")
    check(found["diamonds"].assign(is_contactable=True), "diamonds")
    for model, scored in found["scored"].items():
        check(scored.calibration, "calibration")
        check(scored.reasons.assign(is_contactable=True), "account_reasons")
        cards = check(scored.cards, "model_cards")
        assert len(cards) and set(cards["model"]) == {model}
    for column in MONEY:
        assert np.isfinite(value[column].dropna()).all(), column
    chance = value["churn_probability"].dropna()
    assert chance.between(0, 1).all()


@pytest.mark.parametrize("name", ["all_once", "few_repeats", "one_account", "one_line", "all_loyal"])
def test_where_nothing_can_be_tried_no_model_of_purchases_is_used(name):
    for model in ("lifetime", "churn", "onboarding"):
        assert set(worked_out(name)["scored"][model].cards["used"]) <= {"rule", "none"}


def test_oddities_in_other_tables_leave_the_other_results_as_they_were():
    """One product, no ends of contracts, no firmographics, no converted lead: what rests on orders stays."""
    ordinary, bare = (worked_out(name)["value"].set_index("account_id") for name in ("ordinary", "bare"))
    from_orders = ["revenue_12m", "abc_class", "xyz_class", "trend", "usual_interval_days", "care_cost_12m"]
    pd.testing.assert_frame_equal(bare[from_orders], ordinary[from_orders])
    without = ~ordinary.index.isin(base()["contracts"]["account_id"])
    from_both = ["lifetime_value", "lifetime_low", "churn_probability"]
    assert ordinary.loc[without, from_both].notna().any().all()
    pd.testing.assert_frame_equal(bare.loc[without, from_both], ordinary.loc[without, from_both], rtol=0.05)
    assert bare["potential"].isna().all() and ordinary["potential"].notna().any()


def test_refunds_and_losses_are_shown_as_they_are():
    refunds, losing = (worked_out(name)["value"] for name in ("refunds", "losing"))
    assert (refunds["revenue_12m"] < 0).all() and refunds["potential"].isna().all()
    assert (losing["contribution_12m"].dropna() < 0).all()
