"""The table `kpis`: this quarter's figures, why some are missing, and the quarters before."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from segkit.kpis.catalogue import kpi_catalogue
from segkit.kpis.comparison import add_differences
from segkit.kpis.figures import ALL, score_figures
from segkit.kpis.frames import measure_frames
from segkit.kpis.members import Members
from segkit.kpis.reasons import Facts, add_reasons
from segkit.kpis.windows import window_of
from segkit.quarters import Quarter

if TYPE_CHECKING:
    import pandas as pd

    from segkit.kpis.inputs import KpiInputs
    from segkit.settings.kpis import KpiSettings

COLUMNS = ["segmentation_id", "quarter", "segment_id", "kpi_id", "base", "value", "low", "high", "median", "n"]
COLUMNS += ["is_small", "p_adjusted", "is_back_cast", "is_complete", "reason"]
KEY = ["segmentation_id", "quarter", "segment_id", "kpi_id", "base"]
HORIZON_DAYS = 180


def score_all(
    inputs: KpiInputs,
    segments: pd.DataFrame,
    opening_segments: pd.DataFrame,
    settings: KpiSettings,
    seed: int = 0,
    previous: pd.DataFrame | None = None,
    past_segments: pd.DataFrame | None = None,
    segmentation_ids: Iterable[str] = (),
    horizon_days: int = HORIZON_DAYS,
) -> pd.DataFrame:
    """Return the table `kpis` for every segmentation, the one of the settings first.

    Parameters
    ----------
    inputs, segments, opening_segments, settings, seed, previous, past_segments, horizon_days
        As for `score_kpis`; `previous` of a run of an older version, without segmentation_id, tells of that of the
        settings.
    segmentation_ids : iterable of str
        Further segmentations; one that has no account is left out. Of earlier quarters, what their previous runs did
        not tell is told overall only.

    Returns
    -------
    DataFrame
        The columns of `score_kpis`.
    """
    import pandas as pd

    main = settings.segmentation
    if previous is not None and "segmentation_id" not in previous:
        previous = previous.assign(segmentation_id=main)
    known = set(segments["segmentation_id"])
    measured: dict[str, Facts] = {}
    told: list[pd.DataFrame] = []
    for name in dict.fromkeys([main, *(name for name in segmentation_ids if name in known)]):
        before = None if previous is None else _complete(previous[previous["segmentation_id"] == name])
        if told:
            overall = told[0][told[0]["segment_id"] == ALL].assign(segmentation_id=name)
            before = overall if before is None or before.empty else _fill(before, overall)
        members = Members(segments, opening_segments, past_segments, name, quarter_of(inputs.period), not told)
        mine = settings.model_copy(update={"segmentation": name})
        told.append(_score(inputs, members, mine, seed, before, horizon_days, measured))
    return pd.concat(told, ignore_index=True)


def score_kpis(
    inputs: KpiInputs,
    segments: pd.DataFrame,
    opening_segments: pd.DataFrame,
    settings: KpiSettings,
    seed: int = 0,
    previous: pd.DataFrame | None = None,
    past_segments: pd.DataFrame | None = None,
    horizon_days: int = HORIZON_DAYS,
) -> pd.DataFrame:
    """Return the KPIs of one segmentation: the run's quarter and earlier ones, by segment and overall.

    Earlier quarters come from the previous run's table, unchanged. What it lacks is told as far as the panel reaches:
    by the segments that the model in force gives the accounts of that time (is_back_cast), overall only without them.

    Parameters
    ----------
    inputs : KpiInputs
        The tables; panel with account_id, quarter, revenue_q, gross_q, orders_q, margin_q, is_active_q, revenue_12m,
        revenue_prev_12m (null: less than 24 months of history).
    segments, opening_segments : DataFrame
        segmentation_id, account_id, segment_id at the end and at the beginning of the quarter.
    settings : KpiSettings
        The section `kpis` of project.yml.
    seed : int
        What resampling starts from.
    previous : DataFrame, optional
        `kpis` of the previous run.
    past_segments : DataFrame, optional
        segmentation_id, quarter, account_id, segment_id at the end of each earlier quarter by the model in force.
    horizon_days : int
        A lead that became no opportunity within so many days failed.

    Returns
    -------
    DataFrame
        The columns of the table `kpis`: n counts what the KPI counts; is_small: fewer of them than it needs; reason:
        key of the texts where value is empty.
    """
    quarter = quarter_of(inputs.period)
    members = Members(segments, opening_segments, past_segments, settings.segmentation, quarter)
    return _score(inputs, members, settings, seed, previous, horizon_days, {})


def measure_quarter(
    inputs: KpiInputs,
    quarter: Quarter,
    complete: set[str],
    settings: KpiSettings,
    horizon_days: int = HORIZON_DAYS,
    is_own: bool = True,
) -> Facts:
    """Return what was measured in a quarter, and what decides whether it can be told.

    Parameters
    ----------
    inputs, settings, horizon_days
        As for `score_kpis`.
    quarter : Quarter
        The quarter to measure.
    complete : set of str
        Quarters that the data cover; rates need theirs and the one they compare with.
    is_own : bool
        Whether it is the run's own quarter.
    """
    last = inputs.period["as_of"].iloc[0].date() if is_own else None
    window = window_of(quarter, horizon_days, last)
    frames = measure_frames(inputs, window, settings, horizon_days, is_own)
    return Facts(inputs, window, frames, frozenset(inputs.panel["quarter"]), frozenset(complete), is_own)


def kpis_of_quarter(
    facts: Facts, members: Members, settings: KpiSettings, seed: int = 0, kpi_ids: Iterable[str] | None = None
) -> pd.DataFrame:
    """Return the KPIs of one quarter, with the columns of the table `kpis`.

    Parameters
    ----------
    facts : Facts
        What was measured (`measure_quarter`).
    members : Members
        The segments of accounts at quarter ends.
    settings, seed : KpiSettings, int
        Smallest number of accounts, confidence, resamples, and what they start from.
    kpi_ids : iterable of str, optional
        Only these; default: all.
    """
    import pandas as pd

    wanted = None if kpi_ids is None else set(kpi_ids)
    kpis = [kpi for kpi in kpi_catalogue().values() if wanted is None or kpi.kpi_id in wanted]
    of_base = {base: members.at(facts.window, base) for base in ("closing", "opening", "year_ago", "before")}
    bases = {base: segments for base, (segments, _) in of_base.items()}
    segment_ids = sorted({str(s) for base in {kpi.base for kpi in kpis} for s in bases[base].unique()})
    parts = []
    for frame, base in dict.fromkeys((kpi.frame, kpi.base) for kpi in kpis):
        mine = [kpi for kpi in kpis if (kpi.frame, kpi.base) == (frame, base)]
        scored = score_figures(facts.frames.get(frame), bases[base], mine, segment_ids, settings, seed)
        told = add_reasons(scored, bases, facts)
        if facts.is_own:  # of earlier quarters nobody asks any more which segments differed
            told = add_differences(told, facts.frames.get(frame), bases[base], mine, settings, seed)
        parts.append(told)
    table = pd.concat(parts, ignore_index=True)
    is_cast = table["base"].map({base: is_back_cast for base, (_, is_back_cast) in of_base.items()})
    table = table.assign(
        segmentation_id=settings.segmentation,
        quarter=facts.window.quarter.label,
        p_adjusted=table["p_adjusted"] if "p_adjusted" in table else np.nan,
        is_back_cast=is_cast.astype(bool) & (table["segment_id"] != ALL),
        is_small=table["n"] < table["kpi_id"].map(_least(settings)),
        is_complete=facts.window.quarter.label in facts.complete,
    )
    return table[COLUMNS].sort_values(KEY, ignore_index=True)


def _score(
    inputs: KpiInputs,
    members: Members,
    settings: KpiSettings,
    seed: int,
    previous: pd.DataFrame | None,
    horizon_days: int,
    measured: dict[str, Facts],
) -> pd.DataFrame:
    """Return the KPIs of one segmentation; quarters measured for another one are taken from `measured`."""
    import pandas as pd

    quarter, complete = members.quarter, complete_quarters(inputs.panel, inputs.period)
    kept = None
    if previous is not None:  # a run of an older version, or of all accounts, names no segmentation or another one
        before = previous.assign(segmentation_id=settings.segmentation)
        kept = _complete(before.loc[before["quarter"] < quarter.label])
    parts = [] if kept is None else [kept]
    for label in sorted({q for q in inputs.panel["quarter"] if q < quarter.label} | {quarter.label}):
        each = Quarter.parse(label, quarter.first_month)
        wanted = _lacking(kept, label, members.knows(each))
        if not wanted:
            continue
        if label not in measured:
            measured[label] = measure_quarter(inputs, each, complete, settings, horizon_days, each == quarter)
        parts.append(_missing_rows(kpis_of_quarter(measured[label], members, settings, seed, wanted), kept))
    return pd.concat([part for part in parts if len(part)], ignore_index=True).sort_values(KEY, ignore_index=True)


def _least(settings: KpiSettings) -> dict[str, int]:
    """Return by KPI how many of what it counts it takes not to be marked as small."""
    return {
        kpi.kpi_id: max(kpi.min_n, settings.min_accounts) if kpi.counted == "accounts" else kpi.min_n
        for kpi in kpi_catalogue().values()
    }


def _lacking(kept: pd.DataFrame | None, quarter: str, has_segments: bool) -> list[str]:
    """Return the KPIs of which earlier runs did not tell a quarter overall, or by segment though segments are known."""
    if kept is None:
        return list(kpi_catalogue())
    rows = kept[kept["quarter"] == quarter]
    is_all = rows["segment_id"] == ALL
    overall, by_segment = set(rows.loc[is_all, "kpi_id"]), set(rows.loc[~is_all, "kpi_id"])
    return [k for k in kpi_catalogue() if k not in overall or (has_segments and k not in by_segment)]


def _missing_rows(scored: pd.DataFrame, kept: pd.DataFrame | None) -> pd.DataFrame:
    """Return the rows of KPIs that earlier runs did not tell, overall or by segment."""
    if kept is None:
        return scored
    places = [
        set(zip(rows["quarter"], rows["kpi_id"], rows["segment_id"] == ALL, strict=True)) for rows in (scored, kept)
    ]
    known = places[0] & places[1]
    own = zip(scored["quarter"], scored["kpi_id"], scored["segment_id"] == ALL, strict=True)
    return scored[[place not in known for place in own]]


def _fill(before: pd.DataFrame, overall: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of an earlier run with those of all accounts that it lacks."""
    import pandas as pd

    return pd.concat([before, _missing_rows(overall, before)], ignore_index=True)


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
