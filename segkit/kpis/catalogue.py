"""The catalogue of KPIs: what each is made of, its unit, and which direction is good."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from segkit.texts import LANGUAGES, say
from segkit.yaml_files import read_yaml

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Kpi:
    """One KPI: the ratio of two sums over units; `catalogue.yml` explains the fields."""

    kpi_id: str
    unit: str
    better: str
    base: str
    numerator: str
    interval: str
    source: str
    group: str
    tables: tuple[str, ...]
    denominator: str | None = None
    of_all: bool = False
    less_one: bool = False
    compares: str = "none"
    counted: str = "accounts"
    n_of: str | None = None
    window: str = "quarter"
    min_n: int = 10
    frame: str = "accounts"
    has_median: bool = False
    bounds: tuple[float | None, float | None] | None = None

    @property
    def is_rate(self) -> bool:
        """Whether segments and all accounts can stand on one axis: a sum cannot."""
        return bool(self.denominator) and not self.of_all or self.interval == "survival"

    @property
    def needs_margin(self) -> bool:
        """Whether the KPI is made of margins."""
        return self.numerator in ("margin", "contribution")


@functools.cache
def kpi_catalogue() -> dict[str, Kpi]:
    """Return all KPIs by id, in the order in which they are shown."""
    entries = read_yaml(Path(__file__).with_name("catalogue.yml"))
    return {
        kpi_id: Kpi(kpi_id=kpi_id, **{**entry, "tables": tuple(entry["tables"])}) for kpi_id, entry in entries.items()
    }


def describe_kpis() -> pd.DataFrame:
    """Return the definitions as a table to read, one row per KPI.

    Returns
    -------
    DataFrame
        name_de, name_en, formula_de, formula_en (in words), base_de, base_en (by which segment accounts are grouped),
        better_de, better_en (which direction is good), source.
    """
    import pandas as pd

    return pd.DataFrame([_definition(kpi) for kpi in kpi_catalogue().values()])


def _definition(kpi: Kpi) -> dict[str, str]:
    keys = {
        "name": f"kpis.name_{kpi.kpi_id}",
        "formula": f"kpis.formula_{kpi.kpi_id}",
        "base": f"kpis.base_{kpi.base}",
        "better": f"kpis.better_{kpi.better}",
    }
    sentences = {f"{name}_{language}": say(key, language) for name, key in keys.items() for language in LANGUAGES}
    return {**sentences, "source": kpi.source}
