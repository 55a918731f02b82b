"""The figures of one quarter: value, interval, median and count of each KPI in each segment and overall."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segkit.kpis.catalogue import Kpi
from segkit.statistics.intervals import MONEY_SCALE, exact_units, ratio_intervals, wilson_interval
from segkit.statistics.survival import survival_median

if TYPE_CHECKING:
    import pandas as pd

    from segkit.kpis.units import Frame
    from segkit.settings.kpis import KpiSettings

ALL = "ALL"
DIGITS = {"money": 4, "number": 6, "percent": 12, "days": 6, "seconds": 6}
LIMIT_DIGITS = {"money": 2, "number": 6, "percent": 6, "days": 6, "seconds": 6}
COLUMNS = ["segment_id", "kpi_id", "base", "value", "low", "high", "median", "n", "n_accounts"]
Places = np.ndarray


def score_figures(
    frame: Frame | None,
    segments: pd.Series,
    kpis: list[Kpi],
    segment_ids: list[str],
    settings: KpiSettings,
    seed: int,
) -> pd.DataFrame:
    """Return the figures of `kpis`, one row per segment and KPI, ``ALL`` included.

    Parameters
    ----------
    frame : Frame, optional
        What the KPIs are summed from; None: nothing was measured, every value is empty.
    segments : Series
        segment_id by account_id; units without one count only in ``ALL``.
    kpis : list of Kpi
        KPIs of one frame and base.
    segment_ids : list of str
        Segments to show, also those without accounts.
    settings, seed : KpiSettings, int
        Confidence and number of resamples, and what they start from.

    Returns
    -------
    DataFrame
        segment_id, kpi_id, base, value (NaN where the denominator is not above zero; infinite where a median is not
        reached), low, high (NaN below the KPI's smallest n), median, n (what the KPI counts), n_accounts (accounts of
        the segment among the units).
    """
    import pandas as pd

    if frame is None:
        rows = [[segment_id, kpi.kpi_id, kpi.base, *[np.nan] * 4, 0, 0] for segment_id in [*segment_ids, ALL]
                for kpi in kpis]  # fmt: skip
        return pd.DataFrame(rows, columns=COLUMNS)
    units = frame.sums.index
    groups = segment_codes(segments, units, segment_ids)
    members = [np.flatnonzero(groups == code) for code in range(len(segment_ids))] + [np.arange(len(units))]
    ratios = [kpi for kpi in kpis if kpi.interval != "survival"]
    limits = _resampled_limits(frame.sums, groups, ratios, len(segment_ids), settings, seed)
    rows = []
    for kpi in kpis:
        if kpi.interval == "survival":
            figures = _survival_figures(kpi, frame, segments, segment_ids, settings)
        else:
            figures = _ratio_figures(kpi, frame, members, limits.get(kpi.kpi_id), settings)
        for segment_id, of_segment, figure in zip([*segment_ids, ALL], members, figures, strict=True):
            rows.append([segment_id, kpi.kpi_id, kpi.base, *figure, len(of_segment)])
    table = pd.DataFrame(rows, columns=COLUMNS)
    least = table["kpi_id"].map({kpi.kpi_id: kpi.min_n for kpi in kpis})
    table.loc[table["n"] < least, ["low", "high"]] = np.nan
    return _rounded(table.sort_values(["segment_id", "kpi_id"], ignore_index=True), kpis)


def segment_codes(segments: pd.Series, units: pd.Index, segment_ids: list[str]) -> np.ndarray:
    """Return the place of each unit's segment in `segment_ids`, −1 for a unit without one."""
    import pandas as pd

    return pd.Categorical(segments.reindex(units), categories=segment_ids).codes.astype(np.int64)


