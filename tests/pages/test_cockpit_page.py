"""The cockpit in a real browser, without internet."""

import pytest
from pages.company import EVIL

COCKPIT = "voila/render/00_cockpit.ipynb"
CONTRAST = """() => {
  const parse = (c) => c.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const ground = (n) => { for (; n; n = n.parentElement) { const c = parse(getComputedStyle(n).backgroundColor);
    if (c.length < 4 || c[3] > .99) return c; } return [255, 255, 255]; };
  const bad = [];
  for (const n of document.querySelectorAll(".segkit-live *, .segkit-pages *")) {
    const own = [...n.childNodes].some((c) => c.nodeType === 3 && c.textContent.trim());
    if (!own || !n.getClientRects().length || n.closest("svg") || n.disabled) continue;
    const style = getComputedStyle(n), a = light(parse(style.color)), b = light(ground(n));
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.6 && style.fontWeight >= 700);
    if (ratio < (large ? 3 : 4.5)) bad.push(`${n.className} ${n.textContent.slice(0, 20)} ${ratio.toFixed(2)}`);
  }
  return bad;
}"""


def ready(page):
    page.wait_for_selector(".segkit-cockpit[aria-busy=false] .tile")
    page.wait_for_selector(".segkit-cockpit[data-chart] .chart svg")
    page.wait_for_selector(".accounts tbody tr")


@pytest.fixture
def cockpit(open_page, server):
    page, watch = open_page(server.url + COCKPIT)
    ready(page)
    return page, watch


def title(page):
    return page.locator("h1").inner_text()


@pytest.mark.parametrize("network", ["cut", "dropped"])
def test_it_opens_without_internet(open_page, server, network):
    page, watch = open_page(server.url, network)
    ready(page)
    assert page.url.startswith(server.url + COCKPIT)
    assert title(page) == "Kundensegmente"
    assert page.locator(".tile").count() == 9
    assert page.locator(".chart svg .mark-symbol path").count() > 100
    watch.assert_quiet()


def test_language_changes_without_loading_the_page_again(cockpit):
    page, watch = cockpit
    page.evaluate("window.same = true")
    page.get_by_role("button", name="English", exact=True).click()
    page.wait_for_selector("text=Download CSV")
    assert title(page) == "Customer segments"
    assert page.locator("html").get_attribute("lang") == "en"
    assert "lang=en" in page.url
    assert page.evaluate("window.same") is True
    page.wait_for_function("document.querySelector('.chart svg').textContent.includes('€10M')")
    watch.assert_quiet()


def test_search_finds_and_a_script_in_a_name_stays_text(cockpit):
    page, watch = cockpit
    page.get_by_label("Suche").fill("onerror")
    page.wait_for_selector("text=1–1 von 1")
    assert page.locator(".accounts tbody td:nth-child(2)").inner_text() == EVIL
    assert page.evaluate("window.evil") is None
    page.get_by_label("Suche").fill("gibt es nicht")
    page.wait_for_selector("text=Kein Kunde passt zu dieser Auswahl.")
    watch.assert_quiet()


def test_order_and_paging(cockpit):
    page, _ = cockpit
    first = page.locator(".accounts tbody tr:first-child td:nth-child(2)")
    before = first.inner_text()
    page.get_by_role("button", name="Nächste Seite").click()
    page.wait_for_selector("text=16–30 von 400")
    assert first.inner_text() != before
    page.get_by_role("button", name="Kundennr.").click()
    page.wait_for_selector("th[aria-sort=ascending] >> text=Kundennr.")
    assert page.locator(".accounts tbody td:first-child").first.inner_text() == "00100"
    assert page.evaluate("document.activeElement.dataset.column") == "account_id"  # the keyboard stays where it was


def test_csv_of_the_chosen_segment(cockpit):
    page, _ = cockpit
    page.locator(".tile", has_text="Champions").click()
    page.wait_for_selector(".tile[aria-pressed=true]")
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV herunterladen").click()
    assert download.value.suggested_filename == "kunden_2026Q3.csv"
    text = download.value.path().read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    lines = text.decode("utf-8-sig").strip().split("\r\n")
    assert lines[0].startswith("Kundennr.;Kunde;")
    assert len(lines) > 10 and all(";S1;Champions;" in line for line in lines[1:])


def test_a_deep_link_opens_quarter_language_and_segment(open_page, server):
    page, watch = open_page(f"{server.url}?quarter=2026Q2&lang=en&segment=S1")
    ready(page)
    assert title(page) == "Customer segments"
    assert page.get_by_label("Quarter").input_value() == "2026Q2"
    assert page.locator(".tile[aria-pressed=true] .tile-name").inner_text() == "Champions"
    assert page.locator(".live-state").inner_text().startswith("As of 30 Jun 2026")
    watch.assert_quiet()


def test_quarter_and_axis_can_be_chosen(cockpit):
    page, watch = cockpit
    page.get_by_label("Quartal").select_option("2026Q2")
    page.wait_for_selector("text=Stand 30.06.2026")
    page.wait_for_selector("text=kein Vergleich zum Vorquartal")
    page.get_by_role("button", name="Wachstum gegenüber Vorjahr").click()
    page.wait_for_selector("[data-chart=growth] .chart svg")
    page.get_by_text("Diagramm als Tabelle").click()
    assert page.locator("details tbody tr").count() >= 6
    watch.assert_quiet()


def test_every_text_has_enough_contrast(cockpit):
    page, _ = cockpit
    assert page.evaluate(CONTRAST) == []


@pytest.mark.parametrize("width", [390, 820, 1280])
def test_nothing_is_wider_than_the_screen(open_page, server, width):
    page, _ = open_page(server.url, width=width)
    ready(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    table = page.locator(".accounts .table-wrap")
    assert table.evaluate("n => n.scrollWidth - n.clientWidth") <= 1  # no clipped column


def test_paper_shows_figures_and_no_controls(cockpit):
    page, _ = cockpit
    page.emulate_media(media="print")
    assert not page.get_by_role("button", name="CSV herunterladen").is_visible()
    assert not page.get_by_label("Suche").is_visible()
    assert page.locator(".tile").first.is_visible()
    assert page.locator(".chart svg").is_visible()


def test_a_new_run_shows_without_restarting_anything(cockpit, company):
    from pages.company import write_run

    page, _ = cockpit
    write_run(company, "2026Q4", seed=2)
    try:
        page.get_by_role("button", name="English", exact=True).click()  # any message looks again
        page.wait_for_selector("select >> option[value='2026Q4']", state="attached")
        assert page.locator("select option[value='2026Q4']").count() == 1
    finally:
        import shutil

        shutil.rmtree(company / "runs" / "2026Q4")
