"""What the sample company's world is made of: every number that the generator draws from and the oracle knows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

FIRST_DAY = np.datetime64("2021-10-01")
LAST_DAY = np.datetime64("2026-09-30")
QUARTERS = tuple(str(q) for q in pd.period_range("2021Q4", "2026Q3", freq="Q"))
MONTHS = np.arange(np.datetime64("2021-10"), np.datetime64("2026-10"))
N_QUARTERS, N_MONTHS = len(QUARTERS), len(MONTHS)

LEVELS = ("A", "B", "C", "KEY")
A, B, C, KEY = range(4)

SEGMENTS = ("S1", "S2", "S3", "S4", "S5", "S6", "S7", "DORMANT", "KEY")
"""Champions, growth, core, at risk, new, lapsed, small, dormant, key accounts: the vocabulary of the value grid."""


@dataclass(frozen=True)
class Parameters:
    """Distributions behind accounts and their demand. Money in euro a year, spreads on natural logs."""

    # Who there is
    prospect_share: float = 0.10
    key_share: float = 0.0028
    level_shares: tuple[float, float, float] = (0.108, 0.29, 0.602)
    level_median: tuple[float, float, float, float] = (232_000.0, 16_600.0, 2_800.0, 2_900_000.0)
    level_spread: tuple[float, float, float, float] = (0.58, 0.55, 0.55, 0.05)
    revenue_shares: tuple[float, float, float] = (0.80, 0.15, 0.05)
    revenue: float = 36_000_000.0
    started_before: float = 0.60

    # How demand changes: yearly agreements run from October, a few are signed in other quarters
    change_october: float = 0.22
    change_other: float = 0.018
    wobble: float = 0.04
    wobble_pull: float = 0.03
    change_of_level: tuple[float, float, float, float] = (0.07, 0.05, 0.015, 0.0)
    pull_back: float = 2.4
    up_step: tuple[float, float] = (0.50, 0.16)
    down_step: tuple[float, float] = (-0.56, 0.16)

    # How accounts leave, and come back
    hazard: float = 0.0105
    hazard_level: tuple[float, float, float, float] = (0.5, 0.9, 1.15, 0.0)
    hazard_falling: float = 2.6
    hazard_spread: float = 1.05
    hazard_cap: float = 0.35
    return_hazard: float = 0.012
    return_after: int = 5
    return_until: int = 12

    # How demand becomes orders
    orders_a_year: tuple[float, float, float, float] = (40.0, 22.0, 16.0, 110.0)
    orders_spread: float = 0.22
    frequency_part: float = 0.5
    rhythm_shape: float = 90.0
    order_size_shape: float = 64.0
    ramp: tuple[float, ...] = (0.85,)
    return_share: float = 0.014

    season: tuple[float, ...] = (0.96, 0.98, 1.10, 1.02, 1.00, 1.07, 1.01, 0.77, 1.08, 1.10, 1.09, 0.82)
    price_rises: tuple[tuple[int, float], ...] = (
        (2022, 0.030), (2023, 0.065), (2024, 0.040), (2025, 0.022), (2026, 0.015),
    )  # fmt: skip

    # What accounts could buy
    potential_noise: float = 0.45
    head_count_power: float = 0.80
    diamond_share: float = 0.06

    def season_by_month(self) -> np.ndarray:
        """Return the seasonal factor of each of the 60 months; a year's mean is 1."""
        season = np.array(self.season) / np.mean(self.season)
        return season[MONTHS.astype(int) % 12]

    def price_by_month(self) -> np.ndarray:
        """Return the price level of each month, with the first at 1; prices rise each January."""
        rises = dict(self.price_rises)
        years = MONTHS.astype("datetime64[Y]").astype(int) + 1970
        level = {
            year: np.prod([1 + rise for when, rise in rises.items() if when <= year]) for year in set(years.tolist())
        }
        return np.array([level[year] for year in years.tolist()])


def stream(seed: int, topic: str) -> np.random.Generator:
    """Return the random generator of one topic, so that a change in one part leaves the others as they were."""
    return np.random.default_rng([seed, *topic.encode()])


def quarter_of(dates: np.ndarray | pd.Series) -> np.ndarray:
    """Return the position in `QUARTERS` of each date."""
    months = np.asarray(dates, dtype="datetime64[M]").astype(int) - MONTHS[0].astype(int)
    return months // 3


def quarter_end(index: int) -> pd.Timestamp:
    """Return the last day of the quarter at a position of `QUARTERS`."""
    return pd.Period(QUARTERS[index], freq="Q").end_time.normalize()
