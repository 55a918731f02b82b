"""How time and memory of a segmentation with all its measures grow: to 200,000 accounts with mixed criteria.

Planted accounts in four groups: value of the last year, and industry, size and region with gaps. Every size is a
process of its own, so that its peak memory is its own. `--write` writes segmentation_scale.md and the picture.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

SIZES = [1_000, 5_000, 20_000, 200_000]
ENDS = [pd.Timestamp("2026-06-30"), pd.Timestamp("2026-09-30")]
GROUPS = ((9.0, 40, 20), (7.0, 14, 45), (6.0, 6, 120), (4.0, 2, 200))  # log revenue, orders, days since the last one
CRITERIA = ["revenue_12m", "frequency_12m", "days_since_last", "tenure_days", "industry_division", "size_class"]
SEED = 7


def draw_accounts(n: int) -> tuple[pd.DataFrame, pd.DataFrame, np.ndarray]:
    """Return the panel of two quarter ends, the accounts with three attributes with gaps, and the planted group."""
    rng = np.random.default_rng(SEED)
    group = rng.integers(len(GROUPS), size=n)
    level, orders, days = (np.array(GROUPS, float)[group, j] for j in range(3))
    ids = np.char.zfill(np.arange(n).astype(str), 7)
    tenure = rng.integers(800, 3000, n)
    slices = []
    for end in ENDS:
        revenue = np.exp(level + rng.normal(0, 0.5, n)).round(2)
        since = np.minimum(rng.gamma(2, days / 2), 360).astype(int)
        slices.append(
            pd.DataFrame(
                {
                    "account_id": ids,
                    "as_of": end,
                    "first_date": end - pd.to_timedelta(tenure, unit="D"),
                    "last_date": end - pd.to_timedelta(since, unit="D"),
                    "tenure_days": tenure,
                    "days_since_last": since,
                    "history_days": 3000,
                    "frequency": 4 * orders,
                    "frequency_12m": np.maximum(rng.poisson(orders), 1),
                    "regularity": 0.4,
                    "revenue_12m": revenue,
                    "revenue_prev_12m": (revenue * rng.lognormal(0, 0.2, n)).round(2),
                    "revenue_q": revenue / 4,
                    "margin_12m": revenue * rng.uniform(0.2, 0.4, n),
                }
            )
        )
    leaning = rng.random(n) < 0.7
    industry = np.array(["10", "25", "46", "62"])[np.where(leaning, group, rng.integers(4, size=n))]
    size = np.array(["large", "medium", "small", "micro"])[np.where(leaning, group, rng.integers(4, size=n))]
    accounts = pd.DataFrame({"account_id": ids, "industry_division": industry, "size_class": size})
    accounts["region"] = rng.choice(["N", "E", "S", "W"], n)
    gaps = rng.random((n, 2)) < 0.1
    accounts[["industry_division", "size_class"]] = accounts[["industry_division", "size_class"]].mask(gaps)
    return pd.concat(slices, ignore_index=True), accounts, group


def measure(n: int) -> None:
    """Segment and assess n accounts in this process; print seconds, peak memory and what was found as JSON."""
    from segkit.charts.theme import SEGMENT_COLOURS
    from segkit.quarters import Quarter
    from segkit.segments.assess.projection import project_segments
    from segkit.segments.assess.shadow import measure_separation
    from segkit.segments.criteria_values import find_wanted, join_criteria
    from segkit.segments.quarterly import Known, segment_accounts
    from segkit.settings.account_segmentation import AccountSegmentation
    from segkit.statistics.clusterings import adjusted_rand

    panel, accounts, group = draw_accounts(n)
    settings = AccountSegmentation(criteria=CRITERIA, k_max=6)
    no_moves = ["segmentation_id", "account_id", "segment_id", "quarter", "author", "date", "reason"]
    moves = pd.DataFrame(columns=no_moves, dtype="str")
    peak_before = peak()
    start, start_cpu = time.perf_counter(), time.process_time()
    panel = join_criteria(panel, find_wanted(settings, None), accounts, None)
    known = Known(accounts)
    quarter = Quarter.parse("2026Q3")
    found = segment_accounts(
        panel, ENDS[1], quarter, settings, SEED, "en", moves, SEGMENT_COLOURS, known=known
    )  # fmt: skip
    fitted = found.challenger
    arguments = (fitted.sample, fitted.chosen.labels, fitted.cluster_ids)
    measure_separation(*arguments, SEED)
    project_segments(*arguments, fitted.space)
    seconds, cpu = time.perf_counter() - start, time.process_time() - start_cpu
    labels = fitted.labels.set_index("account_id")["cluster_id"]
    truth = pd.Series(group, index=accounts["account_id"]).reindex(labels.index)
    compared = found.tables["segment_comparison"]
    row = {
        "accounts": n,
        "seconds": seconds,
        "cpu": cpu,
        "before_mb": peak_before,
        "mb": peak(),
        "fitted": len(fitted.sample),
        "k": fitted.n_segments,
        "ari": adjusted_rand(labels.to_numpy(str), truth.to_numpy()),
        "tables": len(found.tables),
        "divisions": len(compared),
    }
    print(json.dumps(row))


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def tell(rows: pd.DataFrame) -> str:
    """The measurements as Markdown."""
    first, last = rows.iloc[0], rows.iloc[-1]
    lines = [
        f"| {r.accounts:,} | {r.fitted:,} | {r.seconds:.0f} | {r.cpu:.0f} | {r.cpu / first.cpu:.1f} | {r.mb:,.0f} | "
        f"{r.mb - r.before_mb:,.0f} | {r.k} | {r.ari:.2f} |"
        for r in rows.itertuples()
    ]
    return TEXT.format(
        table="\n".join(lines), accounts=last.accounts, more=last.accounts / first.accounts,
        growth=last.cpu / first.cpu, minutes=last.seconds / 60, mb=last.mb,
        divisions=last.divisions, tables=last.tables,
    )  # fmt: skip


TEXT = """# Time and memory of a segmentation with all its measures

