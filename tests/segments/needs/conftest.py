"""A small company of persons with planted needs, and what was found in it."""

from __future__ import annotations

import pytest

from segkit.segments.needs.quarterly import segment_persons

from .small_company import make_company, make_place, settings


@pytest.fixture(scope="session")
def company():
    return make_company()


@pytest.fixture(scope="session")
def found(company):
    """The needs of the company, first run."""
    return segment_persons(company[0], settings(), make_place())
