"""Settings of notebook 08: for whom KPIs are told, which of them, and how sure a figure must be."""

from __future__ import annotations

import difflib
import re

from pydantic import BaseModel, ConfigDict, Field, field_validator

from segkit.settings.goals import known_kpis


class KpiSettings(BaseModel):
    """The section `kpis` of project.yml."""

    model_config = ConfigDict(extra="forbid")

    segmentation: str = Field("value", description="segmentation that pages tell first; empty: the primary one")
    min_accounts: int = Field(30, ge=2, description="figures on fewer accounts are marked as small")
    confidence: float = Field(0.95, gt=0.5, lt=1, description="share of intervals that hold the true value")
    draws: int = Field(1000, ge=200, le=20_000, description="resamples of the accounts behind each interval")
    show: dict[str, list[str]] = Field(
        default_factory=dict,
        description="KPIs that pages show, by segment; default: for all others; empty: those of the catalogue",
    )
    csat_scale: int = Field(5, ge=3, le=10, description="best answer to a question of satisfaction; the worst is 1")
    complaint: str = Field(
        "reklam|beschwer|complain|beanstand|mangel",
        min_length=1,
        description="regular expression: categories of tickets that are complaints, in any case",
    )
    good_ratings: list[str] = Field(
        default_factory=lambda: ["A", "hot", "heiß", "gut", "good", "hoch", "high"],
        min_length=1,
        description="ratings with which sales calls a lead good, in any case",
    )

    @field_validator("show")
    @classmethod
    def _known(cls, show: dict[str, list[str]]) -> dict[str, list[str]]:
        """Refuse KPIs that nobody measures, all at once, each with the nearest."""
        problems = []
        for segment, kpis in show.items():
            for kpi in kpis:
                if kpi not in known_kpis():
                    nearest = difflib.get_close_matches(kpi, known_kpis(), n=1, cutoff=0.5)
                    remedy = f"did you mean {nearest[0]}?" if nearest else f"known are {', '.join(known_kpis())}"
                    problems.append(f"{segment}: there is no KPI {kpi}; {remedy}")
            if not kpis:
                problems.append(f"{segment}: name at least one KPI or leave the segment out")
            if len(set(kpis)) < len(kpis):
                problems.append(f"{segment}: a KPI stands there twice")
        if problems:
            raise ValueError("; ".join(problems))
        return show

    @field_validator("complaint")
    @classmethod
    def _is_expression(cls, complaint: str) -> str:
        """Refuse what is no regular expression."""
        try:
            re.compile(complaint)
        except re.error as error:
            raise ValueError(f"{complaint} is no regular expression ({error})") from None
        return complaint

    def shown_for(self, segment_id: str) -> list[str] | None:
        """Return the KPIs chosen for a segment, or None where nobody chose."""
        return self.show.get(segment_id) or self.show.get("default")
