"""The figures of one quarter: value, interval and number of accounts of each KPI in each segment and overall."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segkit.kpis.catalogue import Kpi
from segkit.statistics.intervals import MONEY_SCALE, exact_units, ratio_intervals, wilson_interval

if TYPE_CHECKING:
    import pandas as pd

    from segkit.settings.kpis import KpiSettings

ALL = "ALL"
DIGITS = {"money": 4, "number": 6, "percent": 12}
LIMIT_DIGITS = {"money": 2, "number": 6, "percent": 6}


def score_figures(
    measures: pd.DataFrame,
    segments: pd.Series,
    kpis: list[Kpi],
    segment_ids: list[str],
    settings: KpiSettings,
    seed: int,
) -> pd.DataFrame:
    """Return the figures of `kpis`, one row per segment and KPI, ``ALL`` included.

    Parameters
    ----------
    measures : DataFrame
        One row per account (`account_measures`).
    segments : Series
        segment_id by account_id; accounts without one count only in ``ALL``.
    kpis : list of Kpi
        KPIs of one base.
    segment_ids : list of str
        Segments to show, also those without accounts.
    settings, seed : KpiSettings, int
        Confidence and number of resamples, and what they start from.

    Returns
    -------
    DataFrame
        segment_id, kpi_id, base, value (NaN where the denominator is not above zero), low, high, n (accounts in the
        denominator; of sums and shares of all, in the numerator), n_accounts (accounts of the segment).
    """
    import pandas as pd

    groups = pd.Categorical(segments.reindex(measures.index), categories=segment_ids).codes.astype(np.int64)
    limits = _resampled_limits(measures, groups, kpis, len(segment_ids), settings, seed)
    members = [groups == code for code in range(len(segment_ids))] + [np.ones(len(measures), dtype=bool)]
    rows = []
    for place, (segment_id, of_segment) in enumerate(zip([*segment_ids, ALL], members, strict=True)):
        for kpi in kpis:
            y, x = _parts(kpi, measures)
            in_all = kpi.of_all or kpi.denominator is None
            total, whole = _total(y[of_segment]), _total(x if in_all else x[of_segment])
            value = total / whole if whole > 0 else np.nan
            if kpi.interval == "wilson":
                low, high = (float(limit) for limit in wilson_interval(total, whole, settings.confidence))
            else:
                low, high = limits[kpi.kpi_id][place]
            if kpi.of_all and segment_id == ALL:
                low = high = value
            n_used = np.count_nonzero((y if in_all else x)[of_segment])
            shown = [_in_unit(kpi, figure, whole) for figure in (value, low, high)]
            rows.append([segment_id, kpi.kpi_id, kpi.base, *shown, n_used, int(of_segment.sum())])
    columns = ["segment_id", "kpi_id", "base", "value", "low", "high", "n", "n_accounts"]
    return _rounded(pd.DataFrame(rows, columns=columns), kpis)


def _parts(kpi: Kpi, measures: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return numerator and denominator per account; a sum is a ratio to the number of all accounts."""
    y = measures[kpi.numerator].fillna(0.0).to_numpy(float)
    x = measures[kpi.denominator].fillna(0.0).to_numpy(float) if kpi.denominator else np.ones(len(measures))
    return y, x


def _total(column: np.ndarray) -> float:
    return float(exact_units(column).sum() / MONEY_SCALE)


def _in_unit(kpi: Kpi, ratio: float, n_all: float) -> float:
    """Return the ratio in the KPI's unit: a sum times the number of accounts, a change less one."""
    if kpi.denominator is None:
        return ratio * n_all
    return ratio - 1 if kpi.less_one else ratio


def _resampled_limits(
    measures: pd.DataFrame, groups: np.ndarray, kpis: list[Kpi], n_groups: int, settings: KpiSettings, seed: int
) -> dict[str, list[tuple[float, float]]]:
    """Return the limits by KPI of those that need resampling: one pair per segment, the last for all accounts."""
    resampled = [kpi for kpi in kpis if kpi.interval == "bootstrap"]
    parts = [_parts(kpi, measures) for kpi in resampled]
    of_all = np.array([kpi.of_all or kpi.denominator is None for kpi in resampled])
    y, x = (np.column_stack([part[side] for part in parts]) for side in (0, 1))
    low, high = ratio_intervals(y, x, groups, n_groups, of_all, settings.draws, seed, settings.confidence)
    return {
        kpi.kpi_id: list(zip(low[:, place].tolist(), high[:, place].tolist(), strict=True))
        for place, kpi in enumerate(resampled)
    }


def _rounded(figures: pd.DataFrame, kpis: list[Kpi]) -> pd.DataFrame:
    for kpi in kpis:
        rows = figures["kpi_id"] == kpi.kpi_id
        figures.loc[rows, "value"] = figures.loc[rows, "value"].round(DIGITS[kpi.unit])
        figures.loc[rows, ["low", "high"]] = figures.loc[rows, ["low", "high"]].round(LIMIT_DIGITS[kpi.unit])
    return figures
