"""Text as the eye sees it, and words in which all spellings meet."""

from __future__ import annotations

import pandas as pd

from segkit.cleansing.forms.spelling import each_distinct, fold_word, visible


def test_invisible_characters_go_and_letters_stay():
    assert visible("\u202eMü\u200bller\ufeff \u00a0\x07GmbH\r\n") == "Müller GmbH"
    assert visible("Mu\u0308ller") == "Müller"
    assert visible("<b>=1+1</b>") == "<b>=1+1</b>"
    assert visible("東京 Ελλάς") == "東京 Ελλάς"


def test_spellings_of_a_word_meet():
    assert {fold_word(word) for word in ("Müller", "MUELLER", "Muller", "müller")} == {"muller"}
    assert fold_word("Bauer") != fold_word("Baur")
    assert fold_word("Straße") == fold_word("STRASSE")


def test_each_value_is_worked_out_once():
    seen = []
    result = each_distinct(
        pd.Series(["a", None, "b", "a"], dtype="str"), lambda text: seen.append(text) or text.upper()
    )
    assert seen == ["a", "b"]
    assert result.fillna("").tolist() == ["A", "", "B", "A"]
