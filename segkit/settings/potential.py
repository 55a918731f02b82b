"""Settings of potential and share of wallet."""

from pydantic import BaseModel, ConfigDict, Field


class Potential(BaseModel):
    """Whose revenue says what an account could buy (section `value.potential` of project.yml)."""

    model_config = ConfigDict(extra="forbid")

    quantile: float = Field(
        default=0.90, gt=0.5, lt=1, description="share of similar customers whose revenue stays below the potential"
    )
    fewest_peers: int = Field(
        default=30, ge=10, le=1000, description="fewer similar customers than this, and a wider group is taken"
    )
