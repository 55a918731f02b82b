"""The page of rules is in step with the list."""

from __future__ import annotations

from pathlib import Path

from segkit.reports.rule_list import rule_list

PAGE = Path(__file__).parents[2] / "docs" / "cleansing_rules.md"


def test_the_page_is_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == rule_list(), "run python -m segkit.reports.rule_list"
