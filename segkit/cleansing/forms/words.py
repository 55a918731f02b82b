"""Text → words: folded, with single letters beside each other as one word (G.m.b.H. → gmbh, A. B. C. → abc)."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from segkit.cleansing.forms.spelling import fold_word
from segkit.yaml_files import read_yaml

_TOKEN = re.compile(r"[^\W_]+|[&+]")
_APOSTROPHE = re.compile(r"['’‘`´]")
_BREAK = re.compile(r"[,;(|]| [-–—] ")
_AND = frozenset({"&", "+", "u", "und", "and"})


@dataclass(frozen=True)
class Word:
    """A word: folded, as written, whether it was written as single letters, whether a comma or the end follows."""

    folded: str
    written: str
    is_dotted: bool = False
    is_last: bool = False


def split_words(text: str) -> list[Word]:
    """Return the words of a text; ``&``, ``+``, ``und``, ``and`` and ``u.`` are the word u.

    Examples
    --------
    >>> [word.folded for word in split_words("Müller & Söhne G.m.b.H.")]
    ['muller', 'u', 'sohne', 'gmbh']
    """
    text = _APOSTROPHE.sub("", text)
    found = list(_TOKEN.finditer(text))
    words: list[Word] = []
    letters = ""
    for place, match in enumerate(found):
        written = match[0]
        following = text[match.end() : found[place + 1].start()] if place + 1 < len(found) else ","
        is_last = _BREAK.search(following) is not None
        # e. U. is the Austrian sole trader, u. elsewhere is "and"
        is_letter = written.isalpha() and (written not in "uU" or (is_last and letters in ("e", "E")))
        if len(written) == 1 and is_letter:
            letters += written
            if is_last:
                words.append(_of_letters(letters, is_last))
                letters = ""
            continue
        if letters:
            words.append(_of_letters(letters, False))
            letters = ""
        words.append(Word("u" if written.casefold() in _AND else fold_word(written), written, is_last=is_last))
    return words


def _of_letters(letters: str, is_last: bool) -> Word:
    return Word(fold_word(letters), letters, is_dotted=len(letters) > 1, is_last=is_last)


def folded(text: str) -> str:
    """Return the folded words of a text with one blank between them."""
    return " ".join(word.folded for word in split_words(text))


@functools.cache
def light_words() -> frozenset[str]:
    """Return folded words that do not tell one company from another: und, der, für …."""
    return frozenset(fold_word(word) for word in _settings()["light"])


@functools.cache
def same_words() -> dict[str, str]:
    """Return folded spelling → folded word that is compared: gebr → gebruder; fa → nothing."""
    return {folded(word): folded(same) for word, same in _settings()["same"].items()}


@functools.cache
def states() -> tuple[str, ...]:
    """Return what says that a company is being set up or wound up: i.L., in Gründung …."""
    return tuple(_settings()["states"])


@functools.cache
def _settings() -> dict[str, Any]:
    return read_yaml(Path(__file__).with_name("words.yml"))
