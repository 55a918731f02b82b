"""Legal forms among the words of a name, from the list in `legal_forms.yml`."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

from segkit.cleansing.forms.words import Word, split_words, states
from segkit.yaml_files import read_yaml

_COMPANY = frozenset({"co", "cie", "comp", "company", "compagnie"})
_SHORT = 4
_WITH_LIMIT = ("mbh", "beschrankter haftung", "beschr haftung")


@dataclass(frozen=True)
class LegalForm:
    """A legal form: its name, its group, and the marks that `legal_forms.yml` explains."""

    name: str
    group: str
    where: str = "any"
    dotted: str = ""
    is_kept: bool = False
    can_be_liable: bool = False
    is_partnership: bool = False


STATE = LegalForm("", "")
"""Not a form but what says that the company is being set up or wound up."""


@dataclass(frozen=True)
class Found:
    """A legal form at a place of a name: how many words it has, whether it was written ``… mbH``."""

    form: LegalForm
    n_words: int
    is_with_limit: bool


def find_form(words: list[Word], place: int, is_alone: bool = False) -> Found | None:
    """Return the longest legal form that begins at a word of a name; `is_alone`: the text is no name but a form."""
    for n_words in _lengths().get(words[place].folded, ()):
        key = tuple(word.folded for word in words[place : place + n_words])
        form = _spellings().get(key) if len(key) == n_words else None
        if form and (is_alone or _may_stand(words, place, n_words, form)):
            return Found(form, n_words, " ".join(key).endswith(_WITH_LIMIT))
    return None


def n_company_words(words: list[Word], place: int) -> int:
    """Return how many words ``& Co.`` takes here: 2, 1 (Co) or 0."""
    here = [word.folded for word in words[place : place + 2]]
    if len(here) == 2 and here[0] == "u" and here[1] in _COMPANY:
        return 2
    return int(bool(here) and here[0] in _COMPANY)


def cut_forms(words: list[Word]) -> list[Word]:
    """Return words in which HMeV is HM and eV, and Müllergmbh is Müller and gmbh."""
    cut: list[Word] = []
    for word in words:
        length = _ending(word)
        if length:
            cut.append(Word(word.folded[:-length], word.written[:-length]))
            word = Word(word.folded[-length:], word.written[-length:], word.is_dotted, word.is_last)
        cut.append(word)
    return cut


def named_form(text: str) -> LegalForm | None:
    """Return the form that is written exactly so, but for capitals: a.s. is not AS."""
    return _names().get(text.casefold())


def _ending(word: Word) -> int:
    """Return how many letters at a word's end are a legal form of its own; 0 if none."""
    if (word.folded,) in _spellings():
        return 0
    if word.is_dotted:
        for length in range(len(word.folded) - 1, 1, -1):
            form = _spellings().get((word.folded[-length:],))
            if form and (word.is_last or (form.dotted or form.where) != "end"):
                return length
        return 0
    if word.folded.endswith("gmbh") and len(word.folded) > _SHORT + 2:
        return _SHORT
    return 3 if word.folded.endswith("gesellschaftmbh") else 0


def _may_stand(words: list[Word], place: int, n_words: int, form: LegalForm) -> bool:
    last = words[place + n_words - 1]
    where = (form.dotted or form.where) if last.is_dotted else form.where
    if where == "any" or sum(len(word.folded) for word in words[place : place + n_words]) > _SHORT:
        return True
    if place == 0:
        return False
    rest = words[place + n_words :]
    has_own_case = not form.name.isupper() and last.written == form.name.replace(".", "")
    is_end = last.is_last or n_company_words(rest, 0) > 0 or all((word.folded,) in _spellings() for word in rest)
    return where == "later" or has_own_case or is_end


@functools.cache
def _forms() -> tuple[tuple[LegalForm, tuple[str, ...]], ...]:
    listed = []
    for entry in read_yaml(Path(__file__).with_name("legal_forms.yml"))["forms"]:
        form = LegalForm(
            entry["name"],
            entry["group"],
            entry.get("where", "any"),
            entry.get("dotted", ""),
            entry.get("kept", False),
            entry.get("bears", False),
            entry.get("partnership", False),
        )
        listed.append((form, (form.name, *entry["written"])))
    return tuple(listed)


@functools.cache
def _names() -> dict[str, LegalForm]:
    return {form.name.casefold(): form for form, _ in _forms()}


@functools.cache
def _spellings() -> dict[tuple[str, ...], LegalForm]:
    """Folded words → form; of two forms with the same letters, the first."""
    found: dict[tuple[str, ...], LegalForm] = {}
    for form, spellings in _forms():
        for spelling in spellings:
            found.setdefault(_key(spelling), form)
    for state in states():
        found.setdefault(_key(state), STATE)
    return found


def _key(spelling: str) -> tuple[str, ...]:
    return tuple(word.folded for word in split_words(spelling))


@functools.cache
def _lengths() -> dict[str, tuple[int, ...]]:
    """First word → numbers of words of the forms that begin with it, the longest first."""
    lengths: dict[str, set[int]] = {}
    for key in _spellings():
        lengths.setdefault(key[0], set()).add(len(key))
    return {first: tuple(sorted(numbers, reverse=True)) for first, numbers in lengths.items()}
