"""Accounts as a CSV file that Excel opens with a double click."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.display import label_of, show_cell

if TYPE_CHECKING:
    import pandas as pd

STYLES = {"de": (";", ","), "en": (",", ".")}
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def accounts_csv(frame: pd.DataFrame, language: str) -> bytes:
    """The frame as UTF-8 with byte order mark: ``;`` and decimal comma in German, ``,`` and point in English.

    Text that a spreadsheet would read as a formula gets an apostrophe in front. Numbers keep two digits, shares four.
    """
    from pandas.api import types

    delimiter, decimal = STYLES[language]
    safe = frame.copy()
    for name in safe.columns:
        if types.is_bool_dtype(safe[name]):
            words = {flag: show_cell(flag, "bool", language) for flag in (True, False)}
            safe[name] = safe[name].astype("object").map(words)
        elif types.is_float_dtype(safe[name]):
            safe[name] = safe[name].round(4 if name in ("growth",) else 2)
        elif not types.is_numeric_dtype(safe[name]) and not types.is_datetime64_any_dtype(safe[name]):
            safe[name] = safe[name].map(_guarded, na_action="ignore")
    safe = safe.rename(columns={name: _guarded(label_of(name, language)) for name in safe.columns})
    text = safe.to_csv(index=False, sep=delimiter, decimal=decimal, lineterminator="\r\n", date_format="%Y-%m-%d")
    return text.encode("utf-8-sig")


def _guarded(value: object) -> str:
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
