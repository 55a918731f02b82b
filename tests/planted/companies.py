"""Invented companies, each with what makes it hard to tell apart from others.

No two companies of one town bear the same name and legal form, as § 30 HGB demands; everything else may coincide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from random import Random

from planted import identifiers
from planted.towns import WORDS, Address, Town, make_address, make_towns

FOLDED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
FORMS = {
    "GmbH": 55, "GmbH & Co. KG": 15, "UG (haftungsbeschränkt)": 6, "AG": 3, "KG": 4, "OHG": 3, "e.K.": 8, "GbR": 4,
    "SE": 0.5, "Ltd.": 0.5, "": 3,
}  # fmt: skip
# Share of the companies that grow a family of companies like them.
FAMILIES = {
    "sisters": 0.03,
    "same_name": 0.025,
    "relatives": 0.02,
    "group": 0.015,
    "numbered": 0.012,
    "franchise": 0.01,
}
CENTRAL = ("0", "00", "10")
MOBILE = ("0151", "0160", "0170", "0171", "0175", "0176")


@dataclass(frozen=True)
class Company:
    """What is true about a company, before anybody typed it."""

    core: str
    form: str
    address: Address
    dialling: str
    number: str
    extension: str
    domain: str
    mail: str
    vat_id: str
    register: tuple[str, str, int] | None
    lei: str
    family: int = -1
    kind: str = "alone"

    @property
    def name(self) -> str:
        """The name as registered: the legal form of a Verwaltungs-GmbH hangs on its last word."""
        if self.core.endswith("-"):
            return f"{self.core}{self.form}"
        return f"{self.core} {self.form}".strip()


class World:
    """Towns, and all companies so far; makes more of them from one stream of random numbers."""

    def __init__(self, n: int, seed: int):
        self.rng = Random(seed)
        self.towns, self.weights = make_towns(min(max(60, n // 40), 1500), self.rng)
        self.companies: list[Company] = []
        self._taken: set[tuple[str, str]] = set()
        self._domains: set[str] = set()
        while len(self.companies) < n:
            start = len(self.companies)
            self.add(self.company())
            draw = self.rng.random()
            for kind, share in FAMILIES.items():
                if 0 <= draw < share:
                    self._grow(start, kind)
                draw -= share
        del self.companies[n:]

    def town(self) -> Town:
        """A town by its size."""
        return self.rng.choices(self.towns, cum_weights=self.weights)[0]

    def add(self, company: Company) -> bool:
        """Keep the company unless its town has one of this name and legal form."""
        key = (company.name.casefold(), company.address.town.name)
        if key in self._taken:
            return False
        self._taken.add(key)
        self.companies.append(company)
        return True

    def company(self) -> Company:
        """One company that has nothing to do with the others, but for a shared building or a shared tax adviser."""
        rng, town = self.rng, self.town()
        core, form = company_name(town, rng)
        address = make_address(town, rng)
        other = rng.choice(self.companies) if self.companies else None
        if other and rng.random() < 0.03:
            address = other.address
        has_adviser = other is not None and rng.random() < 0.01
        made = self.fill(core, form, address, self.own_domain(core, town))
        if has_adviser and other is not None:
            made = replace(made, dialling=other.dialling, number=other.number, extension=other.extension)
        return made

    def own_domain(self, core: str, town: Town) -> str:
        """A domain that nobody else has: registries give each once, so the second Autohaus Schmidt adds its town."""
        domain = web_name(core, self.rng)
        if domain in self._domains:
            domain = domain.replace(".", f"-{_plain(town.name)}.")
        while domain in self._domains:
            domain = domain.replace(".", f"{self.rng.randint(1, 9)}.")
        self._domains.add(domain)
        return domain

    def fill(self, core: str, form: str, address: Address, domain: str) -> Company:
        """Give a name and an address their numbers."""
        rng = self.rng
        uses_free_mail = form in ("e.K.", "GbR", "") and rng.random() < 0.6 or rng.random() < 0.08
        return Company(
            core=core,
            form=form,
            address=address,
            dialling=address.town.dialling if rng.random() > 0.05 else rng.choice(MOBILE),
            number=str(rng.randint(2000, 9999999)),
            extension=rng.choice(CENTRAL) if rng.random() < 0.5 else "",
            domain=domain,
            mail=rng.choice(WORDS["free_mail"]) if uses_free_mail else domain,
            vat_id=identifiers.vat_id(rng),
            register=identifiers.register(form, address.town.court, rng),
            lei=identifiers.lei(rng) if rng.random() < 0.12 else "",
        )

    def _grow(self, start: int, kind: str) -> None:
        """Add the relatives of the company at this place."""
        if start >= len(self.companies):
            return
        head = replace(self.companies[start], family=start, kind=kind)
        self.companies[start] = head
        for other in _GROWTH[kind](self, head):
            self.add(replace(other, family=start, kind=kind))


def sisters(world: World, head: Company) -> Iterator[Company]:
    """Companies of one owner at one address: same exchange, same domain, often one VAT id (Organschaft)."""
    rng = world.rng
    shares_vat = rng.random() < 0.25
    for word in rng.sample(WORDS["sisters"], rng.choice((1, 1, 2))):
        draw = rng.random()
        core, form = f"{head.core} {word}", "GmbH"
        if draw < 0.08 and head.form != "GmbH":
            core = head.core  # only the legal form differs
        elif draw < 0.3:
            core = f"{head.core} {word}-"
        elif draw < 0.45:
            form = "GmbH & Co. KG"
        made = world.fill(core, form, head.address, head.domain)
        extension = head.extension if rng.random() < 0.5 else str(rng.randint(11, 89))
        yield replace(
            made,
            dialling=head.dialling,
            number=head.number,
            extension=extension,
            mail=head.mail,
            vat_id=head.vat_id if shares_vat else made.vat_id,
        )


def same_name(world: World, head: Company) -> Iterator[Company]:
    """Strangers in other towns whose name is the same."""
    for _ in range(world.rng.choice((1, 1, 1, 2, 3))):
        town = world.town()
        yield world.fill(head.core, head.form, make_address(town, world.rng), world.own_domain(head.core, town))


def relatives(world: World, head: Company) -> Iterator[Company]:
    """Firms of one family in one street of one town: another trade or another first name, sometimes one phone."""
    rng = world.rng
    own = [word for word in head.core.split() if word in WORDS["surnames"]]
    surname = own[0] if own else rng.choice(WORDS["surnames"])
    for _ in range(rng.choice((1, 1, 2))):
        trade = rng.choice(WORDS["trades"] if rng.random() < 0.5 else WORDS["trade_prefixes"])
        first = f"{rng.choice(WORDS['first_names'])} " if rng.random() < 0.5 else ""
        address = head.address
        if rng.random() < 0.5:
            address = replace(address, number=str(rng.randint(1, 120)))
        core = f"{first}{surname} {trade}" if rng.random() < 0.5 else f"{trade} {first}{surname}"
        made = world.fill(core, _form(rng), address, world.own_domain(core, address.town))
        if rng.random() < 0.4:
            made = replace(made, dialling=head.dialling, number=head.number, extension=head.extension)
        yield made


def group(world: World, head: Company) -> Iterator[Company]:
    """Companies of one group in other towns: first word and domain are the same, some show the head's phone."""
    rng = world.rng
    first = head.core.split()[0]
    for word in rng.sample(WORDS["extras"], rng.choice((1, 2, 3))):
        core = f"{first} {word}" if rng.random() < 0.5 else f"{head.core} {world.town().name}"
        made = world.fill(core, rng.choice(("GmbH", head.form or "GmbH")), make_address(world.town(), rng), head.domain)
        if rng.random() < 0.2:
            made = replace(made, dialling=head.dialling, number=head.number, extension=head.extension)
        yield made


