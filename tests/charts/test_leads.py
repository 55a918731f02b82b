"""Charts of leads show each source with its interval, and the first ten in colour, in both languages."""

import json

import pandas as pd
import pytest

from segkit.charts.leads import sources_chart, waiting_chart
from segkit.charts.theme import in_languages
from segkit.value.leads.shaping import describe_sources, describe_waiting

MODEL = {
    "rate": 0.2,
    "by_source": [
        {"source": "Messe", "n": 100, "k": 30, "rate": 0.28},
        {"source": "-", "n": 10, "k": 1, "rate": 0.16},
        *({"source": f"Quelle {i:02d}", "n": 5, "k": 1, "rate": 0.2} for i in range(15)),
    ],
}


def test_sources_by_hand():
    found = describe_sources(MODEL).set_index("source")
    assert len(found) == 13
    assert found.loc["Messe", "share"] == 0.3
    assert found.loc["+", "n"] == 25
    assert found["n"].sum() == 185
    assert (found["low"] < found["share"]).all()
    assert (found["share"] < found["high"]).all()
    assert describe_sources({"by_source": [], "rate": None}).empty


def test_open_leads_by_hand():
    rows = pd.DataFrame(
        {
            "company": ["A", "B", "C"],
            "source_name": ["Messe", None, "Messe"],
            "created_date": pd.to_datetime(["2026-09-20", "2026-08-01", "2026-07-01"]),
            "score": [0.5, 0.2, None],
            "lead_rank": [1, 11, 12],
        }
    )
    found = describe_waiting(rows, pd.Timestamp("2026-09-30").date())
    assert found["age_days"].tolist() == [10, 60]
    assert found["is_top"].tolist() == [True, False]


@pytest.mark.parametrize("language", ["de", "en"])
def test_words_are_those_of_the_language(language):
    waiting = pd.DataFrame({"company": ["A"], "source_name": ["x"], "age_days": [3], "score": [0.4], "is_top": [True]})
    sources = in_languages(sources_chart, describe_sources(MODEL))[language]
    open_leads = in_languages(waiting_chart, waiting)[language]
    words = {
        "de": ("Welche Herkunft", "ohne Herkunft", "Tage, seit er kam"),
        "en": ("Which sources", "no source", "days"),
    }
    text = json.dumps([sources, open_leads], ensure_ascii=False)
    assert all(word in text for word in words[language])
    assert sources["layer"][1]["encoding"]["x2"]["field"] == "high"
