"""Whom another account took in: told by records, and where there are none by invoices."""

import pandas as pd

from segkit.monitoring.merges import find_merged


def links(**accounts):
    frame = pd.DataFrame({"source_id": list(accounts), "unit_id": list(accounts.values())})
    return frame.assign(source="erp")


INVOICES = pd.DataFrame({"account_id": ["B", "C", "C"], "invoice_id": ["R1", "R2", "R3"]})
OWNERS = pd.DataFrame({"invoice_id": ["R1", "R2", "R3"], "account_id": ["X", "X", "X"]})


def merged(invoices, owners, *moments):
    return find_merged(invoices, owners, *moments).to_numpy().tolist()


def test_records_go_before_invoices():
    then, now = links(A="A", B="B", C="C"), links(A="A", B="A")
    assert merged(INVOICES, OWNERS, then, now) == [["B", "A"], ["C", "X"]]


def test_a_record_tells_where_an_account_without_invoice_numbers_is():
    assert merged(INVOICES[:0], OWNERS[:0], links(A="A", B="B"), links(A="A", B="A")) == [["B", "A"]]


def test_an_account_that_is_still_there_was_not_merged_although_a_record_left_it():
    assert merged(INVOICES[:0], OWNERS[:0], links(A="A", B="A"), links(A="A", B="B")) == []


def test_most_records_decide_and_of_equally_many_the_smallest_id():
    then = links(P="V", Q="V", R="V")
    assert merged(INVOICES[:0], OWNERS[:0], then, links(P="K", Q="K", R="A")) == [["V", "K"]]
    assert merged(INVOICES[:0], OWNERS[:0], then, links(P="K", R="A")) == [["V", "A"]]


def test_without_links_the_invoices_tell():
    assert merged(INVOICES, OWNERS) == [["B", "X"], ["C", "X"]]
