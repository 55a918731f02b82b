"""Settings of data cleansing: what counts as a charge, whom the segmentation leaves out, what controlling says."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator


class Cleansing(BaseModel):
    """How invoice lines are read: cancellations, and charges such as postage."""

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
