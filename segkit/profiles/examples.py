"""Real accounts of each segment: those nearest its middle, and the largest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

N_EXAMPLES = 3
FEWEST_FOR_TYPICAL = 4  # below, the largest are all there is to show
MIDDLE = ("revenue_12m", "frequency_12m", "days_since_last", "tenure_days", "avg_order_value_12m", "n_products_12m")
LEAST_SPREAD = 0.25  # on logarithms; criteria in which a segment is nearly alike do not decide
DIGITS = 9


def select_examples(features: pd.DataFrame, segments: pd.DataFrame, names: pd.Series) -> pd.DataFrame:
    """Return the table `segment_examples`: up to three typical and the three largest accounts of each segment.

    Typical are the accounts nearest the segment's medians, each variable as log(1 + value) over the interquartile
    range of the segment (at least .25). Largest by net revenue of twelve months, among equals by revenue ever.

    Parameters
    ----------
    features : DataFrame
        The slice of `account_features` at as-of.
    segments : DataFrame
        `segments` of one segmentation.
    names : Series
        Company name by account_id.
    """
    import pandas as pd

    known = segments[["segmentation_id", "segment_id", "account_id"]].merge(features, on="account_id")
    known = known.assign(name=known["account_id"].map(names).fillna(known["account_id"]))
    chosen = []
    for _, members in known.groupby("segment_id"):
        members = members.sort_values("account_id", ignore_index=True)
        largest = members.sort_values(["revenue_12m", "revenue_total", "account_id"], ascending=[False, False, True])
        chosen.append(_ranked(largest.head(N_EXAMPLES), "largest"))
        if len(members) >= FEWEST_FOR_TYPICAL:
            order = np.argsort(_distances(members), kind="stable")[:N_EXAMPLES]
            chosen.append(_ranked(members.iloc[order], "typical"))
    columns = ["segmentation_id", "segment_id", "role", "rank", "account_id", "name"]
    figures = ["revenue_12m", "days_since_last", "frequency_12m"]
    return pd.concat(chosen, ignore_index=True)[[*columns, *figures]]


def _ranked(rows: pd.DataFrame, role: str) -> pd.DataFrame:
    return rows.assign(role=role, rank=np.arange(1, len(rows) + 1))


def _distances(members: pd.DataFrame) -> np.ndarray:
    """Return how far each account lies from the medians of its segment."""
    values = members[list(MIDDLE)].astype(float).fillna(0.0).to_numpy()
    logs = np.log1p(np.maximum(values, 0.0))
    low, middle, high = np.percentile(logs, [25, 50, 75], axis=0)
    return np.round((((logs - middle) / np.maximum(high - low, LEAST_SPREAD)) ** 2).sum(axis=1), DIGITS)
