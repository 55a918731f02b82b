"""Pseudonyms: the same for the same value and key, another one for all else."""

import re

from segkit.governance.pseudonyms import PATTERN, Pseudonyms

KEY = bytes(range(32))


def test_a_value_keeps_its_pseudonym_and_nothing_else_has_it():
    made = Pseudonyms(KEY)
    assert made.of("account", "10017") == Pseudonyms(KEY).of("account", "10017")
    others = [
        made.of("contact", "10017"),
        made.of("account", "10018"),
        Pseudonyms(KEY, "Beratung AG").of("account", "10017"),
    ]
    others += [Pseudonyms(bytes(32)).of("account", "10017")]
    assert len({made.of("account", "10017"), *others}) == 5


def test_pseudonyms_are_letters_without_vowels():
    for number in range(200):
        assert re.fullmatch(PATTERN, Pseudonyms(KEY).of("account", str(number)))


def test_recipient_domain_and_value_cannot_be_mistaken_for_each_other():
    assert Pseudonyms(KEY, "a").of("b", "c") != Pseudonyms(KEY, "").of("ab", "c")
    assert Pseudonyms(KEY).of("account", "contact1") != Pseudonyms(KEY).of("accountcontact", "1")


def test_a_table_of_ten_thousand_has_as_many_pseudonyms():
    pairs = Pseudonyms(KEY).table("account", map(str, range(10_000)))
    assert len({said for _, said in pairs}) == 10_000
