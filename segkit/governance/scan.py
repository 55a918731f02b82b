"""The last look at a copy: whether an original still stands in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

WORD = re.compile(r"[^\W_]+")
GAP = 3  # signs between two words of one original, none of them a control sign: a & b, +49 (351)
SHORT = 6  # a single word of fewer signs is only found as a whole value: K17 is in many words
LONG = 8  # originals of fewer signs are not looked for in bytes, where chance makes short words
OVERLAP = 1000  # bytes looked at twice: an original may lie across two pieces
FEWEST_SIGNS = 3  # what is shorter is no name


@dataclass
class Originals:
    """What must not stand in the copy, as hashes of its words: millions of originals must fit into memory.

    `meaning` says what an original is; bit n of `lengths` that originals of n words begin with a word.
    """

    lengths: dict[int, int] = field(default_factory=dict)
    meaning: dict[int, str] = field(default_factory=dict)
    n_common: int = 0

    def add(self, values: Iterable[object], what: str, common: frozenset[str] = frozenset()) -> None:
        """Add values of one kind; a single word that everybody uses (`common`) cannot be told from that word."""
        for value in values:
            words = words_of(str(value))
            if sum(map(len, words)) < FEWEST_SIGNS:
                continue
            if len(words) == 1 and words[0] in common:
                self.n_common += 1
                continue
            self.meaning.setdefault(hash(words), what)
            first = hash(words[0])
            self.lengths[first] = self.lengths.get(first, 0) | 1 << len(words)

    def starting_with(self, word: str) -> Iterator[int]:
        """Yield how many words the originals have that begin with a word."""
        mask = self.lengths.get(hash(word), 0)
        yield from (n for n in range(1, mask.bit_length()) if mask >> n & 1)

    def of(self, words: tuple[str, ...]) -> str:
        """Return what an original is."""
        return self.meaning[hash(words)]


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text in small letters, without signs: Müller & Co. KG gives müller, co, kg."""
    return tuple(word.casefold() for word in WORD.findall(text))


def find_in_texts(texts: Iterable[str], originals: Originals, place: str) -> Iterator[str]:
    """Yield one phrase for each original that stands in a text: "account name in segments.segment_name".

    Parameters
    ----------
    texts : iterable of str
        Values of a column.
    originals : Originals
        What is looked for. Single words of fewer than six letters, and single numbers, count as a whole value only.
    place : str
        Where the texts come from, for the phrase.
    """
    for text in texts:
        for found in _found(text, originals, is_whole=True):
            yield f"{originals.of(found)} in {place}"


def find_in_bytes(chunks: Iterable[bytes], originals: Originals, place: str) -> Iterator[str]:
    """Yield one phrase for each original of eight signs or more that stands in the bytes of a file.

    Parameters
    ----------
    chunks : iterable of bytes
        The file in pieces.
    originals : Originals
        What is looked for.
    place : str
        The file's name, for the phrase.
    """
    rest = b""
    for chunk in chunks:
        rest += chunk
        text = rest.decode("utf-8", errors="replace")
        for found in _found(text, originals, is_whole=False):
            yield f"{originals.of(found)} in the bytes of {place}"
        rest = rest[-OVERLAP:]


def _found(text: str, originals: Originals, is_whole: bool) -> Iterator[tuple[str, ...]]:
    spans = [(match.group().casefold(), match.start(), match.end()) for match in WORD.finditer(text)]
    for i, (word, _, _) in enumerate(spans):
        for n in originals.starting_with(word):
            words = tuple(span[0] for span in spans[i : i + n])
            if hash(words) not in originals.meaning or not _is_one(text, spans[i : i + n]):
                continue
            n_signs = sum(map(len, words))
            if is_whole and n == 1 and (n_signs < SHORT or word.isdigit()) and len(spans) > 1:
                continue
            if not is_whole and n_signs < LONG:
                continue
            yield words


def _is_one(text: str, spans: list[tuple[str, int, int]]) -> bool:
    """Say whether words stand side by side, with nothing but a few signs between them."""
    gaps = [text[left[2] : right[1]] for left, right in zip(spans, spans[1:], strict=False)]
    return all(len(gap) <= GAP and gap.isprintable() for gap in gaps)
