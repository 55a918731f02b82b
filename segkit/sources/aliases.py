"""Headers compared with the names under which exports call our columns."""

from __future__ import annotations

import functools
import re
from pathlib import Path

import yaml

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_NUMBER_WORDS = {"nr", "no", "number", "id", "nummer", "code", "key", "num"}
EXACT = 0.97
CONTAINED = 0.6
SIMILAR = 0.55
_LEAST_RATIO = 90


@functools.cache
def load_aliases() -> dict[str, dict]:
    """Return `aliases.yml`: files, columns per table, parts of formulas."""
    return yaml.safe_load(Path(__file__).with_name("aliases.yml").read_text(encoding="utf-8"))


def words_of(name: str) -> list[str]:
    """Return the words of a header in plain lower case: ``Kunden-Nr.`` and ``CustomerID`` → two words each."""
    spaced = re.sub(r"([a-zäöüß])([A-ZÄÖÜ])", r"\1 \2", name)
    spaced = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1 \2", spaced)
    return re.findall(r"[a-z0-9]+", spaced.lower().translate(_UMLAUTS))


def name_score(header: str, aliases: list[str], is_id: bool = False) -> float:
    """Return how surely a header means a column, 0–1.

    Parameters
    ----------
    header : str
        Header of a file.
    aliases : list of str
        Known names, the surest first.
    is_id : bool
        For ids only words such as ``no`` or ``id`` may stand beside a known name: `company name` is no id.
    """
    words = words_of(header)
    compact, best = "".join(words), 0.0
    for position, alias in enumerate(aliases):
        known = words_of(alias)
        if compact == "".join(known):
            return EXACT - 0.01 * min(position, 20)
        beside = [word for word in words if word not in known]
        is_contained = len("".join(known)) > 3 and _contains(words, known)
        if is_contained and (not is_id or set(beside) <= _NUMBER_WORDS):
            best = max(best, CONTAINED - 0.005 * position)
        elif not is_id or len(compact) > 6:
            best = max(best, SIMILAR if _similar(compact, "".join(known)) else 0.0)
    return best


def file_hint(name: str, table: str) -> bool:
    """Say whether a file's name speaks of a table."""
    words = words_of(re.sub(r"\.\w{2,7}(\.gz)?$", "", name))
    return any(_contains(words, words_of(alias)) for alias in load_aliases()["files"].get(table, []))


def _contains(words: list[str], known: list[str]) -> bool:
    return any(words[i : i + len(known)] == known for i in range(len(words) - len(known) + 1))


def _similar(one: str, other: str) -> bool:
    from rapidfuzz import fuzz

    return min(len(one), len(other)) > 5 and fuzz.ratio(one, other) >= _LEAST_RATIO
