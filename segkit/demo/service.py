"""What service, surveys and controlling know: tickets, contracts, answers, cost of care, machines on site."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segkit.demo import catalogue as lists
from segkit.demo.parameters import FIRST_DAY, LAST_DAY, N_QUARTERS, stream
from segkit.demo.sample import Sample
from segkit.demo.voice import complaint_reasons, satisfaction
from segkit.demo.wishes import end_customers, wishes

PRAISE = ("Schnelle Lieferung, gerne wieder.", "Gute Beratung am Telefon.", "Ersatzteile immer da.")
BLAME = (
    "Lieferung kam zwei Wochen zu spät.",
    "Preise steigen jedes Jahr.",
    "Niemand ruft zurück.",
    "Falsches Teil geliefert.",
)


def tickets(sample: Sample) -> pd.DataFrame:
    """Return ticket_id, account_id, dates, priority, category, complaint_reason; the discontent write more."""
    rng = stream(sample.seed, "tickets")
    demand = sample.demand
    leaving = np.zeros_like(demand.hazard, dtype=bool)
    leaving[:, :-1] = demand.gone[:, 1:] == 1
    rate = np.array([0.42, 0.16, 0.05, 0.9])[demand.level] * demand.is_buying * np.where(leaving, 2.2, 1.0)
    rate = rate * np.exp(0.35 * sample.accounts["risk"].to_numpy())[:, None]
    account, quarter, created = _events(rate, rng)
    n = len(account)
    closed = created + np.ceil(rng.lognormal(1.3, 0.9, n)).astype(int).astype("timedelta64[D]")
    frame = pd.DataFrame(
        {
            "account_id": sample.accounts["account_id"].to_numpy()[account],
            "created_date": created,
            "closed_date": np.where(closed <= LAST_DAY, closed, np.datetime64("NaT")),
            "priority": rng.choice(["hoch", "mittel", "niedrig"], n, p=(0.18, 0.5, 0.32)),
            "category": rng.choice(
                ["Lieferung", "Rechnung", "Technik", "Reklamation", "Ersatzteil"], n, p=(0.26, 0.12, 0.3, 0.14, 0.18)
            ),
        }
    )
    frame = _with_id(frame, "ticket_id", "T", 70_000)
    return frame.assign(complaint_reason=complaint_reasons(sample, frame))


def contracts(sample: Sample) -> pd.DataFrame:
    """Return contract_id, account_id, contract_type, start_date, end_date, annual_value."""
    rng = stream(sample.seed, "contracts")
    demand = sample.demand
    chance = np.array([0.6, 0.3, 0.06, 1.0])[demand.level[:, -1]] * (sample.accounts["start"] != 99)
    account = np.flatnonzero(rng.random(len(chance)) < chance)
    n = len(account)
    first = np.maximum(sample.accounts["start"].to_numpy()[account], 0) * 91 + rng.integers(20, 700, n)
    start = np.minimum(FIRST_DAY + first.astype("timedelta64[D]"), LAST_DAY - np.timedelta64(30, "D"))
    years = rng.choice([1, 2, 3], n, p=(0.35, 0.3, 0.35))
    value = np.clip(0.04 * np.exp(demand.spend[account, -1]) * rng.lognormal(0, 0.4, n), 180, 60_000)
    frame = pd.DataFrame(
        {
            "account_id": sample.accounts["account_id"].to_numpy()[account],
            "contract_type": rng.choice(["Wartung", "Vollservice", "Bereitschaft 24 h"], n, p=(0.62, 0.26, 0.12)),
            "created_date": start,
            "start_date": start,
            "end_date": start + (365 * years).astype("timedelta64[D]"),
            "annual_value": np.round(value, 2),
        }
    )
    return _with_id(frame, "contract_id", "SV-", 8_000).drop(columns="created_date")


def surveys(sample: Sample, people: pd.DataFrame) -> pd.DataFrame:
    """Return answers of persons: survey_id, account_id, contact_id, survey_date, question, answer, comment.

    `nps` each November (0–10, the less content the lower); in April 2026 how much each need matters (1–7), with jobs,
    pains, gains and what people picked; in May the same at end customers of dealers; `csat` (1–5) after closed tickets.
    """
    rng = stream(sample.seed, "surveys")
    place = pd.Series(np.arange(len(sample.accounts)), sample.accounts["account_id"])
    at = people["account_id"].map(place).to_numpy()
    risk = sample.accounts["risk"].to_numpy()
    waves = []
    for quarter in range(0, N_QUARTERS, 4):
        asked = np.flatnonzero(sample.demand.is_buying[at, quarter] & (rng.random(len(at)) < 0.16))
        score = np.clip(np.round(7.1 - 1.3 * risk[at[asked]] + rng.normal(0, 1.7, len(asked))), 0, 10)
        praise, blame = rng.choice(PRAISE, len(asked)), rng.choice(BLAME, len(asked))
        said = np.select([score >= 9, score <= 6], [praise, blame], "")
        comment = pd.Series(np.where(rng.random(len(asked)) < 0.3, said, ""), dtype=object).replace("", None)
        days = np.datetime64(f"{2021 + quarter // 4}-11-02") + rng.integers(0, 24, len(asked))
        waves.append(
            pd.DataFrame({"person": asked, "survey_date": days, "question": "nps", "answer": score, "comment": comment})
        )
    needs, style = _needs(people, at, sample, rng)
    sheets = needs.drop_duplicates("person")
    persons, days = sheets["person"].to_numpy(), sheets["survey_date"].to_numpy()
    waves += [needs, wishes(people, persons, days, style.loc[persons].to_numpy(), sample.seed)]
    waves.append(end_customers(sample, people))
    frame = pd.concat(waves, ignore_index=True)
    sheet = frame.groupby(["person", "survey_date"], sort=False).ngroup()
    frame = pd.DataFrame(
        {
            "survey_id": [f"U{10_000 + i}" for i in sheet],
            "account_id": people["account_id"].to_numpy()[frame["person"]],
            "contact_id": people["contact_id"].to_numpy()[frame["person"]],
            **{name: frame[name] for name in ("survey_date", "question", "answer", "comment")},
        }
    )
    return pd.concat([frame, satisfaction(sample, people, tickets(sample))], ignore_index=True)


def _needs(people: pd.DataFrame, at: np.ndarray, sample: Sample, rng) -> tuple[pd.DataFrame, pd.Series]:
    """Return ratings of needs, and how high each person ticks everywhere, in standard deviations."""
    asked = np.flatnonzero(sample.demand.is_buying[at, -2] & (rng.random(len(at)) < 0.36))
    profile = np.array([lists.NEED_CLASSES[name] for name in people["need_class"].to_numpy()[asked]])
    style = rng.normal(0, lists.RATING_STYLE, (len(asked), 1))  # some people tick high everywhere
    rating = np.clip(np.round(profile + style + rng.normal(0, lists.RATING_NOISE, profile.shape)), 1, 7)
    rating = np.where(rng.random(rating.shape) < 0.04, np.nan, rating)
    days = np.datetime64("2026-04-13") + rng.integers(0, 20, len(asked))
    n = len(lists.NEEDS)
    frame = pd.DataFrame(
        {
            "person": np.repeat(asked, n),
            "survey_date": np.repeat(days, n),
            "question": [f"Bedarf: {need}" for need in lists.NEEDS] * len(asked),
            "answer": rating.ravel(),
            "comment": None,
        }
    )
    return frame[frame["answer"].notna()], pd.Series(style[:, 0] / lists.RATING_STYLE, asked)


def care_costs(sample: Sample) -> pd.DataFrame:
    """Return account_id, cost_date (last day of the quarter), cost_type, cost, from 2024 on."""
    rng = stream(sample.seed, "care")
    demand = sample.demand
    ends = (FIRST_DAY.astype("datetime64[M]") + 3 * np.arange(1, N_QUARTERS + 1)).astype("datetime64[D]") - 1
    parts = []
    for kind, base in {
        "Außendienstbesuch": (900, 260, 35, 4200),
        "Innendienst": (210, 90, 32, 800),
        "Logistik": (330, 95, 24, 2600),
    }.items():
        money = np.array(base)[demand.level] * rng.lognormal(-0.1, 0.5, demand.level.shape)
        money = np.where(rng.random(money.shape) < (0.75 if kind == "Außendienstbesuch" else 0.95), money, 0)
        money = np.round(money * demand.is_buying, 2)
        money[:, :9] = 0
        account, quarter = np.nonzero(money)
        ids = sample.accounts["account_id"].to_numpy()[account]
        parts.append(
            pd.DataFrame(
                {"account_id": ids, "cost_date": ends[quarter], "cost_type": kind, "cost": money[account, quarter]}
            )
        )
    return pd.concat(parts).sort_values(["cost_date", "account_id", "cost_type"], ignore_index=True)


def installed_base(sample: Sample) -> pd.DataFrame:
    """Return account_id, site_id, machine, built: the pumps at customers' sites."""
    rng = stream(sample.seed, "machines")
    buys = (sample.accounts["start"] != 99).to_numpy()
    mean = np.clip(sample.accounts["potential"].to_numpy() / 30_000, 0.25, 18) * buys
    account = np.repeat(np.arange(len(mean)), np.minimum(rng.poisson(mean), 30))
    n = len(account)
    pumps = sample.products[sample.products["product_group"].isin(["Kreiselpumpen", "Dosierpumpen"])][
        "product_id"
    ].to_numpy()
    site = 1 + np.minimum(rng.geometric(0.6, n) - 1, 4)
    ids = sample.accounts["account_id"].to_numpy()[account]
    return pd.DataFrame(
        {
            "account_id": ids,
            "site_id": [f"{account_id}-{number}" for account_id, number in zip(ids, site, strict=True)],
            "machine": [
                f"{pump} / SN {number}"
                for pump, number in zip(rng.choice(pumps, n), 40_000 + np.cumsum(rng.integers(1, 60, n)), strict=True)
            ],
            "built": np.datetime64("2026-06-01") - rng.gamma(2.2, 1500, n).clip(20, 11_000).astype(int),
        }
    )


def _events(rate: np.ndarray, rng) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (account, quarter, day) of events with so many expected a quarter."""
    counts = rng.poisson(rate)
    account, quarter = np.repeat(np.indices(counts.shape).reshape(2, -1), counts.ravel(), axis=1)
    first = (FIRST_DAY.astype("datetime64[M]") + 3 * quarter).astype("datetime64[D]")
    return account, quarter, np.minimum(first + rng.integers(0, 91, len(account)).astype("timedelta64[D]"), LAST_DAY)


def _with_id(frame: pd.DataFrame, column: str, prefix: str, first: int) -> pd.DataFrame:
    frame = frame.sort_values(["created_date", "account_id"], kind="stable", ignore_index=True)
    frame.insert(0, column, [f"{prefix}{first + i}" for i in range(len(frame))])
    return frame
