"""The flag of the accounts in later tables."""

import pandas as pd

from segkit.features.contactable import NOT_CARRIED, add_contactable
from segkit.tables import TABLES

ACCOUNTS = pd.DataFrame({"account_id": ["K1", "K2"], "is_contactable": [True, False]})


def test_each_account_has_its_flag_and_one_that_is_gone_has_none():
    frame = pd.DataFrame({"account_id": ["K2", "K1", "gone", "K2"], "revenue_12m": [1.0, 2.0, 3.0, 4.0]})
    carried = add_contactable(frame, ACCOUNTS)["is_contactable"]
    assert carried.tolist() == [False, True, pd.NA, False]
    assert str(carried.dtype) == "boolean"


def test_a_merged_account_has_the_flag_of_the_one_that_holds_its_invoices():
    frame = pd.DataFrame({"account_id": ["old", "K1"], "merged_into": ["K2", None]})
    assert add_contactable(frame, ACCOUNTS)["is_contactable"].tolist() == [False, True]


def test_a_table_that_is_no_list_of_accounts_stays_as_it_is():
    sizes = pd.DataFrame({"segment_id": ["S1"]})
    assert add_contactable(sizes, ACCOUNTS, "segment_sizes") is sizes
    assert "is_contactable" in add_contactable(pd.DataFrame({"account_id": ["K1"]}), ACCOUNTS, "segments")


def test_every_later_table_of_accounts_has_the_flag_or_says_why_not():
    later = {name for name, table in TABLES.items() if table.kind == "result" and "account_id" in table.columns}
    without = {name for name in later if "is_contactable" not in TABLES[name].columns}
    assert without == set(NOT_CARRIED)
