"""Text without what the eye does not see, and in letters in which all spellings of a word meet."""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

_BLANK = re.compile(r"\s+")
_DIGRAPH = re.compile(r"ae|oe|(?<![aeoq])ue")
_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "a", "œ": "o", "ø": "o", "å": "a", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)


def each_distinct(values: pd.Series, function: Callable[[str], Any]) -> pd.Series:
    """Return a function's result for each value, working out each distinct one once; what is missing stays NA.

    Parameters
    ----------
    values : Series of text
    function : callable
        Takes a text.

    Returns
    -------
    Series of object
        Same index.
    """
    import pandas as pd

    codes, distinct = pd.factorize(values.astype("str"))
    results = pd.Series([*(function(text) for text in distinct), pd.NA], dtype="object")
    return results.take(codes if len(codes) else []).set_axis(values.index)


def visible(text: str) -> str:
    r"""Return a text without control characters, direction marks and zero-width ones, single blanks between words.

    Letters made of two characters become one, ligatures and full-width letters the ordinary ones. Fit to be shown.

    Examples
    --------
    >>> visible("\u202eMüller\u200b  GmbH\t")
    'Müller GmbH'
    """
    if text.isascii() and text.isprintable():
        return _BLANK.sub(" ", text).strip()
    seen = (
        " " if character.isspace() else character
        for character in unicodedata.normalize("NFC", text)
        if character.isspace() or unicodedata.category(character) not in {"Cc", "Cf", "Co", "Cn", "Cs"}
    )
    return _BLANK.sub(" ", "".join(seen)).strip()


@functools.lru_cache(maxsize=65536)
def fold_word(word: str) -> str:
    """Return a word in small letters without accents, in which Müller, Mueller, Muller and MÜLLER are one.

    ``ae``, ``oe`` and ``ue`` count as umlauts, ``ue`` not after a, e, o, q (Bauer, neue, Quelle).

    Examples
    --------
    >>> [fold_word(word) for word in ("Müller", "MUELLER", "Straße", "Bauer", "Café")]
    ['muller', 'muller', 'strasse', 'bauer', 'cafe']
    """
    text = word.casefold()
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.translate(_LETTERS))
        text = "".join(character for character in text if not unicodedata.combining(character))
    return _DIGRAPH.sub(lambda found: found[0][0], text)
