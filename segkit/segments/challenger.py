"""The challenger: a fitted method at every number of segments, beside the accepted model in every run."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.segments.assess.flows import cluster_id
from segkit.segments.assess.stability import Stability, measure_stability
from segkit.segments.criteria_values import find_typical, read_groups, weigh_accounts
from segkit.segments.fits import Fit, FitFunction, Sample
from segkit.segments.grid import BY_RULE, assign_grid
from segkit.segments.methods.assign import assign_labels, reorder
from segkit.segments.methods.registry import METHODS
from segkit.segments.space import VALUE_CRITERIA, apply_space, criteria_of, fit_space
from segkit.statistics.clusterings import relabel
from segkit.statistics.resampling import generator

if TYPE_CHECKING:
    import pandas as pd

ACCOUNTS_PER_CLUSTER = 10


@dataclass(frozen=True)
class Challenger:
    """What a method found at every number of segments, or `why_not`: the key of the sentence that says why nothing.

    Attributes
    ----------
    features, sample : DataFrame, Sample
        The accounts that were fitted, by account_id, and their criteria on comparable scales.
    fit : FitFunction
        The method with its options.
    fits, stability : mapping
        Number of segments → division, and how sure it is.
    labels : DataFrame
        account_id, cluster_id of all accounts that no rule sets apart, by the number chosen.
    """

    why_not: str | None = None
    n_accounts: int = 0
    n_segments: int = 0
    method: str = ""
    criteria: Mapping[str, float] = field(default_factory=dict)
    space: Mapping[str, Any] = field(default_factory=dict)
    features: Any = None
    sample: Any = None
    fit: Any = None
    fits: Mapping[int, Fit] = field(default_factory=dict)
    stability: Mapping[int, Stability] = field(default_factory=dict)
    labels: Any = None
    typical: Any = None

    @property
    def cluster_ids(self) -> list[str]:
        """Return the ids of the clusters at the number chosen, in the order of memberships."""
        return [cluster_id(j) for j in range(self.n_segments)]

    @property
    def chosen(self) -> Fit:
        """Return the division at the number chosen."""
        return self.fits[self.n_segments]

    def as_model(self, names: list[str]) -> dict[str, Any]:
        """Return what an accepted model holds of it, as plain JSON; `names` are the ids of the segments."""
        return {
            "method": self.method,
            "criteria": dict(self.criteria),
            "space": dict(self.space),
            "fit": self.chosen.model,
            "segments": names,
            "typical": dict(zip(names, self.typical, strict=True)),
        }


def fit_challenger(
    features: pd.DataFrame,
    rules: Mapping[str, Any],
    settings: Any,
    seed: int,
    criteria: Mapping[str, float] | None = None,
) -> Challenger:
    """Return a method's divisions of the accounts that no rule sets apart; the number is chosen by `choose`.

    Parameters
    ----------
    features : DataFrame
        One slice of `account_features`, with the criteria joined.
    rules : mapping
        Thresholds of the grid; KEY and DORMANT are left out by them.
    settings : AccountSegmentation
        method or challenger_method, k_min, k_max, n_segments, bootstrap_pairs, bootstrap_accounts, fit_accounts …
    seed : int
        The project's seed.
    criteria : mapping, optional
        Column → weight; by default the four of value.
    """
    name = settings.challenger_method if settings.method in ("grid", "rules") else settings.method
    criteria = dict.fromkeys(VALUE_CRITERIA, 1.0) if criteria is None else criteria
    open_to_all = select_open(features, rules)
    space = fit_space(open_to_all, criteria)
    told: dict[str, Any] = {
        "n_accounts": len(open_to_all),
        "method": name,
        "criteria": criteria,
        "space": space,
        "features": open_to_all,
    }
    everyone = apply_space(open_to_all, space, weigh_accounts(open_to_all, settings.weigh_by), read_groups(open_to_all))
    if name == "tree":
        everyone = dataclasses.replace(everyone, target=read_target(open_to_all, settings.tree_target))
    why_not, numbers = _numbers_to_try(everyone, space, settings)
    if why_not:
        return Challenger(why_not, **told)
    rows = fit_rows(len(everyone), min(settings.fit_accounts, METHODS[name].most_rows), seed)
    sample, fit = everyone.take(rows), with_options(name, settings, space)
    fits = fit_numbers(sample, fit, numbers, name, seed)
    if not fits:
        return Challenger("segments.why_not_dense", **told)
    stability = measure_stability(sample, fit, fits, settings.bootstrap_pairs, seed, settings.bootstrap_accounts)
    told |= {"features": open_to_all.iloc[rows].reset_index(drop=True), "sample": sample, "fit": fit}
    return Challenger(None, fits=fits, stability=stability, **told)


def place_accounts(challenger: Challenger, features: pd.DataFrame, rules: Mapping[str, Any], k: int) -> Challenger:
    """Return the challenger with a number of segments chosen: all accounts placed, its clusters described.

    Parameters
    ----------
    features : DataFrame
        The slice that `fit_challenger` had.
    k : int
        A number of segments that was fitted.
    """
    import pandas as pd

    open_to_all = select_open(features, rules)
    labels = assign_labels(
        apply_space(open_to_all, challenger.space, groups=read_groups(open_to_all)), challenger.fits[k].model
    )
    ids = np.array([cluster_id(j) for j in range(k)])[labels]
    names = [*dict.fromkeys([*VALUE_CRITERIA, *criteria_of(challenger.space)])]
    return dataclasses.replace(
        challenger,
        n_segments=k,
        labels=pd.DataFrame({"account_id": open_to_all["account_id"].to_numpy(), "cluster_id": ids}),
        typical=find_typical(open_to_all, labels, names, k),
    )


def select_open(features: pd.DataFrame, rules: Mapping[str, Any]) -> pd.DataFrame:
    """Return the accounts that no rule sets apart, by account_id."""
    apart = assign_grid(features, {"rules": rules})["segment_id"].isin(BY_RULE).to_numpy()
    order = np.argsort(features["account_id"].to_numpy(str), kind="stable")
    return features.iloc[order[~apart[order]]].reset_index(drop=True)


def with_options(name: str, settings: Any, space: Mapping[str, Any]) -> FitFunction:
    """Return a method's function with the options that the settings hold for it."""
    options: dict[str, Any] = {}
    if name == "kmeans":
        options = {option: getattr(settings, option) for option in ("hits", "max_searches", "min_share", "max_share")}
        options["keep_groups"] = settings.keep_together
    elif name == "density":
        options = {"smallest_share": settings.smallest_share}
    elif name == "tree":
        options = {"space": space, "smallest_share": settings.smallest_share}
    return functools.partial(METHODS[name].fit, **options)