def numbered(world: World, head: Company) -> Iterator[Company]:
    """Wind parks, objects, nurseries: one address or one town, names that differ in a number."""
    rng = world.rng
    kind = rng.choice(("Windpark", "Objekt", "Kita", "Solarpark", "Fonds"))
    core = f"{kind} {head.address.town.name}" if kind != "Objekt" else f"{head.core} Objekt"
    form = "gGmbH" if kind == "Kita" else "GmbH & Co. KG"
    numbers = ["1", "2", "3", "4", "5"] if rng.random() < 0.6 else ["I", "II", "III", "IV", "V"]
    for number in numbers[: rng.choice((2, 2, 3, 4, 5))]:
        address = head.address if kind != "Kita" else make_address(head.address.town, rng)
        made = world.fill(f"{core} {number}", form, address, head.domain)
        if kind != "Kita":
            made = replace(made, dialling=head.dialling, number=head.number, extension=head.extension, mail=head.mail)
        yield made


def franchise(world: World, head: Company) -> Iterator[Company]:
    """Partners of one brand in many towns: brand with town, owner or nothing behind it, one domain."""
    rng = world.rng
    brand, domain = rng.choice(WORDS["brands"]), ""
    domain = f"{_plain(brand)}.de"
    for _ in range(rng.choice((2, 3, 4, 6))):
        town = world.town()
        behind = rng.choice((town.name, rng.choice(WORDS["surnames"]), ""))
        made = world.fill(f"{brand} {behind}".strip(), _form(rng), make_address(town, rng), domain)
        yield replace(made, mail=domain)


