"""decisions/names.csv: a person's name holds everywhere, from its quarter on, until it is taken back."""

import pandas as pd

from segkit.segments.register import check_names

from .conftest import PALETTE
from .test_quarterly import Q2, Q3, before_of, panel, segmented

COLUMNS = ["segmentation_id", "segment_id", "name_de", "name_en", "quarter", "author", "date", "reason"]


def names_of(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(
        [("value", s, de, en, "", "A. Muster", "2026-07-01", "") for s, de, en in rows], columns=COLUMNS
    )


def names(tables, segment_id="S1"):
    row = tables["segment_register"].set_index("segment_id").loc[segment_id]
    return row["name_de"], row["name_en"]


def test_a_decided_name_is_in_the_register_the_sizes_and_the_segments():
    _, tables = segmented(panel(), names=names_of(("S1", "Sterne", "Stars")))
    assert names(tables) == ("Sterne", "Stars")
    sizes = tables["segment_sizes"].set_index("segment_id")
    assert sizes.loc["S1", "name_de"] == "Sterne"
    segments = tables["segments"]
    assert set(segments.loc[segments["segment_id"] == "S1", "segment_name"]) <= {"Stars"}


def test_one_language_stands_for_both_and_the_id_and_colour_stay():
    plain = segmented(panel())[1]["segment_register"].set_index("segment_id")
    _, tables = segmented(panel(), names=names_of(("S1", "Sterne", "")))
    assert names(tables) == ("Sterne", "Sterne")
    assert tables["segment_register"].set_index("segment_id").loc["S1", "colour"] == plain.loc["S1", "colour"]
    assert plain.loc["S1", "colour"] in PALETTE


def test_a_decided_name_goes_on_and_an_empty_one_takes_it_back():
    before = before_of(*segmented(panel(), Q2, names=names_of(("S1", "Sterne", "Stars"))))
    assert names(segmented(panel(), Q3, before)[1]) == ("Sterne", "Stars")
    assert names(segmented(panel(), Q3, before, names=names_of(("S1", "", "")))[1]) == ("Spitzenkunden", "Champions")


def test_unknown_segments_and_names_taken_are_told_and_not_obeyed():
    wrong = names_of(("S99", "Nirgends", "Nowhere"), ("S1", "Kernkunden", "Core"), ("S2", "Aufsteiger", "Risers"))
    _, tables = segmented(panel(), names=wrong)
    assert names(tables) == ("Spitzenkunden", "Champions") and names(tables, "S2") == ("Aufsteiger", "Risers")
    told = {numbers["segment_id"]: key for key, numbers in check_names(tables["segment_register"], wrong)}
    assert told == {"S99": "segments.warn_name_unknown", "S1": "segments.warn_name_taken"}


def test_two_segments_may_exchange_their_names():
    _, tables = segmented(panel(), names=names_of(("S1", "Kernkunden", "Core"), ("S3", "Spitzenkunden", "Champions")))
    assert names(tables) == ("Kernkunden", "Core") and names(tables, "S3") == ("Spitzenkunden", "Champions")
