"""What becomes of each column: every rule names something that exists, and text without a rule stays at home."""

from segkit.governance import copy_rules
from segkit.governance.copy_rules import KINDS, Treatment, is_line_table, left_out, treatments
from segkit.tables import TABLES

NEVER = {
    *("first_name", "last_name", "email", "phone", "street", "city", "website", "vat_id", "register_id", "lei"),
    *("external_id", "comment", "company", "job_title", "raw", "old_value", "new_value", "author", "released_by"),
    *("product_name", "campaign_name", "written", "row_number", "source_id", "evidence", "name_a", "name_b", "claims"),
}


def test_every_column_has_a_known_treatment():
    for table in TABLES:
        for column, treatment in treatments(table).items():
            assert treatment.kind in KINDS, f"{table}.{column}"
            assert bool(treatment.argument) == (treatment.kind in ("pseudonym", "prefix", "size", "of")), (
                f"{table}.{column}"
            )


def test_rules_name_tables_and_columns_that_exist():
    rules, columns = copy_rules._rules(), {name for table in TABLES.values() for name in table.columns}
    assert set(rules["left_out"]) | set(rules["exact"]) | set(rules["tables"]) <= set(TABLES)
    assert set(rules["columns"]) <= columns
    for table, entries in rules["tables"].items():
        assert set(entries) <= set(TABLES[table].columns), table


def test_what_names_a_person_or_company_never_goes_along():
    for table in set(TABLES) - set(left_out()):
        going = {name for name, treatment in treatments(table).items() if treatment.kind != "drop"}
        assert not going & NEVER, table


def test_all_columns_with_ids_are_pseudonyms_or_say_nothing_of_a_customer():
    harmless = {"keep", "code", "category", "prefix", "drop"}
    for table in set(TABLES) - set(left_out()):
        for name, column in TABLES[table].columns.items():
            if column.type == "id" and (
                name.startswith(("account_id", "contact_id")) or name in ("unit_id", "parent_id")
            ):
                assert treatments(table)[name].kind == "pseudonym", f"{table}.{name}"
            elif column.type == "id":
                assert treatments(table)[name].kind in harmless | {"pseudonym"}, f"{table}.{name}"


def test_text_without_a_rule_is_left_out_and_sums_are_exact():
    assert treatments("surveys")["comment"] == Treatment("drop")
    assert treatments("account_value")["revenue_12m"] == Treatment("rounded")
    assert treatments("segment_sizes")["revenue_12m"] == Treatment("keep")
    assert treatments("accounts")["created_date"] == Treatment("month")
    assert treatments("accounts")["do_not_contact"] == Treatment("keep")
    assert str(treatments("accounts")["postal_code"]) == "prefix 2"


def test_single_acts_go_along_only_when_asked_for():
    assert {name for name in TABLES if is_line_table(name)} >= {
        "invoices",
        "orders",
        "surveys",
        "tickets",
        "engagements",
    }
    assert not is_line_table("accounts")
