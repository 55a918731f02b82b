"""Lifetime value of small companies: planted behaviour is found, and odd data give a sentence and no error."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from segkit import texts
from segkit.settings.value import Value
from segkit.tables import TABLES
from segkit.value.account_value import join_parts
from segkit.value.backtests.scored import Scored
from segkit.value.lifetime.score import score_lifetime
from tests.value.lifetime.companies import AS_OF, NO_CONTRACTS, orders_of, panel_of, period_of, simulate_orders

SETTINGS = Value.model_validate({"backtest": {"draws": 100, "origins": 2}})


def score(orders: pd.DataFrame, contracts: pd.DataFrame = NO_CONTRACTS, n_quarters: int = 5, **period: bool) -> Scored:
    scored = score_lifetime(panel_of(orders, n_quarters), contracts, period_of(**period), SETTINGS, 7)
    for finding in sum(scored.model["findings"].values(), []):
        numbers = {name: value for name, value in finding.items() if name != "key"}
        for language in texts.LANGUAGES:
            assert texts.say(finding["key"], language, **numbers)
    for reason in scored.reasons["reason"].unique():
        assert texts.has(reason)
    return scored


def keys(scored: Scored, section: str) -> list[str]:
    return [finding["key"].removeprefix("lifetime.") for finding in scored.model["findings"][section]]


@pytest.fixture(scope="module")
def company() -> Scored:
    return score(simulate_orders(200, 3), n_quarters=12)


def test_silent_accounts_are_worth_less_and_limits_hold(company: Scored) -> None:
    rows = company.rows.set_index("account_id")
    assert (rows["lifetime_low"] <= rows["lifetime_value"]).all()
    assert (rows["lifetime_value"] <= rows["lifetime_high"]).all()
    cover = company.cards.query("metric == 'interval_coverage' and origin == 'all'").iloc[0]
    assert 0.76 < cover["value"] < 0.95  # silent accounts end at 0 and always lie within: more than promised
    assert cover["n"] > 150
    assert company.model["leaks"] == []


def test_model_is_set_beside_every_rule(company: Scored) -> None:
    beside = set(company.cards["baseline_name"]) - {"-"}
    assert beside == {"lifetime.rule_last_12m", "lifetime.rule_last_12m_scaled", "lifetime.rule_recency"}
    deciding = company.cards[company.cards["is_deciding"]]
    assert set(deciding["metric"]) == {"spearman"}
    assert company.cards["used"].nunique() == 1
    expected = "model" if company.model["used"] == "model" else "rule"
    assert company.cards["used"].iloc[0] == expected
    assert keys(company, "trust") == [f"{expected}_used", "limits_held"]


def test_rows_and_reasons_fit_their_tables(company: Scored) -> None:
    base = pd.DataFrame({"account_id": company.rows["account_id"]})
    joined = join_parts(base, company.rows)
    assert joined["lifetime_value"].notna().all()
    wanted = {name for name in TABLES["account_reasons"].columns if name != "is_contactable"}
    assert set(company.reasons) == wanted
    assert set(company.cards) == set(TABLES["model_cards"].columns)
    assert company.reasons.groupby("account_id")["reason_rank"].max().max() <= 3


def test_same_bytes_in_another_order() -> None:
    panel = panel_of(simulate_orders(60, 3), 6)
    first, again = (
        score_lifetime(each, NO_CONTRACTS, period_of(), SETTINGS, 7)
        for each in (panel, panel.sample(frac=1, random_state=1))
    )
    for name in ("rows", "cards", "reasons", "calibration"):
        pd.testing.assert_frame_equal(getattr(again, name), getattr(first, name))


def test_few_repeat_buyers_keep_the_rule_and_say_so() -> None:
    scored = score(simulate_orders(30, 4))
    assert "warn_few_repeat_buyers" in keys(scored, "models")
    assert keys(scored, "trust")[0] == "rule_only"
    assert set(scored.rows["lifetime_model"]) == {"rule"}
    assert scored.rows["lifetime_value"].notna().all()
    assert len(scored.cards)


def test_all_bought_once() -> None:
    scored = score(simulate_orders(80, 5).drop_duplicates("account_id"))
    assert set(scored.rows["relation"]) == {"once"}
    assert scored.model["n_repeat_buyers"] == 0
    assert set(scored.rows["lifetime_model"]) == {"rule"}


def test_one_account_with_one_order() -> None:
    scored = score(orders_of(("K1", "2026-09-01", 100.0), margin=None))
    row = scored.rows.iloc[0]
    assert (row["relation"], row["lifetime_model"]) == ("once", "rule")
    assert keys(scored, "answer")[0] == "answer_revenue"
    assert keys(scored, "trust") == ["untried"]


def test_only_credits_have_no_value_and_large_returns_none_below_zero() -> None:
    orders = pd.concat(
        [
            simulate_orders(80, 6),
            orders_of(("Z1", "2026-05-01", -70.0), ("Z2", "2025-11-01", 100.0), ("Z2", "2026-01-01", -500.0)),
        ]
    )
    rows = score(orders).rows.set_index("account_id")
    assert rows.loc["Z1", ["relation", "lifetime_value"]].isna().all()
    assert rows.loc["Z2", "expected_revenue_12m"] == 0


def test_negative_margins_give_negative_values() -> None:
    orders = simulate_orders(80, 8)
    scored = score(orders.assign(margin=-0.2 * orders["revenue"]))
    assert (scored.rows["lifetime_value"] <= 0).all()
    assert "negative" in keys(scored, "answer")


def test_incomplete_last_quarter_feeds_no_test() -> None:
    orders = simulate_orders(40, 9)
    whole, partial = score(orders, n_quarters=7), score(orders, n_quarters=7, is_complete=False)
    assert whole.model["origins"] == ["2025-06-30", "2025-09-30"]
    assert partial.model["origins"] == ["2025-03-31", "2025-06-30"]
    assert partial.rows["lifetime_value"].notna().all()


def test_contracts_with_and_without_end() -> None:
    contracts = pd.DataFrame(
        {
            "contract_id": ["V1", "V2"],
            "account_id": ["K0001", "K0002"],
            "start_date": pd.to_datetime(["2026-01-01", "2024-01-01"]).astype("datetime64[us]"),
            "end_date": pd.to_datetime(["2027-03-31", None]).astype("datetime64[us]"),
            "annual_value": [1e6, 2e6],
        }
    )
    scored = score(simulate_orders(80, 10), contracts)
    rows = scored.rows.set_index("account_id").loc[["K0001", "K0002"]]
    assert rows["lifetime_model"].tolist() == ["contract"] * 2
    assert rows.at["K0001", "expected_revenue_12m"] == pytest.approx(1e6 * 6 / 12)  # to its end, renewal not known
    assert 1e6 < rows.at["K0002", "expected_revenue_12m"] < 2e6
    assert "renewal_never" in keys(scored, "models")
    mine = scored.reasons.query("account_id == 'K0001' and reason_rank == 1").iloc[0]
    assert (mine["reason"], mine["name"]) == ("lifetime.reason_contract", "2027-03-31")


def test_renewed_contracts_count_beyond_their_end() -> None:
    starts = pd.date_range("2022-01-01", periods=5, freq="YS")
    rows = [
        (f"V{i}{s.year}", f"K{i:04d}", s, s + pd.Timedelta(days=364), 1e6)
        for i in range(60)
        for s in starts
        if not (i % 10 == s.year % 10 and s.year > 2022) and not (i % 10 < s.year % 10 and i % 10 > 2)
    ]
    columns = ["contract_id", "account_id", "start_date", "end_date", "annual_value"]
    contracts = pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[2:4], "datetime64[us]"))
    scored = score(simulate_orders(80, 11), contracts)
    renewal = scored.model["renewal"]
    assert renewal["n_renewed"] > 50
    mine = scored.rows[scored.rows["relation"] == "contract"]
    assert (mine["expected_revenue_12m"] > 0.5e6).all()
    assert (mine["expected_revenue_12m"] < 1e6).all()


def test_one_order_a_quarter_is_foreseen_by_opportunities() -> None:
    rng = np.random.default_rng(12)
    ends = pd.date_range(end=AS_OF, periods=14, freq="QE")
    rows = []
    for i in range(80):
        p, theta = rng.beta(4, 3), rng.beta(1, 12)
        rows.append((f"K{i:04d}", str((ends[0] - pd.Timedelta(days=20)).date()), 100.0))
        for end in ends[1:]:
            if rng.random() < theta:
                break
            if rng.random() < p:
                rows.append((f"K{i:04d}", str((end - pd.Timedelta(days=20)).date()), 100.0))
    scored = score(orders_of(*rows), n_quarters=12)
    assert scored.model["purchases"]["model"] == "bg_bb"
    assert "family_bg_bb" in keys(scored, "models")


def test_short_history_has_limits_by_simulation_and_says_that_nothing_was_tried() -> None:
    scored = score(simulate_orders(120, 13), n_quarters=1)
    assert keys(scored, "trust") == ["untried"]
    assert scored.model["way"] == "last_12m"
    rows = scored.rows
    assert (rows["expected_low"] < rows["expected_high"])[rows["expected_revenue_12m"] > 0].all()
    assert scored.cards["n"].max() == 0
    json.dumps(scored.model)  # plain data
