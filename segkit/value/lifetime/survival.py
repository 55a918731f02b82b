"""How long relations last: survival of accounts and of chains of contracts, and the chance to go on from here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.value.lifetime.counts import DAYS_PER_YEAR, WEEKS_PER_YEAR

if TYPE_CHECKING:
    import pandas as pd

FEWEST_ENDED = 20  # ends below which no shape of the curve is fitted, only one constant rate
SILENT_YEARS = 1.0
SILENT_INTERVALS = 3.0
SHORTEST = 1 / DAYS_PER_YEAR
MOST_FITTED = 20_000
SHAPES = (0.1, 10.0)  # a shape beyond says that all ended at once, not how others will


@dataclass(frozen=True)
class Survival:
    """Chance that a relation lasts at least t years: exp(−(t / scale) ** shape) (Weibull; shape 1: a constant rate)."""

    shape: float
    scale: float
    n: int
    n_ended: int
    kaplan_meier_1y: float
    """Kaplan and Meier's estimate at one year, beside the curve's; NaN where few have ended."""

    def keep(self, age: np.ndarray, ahead: np.ndarray) -> np.ndarray:
        """Return the chance to last `ahead` more years of relations that have lasted `age` years."""
        if np.isinf(self.scale):
            return np.ones(np.broadcast_shapes(np.shape(age), np.shape(ahead)))
        then, now = ((np.asarray(years, float) / self.scale) ** self.shape for years in (age + ahead, age))
        return np.exp(now - then)

    def describe(self) -> dict[str, Any]:
        """Return plain data for the run's JSON."""
        one = float(self.keep(np.zeros(1), np.ones(1))[0])
        kept = self.kaplan_meier_1y
        return {
            "shape": round(self.shape, 6),
            "scale_years": round(self.scale, 6) if np.isfinite(self.scale) else None,
            "n": self.n,
            "n_ended": self.n_ended,
            "one_year": round(one, 6),
            "kaplan_meier_1y": round(kept, 6) if np.isfinite(kept) else None,
        }


def observe_relations(counts: pd.DataFrame) -> pd.DataFrame:
    """Return how long each account has bought, and whether that has ended.

    An account counts as gone after a year without a sale, or three of its own intervals if that is longer; it went with
    its last sale. The others go on (censored).

    Returns
    -------
    DataFrame
        Index as in `counts`, accounts with a sale: `years`, `is_ended`.
    """
    import pandas as pd

    bought = counts[counts["n_repeats"] >= 0]
    limit = np.maximum(SILENT_YEARS * DAYS_PER_YEAR, SILENT_INTERVALS * bought["interval_days"].fillna(0.0))
    is_ended = bought["days_since_sale"] > limit
    years = bought["t_x"].where(is_ended, bought["age"]) / WEEKS_PER_YEAR
    return pd.DataFrame({"years": years, "is_ended": is_ended}, index=bought.index)


def observe_chains(chains: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """Return how long chains of contracts have lasted: `years`, `is_ended`; contracts without end go on (censored)."""
    import pandas as pd

    last = chains[chains["is_last"]]
    end = last["end_date"].where(last["is_lost"], day).fillna(day)
    years = (end - last["chain_start"]).dt.days / DAYS_PER_YEAR
    return pd.DataFrame({"years": years, "is_ended": last["is_lost"]})


def fit_survival(observed: pd.DataFrame) -> Survival:
    """Return the survival curve of relations: Weibull by lifelines, a constant rate where few have ended.

    The constant rate is (ends + ½) / years seen (Jeffreys' prior), so that no end in few years does not mean for ever.

    Parameters
    ----------
    observed : DataFrame
        `years`, `is_ended`.
    """
    rows = observed.sort_values(["years", "is_ended"])
    if len(rows) > MOST_FITTED:  # every k-th of the ordered rows: the same distribution
        rows = rows.iloc[np.linspace(0, len(rows) - 1, MOST_FITTED).astype("int64")]
    years = rows["years"].astype("float64").clip(lower=SHORTEST).to_numpy()
    ended = rows["is_ended"].to_numpy(dtype=bool)
    n, n_ended = len(observed), int(observed["is_ended"].sum())
    if not n:
        return Survival(1.0, float("inf"), 0, 0, float("nan"))
    constant = float(years.sum() / (ended.sum() + 0.5))
    if n_ended < FEWEST_ENDED:
        return Survival(1.0, constant, n, n_ended, float("nan"))
    shape, scale = _fit_weibull(years, ended) or (1.0, constant)
    return Survival(shape, scale, n, n_ended, _kaplan_meier(years, ended, 1.0))


def _fit_weibull(years: np.ndarray, ended: np.ndarray) -> tuple[float, float] | None:
    """Return shape and scale, None where the likelihood has no inner maximum (all ended on one day, say)."""
    import warnings

    from lifelines import WeibullFitter
    from lifelines.exceptions import ConvergenceError
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            fitter = WeibullFitter().fit(years, ended)
        except (ConvergenceError, ValueError):
            return None
    shape, scale = round(float(fitter.rho_), 9), round(float(fitter.lambda_), 9)
    is_sound = np.isfinite([shape, scale]).all() and SHAPES[0] <= shape <= SHAPES[1] and scale > 0
    return (shape, scale) if is_sound else None


def _kaplan_meier(years: np.ndarray, ended: np.ndarray, at: float) -> float:
    from lifelines import KaplanMeierFitter

    return float(KaplanMeierFitter().fit(years, ended).predict(at))
