"""How often is a segment said to differ that does not, and how often one that does?

    python benchmarks/kpi_differences.py [--repeats 400] [--write]

Prints Markdown; --write puts it into kpi_differences.md beside this file.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from segkit.statistics.comparisons import compare_shares, holm
from segkit.statistics.intervals import ratio_differences
from segkit.statistics.resampling import generator
from segkit.statistics.survival import log_rank_test

Floats = np.ndarray
SEGMENTS = np.repeat(np.arange(6), (30, 40, 60, 90, 150, 230))
PLANTED, DRAWS = 3, 500
HEAD = """# Comparisons of segments: false alarms and power

Six segments of {sizes} accounts, {repeats} quarters each; a segment is said to differ from all others
where its p value, corrected over the six by Holm, is below .05. *Alike*: accounts of all segments are alike (sizes
log-normal, sigma 1.0). *Other sizes*: accounts differ in size by 1 : 30 between segments and in skew (sigma 0.5 to
1.4), the KPI does not. *One differs*: the segment of 90 accounts has the KPI that stands there; *found* is how often it
is named. *Others named* is no false alarm: the one that differs is among the accounts they are compared with.

`python benchmarks/kpi_differences.py --write`

| KPI | alike: any named | other sizes: any named | one differs | found | others named |
|---|---|---|---|---|---|
"""
EFFECTS = {
    "retention": "88 % → 70 %",
    "growth of money": "+ 30 %",
    "churn by value": "12 % → 30 %",
    "margin rate": "30 % → 38 %",
    "money per account": "twice as much",
    "win rate": "50 % → 65 %",
    "NPS": "+ 20 points",
    "sales cycle": "− 40 %",
}


def draw_quarter(kind: str, rng: np.random.Generator) -> tuple[dict[str, tuple[Floats, Floats]], tuple[Floats, ...]]:
    """Return numerator and denominator per account of each KPI, and entry, days, ends and accounts of deals."""
    n = len(SEGMENTS)
    differs = (SEGMENTS == PLANTED) & (kind == "one differs")
    unlike = kind == "other sizes"
    spread = np.where(unlike, np.array([0.5, 1.4, 0.8, 1.2, 1.0, 0.6])[SEGMENTS], 1.0)
    scale = np.where(unlike, np.array([30, 10, 6, 3, 2, 1])[SEGMENTS], 1.0)
    sizes = np.exp(rng.normal(0, 1, n) * spread) * scale
    lost = rng.random(n) < np.where(differs, 0.30, 0.12)
    grown = rng.lognormal(-0.125, 0.5, n) * np.where(differs, 1.3, 1.0) * (rng.random(n) < 0.9)
    rate = np.clip(rng.normal(np.where(differs, 0.38, 0.30), 0.15), -0.3, 0.9)
    deals = 1 + rng.negative_binomial(1, 0.4, n)
    wins = rng.binomial(deals, rng.beta(6 * np.where(differs, 0.65, 0.5), 6 * np.where(differs, 0.35, 0.5)))
    answers, taste = 1 + (rng.random(n) < 0.25), np.clip(rng.beta(2, 1, n) + 0.17 * differs, 0, 1)
    promoters = rng.binomial(answers, taste * 0.75)
    nps = promoters - rng.binomial(answers - promoters, (1 - taste) * 0.8)
    one = np.ones(n)
    kpis = {
        "retention": ((rng.random(n) < np.where(differs, 0.70, 0.88)).astype(float), one),
        "growth of money": (sizes * grown, sizes),
        "churn by value": (sizes * lost, sizes),
        "margin rate": (sizes * rate, sizes),
        "money per account": (sizes / scale / np.exp(spread**2 / 2) * np.where(differs, 2, 1), one),
        "win rate": (wins.astype(float), deals.astype(float)),
        "NPS": (nps.astype(float), answers.astype(float)),
    }
    account = np.repeat(np.arange(n), deals)
    days = np.exp(np.log(80) + rng.normal(0, 0.4, n)[account] + rng.normal(0, 0.7, len(account)))
    days = np.ceil(days * np.where(differs[account], 0.6, 1.0))
    opened = np.floor(rng.uniform(-365, 365, len(account)))
    entry, last = np.maximum(0.0, -opened), 365 - opened
    seen = days > entry
    return kpis, (entry[seen], np.minimum(days, last)[seen], (days <= last)[seen], account[seen])


def p_values(kind: str, rng: np.random.Generator, seed: int) -> dict[str, Floats]:
    """Return by KPI the corrected p values of the six segments."""
    kpis, spells = draw_quarter(kind, rng)
    n_groups = int(SEGMENTS.max()) + 1
    resampled = [name for name in kpis if name != "retention"]
    y, x = (np.column_stack([kpis[name][side] for name in resampled]) for side in (0, 1))
    p = dict(zip(resampled, ratio_differences(1000 * y, 1000 * x, SEGMENTS, n_groups, DRAWS, seed).T, strict=True))
    p["retention"] = compare_shares(kpis["retention"][0], SEGMENTS, n_groups).p
    entry, days, ended, account = spells
    p["sales cycle"] = np.array(
        [log_rank_test(entry, days, ended, SEGMENTS[account] == group, account) for group in range(n_groups)]
    )
    return {name: holm(values) for name, values in p.items()}


def main() -> None:
    """Print or write the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--repeats", type=int, default=400)
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    named: dict[str, dict[str, Floats]] = {}
    for kind in ("alike", "other sizes", "one differs"):
        rng = generator(1, "kpi differences", kind)
        found = [p_values(kind, rng, repeat) for repeat in range(chosen.repeats)]
        named[kind] = {name: np.array([quarter[name] < 0.05 for quarter in found]) for name in EFFECTS}
    text = HEAD.format(sizes=", ".join(map(str, np.bincount(SEGMENTS))), repeats=chosen.repeats)
    for name, effect in EFFECTS.items():
        alike, unlike = (named[kind][name].any(1).mean() for kind in ("alike", "other sizes"))
        planted = named["one differs"][name]
        others = np.delete(planted, PLANTED, axis=1).any(1).mean()
        shares = f"{alike:.1%} | {unlike:.1%} | {effect} | {planted[:, PLANTED].mean():.0%} | {others:.0%}"
        text += f"| {name} | {shares} |\n"
    print(text)
    if chosen.write:
        Path(__file__).with_suffix(".md").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
