"""The golden record: which record's value stays, and where it is from."""

import pytest

SAP, CRM = "raw/sap/kna1.csv", "raw/hubspot/companies.csv"
MONEY = "raw/sap/vbrk.csv"


@pytest.fixture
def golden(put, line, clean, rows):
    """Clean two records of one account, linked by a key: the leading one of SAP, and HubSpot's; return its row."""

    def cleaned(leading, other, column="*", more=()):
        put("invoices", [line("1", source=MONEY)])
        put("accounts", [{"account_id": "1", "name": "Huber AG", "source": SAP, **leading},
                         {"account_id": "h", "external_id": "1", "source": CRM, **other}, *more])  # fmt: skip
        clean()
        return rows(f"SELECT {column} FROM accounts WHERE account_id = '1'")[0]

    return cleaned


def lineage(rows, column):
    return rows(
        f"""SELECT value, source_id, rule, known_date::VARCHAR, n_values, others FROM account_lineage
            WHERE account_id = '1' AND "column" = '{column}'"""
    )


def test_the_head_count_known_last_stays_with_its_day_and_the_change_is_logged(golden, rows):
    then = {"employees": 50, "employees_date": "2019-01-01"}
    assert golden(then, {"employees": 80, "employees_date": "2025-06-30"}, "employees, employees_date::VARCHAR") == (
        80,
        "2025-06-30",
    )
    assert lineage(rows, "employees") == [("80", "h", "newest", "2025-06-30", 2, "50")]
    logged = rows(
        "SELECT source, \"column\", old_value, new_value FROM cleaning_log WHERE rule = 'value_newest' ORDER BY 2"
    )
    assert logged == [(SAP, "employees", "50", "80"), (SAP, "employees_date", "2019-01-01", "2025-06-30")]


def test_a_value_whose_day_is_known_goes_before_one_without_and_future_days_are_no_knowledge(golden):
    later = {"employees": 80, "employees_date": "2031-01-01", "delivery": "2026-10-02"}
    known = {"employees": 50, "employees_date": "2019-01-01", "delivery": "2026-10-02"}
    assert golden(known, later, "employees") == (50,)


def test_a_head_count_and_its_day_never_come_from_two_records(golden):
    both = golden({"employees": 50}, {"employees_date": "2025-06-30"}, "employees, employees_date")
    assert both == (50, None)


def test_a_valid_number_goes_before_an_invalid_one(golden, rows):
    assert golden({"vat_id": "DE136695977"}, {"vat_id": "DE136695976"}, "vat_id") == ("DE136695976",)
    assert lineage(rows, "vat_id")[0][2:] == ("valid_first", None, 2, "DE136695977")


def test_the_name_that_most_records_have_stays(golden):
    third = {"account_id": "h2", "external_id": "1", "name": "Huber Bau AG", "source": CRM}
    assert golden({"name": "HUBER BAU ULM"}, {"name": "Huber Bau AG"}, "name", [third]) == ("Huber Bau AG",)


def test_of_two_names_the_leading_one_stays(golden):
    assert golden({}, {"name": "Huber Aktiengesellschaft"}, "name") == ("Huber AG",)


def test_an_address_is_completed_from_one_record_that_agrees(golden):
    leading = {"city": "Ulm", "street": "Hauptstr. 5"}
    other = {"city": "ULM", "street": "Hauptstraße 5", "postal_code": "89073", "region": "Bayern"}
    assert golden(leading, other, "street, postal_code, city, region") == ("Hauptstr. 5", "89073", "Ulm", "Bayern")


def test_half_an_address_of_each_is_none_that_anybody_has(golden):
    assert golden({"city": "Ulm"}, {"street": "Tor 1", "postal_code": "10115"}, "street, postal_code, city") == (
        None,
        None,
        "Ulm",
    )


def test_two_records_never_complete_an_address_together(golden):
    """The second agrees in the city and knows the street, the third agrees and knows another street's postal code."""
    third = {"account_id": "h2", "external_id": "1", "city": "Ulm", "postal_code": "89079", "source": CRM}
    found = golden({"city": "Ulm"}, {"city": "Ulm", "street": "Tor 1"}, "street, postal_code", [third])
    assert found == ("Tor 1", None)


def test_code_and_words_of_the_industry_do_not_contradict(golden, rows):
    assert golden({"industry": "Handel"}, {"industry_code": "28.22", "industry": "Maschinenbau"},
                  "industry_code, industry") == (None, "Handel")  # fmt: skip
    assert lineage(rows, "industry") == [("Handel", "1", "newest", None, 2, "Maschinenbau")]


def test_a_refusal_in_any_record_holds(golden, rows):
    flags = golden({"consent": True, "do_not_contact": False}, {"consent": False, "do_not_contact": True},
                   "consent, do_not_contact")  # fmt: skip
    assert flags == (False, True)
    assert lineage(rows, "consent") == [("false", "h", "strictest", None, 2, "true")]


def test_one_active_record_of_the_leading_system_makes_an_active_account(golden):
    assert golden({"is_inactive": True}, {"is_inactive": False}, "is_inactive") == (True,)


def test_the_first_entry_counts(golden):
    created = golden({"created_date": "2020-01-01"}, {"created_date": "2015-03-04"}, "created_date::VARCHAR")
    assert created == ("2015-03-04",)


def test_the_only_value_of_all_records_is_filled_and_counted(golden, rows):
    assert golden({}, {"phone": "0731 1"}, "phone")[0] is not None
    assert lineage(rows, "phone")[0][1:3] == ("h", "filled")
    filled = rows("SELECT source, \"column\", n_rows FROM cleaning_log WHERE rule = 'filled_from_link' ORDER BY 2")
    assert (CRM, "phone", 1) in filled


def test_where_records_agree_there_is_nothing_to_tell(golden, rows):
    golden({"city": "Ulm"}, {"city": "Ulm", "name": "Huber AG"})
    assert rows('SELECT "column" FROM account_lineage ORDER BY 1') == [("external_id",)]
