"""Settings of leads and of the first year of an account."""

from pydantic import BaseModel, ConfigDict, Field


class Leads(BaseModel):
    """Until when a lead may convert (section `value.leads` of project.yml)."""

    model_config = ConfigDict(extra="forbid")

    horizon_days: int = Field(
        default=180, ge=14, le=730, description="a lead that became no opportunity within so many days failed"
    )


class Onboarding(BaseModel):
    """Which accounts are new, and how long their silence may last (section `value.onboarding` of project.yml)."""

    model_config = ConfigDict(extra="forbid")

    new_days: int = Field(
        default=365, ge=30, le=730, description="an account is new for so many days after its first sale"
    )
    horizon_quarters: int = Field(
        default=2, ge=1, le=4, description="no sale for so many quarters means that it did not take hold"
    )
