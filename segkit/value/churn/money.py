"""What leaving would cost: revenue at stake by account, and what all together are expected to take away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segkit.statistics.resampling import generator

if TYPE_CHECKING:
    import pandas as pd

DIGITS = 4
LEVEL = 0.80  # as for the revenue foreseen
DRAWS = 1000
MOST_DRAWN = 2000


def revenue_if_it_stays(chance: pd.Series, foreseen: pd.Series, bought: pd.Series) -> pd.Series:
    """Return the revenue of the coming twelve months if the account does not leave.

    What is foreseen already counts with its leaving, so it is divided by the chance to stay; but never to more than it
    was foreseen to bring or brought in the last twelve months, whichever is more. (Risk times foreseen revenue would
    put those accounts last that are most likely to go: nearly nothing is foreseen of them.)

    Parameters
    ----------
    chance : Series
        Chance to leave.
    foreseen, bought : Series
        `expected_revenue_12m` (may be empty: then what it bought counts) and `revenue_12m`, currency. Net credits
        count 0.

    Examples
    --------
    An account that bought for 100,000 with a chance of .75, of which 20,000 are foreseen, would bring 80,000; with
    30,000 foreseen 100,000.
    """
    most = np.fmax(bought.astype("float64"), foreseen.astype("float64"))
    stays = foreseen.astype("float64") / (1 - chance).clip(lower=1e-6)
    return np.fmin(stays.fillna(most), most).clip(lower=0.0)


def sum_losses(chance: np.ndarray, money: np.ndarray, scatter: float, seed: int) -> dict[str, dict[str, float]]:
    """Return what is expected to be lost, by number and by value, with 80 % limits.

    Simulated: in each draw accounts leave independently with their chances, all chances multiplied by one factor for
    the level of the time (gamma distributed with mean 1 and variance `scatter`), which has varied from quarter to
    quarter more than chance alone. Where there are very many accounts those with the smallest part in the variance
    come in as a normal distribution together.

    Parameters
    ----------
    chance : array
        Chance to leave of each account.
    money : array
        What leaving takes away, currency.
    scatter : float
        Variance of the common factor, as `scatter_of` gives it.
    seed : int
        Of the draws.

    Returns
    -------
    dict
        `number` and `revenue`, each mean, low, high.

    Examples
    --------
    Of 100 accounts with a chance of 10 % each, 10 are expected to leave, in four of five cases 6 to 14.
    """
    rng = generator(seed, "churn", "losses")
    level = rng.gamma(1 / scatter, scatter, DRAWS) if scatter > 0 else np.ones(DRAWS)
    found = {}
    for name, size in (("number", np.ones(len(chance))), ("revenue", money)):
        variance = chance * (1 - chance) * size**2
        order = np.argsort(-variance, kind="stable")
        single, rest = np.sort(order[:MOST_DRAWN]), order[MOST_DRAWN:]
        drawn = np.array([size[single] @ (rng.random(len(single)) < chance[single] * factor) for factor in level])
        drawn += level * np.sum(chance[rest] * size[rest]) + np.sqrt(np.sum(variance[rest])) * rng.normal(size=DRAWS)
        low, high = np.quantile(drawn, [0.5 - LEVEL / 2, 0.5 + LEVEL / 2])
        mean = float(np.sum(chance * size))
        found[name] = {
            "mean": round(mean, DIGITS),
            "low": round(max(float(low), 0.0), DIGITS),
            "high": round(float(high), DIGITS),
        }
    return found


def scatter_of(past: pd.DataFrame) -> float:
    """Return the relative variance of numbers lost around the forecast, beyond what chance alone gives; at least 0.

    Parameters
    ----------
    past : DataFrame
        `origin`, `outcome` (1 lost), `chance` (what was said before).
    """
    if past.empty:
        return 0.0
    by_origin = past["origin"]
    spread = (past["chance"] * (1 - past["chance"])).groupby(by_origin).sum()
    missed = (past["outcome"] - past["chance"]).groupby(by_origin).sum()
    expected = past["chance"].groupby(by_origin).sum()
    return round(max(0.0, float((missed**2 - spread).sum() / (expected**2).sum())), 6)
