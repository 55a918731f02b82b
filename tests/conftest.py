"""What all tests share: the real data, where they lie beside the checkout."""

from __future__ import annotations

from pathlib import Path

import pytest

REAL_DATA = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Folder of the real data sets; tests that need them are skipped where it is missing."""
    if not REAL_DATA.is_dir():
        pytest.skip("the real data sets (../shared/data) are not here")
    return REAL_DATA


LONGEST_FIRST = ("tests/run/", "tests/pages/", "tests/bad_input/", "tests/test_batch.py", "tests/demo/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start the longest files first, so that two workers end at about the same time."""

    def rank(item: pytest.Item) -> int:
        starts = [i for i, place in enumerate(LONGEST_FIRST) if item.nodeid.startswith(place)]
        return starts[0] if starts else len(LONGEST_FIRST)

    items.sort(key=rank)
