"""How long managers wait for their pages, cold and preheated, in a real browser.

    python benchmarks/pages.py PROJECT [--visits 3] [--write]

PROJECT is a folder with runs, such as `segkit demo` and `segkit run` make. Each page is opened several times with a
kernel that waits for it and several times with none; medians are shown. Needs Chromium. Prints Markdown; --write puts
it into pages.md beside this file.
"""

from __future__ import annotations

import argparse
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
from playwright.sync_api import Browser, sync_playwright

from segkit.project import Project
from segkit.store import read_frame
from segkit.widgets.serve import MANAGERS

CHROMIUM = "/usr/bin/chromium"
SWITCHES = ["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
SERVE = (
    "import sys; from segkit.widgets import serve\n"
    "serve.PREHEAT = sys.argv[3] == 'preheated'\n"
    "serve.serve(sys.argv[1], port=int(sys.argv[2]), open_browser=False)"
)
PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
READY = ".segkit-live[aria-busy=false] h1"
FIGURE = "figure.chart[data-chart]:visible"
MEASURES = ("first paint", "words and figures", "charts", "charts with tooltips")
PATIENCE = 120  # seconds


@contextmanager
def serving(project: Path, how: str) -> Iterator[tuple[str, subprocess.Popen]]:
    """Serve the project's pages; ``how`` is cold or preheated."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", SERVE, str(project), str(port), how]
    process = subprocess.Popen(command, env=os.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(lambda: _listens(port))
        yield f"http://127.0.0.1:{port}/voila/render/", process
    finally:
        process.terminate()
        process.wait(60)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def until(condition: Any) -> None:
    """Wait until something holds.

    Raises
    ------
    TimeoutError
        When it never does.
    """
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("The server does not answer, or its kernels do not start.")
        time.sleep(0.2)


def waiting_kernels(process: subprocess.Popen) -> list[psutil.Process]:
    """Return the kernels of a server that have nothing left to do."""
    kernels = [
        child
        for child in psutil.Process(process.pid).children(recursive=True)
        if "ipykernel_launcher" in " ".join(child.cmdline())
    ]
    return [kernel for kernel in kernels if is_idle(kernel)]


def is_idle(kernel: psutil.Process) -> bool:
    """Say whether a kernel lives and works at nothing."""
    try:
        return kernel.cpu_percent(0.1) < 5
    except psutil.NoSuchProcess:
        return False


def visit(browser: Browser, url: str) -> tuple[float, ...]:
    """Open a page once; return the seconds from the click to each of `MEASURES`."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.set_default_timeout(1000 * PATIENCE)
    started = time.perf_counter()
    page.goto(url, wait_until="commit")
    page.wait_for_selector(READY)
    ready = time.perf_counter() - started
    if page.locator(".segkit-story").count():
        page.wait_for_selector(FIGURE, state="attached")
        drawn = time.perf_counter() - started
        page.locator(FIGURE).first.scroll_into_view_if_needed()
        page.wait_for_selector("figure[data-live=drawn] svg.marks")
        alive = time.perf_counter() - started
    else:
        page.wait_for_selector(".segkit-live[data-chart] svg.marks")
        drawn = alive = time.perf_counter() - started
    paint = page.evaluate(PAINT)
    page.close(run_before_unload=True)
    return paint / 1000, ready, drawn, alive


def measure(project: Path, pages: list[str], query: str, visits: int) -> dict[tuple[str, str], list[float]]:
    """Return the medians of all measures by page and way of serving."""
    found: dict[tuple[str, str], list[float]] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        for how in ("cold", "preheated"):
            with serving(project, how) as (address, process):
                for name in pages:
                    seconds = []
                    for _ in range(visits):
                        if how == "preheated":
                            until(lambda process=process: len(waiting_kernels(process)) == len(pages))
                        seconds.append(visit(browser, f"{address}{name}.ipynb{query}"))
                    found[name, how] = [statistics.median(column) for column in zip(*seconds, strict=True)]
        browser.close()
    return found


def report(found: dict[tuple[str, str], list[float]], pages: list[str], project: Project, visits: int) -> str:
    """Return the Markdown of the measurement."""
    newest = project.quarters()[-1]
    n = len(read_frame(project.run_folder(newest) / "tables" / "account_value.parquet"))
    visited = "one visit" if visits == 1 else f"medians of {visits} visits"
    lines = [
        "# Managers' pages: how long they take",
        "",
        f"Made by `python benchmarks/pages.py PROJECT --write`. {project.settings.name}, {newest}, {n:,} accounts;",
        f"{visited} with Chromium, {os.cpu_count()} cores shared with others: read the ratios.",
        "",
        "Seconds from the click, cold / preheated. *First paint* is the browser's own figure: navigation, and a word",
        "that the page is loading. *Charts* of 05, 08 and 09 are the run's pictures, which get tooltips when they come",
        "into view; the cockpit and the account page draw theirs with tooltips at once.",
        "",
        f"| page | {' | '.join(MEASURES)} |",
        f"|---|{'---|' * len(MEASURES)}",
    ]
    for name in pages:
        cells = [
            " / ".join(f"{value:.1f}" for value in pair)
            for pair in zip(found[name, "cold"], found[name, "preheated"], strict=True)
        ]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("project", type=Path)
    parser.add_argument("--visits", type=int, default=3)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    project, pages = Project(arguments.project), list(MANAGERS)
    values = read_frame(project.run_folder(project.quarters()[-1]) / "tables" / "account_value.parquet")
    query = f"?lang=de&account={values.sort_values('revenue_12m')['account_id'].iloc[-1]}"
    text = report(measure(arguments.project, pages, query, arguments.visits), pages, project, arguments.visits)
    print(text)
    if arguments.write:
        Path(__file__).with_suffix(".md").write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
