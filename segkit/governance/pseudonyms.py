"""Keyed pseudonyms: the same for the same value as long as the key is the same, and nothing without the key."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass

LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
"""Without digits and vowels no number and no name can stand in a pseudonym by chance."""
LENGTH = 16
SHOWN = 8  # letters of the pseudonym in a made-up name
PATTERN = f"[{LETTERS}]{{{LENGTH}}}"


@dataclass(frozen=True)
class Pseudonyms:
    """Makes pseudonyms with one key; another recipient gets others, so that two copies cannot be joined."""

    key: bytes
    recipient: str = ""

    def of(self, domain: str, value: str) -> str:
        """Return the pseudonym of a value: HMAC-SHA256 over recipient, domain and value, as sixteen letters.

        Examples
        --------
        account 10017 is the same word in every table and quarter; contact 10017 is another one.
        """
        message = "\x1f".join((self.recipient, domain, value)).encode()
        number = int.from_bytes(hmac.new(self.key, message, hashlib.sha256).digest(), "big")
        letters = []
        for _ in range(LENGTH):
            number, place = divmod(number, len(LETTERS))
            letters.append(LETTERS[place])
        return "".join(letters)

    def table(self, domain: str, values: Iterable[str]) -> list[tuple[str, str]]:
        """Return pairs of value and pseudonym."""
        return [(value, self.of(domain, value)) for value in values]
