"""Charts are checked against the schema of Vega-Lite here, and only here."""

import contextlib

import pytest


@pytest.fixture(autouse=True)
def checked_by_schema(monkeypatch):
    """`in_languages` switches the check off, which takes half of a run's drawing time; tests keep it on."""
    monkeypatch.setattr("altair.utils.schemapi.debug_mode", lambda is_on: contextlib.nullcontext())
