"""What agreements are worth: a Fellegi-Sunter model that splink trains on the pairs themselves, without labels."""

from __future__ import annotations

import contextlib
import logging
import math
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from segkit.cleansing.matching.comparisons import COMPARISONS, CONTRADICTIONS, Comparison
from segkit.cleansing.rows import run_sql

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

ROUNDS = 4
"""How often weights and the number of expected pairs are taken in turns."""

FALLBACK_PAIRS = 30
"""The fallback counts as much as so many pairs of one customer (for m), so few data move it little and many a lot."""

LEAST_SEEN = 0.5
"""A level that no pair of different customers has counts as half a pair, unless its fallback is less."""

FEWEST_MATCHES = 20
"""A comparison that fewer expected pairs of one customer can make is said to rest on fallback weights."""


@dataclass
class Weights:
    """m and u by (comparison, level), and the share of pairs that are one customer.

    ``expected`` holds for each comparison the expected number of pairs of one customer that can be compared by it.
    """

    share: float
    m: dict[tuple[str, str], float] = field(default_factory=dict)
    u: dict[tuple[str, str], float] = field(default_factory=dict)
    expected: dict[str, float] = field(default_factory=dict)

    def bits(self, comparison: str, level: str) -> float:
        """Return the match weight: the base-2 logarithm of m over u."""
        return math.log2(self.m[comparison, level] / self.u[comparison, level])


def fallback(share: float) -> Weights:
    """Return the weights before anything is learned."""
    weights = Weights(share)
    for comparison in COMPARISONS:
        for level in comparison.levels:
            weights.m[comparison.name, level.name] = level.m
            weights.u[comparison.name, level.name] = level.u
        weights.expected[comparison.name] = 0.0
    return weights


def train(con: duckdb.DuckDBPyConnection, n_pairs: int, n_records: int) -> Weights:
    """Return weights learned from the candidate pairs and from pairs drawn at random.

    Parameters
    ----------
    con : DuckDBPyConnection
        Holds ``patterns`` (g_<comparison>, contradiction, n_candidates, n_random: how many candidates, and how many
        pairs drawn at random that are no candidates, have these levels) and ``training`` (a row of levels for each of
        the pairs to learn from; if they are too few, the fallback stays).
    n_pairs : int
        Number of all pairs that there are.
    n_records : int
        Number of records; one in ten is expected to be another's double before anything is learned.

    Notes
    -----
    Expectation maximisation over all pairs, of which those that no key brings together count as different customers.
    splink's EM learns m from the candidates that nothing contradicts, with u and the share of matches held fast; then
    u is the frequency of the level among all other pairs (candidates by one minus their probability, the rest by the
    random draw), and the share is the sum of probabilities over the number of pairs.
    I. P. Fellegi, A. B. Sunter, A Theory for Record Linkage, Journal of the American Statistical Association 64 (1969),
    1183-1210.
    """
    weights = fallback(min(0.3, 0.1 * n_records / max(n_pairs, 1)))
    row = run_sql(con, "SELECT sum(n_candidates), sum(n_random) FROM patterns")[0]
    n_candidates, n_random = (int(value or 0) for value in row)
    if run_sql(con, "SELECT count(*) FROM training")[0][0] < FEWEST_MATCHES:
        return weights
    scale = max(n_pairs - n_candidates, 0) / n_random if n_random else 0.0
    for _ in range(ROUNDS):
        learned = _maximise(con, weights)
        patterns = score_patterns(con, weights)
        weights = _renew(patterns, learned, n_pairs, scale)
    return weights


def score_patterns(con: duckdb.DuckDBPyConnection, weights: Weights) -> pd.DataFrame:
    """Return the patterns with match_weight (bits) by splink's prediction, cut by what contradicts, and probability.

    Further column: cut, the bits that a contradiction took (0 or less).
    """
    with _quiet():
        linker = _linker(con, "patterns", weights)
        found = linker.inference.predict(warning_mode="never").as_pandas_dataframe()
    found = found[["pattern_l", "match_weight"]].set_axis(["pattern", "match_weight"], axis=1)
    patterns = con.execute("SELECT * FROM patterns").df()
    patterns = patterns.merge(found, on="pattern").sort_values("pattern", ignore_index=True)
    limits = {0: math.inf, **{place: contradiction.limit for place, contradiction in enumerate(CONTRADICTIONS, 1)}}
    patterns["cut"] = patterns.match_weight
    patterns["match_weight"] = patterns.match_weight.clip(upper=patterns.contradiction.map(limits)).round(6)
    patterns["cut"] = patterns.match_weight - patterns["cut"]
    patterns["probability"] = (1 / (1 + 2.0**-patterns.match_weight)).round(6)
    return patterns