def read_target(features: pd.DataFrame, column: str) -> np.ndarray:
    """Return what tree segments explain: log(1 + x) of money and counts, so that five accounts do not decide alone."""
    values = features[column].to_numpy(float, na_value=np.nan)
    return np.log1p(np.maximum(np.nan_to_num(values, nan=0.0), 0.0))


def fit_numbers(sample: Sample, fit: FitFunction, numbers: list[int], name: str, seed: int) -> dict[int, Fit]:
    """Fit each number of segments; the fewest are numbered by revenue, the others like those before.

    A method that finds the number itself gives one division; none where it found fewer than two groups.
    """
    from threadpoolctl import threadpool_limits

    fits: dict[int, Fit] = {}
    with threadpool_limits(limits=1):
        for k in numbers[:1] if METHODS[name].finds_number else numbers:
            found = fit(sample, k, generator(seed, "fit", name, k))
            if found.n_segments < 2:
                continue
            before = fits.get(found.n_segments - 1)
            labels = relabel(found.labels, before.labels) if before else _by_size(found.labels, sample)
            fits[found.n_segments] = reorder(found, _order(found.labels, labels, found.n_segments))
    return fits


def _by_size(labels: np.ndarray, sample: Sample) -> np.ndarray:
    """Number the groups by their mean on the first criterion, revenue by default; the largest first."""
    first = sample.numbers[:, 0] if sample.numbers.shape[1] else sample.points[:, 0]
    first = np.nan_to_num(first, nan=0.0)
    known = np.unique(labels[labels >= 0])
    means = np.array([first[labels == j].mean() for j in known])
    place = np.full(known.max() + 2, -1)
    place[known[np.argsort(-means, kind="stable")]] = np.arange(len(known))
    return place[labels]


def _order(old: np.ndarray, new: np.ndarray, k: int) -> list[int]:
    """Return at which old number each new number stands; groups without rows come last."""
    order = [-1] * k
    for number in range(k):
        rows = np.flatnonzero((new == number) & (old >= 0))
        if len(rows):
            order[number] = int(old[rows[0]])
    missing = iter(sorted(set(range(k)) - set(order)))
    return [place if place >= 0 else next(missing) for place in order]


def _numbers_to_try(sample: Sample, space: Mapping[str, Any], settings: Any) -> tuple[str | None, list[int]]:
    """Return why nothing can be fitted, or the numbers of segments to try."""
    if not settings.challenger and settings.method in ("grid", "rules"):
        return "segments.why_not_asked", []
    most = min(settings.k_max, len(sample) // ACCOUNTS_PER_CLUSTER)
    if most < settings.k_min:
        return "segments.why_not_few", []
    different = len(np.unique(sample.points, axis=0)) if criteria_of(space) else 1
    most = min(most, different // 2)
    if most < settings.k_min:
        return "segments.why_not_alike", []
    return None, list(range(settings.k_min, most + 1))


def fit_rows(n: int, most: int, seed: int) -> np.ndarray:
    """Return the rows that are fitted: all, or a random sample of so many."""
    if n <= most:
        return np.arange(n)
    return np.sort(generator(seed, "sample").choice(n, most, replace=False))
