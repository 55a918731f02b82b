"""A numbered page's answers to the browser's messages, without a browser."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pages.company import EVIL, write_company
from pages.stories import CHART

from segkit.store import read_frame
from segkit.widgets.serve import MANAGERS, copy_notebooks
from segkit.widgets.story import Story

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    folder = write_company(tmp_path_factory.mktemp("company") / "company", n=120)
    (folder / "runs" / "2026Q2" / "notebooks" / "05_profiling.ipynb").unlink()  # a run from before there was one
    return folder


@pytest.fixture
def story(company, monkeypatch):
    """Open a page by the name of its notebook."""
    monkeypatch.setenv("SEGKIT_LIFE", "page")
    monkeypatch.setenv("SEGKIT_PROJECT", str(company))

    def opened(name, search=""):
        widget = Story(name)
        widget.sent = []
        widget.send = lambda content, buffers=None: widget.sent.append((content, buffers))
        return widget, ask(widget, "open", search=search)

    return opened


def ask(widget, kind, **message):
    """Send one message; return the answers by kind."""
    widget.sent.clear()
    widget.answer({"kind": kind, **message})
    return {content["kind"]: content for content, _ in widget.sent}


def cell(matrix, origin, target):
    row = next(row for row in matrix["rows"] if row["segment"]["id"] == origin)
    return next(entry for entry in row["cells"] if entry["to"] == target)


@pytest.mark.parametrize(
    ("name", "title", "kinds"),
    [
        ("05_profiling", "Segmentprofile", ["page", "story", "table"]),
        ("08_kpi_tracking", "Kennzahlen", ["page", "story", "kpis"]),
        ("09_migration", "Bewegung", ["page", "story", "matrix", "table"]),
        ("01_data_cleansing", "Datenbereinigung", ["page", "story"]),
    ],
)
def test_the_first_message_brings_what_the_newest_run_showed(story, name, title, kinds):
    _, answers = story(name)
    page = answers["page"]
    assert list(answers) == kinds
    assert (page["title"], page["view"]["quarter"], page["view"]["language"]) == (title, "2026Q3", "de")
    assert page["quarters"] == ["2026Q3", "2026Q2"] and [css for css, _ in page["badges"]] == ["draft"]
    assert "watermark" in page["watermark"]
    if name != "01_data_cleansing":
        assert f"<h1>{title}</h1>" in answers["story"]["parts"][0] and page["missing"] == ""


def test_a_choice_sends_the_words_only_when_they_change(story):
    widget, _ = story("08_kpi_tracking")
    assert list(ask(widget, "choose", segment="S1")) == ["page", "kpis"]
    assert list(ask(widget, "choose", language="en")) == ["page", "kpis"]
    assert list(ask(widget, "choose", quarter="2026Q2")) == ["page", "story", "kpis"]


def test_a_run_without_the_page_says_so_with_its_remedy(story):
    _, answers = story("05_profiling", "?quarter=2026Q2&lang=en&segment=S1")
    page = answers["page"]
    assert "Profiles" in page["missing"] and "segkit run" in page["missing"]
    assert (page["panel"], page["segments"], page["view"]["segment"]) == ("", [], "")
    assert answers["story"]["parts"] == [] and "table" not in answers


def test_a_segment_filters_its_accounts(story):
    widget, answers = story("05_profiling", "?segment=S1&lang=en")
    table = answers["table"]
    assert table["heading"] == "Accounts in the segment “Champions”"
    names = [column["id"] for column in table["columns"]]
    assert {row[names.index("segment_name")] for row in table["rows"]} == {"Champions"}
    every = ask(widget, "choose", segment="")["table"]
    assert every["heading"] == "All accounts" and every["pages"].endswith("of 120")
    ask(widget, "csv")
    content, buffers = widget.sent[-1]
    assert content["name"].endswith("_2026Q3.csv") and len(buffers[0].decode("utf-8-sig").strip().split("\r\n")) == 121


def test_kpis_of_a_segment_stand_beside_all_accounts(story):
    widget, answers = story("08_kpi_tracking")
    overall = answers["kpis"]["rows"][0]
    assert (overall["name"], overall["n"], overall["value"]) == ("Umsatz", "120\xa0Kunden", overall["overall"])
    champions = ask(widget, "choose", segment="S1")["kpis"]["rows"]
    assert champions[0]["overall"] == overall["value"] != champions[0]["value"]
    assert champions[0]["interval"].count("–") == 1 and champions[0]["is_small"]
    assert champions[1]["value"] == "–" and champions[1]["reason"]  # why there is none


def test_a_row_says_what_the_kpi_means_and_where_a_segment_surely_differs(story):
    widget, answers = story("08_kpi_tracking", "?lang=en")
    overall, growth = answers["kpis"]["rows"][:2]
    assert overall["group"] == "Sales" and overall["about_label"] == "Definition: Revenue"
    assert dict(overall["about"])["Made from"] == "invoices" and len(overall["about"]) >= 6
    assert overall["median"].startswith("median €") and overall["differs"] == ""
    champions = ask(widget, "choose", segment="S1")["kpis"]["rows"][0]
    assert champions["is_small"] and champions["differs"] == ""  # a small one is never compared
    assert overall["is_drilled"] and not growth["is_drilled"]


def test_behind_a_figure_stand_its_accounts(story, company):
    widget, answers = story("08_kpi_tracking", "?lang=en&kpi=revenue")
    table = answers["table"]
    assert table["heading"] == "Behind “Revenue”: All accounts" and table["pages"].startswith("1–15 of ")
    assert [column["label"] for column in table["columns"]][-2:] == ["Revenue", "Share of it"]
    names = [row[1] for row in ask(widget, "table", search="L7")["table"]["rows"]]
    assert names == ["Lead L7, no account"]
    behind = read_frame(company / "runs" / "2026Q3" / "tables" / "kpi_accounts.parquet")
    segments = read_frame(company / "runs" / "2026Q3" / "tables" / "segments.parquet")
    members = set(segments.loc[segments["segment_id"] == "S1", "account_id"]) & set(behind["account_id"])
    shown = ask(widget, "choose", segment="S1")["table"]
    assert set(shown["accounts"]) == members and shown["heading"] == "Behind “Revenue”: Champions"
    assert "segment_name" not in [column["id"] for column in shown["columns"]]


@pytest.mark.parametrize("kpi", ["growth", "no_such", EVIL])
def test_a_kpi_without_accounts_is_no_choice(story, kpi):
    _, answers = story("08_kpi_tracking", f"?kpi={kpi}")
    assert answers["page"]["view"]["kpi"] == "" and "table" not in answers


def test_the_accounts_behind_a_figure_as_a_file(story):
    widget, _ = story("08_kpi_tracking", "?kpi=revenue&segment=S1")
    ask(widget, "csv")
    text = widget.sent[0][1][0].decode("utf-8-sig")
    assert {"Kunde", "Umsatz"} <= set(text.splitlines()[0].split(";")) and "numerator" not in text


def test_a_cell_lists_exactly_its_accounts(story):
    widget, answers = story("09_migration")
    for origin, target in (("S2", "S1"), ("NEW", "S3"), ("S7", "S7")):
        shown = cell(answers["matrix"], origin, target)
        table = ask(widget, "choose", **{"from": origin, "to": target})["table"]
        assert table["pages"].endswith(f"von {shown['n']}") and int(shown["n"]) > 0
    moved = ask(widget, "choose", **{"from": "", "to": ""})["table"]
    entries = [(row["segment"]["id"], entry) for row in answers["matrix"]["rows"] for entry in row["cells"]]
    counted = sum(int(entry["n"] or 0) for origin, entry in entries if origin != entry["to"])
    assert moved["heading"] == "Kunden, die gewechselt haben" and moved["pages"].endswith(f"von {counted}")


def test_a_move_tells_why_and_leaves_out_what_its_heading_says(story):
    _, answers = story("09_migration", "?from=NEW&to=S3&lang=en")
    table = answers["table"]
    columns = [column["id"] for column in table["columns"]]
    assert table["heading"] == "Accounts from “Not there before” to “Core”"
    assert not {"from_name", "to_name"} & set(columns)
    assert table["rows"][0][columns.index("name")] == "=1+2 Formel AG"
    assert "2 Jan 2024" in table["rows"][0][columns.index("why")]


@pytest.mark.parametrize("name", ["05_profiling", "08_kpi_tracking", "09_migration"])
@pytest.mark.parametrize(
    "search",
    [
        "?quarter=1999Q1&lang=fr&segment=NO&from=NO&to=NO",
        "?quarter=../../etc&lang=&segment=%00&from=S1",
        f"?segment={EVIL}&from={EVIL}&to=<b>",
        "?&&&=",
        "x" * 5000,
    ],
)
def test_a_wrong_address_shows_the_newest_quarter(story, name, search):
    _, answers = story(name, search)
    choices = dict.fromkeys(("segment", "kpi", "from", "to"), "")
    assert answers["page"]["view"] == {"quarter": "2026Q3", "language": "de", **choices}


@pytest.mark.parametrize("message", [None, 7, "open", {}, {"kind": "drop"}, {"kind": ["open"]}, {"kind": "axis"}])
def test_what_it_does_not_know_it_ignores(story, message):
    widget, _ = story("09_migration")
    widget.sent.clear()
    widget.answer(message)
    assert widget.sent == []


@pytest.mark.parametrize("kind", ["chart", "table", "csv"])
def test_before_it_is_opened_it_answers_nothing(company, monkeypatch, kind):
    monkeypatch.setenv("SEGKIT_PROJECT", str(company))
    widget = Story("09_migration")
    widget.send = lambda *sent: pytest.fail(f"answered {sent}")
    widget.answer({"kind": kind, "name": CHART})


def test_a_chart_of_the_page_comes_in_its_language(story):
    widget, _ = story("05_profiling", "?lang=en")
    chart = ask(widget, "chart", name=CHART)["chart"]
    assert (chart["language"], chart["spec"]["description"]) == ("en", "Revenue by segment")


@pytest.mark.parametrize("name", ["kpi_rates_chart", "../manifest", "accounts", "models/value", None, 7, ["x"], EVIL])
def test_only_charts_of_the_page_are_read(story, name):
    widget, _ = story("05_profiling")
    assert ask(widget, "chart", name=name) == {}


@pytest.mark.parametrize("message", [{"page": "1"}, {"page": -7}, {"sort": ["x"]}, {"search": {"a": 1}}, {"page": 1e9}])
def test_a_hostile_question_gets_an_honest_page(story, message):
    widget, _ = story("09_migration")
    assert ask(widget, "table", **message)["table"]["page"] >= 0


def test_a_company_without_master_data_shows_ids(story, company):
    path = company / "runs" / "2026Q3" / "tables" / "accounts.parquet"
    kept, other = path.with_suffix(".kept"), company / "runs" / "2026Q2" / "tables" / "accounts.parquet"
    shutil.move(path, kept)
    shutil.move(other, other.with_suffix(".kept"))
    try:
        _, answers = story("09_migration", "?from=NEW&to=S3")
        columns = [column["id"] for column in answers["table"]["columns"]]
        assert answers["table"]["rows"][0][columns.index("name")] == "00102"
    finally:
        shutil.move(kept, path)
        shutil.move(other.with_suffix(".kept"), other)


def test_no_managers_page_needs_altair_or_scikit_learn(company, tmp_path):
    """From the cell that Voila runs to the last answer of each page: a chart, a table, a file."""
    pages = copy_notebooks(ROOT / "notebooks", tmp_path / "served")
    assert pages == list(MANAGERS)
    code = f"""
import json, sys
import anywidget
anywidget.AnyWidget.send = lambda *sent: sys.stderr.write(sent[1]["kind"] + " ")
for page in {pages}:
    cells = json.load(open(f"{tmp_path}/served/{{page}}.ipynb"))["cells"]
    *before, last = ["".join(cell["source"]) for cell in cells]
    *imports, last = [*before, *last.split("\\n")]
    names = {{}}
    exec("\\n".join(imports), names)
    widget = eval(last, names)
    for message in ({{"kind": "open", "search": "?segment=S1&from=S2&to=S1&account=00101"}}, {{"kind": "csv"}},
                    {{"kind": "chart", "name": {CHART!r}}}, {{"kind": "choose", "language": "en"}}):
        widget.answer(message)
slow = ("altair", "sklearn", "scipy", "vl_convert", "papermill", "voila", "nbconvert")
print([m for m in slow if m in sys.modules])
"""
    env = {**os.environ, "SEGKIT_LIFE": "page", "SEGKIT_PROJECT": str(company), "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    sent = done.stderr.split()
    assert done.stdout.strip() == "[]"
    assert sent.count("page") == 2 * len(pages) and {"story", "kpis", "matrix", "table", "chart", "csv"} <= set(sent)
    assert "problem" not in sent
