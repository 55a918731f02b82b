"""Settings of data cleansing: what counts as a charge, whom the segmentation leaves out, what controlling says."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

Unit = Literal["group", "company", "site", "department", "person"]

AGEING = ("employees", "account_revenue", "industry_code", "credit_rating")
"""Firmographics of accounts whose age is known: by a day of their own or that of an external file."""


class Duplicates(BaseModel):
    """How records of one customer are found, and from which probability they are merged or shown to people."""

    model_config = ConfigDict(extra="forbid")

    find: bool = Field(default=True, description="Look for records of one customer among accounts of all systems.")
    merge: float = Field(
        default=0.95, gt=0.5, le=1, description="Pairs from this probability on are merged without asking."
    )
    review: float = Field(
        default=0.5, gt=0, le=1, description="Pairs from this probability on are shown to people for a decision."
    )

    @model_validator(mode="after")
    def _review_below_merge(self) -> Duplicates:
        if self.review > self.merge:
            raise ValueError("review must not be above merge")
        return self


class Cleansing(BaseModel):
    """How data are cleansed: invoice lines, duplicates, age of firmographics."""

    model_config = ConfigDict(extra="forbid")

    cancellation_prefix: str = Field(
        default="C",
        description="First letters of cancelled invoices' numbers. Only a hint for the kind of line: the sign of the "
        "money decides. Empty = none.",
    )
    charges: Literal["included", "excluded"] = Field(
        default="included",
        description="Do postage, fees and other charges that are no product belong to revenue?",
    )
    charge_codes: Literal["auto"] | list[str] = Field(
        default="auto",
        description="Product codes that are charges. auto = rare codes without any digit (POSTAGE, BANK CHARGES) and "
        "well-known words (Fracht, Porto, Versand …).",
    )

    customer_role: Literal["sold_to", "payer", "ship_to"] = Field(
        default="sold_to",
        description="Which partner of an invoice is the customer. sold_to: who ordered, as the invoices say. payer or "
        "ship_to: the invoice's own payer or ship-to, else the only one that the table partners names, else sold_to. "
        "A central payer becomes one customer for all its buyers; notebook 01 says how many.",
    )

    duplicates: Duplicates = Field(default_factory=Duplicates, description="records of one customer")
    stale_after_months: dict[str, Annotated[int, Field(gt=0)]] = Field(
        default_factory=lambda: {"employees": 36, "account_revenue": 24, "industry_code": 60},
        description="From which age a firmographic counts as stale, in months.",
    )
    refresh: Literal["missing", "stale", "newer"] = Field(
        default="stale",
        description="Which firmographics an external file (sources.firmographics) fills. missing: only empty ones; "
        "stale: also stale ones, where the file is newer; newer: all that the file knows of a later day.",
    )
    switched_off: list[str] = Field(
        default_factory=list,
        description="Rules that are not applied; the table cleaning_rules names them.",
    )

    @field_validator("stale_after_months")
    @classmethod
    def _known_firmographics(cls, value: dict[str, int]) -> dict[str, int]:
        """Refuse limits of columns that have no age."""
        unknown = sorted(set(value) - set(AGEING))
        if unknown:
            raise ValueError(f"{', '.join(unknown)} has no age; use {', '.join(AGEING)}")
        return value

    @field_validator("charge_codes", mode="before")
    @classmethod
    def _codes_as_text(cls, value: Any) -> Any:
        """Accept codes that YAML read as numbers."""
        return [str(code) for code in value] if isinstance(value, list) else value


ScopeReason = Literal["one_time", "intercompany", "staff", "other"]


class ExcludedAccounts(BaseModel):
    """Accounts that are left out, and why."""

    model_config = ConfigDict(extra="forbid")

    account: str = Field(
        min_length=1,
        description="Account id or name; * stands for any letters (CPD*), upper and lower case are equal.",
    )
    reason: ScopeReason = Field(
        default="other",
        description="one_time (collective account of one-time customers), intercompany, staff, or other.",
    )

    @field_validator("account", mode="before")
    @classmethod
    def _as_text(cls, value: Any) -> Any:
        """Accept ids that YAML read as numbers."""
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _from_pattern(value: Any) -> Any:
    """Accept a bare id or pattern in the place of ``{account: …, reason: …}``."""
    return {"account": value} if isinstance(value, (str, int)) else value


class Scope(BaseModel):
    """Whom the segmentation is about: everybody but the excluded accounts, whose money the reconciliation shows."""

    model_config = ConfigDict(extra="forbid")

    excluded_accounts: list[Annotated[ExcludedAccounts, BeforeValidator(_from_pattern)]] = Field(
        default_factory=list,
        description="Accounts left out of everything, as a list of {account, reason} or plain ids.",
    )
    account_groups: dict[str, ScopeReason] = Field(
        default_factory=dict,
        description="Account groups of the source system whose accounts are left out, and why: one_time, intercompany, "
        "staff or other, such as {CPD: one_time, KUIC: intercompany}. A pattern under excluded_accounts comes first.",
    )

    @field_validator("account_groups", mode="before")
    @classmethod
    def _groups_as_text(cls, value: Any) -> Any:
        """Accept groups that YAML read as numbers."""
        return {str(group): reason for group, reason in value.items()} if isinstance(value, dict) else value


ControlTotals = Annotated[
    dict[int, Decimal],
    Field(
        description="Revenue by controlling: fiscal year (the calendar year unless fiscal_year_start says otherwise) "
        "and money. Notebook 01 compares it with the invoices first of all."
    ),
]
