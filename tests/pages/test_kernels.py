"""Processes behind the pages: they end with the tab, and not before."""

import time

from pages.conftest import serving, until

from segkit.widgets.serve import MANAGERS

CULL_SECONDS = 10
POOL = len(MANAGERS)  # one preheated kernel waits for each managers' page


def ready(page):
    page.wait_for_selector(".segkit-cockpit[aria-busy=false] .tile")


def test_a_closed_tab_leaves_only_the_pool(open_page, server):
    assert until(lambda: server.kernels() == POOL), "the pool holds one kernel for each page"
    for _ in range(2):
        page, _ = open_page(server.url)
        ready(page)
        assert until(lambda: server.kernels() == POOL + 1), "one for the visitor, one for the next"
        page.close(run_before_unload=True)
        assert until(lambda: server.kernels() == POOL), "the closed tab left its kernel"


def test_idle_kernels_end_but_never_under_a_visitor(open_page, company, chromium):
    with serving(company, CULL_SECONDS) as server:
        page, _ = open_page(server.url)
        ready(page)
        time.sleep(2.5 * CULL_SECONDS)  # longer than idle kernels live, for the open page and for the one in the pool
        page.get_by_label("Suche").fill("formel")
        page.wait_for_selector("text=1–1 von 1")
        second, _ = open_page(server.url)
        ready(second)  # its kernel waited in the pool for longer than idle kernels live
        second.context.set_offline(True)  # a laptop is closed: nobody says goodbye
        second.close()
        assert until(lambda: server.kernels() == POOL + 1), "the abandoned kernel was never ended"


def test_ending_the_server_ends_its_kernels(company, chromium):
    import psutil

    with serving(company, cull_seconds=600) as server:
        assert until(lambda: server.kernels() == POOL)
        children = psutil.Process(server.process.pid).children(recursive=True)
    assert until(lambda: not any(child.is_running() for child in children))
