"""Text → folded words."""

from __future__ import annotations

from segkit.cleansing.forms.words import folded, light_words, same_words, split_words


def test_single_letters_become_one_word():
    assert folded("G.m.b.H. & A B Bau") == "gmbh u ab bau"
    assert folded("K+S") == "k u s"
    assert folded("Müller's Café & Co") == "mullers cafe u co"


def test_a_comma_ends_a_part_of_the_name():
    assert [word.is_last for word in split_words("Müller AG, Zürich")] == [False, True, True]


def test_lists_are_folded():
    assert "fur" in light_words()
    assert same_words()["gebr"] == "gebruder"
