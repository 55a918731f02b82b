"""Whether the purchase model is used or a simple rule, and whether the limits held: rows of `model_cards`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from segkit.statistics.intervals import wilson_interval
from segkit.value.backtests.scores import compare
from segkit.value.lifetime.past import RULES

if TYPE_CHECKING:
    import pandas as pd

    from segkit.settings.backtest import Backtest

MODEL = "lifetime"
DECIDING, GUARD = "spearman", "mae"
LEVEL = 0.8
DIGITS = 9


@dataclass(frozen=True)
class Verdict:
    """What the back-test says: the cards, whether the model is used, and the best simple rule."""

    cards: pd.DataFrame
    is_used: bool
    rule: str


def judge(replayed: pd.DataFrame, rule: str, horizon_days: int | None, settings: Backtest, seed: int) -> Verdict:
    """Return the verdict over model and simple rules on past quarters.

    The rank correlation decides: the lists put accounts in order, and it looks at every account, while errors of money
    are mostly those of the few largest and say little about the rest. The model is used if its order is surely better
    than that of every rule, recency included (lower 95 % limit of the gain above 0), and its mean absolute error is not
    surely larger than that of any rule of money (upper limit of the gain not below 0).

    Parameters
    ----------
    replayed : DataFrame
        As `replay` gives them.
    rule : str
        The best rule of money.
    horizon_days : int or None
        Length of the outcome.
    settings, seed : Backtest, int
        Of the resampling.
    """
    import pandas as pd

    parts = []
    names = [name for name in RULES if name in replayed and replayed[name].notna().any()] or RULES[:1]
    columns = ["origin", "account_id", "outcome", "prediction"]
    for name in [*names, "recency"]:
        pairs = replayed[replayed["prediction"].notna()].assign(baseline=lambda f, n=name: f[n])[[*columns, "baseline"]]
        card = compare(pairs, "amount", MODEL, f"lifetime.rule_{name}", DECIDING, horizon_days, settings, seed)
        if name == "recency":  # days are no money: only the order can be compared
            card = card[card["metric"].isin([DECIDING, "top_decile_share"])]
        parts.append(card)
    cards = pd.concat(parts, ignore_index=True)
    of_all = cards[cards["origin"] == "all"]
    is_better = of_all.loc[of_all["metric"] == DECIDING, "gain_low"] > 0
    is_worse = of_all.loc[of_all["metric"] == GUARD, "gain_high"] < 0
    is_used = bool(len(replayed) and is_better.all() and not is_worse.any())
    return Verdict(cards.assign(used="model" if is_used else "rule"), is_used, rule)


def cover_cards(limits: pd.DataFrame, horizon_days: int | None, used: str) -> pd.DataFrame:
    """Return how many outcomes lay within the 80 % limits said beforehand: rows of `model_cards`.

    Parameters
    ----------
    limits : DataFrame
        origin, account_id, outcome, low, high; rows without limits are left out.
    horizon_days : int or None
        Length of the outcome.
    used : str
        model or rule.

    Returns
    -------
    DataFrame
        metric interval_coverage per origin and for all together, with Wilson's limits over accounts (an account's
        cases at several origins count once: they are not independent); `baseline` is what was promised.
    """
    import pandas as pd

    known = limits[limits["low"].notna() & limits["outcome"].notna()]
    is_inside = known["outcome"].clip(lower=0).between(known["low"], known["high"])
    rows = []
    for name, part in [("all", is_inside), *((f"{day:%Y-%m-%d}", is_inside[known["origin"] == day])
                                             for day in sorted(known["origin"].unique()))]:  # fmt: skip
        n = len(part)
        share = float(part.mean()) if n else np.nan
        units = known.loc[part.index, "account_id"].nunique()
        low, high = wilson_interval([share * units if n else 0.0], [units])
        rows.append({"origin": name, "value": share, "low": low[0], "high": high[0], "n": n})
    frame = pd.DataFrame(rows).assign(
        model=MODEL, metric="interval_coverage", baseline_name="-", baseline=LEVEL, is_deciding=False, used=used,
        horizon_days=horizon_days, gain=np.nan, gain_low=np.nan, gain_high=np.nan,
        reason=lambda f: pd.Series(None, index=f.index, dtype="str").mask(f["n"] == 0, "cards.no_cases"),
    )  # fmt: skip
    numbers = ["value", "low", "high"]
    return frame.assign(**frame[numbers].round(DIGITS), horizon_days=frame["horizon_days"].astype("Int64"))
