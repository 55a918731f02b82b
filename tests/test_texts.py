import datetime as dt
import re
import string

import numpy as np
import pytest

from segkit import texts


def placeholders(template: str) -> set[str]:
    """Names in a template; `name_de` and `name_en` are one name, said in the sentence's language."""
    names = {name for _, name, _, _ in string.Formatter().parse(template) if name}
    return {name.removesuffix("_de").removesuffix("_en") for name in names}


def test_both_languages_have_the_same_sentences_with_the_same_numbers():
    german, english = texts.templates("de"), texts.templates("en")
    assert set(german) == set(english)
    differing = [key for key in german if placeholders(german[key]) != placeholders(english[key])]
    assert differing == []


def test_kinds_of_numbers_are_known():
    known = {"", "count", "money", "cents", "million", "percent", "number", "decimal", "fine", "date", "month", "text"}
    for language in texts.LANGUAGES:
        for key, template in texts.templates(language).items():
            specs = [(spec or "").split("|") for _, name, spec, _ in string.Formatter().parse(template) if name]
            assert {kind for kind, *_ in specs} <= known | {"word"}, key
            assert {len(words) for _, *words in specs} <= {0, 2}, f"{key}: a word for one and one for all others"


@pytest.mark.parametrize(
    ("value", "kind", "german", "english"),
    [
        (1234.5, "count", "1.234", "1,234"),
        (1234.5, "money", "1.234 €", "€1,234"),
        (34.5, "money", "34,50 €", "€34.50"),
        (0.0434, "fine", "0,043", "0.043"),
        (1265793.0395, "cents", "1.265.793,04 €", "€1,265,793.04"),
        (98912345, "million", "98,9 Mio. €", "€98.9M"),
        (98592.4, "million", "98.592 €", "€98,592"),
        (0, "million", "0 €", "€0"),
        (0.1234, "percent", "12,3 %", "12.3%"),
        (dt.date(2026, 9, 30), "date", "30.09.2026", "30 Sept 2026"),
        (3, "month", "März", "March"),
        (float("nan"), "money", "–", "–"),
        (None, "count", "–", "–"),
    ],
)
def test_numbers_in_the_manner_of_each_language(value, kind, german, english):
    shown = [re.sub(r"[\u00a0\u202f]", " ", texts.show(value, kind, locale)) for locale in ("de_DE", "en_GB")]
    assert shown == [german, english]


@pytest.mark.parametrize(
    ("n", "german", "english"),
    [
        (1, "1 Kunde ist neu", "1 account is new"),
        (np.int64(1), "1 Kunde ist neu", "1 account is new"),
        (1204, "1.204 Kunden sind neu", "1,204 accounts are new"),
        (0, "0 Kunden sind neu", "0 accounts are new"),
        (None, "– Kunden sind neu", "– accounts are new"),
    ],
)
def test_one_and_many_have_their_own_words(monkeypatch, n, german, english):
    templates = {
        "de": {"x": "{n:count|Kunde|Kunden} {n:word|ist|sind} neu"},
        "en": {"x": "{n:count|account|accounts} {n:word|is|are} new"},
    }
    monkeypatch.setattr(texts, "templates", templates.get)
    assert [texts.say("x", language, n=n).replace("\u00a0", " ") for language in texts.LANGUAGES] == [german, english]


def test_text_from_data_cannot_become_markup():
    assert texts.escape('<script>"x"&</script>') == "&lt;script&gt;&quot;x&quot;&amp;&lt;/script&gt;"
