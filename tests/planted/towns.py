"""Invented towns: postal codes, dialling code, registry court, streets."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from random import Random

import yaml

_TEXT = yaml.safe_load((Path(__file__).parent / "words.yml").read_text(encoding="utf-8"))
WORDS = {key: [word.replace("%", " ") for word in text.split()] for key, text in _TEXT.items()}


@dataclass(frozen=True)
class Town:
    """A town and its quarters."""

    name: str
    codes: tuple[str, ...]
    dialling: str
    court: str


@dataclass(frozen=True)
class Address:
    """Where a company sits."""

    street: str
    number: str
    code: str
    town: Town


def make_towns(n: int, rng: Random) -> tuple[list[Town], list[float]]:
    """Return towns and their cumulated weights: a few are large, with many postal codes, most are small."""
    names: dict[str, None] = {}
    while len(names) < n:
        name = rng.choice(WORDS["town_front"]) + rng.choice(WORDS["town_back"])
        if rng.random() < 0.3:
            name = rng.choice(WORDS["town_prefix"]) + name.lower()
        elif rng.random() < 0.05:
            name = f"Bad {name}"
        names[name] = None
    firsts = rng.sample(range(1000, 99000, 50), n)
    diallings = rng.sample(dialling_codes(), n)
    weights = [1 / (place + 5) ** 0.8 for place in range(n)]
    largest = weights[0]
    towns = [
        Town(
            name=name,
            codes=tuple(f"{first + i:05d}" for i in range(max(1, round(25 * weight / largest)))),
            dialling=dialling,
            court=rng.choice(WORDS["courts"]),
        )
        for name, first, dialling, weight in zip(names, firsts, diallings, weights, strict=True)
    ]
    return towns, list(accumulate(weights))


def dialling_codes() -> list[str]:
    """Return the German dialling codes of four digits behind the 0, by the plan of numbers that phonenumbers knows."""
    import phonenumbers

    def is_in_use(code: int) -> bool:
        number = phonenumbers.PhoneNumber(country_code=49, national_number=int(f"{code}123456"))
        return phonenumbers.is_valid_number(number)

    return [f"0{code}" for code in range(2010, 9999) if is_in_use(code)]


def make_address(town: Town, rng: Random) -> Address:
    """Return an address in the town; a quarter of the streets bear a person's name."""
    street = rng.choice(WORDS["streets"])
    if rng.random() < 0.25:
        street = rng.choice(WORDS["first_names"]) + "-" + rng.choice(WORDS["surnames"]) + "-Straße"
    number = str(rng.randint(1, 180) if rng.random() < 0.5 else rng.randint(1, 40))
    if rng.random() < 0.08:
        number += rng.choice("abc")
    return Address(street, number, rng.choice(town.codes), town)
