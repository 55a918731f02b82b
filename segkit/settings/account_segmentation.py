"""How accounts become segments: one segmentation of project.yml whose unit is the account."""

import datetime as dt
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from segkit.settings.hand_rules import HandRule

Fitted = Literal["kmeans", "kmedoids", "ward", "gaussian", "mixture", "density", "tree"]
COMPARED: tuple[Fitted, ...] = ("kmedoids", "ward", "gaussian", "mixture", "density", "tree")
VALUE_CRITERIA = ["revenue_12m", "frequency_12m", "days_since_last", "tenure_days"]
TREE_CRITERIA = ["industry_division", "size_class", "employees", "region", "legal_form"]


class AccountSegmentation(BaseModel):
    """A segmentation of accounts: the grid's thresholds, rules of one's own, and how methods are fitted."""

    model_config = ConfigDict(extra="forbid")

    unit: Literal["account"] = Field("account", description="who is sorted: accounts, the unit of the project")
    name: str = Field("", description="what pages call this segmentation; empty: its id")
    review: dt.date | None = Field(None, description="day by which people look whether it still holds")

    method: Literal["grid", "rules", Fitted] = Field(
        "grid",
        description="grid: readable rules; rules: your own, below; the others are fitted once and then kept, see "
        "docs/segmentation.md",
    )
    rules: list[HandRule] = Field(
        default_factory=list, description="for method rules: the first rule that holds gives the segment"
    )
    refit: Literal["accepted", "yearly", "always"] = Field(
        "accepted",
        description="accepted: assign with the model of the previous run; yearly: fit anew when it is a year old; "
        "always: fit anew in every run",
    )
    key_accounts: list[str] = Field(
        default_factory=list, description="account ids that are key accounts whatever they buy (segment KEY)"
    )
    key_share: float = Field(
        0.05, gt=0, le=1, description="share of the revenue of 12 months from which an account is a key account"
    )
    dormant_months: int = Field(
        24, ge=2, description="months without an invoice line from which on an account is dormant"
    )
    lapsed_months: int = Field(
        12, ge=1, description="months without an invoice line from which on an account has lapsed"
    )
    new_months: int = Field(
        12, ge=1, description="months an account is new; the data must reach 12 months before its first line"
    )
    class_a_share: float = Field(
        0.80, gt=0, lt=1, description="class A: the largest accounts that together reach this share of revenue"
    )
    class_b_share: float = Field(
        0.95, gt=0, le=1, description="class B: the next accounts, up to this share of revenue; the rest are class C"
    )
    silent_days: int = Field(180, ge=1, description="days without an invoice line after which an account is silent")
    growing_ratio: float = Field(
        1.25, gt=1, description="growing: revenue of 12 months over that of the 12 months before is at least this"
    )
    falling_ratio: float = Field(
        0.75, gt=0, lt=1, description="falling: revenue of 12 months over that of the 12 months before is at most this"
    )
    challenger: bool = Field(True, description="fit a model beside the grid in every run, to see what it would change")
    challenger_method: Fitted = Field("kmeans", description="method of the challenger while the grid is in force")
    compare: list[Fitted] = Field(
        default_factory=lambda: list(COMPARED),
        description="methods tried beside the challenger at its number of segments; [] tries none",
    )
    criteria: Literal["chosen"] | dict[str, float] | list[str] = Field(
        default_factory=lambda: list(VALUE_CRITERIA),
        description="columns of account_features and accounts by which fitted methods tell accounts apart, as a list "
        "or with weights; chosen: the criteria and weights of notebook 03",
    )
    tree_target: str = Field("revenue_12m", description="column of account_features that tree segments explain")
    tree_criteria: list[str] = Field(
        default_factory=lambda: list(TREE_CRITERIA), description="columns by which tree segments explain the target"
    )
    weigh_by: Literal["accounts", "revenue"] = Field(
        "accounts", description="accounts: each counts alike in a fit; revenue: by its revenue of twelve months"
    )
    min_share: float | None = Field(
        None, gt=0, lt=0.5, description="k-means only: no cluster below this share of the accounts fitted"
    )
    max_share: float | None = Field(
        None, gt=0, le=1, description="k-means only: no cluster above this share of the accounts fitted"
    )
    keep_together: bool = Field(
        False, description="k-means only: sites, departments and persons of one company get one segment"
    )
    near_equal: float = Field(
        0.005, ge=0, le=0.1, description="solutions up to this share worse than the best count as equally good"
    )
    known_columns: list[str] = Field(
        default_factory=lambda: ["source_abc_class", "industry_division", "size_class", "region", "team", "legal_form"],
        description="columns of accounts that everybody knows: a solution that only reproduces one is called so, and "
        "each is tested as a segmentation of its own beside the methods",
    )
    k_min: int = Field(2, ge=2, le=12, description="smallest number of clusters tried")
    k_max: int = Field(8, ge=2, le=12, description="largest number of clusters tried")
    n_segments: int | None = Field(
        None, ge=2, le=12, description="number of clusters; empty: chosen by stability, size and separation"
    )
    smallest_share: float = Field(
        0.02, ge=0, lt=0.5, description="a cluster below this share of accounts counts against a number of clusters"
    )
    hits: int = Field(5, ge=1, le=100, description="the search ends when the best solution was found so many times")
    max_searches: int = Field(200, ge=1, description="the search ends after so many independent searches in any case")
    bootstrap_pairs: int = Field(20, ge=2, le=500, description="pairs of bootstrap samples per number of clusters")
    bootstrap_accounts: int = Field(
        1000, ge=50, description="accounts in a bootstrap sample, at most; smaller samples are the stricter test"
    )
    fit_accounts: int = Field(
        20_000, ge=100, description="up to so many accounts are fitted in full; above, a random sample of that size"
    )
    confidence_draws: int = Field(
        100, ge=10, le=1000, description="draws of each account's own months from which its confidence is estimated"
    )

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        """Refuse thresholds that contradict each other."""
        for low, high in (
            ("class_a_share", "class_b_share"),
            ("lapsed_months", "dormant_months"),
        ):
            if getattr(self, low) >= getattr(self, high):
                raise ValueError(f"{low} ({getattr(self, low)}) must be below {high} ({getattr(self, high)})")
        if self.k_min > self.k_max:
            raise ValueError(f"k_min ({self.k_min}) must not be above k_max ({self.k_max})")
        if self.method == "rules" and not self.rules:
            raise ValueError("method rules needs rules: at least one with id, name and when")
        twice = sorted({rule.id for rule in self.rules if [r.id for r in self.rules].count(rule.id) > 1})
        if twice:
            raise ValueError(f"rules: {', '.join(twice)} stands there twice")
        if self.min_share and self.min_share * (self.n_segments or self.k_min) > 1:
            raise ValueError(f"min_share ({self.min_share}) leaves no room for so many segments")
        if self.max_share and self.max_share * (self.n_segments or self.k_max) < 1:
            raise ValueError(f"max_share ({self.max_share}) is too small: the segments cannot hold all accounts")
        if self.n_segments and not self.k_min <= self.n_segments <= self.k_max:
            raise ValueError(
                f"n_segments ({self.n_segments}) must lie from k_min ({self.k_min}) to k_max ({self.k_max})"
            )
        return self
