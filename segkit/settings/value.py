"""Settings of the stage customer value."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from segkit.settings.backtest import Backtest
from segkit.settings.churn import Churn
from segkit.settings.leads import Leads, Onboarding
from segkit.settings.lifetime import Lifetime
from segkit.settings.potential import Potential
from segkit.settings.rfm import Rfm

Share = Annotated[float, Field(gt=0, lt=1)]


class Value(BaseModel):
    """How the worth of an account is measured (section `value` of project.yml)."""

    model_config = ConfigDict(extra="forbid")

    abc_a: Share = Field(
        default=0.80, description="the biggest accounts that together bring this share of the money are class A"
    )
    abc_b: Share = Field(
        default=0.95, description="those that bring the money between abc_a and this share are class B, the rest C"
    )
    xyz_x: float = Field(
        default=0.5,
        gt=0,
        description="up to this coefficient of variation of monthly revenue an account buys regularly (class X)",
    )
    xyz_y: float = Field(
        default=1.0, gt=0, description="up to this coefficient of variation it buys with swings (class Y), above: Z"
    )
    xyz_min_months: int = Field(
        default=6, ge=2, le=12, description="an account known for fewer months than this has no XYZ class yet"
    )
    panel_quarters: int = Field(
        default=12, ge=1, le=40, description="how many quarter ends account_features looks back, this one included"
    )
    top_movers: int = Field(
        default=10, ge=1, le=100, description="how many accounts the lists of winners and losers name"
    )
    chart_accounts: int = Field(
        default=800, ge=10, le=5000, description="how many accounts the growth chart shows, the largest"
    )
    rfm: Rfm = Field(default_factory=Rfm)
    lifetime: Lifetime = Field(default_factory=Lifetime)
    churn: Churn = Field(default_factory=Churn)
    potential: Potential = Field(default_factory=Potential)
    leads: Leads = Field(default_factory=Leads)
    onboarding: Onboarding = Field(default_factory=Onboarding)
    backtest: Backtest = Field(default_factory=Backtest)

    @model_validator(mode="after")
    def check_order(self) -> Self:
        """Refuse cuts in the wrong order."""
        if self.abc_a >= self.abc_b:
            raise ValueError(f"value: abc_a ({self.abc_a}) must be smaller than abc_b ({self.abc_b})")
        if self.xyz_x >= self.xyz_y:
            raise ValueError(f"value: xyz_x ({self.xyz_x}) must be smaller than xyz_y ({self.xyz_y})")
        return self
