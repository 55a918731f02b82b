"""What KPIs are measured on: the panel, and the tables of those that deliver them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class KpiInputs:
    """The tables of a run that KPIs are made of, named as in `segkit/tables.yml`; None: nobody delivers it.

    Attributes
    ----------
    panel, period : DataFrame
        `account_features` and `run_period`.
    lead_scores : DataFrame or None
        Of the run *before*: what was foretold then is held against what came.
    account_value : DataFrame or None
        Of this run: it says nothing about earlier quarters.
    """

    panel: pd.DataFrame
    period: pd.DataFrame
    opportunities: pd.DataFrame | None = None
    leads: pd.DataFrame | None = None
    campaigns: pd.DataFrame | None = None
    engagements: pd.DataFrame | None = None
    tickets: pd.DataFrame | None = None
    surveys: pd.DataFrame | None = None
    care_costs: pd.DataFrame | None = None
    contracts: pd.DataFrame | None = None
    account_value: pd.DataFrame | None = None
    lead_scores: pd.DataFrame | None = None
    accounts: pd.DataFrame | None = None

    def given(self, name: str) -> bool:
        """Say whether a table is there and has rows."""
        table = getattr(self, name)
        return table is not None and len(table) > 0


def read_inputs(read: Callable[..., Any], read_before: Callable[..., Any] | None = None) -> KpiInputs:
    """Return the inputs of a run, each table read once.

    Parameters
    ----------
    read : callable
        `run.read`.
    read_before : callable, optional
        `run.previous.read`; None in the first run.
    """
    optional = [field.name for field in fields(KpiInputs) if field.name not in ("panel", "period", "lead_scores")]
    before = read_before("lead_scores", is_optional=True) if read_before else None
    tables = {name: read(name, is_optional=True) for name in optional}
    return KpiInputs(read("account_features"), read("run_period"), **tables, lead_scores=before)
