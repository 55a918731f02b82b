"""Industry codes: which classification a column follows, one way to write a code, and its division in NACE 2.0.

NACE and the German WZ share their first four digits: WZ 2008 is NACE 2.0 with a fifth, WZ 2025 is NACE 2.1 with one.
Sources: the classes of NACE 2.0 and 2.1 as python-stdnum holds them (Eurostat); divisions of US SIC 1987 and NAICS by
the titles of both classifications (`industries.yml`).
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from segkit.yaml_files import read_yaml

if TYPE_CHECKING:
    import pandas as pd

NACE = {"NACE 2.0": "2.0", "WZ 2008": "2.0", "NACE 2.1": "2.1", "WZ 2025": "2.1"}
"""Scheme → edition of NACE that its first four digits follow."""
SIBLINGS = {"NACE 2.0": "NACE 2.1", "NACE 2.1": "NACE 2.0", "WZ 2008": "WZ 2025", "WZ 2025": "WZ 2008"}
SCHEMES = (*NACE, "SIC", "NAICS")
LEVELS = {1: "section", 2: "division", 3: "group", 4: "class", 5: "subclass"}
COLUMNS = ["code", "scheme", "level", "division", "candidates", "is_valid"]
MOST = 0.8  # of a column's codes must be valid before it counts as following a scheme
HALF = 0.5  # as many are enough where the header names the scheme
MIXED = 0.05  # from this share of codes that only the other edition has, a column holds both editions
HEADERS = (
    (r"wz\D*(20)?25\b", "WZ 2025"),
    (r"wz\D*(20)?0?8\b", "WZ 2008"),
    (r"nace.*2\W?1\b", "NACE 2.1"),
    (r"nace.*\b2(\W?0)?\b", "NACE 2.0"),
    (r"naics", "NAICS"),
    (r"\bsic\b|^sic", "SIC"),
)
"""What a header may say, in the order in which it is looked for."""
PREFIX = re.compile(r"^(?:(?:WZ|NACE)\s*(?:REV\.?)?\s*(?:(?:20)?(?:08|25)|2[.,][01]|2)?\s*[-_:. ]\s*)", re.IGNORECASE)


@dataclass(frozen=True)
class Scheme:
    """What a column follows: its scheme, and whether codes of the scheme's other edition stand among them."""

    name: str
    is_mixed: bool = False
    n_digits: int = 0


@functools.cache
def _crosswalk() -> dict[str, dict[str, list[str]]]:
    """Scheme → beginning of a code → divisions of NACE 2.0 that may be meant; exactly one is clear."""
    tables = read_yaml(Path(__file__).with_name("industries.yml"))
    return {
        name: {str(start): [found] if isinstance(found, str) else list(found) for start, found in table.items()}
        for name, table in tables.items()
    }


def find_scheme(codes: pd.Series, header: str = "") -> Scheme | None:
    """Return the scheme that a column of industry codes follows, or None.

    Parameters
    ----------
    codes : Series
        Codes as written; empty ones do not count.
    header : str
        The column's name in the export: "WZ 2025" or "SIC code" narrows the choice to what it names.

    Notes
    -----
    The header's scheme counts where half of the codes are valid in it, except that codes written with a point (25.62)
    are NACE in a field called SIC too, as German companies use that field of their CRM; otherwise the edition of NACE
    with most valid codes, if these are at least four in five; else NAICS or SIC, as long as as many codes could be
    theirs. Between two editions that fit equally well the older one is taken: nobody writes 28.22 anew because an
    edition changes.
    """
    written = codes.dropna().astype("str").str.strip()
    written = written[written.ne("")]
    if written.empty:
        return None
    counts = written.value_counts()
    digits = {text: _digits(text) for text in counts.index}
    usual = _usual_length(counts, digits)
    shares = {
        name: sum(n for text, n in counts.items() if _valid(digits[text], text, name, usual)) / len(written)
        for name in ("NACE 2.0", "NACE 2.1", "SIC", "NAICS")
    }
    n_pointed = sum(n for text, n in counts.items() if re.match(r"\d\d\.\d", text))
    is_nace = n_pointed >= HALF * len(written)
    name = _named(header, shares, is_nace) or _best(shares, digits, counts, header)
    if name is None:
        return None
    only_other = _only_in(name, counts, digits, usual)
    return Scheme(name, only_other > MIXED * len(written), usual)


def _named(header: str, shares: dict[str, float], is_nace: bool) -> str | None:
    for pattern, name in HEADERS:
        if re.search(pattern, header, re.IGNORECASE) and (name in NACE or not is_nace):
            key = f"NACE {NACE[name]}" if name in NACE else name
            return name if shares[key] >= HALF else None
    return None


def _best(shares: dict[str, float], digits: dict[str, str], counts: pd.Series, header: str) -> str | None:
    edition = max(("NACE 2.0", "NACE 2.1"), key=lambda name: shares[name])
    if shares[edition] >= MOST:
        n_five = sum(n for text, n in counts.items() if len(digits[text]) == 5)
        is_german = re.search(r"wz|wirtschaftszweig", header, re.IGNORECASE) or n_five >= 0.1 * counts.sum()
        german = {"NACE 2.0": "WZ 2008", "NACE 2.1": "WZ 2025"}
        return german[edition] if is_german else edition
    n_long = sum(n for text, n in counts.items() if len(digits[text]) >= 5)
    other = "NAICS" if n_long >= HALF * counts.sum() else "SIC"
    return other if shares[other] >= MOST else None


def _only_in(name: str, counts: pd.Series, digits: dict[str, str], usual: int) -> int:
    """Count the codes that only the scheme's other edition has."""
    if name not in NACE:
        return 0
    other = SIBLINGS[name]
    return sum(
        n
        for text, n in counts.items()
        if not _valid(digits[text], text, name, usual) and _valid(digits[text], text, other, usual)
    )


