"""Recency, frequency, money: three scores from 1 to 5."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.value.natural_breaks import natural_breaks

if TYPE_CHECKING:
    import pandas as pd

    from segkit.settings.rfm import Rfm

CLASSES = 5
MIDDLE = 3


def score_quintiles(values: pd.Series) -> pd.Series:
    """Return 1 (lowest fifth) to 5 (highest fifth); equal values share one score, that of their mean rank.

    Ties are never broken by chance or by row order, so fifths need not be equally large: if half of all accounts have
    one invoice, they all get the score of the middle of that half.

    Examples
    --------
    Values 1, 1, 1, 7, 9 have the mean ranks 2, 2, 2, 4, 5 and the scores 2, 2, 2, 4, 5.
    """
    rank = values.rank(method="average")
    return (CLASSES * (rank - 0.5) / len(values)).astype("int64") + 1


def score_natural(values: pd.Series) -> pd.Series:
    """Return 1 (lowest class) to 5 (highest class) by natural breaks; fewer different values spread over 1 to 5.

    Examples
    --------
    Values 1, 2, 2, 10, 11 fall into the classes 1 | 2, 2 | 10 | 11, which spread as 1, 2, 2, 4, 5. A single class is 3.
    """
    import pandas as pd

    limits = natural_breaks(values.to_numpy(float), CLASSES) if len(values) else np.array([])
    place = np.searchsorted(limits, values.to_numpy(float), side="right")
    if not len(limits):
        return pd.Series(MIDDLE, index=values.index, dtype="int64")
    return pd.Series(1 + (place * (CLASSES - 1) + len(limits) // 2) // len(limits), index=values.index, dtype="int64")


def score_typed(values: pd.Series, limits: list[float]) -> pd.Series:
    """Return 1 plus the number of limits that a value reaches.

    Examples
    --------
    3 invoices with the limits 2, 4, 8 and 12 reach one of them: score 2.
    """
    import pandas as pd

    return pd.Series(np.searchsorted(limits, values, side="right") + 1, index=values.index, dtype="int64")


def add_rfm(frame: pd.DataFrame, settings: Rfm) -> pd.DataFrame:
    """Return the frame with `r_score`, `f_score` and `m_score`, each 1 (worst) to 5 (best).

    Parameters
    ----------
    frame : DataFrame
        `days_since_last` (days), `frequency_12m` (invoices), `revenue_12m` (money), one row per account.
    settings : Rfm
        How the scores are cut.

    Returns
    -------
    DataFrame
        `r_score` looks at the days since the last line of all accounts. `f_score` and `m_score` look at twelve months,
        at the accounts with an invoice, or with revenue above zero; all others have 1. Natural breaks are sought in
        days as they are, and in invoices and revenue on a log scale.
    """
    scores = {}
    for score, column, limits in (
        ("r_score", "days_since_last", [-limit for limit in reversed(settings.recency_limits)]),
        ("f_score", "frequency_12m", settings.frequency_limits),
        ("m_score", "revenue_12m", settings.money_limits),
    ):
        is_recency = score == "r_score"
        some = -frame[column] if is_recency else frame.loc[frame[column] > 0, column]
        if settings.cuts == "typed":
            found = score_typed(some, limits)
        elif settings.cuts == "natural":
            found = score_natural(some if is_recency else np.log(some.astype("float64")))
        else:
            found = score_quintiles(some)
        scores[score] = found.reindex(frame.index, fill_value=1)
    return frame.assign(**scores)


def describe_cuts(value: pd.DataFrame, features: pd.DataFrame, settings: Rfm) -> list[dict[str, Any]]:
    """Return how the scores were cut, what the best score takes, and which measure does not tell accounts apart.

    Parameters
    ----------
    value : DataFrame
        Table `account_value`.
    features : DataFrame
        Rows of the panel at as-of: `account_id`, `frequency_12m`.
    settings : Rfm
        How the scores are cut.
    """
    invoices = value["account_id"].map(features.set_index("account_id")["frequency_12m"])
    said: list[dict[str, Any]] = [
        {
            "key": f"rfm.cuts_{settings.cuts}",
            "r5": _none(value.loc[value["r_score"] == CLASSES, "days_since_last"].max()),
            "f5": _none(invoices[value["f_score"] == CLASSES].min()),
            "m5": _none(value.loc[value["m_score"] == CLASSES, "revenue_12m"].min()),
        }
    ]
    for key, some in (
        ("recency", value["days_since_last"]),
        ("frequency", invoices[invoices > 0]),
        ("money", value.loc[value["revenue_12m"] > 0, "revenue_12m"]),
    ):
        if len(some) > 1 and some.nunique() == 1:
            said.append({"key": f"rfm.constant_{key}"})
    return said


def _none(number: float) -> float | None:
    return None if number != number else float(number)


def count_rfm(value: pd.DataFrame) -> pd.DataFrame:
    """Return accounts and money of each field of the recency × frequency map.

    Parameters
    ----------
    value : DataFrame
        Table `account_value`.

    Returns
    -------
    DataFrame
        All 25 fields: `r_score`, `f_score`, `n_accounts`, `revenue` (twelve months), `revenue_share` (of all revenue
        above zero).
    """
    import pandas as pd

    fields = pd.MultiIndex.from_product([range(1, CLASSES + 1)] * 2, names=["r_score", "f_score"])
    cells = value.groupby(["r_score", "f_score"]).agg(
        n_accounts=("account_id", "size"), revenue=("revenue_12m", "sum"), revenue_share=("revenue_share", "sum")
    )
    return cells.reindex(fields, fill_value=0).reset_index()
