"""A segmentation of persons by their needs."""

import datetime as dt
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class PersonSegmentation(BaseModel):
    """Persons with the same needs share a segment, whatever their company and department."""

    model_config = ConfigDict(extra="forbid")

    unit: Literal["person"] = Field(description="who is sorted: persons, the contacts of accounts")
    name: str = Field("", description="what pages call this segmentation; empty: its id")
    review: dt.date | None = Field(None, description="day by which people look whether it still holds")
    mode: Literal["selling", "business_design"] = Field(
        "selling",
        description="selling: those who decide count; business_design: users and middle management count, also at "
        "indirect customers",
    )
    questions: list[str] = Field(
        default_factory=lambda: ["Bedarf: *", "Need: *", "Job: *", "Pain: *", "Gain: *"],
        min_length=1,
        description="questions of surveys that are needs, with * for any text; ratings, and items picked or not (0, 1)",
    )
    attributes: list[str] = Field(
        default_factory=lambda: ["department", "seniority"],
        description="columns of contacts from which a person without answers is placed",
    )
    least_answered: float = Field(
        0.5, gt=0, le=1, description="share of the questions a person must have answered to be fitted"
    )
    k_min: int = Field(2, ge=2, le=12, description="smallest number of classes tried")
    k_max: int = Field(8, ge=2, le=12, description="largest number of classes tried")
    n_segments: int | None = Field(None, ge=2, le=12, description="number of classes; empty: the smallest BIC")
    mixed_share: float = Field(
        0.6, gt=0.5, le=1, description="share of an account's persons with one need below which its needs are mixed"
    )
    least_confidence: float = Field(
        0.6, ge=0, le=1, description="a person below this confidence is not placed from attributes alone"
    )
    candidates: int = Field(12, ge=10, le=15, description="groups of persons that are rated before a start")
    start_with: int = Field(3, ge=2, le=3, description="groups of persons to start with")
    refit: Literal["accepted", "yearly", "always"] = Field(
        "accepted", description="accepted: place persons with the kept classes; yearly, always: fit anew"
    )
    bootstrap_pairs: int = Field(20, ge=2, le=500, description="pairs of bootstrap samples per number of classes")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        """Refuse numbers of classes that contradict each other."""
        if self.k_min > self.k_max:
            raise ValueError(f"k_min ({self.k_min}) must not be above k_max ({self.k_max})")
        if self.n_segments and not self.k_min <= self.n_segments <= self.k_max:
            raise ValueError(
                f"n_segments ({self.n_segments}) must lie from k_min ({self.k_min}) to k_max ({self.k_max})"
            )
        return self
