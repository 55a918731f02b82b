"""What the server refuses."""

import urllib.error
import urllib.request

import pytest


def status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


@pytest.mark.parametrize(
    "path",
    [
        "voila/files/00_cockpit.ipynb",
        "voila/files/../../project.yml",
        "voila/api/contents/",
        "voila/render/../../../etc/passwd",
        "voila/render/01_data_cleansing.ipynb",
        "reports/..%2F..%2Fproject.yml",
        "reports/2026Q3/run.json",
        "reports/..%2Fdecisions%2Fmoves.csv",
    ],
)
def test_only_pages_are_served(server, path):
    assert status(server.url + path) in (400, 403, 404, 500)


def test_reports_are_served_beside_the_live_page(server, company):
    folder = company / "reports" / "2026Q3"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.html").write_text("<p>Bericht</p>", encoding="utf-8")
    assert status(server.url + "reports/2026Q3/index.html") == 200


def test_the_address_cannot_choose_another_template(open_page, server):
    page, watch = open_page(f"{server.url}voila/render/00_cockpit.ipynb?template=lab&theme=dark")
    page.wait_for_selector(".segkit-cockpit .tile")
    assert page.locator("link[href='/voila/static/segkit.css']").count() == 1
    watch.assert_quiet()


def test_it_listens_on_this_machine_only(server):
    import psutil

    listening = [c for c in psutil.Process(server.process.pid).net_connections("inet") if c.status == "LISTEN"]
    assert {c.laddr.ip for c in listening} == {"127.0.0.1"}
