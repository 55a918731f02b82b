"""A whole panel of stability beside a plain scikit-learn loop, in one process, one after the other.

    python benchmarks/stability_panel.py [--pairs N] [--write]

Data: 1,450 answers to 11 yes-or-no questions from five planted kinds of people, like the surveys of the literature. For
k 2 … 8 and each of 2 · N bootstrap samples (N = 100), scikit-learn fits KMeans with 10 starts; ours finds the certified
solution of all rows and refits it to the samples. Both label all rows and compare pairs by the adjusted Rand index.
Prints Markdown; --write puts it into stability_panel.md beside this file.
"""

from __future__ import annotations

import argparse
import os
import platform
import time
from pathlib import Path

import numpy as np

from segkit.segments.assess.parts import split_instability
from segkit.segments.assess.stability import draw_rows, measure_stability, with_others
from segkit.segments.fits import Fit, Sample
from segkit.segments.methods.kmeans import fit_kmeans
from segkit.segments.search import search_clusters
from segkit.statistics.clusterings import adjusted_rand
from segkit.statistics.resampling import generator

NUMBERS = range(2, 9)
STARTS = 10
CHECKED = 6  # pairs of samples searched to the end, to see how far the quick refits stop short
HEAD = """# Stability panel beside a plain scikit-learn loop

{pairs} pairs of bootstrap samples × k 2 … 8 on 1,450 × 11 answers (yes or no, five planted kinds of people), one
process, one after the other, one inner thread each. scikit-learn {sklearn}: `KMeans(n_init=10)` for each sample, no
more. Ours: certified search of all rows at every k, then `measure_stability`, with the overlap of every segment.

**CPU {cpu:.2f} and wall {wall:.2f} of the scikit-learn loop** (goal: at most 1.0; ratios, since the machine is shared).

*Share*: our CPU time over scikit-learn's at that k; *search*: the part of the certified search in ours. *Adj. Rand*:
mean over the pairs, ours and with ten starts. *To the end*: {checked} pairs of which every sample had a certified
search of its own that knows nothing (3 finds, at most 60 searches); ours and ten starts on the same pairs. *Excess*:
inertia above the lowest that any of them found in a sample. *One known*: a refit that starts from the full solution
only, the reason why refits know other good divisions too.

| k | share | search | adj. Rand | ten | to the end | ours | ten | one known | excess | ten | one known |
|---|---|---|---|---|---|---|---|---|---|---|---|
"""
PARTS = """
Parts of the instability (mean over the segments; 20 pairs): what ten starts show, what of it a search to the end
removes, what stays, and for how many segments more answers would lower that to a tenth (`split_instability`).

| k | instability | algorithm part | sampling part | segments with `n_needed` |
|---|---|---|---|---|
"""


def draw_survey(seed: int = 7, n: int = 1450, questions: int = 11) -> np.ndarray:
    """Return answers 0 or 1 of five kinds of people whose chances of a yes are drawn from a beta distribution."""
    rng = np.random.default_rng(seed)
    chances = rng.beta(0.8, 0.8, size=(5, questions))
    kind = rng.choice(5, n, p=[0.3, 0.25, 0.2, 0.15, 0.1])
    return (rng.random((n, questions)) < chances[kind]).astype(float)


def fit_starts(sample: Sample, k: int, seed: int):
    """Return scikit-learn's fit with ten starts."""
    from sklearn.cluster import KMeans

    return KMeans(k, n_init=STARTS, random_state=seed).fit(sample.points)


def timed(work) -> tuple[object, np.ndarray]:
    """Return what `work` gives, and its CPU and wall seconds."""
    start = np.array([time.process_time(), time.perf_counter()])
    result = work()
    return result, np.array([time.process_time(), time.perf_counter()]) - start


def run_plain(sample: Sample, k: int, pairs: int) -> np.ndarray:
    """Return the adjusted Rand index of each pair by scikit-learn alone."""
    labels = [
        fit_starts(sample.take(rows), k, i).predict(sample.points)
        for i, rows in enumerate(draw_rows(sample, 2 * pairs, 1, len(sample)))
    ]
    return np.array([adjusted_rand(a, b) for a, b in zip(labels[::2], labels[1::2], strict=True)])


