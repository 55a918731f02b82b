"""Texts of a column before they are typed: what they mean, ids with leading zeros, rates the other way round."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeVar

from segkit.settings.sources import Source
from segkit.sources.grids import NUMBER, Change, fold
from segkit.sources.id_forms import written_alike
from segkit.sources.placeholders import unmarked
from segkit.sources.plans import Reference

if TYPE_CHECKING:
    import pyarrow as pa

_T = TypeVar("_T")
EXCEL_DIGITS = 15
"""Digits of a number that Excel keeps; the rest of a longer one is lost."""
_INDIRECT = r"^[-/(]|-$"
_WHOLE = r"^[0-9]+(\.0+)?$"


def translate(texts: pa.Array, source: Source, reference: Reference) -> pa.Array:
    """Return the distinct texts of a column as its source's `values`, `pad`, `ids` and `rates` want them.

    Parameters
    ----------
    texts : Array
        Trimmed, marked texts; null where they stand for nothing.
    source : Source
        Its entry in project.yml, its preset merged in.
    reference : Reference
        The column.

    Returns
    -------
    Array
        As long as `texts`. `values` compares without case, "*" is any other text; an empty cell stays empty. ``pad``
        fills numbers of digits with zeros from the left. In a rate the leading "/" becomes "-"; `formulas.inverted`
        does the rest.
    """
    meanings = setting_of(source.values, reference)
    if meanings:
        texts = _meant(texts, meanings)
    width = setting_of(source.pad, reference)
    if width:
        texts = _padded(texts, width)
    form = setting_of(source.ids, reference)
    if form:
        texts = written_alike(texts, form)
    return _signed(texts) if is_rate(source, reference) else texts


def told_change(before: pa.Array, after: pa.Array, counts: pa.Array, source: Source, reference: Reference) -> list:
    """Return what the log says about a piece: nothing, or ids that were filled with zeros, or rates turned round."""
    import pyarrow.compute as pc

    old, new = unmarked(before), unmarked(after)
    if setting_of(source.pad, reference):
        rule, is_told = "id_padded", pc.not_equal(old, new)
    elif is_rate(source, reference):
        rule, is_told = "indirect_rate", pc.match_substring_regex(old, _INDIRECT)
    else:
        return []
    is_told = pc.fill_null(is_told, False)
    n_rows = pc.sum(counts.filter(is_told)).as_py() or 0
    if not n_rows:
        return []
    shown, written = (texts.filter(is_told)[0].as_py() for texts in (old, new))
    return [Change(rule, n_rows, old_value=shown, new_value=written if rule == "id_padded" else "1 / " + _size(shown))]


def _size(rate: str) -> str:
    return re.sub(r"[-/()\s]", "", rate)


def setting_of(settings: Mapping[str, _T], reference: Reference) -> _T | None:
    """Return what is set for a header, written ``header`` or ``file.header``."""
    folded = {fold(name): value for name, value in settings.items()}
    named = folded.get(fold(f"{reference.alias}.{reference.header}"))
    return folded.get(fold(reference.header)) if named is None else named


def is_rate(source: Source, reference: Reference) -> bool:
    """Say whether a header holds exchange rates, of which some may be one divided by what stands there."""
    return bool(setting_of(dict.fromkeys(source.rates, True), reference))


def _meant(texts: pa.Array, meanings: Mapping[str, str]) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    known = {_plain(text): meant or None for text, meant in meanings.items() if text != "*"}
    plain = pc.utf8_lower(unmarked(texts))
    plain = pc.if_else(pc.match_substring_regex(plain, _WHOLE), pc.replace_substring_regex(plain, r"\.0+$", ""), plain)
    position = pc.index_in(plain, pa.array(known, pa.string()))
    meant = pa.array(list(known.values()), pa.string()).take(position)
    other = pc.if_else(pc.is_null(texts), texts, meanings["*"]) if "*" in meanings else texts
    return pc.if_else(pc.is_valid(position), meant, other)


def _plain(text: str) -> str:
    """Return a text as the settings are compared with it."""
    plain = " ".join(text.split()).lower()
    return re.sub(r"\.0+$", "", plain) if re.fullmatch(_WHOLE, plain) else plain


def _padded(texts: pa.Array, width: int) -> pa.Array:
    import pyarrow.compute as pc

    plain = unmarked(texts)
    digits = pc.replace_substring_regex(plain, r"\.0+$", "")
    is_short = pc.and_(pc.match_substring_regex(plain, _WHOLE), pc.less(pc.utf8_length(digits), width))
    is_exact = pc.or_(pc.invert(pc.starts_with(texts, NUMBER)), pc.less_equal(pc.utf8_length(digits), EXCEL_DIGITS))
    return pc.if_else(pc.and_(is_short, is_exact), pc.utf8_lpad(digits, width, "0"), texts)


def _signed(texts: pa.Array) -> pa.Array:
    import pyarrow.compute as pc

    return pc.replace_substring_regex(texts, r"^/\s*", "-")
