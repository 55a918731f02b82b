"""The accounts themselves: who they are, what they could buy, how content they are."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segkit.demo import catalogue as lists
from segkit.demo.parameters import N_QUARTERS, Parameters, stream


def simulate_accounts(seed: int, n: int, p: Parameters) -> pd.DataFrame:
    """Return one row per company: identity, place, and the latent traits that do not change.

    Columns: account_id, name, legal_form, industry_code, industry, sector (position), street, postal_code, city,
    region, area, level (0–3 for A, B, C, KEY), start (quarter in which it begins to buy; negative: before the data;
    99: never), risk (log factor on the hazard), created_date.
    """
    rng = stream(seed, "accounts")
    sector = rng.choice(len(lists.SECTORS), n, p=lists.SECTORS["weight"])
    place = lists.PLACES.iloc[rng.integers(len(lists.PLACES), size=n)].reset_index(drop=True)
    frame = pd.DataFrame(
        {
            "sector": sector,
            "industry_code": lists.SECTORS["industry_code"].to_numpy()[sector],
            "industry": lists.SECTORS["industry"].to_numpy()[sector],
            "legal_form": rng.choice(lists.LEGAL_FORMS, n, p=lists.LEGAL_WEIGHTS),
            "street": _streets(n, rng),
            "postal_code": [f"{code:05d}" for code in rng.integers(place["first_code"], place["last_code"] + 1)],
            "city": place["city"],
            "region": place["region"],
            "area": place["area"],
            "level": _levels(n, p, rng),
            "risk": rng.normal(-0.5 * p.hazard_spread**2, p.hazard_spread, n),
        }
    )
    frame["start"] = _starts(frame["level"].to_numpy(), p, rng)
    frame["name"] = company_names(sector, frame["legal_form"].to_numpy(), rng)
    frame["created_date"] = _created(frame["start"].to_numpy(), rng)
    frame.insert(0, "account_id", _numbers(frame["created_date"], rng))
    return frame


def company_names(sector: np.ndarray, legal_form: np.ndarray, rng) -> list[str]:
    """Return a different invented name for each company: root, word of its sector, legal form."""
    n = len(sector)
    roots = np.array([front + back for front in lists.ROOTS_FRONT for back in lists.ROOTS_BACK])
    picks = np.concatenate([rng.permutation(len(roots)) for _ in range(n // len(roots) + 1)])[:n]
    words = [text.split("|") for text in lists.SECTORS["words"]]
    choice = rng.random(n)
    names, seen = [], set()
    for i in range(n):
        options = words[sector[i]]
        first = int(choice[i] * len(options))
        name = next(
            f"{roots[picks[i]]} {options[(first + j) % len(options)]}{extra} {legal_form[i]}"
            for extra in ("", " Süd", " Nord", " West", " Ost", *(f" {number}" for number in range(2, 99)))
            for j in range(len(options))
            if f"{roots[picks[i]]} {options[(first + j) % len(options)]}{extra}" not in seen
        )
        seen.add(name.removesuffix(f" {legal_form[i]}"))
        names.append(name)
    return names


def add_potential(frame: pd.DataFrame, spend: np.ndarray, p: Parameters, seed: int) -> pd.DataFrame:
    """Return the accounts with what each could buy in a year, and with the head count that goes with it.

    Potential is spend over share of wallet; head count follows from potential by the rate of the sector, with noise:
    potential = rate × employees^0.8 × noise. Some small customers could buy as much as a large one ("diamonds").

    Parameters
    ----------
    spend : array of float
        What each account wants a year at the end of the data, in euro.
    """
    rng = stream(seed, "potential")
    n, level = len(frame), frame["level"].to_numpy()
    first, second = np.array([5.0, 3.2, 1.6, 9.0])[level], np.array([3.0, 3.2, 2.6, 3.0])[level]
    wallet = np.clip(rng.beta(first, second), 0.03, 0.98)
    diamond = (level == 2) & (rng.random(n) < p.diamond_share)
    wallet = np.where(diamond, rng.uniform(0.008, 0.03, n), wallet)
    potential = spend / wallet
    rate = lists.SECTORS["rate"].to_numpy()[frame["sector"]]
    head_count = (potential / rate / np.exp(rng.normal(0, p.potential_noise, n))) ** (1 / p.head_count_power)
    frame = frame.assign(
        employees=np.clip(np.round(head_count), 2, 60_000).astype(int),
        potential=np.round(potential, 2),
        share_of_wallet=np.where(frame["start"] == 99, 0.0, wallet),
        is_diamond=diamond,
    )
    turnover = frame["employees"] * rng.lognormal(np.log(190_000), 0.35, n)
    return frame.assign(account_revenue=np.round(turnover, -4))


def _numbers(created: pd.Series, rng) -> np.ndarray:
    """Return customer numbers as an ERP gives them: rising from the oldest account to the newest, with gaps."""
    numbers = 10_000 + np.cumsum(rng.integers(1, 9, len(created)))
    rank = created.rank(method="first").astype(int).to_numpy() - 1
    return numbers[rank].astype(str).astype(object)


def _streets(n: int, rng) -> list[str]:
    streets = rng.choice(lists.STREETS, n)
    return [f"{street} {number}" for street, number in zip(streets, rng.integers(1, 180, n), strict=True)]


def _levels(n: int, p: Parameters, rng) -> np.ndarray:
    level = rng.permutation(np.searchsorted(np.cumsum(p.level_shares), (np.arange(n) + 0.5) / n))
    n_key = max(1, round(p.key_share * n)) if n >= 100 else 0
    level[rng.permutation(n)[:n_key]] = 3
    return level


def _starts(level: np.ndarray, p: Parameters, rng) -> np.ndarray:
    n = len(level)
    start = np.where(rng.random(n) < p.started_before, -1, rng.integers(1, N_QUARTERS, n))
    start = np.where(rng.random(n) < p.prospect_share, 99, start)
    return np.where(level == 3, -1, start)


def _created(start: np.ndarray, rng) -> pd.DatetimeIndex:
    before = pd.Timestamp("2021-10-01") - pd.to_timedelta(rng.integers(60, 6000, len(start)), unit="D")
    quarter_start = pd.Timestamp("2021-10-01") + pd.to_timedelta(np.clip(start, 0, 19) * 91, unit="D")
    within = quarter_start - pd.to_timedelta(rng.integers(-40, 120, len(start)), unit="D")
    prospect = pd.Timestamp("2026-06-20") - pd.to_timedelta(rng.integers(0, 1600, len(start)), unit="D")
    return pd.DatetimeIndex(np.where(start < 0, before, np.where(start == 99, prospect, within)))
