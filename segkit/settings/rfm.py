"""Settings of recency, frequency and money."""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

LIMITS = 4  # between five scores
UNITS = {
    "recency_limits": "days since the last line",
    "frequency_limits": "invoices in twelve months",
    "money_limits": "revenue of twelve months",
}


class Rfm(BaseModel):
    """How the scores from 1 to 5 are cut (section `value.rfm` of project.yml)."""

    model_config = ConfigDict(extra="forbid")

    cuts: Literal["quintiles", "natural", "typed"] = Field(
        default="quintiles",
        description="quintiles: fifths of the accounts; natural: where the values leave gaps (Fisher-Jenks); "
        "typed: at the limits written below",
    )
    recency_limits: list[float] = Field(
        default=[], description="typed: up to how many days since the last line an account has 5, 4, 3 and 2"
    )
    frequency_limits: list[float] = Field(
        default=[], description="typed: from how many invoices in twelve months an account has 2, 3, 4 and 5"
    )
    money_limits: list[float] = Field(
        default=[], description="typed: from which revenue in twelve months an account has 2, 3, 4 and 5"
    )

    @model_validator(mode="after")
    def check_limits(self) -> Self:
        """Refuse typed limits that are missing, too many, out of order, or written for another kind of cut."""
        for name, unit in UNITS.items():
            limits = getattr(self, name)
            shown = ", ".join(f"{limit:g}" for limit in limits) or "nothing"
            if self.cuts != "typed" and limits:
                raise ValueError(
                    f"value.rfm: {name} is written ({shown}), but cuts is {self.cuts}; write cuts: typed or take it out"
                )
            if self.cuts != "typed":
                continue
            if len(limits) != LIMITS:
                raise ValueError(
                    f"value.rfm: {name} needs {LIMITS} limits in {unit} for the scores 1 to 5; there is {shown}"
                )
            if any(after <= before for before, after in zip(limits, limits[1:], strict=False)):
                raise ValueError(f"value.rfm: {name} ({unit}) must rise from one limit to the next; there is {shown}")
        return self
