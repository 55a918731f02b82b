"""Stability of the wholesale customers as R's flexclust measures it, beside ours that searches to the end.

    python benchmarks/wholesale_reference.py FOLDER [--pairs N] [--write]

FOLDER holds `Wholesale customers data.csv` (UCI 292). Natural log of spend, z-scored with ddof = 1. As flexclust: ten
starts from random rows, Lloyd's steps, the smallest sum of distances wins. The references were measured with R's
bootFlexclust and slswFlexclust. Prints Markdown; --write puts it into wholesale_reference.md beside this file. It ends
with an error if a limit is missed.
"""

from __future__ import annotations

import argparse
import os
import platform
from pathlib import Path

import numpy as np
import pandas as pd

from segkit.segments.assess.parts import fit_plainly, split_instability
from segkit.segments.assess.stability import measure_stability
from segkit.segments.fits import Fit, Sample
from segkit.segments.methods.kmeans import fit_kmeans
from segkit.statistics.resampling import generator

REFERENCE = {2: (0.888, 0.902), 3: (0.633, 0.705), 4: (0.583, 0.583), 5: (0.543, 0.532), 6: (0.525, 0.522)}
SEGMENTS = {133: 0.75, 127: 0.72, 57: 0.75, 123: 0.82}  # rows of the segment → its stability, k = 4
FARTHEST, FARTHEST_SEGMENT = 0.08, 0.06
MANY = 1500  # of all rows; the best of R's 200 is met by one of these
HEAD = """# Wholesale customers: stability as flexclust measures it, and searched to the end

440 × 6, natural log of spend, z-scored with ddof = 1; {pairs} pairs of bootstrap samples. *flexclust* are the published
means (medians) of the adjusted Rand index; *like flexclust* is ours with its settings: ten starts from random rows,
Lloyd's steps, the smallest sum of distances. *Searched* is `measure_stability` with the certified solution and its own
searches. Limits: means within .08, segments within .06: {verdict}.

| k | flexclust | like flexclust | difference | searched |
|---|---|---|---|---|
"""
BY_SEGMENT = """
Segments at k = 4, mean Jaccard overlap (SLSW). Divided as R's best of 200 starts by the sum of distances, which is the
smallest sum of 1,500 starts here too.

| customers of ours | of flexclust's | flexclust | like flexclust | difference |
|---|---|---|---|---|
"""
PARTS = """
The certified solutions, segment by segment: instability that ten starts show, the parts of it with 95 % intervals, and
the customers at which the sampling part would be .10 (empty: more customers do not lower it, or it cannot be told).

| k | customers | instability | algorithm part | sampling part | needed |
|---|---|---|---|---|---|
"""


def read_sample(folder: Path) -> Sample:
    """Return the scaled spend of the 440 customers."""
    spend = np.log(pd.read_csv(folder / "Wholesale customers data.csv").iloc[:, 2:])
    points = ((spend - spend.mean()) / spend.std(ddof=1)).to_numpy()
    return Sample(points, np.empty((len(points), 0), dtype=int), points, np.ones(len(points)))


def fit_like_flexclust(sample: Sample, k: int, rng: np.random.Generator, start=None, is_quick: bool = False) -> Fit:
    """Return the best of ten starts by the sum of distances; of MANY for all rows."""
    return fit_plainly(sample, k, rng, 10 if is_quick else MANY, is_by_distance=True)


def tabulate_parts(sample: Sample, k: int, full: Fit, pairs: int) -> list[str]:
    """Return one Markdown row per segment."""
    parts = split_instability(sample, fit_kmeans, full, pairs, 1, len(sample))
    sizes = np.bincount(full.labels)
    rows = []
    for row in parts.itertuples():
        algorithm = f"{row.algorithm_part:.2f} ({row.algorithm_low:.2f} … {row.algorithm_high:.2f})"
        sampling = f"{row.sampling_part:.2f} ({row.sampling_low:.2f} … {row.sampling_high:.2f})"
        needed = "" if pd.isna(row.n_needed) else f"{row.n_needed:,}"
        rows.append(f"| {k} | {sizes[row.segment_id]} | {row.instability:.2f} | {algorithm} | {sampling} | {needed} |")
    return rows


def main() -> None:
    """Measure, print, and write if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pairs", type=int, default=100)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    sample, n = read_sample(arguments.folder), 440
    numbers = list(REFERENCE)
    like = {k: fit_like_flexclust(sample, k, np.random.default_rng(0)) for k in numbers}
    ours = {k: fit_kmeans(sample, k, generator(1, "fit", k)) for k in numbers}
    as_flexclust = measure_stability(sample, fit_like_flexclust, like, arguments.pairs, 1, n)
    searched = measure_stability(sample, fit_kmeans, ours, arguments.pairs, 1, n)
    rows, off = [], []
    for k, (mean, median) in REFERENCE.items():
        found = as_flexclust[k].pairs
        off.append(abs(found.mean() - mean) - FARTHEST)
        cells = [f"{x.mean():.3f} ({np.median(x):.3f})" for x in (found, searched[k].pairs)]
        rows.append(f"| {k} | {mean} ({median}) | {cells[0]} | {found.mean() - mean:+.3f} | {cells[1]} |")
    segments = []
    order = np.argsort(np.bincount(like[4].labels))
    for j, (size, reference) in zip(order, sorted(SEGMENTS.items()), strict=True):
        value = as_flexclust[4].segments[j]
        off.append(abs(value - reference) - FARTHEST_SEGMENT)
        own = np.count_nonzero(like[4].labels == j)
        segments.append(f"| {own} | {size} | {reference} | {value:.3f} | {value - reference:+.3f} |")
    parts = [row for k in numbers for row in tabulate_parts(sample, k, ours[k], 20)]
    text = HEAD.format(pairs=arguments.pairs, verdict="held" if max(off) <= 0 else "MISSED")
    text += "\n".join(rows) + "\n" + BY_SEGMENT + "\n".join(segments) + "\n" + PARTS + "\n".join(parts)
    text += f"\n\nPython {platform.python_version()}, numpy {np.__version__}, {os.cpu_count()} cores.\n"
    print(text)  # noqa: T201
    if arguments.write:
        Path(__file__).with_suffix(".md").write_text(text, encoding="utf-8")
    if max(off) > 0:
        raise SystemExit("a reference was missed")


if __name__ == "__main__":
    main()
