"""The numbered pages in a real browser, without internet."""

import pytest
from pages.company import EVIL
from pages.test_cockpit_page import CONTRAST

PAGES = {name: f"voila/render/{name}.ipynb" for name in ("05_profiling", "08_kpi_tracking", "09_migration")}


LAST = dict.fromkeys(PAGES, ".accounts tbody tr") | {"08_kpi_tracking": ".kpis tbody tr"}  # what comes last


def ready(page, name):
    page.wait_for_selector(".segkit-live[aria-busy=false] .story-card", state="attached")
    page.wait_for_selector(LAST[name], state="attached")


@pytest.fixture
def story(open_page, server):
    def opened(name, search="", **options):
        page, watch = open_page(server.url + PAGES[name] + search, **options)
        ready(page, name)
        return page, watch

    return opened


def listed(page):
    return page.locator(".accounts .pages").inner_text()


def test_movement_from_a_deep_link_to_an_account(story):
    page, watch = story("09_migration", "?quarter=2026Q3&lang=en&from=S2&to=S1", network="dropped")
    page.wait_for_selector("text=Accounts from “Growth” to “Champions”")
    assert page.locator("h1:visible").inner_text() == "Movement"
    assert page.locator("td.chosen strong").inner_text().split()[0] == listed(page).split(" of ")[1]
    assert page.locator(".accounts td.name", has_text=EVIL).count() == 1  # as text
    link = page.locator(".accounts td.name a", has_text=EVIL).get_attribute("href")
    assert link == "account.ipynb?account=00101&quarter=2026Q3&lang=en"
    page.locator("table.matrix tr", has_text="Not there before").get_by_role("link").first.click()
    page.wait_for_selector("text=Accounts from “Not there before” to “Core”")
    assert "from=NEW&to=S3" in page.url
    page.get_by_role("button", name="Clear selection").click()
    page.wait_for_selector("text=Accounts that moved")
    assert "from=" not in page.url
    assert page.evaluate("window.evil") is None
    watch.assert_quiet()


def test_the_matrix_stands_where_its_picture_was(story):
    page, watch = story("09_migration")
    card = page.locator(".story-card", has_text="Wer ist gewechselt?")
    assert card.locator("table.matrix").count() == 1
    assert page.locator("figure[data-chart=migration_matrix_chart], details.movers").count() == 0
    assert page.locator(".story-contents a:visible").all_inner_texts()[0] == "Wer ist gewechselt?"
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV herunterladen").click()
    text = download.value.path().read_bytes().decode("utf-8-sig")
    assert "'=1+2 Formel AG" in text and "Segment heute" in text.split("\r\n")[0]
    watch.assert_quiet()


def test_a_segment_card_leads_to_its_accounts(story):
    page, watch = story("05_profiling")
    assert listed(page).endswith("von 400")
    page.locator("[data-segment=S1]:visible").get_by_role("button", name="Kunden zeigen").click()
    page.wait_for_selector("text=Kunden im Segment „Champions“")
    assert "segment=S1" in page.url
    assert page.locator("[data-segment=S1].chosen:visible").count() == 1
    assert set(page.locator(".accounts td .named").all_inner_texts()) == {"Champions"}
    watch.assert_quiet()


def test_charts_become_alive_when_they_come_into_view(story):
    page, watch = story("05_profiling", "?lang=de")
    figure = page.locator(".lang-de figure[data-chart=kpi_levels_chart]")
    figure.scroll_into_view_if_needed()
    page.wait_for_selector(".lang-de figure[data-live=drawn] svg.marks")
    assert figure.locator("svg").get_attribute("aria-label") == "Umsatz je Segment"
    figure.locator("svg .mark-rect path").first.hover()
    page.wait_for_selector("#vg-tooltip-element.visible")
    page.get_by_role("button", name="English", exact=True).click()
    page.locator(".lang-en figure[data-chart=kpi_levels_chart]").scroll_into_view_if_needed()
    page.wait_for_selector(".lang-en figure[data-live=drawn] svg.marks")
    assert page.locator("figure svg:visible").get_attribute("aria-label") == "Revenue by segment"
    watch.assert_quiet()


def test_quarter_and_language_go_along_without_loading_the_page_again(story):
    page, watch = story("08_kpi_tracking", "?segment=S1")
    page.evaluate("window.same = true")
    assert page.locator(".panel h2").inner_text().endswith("Champions")
    page.locator(".live-filters select").first.select_option("2026Q2")
    page.wait_for_selector("text=Stand 30.06.2026")
    page.get_by_role("button", name="English", exact=True).click()
    page.wait_for_selector("text=As of 30 Jun 2026")
    assert page.evaluate("window.same") is True
    assert page.locator("body.is-draft > .watermark .lang-en").is_visible()
    targets = page.locator(".segkit-pages a").evaluate_all("links => links.map((a) => a.search)")
    assert set(targets) == {"?quarter=2026Q2&lang=en"}
    page.locator(".live-filters select").nth(1).select_option("")
    page.wait_for_selector(".panel h2 >> text=All accounts")
    watch.assert_quiet()


def test_a_kpi_tells_what_it_means_and_who_stands_behind_it(story):
    page, watch = story("08_kpi_tracking", "?lang=en&segment=S1")
    page.get_by_role("button", name="Definition: Revenue", exact=True).click()
    assert page.locator("#about-revenue dd").first.inner_text().startswith("Net revenue")
    page.locator(".panel").get_by_role("link", name="Revenue", exact=True).click()
    page.wait_for_selector(".accounts h2 >> text=Behind “Revenue”: Champions")
    assert "kpi=revenue" in page.url and page.locator(".kpis tr.chosen").count() == 1
    page.locator(".accounts input").fill("onerror")
    evil = page.locator(".accounts td.name a", has_text=EVIL)
    assert evil.get_attribute("href").startswith("account.ipynb?account=00101&")
    page.get_by_role("button", name="Close the list").click()
    page.wait_for_selector(".accounts", state="hidden")
    assert "kpi=" not in page.url and page.evaluate("window.evil") is None
    watch.assert_quiet()


@pytest.mark.parametrize("name", PAGES)
def test_a_phone_and_paper_show_all_of_it(story, name):
    page, watch = story(name, width=390)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate(CONTRAST) == []
    page.emulate_media(media="print")
    assert not page.locator(".live-filters").is_visible()
    assert page.locator(".story-card h2:visible").count() >= 1
    watch.assert_quiet()
