"""What the inner segmentation adds within each segment of the outer one: how sure, how telling, how much money."""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.segments.combination_cells import NEVER_DIVIDED, NO_SEGMENT, REST, eligible_cells
from segkit.statistics.association import cramers_v_of_counts
from segkit.statistics.clusterings import adjusted_rand
from segkit.statistics.resampling import generator
from segkit.tables import TABLES, no_rows

if TYPE_CHECKING:
    import pandas as pd

ALL = "ALL"
FOLDS = 10
FEWEST = 20  # accounts followed, below which nothing is foretold
DRAWS, FEWEST_DRAWS, ROW_DRAWS = 200, 40, 4_000_000  # bootstrap samples; rows times samples that a run can afford
SURE = 0.5  # agreement beyond chance from which the inner segments of a nest are sure enough to work with
TELLS = 0.1  # Cramér's V from which a further segmentation differs between the inner segments
CONFIDENCE = 0.95
YARDSTICKS = 2  # an inner segmentation may tell how much is bought, or where the large buyers are
DIGITS = 12


def rate_nests(
    pairs: pd.DataFrame, opened: pd.DataFrame, least_accounts: int, seed: int, inner_is_need: bool
) -> pd.DataFrame:
    """Return what the inner segmentation adds to each outer segment: table `combination_gains`.

    Parameters
    ----------
    pairs : DataFrame
        One row per account today: account_id, outer, inner, confidence (of the inner segment: share of redraws in
        which it is the same; empty where a person set it), needs (a third segmentation, empty where there is none).
    opened : DataFrame
        The same accounts at the opening of the quarter: account_id, outer, inner, revenue_q (net revenue of the
        quarter that followed, in the project's currency), now (inner segment today).
    least_accounts : int
        Accounts below which a combination does not stand alone.
    seed : int
        The project's seed.
    inner_is_need : bool
        The inner segments are needs of persons: they differ in what they are made of, money need not follow.

    Notes
    -----
    *stability*: agreement of the inner segments with their redraws beyond chance, (c − p) / (1 − p) with c the mean
    confidence and p the sum of squared shares (Cohen's kappa with margins alike). *next_gain*: held-out share of the
    squared error of log(1 + revenue) of the following quarter that vanishes when the inner segment is known, 1 − SSE /
    SSE of the nest's mean, in ten folds: negative where it only fits noise. *value_gap*: revenue of that quarter per
    account in the inner segment that is the richest in the other nine folds, less the nest's, both on the fold left
    out. *needs_v*: Cramér's V (Bergsma 2013) of the inner segments with a third segmentation. Intervals: estimate ± z
    standard errors of a bootstrap over accounts (Efron 1979), for both yardsticks of money and all nests together
    (Bonferroni); row ALL: 95 %.
    """
    import pandas as pd

    nests = sorted(set(pairs["outer"]) - set(NEVER_DIVIDED))
    if not nests:
        return no_rows("combination_gains")
    eligible = eligible_cells(pairs, least_accounts)
    rows = []
    for nest in [ALL, *nests]:
        today = pairs if nest == ALL else pairs[pairs["outer"] == nest]
        then = opened if nest == ALL else opened[opened["outer"] == nest]
        n_cells = sum(nest in (ALL, cell[0]) for cell in eligible)
        tests = 1 if nest == ALL else YARDSTICKS * len(nests)
        z = NormalDist().inv_cdf(1 - (1 - CONFIDENCE) / (2 * tests))
        figures = _sureness(today, z, generator(seed, "nest", nest, "sure"))
        figures |= _telling(then, nest == ALL, least_accounts, z, generator(seed, "nest", nest, "next"))
        figures |= _needs(today, z, generator(seed, "nest", nest, "needs"))
        told = {"outer_segment_id": nest, "n_accounts": len(today), "n_cells": n_cells, **figures}
        told["verdict"] = _verdict(told, inner_is_need)
        rows.append(told | {"adds": told["verdict"].startswith("adds")})
    table = pd.DataFrame(rows)
    numbers = table.select_dtypes("float").columns
    table[numbers] = table[numbers].round(DIGITS)
    return table.reindex(columns=[name for name in TABLES["combination_gains"].columns if name != "segmentation_id"])


def _verdict(told: dict[str, Any], inner_is_need: bool) -> str:
    """Return adds_value, adds_needs, unsure, too_small, unknown or nothing."""
    if not told["n_cells"]:
        return "too_small"
    if np.isnan(told["stability_low"]):
        return "unknown"
    if told["stability_low"] < SURE:
        return "unsure"
    if told["next_low"] > 0 or told["value_low"] > 0:
        return "adds_value"
    if inner_is_need or told["needs_low"] > TELLS:
        return "adds_needs"
    return "unknown" if np.isnan(told["next_gain"]) else "nothing"


def _sureness(today: pd.DataFrame, z: float, rng: np.random.Generator) -> dict[str, float]:
    """Return the agreement with redraws beyond chance and its interval; segments that are none do not count."""
    known = today[today["confidence"].notna() & ~today["inner"].isin((*NO_SEGMENT, REST))]
    found = dict.fromkeys(("stability", "stability_low", "stability_high"), np.nan)
    codes = np.unique(known["inner"].to_numpy(str), return_inverse=True)[1]
    if len(known) < FEWEST or codes.max(initial=0) < 1:
        return found
    same = known["confidence"].to_numpy(float)

    def beyond_chance(times: np.ndarray) -> float:
        shares = np.bincount(codes, times) / times.sum()
        chance = float((shares**2).sum())
        return float((times * same).sum() / times.sum() - chance) / (1 - chance) if chance < 1 else 0.0

    low, high, value = _interval(beyond_chance, len(known), z, rng)
    return {"stability": value, "stability_low": max(low, -1.0), "stability_high": min(high, 1.0)}


