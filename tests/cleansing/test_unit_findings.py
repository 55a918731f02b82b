"""What notebook 01 says of the unit of analysis."""

import pandas as pd
import pytest

from segkit import texts
from segkit.cleansing.unit_findings import describe_units

QUALITY = pd.DataFrame(
    [("accounts", "parent_id", "hierarchy_cycle", 9, 2, 11.0), ("accounts", "parent_id", "unknown_parent", 9, 0, None)],
    columns=["table", "column", "check", "n_rows", "n_bad", "revenue"],
)


def members(*rows) -> pd.DataFrame:
    columns = ["unit_id", "account_id", "level", "parent_id", "depth", "revenue"]
    return pd.DataFrame(rows, columns=columns).assign(name="x")


GROUPS = members(("H", "H", "group", None, 0, 10.0), ("H", "A", "group", "H", 1, 5.0), ("H", "B", "group", "A", 2, 0.0),
                 ("F", "F", "company", None, 0, 99.0))  # fmt: skip
SITES = members(("A/1", "A", "site", None, 0, 70.5), ("A/2", "A", "site", None, 0, 4.5),
                ("A", "A", "company", None, 0, 25.0), ("F", "F", "company", None, 0, 0.0))  # fmt: skip


def test_groups_and_what_is_broken():
    found = describe_units("group", GROUPS, QUALITY)
    assert found[0] == ("units.group", {"n_groups": 1, "n_members": 3, "n_alone": 1, "n_largest": 3, "revenue": 15.0,
                                        "depth": 2})  # fmt: skip
    assert [key for key, _ in found] == ["units.group", "units.hierarchy_cycle"]


def test_money_that_names_no_site_is_said_with_euros():
    found = dict(describe_units("site", SITES, QUALITY))
    assert found["units.site"] == {"n_units": 2, "n_companies": 1, "revenue": 75.0}
    assert found["units.without_site"] == {"revenue": 25.0, "share": 0.25, "n_companies": 1}
    said = texts.say("units.without_site", "de", **found["units.without_site"])
    assert "25,00" in said and "25" in said and "1\u00a0Unternehmen" in said


@pytest.mark.parametrize("unit", ["site", "department", "person"])
def test_nothing_that_names_a_unit(unit):
    alone = members(("A", "A", "company", None, 0, 25.0))
    assert describe_units(unit, alone, QUALITY[:0]) == [(f"units.no_{unit}", {"revenue": 25.0})]


def test_companies_with_parents_hint_at_groups():
    found = dict(describe_units("company", members(("A", "A", "company", "H", 0, 1.0)), QUALITY[:0]))
    assert found["units.groups_exist"] == {"n_members": 1, "n_parents": 1}
    assert "units.no_groups" in dict(describe_units("group", members(("A", "A", "company", None, 0, 1.0)), QUALITY[:0]))


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_every_sentence_can_be_said(language):
    for unit, table in (("group", GROUPS), ("company", GROUPS), ("site", SITES)):
        for key, numbers in describe_units(unit, table, QUALITY):
            assert "{" not in texts.say(key, language, **numbers)
    for unit in ("department", "person"):
        for key, numbers in describe_units(unit, SITES.replace({"level": {"site": unit}}), QUALITY):
            assert "{" not in texts.say(key, language, **numbers)
    for check in ("hierarchy_cycle", "unknown_parent", "money_without_unit", "person_elsewhere"):
        for ending in ("", "_rows"):
            numbers = {"n_bad": 1, "n_rows": 2, "revenue": 3.0, "column": "c"}
            assert texts.say(f"cleansing.check_{check}{ending}", language, **numbers)
        assert texts.has(f"cleansing.label_{check}")
