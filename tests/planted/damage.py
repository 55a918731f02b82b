"""What happens to a company's data when somebody enters it a second time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

from planted.companies import FOLDED, Company, World
from planted.towns import Address, make_address

_VARIANTS = {
    "GmbH": ("Gesellschaft mit beschränkter Haftung", "G.m.b.H.", "GMBH", "gmbh", "Gmbh", "mbH"),
    "gGmbH": ("gemeinnützige GmbH", "gGMBH", "g GmbH"),
    "GmbH & Co. KG": (
        "GmbH u. Co. KG",
        "GmbH&Co.KG",
        "GmbH + Co. KG",
        "GmbH & Co KG",
        "GmbH und Co. KG",
        "GMBH & CO.KG",
    ),
    "AG": ("Aktiengesellschaft", "A.G.", "Ag"),
    "KG": ("Kommanditgesellschaft", "K.G."),
    "OHG": ("offene Handelsgesellschaft", "oHG", "O.H.G."),
    "e.K.": ("e. K.", "eK", "e.Kfm.", "eingetragener Kaufmann", "e.Kfr."),
    "GbR": ("Gesellschaft bürgerlichen Rechts", "G.b.R.", "GBR"),
    "UG (haftungsbeschränkt)": ("UG", "UG haftungsbeschränkt", "UG (haftungsbeschr.)", "Unternehmergesellschaft"),
    "SE": ("S.E.", "Se"),
    "e.V.": ("e. V.", "eV", "eingetragener Verein", "E.V."),
    "eG": ("e.G.", "e. G.", "eingetragene Genossenschaft"),
    "PartG mbB": ("PartGmbB", "Partnerschaft mbB", "Partnerschaftsgesellschaft mbB"),
    "Ltd.": ("Ltd", "Limited", "LTD"),
}
_SHORT = {
    "maschinenbau": "masch.bau", "technik": "techn.", "verwaltung": "verw.", "gesellschaft": "ges.",
    "Gebrüder": "Gebr.",
    "Ingenieurbüro": "Ing.-Büro", "Vertriebs": "Vertr.", "Beteiligungs": "Bet.", "Deutschland": "Dt.", " und ": " u. ",
    "Großhandel": "Großh.", "Immobilien": "Immob.", "beratung": "berat.", "International": "Int.", "Service": "Serv.",
    "Bäckerei": "Bäck.", "Grundstücks": "Grdst.", "Umwelt": "Umw.", "dienste": "dienst", "Verpackungen": "Verpackung",
}  # fmt: skip
_NEIGHBOURS = dict(zip("qwertzuiopasdfghjklyxcvbnm", "wertzuioupsdfghjkkxcvbnmn", strict=False))
_SOUNDS = (("ei", "ai"), ("ey", "ei"), ("tz", "z"), ("ck", "k"), ("ph", "f"), ("th", "t"), ("mm", "m"), ("nn", "n"),
           ("ss", "s"), ("tt", "t"), ("dt", "t"), ("f", "ff"), ("l", "ll"), ("k", "c"))  # fmt: skip
_BEHIND = ("- Einkauf", "(Zentrale)", "z. Hd. Buchhaltung", "Abt. Technik", "*ALT*", "Hauptsitz", ", Deutschland")


@dataclass
class Entry:
    """What somebody types: starts as the truth, and is damaged."""

    company: Company
    core: str
    form: str
    address: Address
    phone: tuple[str, str, str]
    vat_id: str

    @classmethod
    def of(cls, company: Company) -> Entry:
        """An entry without damage."""
        phone = (company.dialling, company.number, company.extension)
        return cls(company, company.core, company.form, company.address, phone, company.vat_id)


def typo(text: str, rng: Random) -> str:
    """Swap, lose, double or mistype a letter, or write it as it sounds."""
    letters = [i for i, letter in enumerate(text) if letter.isalpha()]
    if len(letters) < 4:
        return text
    draw = rng.random()
    if draw < 0.25:
        fitting = [(a, b) for a, b in _SOUNDS if a in text]
        if fitting:
            return text.replace(*rng.choice(fitting), 1)
    at = rng.choice(letters[1:])
    if draw < 0.45 and at + 1 < len(text):
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    if draw < 0.7:
        return text[:at] + text[at + 1 :]
    if draw < 0.85:
        return text[:at] + text[at] + text[at:]
    return text[:at] + _NEIGHBOURS.get(text[at].lower(), "e") + text[at + 1 :]


def _typo(entry: Entry, rng: Random, world: World) -> None:
    entry.core = typo(entry.core, rng)
    if rng.random() < 0.2:
        entry.core = typo(entry.core, rng)


def _legal_form(entry: Entry, rng: Random, world: World) -> None:
    entry.form = rng.choice(_VARIANTS.get(entry.form, ("",)))


def _no_legal_form(entry: Entry, rng: Random, world: World) -> None:
    entry.core, entry.form = entry.core.rstrip("-"), ""


def _umlauts(entry: Entry, rng: Random, world: World) -> None:
    draw = rng.random()
    if draw < 0.6:
        entry.core = entry.core.translate(FOLDED)
    elif draw < 0.9:
        entry.core = entry.core.translate(str.maketrans("äöüßÄÖÜ", "aousAOU"))
    else:  # written as UTF-8, read as cp1252
        entry.core = entry.core.encode().decode("cp1252", errors="replace")


def _word_order(entry: Entry, rng: Random, world: World) -> None:
    words = entry.core.split()
    if len(words) < 2:
        return
    if rng.random() < 0.4:
        entry.core = f"{words[-1]}, {' '.join(words[:-1])}"
    elif rng.random() < 0.6:
        entry.core = " ".join([words[-1], *words[:-1]])
    else:
        entry.core, entry.form = f"{entry.form} {entry.core}".strip(), ""


def _abbreviation(entry: Entry, rng: Random, world: World) -> None:
    fitting = [(long, short) for long, short in _SHORT.items() if long in entry.core]
    if fitting:
        entry.core = entry.core.replace(*rng.choice(fitting))
        return
    words = entry.core.split()
    if len(words) > 2 and words[0].istitle():
        entry.core = " ".join([words[0][0] + ".", *words[1:]])  # H. Weber Bedachungen
    elif len(words[-1]) > 8:
        entry.core = " ".join([*words[:-1], words[-1][: rng.randint(5, 7)] + "."])


def _fewer_words(entry: Entry, rng: Random, world: World) -> None:
    words = entry.core.split()
    if len(words) > 2:
        del words[-1]
        entry.core = " ".join(words)


def _more_words(entry: Entry, rng: Random, world: World) -> None:
    words = entry.company.address.town.name if rng.random() < 0.4 else rng.choice(_BEHIND)
    entry.form = f"{entry.form} {words}".strip()


def _joined(entry: Entry, rng: Random, world: World) -> None:
    entry.core = entry.core.replace(" ", rng.choice(("-", "")), 1)


def _cut(entry: Entry, rng: Random, world: World) -> None:
    whole = f"{entry.core} {entry.form}".strip()
    entry.core, entry.form = whole[: rng.choice((20, 30, 35))].rstrip(), ""


def _capitals(entry: Entry, rng: Random, world: World) -> None:
    whole = f"{entry.core} {entry.form}".strip()
    entry.core, entry.form = whole.upper() if rng.random() < 0.7 else whole.lower(), ""


def _marks(entry: Entry, rng: Random, world: World) -> None:
    mark = rng.choice(("  ", "\u00a0", "\u200b", "\t", "\u00ad", '"', " / "))
    entry.core = f'"{entry.core}"' if mark == '"' else entry.core.replace(" ", mark, 1)


def _moved(entry: Entry, rng: Random, world: World) -> None:
    """Four of five move within their town; who leaves it mostly gets another number."""
    if rng.random() < 0.8:
        entry.address = make_address(entry.company.address.town, rng)
        return
    entry.address = make_address(world.town(), rng)
    if rng.random() < 0.7:
        entry.phone = (entry.address.town.dialling, str(rng.randint(2000, 9999999)), "")


def _old_phone(entry: Entry, rng: Random, world: World) -> None:
    if rng.random() < 0.4:
        entry.phone = (*entry.phone[:2], str(rng.randint(11, 899)))
    else:
        entry.phone = (entry.phone[0], str(rng.randint(2000, 9999999)), "")


def _street(entry: Entry, rng: Random, world: World) -> None:
    address = entry.address
    street = typo(address.street, rng) if rng.random() < 0.7 else address.street
    number = address.number if rng.random() < 0.6 else f"{address.number}-{rng.randint(2, 9)}"
    entry.address = Address(street, number, address.code, address.town)


def _postal_code(entry: Entry, rng: Random, world: World) -> None:
    code = list(entry.address.code)
    draw = rng.random()
    if draw < 0.5:
        at = rng.randrange(4)
        code[at], code[at + 1] = code[at + 1], code[at]
    elif draw < 0.8:
        code[rng.randrange(5)] = str(rng.randint(0, 9))
    else:
        code = list(rng.choice(entry.address.town.codes))
    entry.address = Address(entry.address.street, entry.address.number, "".join(code), entry.address.town)


def _vat_id(entry: Entry, rng: Random, world: World) -> None:
    at = rng.randrange(3, len(entry.vat_id) - 1)
    entry.vat_id = entry.vat_id[:at] + entry.vat_id[at + 1] + entry.vat_id[at] + entry.vat_id[at + 2 :]


# What happens, and how often beside the others.
KINDS: dict[str, tuple[float, Callable[[Entry, Random, World], None]]] = {
    "typo": (22, _typo),
    "legal_form": (16, _legal_form),
    "no_legal_form": (10, _no_legal_form),
    "umlauts": (12, _umlauts),
    "word_order": (8, _word_order),
    "abbreviation": (10, _abbreviation),
    "fewer_words": (4, _fewer_words),
    "more_words": (5, _more_words),
    "joined": (4, _joined),
    "cut": (2, _cut),
    "capitals": (7, _capitals),
    "marks": (3, _marks),
    "moved": (10, _moved),
    "old_phone": (12, _old_phone),
    "street": (8, _street),
    "postal_code": (5, _postal_code),
    "vat_id": (2, _vat_id),
}


def damaged(company: Company, n: int, rng: Random, world: World) -> tuple[Entry, list[str]]:
    """Return an entry of the company with n kinds of damage that each changed something, and the names of the kinds."""
    entry = Entry.of(company)
    kinds, weights = list(KINDS), [weight for weight, _ in KINDS.values()]
    wanted: set[str] = set()
    while len(wanted) < n:
        kind = rng.choices(kinds, weights=weights)[0]
        trial = Entry.of(company)
        KINDS[kind][1](trial, rng, world)
        if trial != Entry.of(company):
            wanted.add(kind)
    done = [kind for kind in KINDS if kind in wanted]
    for kind in done:
        before = replace(entry)
        for _ in range(20):  # a draw may leave all as it was
            KINDS[kind][1](entry, rng, world)
            if entry != before:
                break
    return entry, done
