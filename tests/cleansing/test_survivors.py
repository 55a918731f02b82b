"""The id of an account stays: by the previous run first, then by money, age and the smallest number."""

import pandas as pd

from segkit.cleansing.survivors import choose_ids, claims_of


def records(**money):
    return pd.DataFrame({"record_id": list(money), "money": list(money.values()), "created_date": pd.NaT})


def chosen(frame, groups, claims=()):
    claims = pd.DataFrame(claims, columns=["record_id", "account_id"], dtype="str")
    return choose_ids(frame, pd.Series(groups), claims).to_dict()


TWO = {"A": "A", "B": "A", "C": "C"}


def test_without_a_previous_run_the_record_with_most_money_gives_its_id():
    assert chosen(records(A=1, B=5, C=9), TWO) == {"A": "B", "B": "B", "C": "C"}


def test_of_equal_money_the_oldest_record_then_the_smallest_id():
    frame = records(A=0, B=0, C=0).assign(created_date=pd.to_datetime(["2020-05-01", "2019-01-01", "2018-01-01"]))
    assert chosen(frame, TWO)["A"] == "B"
    assert chosen(frame.assign(created_date=pd.NaT), TWO)["B"] == "A"


def test_the_id_of_the_previous_run_stays_although_another_record_has_more_money_now():
    assert chosen(records(A=1, B=500, C=0), TWO, [("A", "A"), ("B", "A"), ("C", "C")])["B"] == "A"


def test_of_two_old_accounts_that_merge_the_one_with_more_money_keeps_its_id():
    assert chosen(records(A=1, B=5, C=0), TWO, [("A", "A"), ("B", "B"), ("C", "C")])["A"] == "B"


def test_an_old_account_keeps_its_id_beside_a_new_record_with_more_money():
    assert chosen(records(A=1, B=5, C=0), TWO, [("A", "A")])["B"] == "A"


def test_the_id_stays_when_its_own_record_is_no_longer_delivered():
    assert chosen(records(B=1, C=0), {"B": "B", "C": "C"}, [("B", "A"), ("C", "C")]) == {"B": "A", "C": "C"}


def test_after_a_split_each_record_has_its_own_id_again():
    alone = {"A": "A", "B": "B"}
    assert chosen(records(A=1, B=50), alone, [("A", "A"), ("B", "A")]) == {"A": "A", "B": "B"}


def test_an_id_without_its_record_is_given_once_to_the_part_with_more_money():
    alone = {"B": "B", "C": "C"}
    assert chosen(records(B=1, C=2), alone, [("B", "A"), ("C", "A")]) == {"B": "B", "C": "A"}


def test_a_known_key_of_the_previous_run_claims_nothing():
    now = pd.DataFrame({"source": ["crm", "sap"], "source_id": ["881", "12"], "account_id": ["881", "12"]})
    before = now.assign(account_id="12", how=["key", "own"], probability=1.0)
    assert claims_of(now, before).to_numpy().tolist() == [["12", "12"]]
    assert claims_of(now, None).empty
