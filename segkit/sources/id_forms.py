"""Ids that one system writes in several ways → one way, so that its files link."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

_SUFFIX = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_SHORT = re.compile(r"[0-9A-Za-z]{15}")
_GUID = re.compile(r"\{?([0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})\}?")
_ZOHO = re.compile(r"zcrm_([0-9]+)")


def salesforce_id(text: str) -> str:
    """Return the 18 characters of a Salesforce id of 15, other texts as they are.

    Reports give 15 characters in which A and a differ, the API three more that say which of them are capitals: one for
    each five, whose bits count from the left.

    Examples
    --------
    >>> salesforce_id("001D000000IRFma")
    '001D000000IRFmaIAH'
    """
    if not _SHORT.fullmatch(text):
        return text
    bits = [sum(text[start + k].isupper() << k for k in range(5)) for start in (0, 5, 10)]
    return text + "".join(_SUFFIX[bit] for bit in bits)


def guid(text: str) -> str:
    """Return a GUID in small letters and without braces, other texts as they are."""
    found = _GUID.fullmatch(text)
    return found[1].lower() if found else text


def zoho_id(text: str) -> str:
    """Return the number of a Zoho id such as ``zcrm_4876876000000111``, other texts as they are."""
    found = _ZOHO.fullmatch(text)
    return found[1] if found else text


def first_id(text: str) -> str:
    """Return the first of several ids with semicolons between them."""
    return text.split(";")[0].strip()


FORMS: dict[str, Callable[[str], str]] = {
    "salesforce": salesforce_id,
    "guid": guid,
    "zoho": zoho_id,
    "first": first_id,
}
"""What `ids` of a preset or an entry of `sources` may name."""


def written_alike(texts: pa.Array, form: str) -> pa.Array:
    """Return ids in one form; null stays null.

    Parameters
    ----------
    texts : Array
        The distinct texts of a column.
    form : str
        Key of `FORMS`.
    """
    import pyarrow as pa

    write = FORMS[form]
    return pa.array([None if text is None else write(text) for text in texts.to_pylist()], pa.string())
