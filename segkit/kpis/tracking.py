"""The table `kpis`: this quarter's figures, why some are missing, and the quarters before."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from segkit.kpis.catalogue import kpi_catalogue
from segkit.kpis.figures import ALL, score_figures
from segkit.kpis.measures import account_measures
from segkit.kpis.reasons import add_reasons
from segkit.quarters import Quarter

if TYPE_CHECKING:
    import pandas as pd

    from segkit.settings.kpis import KpiSettings

COLUMNS = ["segmentation_id", "quarter", "segment_id", "kpi_id", "base", "value", "low", "high", "median", "n"]
COLUMNS += ["is_small", "p_adjusted", "is_back_cast", "is_complete", "reason"]
KEY = ["segmentation_id", "quarter", "segment_id", "kpi_id", "base"]


def score_all(
    panel: pd.DataFrame,
    segments: pd.DataFrame,
    opening_segments: pd.DataFrame,
    period: pd.DataFrame,
    settings: KpiSettings,
    seed: int = 0,
    previous: pd.DataFrame | None = None,
    segmentation_ids: Iterable[str] = (),
) -> pd.DataFrame:
    """Return the table `kpis` for every segmentation, the one of the settings first.

    Parameters
    ----------
    panel, segments, opening_segments, period, settings, seed, previous
        As for `score_kpis`; `previous` of a run of an older version, without segmentation_id, tells of that of the
        settings.
    segmentation_ids : iterable of str
        Further segmentations; one that has no account is left out.

    Returns
    -------
    DataFrame
        The columns of `score_kpis`. Quarters in which a segmentation was not known yet are told
        overall only.
    """
    import pandas as pd

    main = settings.segmentation
    if previous is not None and "segmentation_id" not in previous:
        previous = previous.assign(segmentation_id=main)
    known = set(segments["segmentation_id"])
    told: list[pd.DataFrame] = []
    for name in dict.fromkeys([main, *(name for name in segmentation_ids if name in known)]):
        before = None if previous is None else previous[previous["segmentation_id"] == name]
        if told and (before is None or before.empty):
            before = told[0][told[0]["segment_id"] == ALL]
        before = None if before is None or before.empty else before
        mine = settings.model_copy(update={"segmentation": name})
        told.append(score_kpis(panel, segments, opening_segments, period, mine, seed, before))
    return pd.concat(told, ignore_index=True)


def score_kpis(
    panel: pd.DataFrame,
    segments: pd.DataFrame,
    opening_segments: pd.DataFrame,
    period: pd.DataFrame,
    settings: KpiSettings,
    seed: int = 0,
    previous: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return the KPIs of one segmentation: the run's quarter by segment and overall, and earlier quarters.

    Earlier quarters come from the previous run's table, unchanged; what it lacks is told overall only, as far as the
    panel reaches, because nobody had segments then.

    Parameters
    ----------
    panel : DataFrame
        `account_features`: account_id, quarter, revenue_q, gross_q, orders_q, margin_q, is_active_q, revenue_12m,
        revenue_prev_12m (null: less than 24 months of history).
    segments, opening_segments : DataFrame
        segmentation_id, account_id, segment_id at the end and at the beginning of the quarter.
    period : DataFrame
        `run_period`, one row: quarter, start, first_money_date, last_money_date, is_complete.
    settings : KpiSettings
        The section `kpis` of project.yml.
    seed : int
        What resampling starts from.
    previous : DataFrame, optional
        `kpis` of the previous run.

    Returns
    -------
    DataFrame
        segmentation_id, quarter, segment_id (``ALL``: overall), kpi_id, base, value, low, high, n (accounts behind the
        figure), is_small, is_complete, reason (key of the texts where value is empty).
    """
    import pandas as pd

    quarter = quarter_of(period)
    complete = complete_quarters(panel, period)
    closing, opening = (_by_account(frame, settings.segmentation) for frame in (segments, opening_segments))
    own = kpis_of_quarter(panel, quarter, complete, closing, opening, settings, seed)
    kept = own[:0]
    if previous is not None:  # a run of an older version, or of all accounts, names no segmentation or another one
        unknown = {"median": np.nan, "p_adjusted": np.nan, "is_back_cast": False}
        before = previous.assign(
            segmentation_id=settings.segmentation,
            **{name: value for name, value in unknown.items() if name not in previous},
        )
        kept = _complete(before.loc[before["quarter"] < quarter.label])
    missing = sorted(set(panel["quarter"]) - set(kept["quarter"]) - {quarter.label})
    nobody = closing[:0]
    earlier = [
        kpis_of_quarter(panel, Quarter.parse(q, quarter.first_month), complete, nobody, nobody, settings, seed)
        for q in missing
        if q < quarter.label
    ]
    parts = [part for part in [kept, *earlier, own] if len(part)]
    return pd.concat(parts, ignore_index=True).sort_values(KEY, ignore_index=True)


