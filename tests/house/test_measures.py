"""Every measure of a segmentation stands in docs/methods.md with its source and a test that exists."""

from __future__ import annotations

import re
from pathlib import Path

from segkit.tables import TABLES

ROOT = Path(__file__).parents[2]
MEASURED = [
    *("segment_stability", "cluster_search", "tendency", "near_equal", "swing_accounts", "segment_flows"),
    *("known_columns", "segment_proposals", "segment_separation", "segment_events", "membership_draws"),
    *("segment_comparison", "class_descriptions", "segmentation_overlap", "segmentation_pairs", "combination_gains"),
]
NOT_MEASURES = {"n_segments", "n_accounts", "n_levels", "n_draws", "solution"}  # counts of what is listed


def rows() -> list[list[str]]:
    """Cells of each row of the table of measures."""
    text = (ROOT / "docs" / "methods.md").read_text("utf-8")
    section = re.search(r"^## Measures of a segmentation\n(.*?)(?=^## )", text, re.MULTILINE | re.DOTALL)
    assert section, "docs/methods.md has no section on measures"
    lines = [line for line in section[1].splitlines() if line.startswith("| ")][1:]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def test_every_measure_is_explained():
    told = set(re.findall(r"\w+", " ".join(row[0] for row in rows())))
    measures = {
        (table, name)
        for table in MEASURED
        for name, column in TABLES[table].columns.items()
        if column.type in ("int", "float") and name not in NOT_MEASURES
    }
    missing = sorted(f"{table}.{name}" for table, name in measures if name not in told)
    assert not missing, "add rows to the table of measures in docs/methods.md"


def test_every_measure_has_a_source_and_a_test_that_exists():
    tests = {path.name for path in (ROOT / "tests").rglob("test_*.py")}
    for row in rows():
        assert len(row) == 5 and all(row), row[0]
        named = re.findall(r"test_\w+\.py", row[4])
        assert named and set(named) <= tests, f"{row[0]}: {row[4]}"
