"""What potential says: each finding is a key of the texts with its numbers, None where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.value.potential.classes import class_limits, describe_grid
from segkit.value.potential.diamonds import buys_still

if TYPE_CHECKING:
    import pandas as pd

    from segkit.settings.potential import Potential

Finding = dict[str, Any]
LITTLE = 0.25  # share of wallet below which a customer buys little of what similar ones do
FEWEST_COMPARED = 5  # accounts with a second figure, below which a median of ratios says nothing


def describe_potential(value: pd.DataFrame, settings: Potential) -> Finding:
    """Return the answer: how many accounts have a limit, how much of it they use.

    Parameters
    ----------
    value : DataFrame
        Table `account_value`.
    settings : Potential
        quantile; `best` is what it leaves, in per cent.
    """
    known = value[value["potential"].notna()]
    buying = known[known["revenue_12m"] > 0]
    wallet = buying["share_of_wallet"].astype("float64")
    return {
        "key": "potential.answer",
        "n": len(known),
        "n_accounts": len(value),
        "best": round(100 * (1 - settings.quantile), 6),
        "n_buying": len(buying),
        "usual": float(wallet.median()),
        "n_little": int((wallet < LITTLE).sum()),
        "little": LITTLE,
    }


def describe_gaps(value: pd.DataFrame) -> Finding:
    """Return what lies between ABC class and potential: B and C accounts that could be A, and the money."""
    grid = describe_grid(value).set_index(["abc_class", "potential_class"])
    cells = grid.loc[[("B", "A"), ("C", "A")]]
    n = int(cells["n_accounts"].sum())
    if not n:
        return {"key": "potential.no_gap"}
    return {
        "key": "potential.grid",
        "n": n,
        "n_b": int(grid.loc[("B", "A"), "n_accounts"]),
        "n_c": int(grid.loc[("C", "A"), "n_accounts"]),
        "limit": class_limits(value)[0],
        "revenue": float(cells["revenue"].sum()),
        "gap": float(cells["gap"].sum()),
        "gap_low": float(cells["gap_low"].sum()),
    }


def describe_diamonds(
    diamonds: pd.DataFrame, value: pd.DataFrame, accounts: pd.DataFrame, silent_days: int | None = None
) -> Finding:
    """Return who leads the list, what it holds together, and who is not on it though its potential is A.

    Parameters
    ----------
    diamonds : DataFrame
        As `select_diamonds` gives them.
    value : DataFrame
        Table `account_value`.
    accounts : DataFrame
        Table `accounts`: account_id, name.
    silent_days : int, optional
        As for `select_diamonds`.
    """
    limit, _ = class_limits(value)
    could = value["abc_class"].isin(["B", "C"]) & value["potential_class"].eq("A")
    silent = int((could & ~buys_still(value, silent_days)).sum())
    smaller = int((could & (value["potential_estimate"].astype("float64") < limit)).fillna(False).sum())
    if diamonds.empty:
        return {"key": "potential.no_diamonds", "n_silent": silent, "n_smaller": smaller}
    first = diamonds.sort_values("diamond_rank").iloc[0]
    names = accounts.drop_duplicates("account_id").set_index("account_id")["name"]
    name = names.get(first["account_id"])
    return {
        "key": "potential.diamonds",
        "n": len(diamonds),
        "n_sure": int((diamonds["potential_low"] >= limit).sum()),
        "name": first["account_id"] if name is None or name != name else str(name),
        "revenue": float(first["revenue_12m"]),
        "potential": float(first["potential"]),
        "potential_low": float(first["potential_low"]),
        "potential_high": float(first["potential_high"]),
        "n_silent": silent,
        "n_smaller": smaller,
    }


def describe_trust(cards: pd.DataFrame, quantile: float) -> Finding:
    """Return how the limit did on customers that the fit did not know, beside the count among peers.

    Parameters
    ----------
    cards : DataFrame
        Rows of `model_cards` of the model potential.
    quantile : float
        Promised coverage.
    """
    rows = cards[cards["origin"] == "all"].set_index("metric")
    cover, loss = rows.loc["coverage"], rows.loc["pinball"]
    is_used = loss["used"] == "model"
    base = float(loss["baseline"]) if loss["baseline"] == loss["baseline"] and loss["baseline"] else np.nan
    return {
        "key": "potential.trust_model" if is_used else "potential.trust_rule",
        "n": int(cover["n"]),
        "promised": quantile,
        "coverage": _number(cover["value"]),
        "low": _number(cover["low"]),
        "high": _number(cover["high"]),
        "coverage_rule": _number(cover["baseline"]),
        "better": _number(loss["gain"] / base),
        "better_low": _number(loss["gain_low"] / base),
        "better_high": _number(loss["gain_high"] / base),
    }


def compare_sources(value: pd.DataFrame) -> list[Finding]:
    """Return how the limit lies to the other figures: from above, from competitors, from owners.

    For each with enough accounts its median ratio to the limit and the middle half of these ratios.
    """
    found = []
    for name in ("top_down", "known", "estimate"):
        both = value[["potential", f"potential_{name}"]].astype("float64").dropna()
        ratio = both[f"potential_{name}"] / both["potential"]
        ratio = ratio[np.isfinite(ratio)]
        if len(ratio) >= FEWEST_COMPARED:
            low, middle, high = ratio.quantile([0.25, 0.5, 0.75])
            found.append(
                {"key": f"potential.beside_{name}", "n": len(ratio), "ratio": float(middle), "low": float(low),
                 "high": float(high)}
            )  # fmt: skip
    return found


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
