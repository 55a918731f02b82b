"""The review widget in a real browser: keys, buttons, marks, text that stays text. Python answers as in a kernel."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest

from segkit.decisions import read_decisions
from segkit.quarters import Quarter
from segkit.tables import TABLES
from segkit.widgets import duplicate_review

EVIL = '<img src=x onerror="window.evil=1">'
OPEN = """async (script) => {
  const module = await import(URL.createObjectURL(new Blob([script], { type: "text/javascript" })));
  const hear = [];
  const model = { on: (_, f) => hear.push(f), send: (m) => window.ask(m).then((a) => a && hear.forEach((f) => f(a))) };
  module.default.render({ model, el: document.querySelector("main") });
}"""


def table(name: str, *rows: dict) -> pd.DataFrame:
    columns = list(TABLES[name].columns)
    return pd.DataFrame([{column: row.get(column) for column in columns} for row in rows], columns=columns)


PAIR = {"account_id_a": "K1", "account_id_b": "K2", "name_a": "Weiß Stahlbau GmbH",
        "name_b": "Weis Stahlbau GmbH & Co. KG",
        "probability": 0.8, "status": "review", "evidence": "name +3.0; phone -1.5", "revenue": 10.0}  # fmt: skip
VALUE = {"table": "accounts", "record_id": "K1", "column": "vat_id", "old_value": "DE1", "proposed_value": "DE2",
         "rule": "doubt", "reason": "doubt", "status": "open", "source": "a.csv"}  # fmt: skip
FOUND = {
    "duplicates": table("duplicates", PAIR, {**PAIR, "account_id_b": "K3", "name_b": EVIL, "revenue": 5.0}),
    "proposals": table("proposals", VALUE),
    "account_links": table("account_links"),
    "accounts": table("accounts", {"account_id": "K1", "city": "Aachen"}, {"account_id": "K2", "city": "AACHEN"}),
}


class OneRun:
    """What the widget needs of a run."""

    quarter = Quarter.parse("2026Q3")

    class settings:
        language = "de"
        currency = "EUR"
        unit = "company"

    def read(self, name: str, is_optional: bool = False) -> pd.DataFrame | None:
        return FOUND.get(name)


@pytest.fixture
def page(browser, tmp_path, monkeypatch) -> Iterator:
    (tmp_path / "project.yml").write_text("name: x\nsources: {invoices: {files: a.csv}}\n", encoding="utf-8")
    monkeypatch.setattr(duplicate_review, "open_run", lambda *_: OneRun())
    widget = duplicate_review.DuplicateReview(str(tmp_path))
    answers: list[dict] = []
    monkeypatch.setattr(widget, "send", answers.append, raising=False)

    def ask(message: dict) -> dict | None:
        answers.clear()
        widget.answer(message)
        return answers[-1] if answers else None

    opened = browser.new_page(viewport={"width": 1180, "height": 800})
    opened.errors = []
    opened.on("pageerror", lambda error: opened.errors.append(str(error)))
    opened.expose_function("ask", ask)
    folder = Path(duplicate_review.HERE)
    style, script = ((folder / f"duplicate_review.{end}").read_text("utf-8") for end in ("css", "js"))
    opened.set_content(f"<style>{style}</style><main></main>")
    opened.evaluate(OPEN, script)
    opened.wait_for_selector(".segkit-review table")
    yield opened
    assert opened.errors == [] and opened.evaluate("window.evil") is None
    opened.close()


@pytest.fixture
def decided(tmp_path) -> Callable[[str], list]:
    def rows(kind: str) -> list:
        frame = read_decisions(tmp_path / "decisions" / f"{kind}.csv", kind)
        return frame[["choice", "author", "reason"]].values.tolist()

    return rows


def sign(page) -> None:
    page.get_by_label("Name", exact=True).fill("Erika Muster")
    page.locator(".segkit-review").focus()


def test_keys_decide_only_with_a_name_and_not_while_typing(page, decided):
    page.keyboard.press("s")
    page.wait_for_selector("text=Bitte zuerst den Namen eintragen")
    page.keyboard.type("sd")  # the name field has the focus now
    assert decided("duplicates") == [] and page.get_by_label("Name", exact=True).input_value() == "sd"
    page.get_by_label("Bemerkung").fill("gleiche Anschrift")
    sign(page)
    page.keyboard.press("s")
    page.wait_for_selector("text=1 von 2 entschieden")
    assert decided("duplicates") == [["same", "Erika Muster", "gleiche Anschrift"]]
    page.keyboard.press("d")
    page.wait_for_selector("text=Alles entschieden")
    page.keyboard.press("u")
    page.wait_for_selector("text=1 von 2 entschieden")
    assert [row[0] for row in decided("duplicates")] == ["same"]


def test_both_sides_with_what_differs_and_text_that_stays_text(page):
    assert page.locator("tr.alike mark").all_inner_texts() == ["ß", "s", " & Co. KG"]
    assert page.locator("tr.equal").inner_text().split("\t")[1:3] == ["Aachen", "AACHEN"]
    assert page.locator(".review-weight").all_inner_texts() == ["+3,0", "−1,5"]
    page.keyboard.press("Tab")
    page.locator(".segkit-review").focus()
    page.keyboard.press("l")
    page.wait_for_function("text => document.querySelector('.segkit-review').innerText.includes(text)", arg=EVIL)


def test_doubtful_values_by_button(page, decided):
    sign(page)
    page.get_by_role("button", name="Zweifelhafte Werte").click()
    page.get_by_role("button", name="Wert behalten").click()
    page.wait_for_selector("text=Alles entschieden")
    assert decided("repairs") == [["refuse", "Erika Muster", ""]]
    assert page.evaluate("document.activeElement.className") == "segkit-review", "the next key finds its widget"
