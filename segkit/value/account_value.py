"""What each account is worth at the as-of date: table `account_value`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.tables import TABLES
from segkit.value.abc import add_abc
from segkit.value.growth import growth_rates
from segkit.value.regularity import xyz_classes
from segkit.value.rfm import add_rfm

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd

    from segkit.settings.value import Value

DIGITS = 12
COLUMNS = [
    "account_id", "days_since_last", "frequency", "monetary_value", "revenue_12m", "revenue_prev_12m", "margin_12m",
    "tenure_days", "abc_class", "abc_margin_class", "xyz_class", "revenue_share", "cumulative_share",
    "r_score", "f_score", "m_score", "growth", "regularity",
]  # fmt: skip


def score_accounts(features: pd.DataFrame, as_of: dt.date, settings: Value) -> pd.DataFrame:
    """Return table `account_value`: one row per account with a line up to as-of.

    Parameters
    ----------
    features : DataFrame
        Table `account_features`, the panel.
    as_of : date
        Which rows of the panel count.
    settings : Value
        Limits of the ABC and XYZ classes, cuts of the scores.

    Returns
    -------
    DataFrame
        The columns of `tables.yml`: recency, frequency and money with their scores, ABC by revenue and by margin with
        shares, XYZ by regularity, growth, tenure. `monetary_value` is the net revenue ever per invoice with a sale.
    """
    import pandas as pd

    now = features[features["as_of"] == pd.Timestamp(as_of)].sort_values("account_id").reset_index(drop=True)
    frame = add_abc(add_rfm(now, settings.rfm), settings.abc_a, settings.abc_b)
    frame = frame.assign(
        monetary_value=(frame["revenue_total"] / frame["frequency"].where(frame["frequency"] > 0)).round(DIGITS),
        xyz_class=xyz_classes(frame, settings.xyz_x, settings.xyz_y, settings.xyz_min_months),
        growth=growth_rates(frame),
    )
    return frame[COLUMNS]


def join_parts(scored: pd.DataFrame, *parts: pd.DataFrame) -> pd.DataFrame:
    """Return table `account_value`: what every account has, with what the models say of some of them.

    Parameters
    ----------
    scored : DataFrame
        As `score_accounts` gives it.
    *parts : DataFrame
        `account_id` and columns of `account_value`, at most one row per account. What no part gives stays empty.

    Raises
    ------
    KeyError
        A part has a column that the table has not.
    """
    columns = [c for c in TABLES["account_value"].columns if c != "is_contactable"]
    for part in parts:
        if unknown := set(part.columns) - set(columns):
            raise KeyError(f"account_value has no column {', '.join(sorted(unknown))}")
        scored = scored.merge(part, on="account_id", how="left", validate="one_to_one")
    return scored.reindex(columns=columns)
