"""The account page names the segment in every segmentation and the need of every person; older runs lack both."""

from __future__ import annotations

import pandas as pd

from segkit.widgets.account_several import add_needs, place_account

SEGMENTS = pd.DataFrame(
    [["service", "a", "C1", 0.9, False, "2026Q1"], ["value", "a", "S1", None, True, "2026Q3"],
     ["value", "b", "S1", 0.8, False, "2026Q3"]],
    columns=["segmentation_id", "account_id", "segment_id", "confidence", "is_manual", "since_quarter"],
)  # fmt: skip
REGISTER = pd.DataFrame(
    [["value", "S1", "Spitze", "Top"], ["service", "C1", "Viel", "Much"], ["needs", "N1", "Ruhe", "Calm"]],
    columns=["segmentation_id", "segment_id", "name_de", "name_en"],
)
NEEDS = pd.DataFrame({"segmentation_id": "needs", "contact_id": ["p"], "segment_id": ["N1"]})
TABLES = {"every_segment": SEGMENTS, "every_register": REGISTER, "needs_of_persons": NEEDS,
          "called": {"value": ("Wert", "Value"), "service": ("Kundendienst", "Service")}}  # fmt: skip


def test_an_account_stands_in_a_segment_of_each():
    placed = place_account(TABLES, "a")
    assert placed[["segmentation_de", "placed_en"]].to_numpy().tolist() == [["Wert", "Top"], ["Kundendienst", "Much"]]
    assert placed["is_moved"].tolist() == [True, False]


def test_one_segmentation_or_an_older_run_shows_no_block():
    assert place_account({}, "a") is None
    assert place_account(TABLES | {"every_segment": SEGMENTS[1:]}, "a") is None


def test_persons_have_needs_where_they_are_known():
    contacts = pd.DataFrame({"contact_id": ["p", "q"]})
    told = add_needs(contacts, TABLES)
    assert told["need_de"].iloc[0] == "Ruhe" and pd.isna(told["need_de"].iloc[1])
    assert add_needs(contacts, {}) is contacts and add_needs(None, TABLES) is None
