"""The catalogue of KPIs: what each is made of, its unit, and which direction is good."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from segkit.texts import say

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Kpi:
    """One KPI: the ratio of two sums over accounts; `catalogue.yml` explains the fields."""

    kpi_id: str
    unit: str
    better: str
    base: str
    numerator: str
    interval: str
    source: str
    denominator: str | None = None
    of_all: bool = False
    less_one: bool = False
    compares: str = "none"

    @property
    def needs_margin(self) -> bool:
        """Whether the KPI is made of margins."""
        return self.numerator == "margin"


@functools.cache
def kpi_catalogue() -> dict[str, Kpi]:
    """Return all KPIs by id, in the order in which they are shown."""
    entries = yaml.safe_load(Path(__file__).with_name("catalogue.yml").read_text(encoding="utf-8"))
    return {kpi_id: Kpi(kpi_id=kpi_id, **entry) for kpi_id, entry in entries.items()}


def describe_kpis(language: str) -> pd.DataFrame:
    """Return the definitions as a table to read.

    Parameters
    ----------
    language : str
        ``de`` or ``en``.

    Returns
    -------
    DataFrame
        One row per KPI: kpi_id, name, formula (in words), unit, better, base, source.
    """
    import pandas as pd

    rows = [
        {
            "kpi_id": kpi.kpi_id,
            "name": say(f"kpis.name_{kpi.kpi_id}", language),
            "formula": say(f"kpis.formula_{kpi.kpi_id}", language),
            "unit": say(f"kpis.unit_{kpi.unit}", language),
            "better": say(f"kpis.better_{kpi.better}", language),
            "base": say(f"kpis.base_{kpi.base}", language),
            "source": kpi.source if kpi.source != "own definition" else say("kpis.own_definition", language),
        }
        for kpi in kpi_catalogue().values()
    ]
    return pd.DataFrame(rows)
