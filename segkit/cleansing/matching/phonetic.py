"""How a German word sounds: Kölner Phonetik."""

from __future__ import annotations

_CODES = {
    **dict.fromkeys("aeijouy", "0"),
    "b": "1",
    **dict.fromkeys("fvw", "3"),
    **dict.fromkeys("gkq", "4"),
    "l": "5",
    **dict.fromkeys("mn", "6"),
    "r": "7",
    **dict.fromkeys("sz", "8"),
}
_LETTERS = str.maketrans({"ä": "a", "ö": "o", "ü": "u", "ß": "s"})


def sound_of(word: str) -> str:
    """Return the digits of a word that sounds alike: Meier, Maier and Mayer are 67.

    Letters outside a-z are passed over. H. J. Postel, Die Kölner Phonetik, IBM-Nachrichten 19 (1969), 925-931.
    """
    letters = [letter for letter in word.casefold().translate(_LETTERS) if "a" <= letter <= "z"]
    codes = []
    for place, letter in enumerate(letters):
        before = letters[place - 1] if place else ""
        after = letters[place + 1] if place + 1 < len(letters) else ""
        codes.append(_code(letter, before, after))
    digits = "".join(codes)
    single = "".join(digit for place, digit in enumerate(digits) if not place or digit != digits[place - 1])
    return single[:1] + single[1:].replace("0", "")


def _code(letter: str, before: str, after: str) -> str:
    """Return the digits of one letter between its neighbours."""
    if letter in _CODES:
        return _CODES[letter]
    if letter == "p":
        return "3" if after == "h" else "1"
    if letter in "dt":
        return "8" if after and after in "csz" else "2"
    if letter == "x":
        return "8" if before and before in "ckq" else "48"
    if letter == "c":
        if not before:
            return "4" if after and after in "ahkloqrux" else "8"
        return "4" if before not in "sz" and after and after in "ahkoqux" else "8"
    return ""
