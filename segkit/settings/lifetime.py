"""Settings of lifetime value."""

from pydantic import BaseModel, ConfigDict, Field


class Lifetime(BaseModel):
    """Over which time and at which rate future margin counts (section `value.lifetime` of project.yml)."""

    model_config = ConfigDict(extra="forbid")

    horizon_months: int = Field(default=36, ge=3, le=120, description="months after as-of that count")
    discount_rate: float = Field(
        default=0.10, ge=0, lt=1, description="money of a year later is worth less by this share a year"
    )
    margin_rate: float | None = Field(
        default=None, gt=0, le=1, description="margin over revenue where the lines hold none; empty: value in revenue"
    )
