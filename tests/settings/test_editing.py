"""Settings are changed in the text of project.yml, and nothing else is."""

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from segkit.errors import UserError
from segkit.settings import ProjectLoader, patched
from segkit.settings.editing import edit_settings, list_changes, undo_changes

TEXT = """\
# Ours
name: A  # of the group
segmentations:
  value:
    # why the grid
    method: grid   # until autumn
    criteria:
      - revenue_12m  # money
      - tenure_days

    # at the end of value

kpis: {a: 1}
"""


def load(text):
    return yaml.load(text, ProjectLoader)  # noqa: S506 - a SafeLoader


def test_values_are_replaced_and_comments_stay():
    edited = edit_settings(TEXT, {"segmentations": {"value": {"method": "kmeans", "n_segments": 4}}, "kpis": {"b": 2}})
    expected = TEXT.replace("method: grid ", "method: kmeans ").replace("{a: 1}", "{a: 1, b: 2}")
    expected = expected.replace("      - tenure_days\n", "      - tenure_days\n    n_segments: 4\n")
    assert edited == expected


def test_what_is_equal_is_not_touched():
    assert edit_settings(TEXT, {"segmentations": {"value": {"criteria": ["revenue_12m", "tenure_days"]}}}) == TEXT
    assert edit_settings(TEXT, {}) == TEXT


@pytest.mark.parametrize(
    "text", ["name: A", "name: A\nseed:\n", "name: A\nseed: # none yet\n", "name: A\r\nkpis: {}\r\n"]
)
def test_a_new_section_goes_anywhere(text):
    patch = {"seed": 3, "kpis": {"yes": ["no", "on", 1.5, None, True, "x: y", "# z"]}}
    edited = edit_settings(text, patch)
    assert load(edited) == load(text) | patch and ("\r\n" in text) == ("\r\n" in edited)


def test_what_a_machine_cannot_change_is_refused_with_what_to_write():
    with pytest.raises(UserError, match="Write these\\s+settings there yourself") as refused:
        edit_settings("a: &x {b: 1}\nsegmentations: *x\n", {"segmentations": {"c": 2}})
    assert "segmentations:\n  c: 2" in str(refused.value)


def test_changes_are_undone_unless_somebody_changed_them_once_more():
    before = {"a": {"b": 1, "c": [1]}, "d": 2}
    changes = list_changes(before, {"a": {"b": 5, "e": 6}, "d": 2})
    assert changes == [[["a", "b"], [1], [5]], [["a", "e"], [], [6]]]
    after = patched(before, {"a": {"b": 5, "e": 6}})
    assert undo_changes(after, changes) == before and after["a"]["b"] == 5
    later = patched(after, {"a": {"b": 7}})
    assert undo_changes(later, changes) == {"a": {"b": 7, "c": [1]}, "d": 2}
    assert undo_changes({"d": 2}, changes) == {"d": 2}


SCALARS = st.one_of(st.integers(-9, 9), st.booleans(), st.none(), st.text("ab:#'\"- ä", max_size=6))
KEYS = st.sampled_from(["a", "b", "c", "on", "d e"])
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=8,
)
MAPPINGS = st.dictionaries(KEYS, VALUES, min_size=1, max_size=4)


@settings(max_examples=50, deadline=None)
@given(MAPPINGS, MAPPINGS, st.sampled_from([None, False, True]))
def test_any_patch_of_any_document_gives_the_patched_document(document, patch, style):
    text = yaml.safe_dump(document, allow_unicode=True, default_flow_style=style, sort_keys=False)
    try:
        edited = edit_settings(text, patch)
    except UserError:
        return  # refused, and nothing written, is right as well
    assert load(edited) == patched(load(text), patch)


def test_refusals_are_rare():
    document = {"name": "A", "segmentations": {"value": {"method": "grid", "criteria": ["a", "b"]}}, "goals": []}
    for style in (False, None, True):
        text = yaml.safe_dump(document, default_flow_style=style)
        for patch in ({"segmentations": {"value": {"criteria": {"a": 2.0}}}}, {"goals": [1]}, {"x": {"y": {"z": 1}}}):
            assert load(edit_settings(text, patch)) == patched(document, patch)
