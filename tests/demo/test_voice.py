"""Complaints, satisfaction after tickets, ratings of leads and prices are planted with truth beside them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segkit.demo import crm, service
from segkit.demo.lead_ratings import rate_leads
from segkit.demo.oracle import area_under_curve
from segkit.demo.parameters import LAST_DAY, QUARTERS, quarter_of
from segkit.demo.sample import simulate
from segkit.demo.truth import price_levels
from segkit.demo.voice import COMPLAINT, REASON_CHANCES, REASONS, satisfaction, true_satisfaction


@pytest.fixture(scope="module")
def sample():
    return simulate(5)


def test_complaints_have_reasons_and_nothing_else_has(sample):
    tickets = service.tickets(sample)
    assert (tickets["complaint_reason"].notna() == (tickets["category"] == COMPLAINT)).all()
    level = true_satisfaction(sample, tickets)["level"]
    of_small = tickets.loc[(level == "C") & tickets["complaint_reason"].notna(), "complaint_reason"].value_counts(
        normalize=True
    )
    assert of_small["Lieferverzug"] == pytest.approx(REASON_CHANCES[2][REASONS.index("Lieferverzug")], abs=0.15)


def test_answers_after_tickets_are_as_expected(sample):
    tickets = service.tickets(sample)
    answers = satisfaction(sample, crm.contacts(sample), tickets)
    truth = true_satisfaction(sample, tickets).set_index("ticket_id")["expected"]
    expected = truth.loc["T" + answers["survey_id"].str[1:]].to_numpy()
    assert 400 < len(answers) < 1200
    assert answers["answer"].isin([1, 2, 3, 4, 5]).all()
    assert answers["answer"].mean() == pytest.approx(expected.mean(), abs=3 * 0.85 / np.sqrt(len(answers)))
    assert np.corrcoef(answers["answer"], expected)[0, 1] > 0.3
    assert answers["survey_date"].max() <= pd.Timestamp(LAST_DAY)
    people = crm.contacts(sample).set_index("contact_id")["account_id"]
    assert (people.loc[answers["contact_id"]].to_numpy() == answers["account_id"]).all()


def test_sales_rates_leads_better_than_chance_and_worse_than_the_truth():
    rng = np.random.default_rng(3)
    chance = pd.Series(1 / (1 + np.exp(-rng.normal(-1, 1, 6000))))
    rating = rate_leads(chance, pd.Series(pd.Timestamp("2025-01-01"), chance.index), seed=3)
    known = pd.notna(rating)
    converts = rng.random(len(chance)) < chance
    order = pd.Series(rating).map({"A": 3.0, "B": 2.0, "C": 1.0}).to_numpy()
    sales, best = (area_under_curve(score[known], converts.to_numpy()[known]) for score in (order, chance.to_numpy()))
    assert 0.55 < sales < best - 0.05
    assert rate_leads(chance[:3], pd.Series(pd.Timestamp(LAST_DAY), range(3)), seed=3).tolist() == [None] * 3
    assert len(rate_leads(chance[:0], pd.Series([], dtype="datetime64[ns]"), seed=3)) == 0


def test_prices_on_invoices_follow_the_list_that_is_told(sample):
    told = price_levels(sample).set_index(["product_group", "quarter"])["price_index"]
    lines = sample.lines[sample.lines["kind"] == "sale"]
    product = sample.products.iloc[lines["product"]]
    ratio = lines["unit_price"].to_numpy() / product["list_price"].to_numpy()
    quarter = np.array(QUARTERS)[quarter_of(lines["invoice_date"])]
    dear = product["list_price"].to_numpy() > 10  # cents round cheap ones
    found = pd.Series(ratio[dear]).groupby([product["product_group"].to_numpy()[dear], quarter[dear]]).median()
    assert found.to_numpy() == pytest.approx(told.reindex(found.index).to_numpy(), abs=1e-3)