def ratio_parts(kpi: Kpi, sums: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return numerator and denominator per unit; a sum is a ratio to the number of all units."""
    y = sums[kpi.numerator].fillna(0.0).to_numpy(float)
    x = sums[kpi.denominator].fillna(0.0).to_numpy(float) if kpi.denominator else np.ones(len(sums))
    return y, x


def _ratio_figures(
    kpi: Kpi, frame: Frame, members: list[Places], limits: list[tuple[float, float]] | None, settings: KpiSettings
) -> list[list[float]]:
    """Return value, low, high, median and n by segment, the last for all units."""
    y, x = ratio_parts(kpi, frame.sums)
    in_all = kpi.of_all or kpi.denominator is None
    rows = []
    for place, of_segment in enumerate(members):
        is_overall = place == len(members) - 1
        total, whole = _total(y[of_segment]), _total(x if in_all else x[of_segment])
        value = total / whole if whole > 0 else np.nan
        low, high = np.nan, np.nan
        if kpi.interval == "wilson":
            low, high = (float(limit) for limit in wilson_interval(total, whole, settings.confidence))
        elif limits is not None:
            low, high = limits[place]
        if kpi.of_all and is_overall:
            low = high = value
        shown = [_in_unit(kpi, figure, whole) for figure in (value, low, high)]
        rows.append([*shown, np.nan, _count(kpi, frame, (y if in_all else x)[of_segment], of_segment)])
    if kpi.has_median:
        for row, median in zip(rows, _medians(kpi, frame, members), strict=True):
            row[3] = median
    return rows


def _count(kpi: Kpi, frame: Frame, base: np.ndarray, of_segment: Places) -> int:
    """Return how many of what the KPI counts are behind its value."""
    if kpi.n_of:
        return int(np.rint(frame.sums[kpi.n_of].to_numpy(float)[of_segment].sum()))
    return int(np.count_nonzero(base) if kpi.counted == "accounts" else np.rint(base.sum()))


def _medians(kpi: Kpi, frame: Frame, members: list[Places]) -> list[float]:
    """Return the median of the single values behind a mean by segment: of deals or visits, else of the accounts."""
    import pandas as pd

    items = frame.items.get(kpi.kpi_id)
    if items is None:
        y, x = ratio_parts(kpi, frame.sums)
        items = pd.Series(y, frame.sums.index)[x > 0]
    places = frame.sums.index.get_indexer(items.index)
    values, out = items.to_numpy(float), []
    for of_segment in members:
        is_in = np.zeros(len(frame.sums), dtype=bool)
        is_in[of_segment] = True
        chosen = values[is_in[places]]
        out.append(float(np.median(chosen)) if len(chosen) else np.nan)
    return out


def _survival_figures(
    kpi: Kpi, frame: Frame, segments: pd.Series, segment_ids: list[str], settings: KpiSettings
) -> list[list[float]]:
    """Return median (as value), low, high, an empty median and the number of decided deals by segment."""
    import pandas as pd

    spells = frame.spells[kpi.kpi_id]
    groups = segment_codes(segments, pd.Index(spells["unit"]), segment_ids)
    clusters = pd.factorize(spells["unit"])[0]
    entry, days = spells["entry"].to_numpy(float), spells["days"].to_numpy(float)
    decided = spells["is_event"].to_numpy(bool)
    rows = []
    for chosen in [*(groups == code for code in range(len(segment_ids))), np.ones(len(spells), dtype=bool)]:
        value, low, high = survival_median(
            entry[chosen], days[chosen], decided[chosen], settings.confidence, clusters[chosen]
        )
        low, high = (limit if np.isfinite(limit) else np.nan for limit in (low, high))
        rows.append([value, low, high, np.nan, int(decided[chosen].sum())])
    return rows


def _total(column: np.ndarray) -> float:
    return float(exact_units(column).sum() / MONEY_SCALE)


def _in_unit(kpi: Kpi, ratio: float, n_all: float) -> float:
    """Return the ratio in the KPI's unit: a sum times the number of accounts, a change less one."""
    if kpi.denominator is None:
        return ratio * n_all
    return ratio - 1 if kpi.less_one else ratio


def _resampled_limits(
    sums: pd.DataFrame, groups: np.ndarray, kpis: list[Kpi], n_groups: int, settings: KpiSettings, seed: int
) -> dict[str, list[tuple[float, float]]]:
    """Return the limits by KPI of those that need resampling: one pair per segment, the last for all units."""
    resampled = [kpi for kpi in kpis if kpi.interval == "bootstrap"]
    if not resampled:
        return {}
    parts = [ratio_parts(kpi, sums) for kpi in resampled]
    of_all = np.array([kpi.of_all or kpi.denominator is None for kpi in resampled])
    y, x = (np.column_stack([part[side] for part in parts]) for side in (0, 1))
    low, high = ratio_intervals(y, x, groups, n_groups, of_all, settings.draws, seed, settings.confidence)
    return {
        kpi.kpi_id: list(zip(low[:, place].tolist(), high[:, place].tolist(), strict=True))
        for place, kpi in enumerate(resampled)
    }


def _rounded(figures: pd.DataFrame, kpis: list[Kpi]) -> pd.DataFrame:
    units = figures["kpi_id"].map({kpi.kpi_id: kpi.unit for kpi in kpis}).to_numpy(object)
    for names, digits in ((["value", "median"], DIGITS), (["low", "high"], LIMIT_DIGITS)):
        values = figures[names].to_numpy(float, copy=True)
        for unit in set(units):
            values[units == unit] = values[units == unit].round(digits[unit])
        figures[names] = values
    return figures
