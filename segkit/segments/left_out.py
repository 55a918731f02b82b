"""Which criteria a segmentation was asked for and does without, said in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from segkit.segments.criterion_names import Titles, names_of
from segkit.segments.space import criteria_of
from segkit.texts import LANGUAGES


def describe_left_out(space: Mapping[str, Any], titles: Titles | None = None) -> list[tuple[str, dict[str, Any]]]:
    """Return one sentence per reason for which criteria are left out; one each for those that say the same as another.

    Parameters
    ----------
    space : dict
        What `space.fit_space` returns.
    titles : mapping, optional
        Criterion → its German and its English name; those of the columns by default.
    """
    sentences: list[tuple[str, dict[str, Any]]] = []
    together: dict[str, list[str]] = {}
    for entry in space["left_out"]:
        reason = entry["reason"].removeprefix("methods.")
        if reason == "duplicate":
            numbers = names_of("name", entry["name"], titles) | names_of("of", entry["of"], titles)
            sentences.append(("methods.left_duplicate", numbers))
        else:
            together.setdefault(f"warn_left_{reason}" if reason == "unknown_column" else f"left_{reason}", []).append(
                entry["name"]
            )
    if space["axes"].get("unrelated"):
        together["unrelated"] = list(space["axes"]["unrelated"])
    for reason, criteria in together.items():
        sentences.append((f"methods.{reason}", {"n": len(criteria), **_listed(criteria, titles)}))
    if space["left_out"] and not criteria_of(space):
        sentences.append(("methods.warn_nothing_left", {}))
    return sentences


def _listed(criteria: list[str], titles: Titles | None) -> dict[str, str]:
    """Return the names of criteria as a list in each language: names_de, names_en."""
    named = [names_of("name", criterion, titles) for criterion in criteria]
    return {f"names_{x}": ", ".join(names[f"name_{x}"] for names in named) for x in LANGUAGES}
