"""Recency, frequency, money: three scores from 1 to 5."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

CLASSES = 5


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


def add_rfm(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with `r_score`, `f_score` and `m_score`, each 1 (worst) to 5 (best).

    Parameters
    ----------
    frame : DataFrame
        `days_since_last` (days), `frequency_12m` (invoices), `revenue_12m` (money), one row per account.

    Returns
    -------
    DataFrame
        `r_score` ranks all accounts by the days since their last line. `f_score` and `m_score` look at twelve months
        and rank the accounts with an invoice, or with revenue above zero; all others have 1.
    """
    scores = {"r_score": score_quintiles(-frame["days_since_last"])}
    for score, column in (("f_score", "frequency_12m"), ("m_score", "revenue_12m")):
        some = frame.loc[frame[column] > 0, column]
        scores[score] = score_quintiles(some).reindex(frame.index, fill_value=1)
    return frame.assign(**scores)


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
