"""Settings of churn and renewal risk."""

from pydantic import BaseModel, ConfigDict, Field


class Churn(BaseModel):
    """When an account counts as lost (section `value.churn` of project.yml)."""

    model_config = ConfigDict(extra="forbid")

    horizon_quarters: int = Field(
        default=2, ge=1, le=4, description="an account that buys nothing for so many quarters is lost"
    )
