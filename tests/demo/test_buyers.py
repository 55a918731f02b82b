"""Sites and persons on the sample company's invoices."""

import pytest

from segkit.demo.crm import contacts
from segkit.demo.ledger import COLLECTIVE, write_ledger
from segkit.demo.sample import simulate
from segkit.demo.service import installed_base


@pytest.fixture(scope="module")
def sample():
    return simulate(seed=3, n_accounts=150)


@pytest.fixture(scope="module")
def ledger(sample):
    return write_ledger(sample)


def test_a_share_of_the_lines_names_site_and_person(ledger):
    assert 0.5 < ledger["contact_id"].notna().mean() < 0.65
    assert 0.3 < ledger["ship_to_id"].notna().mean() < 0.75


def test_one_document_has_one_site_and_one_person(ledger):
    for column in ("ship_to_id", "contact_id"):
        known = ledger.groupby("invoice_id")[column].agg(["count", "size", "nunique"])
        assert known["nunique"].max() == 1
        assert known["count"].isin([0]).eq(known["nunique"] == 0).all()
        assert (known.loc[known["nunique"] == 1, "count"] == known.loc[known["nunique"] == 1, "size"]).all()


def test_they_belong_to_the_company_that_bought(sample, ledger):
    twin = sample.duplicates.set_index("duplicate_id")["account_id"]
    buyer = ledger["account_id"].map(lambda number: twin.get(number, number))
    for column, owners, key in (("ship_to_id", installed_base(sample), "site_id"),
                                ("contact_id", contacts(sample), "contact_id")):  # fmt: skip
        owner = owners.drop_duplicates(key).set_index(key)["account_id"]
        named = ledger[column].notna()
        assert named.sum() > 1000
        assert (ledger.loc[named, column].map(owner) == buyer[named]).all()


def test_credit_notes_name_what_their_order_names(sample):
    from segkit.demo.buyers import add_buyers

    lines = add_buyers(sample.lines, sample)
    back = lines[lines["kind"] == "return"]
    order = lines[lines["kind"] == "sale"].drop_duplicates("invoice").set_index("invoice")
    assert len(back) > 50
    for column in ("ship_to_id", "contact_id"):
        assert back[column].fillna("").tolist() == order.loc[back["invoice"] - 10_000_000, column].fillna("").tolist()


def test_collective_accounts_and_the_counter_name_nobody(ledger):
    nobody = ledger["account_id"].isna() | ledger["account_id"].isin(list(COLLECTIVE))
    assert nobody.sum() == 2000
    assert ledger.loc[nobody, ["ship_to_id", "contact_id"]].isna().all().all()
