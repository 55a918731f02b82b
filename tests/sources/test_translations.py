"""Texts become what their system means by them, before anything is typed."""

import pyarrow as pa
import pytest

from segkit.settings.sources import Source
from segkit.sources.grids import NUMBER
from segkit.sources.plans import Reference
from segkit.sources.translations import translate


def translated(texts: list[str | None], alias: str = "vbrk", **settings: object) -> list[str | None]:
    source = Source.model_validate({"files": "a.csv", **settings})
    return translate(pa.array(texts, pa.string()), source, Reference(alias, "Feld", "id")).to_pylist()


def test_texts_are_compared_without_case_and_blanks_and_others_stay():
    meanings = {"feld": {"Closed  Won ": "won", "1": "yes"}}
    assert translated(["closed won", "CLOSED WON", "open", None], values=meanings) == ["won", "won", "open", None]
    assert translated(["1", NUMBER + "1", NUMBER + "1.0", "10"], values=meanings) == ["yes", "yes", "yes", "10"]


def test_any_other_text_and_no_text():
    assert translated(["X", "A7", "no", None], values={"Feld": {"*": "true", "no": ""}}) == ["true", "true", None, None]


def test_zeros_are_filled_in_front_of_digits_only():
    texts = ["1000", NUMBER + "1000", NUMBER + "1000.0", "A1", "12345678901", None]
    assert translated(texts, pad={"Feld": 10}) == ["0000001000"] * 3 + ["A1", "12345678901", None]


def test_numbers_that_excel_has_cut_are_not_made_to_look_whole():
    assert translated([NUMBER + "1234567890123450"], pad={"Feld": 18}) == [NUMBER + "1234567890123450"]
    assert translated(["1234567890123456"], pad={"Feld": 18}) == ["001234567890123456"]


def test_a_setting_of_one_file_of_a_join_is_not_the_others():
    assert translated(["7"], pad={"vbrk.Feld": 3}) == ["007"]
    assert translated(["7"], alias="vbrp", pad={"vbrk.Feld": 3}) == ["7"]


def test_a_slash_before_a_rate_becomes_a_minus():
    assert translated(["/1,25", "/ 3", "1,25", "-2"], rates="Feld") == ["-1,25", "-3", "1,25", "-2"]


def test_an_empty_cell_must_not_mean_anything():
    with pytest.raises(ValueError, match="an empty cell stays empty"):
        translated([], values={"Feld": {"": "x"}})
