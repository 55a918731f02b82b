"""Sentences from reasons: a row holds the key of a text and its numbers, the reader sees the sentence."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

from segkit import texts

if TYPE_CHECKING:
    import pandas as pd


def tell_reasons(frame: pd.DataFrame, currency: str) -> pd.DataFrame:
    """Return the frame with its reasons as sentences.

    Parameters
    ----------
    frame : DataFrame
        `reason` (key of the texts, may be empty) and the columns whose numbers its sentences name; `reason_value`,
        `reason_usual` and `reason_name` go by `value`, `usual` and `name` there.
    currency : str
        ISO code of the money in them.

    Returns
    -------
    DataFrame
        With `reason_de` and `reason_en` in place of `reason`; empty where there is none.
    """
    rows = [row | _numbers(row) for row in frame.to_dict("records")]
    said = {
        f"reason_{language}": [
            texts.say(row["reason"], language, currency, **row) if _is_text(row["reason"]) else "" for row in rows
        ]
        for language in texts.LANGUAGES
    }
    return frame.drop(columns="reason").assign(**said)


def _numbers(row: dict[Hashable, Any]) -> dict[Hashable, Any]:
    """Return a reason's own numbers under the names that its sentence has for them, where the row holds them apart."""
    return {part: row[f"reason_{part}"] for part in ("value", "usual", "name") if f"reason_{part}" in row}


def _is_text(key: object) -> bool:
    return isinstance(key, str) and texts.has(key)


def first_reasons(reasons: pd.DataFrame, model: str) -> pd.DataFrame:
    """Return the weightiest reason of each account.

    Parameters
    ----------
    reasons : DataFrame
        Table `account_reasons`.
    model : str
        Whose reasons.

    Returns
    -------
    DataFrame
        `account_id`, `reason`, `value`, `usual`, `name` as `reason_name`; at most one row per account.
    """
    first = reasons[(reasons["model"] == model) & (reasons["reason_rank"] == 1)]
    return first[["account_id", "reason", "value", "usual", "name"]]
