"""CDNOW: customers who bought for the first time in early 1997, watched for 39 weeks, then for 39 more."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest


@pytest.fixture(scope="session")
def cdnow(real_data: Path) -> pd.DataFrame:
    """Return one row per customer: `n_repeats`, `t_x`, `age` (weeks), `n_values`, `mean_value` (money of repeats), and
    `held_out`, the repeats of weeks 40 to 78, which no model has seen."""
    summary = pd.read_csv(real_data / "cdnow/cdnow_customers_summary.csv").set_index("ID")
    histories = summary.rename(columns={"frequency": "n_repeats", "recency": "t_x", "T": "age"})
    log = pd.read_csv(real_data / "cdnow/cdnowElog.csv", parse_dates=["date"], date_format="%Y%m%d")
    days = log.groupby(["sampleid", "date"], as_index=False)["sales"].sum()
    repeats = days[days["date"] > days["sampleid"].map(days.groupby("sampleid")["date"].min())]
    seen = repeats["date"] <= "1997-09-30"
    money = repeats[seen].groupby("sampleid")["sales"].agg(n_values="size", mean_value="mean")
    held_out = repeats[~seen].groupby("sampleid").size().rename("held_out")
    return histories.join([money, held_out]).fillna({"n_values": 0, "mean_value": 0.0, "held_out": 0})
