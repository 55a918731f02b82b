"""XYZ classes: who buys regularly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

DAYS_PER_MONTH = 365.25 / 12


def xyz_classes(frame: pd.DataFrame, x: float, y: float, min_months: int) -> pd.Series:
    """Return X (regular), Y (with swings) or Z (now and then) for each account.

    Parameters
    ----------
    frame : DataFrame
        `regularity` (coefficient of variation of monthly revenue), `tenure_days` (days since the first line).
    x, y : float
        Upper limits of the classes X and Y.
    min_months : int
        An account known for less has no class: three busy months say nothing about a year.

    Returns
    -------
    Series
        An account without regularity (no revenue above zero in twelve months) is Z.
    """
    import pandas as pd

    classes = np.select([frame["regularity"] <= x, frame["regularity"] <= y], ["X", "Y"], "Z")
    known = frame["tenure_days"] >= min_months * DAYS_PER_MONTH
    return pd.Series(classes, index=frame.index, dtype="str").where(known)


def count_classes(value: pd.DataFrame) -> pd.DataFrame:
    """Return accounts and money of each field of the ABC × XYZ matrix.

    Parameters
    ----------
    value : DataFrame
        Table `account_value`.

    Returns
    -------
    DataFrame
        All nine fields: `abc_class`, `xyz_class`, `n_accounts`, `revenue` (twelve months), `revenue_share`. Accounts
        without an XYZ class are not counted.
    """
    import pandas as pd

    fields = pd.MultiIndex.from_product([list("ABC"), list("XYZ")], names=["abc_class", "xyz_class"])
    cells = value.groupby(["abc_class", "xyz_class"]).agg(
        n_accounts=("account_id", "size"), revenue=("revenue_12m", "sum"), revenue_share=("revenue_share", "sum")
    )
    return cells.reindex(fields, fill_value=0).reset_index()
