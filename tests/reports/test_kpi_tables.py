"""Tables of KPIs: marks where they belong, names escaped, definitions of every KPI."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from segkit.kpis.catalogue import kpi_catalogue
from segkit.reports.kpi_accounts import behind_html
from segkit.reports.kpi_tables import definitions_html, history_html, quarter_html

HOSTILE = "<b>Groß</b> & Co."


def shaped(*rows: dict) -> pd.DataFrame:
    usual = {"quarter": "2026Q2", "segment_id": "S1", "kpi_id": "win_rate", "value": 0.4, "low": 0.3, "high": 0.5}
    usual |= {"median": np.nan, "n": 60, "is_small": False, "p_adjusted": np.nan, "rank": 1}
    usual |= {"segment_de": HOSTILE, "segment_en": HOSTILE}
    overall = {"segment_id": "ALL", "value": 0.3, "rank": 0, "segment_de": "Alle", "segment_en": "All"}
    return pd.DataFrame([usual | overall, *({**usual, **row} for row in rows)])


def test_marks_stand_only_where_a_difference_is_sure():
    sure = quarter_html(shaped({"p_adjusted": 0.01}), ["win_rate"])["de"].split("kpi_page")[0]
    assert "40,0 % ▲<small>30,0 % – 50,0 %</small>".replace(" %", "\u00a0%") in sure.replace(" %", "\u00a0%")
    body = quarter_html(shaped({"p_adjusted": 0.2}), ["win_rate"])["en"].split("<tbody>")[1].split("</tbody>")[0]
    assert "▲" not in body and "▼" not in body and "°" not in body
    small = quarter_html(shaped({"p_adjusted": 0.01, "is_small": True, "low": np.nan, "high": np.nan}), ["win_rate"])
    body = small["en"].split("<tbody>")[1].split("</tbody>")[0]
    assert "40.0% °" in body and "▲" not in body


def test_names_from_the_data_stay_text():
    rows = shaped({})
    behind = pd.DataFrame({"kpi_id": ["win_rate"], "account_id": ["A1"], "numerator": [1.0], "denominator": [2.0]})
    accounts = pd.DataFrame({"account_id": ["A1"], "name": [HOSTILE]})
    for html in (
        quarter_html(rows, ["win_rate"])["de"],
        history_html(rows, ["win_rate"])["en"],
        behind_html(behind, ["win_rate", "nps"], accounts)["de"],
    ):
        assert "<b>" not in html and "&lt;b&gt;Groß&lt;/b&gt; &amp; Co." in html
    assert behind_html(behind[:0], ["win_rate"], None) == {"de": "", "en": ""}


def test_a_unit_without_an_account_is_called_what_it_is():
    behind = pd.DataFrame(
        {"kpi_id": "cost_per_lead", "account_id": ["lead:L7", "campaign:K3"], "numerator": [40.0, 999.0]}
    ).assign(denominator=[1.0, 0.0])
    html = behind_html(behind, ["cost_per_lead"], None)["en"]
    assert html.index("Campaign K3 without a lead") < html.index("L7") and "lead:L7" not in html


def test_many_kpis_stand_in_several_tables_and_all_quarters_behind_the_chart():
    kpis = ["win_rate", "nps", "csat", "retention", "nrr", "grr", "logo_churn"]
    rows = pd.concat([shaped({"kpi_id": k}).assign(kpi_id=k, quarter=q) for k in kpis for q in ("2026Q1", "2026Q2")])
    html = quarter_html(rows, kpis)["de"]
    assert html.count("<table") == 2 and all(f"#kpi-{k}-de" in html for k in kpis)
    view = history_html(rows, kpis)["de"]
    assert view.startswith('<details class="table-view">') and "2026Q1" in view and "2026Q2" in view


KEY = re.compile(r"(kpis|kpi_page|kpi_parts)\.(name|formula|base|better|fact|of|interval|unit|group|table)_")


def test_segments_that_nobody_registered_stay_apart():
    rows = shaped({}, {"segment_id": "OLD_A", "segment_en": "OLD_A", "rank": 9, "value": 0.6})
    rows = pd.concat([rows, rows[-1:].assign(segment_id="OLD_B", segment_en="OLD_B", value=0.2)])
    html = history_html(rows, ["win_rate"])["en"]
    assert "OLD_A" in html and "OLD_B" in html and "60.0%" in html and "20.0%" in html


def test_a_difference_without_a_figure_of_all_has_no_direction():
    body = quarter_html(shaped({"p_adjusted": 0.01})[1:], ["win_rate"])["en"].split("<tbody>")[1].split("</tbody>")[0]
    assert "▲" not in body and "▼" not in body


def test_every_kpi_is_defined_in_both_languages():
    for language, html in definitions_html().items():
        assert all(f'id="kpi-{kpi_id}-{language}"' in html for kpi_id in kpi_catalogue())
        assert not KEY.search(html), "no key without its words"