Accounts grow {more:,.0f} times, processor time {growth:.0f} times: up to 20,000 accounts (`fit_accounts`) all
are fitted, above that a random sample of so many, and all are assigned. {accounts:,.0f} accounts with four
numbers and two categories (a tenth of the values missing), segmented and assessed with default settings for two
to six segments: {minutes:.1f} minutes and {mb:,.0f} MB at most. That is everything notebook 04 computes, charts
not drawn: {tables:.0f} tables, {divisions:.0f} divisions side by side, the search, stability, equally good answers,
tendency, indices, verdict, known columns, proposals, silhouettes and the picture.

![growth](../docs/pictures/segmentation_growth.svg)

| accounts | fitted | seconds | processor s | × the smallest | peak MB | above the start | segments | adjusted Rand |
|---:|---:|---:|---:|---:|---:|---:|---:|---:|
{table}

One process each, statistics on one thread. Read the ratios: other work on the machine shows in the seconds, less in the
processor time. Adjusted Rand: with the planted groups, which overlap.

Made by `python benchmarks/segmentation_scale.py --write`.
"""


def draw(rows: pd.DataFrame, path: Path) -> None:
    """Processor seconds and peak memory over accounts, both axes logarithmic."""
    import altair as alt
    import vl_convert as vlc

    charts = []
    for column, title in (("cpu", "processor seconds"), ("mb", "peak memory (MB)")):
        x = alt.X("accounts:Q", scale=alt.Scale(type="log"), axis=alt.Axis(values=SIZES, format="~s"))
        y = alt.Y(f"{column}:Q", scale=alt.Scale(type="log"), title=title)
        base = alt.Chart(rows[["accounts", column]]).encode(x=x, y=y)
        charts.append((base.mark_line() + base.mark_point(filled=True, size=50)).properties(width=330, height=240))
    spec = alt.hconcat(*charts).configure_view(stroke=None).to_dict()
    path.write_text(vlc.vegalite_to_svg(spec), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=SIZES[-1], help="the largest size")
    parser.add_argument("--write", action="store_true", help="write segmentation_scale.md and the picture")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        measure(options.one)
        return
    rows = []
    for n in [size for size in SIZES if size <= options.accounts]:
        command = [sys.executable, __file__, "--one", str(n)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        rows.append(json.loads(done.stdout.splitlines()[-1]))
        print(rows[-1], file=sys.stderr, flush=True)
    found = pd.DataFrame(rows)
    print(tell(found))
    if options.write:
        Path(__file__).with_suffix(".md").write_text(tell(found), encoding="utf-8")
        draw(found, Path(__file__).parents[1] / "docs" / "pictures" / "segmentation_growth.svg")


if __name__ == "__main__":
    main()
