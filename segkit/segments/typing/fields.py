"""What is known of an account, field by field, as the typing kit may ask for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.segments.typing.conditions import DATE, NUMBER, TEXT, numbers_of, texts_of

if TYPE_CHECKING:
    import pandas as pd

BEHAVIOUR = (
    *("revenue_12m", "revenue_prev_12m", "days_since_last", "frequency_12m", "tenure_days", "avg_order_value_12m"),
    *("n_products_12m", "active_months_12m", "return_share_12m", "interval_days"),
)
"""Columns of `account_features` that a kit with everything may ask for beside the criteria of the segmentation."""
MOST_LEVELS = 40
"""A text with more values is no field that anybody types in (names, streets)."""
LEAST_KNOWN = 0.05
"""A field that is filled for fewer accounts is not offered."""


@dataclass(frozen=True)
class TypingInputs:
    """What the kit learns from.

    `accounts`, `leads` (may be missing): the tables. `segments`: the rows of one segmentation. `features`: a slice of
    `account_features` with the criteria joined. `persons`, `contacts` (may be missing): table `contact_segments` of a
    segmentation of persons, and the table.
    """

    accounts: Any
    segments: Any
    features: Any
    leads: Any = None
    persons: Any = None
    contacts: Any = None


def join_fields(inputs: TypingInputs) -> pd.DataFrame:
    """Return one row per account of `segments`: account_id, every column known of it, and lead_source.

    lead_source: source_name of the account's first lead.
    """
    known = inputs.segments[["account_id"]].merge(inputs.accounts, on="account_id", how="left")
    extra = [name for name in inputs.features if name not in known or name == "account_id"]
    known = known.merge(inputs.features[extra], on="account_id", how="left")
    if inputs.leads is not None and len(inputs.leads):
        first = inputs.leads.sort_values(["created_date", "lead_id"]).drop_duplicates("account_id")
        known["lead_source"] = known["account_id"].map(first.set_index("account_id")["source_name"])
    return known


def join_persons(inputs: TypingInputs) -> pd.DataFrame:
    """Return one row per person whose own answers gave its need: segment_id, and every column known of it.

    Persons placed by their department or level are no evidence that these tell the need, so they are left out.
    """
    persons = inputs.persons[(inputs.persons["basis"] == "answers") & inputs.persons["account_id"].notna()]
    own = [name for name in inputs.contacts if name not in ("account_id", "is_contactable")]
    known = persons[["contact_id", "account_id", "segment_id"]].merge(inputs.contacts[own], on="contact_id", how="left")
    extra = [name for name in inputs.accounts if name not in known or name == "account_id"]
    known = known.merge(inputs.accounts[extra], on="account_id", how="left")
    return known.sort_values("contact_id", ignore_index=True)


def usable_fields(known: pd.DataFrame, names: Iterable[str]) -> dict[str, str]:
    """Return field → kind (number or text) for those of `names` that could tell accounts apart.

    Left out: columns that are not there, nearly empty or constant, texts of too many values, dates and flags.
    """
    found = {}
    for name in dict.fromkeys(names):
        if name not in known or known[name].notna().mean() < LEAST_KNOWN:
            continue
        kind = kind_of(known[name])
        n_values = known[name].nunique()
        if kind in (NUMBER, TEXT) and n_values >= 2 and (kind == NUMBER or n_values <= MOST_LEVELS):
            found[name] = kind
    return found


def kind_of(column: pd.Series) -> str:
    """Return number, text, date or flag: what stands in a column."""
    import datetime as dt
    from decimal import Decimal

    from pandas.api import types

    if types.is_bool_dtype(column.dtype):
        return "flag"
    if types.is_numeric_dtype(column.dtype):
        return NUMBER
    if types.is_datetime64_any_dtype(column.dtype):
        return DATE
    first = column.dropna()
    value = first.iloc[0] if len(first) else ""
    if isinstance(value, bool | np.bool_):
        return "flag"
    if isinstance(value, dt.date):
        return DATE
    return NUMBER if isinstance(value, int | float | Decimal) else TEXT


@dataclass(frozen=True)
class Encoded:
    """Fields as columns of numbers for a tree: `matrix`, per field its columns, and per column what it asks.

    A number is one column (NaN where missing). A text is one column of 0 and 1 for each value that enough accounts
    have, and one for missing. `asks`: (field, value), the value None for numbers and "" for missing.
    """

    matrix: np.ndarray
    columns: Mapping[str, list[int]]
    asks: list[tuple[str, str | None]]


def encode(known: pd.DataFrame, fields: Mapping[str, str], least: int) -> Encoded:
    """Return the fields as columns of numbers.

    Parameters
    ----------
    known : DataFrame
        A column per field.
    fields : mapping
        Field → number or text.
    least : int
        Accounts that must have a value before a rule may ask for it.
    """
    parts: list[np.ndarray] = []
    asks: list[tuple[str, str | None]] = []
    columns: dict[str, list[int]] = {}
    for name, kind in fields.items():
        start = len(asks)
        if kind == NUMBER:
            parts.append(numbers_of(known[name]))
            asks.append((name, None))
        else:
            values = texts_of(known[name])
            levels, counts = np.unique(values, return_counts=True)
            for level in levels[counts >= least]:
                parts.append((values == level).astype(float))
                asks.append((name, str(level)))
        columns[name] = list(range(start, len(asks)))
    matrix = np.column_stack(parts) if parts else np.empty((len(known), 0))
    return Encoded(matrix, columns, asks)
