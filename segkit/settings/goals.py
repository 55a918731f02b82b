"""Section `goals` of project.yml: what the segmentation is for, each goal specific, measurable and dated."""

from __future__ import annotations

import datetime as dt
import difflib
import functools
from pathlib import Path
from typing import Annotated, Any, Self

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator


@functools.cache
def known_kpis() -> dict[str, dict[str, Any]]:
    """Return the KPIs that can be measured: the entries of kpis/catalogue.yml by id."""
    path = Path(__file__).parents[1] / "kpis" / "catalogue.yml"
    entries: dict[str, dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return entries


class Goal(BaseModel):
    """One goal: which KPI, for whom, from where to where, until when, whose it is and why."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(min_length=1, description="short name, kept from quarter to quarter")
    kpi: str = Field(description="id of a KPI; its progress is measured with it")
    segmentation: str = Field("value", description="segmentation whose segment is meant")
    segment: str | None = Field(None, min_length=1, description="id of a segment; empty: all accounts")
    baseline: float | None = Field(None, description="where it starts; empty: the value of the first run")
    target: float = Field(description="value to be reached, in the KPI's unit; shares as 0.08")
    deadline: dt.date = Field(description="day by which it is to be reached")
    owner: str = Field(min_length=1, description="who answers for it")
    why: str = Field(min_length=1, description="what it is good for")

    @field_validator("kpi")
    @classmethod
    def _known(cls, kpi: str) -> str:
        """Refuse a KPI that nobody measures, and offer the nearest."""
        if kpi not in known_kpis():
            nearest = difflib.get_close_matches(kpi, known_kpis(), n=1, cutoff=0.5)
            remedy = f"Did you mean {nearest[0]}?" if nearest else f"Known KPIs: {', '.join(known_kpis())}."
            raise ValueError(f"there is no KPI {kpi}. {remedy.removesuffix('.')}")
        return kpi

    @model_validator(mode="after")
    def _is_progress(self) -> Self:
        """Refuse a target that is no improvement on the baseline."""
        better = known_kpis()[self.kpi]["better"]
        if self.baseline is None:
            return self
        if self.target == self.baseline:
            raise ValueError(f"goal {self.id}: target and baseline are both {self.target}; nothing would change")
        if (better == "up") != (self.target > self.baseline) and better != "none":
            way = {"up": "above", "down": "below"}[better]
            raise ValueError(
                f"goal {self.id}: {self.kpi} is better when it goes {better}, so the target ({self.target}) must be "
                f"{way} the baseline ({self.baseline})"
            )
        return self


def _unique(goals: list[Goal]) -> list[Goal]:
    ids = [goal.id for goal in goals]
    twice = sorted({goal_id for goal_id in ids if ids.count(goal_id) > 1})
    if twice:
        raise ValueError(f"each goal needs an id of its own; {', '.join(twice)} stands there twice")
    return goals


Goals = Annotated[list[Goal], AfterValidator(_unique)]
