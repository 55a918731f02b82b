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

    Each account is told from the mean of its group among the accounts of the other folds (`_drawn_means`); the
    yardstick is the mean of all accounts of the other folds. Limits resample accounts (`ratio_intervals`) and leave the
    groups as they are; an upper limit is not below 0, since groups that say nothing can be left alone.

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
    base = codes.get(BASELINE, np.zeros(len(y), dtype=int))
    errors = {name: _errors(y, code, folds, base) for name, code in fitting.items()}
    if not errors:
        return pd.DataFrame(columns=[*_LIMITS, "n_power"], dtype="float64")
    found = list(errors.values())
    explained = np.column_stack([part for mean, group, told, both in found for part in (mean - group, told - both)])
    whole = np.column_stack([part for mean, *_ in found for part in (mean, mean)])
    nobody, of_all = np.full(len(y), -1), np.zeros(whole.shape[1], dtype=bool)
    low, high = ratio_intervals(explained, whole, nobody, 0, of_all, settings.draws, seed)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where(whole.sum(0) > 0, explained.sum(0) / whole.sum(0), np.nan)
    figures = np.column_stack([value, low[-1], np.maximum(high[-1], 0)]).reshape(len(errors), 6)
    frame = pd.DataFrame(figures, index=list(errors), columns=_LIMITS).round(6)
    one_group = [name for name, code in fitting.items() if len(np.unique(code[code >= 0])) < 2]
    frame.loc[one_group] = np.nan
    frame.loc[[BASELINE] if BASELINE in errors else frame.index, list(_LIMITS[3:])] = np.nan
    return frame.assign(n_power=[int((code >= 0).sum()) for code in fitting.values()])


def _errors(y: np.ndarray, codes: np.ndarray, folds: np.ndarray, base: np.ndarray) -> list[np.ndarray]:
    """Return squared errors by account (0 without a value): mean of all, group, baseline, baseline and group together.

    Each account is told from the accounts of the other folds only.
    """
    known = codes >= 0
    n_base, n_codes = int(base.max()) + 1, int(codes.max()) + 1
    cells, parents = base * n_codes + codes, np.repeat(np.arange(n_base), n_codes)
    told = np.zeros((4, len(y)))
    for fold in range(int(folds.max()) + 1):
        learn, test = known & (folds != fold), known & (folds == fold)
        if not learn.any() or not test.any():
            continue
        mean = float(y[learn].mean())
        group = _drawn_means(y[learn], codes[learn], np.full(n_codes, mean), 1)
        alone = _drawn_means(y[learn], base[learn], np.full(n_base, mean), 1)
        both = _drawn_means(y[learn], cells[learn], alone[parents], len(np.unique(base[learn])))
        told[:, test] = [np.full(test.sum(), mean), group[codes[test]], alone[base[test]], both[cells[test]]]
    return list(np.where(known, (y - told) ** 2, 0.0))


def _drawn_means(y: np.ndarray, codes: np.ndarray, prior: np.ndarray, n_priors: int) -> np.ndarray:
    """Return the mean of each group, drawn towards its prior as far as the groups differ no more than by chance.

    A model of random effects: with s² the variance within and t² that between groups (by moments, at least 0), a group
    of n accounts keeps n / (n + s² / t²) of its distance (Efron and Morris 1975, JASA 70). Without this, groups that
    say nothing would always look worse than the mean of all.

    Parameters
    ----------
    y, codes : array
        Values and groups of the accounts learnt from.
    prior : array
        Per group, what its mean is drawn towards; also the answer for a group nobody is in.
    n_priors : int
        Number of different priors among these groups.
    """
    counts = np.bincount(codes, minlength=len(prior))
    sums = np.bincount(codes, weights=y, minlength=len(prior))
    is_there = counts > 0
    away = np.where(is_there, sums / np.maximum(counts, 1), prior) - prior
    n, n_groups = len(y), int(is_there.sum())
    if n_groups <= n_priors or n <= n_groups:
        return prior
    within = float(((y - (prior + away)[codes]) ** 2).sum()) / (n - n_groups)
    between = float((counts * away**2).sum()) / (n_groups - n_priors)
    spread = max(0.0, between - within) * n_groups / n
    if spread == 0:
        return prior
    kept: np.ndarray = counts * spread / np.maximum(counts * spread + within, np.finfo(float).tiny)
    return prior + kept * away
