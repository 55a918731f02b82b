"""The page of one account in a real browser, without internet."""

import re

import pytest
from pages.account_company import EVIL_ID, write_account_company
from pages.company import EVIL
from pages.conftest import serving
from pages.test_cockpit_page import CONTRAST

PAGE = "voila/render/account.ipynb"


@pytest.fixture(scope="module")
def address(chromium, tmp_path_factory):
    company = write_account_company(tmp_path_factory.mktemp("account") / "company")
    with serving(company, cull_seconds=600) as server:
        yield server.url + PAGE


def ready(page, account):
    page.wait_for_selector(f".segkit-account[aria-busy=false][data-account='{account}']")


def chart(page):
    page.wait_for_selector(".segkit-account[data-chart=history] .chart svg")


def test_a_deep_link_search_language_and_a_hostile_name(open_page, address):
    page, watch = open_page(f"{address}?account={EVIL_ID}&quarter=2026Q2&lang=de")
    ready(page, EVIL_ID)
    chart(page)
    assert page.locator("h1").inner_text() == EVIL and page.evaluate("window.evil") is None
    assert page.locator(".live-filters select").input_value() == "2026Q2"
    assert page.locator(".segment-badge").first.inner_text() == "Champions"
    assert page.locator(".why-sentence").inner_text().startswith("Der Umsatz von zwölf Monaten, ")
    assert page.locator(".steps li.holds").count() == 1
    assert page.locator(".block td", has_text="<b>fett</b>").count() == 1
    assert page.evaluate(CONTRAST.replace(".segkit-cockpit", ".segkit-account")) == []

    page.evaluate("window.same = true")
    page.get_by_role("button", name="English", exact=True).last.click()
    page.wait_for_selector("text=Why this segment?")
    assert page.evaluate("window.same") is True
    assert re.search(rf"quarter=2026Q2&lang=en&account={EVIL_ID}", page.url)

    search = page.get_by_role("combobox", name="Find an account")
    search.fill("formel")
    page.wait_for_selector("[role=option] >> text==1+2 Formel AG")
    search.press("ArrowDown")
    assert page.locator("[role=option][aria-selected=true]").count() == 1
    search.press("Enter")
    ready(page, "00102")
    assert page.locator("h1").inner_text() == "=1+2 Formel AG" and "account=00102" in page.url
    page.go_back()
    ready(page, EVIL_ID)
    assert page.locator("h1").inner_text() == EVIL
    watch.assert_quiet()


def test_nothing_is_wider_than_a_phone_and_paper_is_one_sheet(open_page, address):
    page, watch = open_page(f"{address}?account=nobody&lang=en")
    ready(page, "")
    page.wait_for_selector("text=There is no account “nobody” in this quarter.")
    page.locator(".largest a").first.click()
    page.wait_for_selector(".why-sentence")
    chart(page)
    for width in (390, 820):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    sheets = page.pdf(format="A4", prefer_css_page_size=True).count(b"/Type /Page\n")
    assert sheets == 1
    page.emulate_media(media="print")
    assert not page.get_by_label("Find an account").is_visible()
    watch.assert_quiet()
