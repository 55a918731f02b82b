"""What is true about the sample company: for tests, never part of its exports."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd

from segkit.demo.crm import campaigns, opportunities
from segkit.demo.dealers import true_indirect
from segkit.demo.demand import segments
from segkit.demo.firmographics import company_data
from segkit.demo.groups import true_groups
from segkit.demo.leads import simulate_leads
from segkit.demo.marketing import engagements
from segkit.demo.oracle import churn_oracle, score
from segkit.demo.parameters import LEVELS, N_QUARTERS, QUARTERS
from segkit.demo.sample import Sample
from segkit.demo.service import tickets
from segkit.demo.voice import true_satisfaction


def write_truth(sample: Sample, people: pd.DataFrame, folder: Path) -> None:
    """Write what is planted as Parquet (segments, movers, duplicates, leads, needs, prices …), and oracle.json."""
    folder.mkdir(parents=True, exist_ok=True)
    tables = {
        "segments": planted_segments(sample),
        "movers": movers(sample),
        "duplicates": sample.duplicates[["account_id", "duplicate_id", "is_split"]],
        "groups": true_groups(sample),
        "potential": sample.accounts[["account_id", "employees", "potential", "share_of_wallet", "is_diamond"]],
        "churners": churners(sample),
        "leads": planted_leads(sample, people),
        "companies": company_data(sample)[["record_id", "account_id"]],
        "needs": people[["contact_id", "account_id", "need_class"]],
        "indirect": true_indirect(sample),
        "tickets": true_satisfaction(sample, tickets(sample)),
        "prices": price_levels(sample),
    }
    for name, frame in tables.items():
        frame.sort_values(list(frame.columns[:2]), ignore_index=True).to_parquet(
            folder / f"{name}.parquet", index=False
        )
    text = json.dumps(oracle_report(sample), indent=1, sort_keys=True)
    (folder / "oracle.json").write_text(text + "\n", encoding="utf-8")


def planted_segments(sample: Sample) -> pd.DataFrame:
    """Return account_id, quarter, segment_id, level, is_buying of every account since its first invoice."""
    known = sample.segments()
    rows = {account: i for i, account in enumerate(sample.accounts["account_id"])}
    place = (known["account_id"].map(rows).to_numpy(), known["quarter"].map(QUARTERS.index).to_numpy())
    level = pd.Series(sample.demand.level[place]).map(dict(enumerate(LEVELS)))
    return known.assign(level=level.to_numpy(), is_buying=sample.demand.is_buying[place])


def movers(sample: Sample) -> pd.DataFrame:
    """Return account_id, quarter, from_segment_id, to_segment_id: every change of planted segment, in its quarter."""
    known = sample.segments().sort_values(["account_id", "quarter"], ignore_index=True)
    before = known.groupby("account_id")["segment_id"].shift()
    moved = before.notna() & (before != known["segment_id"])
    frame = known[moved].assign(from_segment_id=before[moved]).rename(columns={"segment_id": "to_segment_id"})
    return frame[["account_id", "quarter", "from_segment_id", "to_segment_id"]]


def price_levels(sample: Sample) -> pd.DataFrame:
    """Return product_group, quarter, price_index (list prices; the first month is 1), change_12m of each quarter.

    All groups rise alike, each January. Net prices follow them, but for the rebate, which grows with a line's value: 2
    points for each tenfold. The price of a product in a quarter is one and the same for every account before rebate.
    """
    index = sample.parameters.price_by_month()[::3]  # prices change in January only: one level in each quarter
    change = np.full(N_QUARTERS, np.nan)
    change[4:] = index[4:] / index[:-4] - 1
    groups = sorted(sample.products["product_group"].unique())
    frame = pd.DataFrame({"quarter": QUARTERS, "price_index": index.round(6), "change_12m": change.round(6)})
    return pd.concat([frame.assign(product_group=group) for group in groups])[
        ["product_group", "quarter", "price_index", "change_12m"]
    ]


def churners(sample: Sample) -> pd.DataFrame:
    """Return account_id, quarter (the first without orders), is_back: every stop of a buying account."""
    gone = pd.DataFrame(sample.demand.gone == 1, index=sample.accounts["account_id"], columns=list(QUARTERS))
    stops = gone.rename_axis(columns="quarter").stack().rename("stops").reset_index()
    back = pd.Series((sample.demand.back > 0).any(axis=1), sample.accounts["account_id"])
    frame = stops[stops["stops"]].drop(columns="stops").reset_index(drop=True)
    return frame.assign(is_back=frame["account_id"].map(back))


def planted_leads(sample: Sample, people: pd.DataFrame) -> pd.DataFrame:
    """Return lead_id, account_id (also where the CRM has none), is_known, days, chance, chance_now of every lead."""
    programme = campaigns(sample.seed)
    frame = simulate_leads(sample, opportunities(sample), programme, engagements(sample, people, programme))
    ids = sample.accounts["account_id"].to_numpy()[frame["account"]]
    known = frame[["lead_id", "is_known", "days", "chance", "chance_now"]]
    return known.assign(account_id=pd.Series(ids).where(frame["account"] >= 0, None))


def oracle_report(sample: Sample) -> dict:
    """Return what the best possible answer reaches: adjusted Rand of segments, area under the curve of churn."""
    last = N_QUARTERS - 1
    ends = segments(sample.demand)[:, last]
    return {
        "seed": sample.seed,
        "value_segments": {QUARTERS[quarter]: round(score(sample, quarter), 6) for quarter in (last - 1, last)},
        "churn": {QUARTERS[last - 4]: round(churn_oracle(sample, last - 4), 6)},
        "n_accounts": {str(k): int(v) for k, v in pd.Series(ends[ends != ""]).value_counts().sort_index().items()},
        "revenue_shares": dict(zip("ABC", sample.parameters.revenue_shares, strict=True)),
    }
