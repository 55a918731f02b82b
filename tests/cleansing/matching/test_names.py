import pandas as pd
import pytest

from segkit.cleansing.matching.fields import read_fields
from segkit.cleansing.matching.names import compare_names
from segkit.cleansing.matching.words import make_words


@pytest.fixture
def compare(con):
    """What two names share, among a hundred others."""

    def compare_two(one, other, city="Aachen"):
        others = [f"Firma{n:03d} Bau" for n in range(100)]
        records = pd.DataFrame({"name": [one, other, *others], "city": city})
        fields = read_fields(records.assign(record_id=[f"{n:03d}" for n in range(len(records))]))
        make_words(con, fields)
        con.execute(
            f"""CREATE TABLE two AS SELECT l.name_id AS name_a, r.name_id AS name_b FROM names AS l, names AS r
            WHERE l.core = '{fields.core[0]}' AND r.core = '{fields.core[1]}'"""
        ).fetchall()
        compare_names(con, "two", "shared")
        return con.execute("SELECT * FROM shared").df().iloc[0]

    return compare_two


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Holzwerke Tannert", "Tannert Holzwreke"),
        ("Holzwerke Tannert", "Holzw. Tannert"),
        ("Holz Werke Tannert", "Tannert Holzwerke"),
        ("Umwelttechnik Tannert", "Tannert Umw.technik"),
        ("Holzwerke Tannert", "Holzwerke Tannert Aachen"),
        ("Holzwerke Tannert", "Holzwerke Tannert (Zentrale)"),
    ],
)
def test_no_name_has_words_of_its_own(compare, one, other):
    found = compare(one, other)
    assert (found.own_a, found.own_b) == (0, 0)
    assert found.shared > 5


def test_words_of_a_sister_a_number_and_another_town_stand_in_one_only(compare):
    assert compare("Tannert Holz", "Tannert Holz Verwaltugns").has_sister


def test_a_letter_too_many_or_too_few_does_not_hide_a_sister(compare):
    assert compare("Tannert Holz", "Tannert Holz Geschäfftsführungs").has_sister


def test_the_word_of_a_sister_may_have_lost_a_letter(compare):
    assert compare("Tannert Holz", "Tannert Holz Beteilgungs").has_sister


def test_whole_names_may_differ_in_a_quarter_of_their_letters_but_not_those_of_sisters(compare):
    found = compare("Hofmann Kessel", "Hofmann Kslsle")
    assert (found.own_a, found.own_b, found.is_garbled) == (0, 0, True)


def test_names_of_two_sisters_are_not_misspelled(compare):
    found = compare("Donauport Personaldienst Besitz", "Donauport Personaldienst Export")
    assert found.own_a > 0
    assert found.has_sister


def test_numbers_agree_only_if_equal(compare):
    found = compare("Werk 12 Tannert", "Werk 13 Tannert")
    assert found.number_a
    assert found.number_b


def test_names_without_a_common_word_share_nothing(compare):
    assert compare("Tannert Holz", "Quast Elektro").shared == 0
