"""Records of one company found without labels, beside rapidfuzz, on planted records and on the sample company.

    python benchmarks/duplicates.py [--records 50000] [--large 200000] [--seed 1] [--write]

Prints Markdown; --write puts it into duplicates.md beside this file. The records are those of tests/planted (invented
companies of which a fifth stands twice or more, beside sisters, namesakes and numbered firms that are different). The
baseline's threshold is chosen by the truth, which nobody has; the product's is the one that ships. --large 0 leaves out
the measurement of time and memory, which runs in a process of its own.
"""

from __future__ import annotations

import argparse
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from planted import judge  # noqa: E402
from planted.baseline import scored_pairs  # noqa: E402
from planted.records import plant  # noqa: E402

from segkit.cleansing.matching import cluster, find_pairs  # noqa: E402
from segkit.settings.cleansing import Duplicates  # noqa: E402

BASELINES = {
    "name": "rapidfuzz: token_sort of names",
    "name_place": "rapidfuzz: token_sort of names in one postal code",
    "all_text": "rapidfuzz: token_sort of name, street, postal code, city",
    "name_ids": "rapidfuzz: both texts, and 15 for each equal postal code, phone, VAT id",
}
HEAD = """# Duplicates: found without labels, beside rapidfuzz

Pairs of records that are one company. *Truth's threshold* is the one that gives the highest F1 on these very records:
a bound that nobody reaches without labels. splink {splink}, rapidfuzz {rapidfuzz}, DuckDB {duckdb}, Python {python};
seconds on two shared cores, so read ratios.
"""
COLUMNS = ["account_id", "name", "legal_form", "street", "postal_code", "city", "country", "phone", "website"]
COLUMNS += ["vat_id", "register_id", "lei"]


def row(label: str, threshold: str, score: judge.Score, seconds: float | None = None) -> str:
    """One line of a table of scores."""
    spent = "" if seconds is None else f"{seconds:.1f}"
    numbers = f"{score.f1:.4f} | {score.precision:.4f} | {score.recall:.4f} | {score.n_found:,} | {score.n_right:,}"
    return f"| {label} | {threshold} | {numbers} | {spent} |"


def compare(records: pd.DataFrame, truth: pd.DataFrame, seed: int) -> tuple[list[str], pd.DataFrame]:
    """Return lines of Markdown that compare product and baseline, and the pairs that the product merges."""
    shipped = Duplicates()
    start = time.perf_counter()
    matches = find_pairs(records, shipped, seed)
    seconds = time.perf_counter() - start
    pairs = matches.pairs
    merged = pairs[pairs["probability"] >= shipped.merge]
    clusters = clustered(pairs, shipped.merge, records)
    best, best_score = judge.best_threshold(pairs, "probability", truth)
    exact, several = judge.exact_companies(clusters, truth)
    lines = [
        f"{len(records):,} records, {truth['company_id'].nunique():,} companies, "
        f"{len(judge.true_pairs(truth)):,} true pairs.\n",
        "| | threshold | F1 | precision | recall | pairs found | right | seconds |",
        "|---|---|---:|---:|---:|---:|---:|---:|",
        row("segkit, pairs", f"{shipped.merge} as shipped", judge.score_pairs(merged, truth), seconds),
        row("segkit, clusters", f"{shipped.merge} as shipped", judge.score_clusters(clusters, truth)),
        row("segkit, pairs", f"truth's, {best:.4f}", best_score),
    ]
    start = time.perf_counter()
    scored = scored_pairs(records)
    spent = time.perf_counter() - start
    for column, label in BASELINES.items():
        best, score = judge.best_threshold(scored, column, truth)
        lines.append(row(label, f"truth's, {best:.1f}", score, spent))
    review = pairs[pairs["probability"].between(shipped.review, shipped.merge, inclusive="left")]
    lines += [
        f"\n{exact:,} of {several:,} companies with several records are exactly one cluster. For review "
        f"({shipped.review} to {shipped.merge}): {len(review):,} pairs, of which "
        f"{int(judge.is_right(review, truth).sum()):,} are one company. Seconds of rapidfuzz: all four together.",
        *[f"- {key}: {numbers}" for key, numbers in matches.notes],
    ]
    return lines, merged


