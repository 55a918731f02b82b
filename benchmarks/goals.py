"""How often predictions of goals hold, and how often a verdict before the deadline turns out wrong.

Each draw is one KPI's history of n quarters and what it measures `ahead` quarters later. The prediction interval must
hold that value in 95 of 100 draws; a goal called on track (off track) must not end on the other side of its target.

    nice -n 15 .venv/bin/python benchmarks/goals.py > benchmarks/goals.txt
"""

from __future__ import annotations

import sys

import numpy as np

from segkit.kpis.goal_forecast import predict

DRAWS = 100
LENGTHS, AHEADS = (4, 8, 12), (1, 4)
SEASON = np.array([0.0, 3.0, 1.0, -2.5])


def _persistent(rng: np.random.Generator, n: int) -> np.ndarray:
    values = rng.normal(size=n + 20)
    for i in range(1, len(values)):
        values[i] += 0.6 * values[i - 1]
    return values[20:]


def _moving_year(rng: np.random.Generator, n: int) -> np.ndarray:
    return np.convolve(rng.normal(size=n + 3), np.ones(4), "valid")


KINDS = {
    "scatter around a level": lambda rng, n: rng.normal(size=n),
    "heavy tails": lambda rng, n: rng.standard_t(3, size=n),
    "trend": lambda rng, n: 0.3 * np.arange(n) + rng.normal(size=n),
    "steep trend": lambda rng, n: np.arange(n) + rng.normal(size=n),
    "persistent": _persistent,
    "random walk": lambda rng, n: rng.normal(size=n).cumsum(),
    "random walk with drift": lambda rng, n: (0.3 + rng.normal(size=n)).cumsum(),
    "moving sum of a year": _moving_year,
    "season": lambda rng, n: SEASON[np.arange(n) % 4] + rng.normal(size=n),
    "season and trend": lambda rng, n: SEASON[np.arange(n) % 4] + 0.3 * np.arange(n) + rng.normal(size=n),
    "share of 900 accounts": lambda rng, n: rng.binomial(900, 0.011, size=n) / 900,
    "share of 160 accounts": lambda rng, n: rng.binomial(160, 0.011, size=n) / 160,
}


def simulate(kind: str, n: int, ahead: int, draws: int) -> list[float]:
    """Return coverage, width against the scatter of what comes, share of verdicts given, share of those wrong."""
    rng = np.random.default_rng([list(KINDS).index(kind), n, ahead])
    held, widths, later, verdicts, wrong = 0, [], [], 0, 0
    for _ in range(draws):
        values = KINDS[kind](rng, n + ahead)
        forecast = predict(np.arange(n), values[:n], ahead)
        held += forecast.low - 1e-12 <= values[-1] <= forecast.high + 1e-12
        widths.append(forecast.high - forecast.low)
        later.append(values[-1] - values[n - 1])
        target = values[n - 1] + rng.normal() * (np.std(values[:n]) + 1e-12) * 1.5
        if forecast.low != forecast.high and not forecast.low < target <= forecast.high:
            verdicts += 1
            wrong += (values[-1] >= target) != (forecast.low >= target)
    return [held / draws, float(np.median(widths)) / float(np.std(later)), verdicts / draws, wrong / max(verdicts, 1)]


def main() -> None:
    draws = int(sys.argv[1]) if len(sys.argv) > 1 else DRAWS
    print("| Series | Quarters | Ahead | Holds | Width | Verdicts | Wrong |\n|---|---|---|---|---|---|---|")
    for kind in KINDS:
        for n in LENGTHS:
            for ahead in AHEADS:
                holds, width, verdicts, wrong = simulate(kind, n, ahead, draws)
                row = f"| {kind} | {n} | {ahead} | {holds:.1%} | {width:.1f} | {verdicts:.0%} | {wrong:.1%} |"
                print(row, flush=True)


if __name__ == "__main__":
    main()
