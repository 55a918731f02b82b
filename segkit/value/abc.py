"""ABC classes: who carries the money."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

DIGITS = 12
CURVE_POINTS = 200


def abc_classes(values: pd.Series, a: float, b: float) -> pd.Series:
    """Return A, B or C for each value.

    An account's class follows from the share of money that strictly larger accounts bring: below `a` it is A, below
    `b` B, else C. So the account that crosses the limit still belongs to the better class (a single account with all
    the money is A), and equal accounts are of equal class. Shares are of the sum of all values above zero; values of
    zero or less (net returns) are C. A missing value has no class.

    Examples
    --------
    Of 60, 30, 6, 4 and −5 (sum above zero 100; larger ones bring 0, 60, 90 and 96 %) with a = .8 and b = .95 the
    classes are A, A, B, C and C.
    """
    import pandas as pd

    positive = values.where(values > 0)
    total = positive.sum()
    by_value = positive.groupby(positive).sum().sort_index(ascending=False)
    larger = (by_value.cumsum() - by_value) / total
    share = positive.map(larger.round(DIGITS))
    classes = np.select([share < a, share < b], ["A", "B"], "C")
    return pd.Series(classes, index=values.index, dtype="str").where(values.notna())


def add_abc(frame: pd.DataFrame, a: float, b: float) -> pd.DataFrame:
    """Return the frame with classes and shares.

    Parameters
    ----------
    frame : DataFrame
        `account_id`, `revenue_12m`, `margin_12m` (money; may be empty), one row per account.
    a, b : float
        Upper limits of the classes A and B, shares of the money.

    Returns
    -------
    DataFrame
        With `abc_class` (by revenue), `abc_margin_class`, `revenue_share` (of the sum of all revenue above zero;
        negative for net returns) and `cumulative_share` (of this account and all larger ones).
    """
    total = frame["revenue_12m"].clip(lower=0).sum()
    share = frame["revenue_12m"] / (total or float("nan"))
    order = frame.assign(_share=share).sort_values(["revenue_12m", "account_id"], ascending=[False, True]).index
    return frame.assign(
        abc_class=abc_classes(frame["revenue_12m"], a, b),
        abc_margin_class=abc_classes(frame["margin_12m"], a, b),
        revenue_share=share.round(DIGITS),
        cumulative_share=share.clip(lower=0).loc[order].cumsum().round(DIGITS).reindex(frame.index),
    )


def add_lifetime_class(rows: pd.DataFrame, a: float, b: float) -> pd.DataFrame:
    """Return the frame with `abc_lifetime_class`: A, B or C by `lifetime_value` (money; empty stays empty).

    Parameters
    ----------
    rows : DataFrame
        `lifetime_value`, one row per account.
    a, b : float
        Upper limits of the classes A and B, shares of the money.
    """
    return rows.assign(abc_lifetime_class=abc_classes(rows["lifetime_value"], a, b))


def describe_pareto(value: pd.DataFrame) -> pd.DataFrame:
    """Return the Pareto curves of revenue, margin and lifetime value: which accounts bring which share of the money.

    Parameters
    ----------
    value : DataFrame
        Table `account_value`.

    Returns
    -------
    DataFrame
        `measure` (revenue, margin, lifetime), `n_accounts` and `account_share` (the largest accounts, among those above
        zero), `money_share` (what they bring together), `abc_class` of the smallest of them. At most about 200 points
        each, from 0; a measure is absent where it is not known.
    """
    import pandas as pd

    curves = [
        _curve(value, measure, column, label)
        for measure, column, label in (
            ("revenue", "revenue_12m", "abc_class"),
            ("margin", "margin_12m", "abc_margin_class"),
            ("lifetime", "lifetime_value", "abc_lifetime_class"),
        )
        if measure == "revenue" or column in value and value[column].notna().any()
    ]
    return pd.concat(curves, ignore_index=True)


def _curve(value: pd.DataFrame, measure: str, column: str, label: str) -> pd.DataFrame:
    import pandas as pd

    ranked = value[value[column] > 0].sort_values([column, "account_id"], ascending=[False, True])
    n = len(ranked)
    picked = np.unique(np.linspace(0, n - 1, min(n, CURVE_POINTS)).astype(int)) if n else np.array([], dtype=int)
    changes = np.flatnonzero(ranked[label].ne(ranked[label].shift(-1)))
    at = np.union1d(picked, changes).astype(int)
    curve = pd.DataFrame(
        {
            "n_accounts": at + 1,
            "account_share": (at + 1) / max(n, 1),
            "money_share": (ranked[column].cumsum() / ranked[column].sum()).to_numpy()[at].round(DIGITS),
            "abc_class": ranked[label].to_numpy()[at],
        }
    )
    start = pd.DataFrame({"n_accounts": [0], "account_share": [0.0], "money_share": [0.0], "abc_class": ["A"]})
    return (pd.concat([start, curve]) if n else curve).assign(measure=measure)
