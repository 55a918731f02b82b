"""The account page's answers to the browser's messages, without a browser."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from pages.account_company import EVIL_ID, write_account_company
from pages.company import EVIL, write_company

from segkit import texts
from segkit.charts.account import account_history_chart
from segkit.decisions import append_decision
from segkit.store import read_frame, write_frame
from segkit.tables import TABLES
from segkit.widgets.account import AccountPage

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    return write_account_company(tmp_path_factory.mktemp("account") / "company")


def page_of(company, monkeypatch) -> AccountPage:
    monkeypatch.setenv("SEGKIT_LIFE", "page")
    monkeypatch.setenv("SEGKIT_PROJECT", str(company))
    widget = AccountPage()
    widget.sent = []
    widget.send = lambda content, buffers=None: widget.sent.append((content, buffers))
    return widget


@pytest.fixture
def page(company, monkeypatch):
    return page_of(company, monkeypatch)


def ask(page, kind, **message):
    """Send one message; return the answers by kind."""
    page.sent.clear()
    page.answer({"kind": kind, **message})
    return {content["kind"]: content for content, _ in page.sent}


def opened(page, account=EVIL_ID, quarter="2026Q3", lang="de"):
    return ask(page, "open", search=f"?account={account}&quarter={quarter}&lang={lang}")["page"]


def without(company, tmp_path, *names) -> Path:
    """A copy of the company that never had these files."""
    copy = tmp_path / "copy"
    shutil.copytree(company, copy)
    for name in names:
        for path in copy.glob(f"runs/*/{name}"):
            path.unlink()
    return copy


def test_a_deep_link_opens_an_account_with_all_that_is_known(page):
    message = opened(page)
    account = message["account"]
    assert message["title"] == account["head"]["name"] == EVIL
    assert message["view"] == {"quarter": "2026Q3", "language": "de", "account": EVIL_ID}
    assert account["why"]["sentence"].startswith("Der Umsatz von zwölf Monaten, ")
    assert account["why"]["steps"][-1]["id"] == account["segment"]["id"] == "S1"
    assert account["segment"]["since"] == "seit Q3 2026" and account["segment"]["doubt"]
    assert "62 von 100" in account["segment"]["confidence"]
    assert [row[0] for row in account["figures"]["rows"]][:2] == ["Umsatz 12 Monate", "Umsatz Vorjahr"]
    assert [block["id"] for block in account["blocks"]] == ["invoices", "bought", "contracts", "contacts"]
    assert account["none"] == "Keine Einträge: Offene Verkaufschancen."
    assert account["missing"].startswith("Dazu liegen keine Daten vor: Offene Servicefälle, Anlagen")


def test_the_same_in_english(page):
    account = opened(page, lang="en")["account"]
    assert account["segment"]["name"] == "Champions"
    assert account["why"]["sentence"].startswith("Revenue of twelve months, ")
    assert account["missing"].startswith("No data on: Open tickets")


def test_figures_stand_beside_the_medians_of_segment_and_company(page, company):
    account = opened(page, lang="en")["account"]
    tables = company / "runs" / "2026Q3" / "tables"
    value = read_frame(tables / "account_value.parquet").set_index("account_id")["revenue_12m"]
    segments = read_frame(tables / "segments.parquet").set_index("account_id")["segment_id"]
    members = segments.index[segments == "S1"]
    expected = [value[EVIL_ID], value[members].median(), value.median()]
    assert account["figures"]["rows"][0][1:] == [texts.show(x, "money", "en_GB") for x in expected]
    assert account["figures"]["heads"][2:] == [f"Median segment ({len(members)})", "Median all (60)"]
    rank = int((value > value[EVIL_ID]).sum()) + 1
    assert f"rank {rank} of 60" in account["figures"]["sentences"][0]


def test_contracts_say_how_long_they_run_and_contacts_whether_they_may_be_written_to(page):
    blocks = {block["id"]: block for block in opened(page)["account"]["blocks"]}
    assert [row[-1] for row in blocks["contracts"]["rows"]] == ["noch 45\u00a0Tage", "abgelaufen"]
    assert blocks["contacts"]["rows"] == [[f"Ute {EVIL}", "Einkauf", "nein"]]
    assert len(blocks["invoices"]["rows"]) == 5 and blocks["invoices"]["rows"][0][1] == "R0"
    assert {row[0] for row in blocks["bought"]["rows"]} == {"Pumpe <b>fett</b>", "P1"}  # without a name its number


def test_the_history_shows_each_quarter_and_hollow_what_is_not_covered(page):
    history = opened(page)["account"]["history"]
    assert [row["quarter"] for row in history["rows"]] == ["2025Q4", "2026Q1", "2026Q2", "2026Q3"]
    assert [row["segment"] for row in history["rows"][:2]] == ["kein Lauf", "kein Lauf"]
    assert history["path"][-1]["name"] == "Champions"
    assert all(row["is_complete"] for row in history["rows"])
    assert len(history["table"]["rows"]) == 4


def test_an_incomplete_quarter_is_hollow(tmp_path, monkeypatch):
    company = write_account_company(tmp_path / "company", quarters=("2026Q3!",))
    run = company / "runs" / "2026Q3" / "tables"
    panel = read_frame(run / "account_features.parquet")
    early = pd.Timestamp("2026-08-31")
    write_frame(
        run / "account_features.parquet", panel.replace({"as_of": {panel["as_of"].max(): early}}), "account_features"
    )
    period = read_frame(run / "run_period.parquet")
    write_frame(run / "run_period.parquet", period.assign(as_of=early), "run_period")
    account = opened(page_of(company, monkeypatch))["account"]
    assert [row["is_complete"] for row in account["history"]["rows"]] == [True, True, True, False]
    assert "Gestrichelt" in account["history"]["note"]


def test_the_chart_holds_nothing_of_the_data_but_segments(page):
    first = opened(page)["account"]["history"]["spec"]
    second = opened(page, account="00100", quarter="2026Q2")["account"]["history"]["spec"]
    assert first == second and EVIL not in str(first)
    english = account_history_chart([{"name": "A", "colour": "#000"}], "en")
    assert english["datasets"] == {"table0": []} and english["encoding"]["color"]["scale"]["domain"] == ["A", "no run"]


@pytest.mark.parametrize("account", ["99999", "../../etc/passwd", "%3Cscript%3E", "x" * 5000, "' or 1=1 --"])
def test_an_unknown_account_is_one_sentence_and_the_largest(page, account):
    message = opened(page, account=account)
    assert message["account"] is None and message["text"].startswith("Den Kunden „")
    assert len(message["text"]) < 400
    assert len(message["suggestions"]) == 10


def test_without_an_account_the_largest_are_offered(page):
    message = opened(page, account="")
    assert message["account"] is None
    assert message["text"] == "Suchen Sie einen Kunden, oder wählen Sie einen der größten."
    assert message["title"] == "Kunde"


@pytest.mark.parametrize("message", [None, 7, {}, {"kind": "drop"}, {"kind": ["open"]}, {"kind": "suggest"}])
def test_what_it_does_not_know_it_ignores(page, message):
    page.answer(message)
    assert page.sent == []


def test_suggestions_by_name_number_and_city(page):
    opened(page)
    found = ask(page, "suggest", search="onerror", number=4)["suggestions"]
    assert found["number"] == 4 and [row["id"] for row in found["rows"]] == [EVIL_ID]
    assert found["rows"][0]["name"] == EVIL
    assert ask(page, "suggest", search="00103")["suggestions"]["rows"][0]["id"] == "00103"
    city = ask(page, "suggest", search="KÖLN")["suggestions"]["rows"]
    assert city and {row["place"] for row in city} == {"Köln"} and len(city) <= 8
    assert ask(page, "suggest", search="(")["suggestions"]["rows"] == []
    assert ask(page, "suggest", search=["a"])["suggestions"]["rows"] == []


def test_a_move_by_hand_names_author_and_reason(company, tmp_path, monkeypatch):
    copy = without(company, tmp_path)
    row = {"segmentation_id": "value", "account_id": EVIL_ID, "segment_id": "S3", "quarter": "2026Q3"}
    row |= {"author": "A. Weber", "date": "2026-10-02", "reason": "Rahmenvertrag <b>"}
    append_decision(copy / "decisions" / "moves.csv", "moves", row)
    path = copy / "runs" / "2026Q3" / "tables" / "segments.parquet"
    segments = read_frame(path)
    mine = segments["account_id"] == EVIL_ID
    segments.loc[mine, ["segment_id", "is_manual", "confidence"]] = ["S3", True, None]
    write_frame(path, segments, "segments")
    account = opened(page_of(copy, monkeypatch))["account"]
    assert account["segment"]["manual"] == (
        "Von Hand zugeordnet von A. Weber am 2026-10-02: Rahmenvertrag <b> "
        "Nach den Regeln wäre das Segment „Champions“."
    )
    assert account["segment"]["confidence"] == ""
    assert account["movement"] == "Seit dem Lauf Q2 2026 gewechselt: von „Champions“ zu „Kern“."


def test_a_merged_account_keeps_its_move_and_its_link(company, tmp_path, monkeypatch):
    """Sales moved K-ALT by hand; since then it was merged into this account, and old links still name K-ALT."""
    copy = without(company, tmp_path)
    row = {"segmentation_id": "value", "account_id": "K-ALT", "segment_id": "S3", "quarter": "2026Q2"}
    row |= {"author": "A. Weber", "date": "2026-04-02", "reason": "Rahmenvertrag"}
    append_decision(copy / "decisions" / "moves.csv", "moves", row)
    tables = copy / "runs" / "2026Q3" / "tables"
    segments = read_frame(tables / "segments.parquet")
    segments.loc[segments["account_id"] == EVIL_ID, ["segment_id", "is_manual", "confidence"]] = ["S3", True, None]
    write_frame(tables / "segments.parquet", segments, "segments")
    links = {
        "source": ["erp", "erp", "agency"],
        "source_id": ["K-ALT", EVIL_ID, "CR1"],
        "how": ["match", "own", "external"],
    }
    links = pd.DataFrame(links).assign(account_id=EVIL_ID, unit_id=EVIL_ID, probability=1.0, since_quarter="2026Q3")
    write_frame(tables / "account_links.parquet", links, "account_links")
    page = page_of(copy, monkeypatch)
    for asked in (EVIL_ID, "K-ALT"):
        account = opened(page, account=asked)["account"]
        assert account["head"]["name"] == EVIL
        assert account["segment"]["manual"].startswith("Von Hand zugeordnet von A. Weber am 2026-04-02")
    assert opened(page, account="CR1")["account"] is None  # the agency's number is no account


def test_a_movement_says_its_cause(company, tmp_path, monkeypatch):
    copy = without(company, tmp_path)
    row = dict.fromkeys(TABLES["migration"].columns) | {"segmentation_id": "value", "account_id": EVIL_ID}
    row |= {"from_segment_id": "S3", "kept_segment_id": "S1", "to_segment_id": "S1", "cause": "customer"}
    row |= {"revenue_12m": 1.0, "is_doubtful": True, "growth": 0.31, "growth_before": 0.02}
    row |= {"reason": "migration.reason_turned_growing"}
    write_frame(copy / "runs" / "2026Q3" / "tables" / "migration.parquet", pd.DataFrame([row]), "migration")
    movement = opened(page_of(copy, monkeypatch))["account"]["movement"]
    assert movement.replace("\u00a0", " ") == (
        "Seit dem Lauf Q2 2026 gewechselt, von „Kern“ zu „Champions“ – "
        "wächst jetzt: 31,0 % zum Vorjahr, zuletzt 2,0 %. Der Wechsel kann Zufall sein."
    )


def test_a_company_of_one_invoice_file_says_what_is_missing(company, tmp_path, monkeypatch):
    """No master data, no margins, no features, no rules, no lines: the page still opens."""
    names = (
        "accounts",
        "account_features",
        "typing_rules",
        "invoices",
        "products",
        "contracts",
        "contacts",
        "opportunities",
    )
    copy = without(company, tmp_path, *(f"tables/{name}.parquet" for name in names), "models/value.json")
    path = copy / "runs" / "2026Q3" / "tables" / "account_value.parquet"
    write_frame(path, read_frame(path).assign(margin_12m=None, abc_margin_class=None), "account_value")
    account = opened(page_of(copy, monkeypatch))["account"]
    assert account["head"]["name"] == EVIL_ID and account["head"]["facts"] == [["Kundennr.", EVIL_ID]]
    assert account["why"]["sentence"] == texts.say("account.why_unknown", "de")
    assert not any("Deckungsbeitrag" in row[0] for row in account["figures"]["rows"])
    assert account["history"] is None and account["blocks"] == []
    assert account["missing"].count(",") == 9


def test_a_first_run_knows_no_movement(tmp_path, monkeypatch):
    company = write_account_company(tmp_path / "company", n=12, quarters=("2026Q3",))
    account = opened(page_of(company, monkeypatch))["account"]
    assert account["movement"] == "" and len(account["history"]["path"]) == 1


def test_a_prospect_is_known_but_in_no_segment(company, tmp_path, monkeypatch):
    copy = without(company, tmp_path)
    path = copy / "runs" / "2026Q3" / "tables" / "accounts.parquet"
    accounts = read_frame(path)
    new = accounts.head(1).assign(account_id="77777", name="Interessent AG", parent_id="00100")
    write_frame(path, pd.concat([accounts, new]), "accounts")
    page = page_of(copy, monkeypatch)
    account = opened(page, account="77777")["account"]
    assert account["segment"]["none"].startswith("Bis zum Stichtag keine Rechnung")
    assert account["figures"] is None and account["why"]["sentence"] == ""
    assert account["head"]["family"][0]["accounts"][0]["id"] == "00100"
    assert ask(page, "suggest", search="interessent")["suggestions"]["rows"][0]["segment"] is None
    assert opened(page, account="00100")["account"]["head"]["family"][0]["accounts"] == [
        {"id": "77777", "name": "Interessent AG"}
    ]


def test_no_run_yet_is_said_with_its_remedy(tmp_path, monkeypatch):
    page = page_of(write_company(tmp_path / "new", quarters=()), monkeypatch)
    assert "segkit run" in ask(page, "open")["problem"]["texts"][0]


def test_nothing_of_the_data_is_a_synced_trait(page):
    opened(page)
    assert EVIL not in str({name: getattr(page, name) for name in page.keys})


def test_the_page_needs_neither_altair_nor_scikit_learn(company):
    code = (
        "import sys; from segkit.widgets.account import AccountPage; p = AccountPage(); p.send = lambda *a: None\n"
        f"p.answer({{'kind': 'open', 'search': '?account={EVIL_ID}'}})\n"
        "p.answer({'kind': 'suggest', 'search': 'a'})\n"
        "print([m for m in ('altair', 'sklearn', 'scipy', 'papermill', 'voila') if m in sys.modules])"
    )
    env = {**os.environ, "SEGKIT_LIFE": "page", "SEGKIT_PROJECT": str(company), "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
