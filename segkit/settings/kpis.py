"""Settings of notebook 08: for whom KPIs are told, and how sure a figure must be."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class KpiSettings(BaseModel):
    """The section `kpis` of project.yml."""

    model_config = ConfigDict(extra="forbid")

    segmentation: str = Field("value", description="segmentation that pages tell first; empty: the primary one")
    min_accounts: int = Field(30, ge=2, description="figures on fewer accounts are marked as small")
    confidence: float = Field(0.95, gt=0.5, lt=1, description="share of intervals that hold the true value")
    draws: int = Field(1000, ge=200, le=20_000, description="resamples of the accounts behind each interval")
