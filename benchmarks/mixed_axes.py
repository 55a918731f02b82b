"""k-means on mixed criteria: the coordinates of `axes.fit_axes` beside other ways to spread categories out.

    python benchmarks/mixed_axes.py [--write]

Prints Markdown; --write puts it into mixed_axes.md beside this file. All ways take the same scaled numbers and the same
levels, and the same certified search of k-means.
"""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from mixed_data import make
from threadpoolctl import threadpool_limits

from segkit.segments.axes import n_levels
from segkit.segments.methods.kmeans import fit_kmeans
from segkit.segments.methods.mixture import fit_mixture
from segkit.segments.space import apply_space, fit_space
from segkit.statistics.clusterings import adjusted_rand
from segkit.statistics.resampling import generator

SEEDS = 6
LETTERS = np.array(list("ABCDEFGHIJKL"))
DESIGNS = {  # numbers, their distance, categories, levels, share of the typical level, unrelated categories, … numbers
    "numbers and categories": (4, 1.5, 4, 5, 0.6, 0, 0),
    "numbers nearer to each other": (4, 0.6, 4, 5, 0.6, 0, 0),
    "only categories differ": (2, 0.0, 4, 5, 0.75, 0, 0),
    "only numbers differ, 2 unrelated categories": (4, 1.5, 0, 5, 0.6, 2, 0),
    "both, 2 unrelated categories": (4, 1.5, 4, 5, 0.6, 2, 0),
    "both, 3 unrelated numbers": (4, 1.5, 4, 5, 0.6, 0, 3),
    "2 categories of 2 levels": (4, 1.5, 2, 2, 0.8, 0, 0),
    "3 categories of 12 levels": (4, 1.5, 3, 12, 0.6, 0, 0),
    "12 levels, 3 unrelated categories": (4, 1.0, 2, 12, 0.6, 3, 0),
    "1 category": (4, 1.2, 1, 5, 0.6, 0, 0),
}
WAYS = {
    "ours": "ours: over the fourth root",
    "famd": "over the root (FAMD), axes above the mean variance",
    "dummies": "plain indicators",
    "classes": "latent classes",
}
HEAD = """# Axes of mixed criteria

Made by `python benchmarks/mixed_axes.py --write`. Planted groups (four; 1,500 accounts; a tenth of all values missing;
unrelated categories have ten levels), then the designs of mixed_data.md. Mean adjusted Rand index of {seeds} seeds with
the planted groups, k-means at their number on coordinates made in three ways; latent classes as a measure of what is
possible. *Over the root*: indicators over the root of the level's share, as factor analysis of mixed data has them.
"""


def plant(seed: int, design: tuple, n: int = 1500, k: int = 4) -> tuple[pd.DataFrame, np.ndarray]:
    """Return accounts with gaps and their groups."""
    n_numbers, distance, n_categories, levels, typical, n_unrelated, n_noise = design
    rng = np.random.default_rng(seed)
    groups = rng.permutation(np.arange(n) % k)
    centres = rng.normal(size=(k, n_numbers)) * distance
    columns = {f"number_{j}": centres[groups, j] + rng.normal(size=n) for j in range(n_numbers)}
    for j in range(n_categories):
        chances = rng.dirichlet(np.ones(levels), size=k) * (1 - typical)
        chances[np.arange(k), rng.permutation(max(levels, k))[:k] % levels] += typical
        drawn = (rng.random(n)[:, None] > chances[groups].cumsum(axis=1)).sum(axis=1)
        columns[f"category_{j}"] = LETTERS[np.minimum(drawn, levels - 1)]
    columns |= {f"unrelated_{j}": rng.choice(LETTERS[:10], n) for j in range(n_unrelated)}
    columns |= {f"noise_{j}": rng.normal(size=n) for j in range(n_noise)}
    frame = pd.DataFrame(columns)
    return frame.mask(rng.random(frame.shape) < 0.1), groups


def samples() -> Iterator[tuple[str, list]]:
    """Yield each design with its samples."""
    for name, design in DESIGNS.items():
        yield name, [plant(seed, design) for seed in range(SEEDS)]
    for n, k in ((1500, 4), (400, 4), (1000, 8)):
        yield f"mixed_data.md: {n:,} accounts, {k} classes", [make(n, seed, k)[:2] for seed in range(SEEDS)]


def spread(sample, space: dict, power: float) -> np.ndarray:
    """Return the numbers and one column per level over a power of its share, centred."""
    blocks = [np.nan_to_num(sample.numbers)]
    for j, k in enumerate(n_levels(space)):
        codes = sample.codes[:, j]
        shares = np.bincount(codes[codes >= 0], minlength=k) / (codes >= 0).sum()
        is_level = np.where(codes[:, None] < 0, shares, codes[:, None] == np.arange(k))
        blocks.append((is_level - shares) / shares**power)
    wide = np.hstack(blocks)
    return wide - wide.mean(axis=0)


def judge(frame: pd.DataFrame, groups: np.ndarray) -> dict[str, float]:
    """Return the adjusted Rand index of each way."""
    space = fit_space(frame, dict.fromkeys(frame.columns, 1.0))
    sample, k = apply_space(frame, space), len(np.unique(groups))
    over_root = spread(sample, space, 0.5)
    values, vectors = np.linalg.eigh(np.cov(over_root, rowvar=False))
    leading = max(2, min(12, int((values > values.mean()).sum())))
    points = {
        "ours": sample.points,
        "famd": over_root @ vectors[:, ::-1][:, :leading],
        "dummies": spread(sample, space, 0.0),
    }
    fits = {way: fit_kmeans(dataclasses.replace(sample, points=at), k, generator(1)) for way, at in points.items()}
    fits["classes"] = fit_mixture(sample, k, generator(1))
    return {way: adjusted_rand(fit.labels, groups) for way, fit in fits.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    lines = [HEAD.format(seeds=SEEDS), "| | " + " | ".join(WAYS.values()) + " |", "|---" * (len(WAYS) + 1) + "|"]
    means = []
    with threadpool_limits(limits=1):
        for name, drawn in samples():
            found = pd.DataFrame([judge(frame, groups) for frame, groups in drawn]).mean()
            means.append(found)
            lines.append(f"| {name} | " + " | ".join(f"{found[way]:.2f}" for way in WAYS) + " |")
    whole = pd.DataFrame(means).mean()
    lines.append("| **mean** | " + " | ".join(f"**{whole[way]:.3f}**" for way in WAYS) + " |")
    text = "\n".join(lines) + "\n"
    print(text)
    if arguments.write:
        Path(__file__).with_suffix(".md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
