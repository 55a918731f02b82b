"""The ranking of leads beside the chances that are true, on the sample company.

    python benchmarks/leads.py [--seeds 10] [--large 200000] [--write]

Prints Markdown; --write puts it into leads.md beside this file. Judged are the leads of the look back: those of the
quarter after each of four past quarter ends, each by what was known at that end. The sample company is taken as its
systems hold it, before anything goes wrong on the way (tests/planted/leads.py). --large repeats the leads, accounts and
visits of one seed under new numbers and measures time and memory in a process of its own; 0 leaves it out.
"""

from __future__ import annotations

import argparse
import platform
import resource
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from planted.leads import plant_leads  # noqa: E402

from segkit.demo.oracle import area_under_curve  # noqa: E402
from segkit.demo.sample import simulate  # noqa: E402
from segkit.settings.value import Value  # noqa: E402
from segkit.value.leads.companies import add_companies  # noqa: E402
from segkit.value.leads.outcomes import add_outcomes, day_number  # noqa: E402
from segkit.value.leads.predictors import add_births, index_events  # noqa: E402
from segkit.value.leads.score import score_leads  # noqa: E402
from segkit.value.leads.trials import quarter_ends, try_leads  # noqa: E402

HEAD = """# Leads: ranked beside the chances that are true

Area under the curve of the leads of the look back (four quarters, each learnt from what was over by then), on the
sample company by seed. *oracle*: the chance from which the generator drew; nobody can do better than by luck; *share*:
the model's part of it. *rule*: the rate of the lead's source. *number*: whether the customer number stands at the lead
today, which conversion writes: the trap, it cannot be had when it would be needed. *foretold less come*: mean forecast
less share that converted.
*waiting*: leads not converted at the four quarter ends, conversions foretold and come. *open*: leads open at the end of
the data, sum of their chances and of the true ones. Python {python}.

| seed | leads | oracle | model | share | rule | number | foretold less come | slope | waiting | open | used |
|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|
"""


def measure(seed: int) -> dict[str, float | str]:
    """Return the figures of one seed."""
    tables, truth = plant_leads(simulate(seed))
    settings = Value()
    found = score_leads(**tables, settings=settings, seed=seed)
    cards = found.cards[found.cards["origin"] == "all"].set_index("metric")
    leads = add_companies(add_outcomes(tables["leads"], tables["opportunities"]), tables, False)
    ends = quarter_ends(tables["period"]["start"].iloc[0], float(leads["created"].min()))
    last = day_number(tables["period"]["as_of"].iloc[0])
    events, horizon = index_events(tables), settings.leads.horizon_days
    cases = try_leads(add_births(leads, events), events, ends, last, horizon, settings.backtest.origins, []).cases
    of = truth.loc[cases["lead_id"]]
    outcome = cases["outcome"].to_numpy(bool)
    waited = found.model["waiting"]
    open_true = float(truth.loc[found.rows["lead_id"], "chance_now"].sum())
    oracle = area_under_curve(of["chance"].to_numpy(), outcome)
    model = float(cards.loc["auc", "value"])
    return {
        "seed": seed, "n": len(cases), "oracle": oracle, "model": model, "of_oracle": model / oracle,
        "rule": float(cards.loc["auc", "baseline"]),
        "number": area_under_curve(of["account_id"].notna().to_numpy(float), outcome),
        "bias": float(cards.loc["calibration_in_the_large", "value"]),
        "slope": float(cards.loc["calibration_slope", "value"]),
        "foretold": waited["foretold"], "came": waited["came"],
        "open": float(found.rows["score"].sum()), "open_true": open_true,
        "used": str(cards.loc["auc", "used"]),
    }  # fmt: skip


def line(row: dict) -> str:
    """Return one row of the table."""
    return (
        f"| {row['seed']} | {row['n']:,.0f} | {row['oracle']:.3f} | {row['model']:.3f} | {row['of_oracle']:.3f} | "
        f"{row['rule']:.3f} | {row['number']:.3f} | {row['bias']:+.3f} | {row['slope']:.2f} | "
        f"{row['foretold']:.0f} / {row['came']:.0f} | {row['open']:.1f} / {row['open_true']:.1f} | {row['used']} |"
    )


def enlarge(tables: dict[str, pd.DataFrame], n_leads: int) -> dict[str, pd.DataFrame]:
    """Return so many leads: the tables repeated, each time under other numbers and names."""
    times = -(-n_leads // len(tables["leads"]))
    keys = {"lead_id", "account_id", "company", "name", "opportunity_id", "engagement_id"}
    larger = {"period": tables["period"], "campaigns": tables["campaigns"]}
    for name in ("leads", "accounts", "engagements", "opportunities"):
        parts = [
            tables[name].assign(
                **{c: tables[name][c] + f" {chr(97 + i // 26)}{chr(97 + i % 26)}" for c in keys & {*tables[name]}}
            )
            for i in range(times)
        ]
        larger[name] = pd.concat(parts, ignore_index=True)
    return larger


def measure_large(n_leads: int) -> str:
    """Return a sentence: seconds and memory of many leads."""
    tables = enlarge(plant_leads(simulate(0))[0], n_leads)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    start, spent = time.perf_counter(), time.process_time()
    found = score_leads(**tables, settings=Value(), seed=1)
    seconds, busy = time.perf_counter() - start, time.process_time() - spent
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sizes = (
        f"{len(tables['leads']):,} leads, {len(tables['accounts']):,} accounts, {len(tables['engagements']):,} visits"
    )
    spent_text = f"{seconds:.1f} s ({busy:.1f} s of processor)"
    return (
        f"{sizes}: {spent_text}; {peak - before:,.0f} MB more than the tables; {len(found.rows):,} open leads ranked."
    )


def main() -> None:
    """Measure, print, and write with --write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--large", type=int, default=200_000)
    parser.add_argument("--only-large", action="store_true")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    if given.only_large:
        print(measure_large(given.large))
        return
    rows = [measure(seed) for seed in range(given.seeds)]
    frame = pd.DataFrame(rows)
    mean = frame.drop(columns=["used"]).mean().to_dict() | {
        "seed": "mean",
        "used": f"{(frame['used'] == 'model').sum()} model",
    }
    text = HEAD.format(python=platform.python_version()) + "\n".join(line(row) for row in [*rows, mean]) + "\n"
    if given.large:
        command = [sys.executable, __file__, "--only-large", "--large", str(given.large)]
        text += "\n" + subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip() + "\n"
    print(text)
    if given.write:
        Path(__file__).with_suffix(".md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
