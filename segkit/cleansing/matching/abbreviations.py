"""Names with their own abbreviation, or an office, beside them → the name alone."""

from __future__ import annotations

import re

from segkit.cleansing.forms.spelling import fold_word
from segkit.cleansing.forms.words import light_words, split_words

_BRACKET = re.compile(r"\s*\(([^()]*)\)")
_DOTTED = re.compile(r"\W*(?:[^\W\d_]\.\s?){3,}\W*")
_OFFICE = re.compile(
    r"((?:mbh|\bag|\bkg|\bohg|\bse|\bug|\beg|\bgbr|\be\. ?[vkg]\.))\s*\(\s*"
    r"(?:haupt)?(?:verwaltung|zentrale|geschäftsstelle|büro|sitz)\s*\)",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+")
_FORMS = frozenset({"gmbh", "mbh", "ggmbh", "ag", "kg", "co", "ohg", "se", "ug", "eg", "ev", "gbr", "kgaa"})
FEWEST, MOST = 3, 8
"""Letters of an abbreviation; in brackets two are enough."""

LONGEST_PART = 3
"""An abbreviation takes at most so many first letters of a word (En-B-W)."""


def without_abbreviation(name: str) -> str:
    """Return a name without the abbreviation of itself, and without the office that stands in brackets behind it.

    In brackets: letters that stand in this order in the name, the first at its beginning (Türkische Gemeinde in Hamburg
    (TGH)); letters with full stops, whatever their language; the words of which the name is the abbreviation
    (S.T.I.L. (Sprache, Text, Interpretation, Literatur)); the administration behind a legal form: Krause GmbH
    (Verwaltung) is the office of Krause GmbH, Krause Verwaltungs GmbH is another company. As first word: first letters
    of all the other words, in their order (EMB Energie Mark Brandenburg; REWAG Regensburger Energie- und Wasser-AG).

    Examples
    --------
    >>> without_abbreviation("Betreuungsverein Hamburg - Nord (BHN) e.V.")
    'Betreuungsverein Hamburg - Nord e.V.'
    >>> without_abbreviation("EnBW Energie Baden-Württemberg AG")
    'Energie Baden-Württemberg AG'
    """
    name = _OFFICE.sub(r"\1", name)
    if "(" in name:
        bare = _BRACKET.sub(" | ", name)
        name = _BRACKET.sub(lambda found: "" if _is_said(found[1], bare) else found[0], name)
    first = _WORD.match(name)
    if first and FEWEST <= len(first[0]) <= MOST and sum(letter.isupper() for letter in first[0]) >= FEWEST:
        rest = name[first.end() :].lstrip(" -–,")
        if _are_firsts(fold_word(first[0]), _telling(rest)):
            return rest
    return name


def _telling(text: str) -> list[str]:
    return [word.folded for word in split_words(text) if word.folded not in light_words() and word.folded != "u"]


def _is_said(inside: str, bare: str) -> bool:
    """Say whether what stands in brackets abbreviates the name, or is what the name abbreviates."""
    if _DOTTED.fullmatch(inside):
        return True
    words, own = _telling(inside), _telling(bare)
    if len(words) >= FEWEST and "".join(word[0] for word in words) in own:
        return True
    return len(words) == 1 and 2 <= len(words[0]) <= MOST and bool(own) and _is_inside(words[0], own)


def _is_inside(letters: str, words: list[str]) -> bool:
    """Say whether letters stand in this order in the words, of which the first begins with the first letter."""
    if words[0][0] != letters[0] or letters in words:
        return False
    left = iter("".join(words))
    return all(letter in left for letter in letters)


def _are_firsts(letters: str, words: list[str]) -> bool:
    """Say whether letters are first ones of all words, without the legal form at the end or with its first word."""
    n_core = len(words)
    while n_core and words[n_core - 1] in _FORMS:
        n_core -= 1
    return n_core > 1 and any(_can_be_cut(letters, words[:n]) for n in (n_core, n_core + 1) if n <= len(words))


def _can_be_cut(letters: str, words: list[str]) -> bool:
    if not words:
        return not letters
    heads = {words[0][:n] for n in range(1, LONGEST_PART + 1)}
    return any(letters.startswith(head) and _can_be_cut(letters[len(head) :], words[1:]) for head in heads)
