"""Charts of churn and renewal."""

import json

import pandas as pd

from segkit.charts.churn import renewals_chart, risk_chart
from segkit.charts.theme import in_languages

POINTS = pd.DataFrame(
    [("Nord AG", "V-1", 0.9, 5e4, 4.5e4, True, "Nord AG"), ("Süd SE", None, 0.01, 3e6, 3e4, False, "")],
    columns=["name", "owner_id", "churn_probability", "stake", "revenue_at_risk", "is_silent", "label"],
)
MONTHS = pd.DataFrame(
    {"month": pd.date_range("2026-10-01", periods=12, freq="MS"), "n_contracts": [1] * 12, "value": [7777.0] * 12}
)


def test_charts_speak_both_languages_and_hold_no_data_in_their_specification():
    for chart, frame, german, english in (
        (risk_chart, POINTS, "Wer gehen könnte", "Who may leave"),
        (renewals_chart, MONTHS, "Verträge", "Contracts"),
    ):
        specs = in_languages(chart, frame, currency="CHF")
        words = {x: json.dumps({k: v for k, v in specs[x].items() if k != "datasets"}) for x in ("de", "en")}
        assert german in json.loads(f'"{specs["de"]["title"]["text"]}"') + words["de"]
        assert english in words["en"]
        assert "CHF" in words["de"]
        assert "Nord AG" not in words["de"]
        assert "7777" not in words["de"]
        assert chart(frame, "de").to_dict()["layer"]