def read_codes(codes: pd.Series, scheme: Scheme | None) -> pd.DataFrame:
    """Return what each code says.

    Parameters
    ----------
    codes : Series
        Codes as written: 28.22, 2822, C28.22, "WZ 28.22.0", 1.11 (its leading zero lost). Of several codes in one cell,
        parted by ``;`` or ``|``, the first counts.
    scheme : Scheme or None
        As `find_scheme` found it; None makes every code unknown.

    Returns
    -------
    DataFrame
        Indexed like `codes`: code (28.22, 28.22.0, SIC and NAICS digits only; NA where no scheme has it), scheme (a
        code that only the other edition of NACE has belongs to that one), level (section to subclass; NA for SIC and
        NAICS), division (of NACE 2.0, NA where the crosswalk is unclear), candidates (the divisions that may be meant,
        parted by blanks, where it is unclear), is_valid.
    """
    import pandas as pd

    distinct = codes.dropna().astype("str").drop_duplicates()
    rows = [_read(text, scheme) for text in distinct]
    known = pd.DataFrame(rows, columns=COLUMNS, index=distinct.to_list(), dtype="object")
    found = known.reindex(
        codes.astype("object").where(codes.notna(), None).map(lambda v: None if v is None else str(v))
    )
    text = {c: found[c].astype("str").where(found[c].notna()) for c in COLUMNS[:-1]}
    frame = pd.DataFrame({**text, "is_valid": found["is_valid"].fillna(False).astype("bool")})
    return frame.set_axis(codes.index)


def _read(text: str, scheme: Scheme | None) -> tuple:
    if scheme is None:
        return (None, None, None, None, None, False)
    digits = _digits(text)
    for name in filter(None, (scheme.name, SIBLINGS.get(scheme.name))):
        found = _valid(digits, text, name, scheme.n_digits)
        if found:
            divisions = _divisions(found, name)
            if scheme.is_mixed and name in NACE:
                divisions = sorted({*divisions, *_other_divisions(found, SIBLINGS[name])})
            is_clear = len(divisions) == 1
            return (
                _written(found, name),
                name,
                LEVELS.get(len(found)) if name in NACE else None,
                divisions[0] if is_clear else None,
                " ".join(divisions) if len(divisions) > 1 else None,
                True,
            )
    return (None, None, None, None, None, False)


def _other_divisions(code: str, scheme: str) -> list[str]:
    """Divisions of the same digits in the other edition, where it has them."""
    return _divisions(code, scheme) if _is_nace(code, NACE[scheme]) else []


def _digits(text: str) -> str:
    """The code without prefix, dots and blanks: a section's letter or digits; the letter before digits is dropped."""
    first = re.split(r"[;|]", text)[0].strip()
    first = re.sub(r"^(\d\d)-\d\d$", r"\1", first)  # NAICS writes three of its sectors as ranges: 31-33
    bare = re.sub(r"[\s.,\-/]", "", PREFIX.sub("", first)).upper()
    return bare[1:] if re.fullmatch(r"[A-V]\d+", bare) else bare


def _usual_length(counts: pd.Series, digits: dict[str, str]) -> int:
    """How many digits most codes without dots have; 0 where there are none."""
    lengths: dict[int, int] = {}
    for text, n in counts.items():
        if text.strip().isdigit():
            lengths[len(digits[text])] = lengths.get(len(digits[text]), 0) + int(n)
    return max(lengths, key=lambda length: (lengths[length], length)) if lengths else 0


def _valid(digits: str, text: str, scheme: str, usual: int) -> str:
    """The digits, with a leading zero where it was lost, if the scheme has this code; else nothing."""
    if scheme in NACE:
        options = [digits]
        if re.match(r"^\s*\d[.,]", text) or (text.strip().isdigit() and len(digits) == usual - 1):
            options.insert(0, f"0{digits}")
        return next((option for option in options if _is_nace(option, NACE[scheme])), "")
    if scheme == "SIC":
        padded = digits.zfill(4) if digits.isdigit() and len(digits) == 3 == usual - 1 else digits
        return padded if re.fullmatch(r"\d{2,4}", padded) and _longest(padded, "sic") else ""
    return digits if re.fullmatch(r"\d{2,6}", digits) and _longest(digits, "naics") else ""


@functools.cache
def _is_nace(code: str, edition: str) -> bool:
    """Say whether an edition of NACE has the code; the fifth digit is the country's own and may be any."""
    from stdnum.eu import nace

    return bool(re.fullmatch(r"[A-V]|\d{2,5}", code)) and nace.is_valid(code[:4], revision=edition)


def _divisions(code: str, scheme: str) -> list[str]:
    """The divisions of NACE 2.0 that a valid code may belong to."""
    if not code[0].isdigit():
        return []
    if scheme not in NACE:
        return _crosswalk()[scheme.lower()][_longest(code, scheme.lower())]
    if NACE[scheme] == "2.0":
        return [code[:2]]
    moved = _longest(code[:4], "nace21")
    return _crosswalk()["nace21"][moved] if moved else [code[:2]]


def _longest(code: str, table: str) -> str:
    """The longest beginning of the code that the crosswalk knows, or nothing."""
    known = _crosswalk()[table]
    return next((code[:n] for n in range(len(code), 1, -1) if code[:n] in known), "")


def _written(code: str, scheme: str) -> str:
    """The usual way to write a code: 28, 28.2, 28.22, 28.22.0; SIC and NAICS are digits only."""
    if scheme not in NACE:
        return code
    return ".".join(part for part in (code[:2], code[2:4], code[4:]) if part)