def kpis_of_quarter(
    panel: pd.DataFrame,
    quarter: Quarter,
    complete: set[str],
    closing: pd.Series,
    opening: pd.Series,
    settings: KpiSettings,
    seed: int = 0,
) -> pd.DataFrame:
    """Return the KPIs of one quarter, with the columns of the table `kpis`.

    Parameters
    ----------
    panel : DataFrame
        `account_features`.
    quarter : Quarter
        The quarter to tell about.
    complete : set of str
        Quarters that the data cover; rates need theirs and the one they compare with.
    closing, opening : Series
        segment_id by account_id at the end and at the beginning of the quarter; empty: overall only.
    settings, seed : KpiSettings, int
        Smallest number of accounts, confidence, resamples, and what they start from.
    """
    import pandas as pd

    measures = account_measures(panel, quarter)
    segment_ids = sorted({*closing.unique(), *opening.unique()})
    parts = []
    for base, segments in (("closing", closing), ("opening", opening)):
        kpis = [kpi for kpi in kpi_catalogue().values() if kpi.base == base]
        figures = score_figures(measures, segments, kpis, segment_ids, settings, seed)
        parts.append(add_reasons(figures, measures, segments, quarter, set(panel["quarter"]), complete))
    table = pd.concat(parts, ignore_index=True).assign(
        segmentation_id=settings.segmentation,
        quarter=quarter.label,
        median=np.nan,
        p_adjusted=np.nan,
        is_back_cast=False,
        is_small=lambda rows: rows["n"] < settings.min_accounts,
        is_complete=quarter.label in complete,
    )
    return table[COLUMNS].sort_values(KEY, ignore_index=True)


def _complete(kept: pd.DataFrame) -> pd.DataFrame:
    """Return rows of an earlier run with all columns, also those that its version of the program did not know."""
    unknown = {"median": np.nan, "p_adjusted": np.nan, "is_back_cast": False}
    return kept.assign(**{name: value for name, value in unknown.items() if name not in kept})[COLUMNS]


def quarter_of(period: pd.DataFrame) -> Quarter:
    """Return the quarter of a run from `run_period` (quarter, start), with its fiscal year."""
    label, start = period["quarter"].iloc[0], period["start"].iloc[0]
    calendar = Quarter.parse(label)
    return Quarter.parse(label, (start.month - calendar.start.month) % 12 + 1)


def complete_quarters(panel: pd.DataFrame, period: pd.DataFrame) -> set[str]:
    """Return the quarters that the money dates cover and in which somebody bought.

    Parameters
    ----------
    panel : DataFrame
        quarter, is_active_q.
    period : DataFrame
        `run_period`: quarter, start, first_money_date, last_money_date, is_complete (of the run's own quarter).
    """
    own, row = quarter_of(period), period.iloc[0]
    bought = set(panel.loc[panel["is_active_q"].astype("boolean").fillna(False), "quarter"])
    first, last = row["first_money_date"].date(), row["last_money_date"].date()
    covered = {q for q in bought if Quarter.parse(q, own.first_month).is_covered(first, last)}
    return covered - {own.label} | ({own.label} & bought if row["is_complete"] else set())


def _by_account(segments: pd.DataFrame, segmentation_id: str) -> pd.Series:
    chosen = segments[segments["segmentation_id"] == segmentation_id]
    return chosen.set_index("account_id")["segment_id"].sort_index()
