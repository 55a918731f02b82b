"""What a model hands to the notebook."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Scored:
    """What a model says, and how far it can be trusted.

    Attributes
    ----------
    rows : DataFrame
        One row per account: `account_id` and columns of `account_value`; of leads and new accounts their own table.
    cards : DataFrame
        Rows of table `model_cards`.
    calibration : DataFrame
        Rows of table `calibration`; no rows where nothing could be tried.
    reasons : DataFrame
        Rows of table `account_reasons` without `is_contactable`.
    model : dict
        Plain data: what was fitted, and `findings`, each a key of the texts with its numbers.
    """

    rows: pd.DataFrame
    cards: pd.DataFrame
    calibration: pd.DataFrame
    reasons: pd.DataFrame
    model: dict[str, Any] = field(default_factory=dict)
