"""Churn as a whole: planted truth, a planted leak, and odd data."""

import json

import numpy as np
import pandas as pd
import pytest

from segkit.settings.value import Value
from segkit.texts import say
from segkit.value.backtests.origins import find_origins
from segkit.value.churn import cases, score
from segkit.value.churn.lists import select_at_risk, select_renewals, select_risk_points
from segkit.value.churn.predictors import build_facts
from tests.planted.churners import area, simulate_company, truth_at

DAY = pd.Timestamp("2026-09-30")
ENDS = pd.date_range("2023-12-31", DAY, freq="QE")
QUICK = Value.model_validate({"backtest": {"draws": 100}})
NO_LIFETIME = pd.DataFrame({"account_id": pd.Series(dtype="str"), "expected_revenue_12m": pd.Series(dtype="float64")})


def period(is_complete=True, day=DAY):
    return pd.DataFrame({"as_of": [day], "is_complete": [is_complete]})


def scored_of(panel, events, **options):
    tables = {**events, **options.pop("tables", {})}
    return score.score_churn(
        panel, tables["contracts"], tables["tickets"], tables["engagements"], options.pop("period", period()),
        options.pop("lifetime", NO_LIFETIME), QUICK, 1,
    )  # fmt: skip


def keys(scored, section):
    return [finding["key"] for finding in scored.model["findings"][section]]


@pytest.fixture(scope="module")
def company():
    return simulate_company(0)


@pytest.fixture(scope="module")
def planted(company):
    return scored_of(company.tables["panel"], company.tables, period=company.period)


def test_planted_churners_are_ranked_nearly_as_well_as_an_oracle_could(company):
    """A tenth of benchmarks/churn.py: one company; the mean of ten is .91."""
    tables = company.tables
    every = find_origins(tables["panel"], True, 2, 0, 270)
    past = cases.replay(cases.build_cases(tables, every, 183), every[-4:], every, 183)
    truth = pd.concat([truth_at(company.sample, day).assign(origin=day) for day in past["origin"].unique()])
    both = past.merge(truth.rename_axis("account_id").reset_index(), on=["origin", "account_id"])
    assert area(both["prediction"], both["outcome"]) >= 0.9 * area(both["oracle"], both["outcome"])
    assert both["prediction"].mean() == pytest.approx(both["outcome"].mean(), abs=0.005)


def test_the_model_beats_both_rules_and_says_so(planted):
    deciding = planted.cards[planted.cards["is_deciding"]]
    assert sorted(deciding["baseline_name"]) == ["churn.rule_recency", "churn.rule_silence"]
    assert (planted.cards["used"] == "model").all()
    assert (planted.rows["churn_basis"].dropna() == "silence").all()
    assert planted.calibration["n"].sum() == deciding["n"].iloc[0]


def test_every_finding_and_reason_is_a_sentence_in_both_languages(planted):
    said = [dict(finding) for part in planted.model["findings"].values() for finding in part]
    assert {"churn.answer", "churn.gone", "churn.never_renewed", "churn.found"} <= {finding["key"] for finding in said}
    for language in ("de", "en"):
        assert all("{" not in say(language=language, **finding) for finding in said)
        for row in planted.reasons.drop_duplicates("reason").to_dict("records"):
            assert "–" not in say(row["reason"], language, value=row["value"], usual=row["usual"])
    assert json.loads(json.dumps(planted.model)) == planted.model


def test_lists_name_money_and_a_reason(company, planted):
    panel = company.tables["panel"]
    value = panel[panel["as_of"] == DAY].merge(planted.rows, on="account_id").assign(is_contactable=True)
    accounts = company.sample.accounts[["account_id", "name"]].assign(owner_id="V-1")
    listed = select_at_risk(value, accounts, planted.reasons, 10, "EUR")
    assert len(listed) == 10
    assert listed["revenue_at_risk"].is_monotonic_decreasing
    assert listed[["name", "owner_id", "reason_de", "reason_en"]].notna().all(axis=None)
    points = select_risk_points(value, accounts, 50)
    assert len(points) == 50
    assert 1 <= (points["label"] != "").sum() <= 8
    ends = select_renewals(value, accounts, DAY, 180)
    assert ends["renewal_date"].is_monotonic_increasing
    assert (ends["renewal_date"] <= DAY + pd.Timedelta(days=180)).all()


def test_a_planted_leak_is_caught_and_dropped(panel, no_events, monkeypatch):
    def leaking(tables, day, horizon_days):
        facts = build_facts(tables, day, horizon_days)
        rows = tables["panel"]
        later = rows[rows["as_of"] > day].groupby("account_id")["orders_q"].sum()
        return facts.assign(n_products=later.reindex(facts.index))

    monkeypatch.setattr(score, "build_facts", leaking)
    monkeypatch.setattr(cases, "build_facts", leaking)
    scored = scored_of(panel, no_events)
    assert scored.model["leaks"] == ["n_products"]
    assert keys(scored, "trust")[0] == "cards.warn_leak"
    assert "products_change" not in scored.model["fitted"]["names"]


