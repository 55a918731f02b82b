"""Eight quarters of real invoices through `segkit init` and `segkit run`, held against published figures.

    python benchmarks/online_retail.py FOLDER [--project DIR] [--write]

FOLDER holds both deliveries of UCI's Online Retail data (502 and 352): a Parquet file, and monthly CSV drops that
overlap with it by nine days. Prints Markdown; --write puts it into online_retail.md beside this file. The script ends
with an error if a figure is not met. Each quarter is run once more unchanged.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

from segkit.overview import status
from segkit.project import Project
from segkit.store import read_frame

ACTIVE = dict(zip(["2010Q1", "2010Q2", "2010Q3", "2010Q4", "2011Q1", "2011Q2", "2011Q3", "2011Q4"],
                  [1803, 2047, 2060, 2670, 1776, 1991, 2161, 2560], strict=True))  # fmt: skip
RETENTION = {"2010Q2": 0.6062, "2010Q3": 0.5779, "2010Q4": 0.6320, "2011Q1": 0.4213, "2011Q2": 0.5873, "2011Q3": 0.6082}
CHURN = {"2010Q2": 0.2130, "2010Q3": 0.2115, "2010Q4": 0.2088, "2011Q1": 0.3187, "2011Q2": 0.2467, "2011Q3": 0.2162}
LINES, ACCOUNTS, NO_ACCOUNT = 1_044_847, 5_942, 235_287


def segkit(*arguments: str) -> float:
    """Run a command as a user would, and return its seconds."""
    started = time.perf_counter()
    subprocess.run([sys.executable, "-m", "segkit", *arguments], check=True)
    return time.perf_counter() - started


def tables(project: Project, quarter: str, name: str) -> pd.DataFrame:
    """Return a table of a run."""
    return read_frame(project.run_folder(quarter) / "tables" / f"{name}.parquet")


def check_figures(project: Project) -> list[tuple[str, object, object]]:
    """Return (what, published, found) of every figure."""
    last = tables(project, "2011Q4", "reconciliation")
    sums = last[last["table"] == "invoices"].groupby("step")[["n_rows", "revenue"]].sum()
    parts = sums.drop(index="in")
    found: list[tuple[str, object, object]] = [
        ("lines of the union", LINES, sums.at["in", "n_rows"] - sums.at["excluded_duplicate", "n_rows"]),
        ("lines without customer", NO_ACCOUNT, sums.at["quarantined_no_account", "n_rows"]),
        ("customers", ACCOUNTS, len(tables(project, "2011Q4", "account_value"))),
        ("rows in less rows accounted for", 0, sums.at["in", "n_rows"] - parts["n_rows"].sum()),
        ("money in less money accounted for", 0.0, round(sums.at["in", "revenue"] - parts["revenue"].sum(), 2)),
    ]
    for quarter in ACTIVE:
        kpis = tables(project, quarter, "kpis")
        own = kpis[(kpis["quarter"] == quarter) & (kpis["segment_id"] == "ALL")].set_index("kpi_id")["value"]
        found.append((f"{quarter} active customers", ACTIVE[quarter], own["n_active_accounts"]))
        if quarter in RETENTION:
            found.append((f"{quarter} retention", RETENTION[quarter], round(own["retention"], 4)))
            found.append((f"{quarter} revenue churn", CHURN[quarter], round(own["revenue_churn"], 4)))
        else:
            found.append(
                (f"{quarter} retention, an incomplete quarter being involved", "empty", _empty(own["retention"]))
            )
        segments = tables(project, quarter, "segments")
        moved = (segments["kept_segment_id"].notna() & (segments["kept_segment_id"] != segments["segment_id"])).sum()
        found.append((f"{quarter} accounts whose segment changed by a refit", 0, moved))
    complete = {q: bool(tables(project, q, "run_period")["is_complete"].iloc[0]) for q in ACTIVE}
    found.append(("incomplete runs", "2011Q4", ", ".join(q for q, done in complete.items() if not done)))
    return found


def _empty(value: float) -> str:
    return "empty" if value != value else str(value)


def report(project: Project, seconds: dict[str, float], unchanged: dict[str, float]) -> str:
    """Return the Markdown of one measurement."""
    lines = [
        "# Online retail, eight quarters",
        "",
        "Written by `python benchmarks/online_retail.py FOLDER --write`.",
        "",
    ]
    lines += [
        "Seconds of `segkit run --quarter Q` as a whole command, and once more unchanged; then each notebook with"
    ]
    lines += ["its peak memory. Two shared cores: read the ratios.", ""]
    lines += ["| quarter | run | unchanged | notebooks (seconds, MB) |", "|---|---|---|---|"]
    for entry in status(project):
        notebooks = ", ".join(
            f"{s['notebook'][:2]}: {s['seconds']:.1f} s {s['peak_memory_mb']} MB" for s in entry["stages"]
        )
        quarter = entry["quarter"]
        lines.append(f"| {quarter} | {seconds[quarter]:.1f} s | {unchanged[quarter]:.1f} s | {notebooks} |")
    lines += ["", "| figure | published | found |", "|---|---|---|"]
    for what, published, found in check_figures(project):
        lines.append(f"| {what} | {published} | {found} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Run all quarters and print the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--project", type=Path)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    folder = options.project or Path(tempfile.mkdtemp()) / "online_retail"
    if not (folder / "project.yml").exists():
        segkit("init", str(folder), str(options.folder))
    seconds = {quarter: segkit("run", str(folder), "--quarter", quarter) for quarter in ACTIVE}
    unchanged = {quarter: segkit("run", str(folder), "--quarter", quarter) for quarter in ACTIVE}
    project = Project(folder)
    text = report(project, seconds, unchanged)
    print(text)
    if options.write:
        (Path(__file__).with_suffix(".md")).write_text(text, encoding="utf-8")
    wrong = [row for row in check_figures(project) if row[1] != row[2]]
    if wrong:
        sys.exit(f"Not met: {wrong}")


if __name__ == "__main__":
    main()
