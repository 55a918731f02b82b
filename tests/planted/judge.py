"""How good found pairs or clusters are, given the truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Score:
    """Pairs that are true, found, and both."""

    n_true: int
    n_found: int
    n_right: int

    @property
    def precision(self) -> float:
        """Share of the found pairs that are true; 1 if nothing was found."""
        return self.n_right / self.n_found if self.n_found else 1.0

    @property
    def recall(self) -> float:
        """Share of the true pairs that were found; 1 if there are none."""
        return self.n_right / self.n_true if self.n_true else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.n_right / (self.n_true + self.n_found) if self.n_true + self.n_found else 1.0


def true_pairs(truth: pd.DataFrame) -> pd.DataFrame:
    """Return record_id_a < record_id_b: every two records of one company (record_id, company_id in)."""
    sides = truth[["company_id", "record_id"]]
    pairs = sides.merge(sides, on="company_id", suffixes=("_a", "_b"))
    return pairs.loc[pairs["record_id_a"] < pairs["record_id_b"], ["record_id_a", "record_id_b"]].reset_index(drop=True)


def score_pairs(found: pd.DataFrame, truth: pd.DataFrame) -> Score:
    """Judge pairs record_id_a, record_id_b; a pair that stands twice, or the other way round, counts once."""
    unique = _in_order(found)[["record_id_a", "record_id_b"]].drop_duplicates()
    return Score(_count_true(truth), len(unique), int(is_right(unique, truth).sum()))


def score_clusters(clusters: pd.Series, truth: pd.DataFrame) -> Score:
    """Judge record_id → cluster by all pairs that stand in one cluster, also those nobody compared."""
    both = pd.DataFrame({"company": _companies(truth), "cluster": clusters})
    if both.isna().any(axis=None):
        raise ValueError("clusters and truth do not hold the same records")
    sizes, common = both["cluster"].value_counts(), both.value_counts()
    return Score(_count_true(truth), _pairs_of(sizes), _pairs_of(common))


def exact_companies(clusters: pd.Series, truth: pd.DataFrame) -> tuple[int, int]:
    """Return how many companies of several records are exactly one cluster, and how many there are."""
    both = pd.DataFrame({"company": _companies(truth), "cluster": clusters})
    by_company = both.groupby("company")["cluster"].agg(["size", "nunique", "first"])
    several = by_company[by_company["size"] > 1]
    is_exact = (several["nunique"] == 1) & (several["first"].map(both["cluster"].value_counts()) == several["size"])
    return int(is_exact.sum()), len(several)


def best_threshold(scored: pd.DataFrame, column: str, truth: pd.DataFrame) -> tuple[float, Score]:
    """Return the value of the column from which on pairs must count to give the highest F1, and that score.

    The truth chooses the threshold: nobody without the truth can do better with this column.
    """
    n_true = _count_true(truth)
    right = is_right(scored, truth)
    by_value = pd.DataFrame({"value": scored[column], "right": right}).groupby("value")["right"].agg(["size", "sum"])
    totals = by_value.sort_index(ascending=False).cumsum()
    f1 = 2 * totals["sum"] / (n_true + totals["size"])
    if f1.empty:
        return np.inf, Score(n_true, 0, 0)
    best = f1.idxmax()
    return float(best), Score(n_true, int(totals.at[best, "size"]), int(totals.at[best, "sum"]))


def missed_by_damage(found: pd.DataFrame, truth: pd.DataFrame) -> pd.DataFrame:
    """Return damage, n_true, n_found: true pairs by what happened to one or both of their records ("" = nothing)."""
    pairs = true_pairs(truth)
    keys = pd.MultiIndex.from_frame(_in_order(found)[["record_id_a", "record_id_b"]])
    damage = truth.set_index("record_id")["damage"]
    kinds = (pairs["record_id_a"].map(damage) + " " + pairs["record_id_b"].map(damage)).str.split()
    pairs = pairs.assign(
        is_found=pd.MultiIndex.from_frame(pairs).isin(keys),
        damage=[sorted(set(words)) or [""] for words in kinds],
    ).explode("damage")
    counts = pairs.groupby("damage")["is_found"].agg(n_true="size", n_found="sum")
    return counts.reset_index()


def wrong_by_relation(found: pd.DataFrame, truth: pd.DataFrame) -> pd.Series:
    """Return how many wrong pairs are sisters, namesakes, relatives …, or strangers."""
    wrong = found[~is_right(found, truth)]
    by_id = truth.set_index("record_id")
    family_a, family_b = (wrong[f"record_id_{side}"].map(by_id["family"]) for side in "ab")
    kind = wrong["record_id_a"].map(by_id["kind"])
    return kind.where((family_a == family_b) & (family_a >= 0), "strangers").value_counts().sort_index()


def is_right(pairs: pd.DataFrame, truth: pd.DataFrame) -> pd.Series:
    """Say of each pair whether both records are one company."""
    companies = _companies(truth)
    one, other = pairs["record_id_a"].map(companies), pairs["record_id_b"].map(companies)
    if one.isna().any() or other.isna().any():
        raise ValueError("pairs name records that the truth does not hold")
    return one == other


def _companies(truth: pd.DataFrame) -> pd.Series:
    return truth.set_index("record_id")["company_id"]


def _in_order(pairs: pd.DataFrame) -> pd.DataFrame:
    swapped = pairs["record_id_a"] > pairs["record_id_b"]
    one = pairs["record_id_a"].where(~swapped, pairs["record_id_b"])
    return pairs.assign(record_id_b=pairs["record_id_b"].where(~swapped, pairs["record_id_a"]), record_id_a=one)


def _count_true(truth: pd.DataFrame) -> int:
    return _pairs_of(truth["company_id"].value_counts())


def _pairs_of(sizes: pd.Series) -> int:
    return int((sizes * (sizes - 1) // 2).sum())
