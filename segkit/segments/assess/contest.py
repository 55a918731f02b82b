"""Fitted methods and hand-made rules in one contest: what samples, months and quarters move, and who tells value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.segments.assess.hand_made import Division
from segkit.segments.grid import BY_RULE, assign_grid
from segkit.statistics.clusterings import adjusted_rand
from segkit.statistics.resampling import bootstrap_counts, generator
from segkit.tables import TABLES

if TYPE_CHECKING:
    import pandas as pd

DIGITS = 12
DRAWS, FEWEST_DRAWS, ROW_DRAWS = 200, 40, 4_000_000  # bootstrap samples; rows times samples that a run can afford
FEWEST = 20  # accounts followed, below which nothing is foretold
CONFIDENCE = 0.95


def compare_divisions(
    divisions: Sequence[Division],
    features: pd.DataFrame,
    before: pd.DataFrame,
    model: Mapping[str, Any],
    redraws: Sequence[pd.DataFrame] = (),
    seed: int = 0,
    segmentation_id: str = "value",
) -> pd.DataFrame:
    """Return how sure each division is and how well it separates value: table `segment_comparison`.

    Parameters
    ----------
    divisions : sequence of Division
        The first one is of kind accepted; one may be of kind challenger.
    features, before : DataFrame
        All accounts of `account_features` at this as_of and at the end of the quarter before (which may be empty).
    model : mapping
        The accepted model; its ``rules`` set KEY and DORMANT apart, which are left out on both dates.
    redraws : sequence of DataFrame
        `features` with the months of each account drawn anew, in the same order (`draws.redraw_months`).
    seed : int
        The project's seed.

    Notes
    -----
    revenue_explained and next_explained are the share of the variance of log(1 + revenue) between segments with
    Kelley's correction (epsilon squared; 1935, PNAS 21), without which a division wins by having many groups:
    1 − (1 − η²)(n − 1) / (n − k). next_explained is of the revenue of this quarter by the segments at the end of the
    one before. Its interval, and that of its `gain` over the accepted model, have the standard error of a bootstrap by
    account (Efron 1979) in which all divisions see the same samples; the gain's is for all comparisons together
    (Bonferroni).
    """
    import pandas as pd

    is_open = _is_open(features, model)
    now = [_now(division, features)[is_open] for division in divisions]
    challenger = next((labels for d, labels in zip(divisions, now, strict=True) if d.kind == "challenger"), None)
    revenue = _log(features["revenue_12m"])[is_open]
    rows = []
    for division, labels in zip(divisions, now, strict=True):
        sizes = np.unique(labels, return_counts=True)[1]
        rows.append(
            {
                "segmentation_id": segmentation_id,
                "method": division.method,
                "kind": division.kind,
                "n_segments": len(sizes),
                "n_accounts": int((labels != "").sum()) if labels.dtype.kind == "U" else len(labels),
                "smallest_share": sizes.min() / len(labels) if len(labels) else np.nan,
                "global_ari": np.nan if division.pairs is None else float(np.mean(division.pairs)),
                "noise_ari": _noise(division, features, redraws, is_open),
                "revenue_explained": explained_fairly(revenue, labels),
                "ari_accepted": adjusted_rand(labels, now[0]),
                "ari_challenger": np.nan if challenger is None else adjusted_rand(labels, challenger),
                "verdict": division.verdict,
                "note": division.note or ("contest.note_first" if before.empty else None),
            }
        )
    followed = _follow(divisions, features, before, model, seed)
    table = pd.DataFrame(rows).assign(**followed)
    numbers = table.select_dtypes("float").columns
    table[numbers] = table[numbers].round(DIGITS)
    return table.reindex(columns=list(TABLES["segment_comparison"].columns))


def _is_open(features: pd.DataFrame, model: Mapping[str, Any]) -> np.ndarray:
    return ~assign_grid(features, model)["segment_id"].isin(BY_RULE).to_numpy()


def _now(division: Division, features: pd.DataFrame) -> np.ndarray:
    if division.today is not None or division.assign is None:
        return np.asarray(division.today)
    return np.asarray(division.assign(features))


def _log(money: pd.Series) -> np.ndarray:
    return np.log1p(np.maximum(money.to_numpy(float, na_value=0.0), 0.0))


def _noise(division: Division, features: pd.DataFrame, redraws: Sequence[pd.DataFrame], is_open: np.ndarray) -> float:
    """Return the mean adjusted Rand of a rule today with the same rule on months drawn anew."""
    if division.assign is None or not len(redraws):
        return np.nan
    labels, *others = [np.asarray(division.assign(slice_))[is_open] for slice_ in (features, *redraws)]
    return float(np.mean([adjusted_rand(labels, other) for other in others]))


def explained_fairly(values: np.ndarray, labels: np.ndarray) -> float:
    """Return the share of the variance of a variable between groups, corrected for their number: epsilon², 0 … 1.

    Examples
    --------
    Means 1 and 3 around 2, squares between 4, within 4, in all 8: η² = .5, corrected 1 − .5 · 3 / 2.

    >>> explained_fairly(np.array([0.0, 2, 2, 4]), np.array(["a", "a", "b", "b"]))
    0.25
    """
    return float(_explained(values, np.unique(labels, return_inverse=True)[1], np.ones((1, len(values))))[0])


def _explained(values: np.ndarray, codes: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Return epsilon squared where each row counts `times` (draws × rows)."""
    k = int(codes.max(initial=0)) + 1
    n, found = len(values), np.zeros(len(times))
    centred = values - values.mean() if n else values
    squares = centred**2
    for i, count in enumerate(times):  # no products of matrices: their threads would add up in another order
        sizes, sums = np.bincount(codes, count, k), np.bincount(codes, count * centred, k)
        mean = sums.sum() / max(n, 1)
        total = (count * squares).sum() - n * mean**2
        between = (sums**2 / np.maximum(sizes, 1)).sum() - n * mean**2
        groups = int((sizes > 0).sum())
        if total > 1e-12 and n > groups:
            found[i] = 1 - (1 - between / total) * (n - 1) / (n - groups)
    return np.clip(found, 0.0, 1.0)


