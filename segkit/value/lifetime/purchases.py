"""The purchase models on accounts: which family, fitted to whom, and what each account is expected to buy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from segkit.statistics.resampling import generator
from segkit.value.lifetime import bg_bb, bg_nbd, gamma_gamma, mbg_nbd
from segkit.value.lifetime.counts import DAYS_PER_WEEK, DAYS_PER_YEAR, count_opportunities, is_discrete

if TYPE_CHECKING:
    import pandas as pd

    from segkit.settings.lifetime import Lifetime
    from segkit.value.lifetime.fitting import Fit

CONTINUOUS = {"bg_nbd": bg_nbd, "mbg_nbd": mbg_nbd}
BOUGHT_FREELY = ("recurring", "once")  # a first order belongs to the likelihood too: leaving it out would bias the fit
MOST_FITTED = 20_000  # more accounts move the parameters by less than their errors, and cost time
CANDIDATES = ["recent", "mixed", "kept", "alive", "plain"]
DAYS_PER_QUARTER = DAYS_PER_YEAR / 4


@dataclass(frozen=True)
class PurchaseModel:
    """A fitted family with the money of a purchase beside it."""

    family: str
    fit: Fit
    spend: Fit
    typical_value: float
    """Median over accounts of revenue per day with a sale."""
    n_repeat_buyers: int


def count_repeat_buyers(counts: pd.DataFrame, relations: pd.Series) -> int:
    """Return how many accounts that buy freely (not by contract or project) bought on two days or more."""
    return int((relations.isin(BOUGHT_FREELY) & (counts["n_repeats"] > 0)).sum())


def fit_purchases(
    panel: pd.DataFrame,
    day: pd.Timestamp,
    counts: pd.DataFrame,
    relations: pd.Series,
    settings: Lifetime,
    seed: int,
    family: str | None = None,
) -> PurchaseModel | None:
    """Return the purchase model of the accounts that buy freely, or None where the data do not carry one.

    Where accounts buy at most once a quarter, a quarter is an opportunity and BG/BB is fitted; else BG/NBD and MBG/NBD,
    and the higher likelihood counts: both have four parameters and see the same data. Money of a purchase: Gamma-Gamma
    over all days with a sale, after returns; the first one too, since a company's first order is an order.

    Parameters
    ----------
    panel : DataFrame
        `account_features`; rows after `day` are not looked at.
    day : Timestamp
        What was known on it.
    counts, relations : DataFrame, Series
        As `count_purchases` and `find_relations` give them for that day.
    settings : Lifetime
        min_repeat_buyers.
    seed : int
        Of the search's starts, and of the accounts looked at where there are more than 20,000.
    family : str, optional
        Fit this one only.
    """
    from threadpoolctl import threadpool_limits

    free = counts[relations.isin(BOUGHT_FREELY)]
    n_repeat_buyers = int((free["n_repeats"] > 0).sum())
    if n_repeat_buyers < settings.min_repeat_buyers:
        return None
    if len(free) > MOST_FITTED:
        chosen = generator(seed, "lifetime", "fit").choice(len(free), MOST_FITTED, replace=False)
        free = free.iloc[np.sort(chosen)]
    values = free.loc[free["mean_value"].notna(), ["n_values", "mean_value"]]
    with threadpool_limits(1):
        if family == "bg_bb" or (family is None and is_discrete(panel, day)):
            histories = count_opportunities(panel, day)
            fits = [bg_bb.fit(histories[histories.index.isin(free.index)], seed)]
        else:
            fits = [CONTINUOUS[name].fit(free, seed) for name in ([family] if family else CONTINUOUS)]
        spend = gamma_gamma.fit(values, seed)
    # a search that stopped on a flat ridge (nobody ever stops, say) still foretells: the back-test judges it
    usable = [fit for fit in fits if np.isfinite([*fit.parameters.values(), fit.log_likelihood]).all()]
    if not usable:
        return None
    best = max(usable, key=lambda fit: fit.log_likelihood)
    return PurchaseModel(best.model, best, spend, float(values["mean_value"].median()), n_repeat_buyers)


def expect_purchases(
    model: PurchaseModel, panel: pd.DataFrame, day: pd.Timestamp, counts: pd.DataFrame, horizons: list[float]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return what each account is expected to buy.

    Returns
    -------
    tuple of arrays
        Purchases within each of `horizons` (days after the day), accounts × horizons; those if it surely went on, at
        its posterior rate, alike; the probability that it still buys.
    """
    if model.family != "bg_bb":
        module, p = CONTINUOUS[model.family], model.fit.parameters
        weeks = [days / DAYS_PER_WEEK for days in horizons]
        expected = np.column_stack([module.expected_purchases(p, counts, week) for week in weeks])
        rate = ((p["r"] + counts["n_repeats"]) / (p["alpha"] + counts["age"])).to_numpy()
        return expected, rate[:, None] * np.array(weeks), module.alive_probability(p, counts)
    p = model.fit.parameters
    histories = count_opportunities(panel, day)
    seen = counts.index.isin(histories.index)
    histories = histories.reindex(counts.index[seen])
    quarters = [max(1, round(days / DAYS_PER_QUARTER)) for days in horizons]
    expected, going, alive = np.zeros((len(counts), len(horizons))), np.zeros((len(counts), len(horizons))), None
    expected[seen] = np.column_stack([bg_bb.expected_purchases(p, histories, quarter) for quarter in quarters])
    rate = (p["alpha"] + histories["n_repeats"]) / (p["alpha"] + p["beta"] + histories["n_opportunities"])
    going[seen] = rate.to_numpy()[:, None] * np.array(quarters)
    alive = np.zeros(len(counts))
    alive[seen] = bg_bb.alive_probability(p, histories)
    return expected, going, alive


