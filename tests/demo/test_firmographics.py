import pandas as pd
import pytest

from segkit.demo.firmographics import company_data, known_on
from segkit.demo.sample import simulate


@pytest.fixture(scope="module")
def sample():
    return simulate(n_accounts=300)


@pytest.fixture(scope="module")
def companies(sample):
    return company_data(sample)


def test_the_agency_knows_most_companies_and_some_that_are_no_accounts(sample, companies):
    assert companies["record_id"].is_unique
    known = companies["account_id"].dropna()
    assert known.is_unique
    assert set(known) < set(sample.accounts["account_id"])
    assert 0.75 < len(known) / 300 < 0.9
    assert companies["account_id"].isna().sum() == 140


def test_head_counts_are_near_the_truth_but_for_a_few(sample, companies):
    both = companies.dropna(subset="account_id").merge(sample.accounts, on="account_id", suffixes=("", "_true"))
    heads = pd.to_numeric(both["employees"])
    said = both[heads > 0]
    ratio = (heads / both["employees_true"])[heads > 0]
    assert len(said) > 200
    is_near = ratio.between(0.8, 1.25) | (said["employees_true"] < 10)
    assert 0.94 < is_near.mean() < 1
    assert (both["employees"] == "").mean() > 0.03


def test_names_are_spelt_in_several_ways(sample, companies):
    both = companies.dropna(subset="account_id").merge(sample.accounts, on="account_id", suffixes=("", "_true"))
    same = (both["name"] == both["name_true"]).mean()
    assert 0.4 < same < 0.8
    assert both["name"].str.contains("Gesellschaft mit beschränkter Haftung").any()
    assert (both["name"] == both["name_true"].str.upper()).any()


def test_a_delivery_knows_nothing_of_later_days_and_the_same_seed_gives_the_same_file(sample, companies):
    july = known_on(companies, "2026-07-02")
    assert 0 < len(july) < len(companies)
    assert july["known_date"].max() <= pd.Timestamp("2026-07-02")
    pd.testing.assert_frame_equal(company_data(sample), companies)
