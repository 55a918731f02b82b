"""What criteria are called where people read of them."""

from __future__ import annotations

from collections.abc import Mapping

from segkit.texts import LANGUAGES, has, say

Titles = Mapping[str, tuple[str, str]]


def names_of(field: str, criterion: str, titles: Titles | None = None) -> dict[str, str]:
    """Return a criterion's name in each language, as ``<field>_de`` and ``<field>_en``.

    Parameters
    ----------
    field : str
        What the name is for in a sentence, such as ``largest``.
    criterion : str
        Name of its column.
    titles : mapping, optional
        Criterion → its German and its English name; where it is not there the title of the column, else its name.
    """
    if titles and criterion in titles:
        return dict(zip([f"{field}_{language}" for language in LANGUAGES], titles[criterion], strict=True))
    key = f"column.{criterion}"
    return {f"{field}_{language}": say(key, language) if has(key) else criterion for language in LANGUAGES}
