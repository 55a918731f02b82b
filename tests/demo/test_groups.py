"""The sample company's customer hierarchy, and who may not be contacted."""

import pandas as pd
import pytest

from segkit.demo.blocks import block_accounts, block_persons
from segkit.demo.groups import HOLDING, UNKNOWN_HEADS, hierarchy, true_groups
from segkit.demo.sample import simulate


@pytest.fixture(scope="module")
def sample():
    return simulate()


@pytest.fixture(scope="module")
def links(sample):
    return hierarchy(sample)


def test_children_are_companies_and_some_parents_are_not(sample, links):
    known = set(sample.accounts["account_id"])
    assert set(links["account_id"]) <= known | {HOLDING}
    assert {HOLDING} < set(links["parent_id"]) - known <= {HOLDING, *UNKNOWN_HEADS}
    never = set(sample.accounts.loc[sample.accounts["start"] == 99, "account_id"])
    assert set(links["parent_id"]) & never


def test_one_company_changed_its_group(links):
    twice = links[links["account_id"].duplicated(keep=False)]
    assert twice["account_id"].nunique() == 1
    old, new = twice.sort_values("valid_from").itertuples()
    assert new.valid_from - old.valid_to == pd.Timedelta(days=1)
    assert old.parent_id != new.parent_id


def test_two_companies_name_each_other(links):
    pairs = set(zip(links["account_id"], links["parent_id"], strict=True))
    assert len([pair for pair in pairs if pair[::-1] in pairs]) == 2


def test_true_groups_go_to_the_top(sample, links):
    group = true_groups(sample).set_index("account_id")["group_id"]
    assert len(group) == len(sample.accounts)
    sizes = group.value_counts()
    assert 25 <= (sizes > 1).sum() <= 40
    assert sizes.max() <= 15
    joined = links.loc[links["parent_id"] == HOLDING, "account_id"].item()
    assert group[joined] == links.loc[links["account_id"] == HOLDING, "parent_id"].item()
    left = links[links["valid_to"].notna()]["account_id"].iloc[-1]
    assert group[left] in {left, *links["parent_id"]}
    between = set(links["account_id"]) & set(links["parent_id"])
    assert len(between) > 5  # levels between
    assert not set(group[group != group.index]) & (set(links["account_id"]) - set(group[group == group.index].index))


def test_a_handful_of_companies_has_one_link():
    assert len(hierarchy(simulate(n_accounts=12))) == 1


def test_flags_are_their_own_draws():
    master = pd.DataFrame({"account_group": ["Inland"] * 2000 + ["CPD"]})
    blocked = block_accounts(master, 1)["do_not_contact"]
    assert blocked.iloc[-1] == ""
    assert 15 <= (blocked == "Ja").sum() <= 50
    people = pd.DataFrame({"account_id": [str(i // 3) for i in range(3000)]})
    flags = block_persons(people, 1)["do_not_contact"]
    assert 60 <= flags.sum() <= 190
    assert flags.groupby(people["account_id"]).all().sum() >= 3
