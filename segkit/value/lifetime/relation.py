"""How each account buys: what decides by which kind of model its future is foreseen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segkit.value.lifetime.counts import WEEKS_PER_YEAR

if TYPE_CHECKING:
    import pandas as pd

    from segkit.settings.lifetime import Lifetime

RELATIONS = ["contract", "recurring", "project", "once"]
FEWEST_WEEKS = 26  # younger than that, few orders are no habit yet


def find_relations(counts: pd.DataFrame, in_force: pd.DataFrame, settings: Lifetime) -> pd.Series:
    """Return how each account buys: contract, project, once or recurring.

    Service contracts beside normal purchases do not make an account contractual: they must make a set share of its
    yearly revenue. A project customer buys rarely and much at a time; its orders follow its own projects and not a
    rhythm, so that silence says nothing.

    Parameters
    ----------
    counts : DataFrame
        As `count_purchases` gives them.
    in_force : DataFrame
        As `contracts_in_force` gives them: index account_id, `annual_value`.
    settings : Lifetime
        contract_share, project_orders_year, project_size.

    Returns
    -------
    Series
        Index as in `counts`; an account without any sale (only credits) is empty.
    """
    import pandas as pd

    value = in_force["annual_value"].reindex(counts.index).fillna(0.0)
    size = counts["recent_value"].fillna(counts["mean_value"])
    a_year = counts["n_repeats"] / (counts["age"].clip(lower=FEWEST_WEEKS) / WEEKS_PER_YEAR)
    is_rare = (a_year <= settings.project_orders_year) & (counts["age"] >= FEWEST_WEEKS)
    is_large = size >= settings.project_size * size.median()
    found = np.select(
        [
            (value > 0) & (value >= settings.contract_share * counts["yearly"]),
            counts["n_repeats"] == 0,
            is_rare & is_large,
        ],
        ["contract", "once", "project"],
        "recurring",
    )
    relations = pd.Series(found, index=counts.index, dtype="str")
    return relations.where((counts["n_repeats"] >= 0) | (relations == "contract"))
