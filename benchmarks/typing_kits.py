"""Do the stated figures of the typing kits hold on further accounts? Writes typing_kits.md.

``python benchmarks/typing_kits.py PROJECT_RUN [PROJECT_RUN …] > benchmarks/typing_kits.md``; a run is a folder such as
``data/demo/runs/2026Q3``.

Each company is halved by a draw of its accounts. On one half the whole procedure runs (fields, limits, chances, from
which chance to place) and states its figures, from accounts that it held back within that half; then its rule is
applied to the other half, which it never saw, in any way. The difference of the two is what a user would meet who
believes the stated figure. Part of it is the chance of who stands in which half: of n accounts a share p is known to
sqrt(p (1 - p) / n), so the difference of both halves has the standard deviation sqrt(p (1 - p) (1/n + 1/m)), even for a
perfect procedure. Both are shown. A company simulated larger shows what is left when that chance is small.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from segkit.segments.typing.conditions import first_that_holds
from segkit.segments.typing.fields import BEHAVIOUR, TypingInputs, join_fields, usable_fields
from segkit.segments.typing.kit import fit_kit
from segkit.segments.typing.quality import measure_kit, typical_values
from segkit.segments.typing.quarterly import left_out
from segkit.settings.typing import Typing
from segkit.store import read_frame

SEEDS = 20
WANTED = ("accuracy", "accuracy_placed", "share_abstained", "error_cost")


def read_run(run: Path) -> TypingInputs:
    """Return the tables of a run that typing needs."""

    def table(name: str):
        path = run / "tables" / f"{name}.parquet"
        return read_frame(path) if path.exists() else None

    panel, segments = table("account_features"), table("segments")
    segments = segments[segments["segmentation_id"] == "value"].reset_index(drop=True)
    return TypingInputs(table("accounts"), segments, panel[panel["as_of"] == panel["as_of"].max()], table("leads"))


def simulate(n: int, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Accounts whose segment depends on head count and industry, with noise: as many as one likes."""
    rng = np.random.default_rng(seed)
    heads = np.exp(rng.normal(4, 1.6, n)).round()
    branch = rng.choice([f"{i:02d}" for i in range(10, 22)], n)
    region = rng.choice(["Nord", "Süd", "West", "Ost"], n)
    pull = np.array([0.6 * (int(b) % 3 - 1) for b in branch])
    size = np.log(heads + 1) - 4 + pull + rng.normal(0, 1.2, n)
    codes = np.digitize(size, [-1.2, 0.8, 2.2])
    heads[rng.random(n) < 0.1] = np.nan
    known = {"account_id": [f"{seed}-{i:07d}" for i in range(n)], "employees": heads, "industry_division": branch}
    return pd.DataFrame(known | {"region": region}), codes


def judge(known: pd.DataFrame, codes: np.ndarray, values: np.ndarray, fields, settings, part: np.ndarray):
    """Return stated and met figures of one halving: rows of (metric, stated, low, high, met, n, m)."""
    segments = [str(i) for i in range(len(values))]
    one, other = known[part].reset_index(drop=True), known[~part].reset_index(drop=True)
    kit = fit_kit(one, codes[part], segments, fields, settings.crm_fields, settings)
    stated = {row["metric"]: row for row in measure_kit(kit, codes[part], values)}
    position = first_that_holds(other, kit.model)
    rules = kit.model["rules"]
    told = np.array([*(int(rule["segment_id"]) for rule in rules), int(kit.model["likely"])])[position]
    chance = np.array([*(rule["confidence"] for rule in rules), kit.model["likely_confidence"]])[position]
    placed = (chance >= kit.model["threshold"]) & (position < len(rules))
    is_right, cost = told == codes[~part], np.abs(values[codes[~part]] - values[told])
    met = {"accuracy": is_right.mean(), "share_abstained": 1 - placed.mean()}
    met |= {"accuracy_placed": is_right[placed].mean() if placed.any() else np.nan}
    met |= {"error_cost": cost[placed].mean() if placed.any() else np.nan}
    sizes = {"accuracy_placed": placed.sum(), "error_cost": placed.sum()}
    return [
        (name, stated[name]["value"], stated[name]["low"], stated[name]["high"], met[name], stated[name]["n_accounts"],
         sizes.get(name, len(is_right)))
        for name in WANTED
    ]  # fmt: skip


