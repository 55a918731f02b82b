"""Accounts that buy by contract or by project: what is agreed, how long such relations last, a mean year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.value.lifetime import shifted_beta_geometric
from segkit.value.lifetime.contracts import chain_contracts, contracts_in_force, count_tenures, cover
from segkit.value.lifetime.counts import DAYS_PER_YEAR, WEEKS_PER_YEAR
from segkit.value.lifetime.survival import Survival, fit_survival, observe_chains, observe_relations
from segkit.value.lifetime.worth import MONTHS, year_ends

if TYPE_CHECKING:
    import pandas as pd

    from segkit.value.lifetime.fitting import Fit

FEWEST_JUDGED = 20  # contracts that came to their end, below which nothing is said about renewal
FEWEST_PROJECTS = 20  # ended project relations, below which those of all accounts stand in
SURE, UNLIKELY = 0.9, 0.1  # ends of the 80 % interval
MOST_RENEWALS = 60


@dataclass(frozen=True)
class Renewal:
    """How contracts went on when they ended: shifted beta-geometric, or one share for all, or not known."""

    basis: str
    fit: Fit | None
    share: float
    n_judged: int
    n_renewed: int

    def survive(self, n_renewals: np.ndarray) -> np.ndarray:
        """Return accounts × 0 … 60 further renewals: the chance of at least so many."""
        periods = np.arange(MOST_RENEWALS + 1)
        if self.fit is not None:
            return shifted_beta_geometric.survival(self.fit.parameters, n_renewals[:, None], periods[None, :])
        return np.broadcast_to(self.share**periods, (len(n_renewals), len(periods)))

    def describe(self) -> dict[str, Any]:
        """Return plain data for the run's JSON."""
        parameters = {k: round(v, 6) for k, v in self.fit.parameters.items()} if self.fit else None
        return {"basis": self.basis, "parameters": parameters, "share": round(self.share, 6),
                "n_judged": self.n_judged, "n_renewed": self.n_renewed}  # fmt: skip


def learn_renewal(chains: pd.DataFrame, seed: int) -> Renewal:
    """Return how contracts are renewed: from those that came to their end and what happened within 90 days.

    Shifted beta-geometric (Fader and Hardie 2007, J. of Interactive Marketing 21: the longer a customer has renewed,
    the surer the next time) where its fit has an inner maximum; else one share, (renewed + ½) / (ended + 1); nothing
    with fewer than 20 contracts ended: then a contract counts to its agreed end only.

    Parameters
    ----------
    chains : DataFrame
        As `chain_contracts` gives them.
    seed : int
        Of the fit.
    """
    from threadpoolctl import threadpool_limits

    tenures = count_tenures(chains)
    n_renewed, n_lost = int(tenures["n_renewals"].sum()), int(tenures["is_churned"].sum())
    judged = n_renewed + n_lost
    if judged < FEWEST_JUDGED:
        return Renewal("unknown", None, 0.0, judged, n_renewed)
    with threadpool_limits(1):
        fit = shifted_beta_geometric.fit(tenures, seed)
    share = (n_renewed + 0.5) / (judged + 1)
    return Renewal("shifted_beta_geometric", fit, share, judged, n_renewed) if fit.converged else Renewal(
        "share", None, share, judged, n_renewed
    )  # fmt: skip


