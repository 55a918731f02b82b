"""Small companies of persons with planted needs."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from segkit.quarters import Quarter
from segkit.segments.needs.quarterly import PersonInputs
from segkit.segments.place import Place
from segkit.settings.person_segmentation import PersonSegmentation

AS_OF = dt.date(2026, 9, 30)
ITEMS = ["Preis", "Zeit", "Rat", "Netz", "Ruhe"]
PROFILES = np.array([[6, 3, 2, 4, 3], [3, 6, 3, 3, 6], [2, 4, 6, 6, 3]])
DEPARTMENTS = ["Einkauf", "Technik", "Labor"]


def make_company(n: int = 240, n_answered: int = 150, seed: int = 1) -> tuple[PersonInputs, np.ndarray]:
    """Return what is known of n persons at n / 3 accounts, and the planted class of each."""
    rng = np.random.default_rng(seed)
    planted = rng.integers(0, 3, n)
    department = np.where(rng.random(n) < 0.8, planted, rng.integers(0, 3, n))
    contacts = pd.DataFrame(
        {
            "contact_id": [f"P{1000 + i}" for i in range(n)],
            "account_id": [f"A{100 + i // 3}" for i in range(n)],
            "job_title": "Fachkraft",
            "department": np.array(DEPARTMENTS)[department],
            "seniority": np.where(rng.random(n) < 0.5, "Leitung", "Fachkraft"),
            "is_contactable": rng.random(n) < 0.8,
        }
    )
    style = rng.normal(0, 0.5, (n_answered, 1))
    rating = np.clip(np.round(PROFILES[planted[:n_answered]] + style + rng.normal(0, 0.7, (n_answered, 5))), 1, 7)
    surveys = pd.DataFrame(
        {
            "survey_id": np.repeat([f"U{i}" for i in range(n_answered)], 5),
            "account_id": None,
            "contact_id": np.repeat(contacts["contact_id"].to_numpy()[:n_answered], 5),
            "survey_date": pd.Timestamp("2026-05-04"),
            "question": [f"Bedarf: {item}" for item in ITEMS] * n_answered,
            "answer": rating.ravel(),
            "comment": None,
        }
    )
    ids = sorted(contacts["account_id"].unique())
    accounts = pd.DataFrame(
        {"account_id": ids, "name": [f"Firma {i}" for i in ids], "owner_id": "V-1", "industry": "Bau", "region": None}
    )
    money = {"revenue_12m": 1000.0, "margin_12m": 400.0, "days_since_last": 20}
    features = pd.DataFrame({"account_id": ids, **money})
    return PersonInputs(contacts, surveys, accounts, features), planted


def make_place(before=None, quarter: str = "2026Q3", moves=(), names=()) -> Place:
    wanted = ["segmentation_id", "account_id", "segment_id", "quarter", "author", "date", "reason"]
    called = ["segmentation_id", "segment_id", "name_de", "name_en"]
    decided = pd.DataFrame(list(moves), columns=wanted), pd.DataFrame(list(names), columns=called)
    colours = ["#111111", "#222222", "#333333", "#444444"]
    return Place("needs", AS_OF, Quarter.parse(quarter), 7, "de", colours, *decided, before)


def settings(**changes) -> PersonSegmentation:
    return PersonSegmentation(unit="person", **({"k_max": 4, "bootstrap_pairs": 2} | changes))
