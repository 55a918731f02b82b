"""Pages of a run opened from a file, in a real browser."""

import pandas as pd
import pytest

from segkit import display
from segkit.charts import theme
from segkit.reports import pages

META = {
    "project": "Rheinwerk Antriebstechnik GmbH",
    "quarter": "2026Q3",
    "as_of": "2026-09-30",
    "is_complete": True,
    "money_source": "invoices",
    "created": "2026-10-05T07:12:33",
    "stages": [{"notebook": n, "seconds": 1.5, "warnings": []} for n in ("01_data_cleansing", "02_customer_value")],
}


def bars_chart(frame, language):
    import altair as alt

    words = {"de": "Umsatz nach Segment", "en": "Revenue by segment"}[language]
    return alt.Chart(frame, title=words).mark_bar().encode(alt.X("name:N"), alt.Y("revenue_12m:Q"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reports")
    frame = pd.DataFrame({"name": [f"Kunde {i} <b>GmbH</b>" for i in range(30)], "revenue_12m": range(30)})
    tables = [display.table_html(frame, language) for language in ("de", "en")]
    outputs = [display.chart_html(theme.in_languages(bars_chart, frame.head(5))), display.both_languages(*tables)]
    cells = [
        {"cell_type": "markdown", "metadata": {"de": "# Kundenwert"}, "source": "# Customer value"},
        *(
            {
                "cell_type": "code",
                "metadata": {},
                "source": "",
                "outputs": [{"output_type": "display_data", "data": {"text/html": html}}],
            }
            for html in outputs
        ),
    ]
    for stage in META["stages"]:
        pages.write_page({"cells": cells}, folder / f"{stage['notebook']}.html", "de", META)
    pages.write_index(folder, [stage["notebook"] for stage in META["stages"]], META)
    return folder


@pytest.mark.parametrize("network", ["cut", "dropped"])
def test_pages_open_from_a_file_and_switch_language(open_page, folder, network):
    page, watch = open_page((folder / "index.html").as_uri(), network)
    page.locator(".cards a", has_text="Kundenwert").click()
    page.wait_for_selector("figure.chart svg")
    assert page.locator("h1:visible").inner_text() == "Kundenwert"
    assert page.locator("figure.chart svg:visible").get_attribute("aria-label") == "Umsatz nach Segment"
    page.get_by_role("button", name="English").click()
    assert page.locator("h1:visible").inner_text() == "Customer value"
    assert page.title() == "Customer value"
    assert page.locator("figure.chart svg:visible").get_attribute("aria-label") == "Revenue by segment"
    assert page.locator("table.data:visible tbody tr").count() == 20
    watch.assert_quiet()


def test_the_language_in_the_address_wins(open_page, folder):
    page, _ = open_page((folder / "02_customer_value.html").as_uri() + "?lang=en")
    page.wait_for_selector("h1:visible")
    assert page.locator("h1:visible").inner_text() == "Customer value"


def test_nothing_is_wider_than_a_phone(open_page, folder):
    page, _ = open_page((folder / "02_customer_value.html").as_uri(), width=390)
    page.wait_for_selector("figure.chart svg")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_paper_shows_no_controls(open_page, folder):
    page, _ = open_page((folder / "02_customer_value.html").as_uri())
    page.emulate_media(media="print")
    assert not page.get_by_role("button", name="English").is_visible()
    assert not page.locator("nav").is_visible()
    assert page.locator("figure.chart svg:visible").count() == 1
