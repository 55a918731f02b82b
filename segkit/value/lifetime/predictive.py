"""Models of buying and of money together: discounted forecasts, and the range in which an account may end."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np

from segkit.statistics.resampling import generator
from segkit.value.lifetime import gamma_gamma
from segkit.value.lifetime.fitting import Fit, draw_parameters

if TYPE_CHECKING:
    import pandas as pd

CELLS = 400_000  # draws × accounts at once: what stays in the processor's cache
COLUMNS = ["n_low", "n_high", "spend_low", "spend_high"]


def discounted(expected: Callable[[float], np.ndarray], horizon: float, rate: float, nodes: int = 6) -> np.ndarray:
    """Return the present value of what is expected within `horizon`, each purchase discounted to its own day.

    ∫ e^(−δs) dE(s) = e^(−δt) E(t) + δ ∫ e^(−δs) E(s) ds, the integral by Gauss and Legendre: E is smooth, so that six
    forecasts do what one for each month would.

    Parameters
    ----------
    expected : callable
        Horizon → expected purchases (or money) until then, such as ``lambda t: expected_purchases(p, histories, t)``.
    horizon : float
        In the unit of the model's times.
    rate : float
        Continuous rate δ per unit of time: log(1 + yearly rate) / units of a year.

    Examples
    --------
    One purchase a week for ever, valued over two years at 10 % a year:

    >>> round(float(discounted(lambda t: np.array(t), 104.36, np.log(1.1) / 52.18)), 2)
    95.02
    """
    end = expected(horizon)
    if not rate:
        return end
    points, weights = np.polynomial.legendre.leggauss(nodes)
    times = horizon * (points + 1) / 2
    inner = sum(w * np.exp(-rate * t) * expected(t) for w, t in zip(weights, times, strict=True))
    return np.exp(-rate * horizon) * end + rate * horizon / 2 * inner


def spend_interval(
    model: ModuleType,
    fit: Fit,
    spend: Fit,
    histories: pd.DataFrame,
    values: pd.DataFrame,
    horizon: float,
    level: float = 0.8,
    n_draws: int = 200,
    seed: int = 0,
) -> pd.DataFrame:
    """Return between which limits purchases and money of each account will lie within `horizon`.

    Every draw takes its own parameters of both models, then a rate, an end and a value of purchases for each account
    from what its history leaves open, then the purchases themselves: the limits hold what is not known of the
    parameters, of the account, and of chance.

    Parameters
    ----------
    model : module
        `bg_nbd`, `mbg_nbd` or `bg_bb`.
    fit, spend : Fit
        Of `model` and of `gamma_gamma`, both usable.
    histories, values : DataFrame
        One row per account in the same order, as the two models read them.
    horizon : float
        In the unit of the histories.
    level : float
        Share of accounts that are to end between the limits.
    n_draws : int
        With 200, an 80 % interval holds 80 ± 3 % of what the models say (one standard error).
    seed : int
        The same seed gives the same limits.

    Returns
    -------
    DataFrame
        Index of `histories`; `n_low`, `n_high` (purchases), `spend_low`, `spend_high` (money, not discounted).
    """
    import pandas as pd

    rng = generator(seed, model.__name__, "parameters")
    purchases_of, money_of = draw_parameters(fit, n_draws, rng), draw_parameters(spend, n_draws, rng)
    size = max(1, CELLS // n_draws)
    shares = [(1 - level) / 2, (1 + level) / 2]
    parts = [np.empty((0, len(COLUMNS)))]
    for start in range(0, len(histories), size):
        rows = slice(start, start + size)
        rng = generator(seed, model.__name__, start)
        n = model.draw_purchases(purchases_of, histories.iloc[rows], horizon, rng)
        money = gamma_gamma.draw_spend(money_of, values.iloc[rows], n, rng)
        limits = [np.quantile(drawn, shares, axis=0) for drawn in (n, money)]
        parts.append(np.concatenate(limits).T)
    return pd.DataFrame(np.concatenate(parts), index=histories.index, columns=COLUMNS)
