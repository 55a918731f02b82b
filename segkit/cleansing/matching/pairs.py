"""Records of customers → pairs that may be one customer, each with its probability and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from segkit.cleansing.matching.candidates import find_candidates
from segkit.cleansing.matching.comparisons import COMPARISONS, CONTRADICTIONS
from segkit.cleansing.matching.fields import read_fields
from segkit.cleansing.matching.levels import add_levels, make_records
from segkit.cleansing.matching.model import FEWEST_MATCHES, Weights, fallback, score_patterns, train
from segkit.cleansing.matching.words import make_words
from segkit.cleansing.rows import run_sql
from segkit.engines import connect
from segkit.texts import LANGUAGES, say

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

    from segkit.settings.cleansing import Duplicates

N_RANDOM = 100_000
"""Pairs drawn at random, to see how often records agree by chance."""

N_TRAINING = 200_000
"""Candidate pairs from which weights are learned."""

LEAST_WEIGHT = -10.0
"""Pairs with less evidence than this are not worth a row, in bits (a probability below 0.001)."""

_COLUMNS = ("record_id_a", "record_id_b", "probability", "match_weight", "evidence")


@dataclass(frozen=True)
class Matches:
    """Pairs that may be one customer, what agreements are worth, and what is to be said about it.

    ``pairs``: record_id_a, record_id_b (a before b in alphabetical order), probability, match_weight (bits), evidence
    (text such as "name +9.1; place +5.2; phone -1.3": the parts of match_weight, the largest first). ``model``: the
    table match_model. ``notes``: (text key, numbers).
    """

    pairs: pd.DataFrame
    model: pd.DataFrame
    notes: list[tuple[str, dict[str, object]]] = field(default_factory=list)


def find_pairs(records: pd.DataFrame, settings: Duplicates, seed: int, across: str | None = None) -> Matches:
    """Return which records may be one customer.

    Parameters
    ----------
    records : DataFrame
        One row a record, as text: record_id (each once), name, and what is known of system, legal_form, street,
        postal_code, city, country, phone, website, email_domain, vat_id, register_id, lei.
    settings : Duplicates
        From which probability pairs are merged and shown.
    seed : int
        Start of random draws.
    across : str, optional
        "system": only pairs of records from different systems.

    Returns
    -------
    Matches
        Pairs with a match weight from -10 on, in the order of their ids.

    Examples
    --------
    >>> import pandas as pd
    >>> from segkit.settings.cleansing import Duplicates
    >>> records = pd.DataFrame(
    ...     {
    ...         "record_id": ["1", "2"],
    ...         "name": ["Müller Maschinenbau GmbH", "Mueller Maschinenbau G.m.b.H."],
    ...         "postal_code": ["50667", "50667"],
    ...         "phone": ["0221 123456", "+49 221 123456"],
    ...     }
    ... )
    >>> bool(find_pairs(records, Duplicates(), seed=0).pairs.probability[0] > 0.99)
    True
    """
    fields = read_fields(records)
    with connect() as con:
        run_sql(con, "SET preserve_insertion_order = false")
        con.register("given_fields", fields)
        run_sql(con, "CREATE TABLE fields AS SELECT * FROM given_fields ORDER BY idx")
        con.unregister("given_fields")
        make_words(con, fields)
        make_records(con)
        left_out = find_candidates(con, across is not None)
        add_levels(con, "candidates", "levels")
        n_pairs = _draw(con, fields, seed, across is not None)
        add_levels(con, "drawn", "drawn_levels")
        _make_patterns(con, seed)
        weights = train(con, n_pairs, len(fields)) if n_pairs else fallback(0.1)
        patterns = score_patterns(con, weights)
        patterns["evidence"] = [_evidence(row, weights) for row in patterns.itertuples()]
        pairs = _read_pairs(con, patterns)
    return Matches(pairs, _describe(weights, patterns), _notes(left_out, weights))


def _draw(con: duckdb.DuckDBPyConnection, fields: pd.DataFrame, seed: int, is_across: bool) -> int:
    """Create ``drawn`` (a, b): pairs drawn at random that are no candidates; return how many pairs there are at all."""
    import numpy as np
    import pandas as pd

    n = len(fields)
    n_pairs = n * (n - 1) // 2
    if is_across:
        n_pairs -= int(
            (fields.system.value_counts(dropna=False) * (fields.system.value_counts(dropna=False) - 1) // 2).sum()
        )
    if n * (n - 1) // 2 <= N_RANDOM:
        a, b = np.triu_indices(n, 1)
    else:
        rng = np.random.default_rng(seed)
        a, b = rng.integers(0, n, N_RANDOM), rng.integers(0, n, N_RANDOM)
    drawn = pd.DataFrame({"a": np.minimum(a, b), "b": np.maximum(a, b)}).query("a < b").drop_duplicates()
    if is_across:
        systems = fields.system.fillna("").to_numpy()
        drawn = drawn[systems[drawn.a] != systems[drawn.b]]
    con.register("given_drawn", drawn)
    run_sql(
        con,
        "CREATE TABLE drawn AS SELECT a::INTEGER AS a, b::INTEGER AS b FROM given_drawn "
        "ANTI JOIN candidates USING (a, b)",
    )
    con.unregister("given_drawn")
    return n_pairs


def _make_patterns(con: duckdb.DuckDBPyConnection, seed: int) -> None:
    """Create ``patterns`` (levels with their counts) and ``training`` (a row for each candidate, or for a share)."""
    columns = ", ".join([*(f"g_{comparison.name}" for comparison in COMPARISONS), "contradiction"])
    run_sql(
        con,
        f"""
        CREATE TABLE patterns AS
        SELECT row_number() OVER (ORDER BY {columns}) AS pattern, {columns}, sum(c)::BIGINT AS n_candidates,
            sum(r)::BIGINT AS n_random
        FROM (SELECT {columns}, 1 AS c, 0 AS r FROM levels UNION ALL SELECT {columns}, 0, 1 FROM drawn_levels)
        GROUP BY {columns} ORDER BY pattern
        """,
    )
    n_levels = run_sql(con, "SELECT count(*) FROM levels WHERE contradiction = 0")[0][0]
    share = min(1.0, N_TRAINING / max(1, n_levels))
    run_sql(
        con,
        f"""
        CREATE TABLE training AS
        SELECT row_number() OVER (ORDER BY a, b) AS pattern, * EXCLUDE (a, b) FROM levels
        WHERE contradiction = 0 AND ({share} >= 1 OR hash(a, b, {int(seed)}) % 1000000 < {int(share * 1_000_000)})
        ORDER BY pattern
        """,
    )


def _evidence(row: Any, weights: Weights) -> str:
    import pandas as pd

    parts = []
    for comparison in COMPARISONS:
        place = getattr(row, f"g_{comparison.name}")
        if pd.notna(place):
            level = comparison.levels[int(place) - 1]
            parts.append((comparison.name, weights.bits(comparison.name, level.name)))
    parts.sort(key=lambda part: (-abs(part[1]), part[0]))
    if row.contradiction and row.cut < -0.05:
        parts.append((CONTRADICTIONS[row.contradiction - 1].name, row.cut))
    return "; ".join(f"{name} {bits:+.1f}" for name, bits in parts)


def _read_pairs(con: duckdb.DuckDBPyConnection, patterns: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs that are worth a row."""
    columns = [*(f"g_{comparison.name}" for comparison in COMPARISONS), "contradiction"]
    con.register("scored", patterns)
    same = " AND ".join(f"s.{column} IS NOT DISTINCT FROM v.{column}" for column in columns)
    found = con.execute(
        f"""
        SELECT l.record_id AS record_id_a, r.record_id AS record_id_b, s.probability, s.match_weight, s.evidence
        FROM levels AS v JOIN scored AS s ON {same}
        JOIN compared AS l ON l.idx = v.a JOIN compared AS r ON r.idx = v.b
        WHERE s.match_weight >= {LEAST_WEIGHT}
        ORDER BY v.a, v.b
        """
    ).df()
    return found.astype(dict.fromkeys(("record_id_a", "record_id_b", "evidence"), "str"))[list(_COLUMNS)]


