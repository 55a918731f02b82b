"""Criteria made from other tables, on rows that can be counted by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from segkit.criteria.aggregates import AGGREGATES

DAY = pd.Timestamp("2026-06-30")
ACCOUNTS = pd.DataFrame({"revenue_12m": [100.0, 0.0]}, index=pd.Index(["A", "B"], name="account_id"))


def ago(*days: int) -> list[pd.Timestamp]:
    return [DAY - pd.Timedelta(days=d) for d in days]


def value(name: str, **tables: dict) -> dict:
    frames = {table: pd.DataFrame(columns) for table, columns in tables.items()}
    return AGGREGATES[name](frames, ACCOUNTS, DAY).dropna().to_dict()


CONTRACTS = {
    "contract_id": ["c1", "c2", "c3", "c4"],
    "account_id": ["A", "A", "B", "B"],
    "contract_type": ["Wartung", "Vollservice", "Wartung", "Wartung"],
    "start_date": ago(900, 100, 800, -10),
    "end_date": ago(-50, -700, 60, -900),
    "annual_value": [10.0, 90.0, 40.0, 70.0],
}
BASE = {
    "account_id": ["A", "A", "A", "B"],
    "site_id": ["1", "1", "2", None],
    "machine": ["m"] * 4,
    "built": ago(365, 731, 3653, 1461),
}
PEOPLE = {
    "account_id": ["A", "A", "B"],
    "department": ["Einkauf", "Technik", None],
    "seniority": ["Leitung", "Fachkraft", "Fachkraft"],
    "job_title": ["Leitung Einkauf", "Monteur", "Geschäftsführung"],
}


@pytest.mark.parametrize(
    ("name", "tables", "expected"),
    [
        ("contract_type", {"contracts": CONTRACTS}, {"A": "Vollservice"}),
        ("recurring_revenue", {"contracts": CONTRACTS}, {"A": 100.0}),
        ("contract_remaining", {"contracts": CONTRACTS}, {"A": 50.0}),
        ("n_sites", {"installed_base": BASE}, {"A": 2.0}),
        ("n_machines", {"installed_base": BASE}, {"A": 3, "B": 1}),
        ("site_concentration", {"installed_base": BASE}, {"A": pytest.approx(2 / 3)}),
        ("machine_age", {"installed_base": BASE}, {"A": pytest.approx(2.0014, abs=1e-3), "B": pytest.approx(4)}),
        ("has_purchasing", {"contacts": PEOPLE}, {"A": "yes"}),
        ("n_departments", {"contacts": PEOPLE}, {"A": 2.0}),
        ("n_leaders", {"contacts": PEOPLE}, {"A": 1, "B": 1}),
        (
            "country",
            {"accounts": {"account_id": list("ABCD"), "country": ["Deutschland", "DE ", "Germany", "Ruritanien"]}},
            {"A": "DE", "B": "DE", "C": "DE", "D": "Ruritanien"},
        ),
        (
            "sole_trader",
            {"accounts": {"account_id": list("ABCD"), "legal_form": ["e.K.", "GmbH", "eK", None]}},
            {"A": "yes", "B": "no", "C": "yes"},
        ),
        (
            "group_ties",
            {"accounts": {"account_id": list("ABC"), "parent_id": [None, "A", None]}},
            {"A": "parent", "B": "subsidiary", "C": "independent"},
        ),
        (
            "care_cost_share",
            {"care_costs": {"account_id": ["A", "A", "B"], "cost_date": ago(10, 400, 5), "cost": [25.0, 9.0, 5.0]}},
            {"A": 0.25},
        ),
        (
            "care_cost_share",
            {
                "care_costs": {"account_id": ["A", "B"], "cost_date": ago(10, 10), "cost": [25.0, 5.0]},
                "accounts": {
                    "account_id": ["A", "A/1", "B"],
                    "parent_id": [None, "A", None],
                    "unit_level": ["company", "site", "company"],
                },
            },
            {},
        ),
        (
            "group_ties",
            {
                "accounts": {
                    "account_id": ["A", "A/1", "B"],
                    "parent_id": ["B", "A", None],
                    "unit_level": ["company", "site", "company"],
                }
            },
            {"A": "subsidiary", "B": "parent"},
        ),
        (
            "wallet_share",
            {"competitors": {"account_id": ["A", "A", "B"], "share": [0.3, 0.2, None]}},
            {"A": pytest.approx(0.5)},
        ),
        ("competitor_bound", {"competitors": {"account_id": ["A", "A"], "bound_until": ago(3, -9)}}, {"A": 9.0}),
        (
            "satisfaction",
            {
                "surveys": {
                    "account_id": ["A", "A", "A", "B"],
                    "survey_date": ago(1, 2, 800, 1),
                    "question": ["nps", "NPS", "nps", "Bedarf: Preis"],
                    "answer": [8.0, 10.0, 0.0, 5.0],
                }
            },
            {"A": 9.0},
        ),
        (
            "top_need",
            {
                "surveys": {
                    "account_id": ["A", "A", "B", "B"],
                    "survey_date": ago(1, 2, 3, 4),
                    "question": ["Preis", "Zeit", "Preis", "Zeit"],
                    "answer": [6.0, 5.0, 7.0, 2.0],
                }
            },
            {"A": "Zeit", "B": "Preis"},
        ),
        (
            "industry_growth",
            {
                "sectors": {
                    "industry_code": ["28", "28", "28.22"],
                    "period": ["2024", "2025", "2025"],
                    "growth": [0.1, -0.02, 0.3],
                },
                "accounts": {"account_id": ["A", "B", "C", "D"], "industry_code": ["28.29", "10", "28.22", None]},
            },
            {"A": -0.02, "C": 0.3},
        ),
        (
            "digital_contacts",
            {
                "engagements": {
                    "account_id": ["A", "A", "B", "A"],
                    "engagement_date": ago(1, 2, 3, 500),
                    "engagement_type": ["visit", "click", "mail", "visit"],
                }
            },
            {"A": 2},
        ),
        (
            "lead_source",
            {
                "leads": {
                    "lead_id": ["2", "1"],
                    "account_id": ["A", "A"],
                    "created_date": ago(9, 20),
                    "source_name": ["Web", "Messe"],
                }
            },
            {"A": "Messe"},
        ),
    ],
)
def test_by_hand(name, tables, expected):
    assert value(name, **tables) == expected


def test_product_groups_bought_and_not_bought():
    tables = {
        "products": {"product_id": ["1", "2", "3"], "product_group": ["Pumpen", "Filter", "Pumpen"]},
        "account_products": {
            "account_id": ["A", "A", "A"],
            "product_id": ["1", "2", "3"],
            "revenue": [50.0, 80.0, 60.0],
        },
    }
    assert value("application", **tables) == {"A": "Pumpen"}
    assert value("cross_sell", **tables) == {"A": 0.0, "B": 1.0}
