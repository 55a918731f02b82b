"""Classes of potential, and the grid of what accounts are worth against what they could be worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

LETTERS = list("ABC")


def class_limits(value: pd.DataFrame) -> tuple[float, float]:
    """Return the smallest revenue of today's A and B accounts (money of twelve months); infinite without such."""
    smallest = value[value["revenue_12m"] > 0].groupby("abc_class")["revenue_12m"].min().astype("float64")
    a = float(smallest.get("A", np.inf))
    return a, min(float(smallest.get("B", np.inf)), a)


def potential_classes(potential: pd.Series, limits: tuple[float, float]) -> pd.Series:
    """Return the revenue class that an account would have today if it bought its potential; empty without potential.

    Not Pareto classes of the potentials: the sum of all limits of the best 10 % is money that nobody will ever see, so
    shares of it mean nothing, and on the planted truth the classes by revenue are right more often
    (benchmarks/potential.md).

    Examples
    --------
    With A from 100,000 and B from 10,000 the potentials 120,000, 99,000 and 5,000 are A, B and C.
    """
    import pandas as pd

    letter = np.select([potential >= limits[0], potential >= limits[1]], ["A", "B"], "C")
    return pd.Series(letter, potential.index, dtype="str").where(potential.notna())


def describe_grid(value: pd.DataFrame) -> pd.DataFrame:
    """Return the grid ABC × potential.

    Parameters
    ----------
    value : DataFrame
        Table `account_value`: abc_class, potential_class, revenue_12m, potential, potential_low.

    Returns
    -------
    DataFrame
        Nine rows: abc_class, potential_class, n_accounts, revenue (sum of twelve months), gap (sum of potential less
        revenue, none below zero), gap_low (the same from the lower end of the limits).
    """
    import pandas as pd

    known = value[value["potential"].notna()]
    own = known["revenue_12m"].astype("float64").clip(lower=0)
    frame = known[["abc_class", "potential_class"]].assign(
        revenue=known["revenue_12m"].astype("float64"),
        gap=(known["potential"] - own).clip(lower=0),
        gap_low=(known["potential_low"] - own).clip(lower=0),
    )
    groups = frame.groupby(["abc_class", "potential_class"])
    sums = groups[["revenue", "gap", "gap_low"]].sum().assign(n_accounts=groups.size())
    cells = pd.MultiIndex.from_product([LETTERS, LETTERS], names=["abc_class", "potential_class"])
    grid = sums.reindex(cells, fill_value=0).reset_index()
    return grid[["abc_class", "potential_class", "n_accounts", "revenue", "gap", "gap_low"]].round(4)
