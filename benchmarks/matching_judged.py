"""Matches of operators of charging stations over seven snapshots, beside verdicts that a person gave pair by pair.

    python benchmarks/matching_judged.py FOLDER [--write]

FOLDER holds de_ladesaeulen and de_hh_zuwendungen (see real_names.py). Shown are the hundred least certain merges and
the hundred nearest pairs that were not merged. matching_judged.csv holds the verdicts, given from names, towns and what
is publicly known of the companies; a pair without a verdict is called "not judged". --write puts the report into
docs/matching_judged.md.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from real_names import charging_operators, grant_recipients, trivially_equal

from segkit.cleansing.matching import cluster, find_pairs
from segkit.settings.cleansing import Duplicates

SHOWN = 100
COMPARED = 0.2
VERDICTS = Path(__file__).with_suffix(".csv")
HEAD = """# Matches on real names, judged one by one

## Contents
- [How it was judged](#how-it-was-judged)
- [A hundred merges](#a-hundred-merges)
- [A hundred refused near-misses](#a-hundred-refused-near-misses)
- [Recipients of grants](#recipients-of-grants)

## How it was judged
Operators of charging stations as the Bundesnetzagentur published them in seven snapshots, April 2017 to December
2018 (CC BY 4.0): {n} records of {names} different spellings, of which the same companies reappear spelt differently. A
record has a name and, where all stations of that spelling stand in one town, its postal code and town; nothing else.

Pairs are merged from a probability of {merge} on and shown to people from {review} on. Beside each pair stands a
verdict: **same** or **different** company, or **unclear** where the name does not say which one. Verdicts were given
pair by pair; pairs of one kind (companies that a number alone tells apart, works of different towns) by one rule.

| | pairs | errors | not judged |
|---|---:|---:|---:|
{counts}

Wrong merges are errors that cost trust: {wrong}. Refused pairs that are one company cost work: {missed}; of these,
{in_review} are shown to people for a decision.
"""


def name_pairs(records: pd.DataFrame, pairs: pd.DataFrame, clusters: pd.Series) -> pd.DataFrame:
    """Return name_a ≤ name_b, probability, match_weight, is_merged: the surest pair of every two spellings."""
    by_id = records.set_index("record_id")
    found = pairs.assign(
        is_merged=pairs["record_id_a"].map(clusters) == pairs["record_id_b"].map(clusters),
        **{f"name_{side}": pairs[f"record_id_{side}"].map(by_id["name"]) for side in "ab"},
    )
    swapped = found["name_a"] > found["name_b"]
    found.loc[swapped, ["name_a", "name_b"]] = found.loc[swapped, ["name_b", "name_a"]].to_numpy()
    found = found.sort_values(["match_weight", "name_a", "name_b"], ascending=[False, True, True], kind="stable")
    return found.drop_duplicates(["name_a", "name_b"], ignore_index=True)


def near_misses(records: pd.DataFrame, found: pd.DataFrame, clusters: pd.Series) -> pd.DataFrame:
    """Return the pairs of spellings nearest to a merge: by probability down to 0.2, then by likeness of names."""
    from rapidfuzz import fuzz, process

    names = records.groupby("name")["record_id"].first()
    texts = names.index.str.casefold().to_numpy(object)
    likeness = process.cdist(texts, texts, scorer=fuzz.token_sort_ratio, dtype=np.float32)
    one, other = np.triu_indices(len(texts), 1)
    order = np.argsort(-likeness[one, other], kind="stable")[: 20 * SHOWN]
    cluster_of = names.map(clusters).to_numpy()
    one, other = one[order], other[order]
    apart = cluster_of[one] != cluster_of[other]
    alike = pd.DataFrame({"name_a": names.index[one[apart]], "name_b": names.index[other[apart]]})
    refused = found[~found["is_merged"] & (found["name_a"] != found["name_b"])]
    refused = refused.sort_values(["probability", "match_weight"], ascending=False, kind="stable")
    near = refused[refused["probability"] >= COMPARED]
    alike = alike.merge(refused, how="left", on=["name_a", "name_b"])
    both = pd.concat([near, alike], ignore_index=True).drop_duplicates(["name_a", "name_b"], ignore_index=True)
    return both.head(SHOWN)


def table(pairs: pd.DataFrame) -> list[str]:
    """Return the lines of a table with verdicts."""
    lines = ["| | one | other | probability | verdict | why |", "|---:|---|---|---:|---|---|"]
    for number, row in enumerate(pairs.itertuples(), start=1):
        other = "the same, in another snapshot" if row.name_a == row.name_b else row.name_b
        probability = "not compared" if pd.isna(row.probability) else f"{row.probability:.4f}"
        cells = [str(number), row.name_a, other, probability, row.verdict, row.why]
        lines.append("| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |")
    return lines


def judged(pairs: pd.DataFrame) -> pd.DataFrame:
    """Add verdict (same, different, unclear, not judged) and why; all kinds and numbers of blanks are one."""
    verdicts = pd.read_csv(VERDICTS, dtype=str, keep_default_na=False)
    known = verdicts.assign(key=_keys(verdicts)).drop_duplicates("key").set_index("key")
    keys = _keys(pairs)
    return pairs.assign(verdict=keys.map(known["verdict"]).fillna("not judged"), why=keys.map(known["why"]).fillna(""))


def _keys(pairs: pd.DataFrame) -> pd.Series:
    names = zip(pairs["name_a"], pairs["name_b"], strict=True)
    return pd.Series(["|".join(sorted(" ".join(n.split()) for n in both)) for both in names], pairs.index, dtype="str")


def grants(folder: Path) -> list[str]:
    """Return lines about the recipients of grants: do the trivial collisions merge, and what else does?"""
    records = grant_recipients(folder)
    matches = find_pairs(records, Duplicates(), seed=1)
    clusters = cluster(matches.pairs, Duplicates().merge, [], [], records["record_id"])
    place = records.assign(key=trivially_equal(records["name"]), cluster=records["record_id"].map(clusters))
    spellings = place.drop_duplicates("name")
    trivial = spellings[spellings.groupby("key")["name"].transform("size") > 1]
    kept = trivial.groupby("key")["cluster"].nunique()
    split = trivial[trivial["key"].isin(kept.index[kept > 1])].sort_values(["key", "name"])
    other = place.groupby("cluster").filter(lambda rows: rows["key"].nunique() > 1).drop_duplicates("name")
    groups = other.groupby("cluster")["name"].agg(lambda names: sorted(names))
    pairs = pd.DataFrame(
        [(a, b) for names in groups for i, a in enumerate(names) for b in names[i + 1 :]], columns=["name_a", "name_b"]
    )
    spelt = pd.Series(records["name"].unique())
    keys = trivially_equal(spelt).set_axis(spelt)
    pairs = pairs[pairs["name_a"].map(keys) != pairs["name_b"].map(keys)]
    pairs = judged(pairs.assign(probability=np.nan)).sort_values(["name_a", "name_b"], ignore_index=True)
    wrong = pairs[pairs["verdict"] == "different"]
    lines = [
        "## Recipients of grants\n",
        f"City of Hamburg, grants of 2011 and 2013: {records['name'].nunique():,} spellings, names only. "
        f"{len(trivial)} of them, in {len(kept)} groups, are equal once case, punctuation and what stands in brackets "
        f"are gone; {int((kept == 1).sum())} of these groups became one customer, {split['key'].nunique()} did not. "
        f"Beyond them, {len(groups)} customers have spellings that are not trivially equal: {len(pairs)} pairs, "
        f"of which {len(wrong)} are different associations and {int((pairs['verdict'] == 'not judged').sum())} are not "
        "judged.",
    ]
    if len(split):
        lines += ["\nTrivially equal, but not merged:\n", *[f"- {name}" for name in split["name"]]]
    shown = pairs.sort_values("verdict", kind="stable")
    lines += ["\n| one | other | verdict | why |", "|---|---|---|---|"]
    lines += [f"| {r.name_a} | {r.name_b} | {r.verdict} | {r.why} |" for r in shown.itertuples()]
    return lines


def main() -> None:
    """Match, compare with the verdicts, print, and write if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    records, settings = charging_operators(options.folder / "de_ladesaeulen"), Duplicates()
    matches = find_pairs(records, settings, seed=1)
    clusters = cluster(matches.pairs, settings.merge, [], [], records["record_id"])
    found = name_pairs(records, matches.pairs, clusters)
    merged = found[found["is_merged"]].assign(trivial=lambda frame: frame["name_a"] == frame["name_b"])
    merged = merged.sort_values(["trivial", "match_weight"], kind="stable").head(SHOWN)
    merges, refused = judged(merged), judged(near_misses(records, found, clusters))
    wrong, missed = merges["verdict"] == "different", refused["verdict"] == "same"
    counts = "\n".join(
        f"| {label} | {len(pairs)} | {int(errors.sum())} | {int((pairs['verdict'] == 'not judged').sum())} |"
        for label, pairs, errors in (("merged", merges, wrong), ("refused", refused, missed))
    )
    n_spelt = int((merges["name_a"] != merges["name_b"]).sum())
    text = [
        HEAD.format(
            n=f"{len(records):,}",
            names=records["name"].nunique(),
            merge=settings.merge,
            review=settings.review,
            counts=counts,
            wrong=int(wrong.sum()),
            missed=int(missed.sum()),
            in_review=int((missed & (refused["probability"] >= settings.review)).sum()),
        ),
        "## A hundred merges\n",
        f"{n_spelt} pairs of different spellings, which are all there are, then one spelling in two snapshots; "
        "the least certain first.\n",
        *table(merges),
        "\n## A hundred refused near-misses\n",
        f"By probability down to {COMPARED}; behind them the pairs of spellings that are most alike, whether the "
        "product compared them or not.\n",
        *table(refused),
        "",
        *grants(options.folder / "de_hh_zuwendungen"),
        "\nMade by `python benchmarks/matching_judged.py FOLDER --write`; the verdicts are in "
        "`benchmarks/matching_judged.csv`.\n",
    ]
    print("\n".join(text))
    if options.write:
        target = Path(__file__).parents[1] / "docs" / "matching_judged.md"
        target.write_text("\n".join(text), encoding="utf-8")


if __name__ == "__main__":
    main()
