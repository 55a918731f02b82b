"""The list of rules is complete: names, columns, sentences."""

from __future__ import annotations

from segkit import texts
from segkit.cleansing.rows import columns_of
from segkit.cleansing.rules import RULES


def test_names_are_told_apart():
    assert len({rule.name for rule in RULES}) == len(RULES)


def test_columns_exist_and_hold_text():
    from segkit.tables import TABLES

    for rule in RULES:
        for table, columns in rule.columns.items():
            assert set(columns) <= set(columns_of(table)), rule.name
            assert {TABLES[table].columns[column].type for column in columns} <= {"text", "id"}, rule.name


def test_every_rule_can_be_read_in_both_languages():
    for rule in RULES:
        assert texts.has(f"repairs.rule_{rule.name}"), rule.name
        for language in texts.LANGUAGES:
            assert texts.say(f"cleansing.rule_{rule.name}", language, n_rows=3)
            assert texts.say(f"repairs.rule_{rule.name}", language)
