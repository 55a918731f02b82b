"""Do the intervals of model cards hold the truth? Cases with known measures, `compare` many times on draws of them.

python benchmarks/backtest_intervals.py [--repeats 400] [--write]      (about five minutes on one core)
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

from segkit.settings.backtest import Backtest
from segkit.value.backtests.kinds import METRICS
from segkit.value.backtests.scores import compare

DECIDING = {"probability": "auc", "amount": "spearman", "bound": "pinball"}
DAYS = pd.to_datetime(["2025-09-30", "2025-12-31", "2026-03-31"])
ACCOUNTS = {"probability": (100, 300, 1000), "amount": (100, 300, 1000), "bound": (100, 300, 1000)}
TRUTH = 400_000


def draw(kind: str, n: int, rng: np.random.Generator) -> pd.DataFrame:
    """Cases of n accounts at three origins that depend on each other: model and rule know the account differently well.

    One outcome in five; amounts are log-normal with sigma 1.3, three in ten of them nothing; the bounds of one account
    are the same at all origins.
    """
    account = np.tile(np.arange(n), len(DAYS))
    own = rng.normal(size=n)[account]
    seen, blurred = own + 0.5 * rng.normal(size=n)[account], own + 1.0 * rng.normal(size=n)[account]
    frame = pd.DataFrame({"origin": np.repeat(DAYS, n), "account_id": account.astype(str)})
    if kind == "probability":
        p = 1 / (1 + np.exp(-(1.3 * own - 1.8)))
        told = [1 / (1 + np.exp(-(1.1 * x - 1.7))) for x in (seen, blurred)]
        return frame.assign(outcome=rng.random(len(p)) < p, prediction=told[0], baseline=told[1])
    spread = 1.3 * np.sqrt(0.5)
    amount = np.exp(spread * own + spread * rng.normal(size=len(own))) * (rng.random(len(own)) < 0.7)
    scale = 1.0 if kind == "amount" else 5.0
    return frame.assign(
        outcome=amount, prediction=scale * np.exp(spread * seen), baseline=scale * np.exp(0.7 * blurred)
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--repeats", type=int, default=400)
    parser.add_argument("--draws", type=int, default=200)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    rows = [row for kind in METRICS for row in held(kind, given.repeats, given.draws)]
    text = report(pd.DataFrame(rows), given.repeats, given.draws)
    print(text)
    if given.write:
        Path(__file__).with_suffix(".md").write_text(text, encoding="utf-8")


def held(kind: str, repeats: int, draws: int) -> list[dict]:
    """How many of 100 intervals hold the measure and the gain that very many accounts have."""
    settings = Backtest(draws=draws)
    options = {"kind": kind, "model": "m", "baseline_name": "r", "deciding": DECIDING[kind], "horizon_days": 90}
    many = draw(kind, TRUTH, np.random.default_rng(99))
    truth = _of_all(compare(many, settings=Backtest(draws=100), seed=0, **options))
    rows = []
    for n in ACCOUNTS[kind]:
        inside = {metric: [] for metric in METRICS[kind]}
        for repeat in range(repeats):
            cards = _of_all(
                compare(draw(kind, n, np.random.default_rng([n, repeat])), settings=settings, seed=1, **options)
            )
            for metric in METRICS[kind]:
                here, there = cards.loc[metric], truth.loc[metric]
                inside[metric].append(
                    (
                        here["low"] <= there["value"] <= here["high"],
                        here["gain_low"] <= there["gain"] <= here["gain_high"],
                    )
                )
        for metric, both in inside.items():
            value, gain = np.mean(both, axis=0) * 100
            rows.append({"kind": kind, "metric": metric, "accounts": n, "value": value, "gain": gain})
    return rows


def _of_all(cards: pd.DataFrame) -> pd.DataFrame:
    return cards[cards["origin"] == "all"].set_index("metric")


def report(found: pd.DataFrame, repeats: int, draws: int) -> str:
    table = found.pivot(index=["kind", "metric"], columns="accounts", values=["value", "gain"]).round(0).astype(int)
    sizes = sorted(found["accounts"].unique())
    lines = [
        "# Do the intervals of model cards hold the truth?",
        "",
        f"Cases in 100 in which the 95 % interval held it: {repeats} draws of accounts at three origins each, {draws} "
        "resamples; the truth from 400,000 accounts. Value / gain over the rule. "
        "`python benchmarks/backtest_intervals.py --write`",
        "",
        "| kind | metric | " + " | ".join(f"{n} accounts" for n in sizes) + " |",
        "|---|---|" + "---|" * len(sizes),
    ]
    for (kind, metric), row in table.iterrows():
        cells = " | ".join(f"{row['value', n]} / {row['gain', n]}" for n in sizes)
        lines.append(f"| {kind} | {metric} | {cells} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
