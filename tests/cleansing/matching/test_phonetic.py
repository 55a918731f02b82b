import pytest

from segkit.cleansing.matching.phonetic import sound_of


@pytest.mark.parametrize(
    ("word", "sound"),
    # the first by Postel's rules, worked out by hand
    [("Müller", "657"), ("Wikipedia", "3412"), ("Breschnew", "17863"), ("Meier", "67"), ("Mayer", "67"), ("", "")],
)
def test_words_that_sound_alike_have_equal_digits(word, sound):
    assert sound_of(word) == sound
