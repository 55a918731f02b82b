"""Two divisions of the same accounts side by side: who would move, with how much money, and how far they agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from segkit.segments.explore.dress import Dressed
from segkit.segments.grid import BY_RULE
from segkit.statistics.clusterings import adjusted_rand, match

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Beside:
    """Two divisions compared.

    Attributes
    ----------
    cells : DataFrame
        segment_id (left), other_id (right), n_accounts, revenue_12m, is_move; pairs that occur.
    movers : DataFrame
        account_id, segment_id, other_id, revenue_12m of the accounts that would move, the most money first.
    agreement : float
        Adjusted Rand index: 1 the same, 0 as by chance.
    """

    cells: pd.DataFrame
    movers: pd.DataFrame
    agreement: float
    n_accounts: int
    revenue_12m: float


def compare(left: Dressed, right: Dressed, features: pd.DataFrame) -> Beside:
    """Return two divisions side by side.

    An account would move where its segment on the left is not the counterpart of its segment on the right: the pairing
    with the largest overlaps, one to one; KEY and DORMANT are rules and only their own counterpart.

    Parameters
    ----------
    features : DataFrame
        account_id, revenue_12m (money); rows as in both trials.
    """
    import pandas as pd

    before, after = left.trial.segments, right.trial.segments
    money = np.nan_to_num(features["revenue_12m"].to_numpy(float, na_value=np.nan))
    is_open = ~(np.isin(before, BY_RULE) | np.isin(after, BY_RULE))
    pairs = match(before[is_open], after[is_open]) if is_open.any() else {}
    counterpart = {segment: segment if segment in BY_RULE else pairs.get(segment, "") for segment in right.ids}
    is_move = np.array([counterpart[s] for s in after.tolist()]) != before
    frame = pd.DataFrame(
        {
            "account_id": features["account_id"].to_numpy(),
            "segment_id": before,
            "other_id": after,
            "revenue_12m": money,
            "is_move": is_move,
        }
    )
    cells = frame.groupby(["segment_id", "other_id"], as_index=False).agg(
        n_accounts=("account_id", "size"), revenue_12m=("revenue_12m", "sum"), is_move=("is_move", "first")
    )
    movers = frame[is_move].sort_values(["revenue_12m", "account_id"], ascending=[False, True], ignore_index=True)
    movers = movers.drop(columns="is_move")
    return Beside(cells, movers, adjusted_rand(before, after), len(frame), float(money.sum()))
