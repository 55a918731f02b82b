"""Age of firmographics: whole years, states, money; the heading counts values of known age only."""

from __future__ import annotations

import pandas as pd

from segkit.charts.freshness import freshness_chart
from segkit.charts.theme import in_languages

FRESHNESS = pd.DataFrame(
    [
        ("employees", 100, False, False, 10.0),
        ("employees", 364, False, True, 5.0),
        ("employees", 1500, True, False, 100.0),
        ("employees", 9000, True, False, 7.0),
        ("employees", None, False, False, 1.0),
        ("industry_code", None, False, False, 3.0),
        ("industry_code", None, False, False, -4.0),
    ],
    columns=["column", "age_days", "is_stale", "is_refreshed", "revenue"],
).astype({"age_days": "Int64"})
FRESHNESS["known_date"] = FRESHNESS["age_days"].map(lambda days: "2026-06-30", na_action="ignore")
FRESHNESS.loc[4, "age_days"] = 90  # at least as old as the delivery, which says nothing


def drawn(language: str) -> list[dict]:
    (rows,) = in_languages(freshness_chart, FRESHNESS, currency="EUR")[language]["datasets"].values()
    return rows


def test_money_by_year_of_age_and_state():
    rows = [(row["years"], row["state_name"], row["revenue"], row["n_accounts"]) for row in drawn("de")]
    assert rows == [
        ("0", "aktuell", 10.0, 1),
        ("0", "aus externer Datei erneuert", 5.0, 1),
        ("4", "veraltet", 100.0, 1),
        ("8+", "veraltet", 7.0, 1),
        ("?", "Alter unbekannt", 1.0, 1),
        ("?", "Alter unbekannt", 3.0, 2),
    ]


def test_the_heading_names_the_stale_share_of_values_whose_age_is_known():
    headings = [row["panel"].replace("\xa0", " ") for row in drawn("de")]
    assert headings[0] == "Mitarbeiter: 50,0 % veraltet" and headings[-1] == "Branchencode: Alter unbekannt"
