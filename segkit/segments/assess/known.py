"""Whether a solution only says again what everybody knows: a column of the data, or a cut through one criterion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from segkit.statistics.association import cramers_v, is_category
from segkit.statistics.clusterings import adjusted_rand
from segkit.statistics.intervals import wilson_interval

if TYPE_CHECKING:
    import pandas as pd

DIGITS = 12
REPRODUCES = 0.6  # share of the errors without the column that the column saves, from which little new is said
CUT_TELLS = 0.9  # share of accounts that a rule on one criterion puts right
FEWEST = 20  # accounts with a value; of fewer nothing is said
MOST_BINS = 256  # places where a criterion may be cut
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Cuts:
    """A rule on one number: below the first limit the first label, from each limit on the next one."""

    limits: np.ndarray
    labels: np.ndarray

    def assign(self, values: np.ndarray) -> np.ndarray:
        """Return the label of each value; a missing one counts as the lowest."""
        known = np.nan_to_num(values, nan=-np.inf)
        return self.labels[np.searchsorted(self.limits, known, side="right")]


def find_known(
    labels_by_k: Mapping[int, np.ndarray],
    known: pd.DataFrame,
    criteria: pd.DataFrame | None = None,
    segmentation_id: str = "value",
) -> pd.DataFrame:
    """Return how far each solution reproduces a column or a cut through one criterion: table `known_columns`.

    Parameters
    ----------
    labels_by_k : mapping
        Number of segments → label of each account; −1 in no segment, left out.
    known : DataFrame
        Columns that everybody knows, of any type, a row per account in the order of the labels; gaps are left out.
    criteria : DataFrame, optional
        From which the solution was made, in the same order: is it only a cut through one of them? Categories are
        compared as columns are.

    Returns
    -------
    DataFrame
        A row per number of segments and column: n_levels (intervals of a cut), n_accounts, ari, cramers_v, told,
        told_low, told_without, kind (column or cut), reproduces.

    Notes
    -----
    `told` is the share of accounts put right by the rule "as most of the others with this value" (for a value of its
    own: as most accounts), so that a column with a value for each account tells nothing. told over told_without, as a
    share of what is left to 1, is Goodman and Kruskal's lambda (1954, JASA 49). A column is reproduced if lambda is at
    least .6, and told_low, the lower end of Wilson's interval at 95 % for all columns and numbers together
    (Bonferroni), lies above told_without. `cramers_v` has Bergsma's correction for many levels. A cut
    has at most as many intervals as there are segments and is the best such rule; it is reproduced if it puts 90 % of
    the accounts right, and lambda and told_low are as above.
    """
    import pandas as pd

    numbers = pd.DataFrame(index=known.index) if criteria is None else criteria
    tests = max(len(labels_by_k) * (known.shape[1] + numbers.shape[1]), 1)
    rows = []
    for k, labels in sorted(labels_by_k.items()):
        place = {"segmentation_id": segmentation_id, "n_segments": k}
        for name in known.columns:
            found = _compare_column(np.asarray(labels), known[name], tests)
            rows += [place | {"column": name, "kind": "column"} | found] if found else []
        for name in [name for name in numbers.columns if name not in known.columns]:
            if is_category(numbers[name]):
                found = _compare_column(np.asarray(labels), numbers[name], tests)
            else:
                found = _compare_cut(np.asarray(labels), numbers[name].to_numpy(float, na_value=np.nan), tests)
            rows += [place | {"column": name, "kind": "cut"} | found] if found else []
    return pd.DataFrame(rows, columns=COLUMNS)


COLUMNS = (
    *("segmentation_id", "n_segments", "column", "kind", "n_levels", "n_accounts", "ari", "cramers_v"),
    *("told", "told_low", "told_without", "reproduces"),
)


def _compare_column(labels: np.ndarray, column: pd.Series, tests: int) -> dict | None:
    is_in = column.notna().to_numpy() & (labels >= 0)
    segments = np.unique(labels[is_in], return_inverse=True)[1]
    levels = np.unique(column[is_in].astype(str).to_numpy(str), return_inverse=True)[1]
    if is_in.sum() < FEWEST or not levels.any() or not segments.any():
        return None
    hits = told_by(segments, levels)
    figures = _figures(segments, levels, hits, tests)
    is_same = _saved(figures) >= REPRODUCES and figures["told_low"] > figures["told_without"]
    return figures | {"reproduces": bool(is_same)}


def _compare_cut(labels: np.ndarray, values: np.ndarray, tests: int) -> dict | None:
    is_in = np.isfinite(values) & (labels >= 0)
    segments = np.unique(labels[is_in], return_inverse=True)[1]
    if is_in.sum() < FEWEST or not segments.any() or np.ptp(values[is_in]) == 0:
        return None
    cuts = best_cuts(values[is_in], segments, int(segments.max()) + 1)
    intervals = np.searchsorted(cuts.limits, values[is_in], side="right")
    hits = float((cuts.labels[intervals] == segments).sum())
    figures = _figures(segments, intervals, hits, tests)
    is_cut = figures["told"] >= CUT_TELLS and _saved(figures) >= REPRODUCES
    return figures | {"reproduces": bool(is_cut and figures["told_low"] > figures["told_without"])}


def _figures(segments: np.ndarray, levels: np.ndarray, hits: float, tests: int) -> dict:
    """Return the figures of a column (codes) beside a solution (codes)."""
    n = len(segments)
    v = cramers_v(segments, levels)
    low = float(wilson_interval([hits], [n], 1 - 2 * (1 - CONFIDENCE) / tests)[0][0])
    return {
        "n_levels": int(levels.max()) + 1,
        "n_accounts": n,
        "ari": round(adjusted_rand(segments, levels), DIGITS),
        "cramers_v": 0.0 if np.isnan(v) else round(v, DIGITS),
        "told": round(hits / n, DIGITS),
        "told_low": round(low, DIGITS),
        "told_without": round(float(np.bincount(segments).max()) / n, DIGITS),
    }


def _saved(figures: dict) -> float:
    """Return Goodman and Kruskal's lambda: the share of errors without the column that it saves."""
    return (figures["told"] - figures["told_without"]) / max(1 - figures["told_without"], 1e-12)


