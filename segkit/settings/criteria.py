"""Section `criteria` of project.yml: which evidence a criterion needs, and what its weight is made of."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Share = Annotated[float, Field(ge=0, le=1)]


class CriteriaParts(BaseModel):
    """How much each part counts in the weight of a criterion."""

    model_config = ConfigDict(extra="forbid")

    relevance: float = Field(1.0, ge=0, description="the rating of relevance")
    goals: float = Field(1.0, ge=0, description="how many of the project's goals the criterion serves")
    power: float = Field(1.0, ge=0, description="the lower limit of what it tells about the next period")

    @model_validator(mode="after")
    def _some(self) -> Self:
        """Refuse weights made of nothing."""
        if not self.relevance + self.goals + self.power:
            raise ValueError("relevance, goals and power must not all be 0")
        return self


class CriteriaSettings(BaseModel):
    """How criteria are measured, weighed and chosen."""

    model_config = ConfigDict(extra="forbid")

    n_selected: int = Field(6, ge=1, le=20, description="so many criteria are chosen at most")
    min_coverage: Share = Field(0.6, description="share of accounts that must have a value")
    max_age_days: int = Field(1095, ge=1, description="a criterion whose median value is older than this is not chosen")
    min_spread: Share = Field(0.1, description="below this entropy nearly all accounts are in one group")
    min_stability: Share = Field(0.4, description="agreement of the groups from quarter to quarter, at least")
    max_redundancy: Share = Field(0.8, description="association with a criterion chosen before, at most")
    proxy_from: Share = Field(
        0.6, description="a criterion this strongly associated with a sensitive one counts as its proxy"
    )
    groups: int = Field(5, ge=2, le=10, description="numbers are cut into so many groups of equal size")
    fewest_accounts: int = Field(
        10, ge=2, description="categories with fewer accounts are pooled; fewer accounts in all are not measured"
    )
    min_accounts: int = Field(30, ge=2, description="a power that rests on fewer accounts is marked as small")
    horizon_quarters: int = Field(
        4, ge=1, le=4, description="the next period: so many quarters, one where the history is too short"
    )
    folds: int = Field(10, ge=2, le=50, description="parts of the accounts of which each is told from the others")
    draws: int = Field(1000, ge=200, le=20_000, description="resamples of the accounts behind each interval")
    parts: CriteriaParts = Field(default_factory=CriteriaParts, description="what the weight of a criterion is made of")
