"""Which segments differ: each against all other accounts, corrected for the number of segments.

Shares of accounts are compared by the two-proportion or the exact test, ratios of sums by the studentised bootstrap
their intervals are made of, durations by the log-rank test with accounts as clusters. Per KPI the p values of the
segments are corrected by Holm's method (1979, Scandinavian Journal of Statistics 6): a page names each segment on its
own, so none of them may be named wrongly; where all segments are alike, one is named in at most 5 of 100 quarters
(benchmarks/kpi_intervals.md). Sums and shares of the total are not compared: that a segment is larger is no finding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segkit.kpis.catalogue import Kpi
from segkit.statistics.comparisons import compare_shares, holm
from segkit.statistics.intervals import ratio_differences
from segkit.statistics.survival import log_rank_test

if TYPE_CHECKING:
    import pandas as pd

    from segkit.kpis.units import Frame
    from segkit.settings.kpis import KpiSettings

ALL = "ALL"
DIGITS = 6


def add_differences(
    figures: pd.DataFrame,
    frame: Frame | None,
    segments: pd.Series,
    kpis: list[Kpi],
    settings: KpiSettings,
    seed: int = 0,
) -> pd.DataFrame:
    """Return the figures of one frame and base with the corrected p value of each segment against all others.

    Parameters
    ----------
    figures : DataFrame
        segment_id, kpi_id, value, n (`score_figures`, with or without reasons).
    frame : Frame, optional
        What the KPIs are summed from; None: nothing was measured.
    segments : Series
        segment_id by account_id; units without one count among the others of every segment.
    kpis : list of Kpi
        KPIs of the frame and base.
    settings, seed : KpiSettings, int
        Smallest number of accounts, number of resamples, and what they start from.

    Returns
    -------
    DataFrame
        The figures with p_adjusted: NaN for ``ALL``, where there is no value, where the segment or all others are fewer
        than the KPI needs, and for KPIs that are not compared.
    """
    import pandas as pd

    p = pd.Series(np.nan, figures.index)
    if frame is None or not len(frame.sums):
        return figures.assign(p_adjusted=p)
    compared = [kpi for kpi in kpis if is_compared(kpi)]
    tested = {kpi.kpi_id: _tested(figures, kpi, settings) for kpi in compared}
    compared = [kpi for kpi in compared if len(tested[kpi.kpi_id])]
    segment_ids = sorted({segment for rows in tested.values() for segment in figures.loc[rows, "segment_id"]})
    if not segment_ids:
        return figures.assign(p_adjusted=p)
    found = _p_values(frame, segments, compared, segment_ids, settings, seed)
    for kpi in compared:
        rows = tested[kpi.kpi_id]
        values = [found[kpi.kpi_id][segment_ids.index(segment)] for segment in figures.loc[rows, "segment_id"]]
        p[rows] = holm(np.array(values, float))
    return figures.assign(p_adjusted=p.round(DIGITS))


def is_compared(kpi: Kpi) -> bool:
    """Say whether segments are held against all others: means, shares and durations, not sums or shares of a total."""
    if kpi.interval == "survival":
        return True
    return kpi.denominator is not None and not kpi.of_all and kpi.interval in ("wilson", "bootstrap")


def _tested(figures: pd.DataFrame, kpi: Kpi, settings: KpiSettings) -> pd.Index:
    """Return the rows of a KPI whose segment, and whose others, are enough."""
    of_kpi = figures[figures["kpi_id"] == kpi.kpi_id]
    n_all = int(of_kpi.loc[of_kpi["segment_id"] == ALL, "n"].sum())
    fewest = max(kpi.min_n, settings.min_accounts if kpi.counted == "accounts" else 0)
    is_enough = (of_kpi["n"] >= fewest) & (n_all - of_kpi["n"] >= fewest)
    return of_kpi.index[(of_kpi["segment_id"] != ALL) & of_kpi["value"].notna() & is_enough]


def _p_values(
    frame: Frame, segments: pd.Series, kpis: list[Kpi], segment_ids: list[str], settings: KpiSettings, seed: int
) -> dict[str, np.ndarray]:
    """Return by KPI the p value of each segment before correction."""
    groups = _codes(segments, frame.sums.index, segment_ids)
    out: dict[str, np.ndarray] = {}
    resampled = [kpi for kpi in kpis if kpi.interval == "bootstrap"]
    if resampled:
        y, x = (
            np.column_stack([frame.sums[getattr(kpi, side)].fillna(0.0).to_numpy(float) for kpi in resampled])
            for side in ("numerator", "denominator")
        )
        p = ratio_differences(y, x, groups, len(segment_ids), settings.draws, seed)
        out |= {kpi.kpi_id: p[:, place] for place, kpi in enumerate(resampled)}
    for kpi in kpis:
        if kpi.interval == "wilson":
            has, of = (frame.sums[name].fillna(0.0).to_numpy(float) for name in (kpi.numerator, kpi.denominator))
            shares = np.divide(has, of, out=np.full(len(of), np.nan), where=of > 0)
            out[kpi.kpi_id] = compare_shares(shares, groups, len(segment_ids)).p
        elif kpi.interval == "survival":
            out[kpi.kpi_id] = _compare_durations(frame.spells[kpi.kpi_id], segments, segment_ids)
    return out


def _compare_durations(spells: pd.DataFrame, segments: pd.Series, segment_ids: list[str]) -> np.ndarray:
    import pandas as pd

    codes = _codes(segments, pd.Index(spells["unit"]), segment_ids)
    entry, days = spells["entry"].to_numpy(float), spells["days"].to_numpy(float)
    is_event, clusters = spells["is_event"].to_numpy(bool), pd.factorize(spells["unit"])[0]
    return np.array([log_rank_test(entry, days, is_event, codes == code, clusters) for code in range(len(segment_ids))])


def _codes(segments: pd.Series, units: pd.Index, segment_ids: list[str]) -> np.ndarray:
    import pandas as pd

    return pd.Index(segment_ids).get_indexer(segments.reindex(units)).astype(np.int64)
