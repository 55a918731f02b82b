"""What customers say of the service: why they complain, and how content they are once a ticket is done."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pandas as pd

from segkit.demo.parameters import LAST_DAY, LEVELS, QUARTERS, quarter_of, stream
from segkit.demo.sample import Sample

COMPLAINT = "Reklamation"
REASONS = ("Lieferverzug", "Falschlieferung", "Qualitätsmangel", "Transportschaden", "Rechnungsfehler")
REASON_CHANCES = (
    (0.18, 0.12, 0.42, 0.10, 0.18),
    (0.28, 0.20, 0.27, 0.13, 0.12),
    (0.46, 0.22, 0.12, 0.14, 0.06),
    (0.18, 0.12, 0.42, 0.10, 0.18),
)
"""Why accounts of level A, B, C and KEY complain: the large ones of quality, the small ones of late deliveries."""

ASKED_FROM = np.datetime64("2022-01-01")
ANSWERED = 0.42  # of the tickets closed since then
BEST, BY_DAYS, BY_COMPLAINT, BY_RISK, NOISE = 4.6, 0.35, 0.9, 0.15, 0.85
"""Satisfaction before it is rounded to 1 to 5: at best, less by log(1 + days to the end), complaint and discontent."""


def complaint_reasons(sample: Sample, tickets: pd.DataFrame) -> np.ndarray:
    """Return the reason of each complaint among the tickets, empty for all others."""
    rng = stream(sample.seed, "complaint reasons")
    bounds = np.cumsum(REASON_CHANCES, axis=1)[:, :-1]
    drawn = (rng.random((len(tickets), 1)) > bounds[_levels(sample, tickets)]).sum(axis=1)
    reasons = pd.Series(np.array(REASONS, object)[drawn], tickets.index)
    return reasons.where(tickets["category"] == COMPLAINT, None).to_numpy(object)


def satisfaction(sample: Sample, people: pd.DataFrame, tickets: pd.DataFrame) -> pd.DataFrame:
    """Return answers to `csat` (1 to 5) after closed tickets: the columns of `service.surveys`, one sheet each."""
    rng = stream(sample.seed, "csat")
    mean = _mean_answer(sample, tickets)
    n = len(tickets)
    answer = np.clip(np.round(mean + rng.normal(0, NOISE, n)), 1, 5)
    day = tickets["closed_date"].to_numpy("datetime64[D]") + rng.integers(1, 7, n).astype("timedelta64[D]")
    said = (rng.random(n) < ANSWERED) & (day >= ASKED_FROM) & (day <= LAST_DAY)  # no day: not closed, not asked
    sheets = pd.DataFrame(
        {
            "survey_id": "Z" + tickets["ticket_id"].str[1:],
            "account_id": tickets["account_id"],
            "contact_id": _somebody(people, tickets["account_id"], rng.random(n)),
            "survey_date": day,
            "question": "csat",
            "answer": answer,
            "comment": None,
        }
    )
    return sheets[said].sort_values(["survey_date", "survey_id"], ignore_index=True)


def true_satisfaction(sample: Sample, tickets: pd.DataFrame) -> pd.DataFrame:
    """Return ticket_id, account_id, level, complaint_reason, expected (mean of possible answers; empty: open)."""
    mean = _mean_answer(sample, tickets)
    steps = np.arange(1.5, 5)  # the answer is 1 and one more for each step that is passed
    above = np.vectorize(NormalDist().cdf, otypes=[float])((mean[:, None] - steps) / NOISE)
    expected = np.where(np.isnan(mean), np.nan, 1 + above.sum(axis=1))
    level = np.array(LEVELS, object)[_levels(sample, tickets)]
    return tickets[["ticket_id", "account_id", "complaint_reason"]].assign(level=level, expected=expected.round(6))


def _mean_answer(sample: Sample, tickets: pd.DataFrame) -> np.ndarray:
    """Return satisfaction before noise and rounding, NaN while a ticket is open."""
    days = (tickets["closed_date"] - tickets["created_date"]).dt.days.to_numpy(float)
    risk = sample.accounts["risk"].to_numpy()[_places(sample, tickets)]
    complaint = (tickets["category"] == COMPLAINT).to_numpy()
    return BEST - BY_DAYS * np.log1p(days) - BY_COMPLAINT * complaint - BY_RISK * risk


def _levels(sample: Sample, tickets: pd.DataFrame) -> np.ndarray:
    """Return the level of the account in the ticket's quarter."""
    quarter = np.clip(quarter_of(tickets["created_date"]), 0, len(QUARTERS) - 1)
    return sample.demand.level[_places(sample, tickets), quarter]


def _places(sample: Sample, tickets: pd.DataFrame) -> np.ndarray:
    place = pd.Series(np.arange(len(sample.accounts)), sample.accounts["account_id"])
    return tickets["account_id"].map(place).to_numpy(int)


def _somebody(people: pd.DataFrame, accounts: pd.Series, draw: np.ndarray) -> np.ndarray:
    """Return a person of each account; persons stand together by account."""
    first = people.reset_index(drop=True).reset_index().groupby("account_id")["index"].agg(["min", "size"])
    of = first.loc[accounts]
    return people["contact_id"].to_numpy()[(of["min"].to_numpy() + np.floor(draw * of["size"].to_numpy())).astype(int)]