def _telling(then: pd.DataFrame, by_nest: bool, least: int, z: float, rng: np.random.Generator) -> dict[str, float]:
    """Return what the inner segments at the opening foretold of the quarter, on accounts left out."""
    names = ("time_ari", "next_gain", "next_low", "next_high", "value_gap", "value_low", "value_high")
    found = dict.fromkeys(names, np.nan)
    then = then[then["revenue_q"].notna()]
    if len(then) < FEWEST:
        return found
    stays = then["now"].notna()
    found["time_ari"] = adjusted_rand(then["inner"][stays].to_numpy(str), then["now"][stays].to_numpy(str))
    outer = then["outer"].to_numpy(str) if by_nest else np.full(len(then), "")
    whole = np.unique(outer, return_inverse=True)[1]
    parts = _codes(outer, then["inner"].to_numpy(str), least)
    if len(np.unique(parts)) == len(np.unique(whole)):
        return found
    money = then["revenue_q"].to_numpy(float)
    size = np.log1p(np.maximum(money, 0.0))
    order = rng.permutation(len(then))
    fold = np.empty(len(then), dtype=int)
    fold[order] = np.arange(len(then)) % FOLDS
    plain, divided, best = np.zeros(len(then)), np.zeros(len(then)), np.zeros(len(then), dtype=bool)
    for number in range(FOLDS):
        out, rest = fold == number, fold != number
        plain[out] = (size[out] - _means(size[rest], whole[rest], whole.max() + 1)[whole[out]]) ** 2
        divided[out] = (size[out] - _means(size[rest], parts[rest], parts.max() + 1)[parts[out]]) ** 2
        best[out] = parts[out] == int(np.argmax(_means(money[rest], parts[rest], parts.max() + 1)))

    def gain(times: np.ndarray) -> float:
        base = (times * plain).sum()
        return float(1 - (times * divided).sum() / base) if base > 0 else 0.0

    def gap(times: np.ndarray) -> float:
        there = (times * best).sum()
        return float((times * best * money).sum() / there - (times * money).sum() / times.sum()) if there else 0.0

    found["next_low"], found["next_high"], found["next_gain"] = _interval(gain, len(then), z, rng)
    if not by_nest:  # over all nests the richest combination would owe its lead to its outer segment
        found["value_low"], found["value_high"], found["value_gap"] = _interval(gap, len(then), z, rng)
    return found


def _codes(outer: np.ndarray, inner: np.ndarray, least: int) -> np.ndarray:
    """Return groups 0 …: outer and inner segment; the inner ones too small to stand alone together."""
    joined = np.char.add(np.char.add(outer.astype(str), "|"), inner.astype(str))
    labels, codes, counts = np.unique(joined, return_inverse=True, return_counts=True)
    is_small = (counts < least) | np.array([label.rpartition("|")[2] in (*NO_SEGMENT, REST) for label in labels])
    rest = np.char.add(outer.astype(str), "|")
    return np.unique(np.where(is_small[codes], rest, joined), return_inverse=True)[1]


def _means(values: np.ndarray, codes: np.ndarray, k: int) -> np.ndarray:
    """Return the mean of each group; a group without rows has the mean of all."""
    n = np.bincount(codes, minlength=k)
    return np.where(n > 0, np.bincount(codes, values, k) / np.maximum(n, 1), values.mean())


def _needs(today: pd.DataFrame, z: float, rng: np.random.Generator) -> dict[str, float]:
    """Return how far a third segmentation differs between the inner segments."""
    found = dict.fromkeys(("needs_v", "needs_low", "needs_high"), np.nan)
    both = today[today["needs"].notna() & ~today["needs"].isin(NO_SEGMENT) & ~today["inner"].isin((*NO_SEGMENT, REST))]
    a, b = (np.unique(both[name].to_numpy(str), return_inverse=True)[1] for name in ("inner", "needs"))
    r, k = int(a.max(initial=0)) + 1, int(b.max(initial=0)) + 1
    if len(both) < FEWEST or min(r, k) < 2:
        return found

    def association(times: np.ndarray) -> float:
        v = float(cramers_v_of_counts(np.bincount(a * k + b, times, r * k).reshape(r, k)))
        return v if np.isfinite(v) else 0.0

    low, high, value = _interval(association, len(both), z, rng)
    return {"needs_v": value, "needs_low": max(low, 0.0), "needs_high": min(high, 1.0)}


def _interval(statistic: Any, n: int, z: float, rng: np.random.Generator) -> tuple[float, float, float]:
    """Return the limits and the value of a statistic of how often each of n accounts counts."""
    draws = int(np.clip(ROW_DRAWS // n, FEWEST_DRAWS, DRAWS))
    value = statistic(np.ones(n))
    drawn = [statistic(np.bincount(rng.integers(n, size=n), minlength=n).astype(float)) for _ in range(draws)]
    error = float(np.std(drawn, ddof=1))
    return value - z * error, value + z * error, value