def _follow(divisions: Sequence[Division], features, before, model, seed: int) -> dict[str, np.ndarray]:
    """Return what can be said from the quarter before: time_ari, next_explained, gain, each with its limits."""
    names = ("time_ari", "next_explained", "next_low", "next_high", "gain", "gain_low", "gain_high")
    found = {name: np.full(len(divisions), np.nan) for name in names}
    if before.empty:
        return found
    then, now = _common(features, before, model)
    if len(then) < FEWEST:
        return found
    bought = _log(features["revenue_q"])[now]
    stays = _is_open(features, model)[now]
    draws = int(np.clip(ROW_DRAWS // len(then), FEWEST_DRAWS, DRAWS))
    times = bootstrap_counts(len(then), draws, generator(seed, "contest"))
    drawn = np.full((len(divisions), draws), np.nan)
    for i, division in enumerate(divisions):
        if division.assign is None:
            continue
        was, today = (np.asarray(division.assign(slice_)) for slice_ in (before, features))
        found["time_ari"][i] = adjusted_rand(was[then][stays], today[now][stays])
        codes = np.unique(was[then], return_inverse=True)[1]
        found["next_explained"][i] = _explained(bought, codes, np.ones((1, len(codes))))[0]
        drawn[i] = _explained(bought, codes, times)
    low, high = _limits(found["next_explained"], drawn, 1)
    found["next_low"], found["next_high"] = np.clip(low, 0.0, 1.0), np.clip(high, 0.0, 1.0)
    others = np.arange(1, len(divisions))
    found["gain"][others] = found["next_explained"][others] - found["next_explained"][0]
    low, high = _limits(found["gain"], drawn - drawn[0], max(int(np.isfinite(found["gain"]).sum()), 1))
    found["gain_low"], found["gain_high"] = low, high
    return found


def _common(features: pd.DataFrame, before: pd.DataFrame, model: Mapping[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """Return the positions in `before` and in `features` of the accounts that no rule set apart then, by account_id."""
    was_open = np.flatnonzero(_is_open(before, model))
    ids_then, ids_now = before["account_id"].to_numpy(str)[was_open], features["account_id"].to_numpy(str)
    _, then, now = np.intersect1d(ids_then, ids_now, return_indices=True)
    return was_open[then], now


def _limits(estimates: np.ndarray, drawn: np.ndarray, tests: int) -> tuple[np.ndarray, np.ndarray]:
    """Return estimates less and plus z standard errors, for so many comparisons together."""
    z = NormalDist().inv_cdf(1 - (1 - CONFIDENCE) / (2 * tests))
    errors = drawn.std(axis=1, ddof=1)
    return estimates - z * errors, estimates + z * errors
