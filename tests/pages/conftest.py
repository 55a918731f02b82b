"""A browser without internet and a server of the company's pages."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest
from pages.company import write_company

ROOT = Path(__file__).parents[2]
PATIENCE = 90  # seconds; two busy cores are slow, a broken page never comes
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
CUT = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
SERVE = (
    "import sys; from segkit.widgets.serve import serve\n"
    "serve(sys.argv[1], port=int(sys.argv[2]), open_browser=False, cull_seconds=int(sys.argv[3]))"
)


@dataclass
class Server:
    """Pages on this machine, and the processes behind them."""

    url: str
    process: subprocess.Popen

    def kernels(self) -> int:
        """How many kernels run."""
        children = psutil.Process(self.process.pid).children(recursive=True)
        return sum("ipykernel_launcher" in " ".join(_command(child)) for child in children)


@dataclass
class Watch:
    """What a page asked for and complained about."""

    foreign: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def assert_quiet(self) -> None:
        assert (self.foreign, self.errors, self.dialogs) == ([], [], [])


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def until(condition: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    """Wait until something holds; say whether it ever did."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.2)
    return condition()


@pytest.fixture(scope="session")
def chromium() -> str:
    path = "/usr/bin/chromium" if Path("/usr/bin/chromium").exists() else shutil.which("chromium")
    if not path:
        pytest.skip("Chromium is not installed (apt install chromium)")
    return path


@pytest.fixture(scope="module")
def browser(chromium):
    """Closed after each file: while it is open, an event loop runs, and no other test may start one."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=[*SWITCHES, CUT])
        yield opened
        opened.close()


@contextmanager
def serving(company: Path, cull_seconds: int) -> Iterator[Server]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", SERVE, str(company), str(port), str(cull_seconds)]
    process = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, stderr=subprocess.DEVNULL)
    server = Server(f"http://127.0.0.1:{port}/", process)
    try:
        assert until(lambda: process.poll() is not None or _answers(server.url)), "no answer"
        assert process.poll() is None, "the server ended"
        yield server
    finally:
        process.terminate()
        process.wait(60)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


@pytest.fixture(scope="session")
def company(tmp_path_factory) -> Path:
    return write_company(tmp_path_factory.mktemp("pages") / "company")


@pytest.fixture(scope="session")
def server(chromium, company):
    with serving(company, cull_seconds=1800) as running:
        yield running


@pytest.fixture
def open_page(browser):
    """Open an address; everything outside this machine is either refused at once or never answered."""
    contexts = []

    def opening(url: str, network: str = "cut", width: int = 1280, **options):
        context = browser.new_context(viewport={"width": width, "height": 900}, accept_downloads=True, **options)
        contexts.append(context)
        if network == "dropped":
            context.route(lambda address: not _is_local(address), lambda route: None)
        page, watch = context.new_page(), Watch()
        page.set_default_timeout(PATIENCE * 1000)
        page.on("request", lambda r: None if _is_local(r.url) else watch.foreign.append(r.url))
        page.on("pageerror", lambda error: watch.errors.append(str(error)))
        page.on("dialog", lambda dialog: (watch.dialogs.append(dialog.message), dialog.dismiss()))
        page.goto(url, wait_until="commit")
        return page, watch

    yield opening
    for context in contexts:
        for page in context.pages:
            with page.expect_event("close"):
                page.close(run_before_unload=True)
        time.sleep(0.5)  # the last message of a closed tab is still on its way
        context.close()


def _is_local(url: str) -> bool:
    return url.startswith(("http://127.0.0.1:", "data:", "blob:", "file:", "ws://127.0.0.1:"))
