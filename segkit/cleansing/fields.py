"""Words for columns and for the evidence of a match, as people read them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from segkit import texts

EVIDENCE = re.compile(r"^\s*(?P<name>.+?)\s+(?P<weight>[+\-\u2212]?\d+(?:\.\d+)?)\s*$")


@dataclass(frozen=True)
class Evidence:
    """What one comparison says about two records being one customer, in bits."""

    name: str
    weight: float


def field_name(column: str, language: str) -> str:
    """Return the word for a column or comparison: postal_code is PLZ; without one, the name without underscores."""
    for key in (f"quality.field_{column}", f"matching.comparison_{column}", f"matching.contradiction_{column}"):
        if texts.has(key):
            return texts.say(key, language)
    return str(column).replace("_", " ")


def read_evidence(evidence: object) -> list[Evidence]:
    """Return the parts of an evidence text, the strongest first, either way.

    Examples
    --------
    "name +9.1; phone -1.3" → name 9.1, phone −1.3. A part without a number is left out.
    """
    if not isinstance(evidence, str):
        return []
    found = [EVIDENCE.match(part) for part in evidence.split(";")]
    parts = [Evidence(m["name"], float(m["weight"].replace("\u2212", "-"))) for m in found if m]
    return sorted(parts, key=lambda part: -abs(part.weight))


def say_evidence(evidence: object, language: str, most: int = 6) -> str:
    """Return the parts in words with their signs: Name +9,1, PLZ +5,2, Telefon −1,3."""
    parts = read_evidence(evidence)[:most]
    return ", ".join(f"{field_name(part.name, language)}\u00a0{signed(part.weight, language)}" for part in parts)


def signed(number: float, language: str) -> str:
    """Return a number with its sign and one digit: +9,1, −1,3, ±0,0."""
    rounded = round(number, 1)
    sign = "+" if rounded > 0 else "\u2212" if rounded < 0 else "±"
    digits = f"{abs(rounded):.1f}"
    return sign + (digits.replace(".", ",") if language == "de" else digits)
