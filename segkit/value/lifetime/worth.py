"""Money of later, worth less: discounted margin over the horizon, from revenue by year."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from segkit.settings.lifetime import Lifetime

MONTHS = 12
LIMIT = 1.0  # a margin of more than all revenue, or a loss of more, is noise of small revenue


def year_ends(horizon_months: int) -> list[int]:
    """Return the months at which the years of the horizon end; always the first year, the last one may be short.

    Examples
    --------
    >>> year_ends(30), year_ends(6)
    ([12, 24, 30], [12])
    """
    return sorted({*range(MONTHS, max(horizon_months, MONTHS) + 1, MONTHS), max(horizon_months, MONTHS)})


def discount_weights(horizon_months: int, discount_rate: float) -> np.ndarray:
    """Return what one unit of money of each year is worth today, years as `year_ends` gives them.

    Monthly discounting at the end of each month: Σ (1 + d)^(−m/12) / months of the year over its months m within the
    horizon (Gupta and Lehmann 2003, J. of Interactive Marketing 17, with months instead of years; d is the yearly
    rate). The money of a year is taken to come evenly.
    """
    ends = year_ends(horizon_months)
    weights = []
    for start, end in zip([0, *ends[:-1]], ends, strict=True):
        months = np.arange(start + 1, end + 1)
        factors = (1 + discount_rate) ** (-months / MONTHS) * (months <= horizon_months)
        weights.append(factors.sum() / len(months))
    return np.array(weights)


def margin_rates(known: pd.DataFrame, settings: Lifetime) -> tuple[pd.Series, str, float]:
    """Return the margin over revenue of each account, drawn towards that of all.

    (margin + k · rate of all) / (revenue + k), with k the median revenue of a buying account: one ordinary year of the
    common rate counts as much as the account's own. An account without margins gets the rate of all. Not beyond ±1.

    Parameters
    ----------
    known : DataFrame
        revenue_12m, margin_12m of one as-of, index account_id.
    settings : Lifetime
        margin_rate, for data without margins.

    Returns
    -------
    tuple
        Rate by account; "margin" (from the lines), "margin_rate" (from the settings), "revenue" (neither: the rate is 1
        and the value is revenue) or "no_revenue" (the same, since nothing was sold in twelve months); the rate of all.
    """
    import pandas as pd

    revenue = known["revenue_12m"].astype("float64").clip(lower=0)
    margin = known["margin_12m"].astype("float64").where(revenue > 0)
    both = margin.notna()
    if not both.any():
        basis, rate = ("margin_rate", settings.margin_rate or 1.0)
        if settings.margin_rate is None:
            basis = "no_revenue" if known["margin_12m"].notna().any() or not (revenue > 0).any() else "revenue"
        return pd.Series(rate, index=known.index), basis, rate
    of_all = float(np.clip(margin[both].sum() / revenue[both].sum(), -LIMIT, LIMIT))
    weight = float(revenue[both].median())
    own = (margin + weight * of_all) / (revenue + weight)
    return own.where(both, of_all).clip(-LIMIT, LIMIT), "margin", of_all


def add_worth(
    forecasts: pd.DataFrame, years: np.ndarray, rates: pd.Series, horizon_months: int, discount_rate: float
) -> pd.DataFrame:
    """Return the forecasts with the discounted margin over the horizon.

    Parameters
    ----------
    forecasts : DataFrame
        Index account_id: expected_revenue_12m, expected_low, expected_high (currency).
    years : array of accounts × years
        Revenue of each year of the horizon over that of the first twelve months.
    rates : Series
        Margin over revenue.
    horizon_months, discount_rate : int, float
        Of the settings.

    Returns
    -------
    DataFrame
        Adds lifetime_value, lifetime_low, lifetime_high (currency; a negative margin turns the limits round).
    """
    weights = discount_weights(horizon_months, discount_rate)
    factor = rates.to_numpy() * (years * weights).sum(axis=1)
    expected = forecasts["expected_revenue_12m"].to_numpy()
    wider = widen(years * weights)
    limits = []
    for name in ("expected_low", "expected_high"):
        of_year = forecasts[name].to_numpy()
        ratio = np.where(expected > 0, of_year / np.where(expected > 0, expected, 1.0), 1.0)
        limits.append(np.where(expected > 0, expected * ratio**wider, of_year) * factor)
    return forecasts.assign(
        lifetime_value=expected * factor,
        lifetime_low=np.minimum(*limits),
        lifetime_high=np.maximum(*limits),
    )


def widen(money: np.ndarray) -> np.ndarray:
    """Return by how much the logarithms of the limits of one year grow over the horizon.

    An account's level wanders: each year adds a step like the error of the first, and a step stays in all later years.
    The money of a horizon then holds step j with the share of the money of years j and later, so that the spread grows
    by √Σ share² (a random walk of the logarithm): 1.12 for two equal years, 1.25 for three.

    Parameters
    ----------
    money : array of accounts × years
        Of each year, in any unit, not below 0.

    Examples
    --------
    >>> widen(np.array([[1.0, 1.0, 1.0]])).round(2)
    array([1.25])
    """
    later = np.cumsum(money[:, ::-1], axis=1)[:, ::-1]
    total = later[:, :1]
    shares = np.divide(later, total, out=np.zeros_like(later), where=total > 0)
    return np.maximum(np.sqrt((shares**2).sum(axis=1)), 1.0)
