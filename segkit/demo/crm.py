"""What the CRM knows: who looks after whom, contact persons, opportunities, campaigns."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segkit.demo import catalogue as lists
from segkit.demo.blocks import block_persons
from segkit.demo.duplicates import FOLDED
from segkit.demo.parameters import FIRST_DAY, LAST_DAY, N_QUARTERS, stream
from segkit.demo.sample import Sample

STAGES = ("Erstkontakt", "Bedarfsklärung", "Angebot", "Verhandlung")
LEAD_SOURCES = ("Messe", "Webseite", "Empfehlung", "Kaltakquise", "Webinar", "Bestandskunde")
CHANNELS = ("Newsletter", "Messe", "Webinar", "Suchmaschinenanzeige", "Postmailing")


def staff(seed: int) -> pd.DataFrame:
    """Return the sales force: owner_id, owner_name, team, area, role, hours (a year), cost (a year)."""
    rng = stream(seed, "staff")
    rows = [(area, "Außendienst") for area in lists.TEAMS for _ in range(3)]
    rows += [("", "Innendienst")] * 4 + [("", "Key Account")] * 2
    teams = [lists.TEAMS.get(area, role) for area, role in rows]
    return pd.DataFrame(
        {
            "owner_id": [f"V-{101 + i}" for i in range(len(rows))],
            "owner_name": person_names(len(rows), rng)["full"],
            "team": teams,
            "area": [area for area, _ in rows],
            "role": [role for _, role in rows],
            "hours": 1540,
            "cost": [{"Außendienst": 98_000, "Innendienst": 61_000, "Key Account": 118_000}[role] for _, role in rows],
        }
    )


def person_names(n: int, rng) -> pd.DataFrame:
    """Return n invented persons: first, last, full."""
    first = rng.choice(lists.FIRST_NAMES, n).astype(object)
    last = (rng.choice(lists.LAST_FRONT, n).astype(object) + rng.choice(lists.LAST_BACK, n).astype(object)).astype(
        object
    )
    return pd.DataFrame({"first": first, "last": last, "full": first + " " + last})


def phone_numbers(n: int, rng) -> list[str]:
    """Return n invented telephone numbers."""
    areas, numbers = rng.integers(201, 990, n), rng.integers(10_000, 999_999, n)
    return [f"+49 {area} {number}" for area, number in zip(areas, numbers, strict=True)]


def owners(sample: Sample) -> pd.DataFrame:
    """Return account_id, owner_id, team: large accounts in the field by area, small ones inside, a few not in order."""
    rng = stream(sample.seed, "owners")
    people = staff(sample.seed)
    level = sample.demand.level[:, -8]
    small = (level == 2) ^ (rng.random(len(level)) < 0.06)
    role = np.where(level == 3, "Key Account", np.where(small, "Innendienst", "Außendienst"))
    key = np.where(role == "Außendienst", sample.accounts["area"], role)
    groups = {name: group["owner_id"].to_numpy() for name, group in people.groupby(
        np.where(people["area"] == "", people["role"], people["area"]))}  # fmt: skip
    draw = rng.random(len(level))
    owner = [groups[name][int(u * len(groups[name]))] for name, u in zip(key, draw, strict=True)]
    team = people.set_index("owner_id")["team"].reindex(owner).to_numpy()
    return pd.DataFrame({"account_id": sample.accounts["account_id"], "owner_id": owner, "team": team})


def contacts(sample: Sample) -> pd.DataFrame:
    """Return persons: contact_id, account_id, names, job, department, consent, do_not_contact, need_class."""
    rng = stream(sample.seed, "contacts")
    accounts = sample.accounts
    size = np.log10(accounts["employees"].to_numpy() + 1)
    counts = np.clip(1 + rng.poisson(0.75 * size), 1, 9)
    at = np.repeat(np.arange(len(accounts)), counts)
    n = len(at)
    names = person_names(n, rng)
    department = rng.choice(len(lists.DEPARTMENTS), n, p=(0.34, 0.24, 0.13, 0.10, 0.13, 0.06))
    rank = (rng.random(n) < 0.33).astype(int)
    jobs = [lists.JOBS[lists.DEPARTMENTS[d]][r] for d, r in zip(department, rank, strict=True)]
    roots = accounts["name"].str.split(" ").str[0].str.translate(FOLDED).str.lower().to_numpy()[at]
    mail = [
        f"{first[0]}.{last}@{root}.example".translate(FOLDED).lower()
        for first, last, root in zip(names["first"], names["last"], roots, strict=True)
    ]
    lean = np.array(lists.NEED_LEAN)
    need = (rng.random((n, 1)) > np.cumsum(lean, axis=1)[department]).sum(axis=1)
    people = pd.DataFrame(
        {
            "contact_id": [f"P{200_000 + 7 * i}" for i in range(n)],
            "account_id": accounts["account_id"].to_numpy()[at],
            "first_name": names["first"],
            "last_name": names["last"],
            "job_title": jobs,
            "department": np.array(lists.DEPARTMENTS)[department],
            "seniority": np.where(rank == 1, "Leitung", "Fachkraft"),
            "email": mail,
            "phone": phone_numbers(n, rng),
            "consent": rng.random(n) < 0.71,
            "need_class": np.array(list(lists.NEED_CLASSES))[need],
        }
    )
    return block_persons(people, sample.seed)


def campaigns(seed: int) -> pd.DataFrame:
    """Return campaign_id, campaign_name, channel, start_date, end_date, cost."""
    rng = stream(seed, "campaigns")
    starts = pd.date_range("2021-10-05", "2026-09-10", freq="45D")
    n = len(starts)
    channel = rng.choice(CHANNELS, n)
    cost = {"Newsletter": 1800, "Messe": 42_000, "Webinar": 5200, "Suchmaschinenanzeige": 9000, "Postmailing": 7400}
    topics = rng.choice(["Filterwechsel", "Energie sparen", "Ersatzteile online", "Neue Dosierpumpe", "Wartung"], n)
    return pd.DataFrame(
        {
            "campaign_id": [f"K{i + 1:03d}" for i in range(n)],
            "campaign_name": [f"{c} {t} {d:%Y}" for c, t, d in zip(channel, topics, starts, strict=True)],
            "channel": channel,
            "start_date": starts,
            "end_date": starts + pd.to_timedelta(rng.integers(3, 40, n), unit="D"),
            "cost": np.round([cost[c] for c in channel] * rng.lognormal(0, 0.25, n), 2),
        }
    )


def opportunities(sample: Sample) -> pd.DataFrame:
    """Return opportunity_id, account_id, product_id, owner_id, stage, amount, created_date, close_date, lead_source."""
    rng = stream(sample.seed, "opportunities")
    accounts, demand = sample.accounts, sample.demand
    wanted = rng.poisson(_deals_wanted(sample)) > 0
    account, quarter = np.nonzero(_is_created(sample) & wanted)
    n = len(account)
    created = _quarter_starts()[quarter] + rng.integers(0, 90, n).astype("timedelta64[D]")
    created = np.minimum(created, LAST_DAY)
    closing = created + np.maximum(4, np.round(rng.lognormal(np.log(75), 0.6, n))).astype(int).astype("timedelta64[D]")
    is_closed = closing <= LAST_DAY
    appeal = 0.25 * (demand.clock[account, quarter] > 0) - 0.3 * accounts["risk"].to_numpy()[account]
    appeal = appeal - 0.5 - 0.5 * (accounts["start"].to_numpy()[account] == 99)
    won = rng.random(n) < 1 / (1 + np.exp(-appeal))
    stage = np.where(is_closed, np.where(won, "Gewonnen", "Verloren"), rng.choice(STAGES, n))
    size = np.minimum(accounts["potential"].to_numpy()[account] * 0.15, 250_000) * rng.lognormal(-0.3, 0.6, n)
    usual = sample.products.query("list_price > 150")["product_id"].to_numpy()
    frame = pd.DataFrame(
        {
            "account_id": accounts["account_id"].to_numpy()[account],
            "product_id": rng.choice(usual, n),
            "owner_id": owners(sample)["owner_id"].to_numpy()[account],
            "stage": stage,
            "amount": np.round(np.maximum(size, 300), -1),
            "created_date": created,
            "close_date": np.where(is_closed, closing, np.datetime64("NaT")),
            "lead_source": rng.choice(LEAD_SOURCES, n, p=(0.12, 0.2, 0.1, 0.1, 0.08, 0.4)),
        }
    )
    frame = frame.sort_values(["created_date", "account_id"], ignore_index=True)
    frame.insert(0, "opportunity_id", [f"VK-{30_000 + i}" for i in range(n)])
    return frame


def deal_rates(sample: Sample) -> np.ndarray:
    """Return how many opportunities each account wants in each quarter, none before it is created."""
    return _deals_wanted(sample) * _is_created(sample)


def _deals_wanted(sample: Sample) -> np.ndarray:
    accounts, demand = sample.accounts, sample.demand
    rate = np.where(accounts["start"] == 99, 0.10, np.array([0.55, 0.22, 0.07, 1.2])[demand.level[:, -1]])
    return rate[:, None] * np.where(demand.clock > 0, 1.7, 1.0) * ((demand.gone == 0) | (demand.gone > 6))


def _is_created(sample: Sample) -> np.ndarray:
    return sample.accounts["created_date"].to_numpy()[:, None] <= _quarter_starts()[None, :]


def _quarter_starts() -> np.ndarray:
    months = FIRST_DAY.astype("datetime64[M]") + 3 * np.arange(N_QUARTERS)
    return months.astype("datetime64[D]")
