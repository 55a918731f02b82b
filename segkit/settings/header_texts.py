"""Headers and texts as they stand in `sources` of project.yml and in presets."""

from __future__ import annotations

from typing import Any


def alternatives(header: str | tuple[str, ...]) -> tuple[str, ...]:
    """Return what may fill a column of `Source.columns`, the preferred first."""
    return (header,) if isinstance(header, str) else header


def texts_of(fields: Any) -> Any:
    """Return header → texts, a single text as a list of one; other things as they are, for pydantic to refuse."""
    if not isinstance(fields, dict):
        return fields
    return {
        str(header): tuple(text_of(t) for t in (texts if isinstance(texts, (list, tuple)) else [texts]))
        for header, texts in fields.items()
    }


def refuse_empty(values: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """Return the setting `values`, in which an empty cell must not mean anything: it stays empty."""
    empty = [header for header, meanings in values.items() if "" in meanings]
    if empty:
        raise ValueError(f"values.{empty[0]}: an empty cell stays empty; name a text")
    return values


def text_of(value: Any) -> str:
    """Return a value of YAML as the text that a file would hold."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
