"""Section `typing` of project.yml: by which fields a new customer is placed, and how sure that must be."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

CRM_FIELDS = {
    "industry_division": 1.0,
    "employees": 1.0,
    "account_revenue": 2.0,
    "legal_form": 0.5,
    "region": 0.5,
    "country": 0.5,
    "credit_rating": 3.0,
    "lead_source": 0.5,
}


class Typing(BaseModel):
    """The section `typing` of project.yml."""

    model_config = ConfigDict(extra="forbid")

    crm_fields: dict[str, float] = Field(
        default_factory=lambda: dict(CRM_FIELDS),
        description="fields of accounts that are known before a company buys, with what it costs to know one: 1 is a "
        "field that is asked for anyway; lead_source is the source of the account's first lead",
    )
    person_fields: dict[str, float] = Field(
        default_factory=lambda: {"department": 0.5, "seniority": 0.5},
        description="fields of contacts that are known of a new person, with their costs; for segmentations of persons",
    )
    wanted_accuracy: float = Field(
        0.70, gt=0, le=1, description="share of told accounts whose segment must be right; the others are left unsure"
    )
    least_gain: float = Field(
        0.01, gt=0, le=0.5, description="share of the uncertainty that a field of cost 1 must take away to be asked for"
    )
    most_fields: int = Field(5, ge=1, le=12, description="fields in a rule, at most")
    most_leaves: int = Field(12, ge=2, le=40, description="cases that a rule tells apart, at most")
    least_accounts: int = Field(20, ge=5, description="accounts behind each case of a rule, at least")
    leave_out: list[str] | None = Field(
        None,
        description="segments that no rule tells; empty: key accounts, whom people and size set apart, dormant and "
        "unknown ones, of the grid new and lapsed ones too (S5, S6): states of time say nothing of what a company is",
    )
    fit_accounts: int = Field(
        20_000, ge=200, description="up to so many accounts are learned from; above, that many by the hash of their id"
    )

    @model_validator(mode="after")
    def _costs(self) -> Self:
        """Refuse costs below zero."""
        for key in ("crm_fields", "person_fields"):
            wrong = [name for name, cost in getattr(self, key).items() if not cost >= 0]
            if wrong:
                raise ValueError(f"{key}: the cost of {', '.join(wrong)} must not be negative")
        return self
