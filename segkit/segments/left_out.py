"""Which criteria a segmentation was asked for and does without, said in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from segkit.segments.space import criteria_of
from segkit.texts import LANGUAGES, has, say

Titles = Mapping[str, tuple[str, str]]


def describe_left_out(space: Mapping[str, Any], titles: Titles | None = None) -> list[tuple[str, dict[str, Any]]]:
    """Return one sentence per criterion left out, in the order asked for, then those of categories without a part.

    Parameters
    ----------
    space : dict
        What `space.fit_space` returns.
    titles : mapping, optional
        Criterion → its German and its English name; those of the columns by default.
    """
    sentences = []
    for entry in space["left_out"]:
        reason = entry["reason"].removeprefix("methods.")
        numbers = names_of("name", entry["name"], titles)
        if entry.get("of"):
            numbers |= names_of("of", entry["of"], titles)
        kind = "warn_left" if reason == "unknown_column" else "left"
        sentences.append((f"methods.{kind}_{reason}", numbers))
    for name in space["axes"].get("unrelated", []):
        sentences.append(("methods.unrelated", names_of("name", name, titles)))
    if space["left_out"] and not criteria_of(space):
        sentences.append(("methods.warn_nothing_left", {}))
    return sentences


def names_of(field: str, criterion: str, titles: Titles | None = None) -> dict[str, str]:
    """Return a criterion's name in each language, as ``<field>_de`` and ``<field>_en``; the column's where it has none.

    Titles are tried first, then the titles of columns of tables.
    """
    if titles and criterion in titles:
        return dict(zip([f"{field}_{language}" for language in LANGUAGES], titles[criterion], strict=True))
    key = f"column.{criterion}"
    return {f"{field}_{language}": say(key, language) if has(key) else criterion for language in LANGUAGES}
