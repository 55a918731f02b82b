"""Do the 95 % intervals of the KPIs hold the truth, and from which number on?

    python benchmarks/kpi_intervals.py [--repeats 1000] [--write]

Prints Markdown; --write puts it into kpi_intervals.md beside this file.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from segkit.statistics.intervals import ratio_intervals, wilson_interval
from segkit.statistics.resampling import generator
from segkit.statistics.survival import survival_median

Floats = np.ndarray
N = (10, 20, 30, 50, 80, 120, 200, 400)
POPULATION, DRAWS = 1_000_000, 500
LOW, HIGH = 0.93, 0.97
SIZES = {"sigma 0.5": 0.5, "sigma 1.0": 1.0, "sigma 1.4": 1.4, "Pareto 2.2": -2.2, "Pareto 1.3": -1.3}
PROMISED = [name for name in SIZES if name != "Pareto 1.3"]
Draw = Callable[[Floats, np.random.Generator], dict[str, tuple[Floats, Floats]]]


HEAD = """# Do the intervals of the KPIs hold the truth, and from which number on?

Cases in 100 in which the 95 % interval held it: {repeats} draws of accounts per cell and shape, {draws} resamples each,
the truth from a million accounts. Sizes of accounts are log-normal with the spreads that segments of Online Retail and
of the sample company have (sigma 0.5 to 1.4), or have a tail like Pareto 2.2; tables without a shape are the mean of
the four, known to 0.6 points (a single shape: 1.3). With Pareto 1.3, the tail of Online Retail's most valuable segment
(money without a variance), no method holds: money by account is covered in about 84 cases of 100 there, whatever n.
`python benchmarks/kpi_intervals.py --write`

Smallest number from which on all shapes together hold 95 ± 2 %: see `min_n` in segkit/kpis/catalogue.yml.
Leaving out samples that look too skewed makes it worse: what is left are the samples that miss the large accounts.
Churn by value is drawn with the same chance for every account; where small accounts leave more often than large ones,
its limits are wider than they need be, because of the large ones few have been seen.
"""


class Cell(NamedTuple):
    """One KPI at one n: shares of intervals that hold the truth, lie below it and are shown; what it counts."""

    held: float
    below: float
    shown: float
    counted: float


def draw_sizes(kind: str, n: int, rng: np.random.Generator) -> Floats:
    """Return sizes of accounts: log-normal, or log-normal with the largest tenth following Pareto's law."""
    shape = SIZES[kind]
    if shape > 0:
        return rng.lognormal(0, shape, n)
    sizes, edge = rng.lognormal(0, 0.9, n), np.exp(0.9 * 1.2816)
    large = sizes > edge
    sizes[large] = edge * np.minimum((1 - rng.random(large.sum())) ** (1 / shape), 2000.0 ** (-1 / shape))
    return sizes


def draw_money(sizes: Floats, rng: np.random.Generator) -> dict[str, tuple[Floats, Floats]]:
    """Return numerator and denominator per account of KPIs of money; a quarter of the accounts buys nothing."""
    n = len(sizes)
    before = sizes * (rng.random(n) < 0.75)
    now = before * rng.lognormal(-0.125, 0.5, n) * (rng.random(n) < 0.85) + sizes * (rng.random(n) < 0.05)
    orders = 1 + rng.poisson(2 * np.sqrt(sizes))
    return {
        "money per account": (now, np.ones(n)),
        "growth of money": (now, before),
        "churn by value": (before * (rng.random(n) < 0.15), before),
        "churn by value, rare": (before * (rng.random(n) < 0.03), before),
        "margin rate": (now * np.clip(rng.normal(0.3, 0.15, n), -0.3, 0.7), now),
        "value per order": (sizes, orders),
        "cost to serve": (rng.lognormal(0, 0.8, n) * np.sqrt(sizes), now),
    }


