"""Numbers with true check digits, and the ways people write them."""

from __future__ import annotations

from random import Random

from stdnum.iso7064 import mod_11_10, mod_97_10

REGISTERS = {
    **dict.fromkeys(("GmbH", "gGmbH", "UG (haftungsbeschränkt)", "AG", "SE"), "HRB"),
    **dict.fromkeys(("GmbH & Co. KG", "KG", "OHG", "e.K."), "HRA"),
    **{"e.V.": "VR", "eG": "GnR", "PartG mbB": "PR"},
}


def vat_id(rng: Random) -> str:
    """Return a German VAT id with the right check digit."""
    body = str(rng.randint(10_000_000, 39_999_999))
    return f"DE{body}{mod_11_10.calc_check_digit(body)}"


def lei(rng: Random) -> str:
    """Return a legal entity identifier with the right check digits."""
    body = "5299" + "00" + "".join(rng.choice("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789") for _ in range(12))
    return body + mod_97_10.calc_check_digits(body)


def register(form: str, court: str, rng: Random) -> tuple[str, str, int] | None:
    """Return court, register and number, or None for what stands in no register."""
    return (court, REGISTERS[form], rng.randint(100, 160_000)) if form in REGISTERS else None


def write_vat(value: str, rng: Random) -> str:
    """Write it plainly, with blanks, or in small letters."""
    draw = rng.random()
    if draw < 0.75:
        return value
    if draw < 0.9:
        return f"DE {value[2:5]} {value[5:8]} {value[8:]}"
    return f"{value[:2]} {value[2:]}" if draw < 0.97 else value.lower()


def write_register(value: tuple[str, str, int], rng: Random) -> str:
    """Write it with the court before or behind, or, in a fifth, without any court."""
    court, kind, number = value
    forms = (
        f"Amtsgericht {court} {kind} {number}",
        f"{kind} {number}, AG {court}",
        f"{kind} {number} (Amtsgericht {court})",
        f"{court} {kind} {number}",
    )
    return rng.choice((f"{kind} {number}", f"{kind}{number}")) if rng.random() < 0.2 else rng.choice(forms)


def write_phone(dialling: str, number: str, extension: str, rng: Random) -> str:
    """Write a number in one of six usual ways."""
    behind = f"-{extension}" if extension else ""
    forms = (
        f"{dialling} {number}{behind}",
        f"{dialling}/{number}{behind}",
        f"({dialling}) {number} {extension}".strip(),
        f"+49 {dialling[1:]} {number}{extension}",
        f"+49 (0){dialling[1:]} / {number} {behind.replace('-', '- ')}".strip(),
        f"0049{dialling[1:]}{number}{extension}",
    )
    return rng.choice(forms)
