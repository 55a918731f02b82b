"""The order of tests: the one that takes minutes starts first, so that other workers are busy meanwhile."""

from __future__ import annotations

import pytest


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.name != "test_kill.py")
