"""Each segment against all other accounts: planted differences are found, small ones and sums are not tested."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segkit.kpis.catalogue import kpi_catalogue
from segkit.kpis.comparison import add_differences, is_compared
from segkit.kpis.units import Frame
from segkit.settings.kpis import KpiSettings

N = 240
SEGMENTS = np.repeat(["BIG", "MIDDLE", "SMALL", "TINY"], (80, 80, 70, 10))
UNITS = pd.Index([f"A{place:03d}" for place in range(N)], name="account_id")
SETTINGS = KpiSettings(draws=400)


def differences(kpi_id: str, sums: dict[str, np.ndarray], spells: pd.DataFrame | None = None) -> pd.Series:
    """p_adjusted by segment of one KPI of the catalogue."""
    kpi = kpi_catalogue()[kpi_id]
    frame = Frame(pd.DataFrame(sums, index=UNITS), spells={} if spells is None else {kpi_id: spells})
    if spells is None:
        counted = pd.Series(sums[kpi.denominator or kpi.numerator] != 0, UNITS)
    else:
        counted = spells.groupby("unit")["is_event"].sum().reindex(UNITS, fill_value=0)
    n = counted.groupby(SEGMENTS).sum()
    figures = pd.DataFrame({"segment_id": [*n.index, "ALL"], "kpi_id": kpi_id, "value": 1.0, "n": [*n, n.sum()]})
    told = add_differences(figures, frame, pd.Series(SEGMENTS, UNITS), [kpi], SETTINGS, seed=1)
    return told.set_index("segment_id")["p_adjusted"]


def test_a_segment_that_keeps_fewer_accounts_is_found():
    rng = np.random.default_rng(1)
    kept = (rng.random(N) < np.where(SEGMENTS == "SMALL", 0.6, 0.9)).astype(float)
    p = differences("retention", {"is_kept": kept, "was_active": np.ones(N)})
    assert p["SMALL"] < 0.01
    assert p[["TINY", "ALL"]].isna().all(), "ten accounts are too few, and all accounts are compared with nobody"


def test_a_segment_that_grows_is_found_and_the_correction_counts_the_segments():
    rng = np.random.default_rng(2)
    before = rng.lognormal(6, 0.8, N)
    now = before * rng.lognormal(0, 0.3, N) * np.where(SEGMENTS == "BIG", 1.5, 1.0)
    p = differences("growth", {"revenue": now, "revenue_year_ago": before})
    assert p["BIG"] == pytest.approx(3 * 2 / 401, abs=1e-6), "three tests, none below two in 401"


def test_a_segment_that_decides_sooner_is_found():
    rng = np.random.default_rng(3)
    account = np.repeat(np.arange(N), 3)
    days = np.ceil(rng.lognormal(4, 0.7, 3 * N) * np.where(SEGMENTS[account] == "MIDDLE", 0.5, 1.0))
    spells = pd.DataFrame({"unit": UNITS[account], "entry": 0.0, "days": np.minimum(days, 150), "is_event": days < 150})
    p = differences("sales_cycle", {"deals": np.ones(N)}, spells)
    assert p["MIDDLE"] < 0.001
    assert p.isna().sum() == 2


def test_sums_and_shares_of_the_total_are_not_compared():
    kpis = kpi_catalogue()
    assert not any(is_compared(kpis[name]) for name in ("revenue", "revenue_share", "account_share", "revenue_lost"))
    assert all(is_compared(kpis[name]) for name in ("growth", "retention", "margin_rate", "sales_cycle", "win_rate"))


def test_without_a_value_or_without_measures_nothing_is_compared():
    kpi = kpi_catalogue()["retention"]
    figures = pd.DataFrame({"segment_id": ["BIG", "ALL"], "kpi_id": "retention", "value": np.nan, "n": [80, 240]})
    sums = pd.DataFrame({"is_kept": 1.0, "was_active": 1.0}, index=UNITS)
    for frame in (None, Frame(sums)):
        told = add_differences(figures, frame, pd.Series(SEGMENTS, UNITS), [kpi], SETTINGS)
        assert told["p_adjusted"].isna().all()


def test_the_same_seed_gives_the_same_p_values():
    rng = np.random.default_rng(4)
    sums = {"revenue": rng.lognormal(6, 1, N), "revenue_year_ago": rng.lognormal(6, 1, N)}
    pd.testing.assert_series_equal(differences("growth", sums), differences("growth", sums))
