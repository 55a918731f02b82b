"""Planted records: companies as several systems hold them, with half the ids missing, and the truth beside them."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import pandas as pd

from planted.companies import Company, World
from planted.damage import Entry, damaged
from planted.identifiers import write_phone, write_register, write_vat
from planted.towns import Town

SYSTEMS = ("crm", "erp", "shop")
# Share of the records that lack it, drawn for each record and column on its own.
MISSING = {
    "street": 0.06,
    "postal_code": 0.05,
    "city": 0.03,
    "country": 0.3,
    "phone": 0.25,
    "website": 0.4,
    "email_domain": 0.4,
    "vat_id": 0.5,
    "register_id": 0.55,
    "lei": 0.5,
}
FIRST_ENTRIES_DAMAGED = 0.1


@dataclass(frozen=True)
class Planted:
    """Records as find_pairs takes them; truth: record_id, company_id, family, kind, damage ("" = none)."""

    records: pd.DataFrame
    truth: pd.DataFrame


def plant(n_companies: int = 40_000, n_duplicates: int = 10_000, seed: int = 1) -> Planted:
    """Return ``n_companies + n_duplicates`` records in random order.

    A fifth of the companies stands twice; of these one in seven three times, one in twenty four times. A duplicate has
    one to three kinds of damage; a tenth of the first entries has one.
    """
    world = World(n_companies, seed)
    rng = Random(seed + 1)
    entries: list[tuple[int, Entry, list[str]]] = []
    for place, company in enumerate(world.companies):
        entries.append((place, *damaged(company, int(rng.random() < FIRST_ENTRIES_DAMAGED), rng, world)))
    doubled: list[int] = []
    places = list(range(n_companies))
    rng.shuffle(places)
    for place in places:
        doubled += [place] * rng.choices((1, 2, 3), weights=(80, 15, 5))[0]
        if len(doubled) >= n_duplicates:
            break
    for place in doubled[:n_duplicates]:
        n = rng.choices((1, 2, 3), weights=(45, 35, 20))[0]
        entries.append((place, *damaged(world.companies[place], n, rng, world)))
    rng.shuffle(entries)
    records, truth = [], []
    for number, (place, entry, kinds) in enumerate(entries, start=100_001):
        company = world.companies[place]
        records.append({"record_id": str(number), **written(entry, rng)})
        truth.append((str(number), place, company.family, company.kind, " ".join(kinds)))
    frame = pd.DataFrame(records).astype("str")
    return Planted(frame, pd.DataFrame(truth, columns=["record_id", "company_id", "family", "kind", "damage"]))


def written(entry: Entry, rng: Random) -> dict[str, str | None]:
    """Return the row that a system holds: spellings of its own, and gaps."""
    company, address = entry.company, entry.address
    draw = rng.random()
    name, form = full_name(entry), None
    if draw < 0.3:
        form = entry.form or None
        name = entry.core.rstrip("-") if draw < 0.15 and form else name
    row = {
        "system": rng.choices(SYSTEMS, weights=(45, 40, 15))[0],
        "name": name,
        "legal_form": form,
        "street": f"{_street(address.street, rng)} {address.number}",
        "postal_code": _postal_code(address.code, rng),
        "city": _city(address.town, rng),
        "country": rng.choice(("DE", "DE", "Deutschland", "D", "Germany")),
        "phone": write_phone(*entry.phone, rng),
        "website": _website(company, rng),
        "email_domain": company.mail,
        "vat_id": write_vat(entry.vat_id, rng),
        "register_id": write_register(company.register, rng) if company.register else None,
        "lei": company.lei or None,
    }
    return {key: None if rng.random() < MISSING.get(key, 0) else value for key, value in row.items()}


def full_name(entry: Entry) -> str:
    """Name and legal form; a hyphen at the end takes the form on (Verwaltungs-GmbH)."""
    if entry.core.endswith("-"):
        return f"{entry.core}{entry.form}"
    return f"{entry.core} {entry.form}".strip()


def _street(street: str, rng: Random) -> str:
    draw = rng.random()
    if draw < 0.25:
        return street.replace("straße", "str.").replace("Straße", "Str.")
    if draw < 0.4:
        return street.replace("straße", "strasse").replace("Straße", "Strasse")
    return street.upper() if draw < 0.45 else street


def _postal_code(code: str, rng: Random) -> str:
    if rng.random() < 0.05:
        return f"D-{code}"
    return code.lstrip("0") if rng.random() < 0.3 else code


def _city(town: Town, rng: Random) -> str:
    draw = rng.random()
    if draw < 0.05:
        return town.name.upper()
    if draw < 0.08:
        return f"{town.name}-{rng.choice(('Nord', 'Süd', 'Mitte', 'Altstadt'))}"
    return town.name.replace("ü", "ue").replace("ö", "oe").replace("ä", "ae") if draw < 0.11 else town.name


def _website(company: Company, rng: Random) -> str:
    start = rng.choice(("www.", "www.", "http://www.", "https://", "https://www.", ""))
    return f"{start}{company.domain}{rng.choice(('', '', '/', '/kontakt', '/de/index.html'))}"
