import pytest
from pydantic import ValidationError

from segkit.settings.sources import INPUT_TABLES, Sources, alias_of
from segkit.tables import INPUTS


def refused(spec: dict) -> str:
    with pytest.raises(ValidationError) as error:
        Sources.model_validate(spec)
    return str(error.value)


def test_one_source_and_a_list_of_sources_are_the_same_kind_of_thing():
    sources = Sources.model_validate({"invoices": {"files": "a.csv"}, "accounts": [{"files": ["b.csv", "c.csv"]}]})
    assert [len(sources[table]) for table in sources] == [1, 1]
    assert sources["accounts"][0].patterns == [("b", "b.csv"), ("c", "c.csv")]
    assert "products" not in sources and sources.get("products") == ()


def test_the_tables_are_those_of_the_product():
    assert set(INPUT_TABLES) == set(INPUTS)


def test_unknown_table_names_the_nearest():
    assert "did you mean 'invoices'?" in refused({"invoice": {"files": "a.csv"}})


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ({}, "exactly one of files, from, database; found none of them"),
        ({"files": "a.csv", "from": ["a", "b"], "on": "id"}, "found files and from"),
        ({"from": ["a", "b"]}, "the common column under on"),
        ({"files": "a.csv", "on": "id"}, "on belongs to a join"),
        ({"from": ["x/a.csv", "y/a.csv"], "on": "id"}, "need different names"),
        ({"files": "a.csv", "delimiter": "tabs"}, "delimiter must be one character"),
        ({"files": "a.csv", "decimal": ";"}, 'decimal must be "," or "."'),
        ({"files": "a.csv", "encoding": "klingon"}, "unknown encoding 'klingon'"),
        ({"files": "a.csv", "colums": {}}, "Extra inputs are not permitted"),
        ({"database": {"url": "sqlite:///a.db"}}, "needs either query or table"),
    ],
)
def test_contradictions_are_refused_with_a_reason(source, message):
    assert message in refused({"invoices": source})


def test_words_for_delimiters_and_encodings_are_normalised():
    source = Sources.model_validate({"leads": {"files": "a.csv", "delimiter": "tab", "encoding": "Windows-1252"}})[
        "leads"
    ][0]
    assert (source.delimiter, source.encoding) == ("\t", "cp1252")


def test_header_that_yaml_reads_as_a_number_is_text_and_an_empty_one_is_left_out():
    source = Sources.model_validate({"leads": {"files": "a.csv", "columns": {"lead_id": 2024, "company": None}}})[
        "leads"
    ][0]
    assert source.columns == {"lead_id": "2024"}


def test_name_of_a_database_holds_no_password():
    database = {"url": "postgresql://reader:secret@erp/sales", "table": "lines"}
    source = Sources.model_validate({"invoices": {"database": database}})["invoices"][0]
    assert source.database.name == "postgresql://erp/sales lines"


@pytest.mark.parametrize(
    ("pattern", "alias"),
    [
        ("raw/*/orders_*.csv.gz", "orders"),
        ("order_details", "order_details"),
        (r"C:\erp\Umsatz 2024.xlsx", "Umsatz 2024"),
        ("raw/invoices_20[12]?.csv", "invoices_20"),
    ],
)
def test_alias_is_the_file_stem(pattern, alias):
    assert alias_of(pattern) == alias