def _describe(weights: Weights, patterns: pd.DataFrame) -> pd.DataFrame:
    """Return the table match_model."""
    import pandas as pd

    rows: list[tuple] = []
    for comparison in COMPARISONS:
        for place, level in enumerate(comparison.levels, 1):
            key = comparison.name, level.name
            is_trained = not level.fixed and weights.expected[comparison.name] >= FEWEST_MATCHES
            n = int(patterns.n_candidates[patterns[f"g_{comparison.name}"] == place].sum())
            row = (
                comparison.name,
                place,
                level.name,
                weights.m[key],
                weights.u[key],
                weights.bits(*key),
                is_trained,
                n,
            )
            rows.append(row)
    for place, contradiction in enumerate(CONTRADICTIONS, 1):
        n = int(patterns.n_candidates[patterns.contradiction == place].sum())
        rows.append(("contradiction", place, contradiction.name, None, None, None, False, n))
    names = ["comparison", "place", "level", "m", "u", "match_weight", "is_trained", "n_pairs"]
    model = pd.DataFrame(rows, columns=names)
    return model.astype({"m": float, "u": float, "match_weight": float}).round({"m": 9, "u": 12, "match_weight": 6})


def _notes(left_out: list[tuple[str, int, int]], weights: Weights) -> list[tuple[str, dict[str, object]]]:
    notes: list[tuple[str, dict[str, object]]] = []
    if max(weights.expected.values()) < FEWEST_MATCHES:
        notes.append(("matching.fallback", {"n": round(max(weights.expected.values())), "least": FEWEST_MATCHES}))
    for key, n_blocks, largest in left_out:
        words = {f"key_{language}": say(f"matching.key_{key}", language) for language in LANGUAGES}
        notes.append(("matching.left_out", {**words, "n": n_blocks, "largest": largest}))
    return notes
