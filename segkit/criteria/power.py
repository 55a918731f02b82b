"""What a criterion tells about the revenue that came after it: out of sample, and beside revenue itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from segkit.criteria.groups import cut_groups
from segkit.statistics.intervals import ratio_intervals
from segkit.statistics.resampling import generator

if TYPE_CHECKING:
    import pandas as pd

    from segkit.settings.criteria import CriteriaSettings

BASELINE = "revenue_12m"
_LIMITS = ("power", "power_low", "power_high", "gain", "gain_low", "gain_high")
HISTORY_DAYS = 180  # an origin with less history would know hardly anybody


@dataclass(frozen=True)
class Horizon:
    """From which day the criteria look ahead, over how many quarters, and what came then by account."""

    origin: pd.Timestamp
    n_quarters: int
    revenue: pd.Series


def find_horizon(panel: pd.DataFrame, is_complete: bool, n_quarters: int) -> Horizon | None:
    """Return the newest day from which a whole period lies ahead within complete quarters; None without one.

    Parameters
    ----------
    panel : DataFrame
        `account_features`: account_id, as_of, revenue_12m, revenue_q, history_days.
    is_complete : bool
        The data cover the newest quarter; else it is no target.
    n_quarters : int
        Quarters to look ahead; one where the panel is too short for more. The periods never overlap: what is looked at
        begins on the day after the origin.
    """
    days = sorted(panel["as_of"].unique())[: None if is_complete else -1]
    history = panel.groupby("as_of")["history_days"].first()
    for n in dict.fromkeys((n_quarters, 1)):
        if len(days) > n and (n == 1 or history[days[-1 - n]] >= HISTORY_DAYS):
            ahead = panel[panel["as_of"].isin(days[-n:])]
            revenue = ahead.groupby("account_id")["revenue_q"].sum().astype("float64").round(4)
            return Horizon(days[-1 - n], n, revenue)
    return None


def score_power(measured: pd.DataFrame, revenue: pd.Series, settings: CriteriaSettings, seed: int) -> pd.DataFrame:
    """Return for each criterion how much of the variance of the next period's log revenue its groups explain.

    Each account is told from the mean of its group among the accounts of the other folds; the yardstick is the mean of
    all accounts of the other folds. Limits resample accounts (`ratio_intervals`); the groups stay as they are.

    Parameters
    ----------
    measured : DataFrame
        Criteria as of the origin (`measure_criteria`).
    revenue : Series
        Revenue of the period after it, by account_id.
    settings : CriteriaSettings
        Groups, folds and draws.
    seed : int
        Start of the random draws.

    Returns
    -------
    DataFrame
        Index criterion_id: power, power_low, power_high, n_power (accounts with a value), gain, gain_low, gain_high
        (how much more than by groups of revenue of twelve months alone).
    """
    import pandas as pd

    y = np.log1p(revenue.reindex(measured.index).fillna(0.0).clip(lower=0).to_numpy())
    folds = generator(seed, "criteria", "folds").permutation(len(y)) % settings.folds
    codes = {name: cut_groups(measured[name], settings.groups, settings.fewest_accounts) for name in measured}
    fitting = {name: code for name, code in codes.items() if (code >= 0).sum() >= settings.fewest_accounts}
    base = codes.get(BASELINE)
    errors = {name: _errors(y, code, folds, base, settings.fewest_accounts) for name, code in fitting.items()}
    if not errors:
        return pd.DataFrame(columns=[*_LIMITS, "n_power"], dtype="float64")
    found = list(errors.values())
    explained = np.column_stack([part for mean, group, told, both in found for part in (mean - group, told - both)])
    whole = np.column_stack([part for mean, *_ in found for part in (mean, mean)])
    nobody, of_all = np.full(len(y), -1), np.zeros(whole.shape[1], dtype=bool)
    low, high = ratio_intervals(explained, whole, nobody, 0, of_all, settings.draws, seed)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where(whole.sum(0) > 0, explained.sum(0) / whole.sum(0), np.nan)
    figures = np.column_stack([value, low[-1], high[-1]]).reshape(len(errors), 6)
    frame = pd.DataFrame(figures, index=list(errors), columns=_LIMITS).round(6)
    one_group = [name for name, code in fitting.items() if len(np.unique(code[code >= 0])) < 2]
    frame.loc[one_group] = np.nan
    frame.loc[[BASELINE] if BASELINE in errors else frame.index, list(_LIMITS[3:])] = np.nan
    return frame.assign(n_power=[int((code >= 0).sum()) for code in fitting.values()])


def _errors(
    y: np.ndarray, codes: np.ndarray, folds: np.ndarray, base: np.ndarray | None, weight: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return squared errors by account (0 without a value): mean of all, group, baseline, baseline and group together.

    Within a group of the baseline, the mean of a cell is drawn towards the baseline's as by `weight` more accounts.
    """
    known = codes >= 0
    of_all = _told(y, np.zeros_like(codes), folds, known)
    by_group = _told(y, codes, folds, known, of_all)
    by_base, cells = of_all, codes
    if base is not None:
        by_base = _told(y, base, folds, known, of_all)
        cells = np.where(known, base * (codes.max() + 1) + codes, -1)
    both = _told(y, cells, folds, known, by_base, weight)
    squares = [np.where(known, (y - told) ** 2, 0.0) for told in (of_all, by_group, by_base, both)]
    return squares[0], squares[1], squares[2], squares[3]


def _told(
    y: np.ndarray,
    codes: np.ndarray,
    folds: np.ndarray,
    known: np.ndarray,
    otherwise: np.ndarray | float = 0.0,
    weight: float = 0.0,
) -> np.ndarray:
    """Return for each account the mean of its group over the other folds; `otherwise` where they have none of it."""
    n_folds = int(folds.max()) + 1
    cells = np.where(known, codes, 0) * n_folds + folds
    size = int(cells.max()) // n_folds + 1
    sums = np.bincount(cells[known], weights=y[known], minlength=size * n_folds).reshape(size, n_folds)
    counts = np.bincount(cells[known], minlength=size * n_folds).reshape(size, n_folds)
    group = np.where(known, codes, 0)
    others = (sums.sum(1)[group] - sums[group, folds]) + weight * np.asarray(otherwise)
    n_others = (counts.sum(1)[group] - counts[group, folds]) + weight
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(n_others > 0, others / n_others, otherwise)