def foresee_contracts(
    counts: pd.DataFrame, contracts: pd.DataFrame, day: pd.Timestamp, horizon_months: int, seed: int
) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the revenue of accounts that buy by contract.

    A year is worth the contracts' annual value, or the revenue of the last year if that was more. It comes surely up
    to the agreed end and then as often as contracts are renewed; a contract without end lasts as chains of contracts
    have lasted (Weibull).

    Parameters
    ----------
    counts : DataFrame
        As `count_purchases` gives them, accounts with a contract in force.
    contracts : DataFrame
        Table `contracts`.
    day : Timestamp
        As-of.
    horizon_months, seed : int
        Of the settings, of the fit.

    Returns
    -------
    tuple
        Frame, index as in `counts`: expected_revenue_12m, expected_low, expected_high (currency; the limits are where
        the contract goes on with a chance of 90 and of 10 %); accounts × years, revenue of each year over that of the
        first.
    """
    import pandas as pd

    chains = chain_contracts(contracts, day)
    renewal = learn_renewal(chains, seed)
    running = contracts_in_force(contracts, day).reindex(counts.index)
    months = year_ends(horizon_months)[-1]
    survive = np.ones((len(counts), months))
    has_end = running["end_date"].notna().to_numpy()
    if has_end.any():
        agreed = running[has_end]
        survive[has_end] = cover(agreed, day, months, renewal.survive(agreed["n_renewals"].to_numpy()))
    if not has_end.all():
        lasting = fit_survival(observe_chains(chains, day))
        age = ((day - running["chain_start"]).dt.days / DAYS_PER_YEAR).to_numpy()[~has_end, None]
        survive[~has_end] = lasting.keep(age, (np.arange(1, months + 1)[None, :] - 0.5) / MONTHS)
    year = np.maximum(running["annual_value"].to_numpy(), counts["yearly"].to_numpy())
    first = survive[:, :MONTHS]
    expected = year * first.mean(axis=1)
    frame = pd.DataFrame(
        {
            "expected_revenue_12m": expected,
            "expected_low": np.minimum(year * (first >= SURE).mean(axis=1), expected),
            "expected_high": np.maximum(year * (first >= UNLIKELY).mean(axis=1), expected),
        },
        index=counts.index,
    )
    return frame, by_year(survive, horizon_months)


def by_year(survive: np.ndarray, horizon_months: int) -> np.ndarray:
    """Return accounts × years: the money of each year over that of the first, from accounts × months of survival."""
    ends = year_ends(horizon_months)
    sums = np.column_stack([survive[:, a:b].sum(axis=1) for a, b in zip([0, *ends[:-1]], ends, strict=True)])
    return sums / np.where(sums[:, :1] > 0, sums[:, :1], 1.0)


def lasting_of_projects(counts: pd.DataFrame, is_project: pd.Series) -> Survival:
    """Return how long relations of project customers last; those of all accounts where few of them have ended."""
    observed = observe_relations(counts)
    projects = observed[is_project.reindex(observed.index)]
    return fit_survival(projects if int(projects["is_ended"].sum()) >= FEWEST_PROJECTS else observed)


def foresee_projects(
    known: pd.DataFrame, counts: pd.DataFrame, lasting: Survival, horizon_months: int
) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the revenue of project customers: their mean year so far, as long as such relations last.

    The limits are those of a compound Poisson sum of a mean order of their own (gamma with its mean and variance, 2 ·
    mean order · mean: orders as uneven as exponential ones); an account gone by `observe_relations` brings nothing.

    Parameters
    ----------
    known : DataFrame
        revenue_total of the same accounts.
    counts : DataFrame
        As `count_purchases` gives them.
    lasting : Survival
        Of project customers.
    horizon_months : int
        Of the settings.
    """
    import pandas as pd
    from scipy.stats import gamma

    months = year_ends(horizon_months)[-1]
    years = (counts["age"] / WEEKS_PER_YEAR).clip(lower=1.0).to_numpy()
    mean_year = known["revenue_total"].astype("float64").clip(lower=0).to_numpy() / years
    gone = observe_relations(counts)["is_ended"].reindex(counts.index).fillna(True).to_numpy(dtype=bool)
    survive = lasting.keep(years[:, None], (np.arange(1, months + 1)[None, :] - 0.5) / MONTHS)
    survive = np.where(gone[:, None], 0.0, survive)
    expected = mean_year * survive[:, :MONTHS].mean(axis=1)
    order = counts["mean_value"].fillna(0.0).to_numpy()
    has = (expected > 0) & (order > 0)
    shape = np.where(has, expected / (2 * np.where(has, order, 1.0)), 1.0)
    scale = np.where(has, 2 * order, 0.0)
    low, high = (np.where(has, gamma.ppf(q, shape, scale=np.where(has, scale, 1.0)), expected) for q in (0.1, 0.9))
    frame = pd.DataFrame(
        {
            "expected_revenue_12m": expected,
            "expected_low": np.minimum(low, expected),
            "expected_high": np.maximum(high, expected),
        },
        index=counts.index,
    )
    return frame, by_year(survive, horizon_months)