def draw_counted(sizes: Floats, rng: np.random.Generator) -> dict[str, tuple[Floats, Floats]]:
    """Return numerator and denominator per account of KPIs that count deals, answers or mails; accounts differ."""
    n = len(sizes)
    deals = 1 + rng.negative_binomial(1, 0.4, n)
    answers, mails = 1 + (rng.random(n) < 0.25), 3 + rng.poisson(6, n)
    taste = rng.beta(2, 1, n)
    promoters = rng.binomial(answers, taste * 0.75)
    return {
        "win rate": (rng.binomial(deals, rng.beta(3, 3, n)).astype(float), deals.astype(float)),
        "conversion of leads": (rng.binomial(deals, rng.beta(1, 7, n)).astype(float), deals.astype(float)),
        "deal value": (deals * sizes * rng.lognormal(-0.08, 0.4, n), deals.astype(float)),
        "NPS": (promoters - rng.binomial(answers - promoters, (1 - taste) * 0.8), answers.astype(float)),
        "openings of mails": (rng.binomial(mails, rng.beta(1.5, 3, n)).astype(float), mails.astype(float)),
    }


def cover(draw: Draw, kind: str, repeats: int, seed: int = 1) -> dict[int, dict[str, Cell]]:
    """Return by n and KPI how many intervals hold the truth, lie below it, are shown, and what the KPI counts."""
    rng = generator(seed, "kpi intervals", kind)
    population = draw(draw_sizes(kind, POPULATION, rng), rng)
    y, x = (1000 * np.column_stack([pair[side] for pair in population.values()]) for side in (0, 1))
    truth = y.sum(0) / x.sum(0)
    out: dict[int, dict[str, Cell]] = {}
    for n in N:
        limits = np.zeros((2, repeats, len(truth)))
        counted = np.zeros(len(truth))
        for repeat in range(repeats):
            places = rng.integers(0, POPULATION, n)
            of_all = np.zeros(len(truth), bool)
            limits[:, repeat] = np.array(
                ratio_intervals(y[places], x[places], np.zeros(n, int), 0, of_all, DRAWS, repeat)
            )[:, 0]
            counted += x[places].sum(0) / 1000 if draw is draw_counted else (x[places] != 0).sum(0)
        low, high = limits
        shown = ~np.isnan(low)
        held, below = (low <= truth) & (truth <= high) & shown, (high < truth) & shown
        cells = zip(
            held.sum(0) / shown.sum(0), below.sum(0) / shown.sum(0), shown.mean(0), counted / repeats, strict=True
        )
        out[n] = dict(zip(population, (Cell(*cell) for cell in cells), strict=True))
    return out


def cover_shares() -> list[str]:
    """Return lines of Wilson's interval, exactly, over shares of 5 to 95 %: every share, and means over ten points.

    A count of few accounts cannot hold every single share alike; nobody knows the share to the tenth of a point.
    """
    shares = np.linspace(0.05, 0.95, 181)
    lines = ["| accounts | mean | lowest | highest | lowest of ten points | highest of ten points |", "|---" * 6 + "|"]
    for n in (5, *N):
        hits = np.arange(n + 1)
        low, high = wilson_interval(hits, np.full(n + 1, n))
        logs = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, n + 1)))])
        choose = logs[n] - logs[hits] - logs[n - hits]
        chances = [np.exp(choose + hits * np.log(p) + (n - hits) * np.log(1 - p)) for p in shares]
        inside = [(low <= p) & (p <= high) for p in shares]
        held = np.array([chance[of].sum() for chance, of in zip(chances, inside, strict=True)])
        near = np.convolve(held, np.ones(21) / 21, "valid")
        figures = [held.mean(), held.min(), held.max(), near.min(), near.max()]
        lines.append(f"| {n} | {' | '.join(f'{figure:.1%}' for figure in figures)} |")
    return lines


def draw_spells(n: int, alike: float, rng: np.random.Generator) -> tuple[Floats, ...]:
    """Return entry, days, ends and accounts of `n` deals seen in a year: opened up to two years before its end.

    A deal takes about 80 days (log-normal, sigma 0.8, of which the share `alike` belongs to the account).
    """
    days, entry, ended, account = [], [], [], []
    name = 0
    while len(days) < n:
        name += 1
        level = rng.normal(0, 0.8 * np.sqrt(alike))
        for _ in range(1 + rng.geometric(0.4) - 1):
            opened = rng.uniform(-365, 365)
            total = np.ceil(np.exp(np.log(80) + level + rng.normal(0, 0.8 * np.sqrt(1 - alike))))
            start = max(0.0, np.floor(-opened))
            if total <= start:
                continue
            end = min(total, np.floor(365 - opened))
            if end > start:
                days.append(end), entry.append(start), ended.append(total <= end), account.append(name)
    return tuple(np.array(column[:n]) for column in (entry, days, ended, account))


