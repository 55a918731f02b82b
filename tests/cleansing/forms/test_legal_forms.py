"""Legal forms among words."""

from __future__ import annotations

from segkit.cleansing.forms.legal_forms import cut_forms, find_form, n_company_words, named_form
from segkit.cleansing.forms.words import split_words


def test_the_longest_form_is_found():
    found = find_form(split_words("Foo gemeinnützige Gesellschaft mbH"), 1)
    assert found is not None
    assert (found.form.name, found.n_words, found.is_with_limit) == ("gGmbH", 3, True)
    assert find_form(split_words("Foo Bau"), 1) is None


def test_glued_forms_are_cut():
    assert [word.folded for word in cut_forms(split_words("Müllergmbh H. M. e. V."))] == ["muller", "gmbh", "hm", "ev"]


def test_company_words():
    assert n_company_words(split_words("& Co. KG"), 0) == 2
    assert n_company_words(split_words("Co KG"), 0) == 1
    assert n_company_words(split_words("KG"), 0) == 0


def test_forms_with_the_same_letters_are_told_apart_as_written():
    names = [form.name if (form := named_form(text)) else None for text in ("a.s.", "AS", "A/S", "Bau")]
    assert names == ["a.s.", "AS", "A/S", None]
