"""Which segment an account had at a quarter's end, and who says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.quarters import Quarter

if TYPE_CHECKING:
    import pandas as pd

    from segkit.kpis.windows import Window


class Members:
    """The segments of one segmentation at quarter ends: those of the run, and those the model in force gives the past.

    Parameters
    ----------
    segments, opening_segments : DataFrame
        segmentation_id, account_id, segment_id at the end and at the beginning of the run's quarter.
    past_segments : DataFrame or None
        The same with quarter, at the end of each earlier quarter.
    segmentation_id : str
        Which segmentation.
    quarter : Quarter
        Of the run.
    tells_past : bool
        Whether earlier quarters are told by segment.
    """

    def __init__(
        self,
        segments: pd.DataFrame,
        opening_segments: pd.DataFrame,
        past_segments: pd.DataFrame | None,
        segmentation_id: str,
        quarter: Quarter,
        tells_past: bool = True,
    ):
        self.quarter, self._tells_past = quarter, tells_past
        self._closing, self._opening = (_by_account(f, segmentation_id) for f in (segments, opening_segments))
        self._past: dict[str, pd.Series] = {}
        if past_segments is not None and len(past_segments):
            mine = past_segments[past_segments["segmentation_id"] == segmentation_id]
            self._past = {
                str(label): rows.set_index("account_id")["segment_id"].sort_index()
                for label, rows in mine.groupby("quarter")
            }

    def knows(self, quarter: Quarter) -> bool:
        """Say whether a quarter can be told by segment: at its end the accounts have one."""
        return quarter == self.quarter or (self._tells_past and quarter.label in self._past)

    def at(self, window: Window, base: str) -> tuple[pd.Series, bool]:
        """Return segment_id by account_id for a base of the catalogue, and whether the model of today says so.

        Empty where nobody knows, and for quarters that are not told by segment.
        """
        is_own, wanted = window.quarter == self.quarter, window.base_quarter(base)
        if is_own and base == "closing":
            return self._closing, False
        if is_own and base == "opening":
            return self._opening, False
        if not self.knows(window.quarter):
            return self._closing[:0], False
        return self._past.get(wanted.label, self._closing[:0]), True


def _by_account(segments: pd.DataFrame, segmentation_id: str) -> pd.Series:
    chosen = segments[segments["segmentation_id"] == segmentation_id]
    return chosen.set_index("account_id")["segment_id"].sort_index()
