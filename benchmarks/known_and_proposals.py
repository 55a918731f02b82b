"""How often a known column, a merge and a split are found where they were planted, and where nothing was.

    python benchmarks/known_and_proposals.py [--seeds N] [--write]

Prints Markdown; --write puts it into known_and_proposals.md beside this file. It ends with an error if a column that
says nothing is called reproduced, if the right number of groups is not left alone, or if noise is to be split.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

from segkit.segments.assess.known import find_known
from segkit.segments.assess.proposals import propose_changes
from segkit.segments.assess.stability import measure_stability
from segkit.segments.fits import Sample
from segkit.segments.methods.kmeans import fit_kmeans

SIZES = (60, 150, 300, 600)
PURITY = (0.5, 0.7, 0.8, 0.9, 1.0)
CENTRES = np.array([[0.0, 0.0], [8.0, 0.0], [0.0, 8.0]])
LEVELS = np.array([6.0, 8.0, 10.0])
HEAD = """# Known columns and proposals: found where planted, silent where nothing was

*Known columns.* 400 accounts in three groups; a column tells the group of so many of them, the others at random; beside
it fifteen regions, a name for each account and a number that say nothing. {seeds} seeds each. In {draws} further draws
(20 … 400 accounts, 2 … 5 groups of any size) every column was independent of the groups: called reproduced **{alarms}
times**.

| share of accounts told by design | column called reproduced | another one called so |
|---|---|---|
"""
PROPOSALS = """
*Proposals.* Three groups, eight standard deviations apart, with revenue of their own; {seeds} seeds each. Divided into
four, one group is cut in two that are alike: to be merged. Divided into two, one segment holds two groups: to be split.

| accounts per group | cut in two: merge found | right number: left alone | two in one: split found |
|---|---|---|---|
"""
NOISE = """
Noise of six kinds (normal, uniform, t with two degrees of freedom, log-normal, counts, correlated normal; 800 × 3,
revenue follows the first axis), divided into two and into four, {seeds} seeds: **{splits} of {n} divisions** had a
segment to be split, {merges} had segments to be merged, which is true of noise.
"""


def sample_of(points: np.ndarray) -> Sample:
    """Return points as a sample without categories."""
    return Sample(points, np.empty((len(points), 0), dtype=np.int64), points, np.ones(len(points)))


def accounts_of(revenue: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    """Return features of accounts: money follows revenue, orders and recency do not."""
    n = len(revenue)
    return pd.DataFrame(
        {
            "revenue_12m": revenue,
            "margin_12m": revenue * 0.3,
            "revenue_prev_12m": revenue * rng.lognormal(0, 0.2, n),
            "revenue_q": revenue / 4 * rng.lognormal(0, 0.3, n),
            "frequency_12m": rng.poisson(10, n).astype(float),
            "days_since_last": rng.integers(1, 90, n).astype(float),
        }
    )


def propose(points: np.ndarray, accounts: pd.DataFrame, k: int) -> list[str]:
    """Return the kinds of what is proposed for k groups by k-means."""
    sample = sample_of(points)
    found = fit_kmeans(sample, k, np.random.default_rng(1))
    shares = measure_stability(sample, fit_kmeans, {k: found}, 5, 1, 1000)[k].shares
    ids = [f"cluster {j + 1}" for j in range(k)]
    return propose_changes(found.labels, ids, sample, accounts, "challenger", 1, shares)["kind"].tolist()


def count_planted(n: int, seeds: int) -> tuple[int, int, int]:
    """Return how often a merge was found, the right number left alone, a split found."""
    found = np.zeros(3, dtype=int)
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        group = np.repeat([0, 1, 2], n)
        points = CENTRES[group] + rng.normal(size=(3 * n, 2))
        accounts = accounts_of(np.exp(LEVELS[group] + rng.normal(0, 0.5, 3 * n)), rng)
        found += [propose(points, accounts, k) == kinds for k, kinds in ((4, ["merge"]), (3, []), (2, ["split"]))]
    return int(found[0]), int(found[1]), int(found[2])


def count_noise(seeds: int) -> tuple[int, int, int]:
    """Return divisions of noise with a split, with a merge, and in all."""
    kinds = []
    for seed in range(seeds):
        rng, size = np.random.default_rng(500 + seed), (800, 3)
        shapes = [rng.normal(size=size), rng.uniform(size=size), rng.standard_t(2, size), rng.lognormal(size=size)]
        shapes += [
            rng.poisson(1.0, size),
            rng.normal(size=size) @ np.array([[1, 0.9, 0.9], [0, 0.4, 0.2], [0, 0, 0.4]]),
        ]
        points = shapes[seed % 6].astype(float)
        accounts = accounts_of(np.exp(points[:, 0] + 6), rng)
        kinds += [propose(points, accounts, k) for k in (2, 4)]
    return sum("split" in kind for kind in kinds), sum("merge" in kind for kind in kinds), len(kinds)


def count_known(purity: float, seeds: int) -> tuple[int, int]:
    """Return how often the planted column is called reproduced, and how often another."""
    planted = others = 0
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        channel = rng.integers(0, 3, 400)
        labels = np.where(np.arange(400) < purity * 400, channel, rng.integers(0, 3, 400))
        known = pd.DataFrame({"channel": channel, "region": rng.integers(0, 15, 400), "name": np.arange(400)}).astype(
            str
        )
        found = find_known({3: labels}, known, pd.DataFrame({"number": rng.normal(size=400)}))
        named = set(found.loc[found["reproduces"], "column"])
        planted, others = planted + ("channel" in named), others + bool(named - {"channel"})
    return planted, others


def count_alarms(draws: int) -> int:
    """Return how many independent columns are called reproduced."""
    alarms = 0
    for seed in range(draws):
        rng = np.random.default_rng(1000 + seed)
        n, k = int(rng.integers(20, 400)), int(rng.integers(2, 6))
        labels = rng.choice(k, n, p=rng.dirichlet(np.ones(k)))
        columns = {"two": rng.integers(0, 2, n), "ten": rng.integers(0, 10, n), "many": rng.integers(0, n, n)}
        known = pd.DataFrame(columns | {"each": np.arange(n)}).astype(str)
        alarms += int(find_known({k: labels}, known, pd.DataFrame({"number": rng.normal(size=n)}))["reproduces"].sum())
    return alarms


def main() -> None:
    """Measure, print, and write if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=25)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    seeds, draws = arguments.seeds, 8 * arguments.seeds
    alarms, known = count_alarms(draws), {purity: count_known(purity, seeds) for purity in PURITY}
    planted = {n: count_planted(n, seeds) for n in SIZES}
    splits, merges, n = count_noise(2 * seeds)
    text = HEAD.format(seeds=seeds, draws=draws, alarms=alarms)
    text += "".join(f"| {purity:.0%} | {a} of {seeds} | {b} of {seeds} |\n" for purity, (a, b) in known.items())
    text += PROPOSALS.format(seeds=seeds)
    for size, counts in planted.items():
        text += f"| {size} | " + " | ".join(f"{count} of {seeds}" for count in counts) + " |\n"
    text += NOISE.format(seeds=2 * seeds, splits=splits, merges=merges, n=n)
    print(text)
    if arguments.write:
        Path(__file__).with_suffix(".md").write_text(text, "utf-8")
    if alarms or splits or any(b for _, b in known.values()) or any(counts[1] < seeds for counts in planted.values()):
        raise SystemExit("a limit was missed")


if __name__ == "__main__":
    main()