def _maximise(con: duckdb.DuckDBPyConnection, weights: Weights) -> dict[tuple[str, str], float]:
    """Return m as splink's EM learns it."""
    with _quiet():
        linker = _linker(con, "training", weights)
        linker.training.estimate_parameters_using_expectation_maximisation(
            "l.pattern = r.pattern",
            estimate_without_term_frequencies=True,
            fix_probability_two_random_records_match=True,
            fix_u_probabilities=True,
        )
        learned: dict[tuple[str, str], float] = {}
        for comparison, levels in zip(COMPARISONS, linker.misc.save_model_to_json()["comparisons"], strict=True):
            found = {level["label_for_charts"]: level.get("m_probability") for level in levels["comparison_levels"]}
            for level in comparison.levels:
                learned[comparison.name, level.name] = found.get(level.name) or level.m
    return learned


def _renew(patterns: pd.DataFrame, learned: dict[tuple[str, str], float], n_pairs: int, scale: float) -> Weights:
    """Return weights of the next round, with the fallback as a few pairs more."""
    same = patterns.n_candidates * patterns.probability
    other = patterns.n_candidates - same + patterns.n_random * scale
    weights = Weights(min(0.5, max(float(same.sum()), 0.5) / n_pairs))
    for comparison in COMPARISONS:
        places = patterns[f"g_{comparison.name}"]
        expected, others = (float(values[places.notna()].sum()) for values in (same, other))
        weights.expected[comparison.name] = expected
        for place, level in enumerate(comparison.levels, 1):
            key = comparison.name, level.name
            weights.m[key] = (learned[key] * expected + level.m * FALLBACK_PAIRS) / (expected + FALLBACK_PAIRS)
            seen = float(other[places == place].sum())
            weights.u[key] = max((seen + level.u) / (others + 1), min(level.u, LEAST_SEEN / (others + 1)))
        _make_one(weights, comparison)
    return weights


def _make_one(weights: Weights, comparison: Comparison) -> None:
    """Scale the learned m of a comparison so that all are one together."""
    fixed = {level.name: level.m for level in comparison.levels if level.fixed}
    free = [level.name for level in comparison.levels if not level.fixed]
    total = sum(weights.m[comparison.name, name] for name in free)
    for name in free:
        weights.m[comparison.name, name] *= (1 - sum(fixed.values())) / total
    for name, m in fixed.items():
        weights.m[comparison.name, name] = m


def _linker(con: duckdb.DuckDBPyConnection, table: str, weights: Weights) -> Any:
    """Return splink's linker of a table of levels with itself: each row is one pair of records.

    splink compares columns of two records. Here the levels of a pair are known already (names are laid side by side
    for whole tables at once), so both "records" are the pair, and splink does what it is for: training and scoring.
    """
    from splink import Linker
    from splink.backends.duckdb import DuckDBAPI

    api = DuckDBAPI(connection=con)
    inputs = [api.register(table, table_name=f"{side}_{table}") for side in ("left", "right")]
    settings = {
        "link_type": "link_only",
        "unique_id_column_name": "pattern",
        "probability_two_random_records_match": weights.share,
        "comparisons": [_settings(comparison, weights) for comparison in COMPARISONS],
        "blocking_rules_to_generate_predictions": ["l.pattern = r.pattern"],
        "retain_matching_columns": False,
        "max_iterations": 20,
        "em_convergence": 0.0005,
        "linker_uid": f"segkit_{table}",
    }
    return Linker(inputs, settings, log_level=None)


def _settings(comparison: Comparison, weights: Weights) -> dict[str, Any]:
    """Return a comparison as splink's settings name it."""
    column = f"g_{comparison.name}"
    levels: list[dict[str, Any]] = [
        {"sql_condition": f"{column}_l IS NULL", "label_for_charts": "unknown", "is_null_level": True}
    ]
    for place, level in enumerate(comparison.levels, 1):
        is_last = place == len(comparison.levels)
        levels.append(
            {
                "sql_condition": "ELSE" if is_last else f"{column}_l = {place}",
                "label_for_charts": level.name,
                "m_probability": weights.m[comparison.name, level.name],
                "u_probability": weights.u[comparison.name, level.name],
                "fix_m_probability": level.fixed,
            }
        )
    return {"output_column_name": comparison.name, "comparison_levels": levels}


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep splink from writing to the screen."""
    logger = logging.getLogger("splink")
    before = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(before)