def run_ours(sample: Sample, k: int, pairs: int) -> tuple[Fit, np.ndarray, float]:
    """Return the certified solution, the adjusted Rand index of each pair, and the search's CPU seconds."""
    full, spent = timed(lambda: fit_kmeans(sample, k, generator(1, "fit", k)))
    return full, measure_stability(sample, fit_kmeans, {k: full}, pairs, 1, len(sample))[k].pairs, spent[0]


def check(sample: Sample, full: Fit, k: int) -> list[str]:
    """Return cells: adjusted Rand to the end, ours, ten starts, one start known; excess of the last three."""
    from sklearn.metrics import pairwise_distances_argmin

    start = with_others(sample, fit_kmeans, full, 1, len(sample))
    values, labels = [], []
    for i, rows in enumerate(draw_rows(sample, 2 * CHECKED, 1, len(sample))):
        drawn = sample.take(rows)
        to_end, plain = search_clusters(drawn.points, k, i, hits=3, max_searches=60), fit_starts(drawn, k, i)
        quick, one = (
            fit_kmeans(drawn, k, generator(1, "refit", k, i), start=known, is_quick=True)
            for known in (start, full.model)
        )
        found = [
            (to_end.inertia, to_end.centres),
            (quick.objective, np.array(quick.model["segments"])),
            (plain.inertia_, plain.cluster_centers_),
            (one.objective, np.array(one.model["segments"])),
        ]
        values.append([value for value, _ in found])
        labels.append([pairwise_distances_argmin(sample.points, centres) for _, centres in found])
    agreement = [
        np.mean([adjusted_rand(a[j], b[j]) for a, b in zip(labels[::2], labels[1::2], strict=True)]) for j in range(4)
    ]
    table = np.array(values)
    excess = (table / table.min(axis=1, keepdims=True) - 1).mean(axis=0)
    return [*(f"{value:.3f}" for value in agreement), *(f"{value:.2%}" for value in excess[1:])]


def main() -> None:
    """Measure, print, and write if asked to."""
    import sklearn
    from threadpoolctl import threadpool_limits

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=100)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    points = draw_survey()
    sample = Sample(points, np.empty((len(points), 0), dtype=int), points, np.ones(len(points)))
    rows, parts, spent = [], [], np.zeros((2, 2))
    with threadpool_limits(limits=1):
        run_ours(sample, 2, 1), run_plain(sample, 2, 1)  # libraries are loaded
        for k in NUMBERS:
            plain, plain_time = timed(lambda k=k: run_plain(sample, k, arguments.pairs))
            (full, ours, search), our_time = timed(lambda k=k: run_ours(sample, k, arguments.pairs))
            spent += [our_time, plain_time]
            share = our_time[0] / plain_time[0]
            cells = [f"{share:.2f}", f"{search / our_time[0]:.0%}", f"{ours.mean():.3f}", f"{plain.mean():.3f}"]
            cells = [str(k), *cells, *check(sample, full, k)]
            rows.append(f"| {' | '.join(cells)} |")
            split = split_instability(sample, fit_kmeans, full, 20, 1, len(sample))
            means = split[["instability", "algorithm_part", "sampling_part"]].mean()
            shown = [str(k), *(f"{value:.3f}" for value in means), f"{split['n_needed'].notna().sum()} of {k}"]
            parts.append(f"| {' | '.join(shown)} |")
    cpu, wall = spent[0] / spent[1]
    text = HEAD.format(pairs=arguments.pairs, sklearn=sklearn.__version__, cpu=cpu, wall=wall, checked=CHECKED)
    text += "\n".join(rows) + "\n" + PARTS + "\n".join(parts)
    text += f"\n\nPython {platform.python_version()}, numpy {np.__version__}, {os.cpu_count()} cores.\n"
    print(text)  # noqa: T201
    if arguments.write:
        Path(__file__).with_suffix(".md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