def expect_value(model: PurchaseModel, counts: pd.DataFrame) -> np.ndarray:
    """Return revenue per purchase of each account, drawn towards that of all (Gamma-Gamma).

    Where Gamma-Gamma could not be fitted or has no mean (q ≤ 1): the account's mean with one typical purchase added.
    Nothing is expected of an account whose returns ate up its sales.
    """
    has = counts["mean_value"].notna().to_numpy()
    own = counts["mean_value"].fillna(model.typical_value).to_numpy()
    n = counts["n_values"].to_numpy()
    found = (n * own + model.typical_value) / (n + 1)
    if model.spend.is_usable and model.spend.parameters["q"] > 1:
        values = counts[["n_values", "mean_value"]].assign(mean_value=own)
        drawn = gamma_gamma.expected_value(model.spend.parameters, values)
        found = np.where(np.isfinite(drawn), drawn, found)
    return np.where(has, found, 0.0)


def foresee(
    model: PurchaseModel, panel: pd.DataFrame, day: pd.Timestamp, counts: pd.DataFrame, horizon_days: float
) -> pd.DataFrame:
    """Return the revenue that each way of using the purchase model foresees.

    Returns
    -------
    DataFrame
        Index as in `counts`, currency over the horizon, after returns. `plain`: expected purchases times value of one,
        both from all history. `recent`: the same chance to go on, but rate and value of the last twelve months, drawn
        towards those of all. `kept`: revenue of twelve months times the share of purchases that is expected to stay.
        `alive`: revenue of twelve months (written up to a year for young accounts) times the probability that it still
        buys. `mixed`: mean of `recent` and revenue of twelve months. Also `p_alive`.
    """
    import pandas as pd

    expected, going, alive = (
        part[:, 0] if part.ndim == 2 else part for part in expect_purchases(model, panel, day, counts, [horizon_days])
    )
    stays = expected / np.where(going > 0, going, 1.0)
    value = expect_value(model, counts)
    share = horizon_days / DAYS_PER_YEAR
    last, yearly = (counts[name].to_numpy() * share for name in ("last_12m", "yearly"))
    recent = expected * value
    if model.family != "bg_bb":
        n, p = counts["recent_repeats"].to_numpy(), model.fit.parameters
        rate = (p["r"] + n) / (p["alpha"] + counts["recent_age"].to_numpy())
        own = counts["recent_value"].to_numpy()
        mean = np.where(np.isfinite(own), (value + n * np.nan_to_num(own)) / (1 + n), value)
        recent = stays * rate * (horizon_days / DAYS_PER_WEEK) * mean
    return pd.DataFrame(
        {
            "recent": recent,
            "mixed": (recent + last) / 2,
            "kept": stays * last,
            "alive": alive * yearly,
            "plain": expected * value,
            "p_alive": alive,
        },
        index=counts.index,
    )
