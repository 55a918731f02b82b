"""How far the criteria have moved: population stability index, with the part that chance alone explains."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.monitoring.flows import holm
from segkit.quarters import GRACE_DAYS
from segkit.statistics.resampling import generator

if TYPE_CHECKING:
    import pandas as pd

    from segkit.settings.monitoring import Monitoring

NUMBERS = (
    "revenue_12m",
    "growth",
    "margin_12m",
    "frequency_12m",
    "avg_order_value_12m",
    "n_products_12m",
    "active_months_12m",
    "days_since_last",
    "interval_days",
    "regularity",
    "return_share_12m",
    "employees",
)
CATEGORIES = ("industry", "region", "country", "legal_form")
BINS, MOST_CATEGORIES = 10, 12
ACTIVE_DAYS = YEAR_DAYS = 365  # accounts silent for longer would fill every criterion with their zeros
DAY_LIMITS = [30, 60, 90, 180]  # days since the last line: finer groups would only tell on which weekday a quarter ends
FEWEST = 30
COLUMNS = [
    "variable",
    "reference",
    "psi",
    "psi_noise",
    "p_adjusted",
    "n",
    "n_reference",
    "value",
    "value_reference",
    "status",
]


def join_criteria(features: pd.DataFrame, accounts: pd.DataFrame) -> pd.DataFrame:
    """Return the criteria of the accounts with a line within a year: account_id, numbers and categories.

    Parameters
    ----------
    features : DataFrame
        One slice of `account_features`.
    accounts : DataFrame
        The table, as known at that time. Criteria without any value are left out.

    Returns
    -------
    DataFrame
        Empty where the data do not reach back twelve months: windows of twelve months would be cut short.
    """
    features = features[features["history_days"].astype(float) >= YEAR_DAYS - GRACE_DAYS]
    alive = features[features["days_since_last"].astype(float) <= ACTIVE_DAYS]
    before = alive["revenue_prev_12m"].astype(float)
    alive = alive.assign(growth=alive["revenue_12m"].astype(float) / before.where(before > 0) - 1)
    of_account = [c for c in ("employees", *CATEGORIES) if c in accounts.columns and accounts[c].notna().any()]
    known = accounts[["account_id", *of_account]].drop_duplicates("account_id")
    joined = alive.merge(known, on="account_id", how="left")
    present = [c for c in (*NUMBERS, *CATEGORIES) if c in joined.columns and joined[c].notna().any()]
    return joined[["account_id", *present]]


def measure_drift(
    now: pd.DataFrame,
    references: Mapping[str, pd.DataFrame],
    settings: Monitoring,
    seed: int,
    is_complete: bool = True,
) -> pd.DataFrame:
    """Return the table `drift`: each criterion now against the previous quarter and the year before.

    Parameters
    ----------
    now : DataFrame
        Of `join_criteria`.
    references : mapping
        previous_quarter, year_before → the same then; empty where the data do not reach back.
    settings : Monitoring
        psi_watch, psi_shifted, permutations, confidence.
    seed : int
        The project's seed.
    is_complete : bool
        An incomplete quarter raises no alarm: its status is unknown.

    Notes
    -----
    PSI = Σ (p − q) ln(p / q) over ten groups of equal size then, missing values as a group of their own, half an
    account added to each. psi_noise: most accounts stand in both samples, so that tables for independent samples do
    not hold; exchanging now and then at random within each account gives the size of PSI when nothing has moved
    (95 % quantile). The status needs significance after Holm's correction for all criteria of a reference.
    """
    import pandas as pd

    rows = []
    for reference, then in references.items():
        for variable in [c for c in now.columns if c != "account_id"]:
            found = _compare(now, then, variable, settings, generator(seed, "drift", reference, variable))
            rows.append({"variable": variable, "reference": reference} | found)
    frame = pd.DataFrame(rows, columns=COLUMNS)
    for _, known in frame[frame["psi"].notna()].groupby("reference"):
        frame.loc[known.index, "p_adjusted"] = holm(known["p_adjusted"].to_numpy(), len(known)).round(6)
    statuses = [_status(psi, p, settings) for psi, p in zip(frame["psi"], frame["p_adjusted"], strict=True)]
    return frame.assign(status=statuses if is_complete else "unknown")


def _compare(now, then, variable: str, settings: Monitoring, rng) -> dict[str, Any]:
    is_number = variable in NUMBERS
    values = now.set_index("account_id")[variable]
    earlier = then.set_index("account_id")[variable] if variable in then.columns else values.iloc[:0]
    counts = {"n": int(values.notna().sum()), "n_reference": int(earlier.notna().sum())}
    medians = {"value": _median(values, is_number), "value_reference": _median(earlier, is_number)}
    unknown = {"psi": np.nan, "psi_noise": np.nan, "p_adjusted": np.nan} | counts | medians
    if min(counts.values()) < FEWEST:
        return unknown
    codes, codes_then = (_number_codes if is_number else _category_codes)(values, earlier)
    psi, noise, p = psi_with_noise(codes, codes_then, settings.permutations, settings.confidence, rng)
    return unknown | {"psi": psi, "psi_noise": noise, "p_adjusted": p}


def _status(psi: float, p: float, settings: Monitoring) -> str:
    if psi != psi:
        return "unknown"
    if psi < settings.psi_watch or p > 1 - settings.confidence:
        return "stable"
    return "shifted" if psi >= settings.psi_shifted else "watch"


def _median(values: pd.Series, is_number: bool) -> float:
    known = values.dropna().astype(float) if is_number else values.iloc[:0]
    return float(known.median()) if len(known) else np.nan


def _number_codes(now: pd.Series, then: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return each account's group now and then: tenths of the values then, -1 missing."""
    import pandas as pd

    known = then.dropna().astype(float).to_numpy()
    edges = np.unique(np.quantile(known, np.linspace(0, 1, BINS + 1)[1:-1]))
    edges = np.array(DAY_LIMITS) if then.name == "days_since_last" else edges

    def grouped(values: pd.Series) -> pd.Series:
        numbers = values.astype(float).to_numpy()
        return pd.Series(np.where(np.isnan(numbers), -1, np.searchsorted(edges, numbers, side="right")), values.index)

    return grouped(now), grouped(then)


