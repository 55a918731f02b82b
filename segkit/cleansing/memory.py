"""What cleansing remembers: decisions of people, and what earlier runs found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Memory:
    """Decisions that hold in the quarter, and tables of the previous run; None where there are none.

    ``duplicates`` and ``repairs`` have the columns of ``decisions/<name>.csv``, ``links`` those of account_links,
    ``scores`` those of quality_scores, ``pairs`` those of duplicates.
    """

    duplicates: pd.DataFrame | None = None
    repairs: pd.DataFrame | None = None
    links: pd.DataFrame | None = None
    scores: pd.DataFrame | None = None
    pairs: pd.DataFrame | None = None
