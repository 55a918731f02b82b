"""What the sample company knows of its market: sectors from a bought study, competitors from its field sales."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segkit.demo import catalogue as lists
from segkit.demo.parameters import stream
from segkit.demo.sample import Sample

PERIODS = ("2023", "2024", "2025")
HEADS = {
    "10": 590_000, "11": 66_000, "17": 140_000, "20": 350_000, "21": 130_000, "25": 900_000, "28": 1_080_000,
    "35": 260_000, "36": 38_000, "43": 980_000, "46": 1_400_000, "86": 1_350_000,
}  # fmt: skip
"""Persons working in each WZ division, in round numbers."""
USUAL_HEADS = 1_000  # heads of the companies that most of a sector's persons work in: spend grows slower than heads
SECTOR_NOISE = 0.15
COMPETITORS = ("Holtmannsberg Pumpen", "Osterfeld Filterwerke", "Wendlinger Fluidtechnik", "Kronmüller Armaturen")
COMPETITOR_WEIGHTS = (0.4, 0.28, 0.2, 0.12)
KNOWN_SHARE = 0.25  # of the accounts that ever bought
TWO_SHARE = 0.3
NO_NUMBER = 0.15  # of the rows: only the competitor's name is known
SHARE_NOISE = 0.12


def sectors(seed: int) -> pd.DataFrame:
    """Return industry_code (WZ division), period, growth, market_size (euro a year), employees (persons).

    The market of a sector is what all its companies buy of pumps, filters and parts: the generator's rate for a company
    of `USUAL_HEADS` times the sector's heads, with a noise that stays from year to year.
    """
    rng = stream(seed, "sectors")
    rows = lists.SECTORS.assign(division=lists.SECTORS["industry_code"].str[:2])
    per_head = rows["rate"].to_numpy() * USUAL_HEADS**-0.2 * np.exp(rng.normal(0, SECTOR_NOISE, len(rows)))
    heads = rows["division"].map(HEADS).to_numpy(float)
    growth = rng.normal(0.02, 0.03, (len(rows), len(PERIODS))).round(2)
    level = np.cumprod(1 + growth, axis=1)
    level = level / level[:, -1:]
    parts = [
        pd.DataFrame(
            {
                "industry_code": rows["division"],
                "period": period,
                "growth": growth[:, i],
                "market_size": np.round(per_head * heads * level[:, i], -5),
                "employees": np.round(heads * rng.normal(1, 0.01, len(rows)), -3).astype(int),
            }
        )
        for i, period in enumerate(PERIODS)
    ]
    return pd.concat(parts).sort_values(["industry_code", "period"], ignore_index=True)


def competitors(sample: Sample) -> pd.DataFrame:
    """Return account_id, competitor, share, bound_until: what field sales has heard at a part of the accounts.

    The shares of an account's competitors add up to what it does not buy here, give or take; some are not known.
    """
    rng = stream(sample.seed, "competitors")
    true = sample.accounts
    known = true[(rng.random(len(true)) < KNOWN_SHARE) & (true["start"] != 99).to_numpy()]
    n = len(known)
    rest = np.clip((1 - known["share_of_wallet"].to_numpy()) * np.exp(rng.normal(0, SHARE_NOISE, n)), 0.02, 0.97)
    first = rng.choice(len(COMPETITORS), n, p=COMPETITOR_WEIGHTS)
    second = (first + rng.integers(1, len(COMPETITORS), n)) % len(COMPETITORS)
    part = np.where(rng.random(n) < TWO_SHARE, rng.uniform(0.55, 0.85, n), 1.0)
    names, ids = np.array(COMPETITORS), known["account_id"].to_numpy()
    frame = pd.concat(
        [
            pd.DataFrame({"account_id": ids, "competitor": names[first], "share": rest * part}),
            pd.DataFrame({"account_id": ids, "competitor": names[second], "share": rest * (1 - part)})[part < 1],
        ]
    ).sort_values(["account_id", "competitor"], ignore_index=True)
    m = len(frame)
    end = np.datetime64("2026-01-31") + rng.integers(0, 1_065, m).astype("timedelta64[D]")
    return frame.assign(
        share=frame["share"].round(2).mask(rng.random(m) < NO_NUMBER),
        bound_until=pd.Series(end).mask(rng.random(m) < 0.45),
    )
