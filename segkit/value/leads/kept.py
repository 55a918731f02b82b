"""Leads that nobody has closed yet have a better chance than those of their age that somebody has.

Past leads are learnt from whether somebody closed them in between or not: when that was is not in the data. What is
known is which leads are closed now. Of the failures of age a the share g(a) is still called open; leads that will
convert are not closed. By Bayes the odds of a lead that is open at age a are those of all leads of that age that have
not converted, divided by g(a).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segkit.value.leads.chances import expit, log_odds

if TYPE_CHECKING:
    import pandas as pd

WINDOW_DAYS, PRIOR_LEADS, LEAST = 15, 10, 0.05
CORRECTED = ["score", "score_low", "score_high", "rule_score", "rule_low", "rule_high"]


def open_share(leads: pd.DataFrame, chances: pd.Series, as_of: float, horizon_days: int) -> np.ndarray:
    """Return by age in days, 0 to the horizon, which share of the leads that will fail is still called open.

    Parameters
    ----------
    leads : DataFrame
        Leads that have not converted up to as-of, whatever their state: `created` (days since 1970), `is_open`.
    chances : Series
        What is left of their chance, states aside.
    as_of : float
        Days since 1970.
    horizon_days : int
        Older leads are not ranked.

    Returns
    -------
    array
        Of the leads within 15 days of an age: (open − expected conversions) / (all − expected conversions), where ten
        leads more count as open; never rising with age, at least .05.
    """
    ages = np.clip((as_of - leads["created"]).to_numpy(int), 0, horizon_days)
    ahead = chances.to_numpy("float64")

    def around(weights: np.ndarray) -> np.ndarray:
        """Sum over the ages within the window of each age."""
        sums = np.concatenate([[0.0], np.cumsum(np.bincount(ages, weights, minlength=horizon_days + 1))])
        place = np.arange(horizon_days + 1)
        last = np.minimum(place + WINDOW_DAYS + 1, horizon_days + 1)
        return sums[last] - sums[np.maximum(place - WINDOW_DAYS, 0)]

    failing = around(1 - ahead)
    kept = np.clip(around(leads["is_open"].to_numpy("float64") - ahead), 0, failing)
    return np.maximum(np.minimum.accumulate((kept + PRIOR_LEADS) / (failing + PRIOR_LEADS)), LEAST)


def correct_chances(found: pd.DataFrame, share: np.ndarray) -> pd.DataFrame:
    """Return chances of open leads: odds divided by the share of failures that is still open at each lead's age.

    Parameters
    ----------
    found : DataFrame
        As `predict_chances` gives them.
    share : array
        Of `open_share`, for each row.
    """
    moved = {name: expit(log_odds(found[name].to_numpy()) - np.log(share)).round(6) for name in CORRECTED}
    return found.assign(**moved)
