"""The management summary in a real browser: two sheets of A4 in each language, readable on a phone."""

import re

import pytest
from reports.quarter import SETTINGS
from reports.scenarios import SCENARIOS

from segkit.reports.summary import write_summary
from segkit.store import write_json

CHART = {"mark": "bar", "width": 700, "height": 235, "encoding": {"x": {"field": "x", "type": "quantitative"}}}


@pytest.fixture(scope="module")
def summary(tmp_path_factory):
    def write(name):
        tables, state = SCENARIOS[name]()
        run = tmp_path_factory.mktemp(name)
        (run / "tables").mkdir()
        for table, frame in tables.items():
            frame.to_parquet(run / "tables" / f"{table}.parquet")
        for language in ("de", "en"):
            spec = CHART | {"data": {"values": [{"x": 1}]}, "title": language}
            write_json(run / "charts" / f"segment_tiles_chart.{language}.json", spec)
        write_summary(run, run / "summary.html", "de", state, SETTINGS)
        return (run / "summary.html").as_uri()

    return write


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_summary_is_two_sheets_of_paper(open_page, summary, name):
    address = summary(name)
    for language in ("de", "en"):
        page, watch = open_page(f"{address}?lang={language}")
        page.wait_for_selector("h1:visible")
        pdf = page.pdf(prefer_css_page_size=True, print_background=True)
        assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 2, language
        watch.assert_quiet()


def test_nothing_is_cut_off_on_paper(open_page, summary):
    """What a sheet holds fits into it, also in the longest words; only the chart gives way."""
    page, _ = open_page(summary("crowded"))
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 688, "height": 1050})  # A4 less its margins
    over = """[...document.querySelectorAll('.lang-de .sheet')].map(s => s.scrollHeight - s.clientHeight)"""
    assert max(page.evaluate(over)) <= 1


def test_a_summary_fits_a_phone_and_switches_language(open_page, summary):
    page, _ = open_page(summary("full"), width=390)
    page.wait_for_selector("h1:visible")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator("h1:visible").inner_text().startswith("Das Geschäft wächst")
    page.get_by_role("button", name="English").click()
    assert page.locator("h1:visible").inner_text().startswith("Business is growing")
    assert page.locator(".decisions:visible li").count() == 5
