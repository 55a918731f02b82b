"""One division that is tried: fitted in short steps, so that a newer wish can end an older one."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.segments.accepted import assign_segments
from segkit.segments.assess.stability import draw_rows, overlaps_of, refit
from segkit.segments.challenger import ACCOUNTS_PER_CLUSTER, fit_rows, read_target, select_open, with_options
from segkit.segments.confidence import grid_stability
from segkit.segments.criteria_values import find_typical, read_groups, resolve_criteria, weigh_accounts
from segkit.segments.fits import Fit, Sample
from segkit.segments.grid import grid_rules
from segkit.segments.methods.registry import METHODS
from segkit.segments.space import VALUE_CRITERIA, apply_space, criteria_of, fit_space
from segkit.statistics.clusterings import adjusted_rand
from segkit.statistics.resampling import generator

if TYPE_CHECKING:
    import pandas as pd

    from segkit.settings.account_segmentation import AccountSegmentation

RULED = ("grid", "rules")
REFITS = 6  # samples of the fast estimate of stability; a run takes forty
REFIT_ROWS = 1000
SEARCHES = 3  # of k-means; a run goes on until the best solution was found five times
STEPS = 3 + REFITS
FIRST_ROWS = 1200  # accounts of a first answer: a quick search on them takes less than a tenth of a second


@dataclass(frozen=True)
class Step:
    """How far a trial is; `trial` is there as soon as it can be shown: a first answer, or all but its stability."""

    done: int
    of: int
    trial: Trial | None = None


@dataclass(frozen=True)
class Trial:
    """A division of all accounts.

    Attributes
    ----------
    settings : AccountSegmentation
        What was wished.
    model : dict
        Plain JSON, as `accepted.assign_segments` reads it.
    segments : array (n,) of str
        Segment of each account, in the order of the features: KEY, DORMANT, S1 … or G1 … of a fitted method.
    agreement : float
        Mean adjusted Rand index of pairs of refits on samples: the fast estimate; NaN where nothing can be refitted.
    stability : mapping
        Segment → mean largest Jaccard overlap with a segment of a refit.
    left_out : list
        Criteria that cannot tell accounts apart, with the reason (`space.fit_space`).
    n_fitted : int
        Accounts on which the method was fitted; 0 for rules.
    is_first : bool
        A first answer: a quick search on a sample, shown until the full one is there, and never kept.
    """

    settings: Any
    model: dict[str, Any]
    segments: np.ndarray
    agreement: float = float("nan")
    stability: Mapping[str, float] = field(default_factory=dict)
    left_out: list[dict[str, str]] = field(default_factory=list)
    n_fitted: int = 0
    is_first: bool = False


def try_out(
    features: pd.DataFrame, settings: AccountSegmentation, seed: int, first: str = ""
) -> Generator[Step, None, Trial | tuple[str, dict[str, Any]]]:
    """Yield each `Step` and return the trial, or a sentence (key, numbers) that says why there is none.

    Parameters
    ----------
    features : DataFrame
        One slice of `account_features` with the criteria joined, by account_id.
    settings : AccountSegmentation
        As `wish.read_wish` returns it.
    seed : int
        The project's: the same wish gives the same division.
    first : str
        ``before``: a first answer from a sample of 1,200 accounts comes before the full one, where that sees more.
        ``only``: the first answer is all; empty: none. The full answer is the same with and without.
    """
    model: dict[str, Any] = {"segmentation_id": "", "rules": grid_rules(settings), "method": settings.method}
    if settings.method in RULED:
        return (yield from _by_rules(features, settings, model, seed))
    open_to_all = select_open(features, model["rules"])
    space = fit_space(open_to_all, resolve_criteria(settings))
    if not criteria_of(space):
        return "explore.warn_nothing_left", {}
    yield Step(1, STEPS)
    everyone = _everyone(open_to_all, settings, space)
    k = settings.n_segments or settings.k_min
    if len(np.unique(everyone.points[: 200 * k], axis=0)) < 2 * k and len(np.unique(everyone.points, axis=0)) < 2 * k:
        return "explore.warn_alike", {"k": k}
    model |= {"criteria": resolve_criteria(settings), "space": space}
    fit = with_options(settings.method, settings.model_copy(update={"hits": 2, "max_searches": SEARCHES}), space)
    rows = fit_rows(len(everyone), rows_fitted(settings, len(everyone)), seed)
    if first and len(rows) > FIRST_ROWS:
        few = rows[fit_rows(len(rows), FIRST_ROWS, seed)]
        quick = fit(everyone.take(few), k, generator(seed, "explore first", settings.method, k), is_quick=True)
        found = _as_trial(features, open_to_all, settings, model, few, quick, is_first=True)
        if found is not None:
            yield Step(1, STEPS, found)
            if first == "only":
                return found
    sample = everyone.take(rows)
    full = fit(sample, k, generator(seed, "explore", settings.method, k))
    yield Step(2, STEPS)
    trial = _as_trial(features, open_to_all, settings, model, rows, full)
    if trial is None:
        return "explore.warn_no_groups", {}
    yield Step(3, STEPS, trial)
    agreement, overlaps = yield from _refits(sample, fit, full, seed)
    stability = dict(zip(trial.model["segments"], overlaps.tolist(), strict=True))
    return replace(trial, agreement=agreement, stability=stability)


def rows_fitted(settings: AccountSegmentation, n_accounts: int) -> int:
    """Return on how many of the accounts that no rule sets apart a method is fitted; 0 for rules."""
    if settings.method in RULED:
        return 0
    return min(n_accounts, settings.fit_accounts, METHODS[settings.method].most_rows)


def _everyone(open_to_all: pd.DataFrame, settings: AccountSegmentation, space: dict[str, Any]) -> Sample:
    """Return the accounts that no rule sets apart in the space of the criteria."""
    weights = weigh_accounts(open_to_all, settings.weigh_by)
    everyone = apply_space(open_to_all, space, weights, read_groups(open_to_all))
    if settings.method == "tree":
        return replace(everyone, target=read_target(open_to_all, settings.tree_target))
    return everyone


def _as_trial(
    features: pd.DataFrame,
    open_to_all: pd.DataFrame,
    settings: AccountSegmentation,
    model: dict[str, Any],
    rows: np.ndarray,
    found: Fit,
    is_first: bool = False,
) -> Trial | None:
    """Return what a fit on some rows makes of all accounts; None where it found fewer than two groups."""
    if found.n_segments < 2:
        return None
    space = model["space"]
    ids = [f"G{j + 1}" for j in range(found.n_segments)]
    model = model | {"fit": found.model, "segments": ids}
    segments = assign_segments(features, model)["segment_id"].to_numpy(str)
    names = [*dict.fromkeys([*VALUE_CRITERIA, *criteria_of(space)])]
    typical = find_typical(open_to_all.iloc[rows], found.labels, names, len(ids))
    model["typical"] = dict(zip(ids, typical, strict=True))
    return Trial(settings, model, segments, left_out=space["left_out"], n_fitted=len(rows), is_first=is_first)


def _by_rules(features: pd.DataFrame, settings: AccountSegmentation, model: dict[str, Any], seed: int):
    """Assign by the grid or by rules of one's own; of the grid only the limits in money move with the sample."""
    if settings.method == "rules":
        rules = [rule.model_dump() for rule in settings.rules]
        model |= {"hand_rules": rules, "segments": [*(rule["id"] for rule in rules), "OTHER"], "criteria": {}}
    yield Step(1, 3)
    segments = assign_segments(features, model)["segment_id"].to_numpy(str)
    yield Step(2, 3, Trial(settings, model, segments))
    if settings.method == "rules" or len(features) > 10 * REFIT_ROWS:
        return Trial(settings, model, segments)
    found = grid_stability(features, model, REFITS // 2, seed)
    stability = dict(zip(np.unique(segments).tolist(), np.asarray(found.segments).tolist(), strict=True))
    return Trial(settings, model, segments, float(found.pairs.mean()), stability)


def _refits(sample: Sample, fit: Any, full: Fit, seed: int) -> Generator[Step, None, tuple[float, np.ndarray]]:
    """Refit on small samples, one a step: agreement of pairs, and how well each segment is found again."""
    size, k = min(REFIT_ROWS, len(sample)), full.n_segments
    if len(sample) < ACCOUNTS_PER_CLUSTER * k:
        return float("nan"), np.full(k, np.nan)
    judged = sample if len(sample) <= 2 * REFIT_ROWS else sample.take(fit_rows(len(sample), 2 * REFIT_ROWS, seed))
    labels = full.labels if judged is sample else full.labels[fit_rows(len(sample), 2 * REFIT_ROWS, seed)]
    overlaps, agreement, before = [], [], None
    for step, rows in enumerate(draw_rows(judged, REFITS, seed, size, "explore stability")):
        again = refit(judged, rows, fit, full.model, k, generator(seed, "explore refit", step))
        overlaps.append(overlaps_of(labels, again, k).max(axis=1))
        if before is not None and step % 2:
            agreement.append(adjusted_rand(before, again))
        before = again
        yield Step(4 + step, STEPS)
    return float(np.mean(agreement)), np.mean(overlaps, axis=0)
