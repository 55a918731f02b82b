"""A segmentation made of two others."""

import datetime as dt
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class CombinedSegmentation(BaseModel):
    """Two segmentations crossed, or the second nested into those segments of the first where it adds something."""

    model_config = ConfigDict(extra="forbid")

    method: Literal["nested", "crossed"] = Field(
        description="crossed: every segment of the first with every one of the second; nested: a segment of the first "
        "is divided only where the second adds something there"
    )
    of: list[str] = Field(min_length=2, max_length=2, description="ids of the outer and the inner segmentation")
    name: str = Field("", description="what pages call this segmentation; empty: its id")
    review: dt.date | None = Field(None, description="day by which people look whether it still holds")
    most_segments: int = Field(9, ge=2, le=20, description="no more segments than this; the smallest stay undivided")
    least_accounts: int = Field(30, ge=2, description="accounts below which a combination does not stand alone")
