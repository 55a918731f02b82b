"""What the best of similar customers buy: the limit by the model and the one counted among peers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from segkit.statistics.resampling import generator
from segkit.value.potential.conformal import FOLDS, assign_folds, cross_fit, size_groups, spread_of_limit
from segkit.value.potential.peers import assign_peers, peer_keys, peer_limits
from segkit.value.potential.quantiles import design_matrix, penalties

if TYPE_CHECKING:
    import pandas as pd

    from segkit.settings.potential import Potential

MOST_FITTED = 20_000  # customers that the model learns from; more make it slower and no better
Z95 = 1.959964


class Limits(NamedTuple):
    """Limits of all accounts (log money), and what the model is made of."""

    model: pd.DataFrame
    """account_id, limit, low, high (95 % interval): by the model."""
    peers: pd.DataFrame
    """account_id, limit, low, high, peer_group, n_peers, peer_industry, peer_size: counted among similar customers."""
    cases: pd.DataFrame
    """account_id, outcome (log revenue), prediction, baseline of each customer that the model learnt from: both limits
    as a fit would have put them that had never seen the customer."""
    effects: pd.DataFrame
    """Index as `model`; employees, turnover, machines, industry: what each adds to the limit (log money)."""
    coefficients: pd.Series
    """Of the columns of `design_matrix` on the customers, mean of the models."""


def fit_limits(facts: pd.DataFrame, settings: Potential, seed: int) -> Limits:
    """Return the limit that a customer stays below with the chance `settings.quantile`, found in two ways.

    Each customer's own limit comes from models that have not seen it; accounts without revenue get the mean of the
    models. Of more than `MOST_FITTED` customers the model learns from as many, drawn at random.

    Parameters
    ----------
    facts : DataFrame
        As `collect_facts` gives them, with at least `settings.fewest_peers` customers.
    settings : Potential
        quantile, fewest_peers.
    seed : int
        Start of the draws of folds and bootstrap samples.
    """
    import pandas as pd
    from threadpoolctl import threadpool_limits

    buyers = np.flatnonzero(facts["is_buyer"])
    chosen = buyers
    if len(buyers) > MOST_FITTED:
        chosen = np.sort(generator(seed, "potential", "fitted").choice(buyers, MOST_FITTED, replace=False))
    columns, parts = design_matrix(facts, settings.fewest_peers)
    every, penalty = columns.to_numpy(), penalties(list(columns))
    groups, n_groups = size_groups(facts["size_class"])
    y, x = np.log(facts["revenue"].to_numpy()[chosen]), every[chosen]
    folds = assign_folds(len(chosen), seed)
    with threadpool_limits(1):
        models, moved, tried = cross_fit(y, x, folds, groups[chosen], n_groups, settings.quantile, penalty)
        error = spread_of_limit(y, x, groups[chosen], n_groups, settings.quantile, penalty, every, groups, seed)
        mean = models.mean(axis=0)
        limit = mean[0] + every @ mean[1:]
        limit[chosen] = models[folds, 0] + np.einsum("ij,ij->i", x, models[folds, 1:])
    limit = limit + moved[groups]
    by_model = pd.DataFrame(
        {"account_id": facts["account_id"], "limit": limit, "low": limit - Z95 * error, "high": limit + Z95 * error}
    )
    peers, baseline = _peer_limits(facts, chosen, folds, settings)
    cases = pd.DataFrame(
        {"account_id": facts["account_id"].to_numpy()[chosen], "outcome": y, "prediction": tried, "baseline": baseline}
    )
    coefficients = pd.Series(mean[1:], list(columns))
    effects = pd.DataFrame({fact: columns[names] @ coefficients[names] for fact, names in parts.items()}, facts.index)
    return Limits(by_model, peers, cases, effects, coefficients)


def _peer_limits(
    facts: pd.DataFrame, chosen: np.ndarray, folds: np.ndarray, settings: Potential
) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the limits counted among peers, and those of the customers tried without their own fold."""
    keys = peer_keys(facts)
    peers = assign_peers(facts, keys, settings.fewest_peers)
    is_buyer = facts["is_buyer"].to_numpy()
    money = np.log(facts["revenue"].to_numpy(), out=np.full(len(facts), np.nan), where=is_buyer)
    found = peer_limits(money[is_buyer], keys[is_buyer], settings.quantile)
    own = {name: peers["peer_group"].map(found[name]).to_numpy() for name in ("limit", "low", "high")}
    groups = peers["peer_group"].to_numpy()[chosen]
    tried = np.full(len(chosen), np.nan)
    for fold in range(FOLDS):
        seen, held = chosen[folds != fold], folds == fold
        without = peer_limits(money[seen], keys.iloc[seen], settings.quantile)["limit"]
        tried[held] = without.reindex(groups[held]).to_numpy()
    return facts[["account_id"]].assign(**own).join(peers), tried