def _category_codes(now: pd.Series, then: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return each account's group now and then: the most frequent categories then, the others together, -1 missing."""
    counts = then.astype("str").where(then.notna()).value_counts().rename_axis("name").reset_index(name="n")
    named = counts.sort_values(["n", "name"], ascending=[False, True])["name"].head(MOST_CATEGORIES)
    numbers = {name: number for number, name in enumerate(named)}

    def grouped(values: pd.Series) -> pd.Series:
        codes = values.astype("str").map(numbers).fillna(len(numbers))
        return codes.where(values.notna(), -1).astype(int)

    return grouped(now), grouped(then)


def psi_with_noise(
    now: pd.Series, then: pd.Series, permutations: int, confidence: float, rng: np.random.Generator
) -> tuple[float, float, float]:
    """Return PSI of two groupings of accounts, how large it is by chance in 1 − `confidence` of the cases, and its p.

    Parameters
    ----------
    now, then : Series
        Group number by account_id; an account may stand in one of them only.

    Notes
    -----
    p is the tail of a gamma distribution with mean and variance of the permutations: PSI is near a sum of squares, and
    a correction for many criteria needs smaller p than permutations can count.
    """
    import pandas as pd
    from scipy.stats import gamma

    both = pd.DataFrame({"now": now, "then": then}).fillna(-2).astype(int)  # -2: not a customer at that time
    kinds = sorted((set(both["now"]) | set(both["then"])) - {-2})
    place = {kind: i for i, kind in enumerate(kinds)} | {-2: len(kinds)}
    pairs, counts = np.unique(
        both["now"].map(place).to_numpy() * (len(kinds) + 1) + both["then"].map(place).to_numpy(), return_counts=True
    )
    is_now, is_then = (np.eye(len(kinds) + 1)[side][:, :-1] for side in np.divmod(pairs, len(kinds) + 1))
    exchanged = np.vstack([np.zeros(len(pairs)), rng.binomial(counts, 0.5, size=(permutations, len(pairs)))])
    found = _psi(
        (counts - exchanged) @ is_now + exchanged @ is_then, (counts - exchanged) @ is_then + exchanged @ is_now
    )
    by_chance = found[1:]
    mean, variance = by_chance.mean(), by_chance.var()
    p = gamma.sf(found[0], mean**2 / variance, scale=variance / mean) if variance > 0 else float(found[0] <= mean)
    return float(found[0]), float(np.quantile(by_chance, confidence)), float(p)


def _psi(now: np.ndarray, then: np.ndarray) -> np.ndarray:
    """Return PSI of each row of counts."""
    p, q = ((n + 0.5) / (n + 0.5).sum(axis=1, keepdims=True) for n in (now, then))
    return ((p - q) * np.log(p / q)).sum(axis=1)
