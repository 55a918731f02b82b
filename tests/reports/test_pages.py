"""Pages of a run: one file each, both languages, nothing from the internet, nothing from data runs."""

import re

import pandas as pd
import pytest

from segkit import display
from segkit.reports import pages

META = {
    "project": "Nordwind & Söhne",
    "quarter": "2026Q3",
    "as_of": "2026-09-30",
    "is_complete": True,
    "money_source": "invoices",
    "created": "2026-10-05T07:12:33",
    "is_draft": True,
    "stages": [
        {"notebook": "01_data_cleansing", "seconds": 3.21, "warnings": ["3 Zeilen <b>ohne</b> Kunde"]},
        {"notebook": "02_customer_value", "seconds": None, "warnings": []},
    ],
}
EVIL = "<script>alert('x')</script>"


def output(html):
    return {"output_type": "display_data", "data": {"text/html": html, "text/plain": "x"}, "metadata": {}}


def notebook(*outputs):
    return {
        "cells": [
            {
                "cell_type": "markdown",
                "metadata": {"de": "# Kundenwert\n\nWer trägt den Umsatz?"},
                "source": "# Customer value\n\nWho carries the revenue?",
            },
            {"cell_type": "code", "metadata": {"tags": ["compute"]}, "source": "secret_code = 1", "outputs": []},
            {"cell_type": "code", "metadata": {}, "source": "run.say('a')", "outputs": list(outputs)},
        ],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def write(tmp_path, *outputs, **meta):
    path = tmp_path / "02_customer_value.html"
    pages.write_page(notebook(*outputs), path, "de", {**META, **meta})
    return path.read_text(encoding="utf-8")


def test_a_page_holds_outputs_in_both_languages_and_no_code(tmp_path):
    text = write(tmp_path, output(display.both_languages("<p>Umsatz 1.234 €</p>", "<p>Revenue €1,234</p>")))
    assert "Umsatz 1.234 €" in text and "Revenue €1,234" in text
    assert "Wer trägt den Umsatz?" in text and "Who carries the revenue?" in text
    assert "secret_code" not in text
    assert text.startswith('<!DOCTYPE html>\n<html lang="de"')


def test_a_page_names_no_address_of_the_internet(tmp_path):
    text = write(tmp_path, output("<p>x</p>"))
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', text)
    assert "default-src 'none'" in text


@pytest.mark.parametrize(
    ("meta", "shown", "absent"),
    [
        ({}, "Entwurf", "unvollständig"),
        ({"is_complete": False}, "Quartal unvollständig – Daten bis 30.09.2026", "Verkaufschancen"),
        ({"money_source": "opportunities"}, "Gewonnene Verkaufschancen stehen für Rechnungen", "unvollständig"),
        ({"money_source": "none"}, "Ohne Umsatz – nur die Datenbereinigung", "Verkaufschancen"),
        ({"money_off": [[2025, -0.0123]]}, "Umsatz 2025 weicht um 1,2 % vom Controlling ab", "unvollständig"),
        ({"money_off": [[2025, -0.0123]]}, "Revenue 2025 deviates from controlling by 1.2%", "unvollständig"),
        (
            {"money_off": [[2021, 1.5], [2023, 0.2], [2024, 0.006], [2025, 0.012]]},
            "Umsatz weicht vom Controlling ab: …, 2023 um 20,0 %, 2024 um 0,6 %, 2025 um 1,2 %",
            "2021",
        ),
        (
            {"is_draft": False, "released_by": "A. Weber", "released_on": "2026-10-06"},
            "Freigegeben von A. Weber am 06.10.2026",
            "Entwurf",
        ),
    ],
)
def test_badges_say_what_to_know_before_the_numbers(tmp_path, meta, shown, absent):
    text = write(tmp_path, **meta)
    assert shown in text
    assert absent not in text


def test_a_draft_says_so_across_the_page_and_a_released_one_does_not(tmp_path):
    draft = write(tmp_path)
    assert '<body class="is-draft">' in draft and '<div class="watermark" aria-hidden="true">' in draft
    assert ">ENTWURF</span>" in draft and ">DRAFT</span>" in draft
    released = write(tmp_path, is_draft=False, released_by="A. Weber", released_on="2026-10-06")
    assert "<body>" in released and '"watermark"' not in released
    scenario = write(tmp_path, is_draft=False, scenario="idee", released_by="A. Weber", released_on="2026-10-06")
    assert ">SZENARIO</span>" in scenario


def test_the_index_links_documents_and_pages_link_other_pages(tmp_path):
    documents = [{"name": "summary", "file": "summary.html"}, {"name": "workbook", "file": "x_2026Q3.xlsx"}]
    assert 'href="summary.html"' in write(tmp_path, documents=documents)
    assert "xlsx" not in write(tmp_path, documents=documents)
    pages.write_index(tmp_path, ["02_customer_value"], {**META, "documents": documents}, "<section>Hinweis</section>")
    text = (tmp_path / "index.html").read_text("utf-8")
    places = [
        text.index(part) for part in ("<section>Hinweis", "summary.html", "x_2026Q3.xlsx", "02_customer_value.html")
    ]
    assert places == sorted(places)


def test_text_from_data_cannot_run(tmp_path):
    frame = pd.DataFrame({"name": [EVIL], EVIL: [1]})
    outputs = [
        output(display.both_languages(display.table_html(frame, "de"), display.table_html(frame, "en"))),
        {"output_type": "stream", "name": "stdout", "text": EVIL},
        {"output_type": "error", "ename": "ValueError", "evalue": EVIL, "traceback": []},
        {"output_type": "execute_result", "data": {"text/plain": EVIL}, "metadata": {}},
    ]
    text = write(tmp_path, *outputs, project=EVIL, quarter=EVIL)
    assert EVIL not in text
    assert text.count("<script>") == 1


def test_markdown_shows_html_as_text():
    assert "<script" not in pages.markdown_html({"source": f"hello {EVIL}", "metadata": {}})
    assert "<table>" in pages.markdown_html({"source": "| a | b |\n|---|---|\n| 1 | 2 |", "metadata": {}})


def test_warnings_of_stages_and_widgets(tmp_path):
    widget = {
        "output_type": "display_data",
        "metadata": {},
        "data": {"application/vnd.jupyter.widget-view+json": {"model_id": "1"}, "text/plain": "Cockpit(…)"},
    }
    text = write(tmp_path, widget, {"output_type": "stream", "name": "stderr", "text": "UserWarning"})
    assert "Cockpit(…)" not in text and "UserWarning" not in text


def test_index_lists_pages_stages_and_warnings(tmp_path):
    pages.write_index(tmp_path, ["01_data_cleansing", tmp_path / "02_customer_value.html", "77_other"], META)
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert re.findall(r'<li><a href="([^"]+)"', text) == [
        "01_data_cleansing.html",
        "02_customer_value.html",
        "77_other.html",
    ]
    assert "3,2" in text and "unverändert" in text
    assert "3 Zeilen &lt;b&gt;ohne&lt;/b&gt; Kunde" in text
    assert "Nordwind &amp; Söhne" in text


def test_same_notebook_same_page(tmp_path):
    assert write(tmp_path / "a", output("<p>x</p>")) == write(tmp_path / "b", output("<p>x</p>"))