def test_without_events_the_rhythm_alone_answers(panel, no_events):
    scored = scored_of(panel, no_events)
    assert keys(scored, "renewal") == ["churn.no_contracts"]
    rows = scored.rows.set_index("account_id")
    assert rows["renewal_date"].isna().all()
    assert rows["churn_probability"].notna().sum() > 60
    last = panel[panel["as_of"] == DAY].set_index("account_id")["days_since_last"]
    assert rows.loc[last[last > 183].index, "churn_probability"].isna().all()
    assert list(scored.rows.columns) == score.COLUMNS


def test_an_incomplete_quarter_is_no_outcome(make_panel, many_orders, no_events):
    day = pd.Timestamp("2026-07-20")
    early = make_panel(many_orders, ends=ENDS[:-1].append(pd.DatetimeIndex([day])))
    scored = scored_of(early, no_events, period=period(False, day))
    assert "churn.not_over" in keys(scored, "answer")
    assert max(scored.model["origins"]) <= "2025-12-31"


def test_too_few_lost_accounts_leave_the_rhythm(make_panel, many_orders, no_events):
    loyal = {account: days for account, days in many_orders.items() if days[-1] > pd.Timestamp("2026-07-15")}
    scored = scored_of(make_panel(loyal), no_events)
    assert keys(scored, "answer") == ["churn.no_chances"]
    assert scored.rows["churn_probability"].isna().all()
    assert scored.rows["usual_interval_days"].notna().all()
    assert (scored.cards["n"] == 0).all()


def test_nobody_left_and_no_past_are_told_apart(make_panel, panel, no_events):
    gone = make_panel({f"K{i}": ["2024-05-01", "2025-01-10"] for i in range(40)})
    assert keys(scored_of(gone, no_events), "answer") == ["churn.nobody"]
    assert keys(scored_of(panel[panel["as_of"] == DAY], no_events), "answer")[0] == "churn.no_past"


def test_some_lost_accounts_are_enough_for_the_rule(make_panel, many_orders, no_events):
    some = dict(list(many_orders.items())[1:30:2])  # fifteen that leave at some time
    stay = dict(list(many_orders.items())[:60:2])
    scored = scored_of(make_panel(some | stay), no_events)
    assert scored.rows["churn_basis"].dropna().unique().tolist() == ["rule"]
    assert len(scored.model["fitted"]["names"]) == 1


@pytest.mark.parametrize("orders", [{"K": ["2026-05-01"]}, {"K": ["2024-05-01"]}, {"K": ["2024-05-01"] * 3}])
def test_one_account(make_panel, no_events, orders):
    scored = scored_of(make_panel(orders), no_events)
    assert len(scored.rows) == 1
    assert scored.rows["churn_probability"].isna().all()


def test_refunds_larger_than_sales(panel, no_events):
    panel = panel.assign(**{name: -0.4 * panel[name] for name in ("revenue_q", "revenue_12m", "revenue_prev_12m")})
    only_credits = panel[panel["as_of"] == DAY].tail(1).assign(account_id="Z", last_sale_date=pd.NaT, n_sale_days=0)
    scored = scored_of(pd.concat([panel, only_credits]), no_events)
    assert scored.rows["churn_probability"].notna().any()
    assert (scored.rows["revenue_at_risk"].dropna() == 0).all()
    assert np.isnan(scored.rows.set_index("account_id").loc["Z", "churn_probability"])


def test_contracts_speak_where_silence_cannot(panel, make_panel, no_events):
    day = pd.to_datetime
    ended = pd.DataFrame(
        {"contract_id": [f"e{i}" for i in range(30)], "account_id": [f"K{i:03d}" for i in range(30)],
         "start_date": day("2024-01-01"), "end_date": day("2024-12-31"), "annual_value": 1.0}
    )  # fmt: skip
    again = ended.head(24).assign(
        contract_id=lambda f: "n" + f["contract_id"], start_date=day("2025-01-01"), end_date=pd.NaT
    )
    held = ended.head(2).assign(
        contract_id=["x", "y"], account_id=["L0", "L1"], start_date=day("2026-01-01"),
        end_date=[day("2026-12-31"), pd.NaT], annual_value=500.0,
    )  # fmt: skip
    contracts = pd.concat([ended, again, held], ignore_index=True)
    two = make_panel({"L0": ["2025-01-10"], "L1": ["2025-01-10"]})
    scored = scored_of(pd.concat([panel, two]), no_events, tables={"contracts": contracts})
    rows = scored.rows.set_index("account_id")
    assert rows.loc["L0", "churn_basis"] == "contract"
    assert rows.loc["L0", "churn_probability"] == pytest.approx(0.2)
    assert rows.loc["L0", "renewal_value"] == 500
    assert np.isnan(rows.loc["L1", "churn_probability"])  # no agreed end
    assert {"churn.renewals", "churn.open_ended", "churn.renewal_rate", "churn.held"} <= set(keys(scored, "renewal"))
