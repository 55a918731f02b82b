"""Jobs, pains, gains and picks are planted by class, and end customers of dealers are asked as well."""

from __future__ import annotations

import pandas as pd
import pytest

from segkit.demo import crm, service
from segkit.demo.dealers import dealer_relations, true_indirect
from segkit.demo.groups import hierarchy
from segkit.demo.needs_catalogue import CLASSES, JOBS_TO_DO, PAINS, PICKED
from segkit.demo.sample import simulate


@pytest.fixture(scope="module")
def asked():
    sample = simulate(6)
    people = crm.contacts(sample)
    return sample, service.surveys(sample, people).merge(people[["contact_id", "need_class"]], on="contact_id")


def test_answers_follow_the_class(asked):
    answers = asked[1].groupby(["question", "need_class"])["answer"].agg(["mean", "size"])
    for items, within in ((JOBS_TO_DO, 0.35), (PAINS, 0.15)):
        for question, planted in items.items():
            found = answers["mean"].loc[question].reindex(CLASSES)
            assert found.to_numpy() == pytest.approx(planted, abs=within), question
    n_asked = answers["size"].loc["Pain: Stillstand"].reindex(CLASSES)
    for question, planted in PICKED.items():
        assert (answers["mean"].loc[question] == 1).all()
        share = answers["size"].loc[question].reindex(CLASSES) / n_asked
        assert share.to_numpy() == pytest.approx(planted, abs=0.15), question


def test_answers_that_were_there_before_stay_first_and_as_they_were(asked):
    answers = asked[1]
    needs = answers[answers["question"].str.startswith("Bedarf") & (answers["survey_date"] < "2026-05-05")]
    sheets = answers[answers["question"].str.startswith("Pain") & (answers["survey_date"] < "2026-05-05")]
    assert set(sheets["survey_id"]) < set(needs["survey_id"])  # one sheet; a few stopped after the needs
    assert answers.drop_duplicates("survey_id").groupby("contact_id").size().max() <= 12


def test_end_customers_stand_behind_dealers_and_in_no_group(asked):
    sample, answers = asked
    rows, tied = dealer_relations(sample), hierarchy(sample)
    accounts = sample.accounts.set_index("account_id")
    assert (accounts.loc[rows["parent_id"], "industry_code"] == "46.69").all()
    assert not set(rows["account_id"]) & {*tied["account_id"], *tied["parent_id"]}
    assert (rows["valid_from"] >= accounts.loc[rows["account_id"], "created_date"].to_numpy()).all()
    truth = true_indirect(sample).set_index("account_id")["is_direct"]
    assert truth.sum() >= 5 and (~truth).sum() >= 25
    bought = set(sample.lines["account_id"])
    assert not set(truth.index[~truth]) & bought
    reached = answers[answers["account_id"].isin(truth.index[~truth]) & answers["question"].str.startswith("Bedarf")]
    assert reached["contact_id"].nunique() >= 20


def test_a_company_without_dealers_has_no_such_relations():
    few = simulate(1, n_accounts=12)
    assert len(dealer_relations(few)) == 0 or few.accounts["industry_code"].eq("46.69").any()
    assert isinstance(service.surveys(few, crm.contacts(few)), pd.DataFrame)
