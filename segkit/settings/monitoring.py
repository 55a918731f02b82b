"""Settings of notebook 09: when a segmentation is due for review, and from when a change counts."""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Monitoring(BaseModel):
    """The section `monitoring` of project.yml."""

    model_config = ConfigDict(extra="forbid")

    review_months: Literal[6, 12] = Field(12, description="months from one review of the segmentation to the next")
    model_old_months: int = Field(15, ge=12, le=18, description="months after which a model is called old")
    redraws: int = Field(
        100, ge=20, le=1000, description="draws of each account's own months from which the noise floor is estimated"
    )
    confidence: float = Field(0.95, gt=0.5, lt=1, description="share of quarters without a false alarm")
    min_moves: int = Field(5, ge=1, description="moves of fewer accounts in a cell of the matrix raise no alarm")
    noise_share: float = Field(
        0.20,
        gt=0,
        le=1,
        description="share of the previous run's draws that put an account into its new segment from which its move "
        "counts as noise",
    )
    psi_watch: float = Field(0.10, gt=0, description="drift from which a criterion is watched")
    psi_shifted: float = Field(0.25, gt=0, description="drift from which a criterion has shifted")
    permutations: int = Field(200, ge=100, le=5000, description="permutations from which the noise of drift is known")
    better_by: float = Field(
        0.05,
        gt=0,
        lt=1,
        description="share of next revenue's variance by which a challenger must be better for a refit",
    )
    stable_from: float = Field(
        0.65,
        gt=0,
        lt=1,
        description="adjusted Rand below which a segmentation counts as not found again in today's data",
    )
    doubtful_share: float = Field(0.30, gt=0, lt=1, description="share of doubtful accounts from which labels blur")
    list_rows: int = Field(25, ge=5, le=200, description="accounts listed per cell of the matrix; all are in the table")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        """Refuse limits that contradict each other."""
        if self.psi_watch >= self.psi_shifted:
            raise ValueError(f"psi_watch ({self.psi_watch}) must be below psi_shifted ({self.psi_shifted})")
        return self
