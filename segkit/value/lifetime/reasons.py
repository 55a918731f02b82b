"""Why an account is worth what it is foreseen to bring: rows of `account_reasons`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segkit.value.lifetime.judge import MODEL
from segkit.value.lifetime.purchases import BOUGHT_FREELY, PurchaseModel, expect_purchases

if TYPE_CHECKING:
    import pandas as pd

MOST = 3
DIGITS = 6
TELLING = 0.1  # a reason that moves the value by less than a tenth is not worth a line
FIRST = 1_000_000.0  # how an account buys stands before what moves its value
COLUMNS = ["model", "account_id", "reason_rank", "reason", "value", "usual", "name", "effect"]


def explain(
    counts: pd.DataFrame,
    relations: pd.Series,
    in_force: pd.DataFrame,
    rates: pd.Series,
    rate: float,
    model: PurchaseModel | None,
    panel: pd.DataFrame,
    day: pd.Timestamp,
) -> pd.DataFrame:
    """Return up to three reasons of each account: how it buys, then what moves its value most.

    Parameters
    ----------
    counts, relations : DataFrame, Series
        As `count_purchases` and `find_relations` give them.
    in_force : DataFrame
        As `contracts_in_force` gives them.
    rates, rate : Series, float
        Margin over revenue of each account, and of all.
    model : PurchaseModel or None
        For the chance that an account still buys.
    panel, day : DataFrame, Timestamp
        What that is computed from.

    Returns
    -------
    DataFrame
        reason: lifetime.reason_contract (value: currency a year; name: agreed end, or reason_contract_open),
        reason_project and reason_rhythm (value: days since the last sale, usual: own mean interval in days),
        reason_once (value: days), reason_spend (revenue per day with a sale beside the median of all), reason_margin
        (margin over revenue beside that of all). `effect`: by how much it moves the logarithm of the value.
    """
    import pandas as pd

    days, interval = counts["days_since_sale"], counts["interval_days"]
    alive = pd.Series(np.nan, index=counts.index)
    if model is not None:
        free = counts[relations.isin(BOUGHT_FREELY)]
        alive[free.index] = expect_purchases(model, panel, day, free, [365.0])[2]
    running = in_force.reindex(counts.index)
    end = running["end_date"].dt.strftime("%Y-%m-%d")
    size = counts["recent_value"].fillna(counts["mean_value"])
    usual_size = float(size.median()) if size.notna().any() else np.nan
    is_contract = relations == "contract"
    with np.errstate(divide="ignore", invalid="ignore"):
        by_size = np.log(size / usual_size) if usual_size > 0 else size * np.nan
        by_margin = np.log(rates.where(rates > 0) / rate) if rate > 0 else rates * np.nan
        by_rhythm = np.log(alive.clip(lower=1e-6))
    groups = [
        ("reason_contract", is_contract & end.notna(), running["annual_value"], np.nan, end, 0.0, True),
        ("reason_contract_open", is_contract & end.isna(), running["annual_value"], np.nan, None, 0.0, True),
        ("reason_rhythm", (relations == "recurring") & interval.notna(), days, interval, None, by_rhythm, True),
        ("reason_project", relations == "project", days, interval, None, 0.0, True),
        ("reason_once", relations == "once", days, np.nan, None, by_rhythm, True),
        ("reason_spend", by_size.abs() >= TELLING, size, usual_size, None, by_size, False),
        ("reason_margin", by_margin.abs() >= TELLING, rates, rate, None, by_margin, False),
    ]
    parts = []
    for name, mask, value, usual, word, effect, is_first in groups:
        mask = mask.fillna(False).to_numpy(dtype=bool)
        part = pd.DataFrame(
            {"reason": f"{MODEL}.{name}", "value": value, "usual": usual, "name": word, "effect": effect},
            index=counts.index,
        )[mask]
        parts.append(part.assign(weight=part["effect"].abs() + (FIRST if is_first else 0.0)))
    frame = pd.concat(parts).rename_axis("account_id").reset_index()
    frame = frame.sort_values(["account_id", "weight", "reason"], ascending=[True, False, True], kind="stable")
    frame["reason_rank"] = frame.groupby("account_id").cumcount() + 1
    frame = frame[frame["reason_rank"] <= MOST].assign(model=MODEL)
    numbers = ["value", "usual", "effect"]
    return frame.assign(
        **frame[numbers].astype("float64").round(DIGITS), name=frame["name"].astype("str").where(frame["name"].notna())
    )[COLUMNS].reset_index(drop=True)