def told_by(segments: np.ndarray, levels: np.ndarray) -> float:
    """Return how many rows have the segment that most other rows of their level have; a tie of t counts 1 / t.

    Parameters
    ----------
    segments, levels : array of int (n,)
        Codes from 0. A row alone in its level is compared with all other rows.

    Examples
    --------
    Level 0 holds segments 0, 0, 1; level 1 holds 1 alone. The two in segment 0 face a tie of 0 and 1, the other is
    wrong, and the one alone faces 0, 0, 1, which is wrong: 1/2 + 1/2.

    >>> told_by(np.array([0, 0, 1, 1]), np.array([0, 0, 0, 1]))
    1.0
    """
    k = int(segments.max()) + 1
    cells = np.bincount(levels * k + segments, minlength=(int(levels.max()) + 1) * k).reshape(-1, k)
    alone = cells.sum(axis=1) == 1
    everyone = np.bincount(segments, minlength=k)
    share_alone = _told_in(everyone[None, :])[0] / np.maximum(everyone, 1)
    return float(_told_in(cells[~alone]).sum() + share_alone @ cells[alone].sum(axis=0))


def _told_in(cells: np.ndarray) -> np.ndarray:
    """Return how many rows of each cell (level × segment) the others of the level put right."""
    own = cells - 1
    hits = np.zeros(cells.shape)
    for j in range(cells.shape[1]):
        others = np.delete(cells, j, axis=1)
        most = others.max(axis=1, initial=0)
        ties = (others == own[:, [j]]).sum(axis=1) + 1
        share = np.where(own[:, j] > most, 1.0, np.where(own[:, j] == most, 1.0 / ties, 0.0))
        hits[:, j] = np.where(own[:, j] >= 0, share * cells[:, j], 0.0)
    return hits


def best_cuts(values: np.ndarray, segments: np.ndarray, most: int) -> Cuts:
    """Return the rule with at most so many intervals of one number that puts the most rows right.

    Parameters
    ----------
    values : array (n,)
        Numbers without gaps. Cuts lie midway between neighbouring values, at most at 256 places with about as many rows
        between them.
    segments : array of int (n,)
        Codes from 0.
    most : int
        Intervals, at most.

    Notes
    -----
    Dynamic programming over the places from the lowest up: the best count of rows put right for each number of
    intervals so far and each label of the last one (Fisher 1958, JASA 53, groups ordered data in the same way).
    """
    places = np.unique(values)
    if len(places) > MOST_BINS:
        places = np.unique(np.quantile(values, np.linspace(0, 1, MOST_BINS + 1)[1:], method="inverted_cdf"))
    bins, k = np.searchsorted(places, values), int(segments.max()) + 1
    counts = np.bincount(bins * k + segments, minlength=len(places) * k).reshape(-1, k)
    best = np.full((most, k), -np.inf)
    best[0] = counts[0]
    came = np.zeros((len(counts), most, k), dtype=np.int64)  # label before this place
    for b, count in enumerate(counts[1:], 1):
        top = best.argmax(axis=1)
        opened = np.vstack([np.full((1, k), -np.inf), np.repeat(best[np.arange(most - 1), top[:-1], None], k, axis=1)])
        opens = opened > best
        came[b] = np.where(opens, np.r_[0, top[:-1]][:, None], np.arange(k))
        best = np.where(opens, opened, best) + count
    return _trace(best, came, places, values)


def _trace(best: np.ndarray, came: np.ndarray, places: np.ndarray, values: np.ndarray) -> Cuts:
    """Return the rule that led to the best count: fewest intervals first, then the first label."""
    used, label = (int(place) for place in np.unravel_index(best.argmax(), best.shape))
    labels, limits = [label], []
    for b in range(len(came) - 1, 0, -1):
        before = int(came[b, used, label])
        if before != label:
            above = values[values > places[b - 1]].min()
            limits.append((places[b - 1] + above) / 2)
            labels.append(before)
            used, label = used - 1, before
    return Cuts(np.array(limits[::-1]), np.array(labels[::-1]))
