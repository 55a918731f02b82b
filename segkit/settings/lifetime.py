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
    contract_share: float = Field(
        default=0.5,
        gt=0,
        le=1,
        description="contracts in force that make at least this share of yearly revenue: the account buys by contract",
    )
    project_orders_year: float = Field(
        default=2.0, gt=0, description="up to so many days with a sale a year an account may buy by project"
    )
    project_size: float = Field(
        default=5.0, ge=1, description="and does if its mean order is at least so many times the median of all accounts"
    )
    min_repeat_buyers: int = Field(
        default=50, ge=10, description="with fewer accounts that bought twice no purchase model is fitted"
    )
