"""What marketing automation knows: mails, opens, clicks, visits and downloads of the last two years."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segkit.demo.parameters import LAST_DAY, stream
from segkit.demo.sample import Sample

DAYS = 730
RATES = {"mail": 5.0, "open": 1.6, "click": 0.35, "visit": 1.1, "download": 0.12}  # a person and year


def engagements(sample: Sample, people: pd.DataFrame, programme: pd.DataFrame) -> pd.DataFrame:
    """Return engagement_id, account_id, contact_id, campaign_id, engagement_date, engagement_type, duration_seconds.

    Persons of growing accounts and of those who order online look more often; those of accounts that left hardly.
    """
    rng = stream(sample.seed, "engagements")
    place = pd.Series(np.arange(len(sample.accounts)), sample.accounts["account_id"])
    at = people["account_id"].map(place).to_numpy()
    demand = sample.demand
    interest = np.where(demand.clock[at, -1] > 0, 1.6, 1.0) * np.where(demand.gone[at, -1] > 2, 0.25, 1.0)
    interest = (
        interest * np.where(people["need_class"] == "Selbstbesteller", 1.8, 1.0) * rng.gamma(1.5, 1 / 1.5, len(at))
    )
    parts = []
    for kind, rate in RATES.items():
        wanted = rate * 2 * (np.where(people["consent"], 1.0, 0.0) if kind == "mail" else interest)
        person = np.repeat(np.arange(len(at)), rng.poisson(wanted))
        n = len(person)
        days = LAST_DAY - rng.integers(0, DAYS, n).astype("timedelta64[D]")
        seconds = np.where(np.isin(kind, ["visit"]), np.round(rng.lognormal(4.2, 0.9, n)), np.nan)
        parts.append(
            pd.DataFrame(
                {"person": person, "engagement_date": days, "engagement_type": kind, "duration_seconds": seconds}
            )
        )
    frame = pd.concat(parts).sort_values(
        ["engagement_date", "person", "engagement_type"], kind="stable", ignore_index=True
    )
    last = programme["start_date"].searchsorted(frame["engagement_date"], side="right") - 1
    campaign = pd.Series(programme["campaign_id"].to_numpy()[last])
    from_mail = frame["engagement_type"].isin(["mail", "open", "click"])
    known = (
        rng.random(len(frame)) < 0.86
    )  # visits of persons nobody could name are missing here; some lost their account
    return pd.DataFrame(
        {
            "engagement_id": [f"E{1_000_000 + i}" for i in range(len(frame))],
            "account_id": pd.Series(people["account_id"].to_numpy()[frame["person"]]).where(known | from_mail, None),
            "contact_id": people["contact_id"].to_numpy()[frame["person"]],
            "campaign_id": campaign.where(from_mail, None),
            "engagement_date": frame["engagement_date"],
            "engagement_type": frame["engagement_type"],
            "duration_seconds": frame["duration_seconds"].astype("Int64"),
        }
    )
