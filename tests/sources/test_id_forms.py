"""Ids of one system written in two ways become the same."""

import pyarrow as pa
import pytest

from segkit.sources.id_forms import FORMS, first_id, guid, salesforce_id, written_alike, zoho_id


def test_a_salesforce_id_of_15_characters_becomes_the_18_of_the_api():
    assert salesforce_id("001D000000IRFma") == "001D000000IRFmaIAH"
    assert salesforce_id("001D000000IRFmaIAH") == "001D000000IRFmaIAH"
    assert salesforce_id("001000000000000") == "001000000000000AAA"


def test_ids_that_differ_in_capitals_only_stay_two():
    assert salesforce_id("001D000000IRFma").casefold() != salesforce_id("001D000000IRFmA").casefold()


@pytest.mark.parametrize("text", ["", "0010", "001D000000IRFm-", "001D000000IRFmaIA", "Müller und Söhne"])
def test_what_is_no_salesforce_id_stays(text: str):
    assert salesforce_id(text) == text


def test_a_guid_loses_capitals_and_braces():
    assert guid("{5F0C0E3A-89AB-4CDE-8F01-23456789ABCD}") == "5f0c0e3a-89ab-4cde-8f01-23456789abcd"
    assert guid("Muster GmbH") == "Muster GmbH"


def test_a_zoho_id_loses_its_prefix():
    assert zoho_id("zcrm_4876876000000111") == zoho_id("4876876000000111") == "4876876000000111"
    assert zoho_id("zcrm_x") == "zcrm_x"


def test_of_several_ids_the_first_counts():
    assert first_id("9002; 9999") == "9002"


def test_columns_keep_their_gaps():
    assert written_alike(pa.array(["9002;1", None]), "first").to_pylist() == ["9002", None]
    assert set(FORMS) == {"salesforce", "guid", "zoho", "first"}


def test_project_yml_can_name_such_ids_too(read):
    content = "Konto,Datum,Betrag\n001D000000IRFma,2026-02-13,10\n001D000000IRFmaIAH,2026-02-14,20\n"
    columns = {"account_id": "Konto", "invoice_date": "Datum", "revenue": "Betrag"}
    entry = {"files": "u.csv", "columns": columns, "ids": {"Konto": "salesforce"}}
    assert read({"u.csv": content}, {"invoices": entry}).values("account_id") == ["001D000000IRFmaIAH"] * 2
