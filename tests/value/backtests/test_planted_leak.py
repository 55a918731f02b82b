"""A predictor that knows the future is caught where it is used, and dropped: the churn model with a planted leak."""

import pandas as pd
import pytest
from value.odd_company import AS_OF, SETTINGS, build_company, make_panel

from segkit.value.backtests.origins import known_on
from segkit.value.churn import cases, predictors, score

PLANTED = "tickets_90d"
PERIOD = pd.DataFrame({"as_of": [pd.Timestamp(AS_OF)], "is_complete": [True]})


def leaking(tables, day, horizon_days):
    """Facts of the day, but tickets come from the orders of the two quarters after it."""
    facts = predictors.build_facts(tables, day, horizon_days)
    ahead = [
        known_on(tables["panel"], day + pd.offsets.QuarterEnd(n))["orders_q"].reindex(facts.index).fillna(0)
        for n in (1, 2)
    ]
    return facts.assign(**{PLANTED: (9.0 - sum(ahead)).clip(lower=0)})


@pytest.fixture(scope="module")
def company():
    tables = build_company(n=90, silent_every=2)
    return tables | {"panel": make_panel(tables["invoices"], AS_OF)[0]}


def churn(company):
    rows = company["panel"].groupby("account_id", as_index=False)["revenue_12m"].last()
    rows = rows.rename(columns={"revenue_12m": "expected_revenue_12m"})
    beside = (company[name] for name in ("contracts", "tickets", "engagements"))
    return score.score_churn(company["panel"], *beside, PERIOD, rows, SETTINGS, 1)


def area(scored):
    return scored.cards.query("metric == 'auc' and origin == 'all'")["value"].max()


def suspicious(scored):
    return [f["columns"] for f in scored.model["findings"]["trust"] if f["key"] == "cards.warn_suspicious"]


def test_a_planted_leak_is_dropped_named_and_changes_nothing(company, monkeypatch):
    honest = churn(company)
    for module in (cases, score):
        monkeypatch.setattr(module, "build_facts", leaking)
    guarded = churn(company)
    assert guarded.model["leaks"] == [PLANTED] and honest.model["leaks"] == []
    said = [f for f in guarded.model["findings"]["trust"] if f["key"] == "cards.warn_leak"]
    assert [finding["columns"] for finding in said] == [PLANTED]
    monkeypatch.setattr(score, "find_leaks", lambda *_: [])
    unguarded = churn(company)
    assert area(guarded) == pytest.approx(area(honest), abs=0.03)
    assert area(unguarded) > area(honest) + 0.05  # what the guard is for
    assert suspicious(honest) == [] and suspicious(unguarded) == [PLANTED]  # were it not there, the second would speak
