"""Forecasts in groups of equal size beside what came, and forecasts moved to where past ones should have been."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segkit.statistics.intervals import ratio_intervals, wilson_interval
from segkit.value.backtests.metrics import log_odds, recalibration

if TYPE_CHECKING:
    import pandas as pd

    from segkit.value.backtests.metrics import Floats

FEWEST_IN_BIN = 20
FEWEST_TO_LEARN = 20  # outcomes of either kind below which a recalibration would follow chance
DIGITS = 6
DTYPES = {"model": "str", "bin": "int64", "n": "int64"}
COLUMNS = ["model", "bin", "n", "predicted", "observed", "low", "high"]


def calibrate(cases: pd.DataFrame, model: str, bins: int = 10) -> pd.DataFrame:
    """Return mean forecast and mean outcome of groups of cases of equal size, the lowest forecasts first.

    Parameters
    ----------
    cases : DataFrame
        As for `compare`: account_id or lead_id, outcome, prediction; other columns are not looked at.
    model : str
        Name for the table.
    bins : int
        Groups; fewer where a group would have fewer than 20 cases. Equal forecasts stay together.

    Returns
    -------
    DataFrame
        Rows of table `calibration`. Limits where all outcomes are 0 or 1: Wilson's, with as many cases as would spread
        like these accounts do (an account's cases at several origins are less than as many accounts; Kish 1965); else
        the studentised bootstrap over accounts (`ratio_intervals`), none below ten accounts.
    """
    import pandas as pd

    unit = "account_id" if "account_id" in cases else "lead_id"
    frame = cases[[unit]].assign(
        outcome=cases["outcome"].astype("float64"), prediction=cases["prediction"].astype("float64")
    )
    frame = frame[np.isfinite(frame[["outcome", "prediction"]].to_numpy()).all(axis=1)]
    if frame.empty:
        return pd.DataFrame({c: pd.Series(dtype=DTYPES.get(c, "float64")) for c in COLUMNS})
    frame = frame.sort_values([unit, "prediction", "outcome"], kind="stable")
    wanted = max(1, min(bins, len(frame) // FEWEST_IN_BIN))
    place = (frame["prediction"].rank(method="average") - 0.5) / len(frame)
    codes = np.unique((place * wanted).astype(int).to_numpy(), return_inverse=True)[1]
    accounts = np.unique(frame[unit].astype(str), return_inverse=True)[1]
    outcome, prediction = frame["outcome"].to_numpy(), frame["prediction"].to_numpy()
    n = np.bincount(codes)
    observed = np.bincount(codes, weights=outcome) / n
    low, high = (_share_limits if np.isin(outcome, (0, 1)).all() else _mean_limits)(outcome, codes, accounts)
    figures = {
        "predicted": np.bincount(codes, weights=prediction) / n,
        "observed": observed,
        "low": np.fmin(low, observed),
        "high": np.fmax(high, observed),
    }
    return pd.DataFrame({"model": model, "bin": np.arange(1, len(n) + 1), "n": n, **figures}).round(DIGITS)[COLUMNS]


def _share_limits(outcome: Floats, codes: np.ndarray, accounts: np.ndarray) -> tuple[Floats, Floats]:
    """Return Wilson's limits of each group's share, for the number of cases that its accounts amount to."""
    n, successes = np.bincount(codes), np.bincount(codes, weights=outcome)
    share = successes / n
    cells, inverse = np.unique(codes * (accounts.max() + 1) + accounts, return_inverse=True)
    rest = np.bincount(inverse, weights=outcome - share[codes])
    spread = np.bincount(cells // (accounts.max() + 1), weights=rest**2)
    alone = n * share * (1 - share)
    with np.errstate(divide="ignore", invalid="ignore"):
        effect = np.where(alone > 0, np.maximum(spread / alone, 1.0), 1.0)
    return wilson_interval(successes / effect, n / effect)


def _mean_limits(outcome: Floats, codes: np.ndarray, accounts: np.ndarray) -> tuple[Floats, Floats]:
    """Return the limits of each group's mean, accounts drawn with all their cases of the group."""
    limits = []
    for code in range(int(codes.max()) + 1):
        of_group = codes == code
        account = np.unique(accounts[of_group], return_inverse=True)[1]
        sums = np.asarray(np.bincount(account, weights=outcome[of_group])[:, None], dtype=np.float64)
        n = np.asarray(np.bincount(account)[:, None], dtype=np.float64)
        nobody, of_all = np.full(len(sums), -1), np.zeros(1, dtype=bool)
        low, high = ratio_intervals(sums, n, nobody, 0, of_all, draws=400)
        limits.append((float(low[-1, 0]), float(high[-1, 0])))
    both = np.array(limits)
    return both[:, 0], both[:, 1]


def recalibrate(learnt: pd.DataFrame, probabilities: Floats) -> Floats:
    """Return probabilities moved to where those of past cases should have been (Platt 1999).

    Parameters
    ----------
    learnt : DataFrame
        outcome (0 or 1), prediction: forecasts that were made without knowing the outcome, all of it known on the day
        at which the new probabilities are made.
    probabilities : array
        Forecasts of the same model.

    Returns
    -------
    array
        1 / (1 + exp(−(intercept + slope · log odds))), from `recalibration`. With fewer than 20 cases of either
        outcome, or a slope not above 0 (an order that was wrong cannot be mended), the probabilities as they are.
    """
    outcome = learnt["outcome"].to_numpy(dtype="float64")
    given = np.asarray(probabilities, dtype="float64")
    n_with = float(outcome.sum())
    if min(n_with, len(outcome) - n_with) < FEWEST_TO_LEARN:
        return given
    intercept, slope = recalibration(learnt["prediction"].to_numpy(dtype="float64"), outcome)
    if not slope > 0:
        return given
    return np.round(1 / (1 + np.exp(-(intercept + slope * log_odds(given)))), DIGITS)
