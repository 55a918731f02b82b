"""Similar customers: those of the same industry and size, and what the best of them buy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

LEVELS = (("industry_division", "size_class"), ("size_class",), ("industry_division",), ())
"""From the closest peers to all customers. Size comes before industry: it says more about money."""


def peer_keys(facts: pd.DataFrame) -> pd.DataFrame:
    """Return the name of each account's group on each level: columns 0 (closest) to 3 (all); empty where not known.

    Parameters
    ----------
    facts : DataFrame
        As `collect_facts` gives them: industry_division, size_class.

    Examples
    --------
    Of an account of division 28 and size class medium: ``28|medium``, ``|medium``, ``28|``, ``|``.
    """
    import pandas as pd

    names = [facts[column].astype("object") for column in LEVELS[0]]
    keys = {}
    for level, columns in enumerate(LEVELS):
        key, known = pd.Series("|", facts.index), pd.Series(True, facts.index)
        if "industry_division" in columns:
            key, known = names[0].astype("str") + key, known & names[0].notna()
        if "size_class" in columns:
            key, known = key + names[1].astype("str"), known & names[1].notna()
        keys[level] = key.astype("object").where(known, None)
    return pd.DataFrame(keys)


def assign_peers(facts: pd.DataFrame, keys: pd.DataFrame, fewest: int) -> pd.DataFrame:
    """Return whom each account is compared with.

    Peers are the customers with revenue in twelve months that share industry division and EU size class; where they are
    fewer than `fewest`, those of the same size class, then of the same division, then all.

    Parameters
    ----------
    facts : DataFrame
        As `collect_facts` gives them.
    keys : DataFrame
        As `peer_keys` gives them.
    fewest : int
        Fewer peers than this, and the next level is taken; the last is taken in any case.

    Returns
    -------
    DataFrame
        In the order of `facts`: peer_group (a key), n_peers (customers in it), peer_industry (its division, empty where
        the group is of several), peer_size (the same for the size class).
    """
    import pandas as pd

    result = pd.DataFrame({"peer_group": "", "n_peers": 0, "peer_industry": None, "peer_size": None}, facts.index)
    is_open = pd.Series(True, facts.index)
    for level, columns in enumerate(LEVELS):
        count = keys[level].map(keys.loc[facts["is_buyer"], level].value_counts()).fillna(0).astype(int)
        chosen = is_open & keys[level].notna() & ((count >= fewest) | (not columns))
        result.loc[chosen, "peer_group"] = keys.loc[chosen, level]
        result.loc[chosen, "n_peers"] = count[chosen]
        for name, column in (("peer_industry", "industry_division"), ("peer_size", "size_class")):
            if column in columns:
                result.loc[chosen, name] = facts.loc[chosen, column]
        is_open &= ~chosen
    return result


def peer_limits(money: np.ndarray, keys: pd.DataFrame, quantile: float) -> pd.DataFrame:
    """Return `group_limits` of the groups of all levels: each customer counts in its group on every level.

    Parameters
    ----------
    money : array
        Revenue of customers.
    keys : DataFrame
        Their rows of `peer_keys`.
    quantile : float
        The chance to stay below the limit.
    """
    import pandas as pd

    known = [keys[level].notna().to_numpy() for level in keys]
    return pd.concat(
        [
            group_limits(money[is_known], keys.loc[is_known, level].to_numpy(), quantile)
            for level, is_known in zip(keys, known, strict=True)
        ]
    )


def rank_of_limit(n: np.ndarray | int, quantile: float) -> np.ndarray:
    """Return which of n values in rising order (1 is the smallest) a new one stays below with at least this chance.

    ⌈(n + 1)·quantile⌉ (Vovk, Gammerman and Shafer 2005, *Algorithmic Learning in a Random World*); above n there is no
    such value, and the largest is taken.

    Examples
    --------
    >>> rank_of_limit(np.array([9, 30, 5]), 0.9).tolist()
    [9, 28, 5]
    """
    n = np.asarray(n)
    return np.minimum(np.ceil((n + 1) * quantile - 1e-9).astype(int), n)


def group_limits(values: np.ndarray, groups: np.ndarray, quantile: float) -> pd.DataFrame:
    """Return for each group the value that a new member stays below with at least this chance, and its interval.

    Parameters
    ----------
    values : array
        One number per member.
    groups : array
        Name of its group.
    quantile : float
        The chance.

    Returns
    -------
    DataFrame
        Index: group in order; n, limit, low, high (95 % interval of the quantile: the order statistics whose ranks
        enclose it by the binomial distribution, Conover 1999, *Practical Nonparametric Statistics*, 3.2).

    Examples
    --------
    >>> group_limits(np.arange(1.0, 10.0), np.repeat("a", 9), 0.9)["limit"].tolist()
    [9.0]
    """
    import pandas as pd
    from scipy.stats import binom

    codes, names = pd.factorize(groups, sort=True)
    ordered = np.asarray(values)[np.lexsort((values, codes))]
    n = np.bincount(codes, minlength=len(names))
    start = np.cumsum(n) - n
    ranks = {
        "limit": rank_of_limit(n, quantile),
        "low": np.maximum(binom.ppf(0.025, n, quantile).astype(int), 1),
        "high": np.minimum(binom.ppf(0.975, n, quantile).astype(int) + 1, n),
    }
    return pd.DataFrame({"n": n, **{name: ordered[start + rank - 1] for name, rank in ranks.items()}}, index=names)
