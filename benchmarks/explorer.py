"""How fast the explorer answers: 5,000 and 200,000 accounts, drawn again from a project's own with a little noise.

    python benchmarks/explorer.py DIR

DIR is a project with a run. Writes benchmarks/explorer.md beside this file.
"""

from __future__ import annotations

import os
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
from segkit.segments.explore.dress import dress_trial
from segkit.segments.explore.duration import Clock
from segkit.segments.explore.trial import FIRST_ROWS, Step, Trial, rows_fitted, try_out
from segkit.segments.explore.wish import read_wish
from segkit.segments.grid import BY_RULE
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


class Watch:
    """Seconds since it was made: of the clock on the wall, and of the processor for this thread alone."""

    def __init__(self) -> None:
        self._wall, self._own = time.perf_counter(), time.thread_time()

    def read(self) -> tuple[float, float]:
        return time.perf_counter() - self._wall, time.thread_time() - self._own


def answer(material: Material, wished: Any, has_first: bool) -> list[tuple[float, float]]:
    """Return the seconds until the first answer, the full one, and that with stability and comparison stand there."""
    watch, times = Watch(), []
    steps = try_out(material.features, wished, 1, "before" if has_first else "")
    try:
        while True:
            step: Step = next(steps)
            if step.trial is not None:
                dressed = dress_trial(step.trial, material.features, material.force, None, SEGMENT_COLOURS, 1)
                show_solution(dressed, material, "de", "EUR")
                times.append(watch.read())
    except StopIteration as end:
        found = end.value
    assert isinstance(found, Trial), found
    dressed = dress_trial(found, material.features, material.force, None, SEGMENT_COLOURS, 1)
    show_solution(dressed, material, "de", "EUR")
    both = compare(material.force, dressed, material.features)
    show_beside(material.force, dressed, both, material, "de", "EUR")
    return [times[0], times[-1], watch.read()]


def measure(material: Material, wished: Any, n_open: int) -> str:
    """Return one row: the middle of some repeats, and what would be said before and after the first answer."""
    clock, n, n_fitted = Clock(), len(material.features), rows_fitted(wished, n_open)
    said = clock.estimate(wished.method, n, n_fitted, N_SEGMENTS, 4)
    has_first = n_fitted > FIRST_ROWS and clock.is_first_sooner(n, said)
    runs = []
    with threadpool_limits(limits=1):
        for _ in range(REPEATS):
            took = answer(material, wished, has_first)
            begun = took[0][0]
            again = begun + clock.corrected(said, clock.first(n), begun) if has_first else said
            runs.append([own for _, own in took] + [begun, took[2][0], again])
    first, full, whole, wall_first, wall, again = np.median(runs, axis=0)
    texts = [f"{n:,}", wished.method, f"{first:.2f}", f"{full:.2f}", f"{whole:.2f}", f"{said:.1f}"]
    return "| " + " | ".join([*texts, f"{wall_first:.2f}", f"{wall:.2f}", f"{again:.1f}" if has_first else "–"]) + " |"


def main(folder: str) -> None:
    """Measure and write the table."""
    project = Project(folder)
    small = read_material(Run(project, project.quarters()[-1]), "value")
    lines = []
    for n, methods in CASES:
        material = enlarge(small, n)
        n_open = int((~np.isin(material.force.trial.segments, BY_RULE)).sum())
        for method in methods:
            asked = {"method": method, "n_segments": N_SEGMENTS}
            asked["criteria"] = dict.fromkeys(["revenue_12m", "frequency_12m", "days_since_last", "tenure_days"], 1)
            wished, _ = read_wish(asked, small.settings, list(small.offered), n)
            lines.append(measure(material, wished, n_open))
            print(lines[-1], flush=True)
    Path(__file__).with_suffix(".md").write_text(
        HEAD.format(load=os.getloadavg()[1]) + "\n".join(lines) + "\n", encoding="utf-8"
    )


HEAD = f"""# How fast the explorer answers

Accounts of the sample company drawn again, money and days with 10 % of noise; {N_SEGMENTS} segments, four criteria, one
thread, the middle of {REPEATS}. Made by `benchmarks/explorer.py DIR` on two cores that many programs shared
(load {{load:.0f}}), so there are two kinds of seconds: of the processor for this work alone, which is what a machine at
leisure takes, and of the clock on the wall on this crowded one.

*First*: until sizes, money and profile are shown; where a method sees more than 1,200 accounts, from a quick search on
so many of them, which is said on the screen. *Full*: until the full answer has replaced it. *All*: with the estimate of
stability and the comparison with the segmentation in force. *Said*: what the explorer expects beforehand for all of it.
*Then*: what it says once it knows how long this machine took for the first answer; beside it stands what it took.

| Accounts | Method | First | Full | All | Said | First, crowded | All, crowded | Then |
| ---: | :--- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
"""

if __name__ == "__main__":
    main(sys.argv[1])