def tell(title: str, rows: list[tuple]) -> list[str]:
    """Return the lines of one table for many halvings."""
    frame = pd.DataFrame(rows, columns=["metric", "stated", "low", "high", "met", "n", "m"])
    lines = []
    for metric in WANTED:
        one = frame[(frame["metric"] == metric) & frame["stated"].notna() & frame["met"].notna()]
        if one.empty or metric == "error_cost":
            continue
        gap = 100 * (one["met"] - one["stated"])
        chance = (
            100 * np.sqrt((one["stated"] * (1 - one["stated"]) * (1 / one["n"] + 1 / one["m"])).clip(lower=0)).mean()
        )
        error = gap.std(ddof=1) / np.sqrt(len(gap))
        cells = [title, metric, f"{one['n'].mean():.0f} / {one['m'].mean():.0f}", f"{100 * one['stated'].mean():.1f}",
                 f"{100 * one['met'].mean():.1f}", f"{gap.mean():+.1f} ± {1.96 * error:.1f}", f"{gap.std(ddof=1):.1f}",
                 f"{chance:.1f}", f"{(gap.abs() <= 3).mean():.0%}", f"{len(gap)}"]  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def tell_cost(title: str, rows: list[tuple]) -> str:
    """Return the line of the error cost: it is money, so the difference is given as a share of the stated one."""
    frame = pd.DataFrame(rows, columns=["metric", "stated", "low", "high", "met", "n", "m"])
    one = frame[(frame["metric"] == "error_cost") & frame["stated"].notna() & frame["met"].notna()]
    share = (one["met"].mean() / one["stated"].mean() - 1) * 100
    inside = ((one["met"] >= one["low"]) & (one["met"] <= one["high"])).mean()
    return f"| {title} | {one['stated'].mean():,.0f} | {one['met'].mean():,.0f} | {share:+.1f} % | {inside:.0%} |"


def judge_run(run: Path, kit: str, settings: Typing, seeds: int) -> list[tuple]:
    """Return the figures of a company over draws of its halves."""
    inputs = read_run(run)
    known, told = join_fields(inputs), inputs.segments["segment_id"].to_numpy(str)
    used = ~np.isin(told, left_out(settings, {"method": "grid"}))
    known, told = known[used].reset_index(drop=True), told[used]
    segments, codes = np.unique(told, return_inverse=True)
    names = list(settings.crm_fields) if kit == "crm" else [*settings.crm_fields, *BEHAVIOUR]
    fields = usable_fields(known, names)
    if not fields:
        return []
    values = typical_values(segments, told, known["revenue_12m"].to_numpy(float))
    rows = []
    for seed in range(seeds):
        part = np.random.default_rng(seed).random(len(known)) < 0.5
        rows += judge(known, codes, values, fields, settings, part)
    return rows


def main() -> None:
    """Print the page."""
    settings, found = Typing(), {}
    for run in map(Path, sys.argv[1:]):
        title = run.parts[-3]
        for kit in ("crm", "full"):
            rows = judge_run(run, kit, settings, SEEDS)
            if rows:
                found[f"{title}, {kit}"] = rows
    for n in (800, 4_000, 16_000):
        rows = []
        for seed in range(SEEDS):
            known, codes = simulate(n, seed)
            part = np.random.default_rng(seed).random(n) < 0.5
            fields = usable_fields(known, settings.crm_fields)
            rows += judge(known, codes, np.array([1e3, 1e4, 5e4, 3e5]), fields, settings, part)
        found[f"simulated, {n:,}"] = rows
    head = "company, rule|figure|accounts stated / met|stated|met|difference (95 %)|spread|chance alone|within 3|draws"
    head = head.split("|")
    print("\n".join([f"| {' | '.join(head)} |", "|" + "---|" * len(head)]))
    for title, rows in found.items():
        print("\n".join(tell(title, rows)))
    print("\n| company, rule | error cost stated | met | difference | met within the stated interval |")
    print("|---|---|---|---|---|")
    for title, rows in found.items():
        print(tell_cost(title, rows))


if __name__ == "__main__":
    main()