def cover_medians(repeats: int) -> list[str]:
    """Return lines of the median of durations with open ones, plain and with accounts as clusters."""
    lines = ["| deals | alike | plain | by account | shown by account |", "|---|---|---|---|---|"]
    for alike in (0.0, 0.3):
        for n in (5, *N):
            rng = generator(1, "kpi medians", str(alike), n)
            held = np.zeros((2, repeats))
            shown = np.zeros(repeats, bool)
            for repeat in range(repeats):
                entry, days, ended, account = draw_spells(n, alike, rng)
                for place, clusters in enumerate((None, account)):
                    median, low, high = survival_median(entry, days, ended, 0.95, clusters)
                    held[place, repeat] = low <= 80 <= high
                shown[repeat] = np.isfinite(median)
            plain, clustered = (row[shown].mean() for row in held)
            lines.append(f"| {n} | {alike:.0%} | {plain:.1%} | {clustered:.1%} | {shown.mean():.0%} |")
    return lines


def simulate(repeats: int, seed: int = 1) -> list[list[str]]:
    """Return the rows of all KPIs that are ratios of sums: title, shape, KPI, n, and the four figures of a cell."""
    rows = []
    for title, draw in (("Money", draw_money), ("Deals, answers, mails", draw_counted)):
        for kind in SIZES:
            for n, cells in cover(draw, kind, repeats, seed).items():
                rows += [[title, kind, name, str(n), *(f"{v:.4f}" for v in cell)] for name, cell in cells.items()]
            print(title, kind, flush=True)
    return rows


def tabulate(rows: list[list[str]], title: str, kinds: list[str], figure: int, form: str) -> list[str]:
    """Return a table of one figure, KPIs × n, the mean over the shapes."""
    mine = [row for row in rows if row[0] == title and row[1] in kinds]
    lines = [f"| accounts | {' | '.join(map(str, N))} |", "|---" * (len(N) + 1) + "|"]
    for name in dict.fromkeys(row[2] for row in mine):
        cells = []
        for n in N:
            values = [float(row[figure]) for row in mine if row[2] == name and row[3] == str(n)]
            known = [value for value in values if value == value]
            cells.append(form.format(np.mean(known)) if known else "")
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines


def describe(rows: list[list[str]]) -> list[str]:
    """Return the sections on ratios of sums."""
    lines: list[str] = []
    for title in dict.fromkeys(row[0] for row in rows):
        drawn = [kind for kind in PROMISED if any(row[:2] == [title, kind] for row in rows)]
        parts = [(f"{title}: intervals that hold the truth", drawn, 4, "{:.1%}")]
        parts += [(f"{title}, {kind}", [kind], 4, "{:.1%}") for kind in drawn]
        parts += [(f"{title}: intervals shown", drawn, 6, "{:.0%}")]
        parts += [(f"{title}: what the KPI counts", drawn, 7, "{:.0f}")]
        if any(row[:2] == [title, "Pareto 1.3"] for row in rows):
            parts += [(f"{title}, Pareto 1.3 (no variance)", ["Pareto 1.3"], 4, "{:.1%}")]
        for heading, kinds, figure, form in parts:
            lines += [f"## {heading}", "", *tabulate(rows, title, kinds, figure, form), ""]
    return lines


def main() -> None:
    """Print or write the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--repeats", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1, help="other accounts and other draws")
    parser.add_argument("--rows", type=Path, help="rows measured before: read, or written where there is no such file")
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    if chosen.rows and chosen.rows.exists():
        rows = [line.split("|") for line in chosen.rows.read_text("utf-8").splitlines()]
    else:
        rows = simulate(chosen.repeats, chosen.seed)
        if chosen.rows:
            chosen.rows.write_text("\n".join("|".join(row) for row in rows), "utf-8")
    lines = [HEAD.format(repeats=chosen.repeats, draws=DRAWS), *describe(rows)]
    lines += ["## Shares of accounts (Wilson, exact)", "", *cover_shares(), ""]
    lines += ["## Medians of durations", "", *cover_medians(chosen.repeats), ""]
    print("\n".join(lines))
    if chosen.write:
        Path(__file__).with_suffix(".md").write_text("\n".join(lines), "utf-8")


if __name__ == "__main__":
    main()
