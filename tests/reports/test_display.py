"""Tables as people read them."""

import datetime as dt
import re

import pandas as pd
import pytest

from segkit import display

FRAME = pd.DataFrame(
    {
        "account_id": ["00017", "2"],
        "revenue_12m": [1234567.0, None],
        "revenue_share": [0.1234, 0.5],
        "n_accounts": [1204, 7],
        "since": pd.to_datetime([dt.date(2026, 3, 1), None]),
        "is_small": pd.array([True, None], dtype="boolean"),
        "index": [1.5, 2.25],
    }
)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", ["00017", "1.234.567\u00a0€", "12,3 %", "1.204", "01.03.2026", "ja", "1,50", "–"]),
        ("en", ["00017", "€1,234,567", "12.3%", "1,204", "1 Mar 2026", "yes", "1.50", "–"]),
    ],
)
def test_numbers_follow_the_language(language, words):
    html = display.table_html(FRAME, language)
    assert [word for word in words if f">{word}</td>" not in html] == []


def test_numbers_stand_right_and_text_left():
    html = display.table_html(FRAME[["account_id", "revenue_12m"]], "de")
    assert '<td class="num">1.234.567\u00a0€</td>' in html
    assert "<td>00017</td>" in html


def test_only_the_first_rows_are_shown_and_the_rest_is_counted():
    html = display.table_html(pd.DataFrame({"n_rows": range(1000)}), "de", rows=3)
    assert html.count("<tr>") == 4
    assert "3 von 1.000 Zeilen" in html


def test_a_format_and_a_label_can_be_given():
    html = display.table_html(FRAME[["index"]], "en", formats={"index": "count"}, labels={"index": "Index <b>"})
    assert ">2</td>" in html and "Index &lt;b&gt;" in html


def test_an_empty_frame_says_so():
    assert "Keine Zeilen." in display.table_html(FRAME.head(0), "de")


def test_of_a_pair_of_languages_one_column_is_shown():
    frame = pd.DataFrame({"thing_de": ["Umsatz"], "thing_en": ["Revenue"], "mode": ["x"]})
    german, english = display.table_html(frame, "de"), display.table_html(frame, "en")
    assert "Umsatz" in german and "Revenue" not in german and ">thing</th>" in german
    assert "Revenue" in english and "Umsatz" not in english
    assert ">mode</th>" in german


@pytest.mark.parametrize(
    ("value", "german", "english"),
    [
        (4_000_000, "4,0\u00a0Mio.\u00a0€", "€4.0M"),
        (-1_250_000_000, "-1,2\u00a0Mrd.\u00a0€", "-€1.2B"),
        (249_558.4, "249.558\u00a0€", "€249,558"),
        (0, "0\u00a0€", "€0"),
    ],
)
def test_money_in_headlines(value, german, english):
    assert display.compact_money(value, "de") == german
    assert display.compact_money(value, "en") == english


def test_money_of_a_column_has_cents_in_all_rows_or_in_none():
    large = pd.DataFrame({"revenue": [28_162_532.4, 0.0, None, float("inf")]})
    assert display.table_html(large, "de").count("<td") == 4
    assert "0\u00a0€" in display.table_html(large, "de") and "0,00" not in display.table_html(large, "de")
    small = pd.DataFrame({"revenue": [12.5, 0.0]})
    assert "12,50" in display.table_html(small, "de") and "0,00" in display.table_html(small, "de")


@pytest.mark.parametrize(
    ("name", "kind"),
    [("revenue_churn", "percent"), ("retention", "percent"), ("revenue_lost", "money"), ("margin_rate", "percent")],
)
def test_a_columns_name_says_what_its_numbers_are(name, kind):
    assert display.kind_of(pd.Series([0.25, 0.5], name=name)) == kind


def test_a_chart_is_small_and_keeps_what_can_be_read():
    values = [{"x": i / 3, "y": i / 7, "name": f"account {i}"} for i in range(200)]
    encoding = {
        **{axis: {"field": axis, "type": "quantitative"} for axis in ("x", "y")},
        "text": {"field": "x", "format": ".5f"},
    }
    spec = {"data": {"values": values}, "mark": "text", "encoding": encoding, "description": "Points"}
    text = display.svg(spec)
    assert text.startswith('<svg role="img" aria-label="Points"')
    assert "66.33333" in text, "words of a chart are never rounded"
    places = re.findall(r'transform="translate\(([^)]*)\)', text)
    assert len(places) > 200 and not [place for place in places if re.search(r"\.\d{3}", place)]
    assert "aria-roledescription" not in text
