"""Settings of the tests of models on past quarters."""

from pydantic import BaseModel, ConfigDict, Field


class Backtest(BaseModel):
    """How models are tried on past quarters (section `value.backtest` of project.yml)."""

    model_config = ConfigDict(extra="forbid")

    origins: int = Field(default=4, ge=1, le=12, description="from how many past quarter ends each model looks ahead")
    draws: int = Field(default=400, ge=100, le=5000, description="resamples of accounts behind each interval")
    history_days: int = Field(
        default=270, ge=30, le=3650, description="a quarter end with less history than this is no start of a test"
    )
