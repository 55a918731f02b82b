"""The cockpit's answers to the browser's messages, without a browser."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pages.company import EVIL, write_company

from segkit.store import read_json, write_json
from segkit.widgets.cockpit import Cockpit

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    return write_company(tmp_path_factory.mktemp("company") / "company", n=120)


@pytest.fixture
def cockpit(company, monkeypatch):
    monkeypatch.setenv("SEGKIT_LIFE", "page")
    monkeypatch.setenv("SEGKIT_PROJECT", str(company))
    widget = Cockpit()
    widget.sent = []
    widget.send = lambda content, buffers=None: widget.sent.append((content, buffers))
    return widget


def ask(cockpit, kind, **message):
    """Send one message; return the answers by kind."""
    cockpit.sent.clear()
    cockpit.answer({"kind": kind, **message})
    return {content["kind"]: content for content, _ in cockpit.sent}


def test_the_first_message_brings_the_newest_quarter(cockpit):
    answers = ask(cockpit, "open", search="")
    page = answers["page"]
    assert page["quarters"] == ["2026Q3", "2026Q2"]
    assert page["view"]["quarter"] == "2026Q3" and page["view"]["language"] == "de"
    assert page["state"].startswith("Stand 30.09.2026 · 120 Kunden")
    assert [css for css, _ in page["badges"]] == ["draft"]
    assert sum(float(t["share_accounts"]) for t in page["tiles"]) == pytest.approx(1, abs=1e-3)
    assert len(answers["table"]["rows"]) == 15 and answers["table"]["n_pages"] == 8
    assert answers["chart"]["rows"] and answers["chart"]["axis"] == "days_since_last"


def test_a_deep_link_names_quarter_language_and_segment(cockpit):
    answers = ask(cockpit, "open", search="?quarter=2026Q2&lang=en&segment=S1")
    assert answers["page"]["view"] == {"quarter": "2026Q2", "language": "en", "segment": "S1"}
    assert answers["page"]["labels"]["title"] == "Customer segments"
    names = [column["id"] for column in answers["table"]["columns"]]
    assert {row[names.index("segment_name")] for row in answers["table"]["rows"]} == {"Champions"}
    assert answers["table"]["palette"]["Champions"].startswith("#")


@pytest.mark.parametrize(
    "search", ["?quarter=1999Q1&lang=fr&segment=NO", "?quarter=../../etc&lang=&segment=%00", "?&&&=", "x" * 5000]
)
def test_a_wrong_address_shows_the_newest_quarter(cockpit, search):
    view = ask(cockpit, "open", search=search)["page"]["view"]
    assert (view["quarter"], view["language"], view["segment"]) == ("2026Q3", "de", "")


@pytest.mark.parametrize("message", [None, 7, "open", {}, {"kind": "drop"}, {"kind": ["open"]}, {"kind": "table"}])
def test_what_it_does_not_know_it_ignores(cockpit, message):
    cockpit.answer(message)
    assert cockpit.sent == []


def test_paging_search_and_order_are_done_in_python(cockpit):
    ask(cockpit, "open")
    assert ask(cockpit, "table", page=99)["table"]["page"] == 7
    assert ask(cockpit, "table", page="1")["table"]["page"] == 0
    table = ask(cockpit, "table", search="formel", number=5)["table"]
    assert [row[1] for row in table["rows"]] == ["=1+2 Formel AG"] and table["number"] == 5
    assert ask(cockpit, "table", search="nobody at all")["table"]["rows"] == []
    numbers = [row[0] for row in ask(cockpit, "table", sort="account_id", descending=False)["table"]["rows"]]
    assert numbers == sorted(numbers)


def test_the_csv_holds_what_is_chosen(cockpit):
    ask(cockpit, "open", search="?segment=S1")
    ask(cockpit, "csv", search="")
    content, buffers = cockpit.sent[-1]
    lines = buffers[0].decode("utf-8-sig").strip().split("\r\n")
    assert content["name"] == "kunden_2026Q3.csv"
    assert len(lines) > 5 and all(";S1;" in line for line in lines[1:])


def test_without_a_server_the_chart_library_comes_with_the_answer(cockpit):
    """In JupyterLab no page server holds it as a file."""
    ask(cockpit, "vega")
    content, buffers = cockpit.sent[-1]
    assert content == {"kind": "vega"} and b"vegaEmbed" in buffers[0]


def test_the_chart_takes_only_its_axes(cockpit):
    ask(cockpit, "open")
    growth = ask(cockpit, "chart", axis="growth")["chart"]
    assert growth["axis"] == "growth" and max(row["x"] for row in growth["rows"]) <= 2
    assert ask(cockpit, "chart", axis="__class__")["chart"]["axis"] == "growth"


def test_nothing_of_the_data_stands_in_the_specification_but_segments(cockpit):
    first = ask(cockpit, "open", search="?quarter=2026Q3")["chart"]["spec"]
    second = ask(cockpit, "open", search="?quarter=2026Q2")["chart"]["spec"]
    assert first == second
    assert EVIL not in str(first)


def test_released_and_stand_in_badges(cockpit, company):
    manifest = company / "runs" / "2026Q3" / "manifest.json"
    before = read_json(manifest)
    releases = company / "decisions" / "releases.csv"
    releases.parent.mkdir(exist_ok=True)
    releases.write_text("quarter;run_id;author;date;note\n2026Q3;run1;A. Weber;2026-10-06;ok\n", encoding="utf-8")
    try:
        write_json(manifest, before | {"is_complete": False, "money_source": "opportunities"})
        badges = ask(cockpit, "open")["page"]["badges"]
        assert [css for css, _ in badges] == ["released", "incomplete", "stand-in"]
    finally:
        releases.unlink()
        write_json(manifest, before)


def test_no_run_yet_is_said_with_its_remedy(cockpit, tmp_path, monkeypatch):
    monkeypatch.setenv("SEGKIT_PROJECT", str(write_company(tmp_path / "new", quarters=())))
    problem = ask(cockpit, "open")["problem"]
    assert "segkit run" in problem["texts"][0]


def test_the_page_needs_neither_altair_nor_scikit_learn(company):
    code = (
        "import sys; from segkit.widgets.cockpit import Cockpit; c = Cockpit(); c.send = lambda *a: None\n"
        "c.answer({'kind': 'open'}); c.answer({'kind': 'csv'})\n"
        "print([m for m in ('altair', 'sklearn', 'scipy', 'papermill', 'voila') if m in sys.modules])"
    )
    env = {**os.environ, "SEGKIT_LIFE": "page", "SEGKIT_PROJECT": str(company), "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
