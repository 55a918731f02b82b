"""Where and when a segmentation is worked out: what every kind of it is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from segkit.quarters import Quarter

if TYPE_CHECKING:
    import pandas as pd

    from segkit.segments.quarterly import Before


@dataclass(frozen=True)
class Place:
    """One segmentation in one quarter.

    Attributes
    ----------
    segmentation_id : str
        Its key in section `segmentations`.
    as_of, quarter : date, Quarter
        Of the run.
    seed : int
        The project's seed.
    language : str
        de or en, for segment_name.
    colours : sequence of str
        Palette for new segments.
    moves, names : DataFrame
        decisions/moves.csv and decisions/names.csv; rows of other segmentations do not count.
    before : Before or None
        What the previous run left of this segmentation; None in its first quarter.
    """

    segmentation_id: str
    as_of: Any
    quarter: Quarter
    seed: int
    language: str
    colours: Sequence[str]
    moves: pd.DataFrame
    names: pd.DataFrame
    before: Before | None = None