_GROWTH: dict[str, Callable[[World, Company], Iterator[Company]]] = {
    "sisters": sisters,
    "same_name": same_name,
    "relatives": relatives,
    "group": group,
    "numbered": numbered,
    "franchise": franchise,
}


def company_name(town: Town, rng: Random) -> tuple[str, str]:
    """Return core and legal form of an invented name."""
    pick = {key: rng.choice(WORDS[key]) for key in ("trades", "trade_prefixes", "first_names")}
    surname = WORDS["surnames"][int(len(WORDS["surnames"]) * rng.random() ** 2)]  # the first ones are the frequent ones
    second = WORDS["surnames"][int(len(WORDS["surnames"]) * rng.random() ** 2)]
    draw = rng.random()
    if draw < 0.32:
        fantasy = rng.choice(WORDS["fantasy_front"]) + rng.choice(WORDS["fantasy_back"])
        extra = f" {rng.choice(WORDS['extras'])}" if rng.random() < 0.2 else ""
        return f"{fantasy} {pick['trades']}{extra}", _form(rng)
    if draw < 0.5:
        return f"{pick['trade_prefixes']} {surname}", _form(rng)
    if draw < 0.64:
        return f"{surname} {pick['trades']}", _form(rng)
    if draw < 0.73:
        return f"{pick['first_names']} {surname} {pick['trades']}", _form(rng)
    if draw < 0.79:
        behind = rng.choice((f"& {second}", "und Söhne", "& Partner", f"+ {second}"))
        if behind == "& Partner" and rng.random() < 0.5:
            return f"{surname} {behind} Rechtsanwälte", "PartG mbB"
        return f"{surname} {behind} {pick['trades']}", _form(rng)
    if draw < 0.83:
        return f"{rng.choice(('Gebr.', 'Gebrüder'))} {surname} {pick['trades']}", _form(rng)
    if draw < 0.9:
        letters = "".join(rng.choice("ABDEFGHKLMNPRSTVW") for _ in range(rng.choice((2, 3, 3, 4))))
        return f"{letters} {pick['trades']}", _form(rng)
    if draw < 0.95:
        kind = rng.choice(WORDS["town_firms"])
        return f"{kind} {town.name}", "eG" if kind.endswith(("bank", "genossenschaft")) else rng.choice(("GmbH", "AG"))
    if draw < 0.985:
        year = f" {rng.randint(1848, 1990)}" if rng.random() < 0.4 else ""
        return f"{rng.choice(WORDS['clubs'])} {town.name}{year}", "e.V."
    return f"Dr. {pick['first_names']} {surname} {pick['trades']}", _form(rng)


def _form(rng: Random) -> str:
    return rng.choices(list(FORMS), weights=list(FORMS.values()))[0]


def web_name(core: str, rng: Random) -> str:
    """Return a domain such as autohaus-schmidt.de, mueller-bau.com; of short names only the first two words."""
    words = [_plain(word) for word in core.replace("&", " ").replace("+", " ").split()]
    words = [word for word in words if word][:3]
    return rng.choice(("-", "-", "")).join(words) + rng.choices((".de", ".com", ".eu"), weights=(85, 10, 5))[0]


def _plain(word: str) -> str:
    return "".join(letter for letter in word.translate(FOLDED).lower() if letter.isalnum())