def clustered(pairs: pd.DataFrame, merge: float, records: pd.DataFrame) -> pd.Series:
    """The clusters as shipped, without decisions of people."""
    return cluster(pairs, merge, [], [], records["record_id"])


def details(merged: pd.DataFrame, truth: pd.DataFrame) -> list[str]:
    """Return lines: recall by kind of damage, wrong pairs by relation."""
    by_damage = judge.missed_by_damage(merged, truth)
    lines = ["\n| damage to one or both records | true pairs | found | share |", "|---|---:|---:|---:|"]
    for damage, n_true, n_found in by_damage.itertuples(index=False):
        lines.append(f"| {damage or 'none'} | {n_true:,} | {n_found:,} | {n_found / n_true:.3f} |")
    lines += ["\n| wrong pairs that are | |", "|---|---:|"]
    lines += [f"| {relation} | {n:,} |" for relation, n in judge.wrong_by_relation(merged, truth).items()]
    return lines


def sample_company() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return records and truth of the sample company's customer master, as reading leaves it."""
    from segkit.demo.writing import write_demo
    from segkit.engines import connect
    from segkit.project import Project
    from segkit.sources.reading import read_sources

    with tempfile.TemporaryDirectory() as folder, connect(threads=2) as con:
        write_demo(folder, with_truth=True)
        project = Project(Path(folder))
        read_sources(con, project.source_files(project.quarter("2026Q3")), project.settings.sources)
        raw = con.execute(
            "SELECT * FROM raw_accounts WHERE account_id IS NOT NULL "
            "QUALIFY row_number() OVER (PARTITION BY account_id ORDER BY delivery DESC, source, row_number) = 1 "
            "ORDER BY account_id"
        ).df()
        planted = pd.read_parquet(Path(folder) / "truth" / "duplicates.parquet")
    records = raw[[c for c in COLUMNS if c in raw]].rename(columns={"account_id": "record_id"})
    company = records["record_id"].map(planted.set_index("duplicate_id")["account_id"]).fillna(records["record_id"])
    truth = pd.DataFrame(
        {"record_id": records["record_id"], "company_id": company, "family": -1, "kind": "alone", "damage": ""}
    )
    return records.assign(system="erp"), truth


def measure_large(n: int, seed: int) -> str:
    """Return a sentence: seconds and peak memory of n records, measured in this process."""
    planted = plant(n * 4 // 5, n // 5, seed)
    before = peak()
    start = time.perf_counter()
    matches = find_pairs(planted.records, Duplicates(), seed)
    clusters = clustered(matches.pairs, Duplicates().merge, planted.records)
    seconds = time.perf_counter() - start
    score = judge.score_clusters(clusters, planted.truth)
    return (
        f"{n:,} records: {seconds:.0f} s for pairs and clusters; peak memory of the process {peak():,.0f} MB, "
        f"{before:,.0f} MB of it before the search; {len(matches.pairs):,} pairs returned, "
        f"F1 of clusters {score.f1:.4f}."
    )


def peak() -> float:
    """Highest resident memory of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Measure, print, and write if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=50_000)
    parser.add_argument("--large", type=int, default=200_000)
    parser.add_argument("--only-large", action="store_true", help="one sentence on --large records, and nothing else")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    if options.only_large:
        print(measure_large(options.large, options.seed))
        return
    versions = {name: __import__(name).__version__ for name in ("splink", "rapidfuzz", "duckdb")}
    parts = [HEAD.format(python=platform.python_version(), **versions), "## Planted records\n"]
    planted = plant(options.records * 4 // 5, options.records // 5, options.seed)
    lines, merged = compare(planted.records, planted.truth, options.seed)
    parts += [*lines, *details(merged, planted.truth), "\n## Sample company\n"]
    parts += compare(*sample_company(), options.seed)[0]
    if options.large:
        command = [sys.executable, __file__, "--only-large", "--large", str(options.large), "--seed", str(options.seed)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        parts += ["\n## Many records\n", done.stdout.strip()]
    text = "\n".join([*parts, "\nMade by `python benchmarks/duplicates.py --write`.\n"])
    print(text)
    if options.write:
        Path(__file__).with_suffix(".md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
