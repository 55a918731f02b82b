"""How fast the explorer answers: 5,000 and 200,000 accounts, drawn again from a project's own with a little noise.

    python benchmarks/explorer.py DIR

DIR is a project with a run. Writes benchmarks/explorer.md beside this file.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from segkit.charts.theme import SEGMENT_COLOURS
from segkit.project import Project
from segkit.run import Run
from segkit.segments.explore.beside import compare
from segkit.segments.explore.dress import Dressed, dress_trial
from segkit.segments.explore.duration import Clock
from segkit.segments.explore.trial import Step, Trial, try_out
from segkit.segments.explore.wish import read_wish
from segkit.segments.methods.registry import METHODS
from segkit.widgets.explorer.material import Material, read_material
from segkit.widgets.explorer.view import show_beside, show_solution

CASES = ((5000, ("kmeans", "grid", "tree", "density", "mixture", "ward", "gaussian", "kmedoids")),
         (200_000, ("kmeans", "grid", "tree", "mixture", "gaussian")))  # fmt: skip
NOISY = ("revenue_12m", "revenue_prev_12m", "days_since_last", "tenure_days")
N_SEGMENTS, REPEATS = 5, 3


def enlarge(material: Material, n: int) -> Material:
    """Return material of n accounts, drawn with replacement, their money and days with 10 % of noise."""
    from dataclasses import replace

    rng = np.random.default_rng(20_260_930)
    rows = rng.integers(len(material.features), size=n)
    features = material.features.iloc[rows].reset_index(drop=True)
    features["account_id"] = [f"A{i:06d}" for i in range(n)]
    for name in NOISY:
        features[name] = features[name].astype(float) * np.exp(rng.normal(0, 0.1, n))
    trial = replace(material.force.trial, segments=material.force.trial.segments[rows])
    labels = pd.DataFrame({"account_id": features["account_id"], "name": features["account_id"], "is_manual": False})
    return replace(material, features=features, force=replace(material.force, trial=trial), labels=labels)


def answer(material: Material, wished: Any) -> tuple[float, float, Dressed | None]:
    """Return seconds until sizes, money and profile stand there, and until stability and comparison do."""
    begun, first, dressed = time.perf_counter(), 0.0, None
    steps = try_out(material.features, wished, 1)
    try:
        while True:
            step: Step = next(steps)
            if step.trial is not None:
                dressed = dress_trial(step.trial, material.features, material.force, None, SEGMENT_COLOURS, 1)
                show_solution(dressed, material, "de", "EUR")
                first = time.perf_counter() - begun
    except StopIteration as end:
        found = end.value
    if not isinstance(found, Trial):
        return first, time.perf_counter() - begun, None
    dressed = dress_trial(found, material.features, material.force, None, SEGMENT_COLOURS, 1)
    show_solution(dressed, material, "de", "EUR")
    both = compare(material.force, dressed, material.features)
    show_beside(material.force, dressed, both, material, "de", "EUR")
    return first, time.perf_counter() - begun, dressed


def main(folder: str) -> None:
    """Measure and write the table."""
    project = Project(folder)
    small = read_material(Run(project, project.quarters()[-1]), "value")
    lines = []
    for n, methods in CASES:
        material, clock = enlarge(small, n), Clock()
        for method in methods:
            asked = {"method": method, "n_segments": N_SEGMENTS}
            asked["criteria"] = dict.fromkeys(["revenue_12m", "frequency_12m", "days_since_last", "tenure_days"], 1)
            wished, _ = read_wish(asked, small.settings, list(small.offered), n)
            most = METHODS[method].most_rows if method in METHODS else 1
            said = clock.estimate(method, n, min(n, wished.fit_accounts, most), N_SEGMENTS, 4)
            with threadpool_limits(limits=1):
                times = sorted(answer(material, wished)[:2] for _ in range(REPEATS))[REPEATS // 2]
            lines.append(f"| {n:,} | {method} | {times[0]:.2f} | {times[1]:.2f} | {said:.1f} |")
            print(lines[-1], flush=True)
    Path(__file__).with_suffix(".md").write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")


HEAD = f"""# How fast the explorer answers

Accounts of the sample company drawn again, money and days with 10 % of noise; {N_SEGMENTS} segments, four criteria, one
thread, the middle of {REPEATS}. *First*: seconds until sizes, money and profile are shown. *All*: with the estimate of
stability and the comparison with the segmentation in force. *Said*: what the explorer says beforehand (only above half
a second), before it has learnt how fast the machine is. Made by `benchmarks/explorer.py DIR`.

| Accounts | Method | First | All | Said |
| ---: | :--- | ---: | ---: | ---: |
"""

if __name__ == "__main__":
    main(sys.argv[1])
