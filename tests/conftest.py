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
