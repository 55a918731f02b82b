"""What equally good divisions mean for the business: which separates value best, and which accounts swing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.segments.assess.near_equal import NearEqual
from segkit.segments.assess.separation import explained
from segkit.statistics.clusterings import adjusted_rand

if TYPE_CHECKING:
    import pandas as pd

DIGITS = 12
CHANCE = 0.05
SURE_FINDS = 30  # searches that all end in the best: another one is then met by fewer than a tenth of them (95 %)
BETTER = 0.001  # share by which a solution must beat the one used to be worth a warning
VALUES = {"revenue_12m": "revenue_explained", "margin_12m": "margin_explained"}
SWINGS = ["segmentation_id", "account_id", "cluster_id", "other_id", "share_other", "revenue_12m"]


def describe_near_equal(
    found: Mapping[int, NearEqual],
    n_segments: int,
    features: pd.DataFrame,
    cluster_ids: Sequence[str],
    segmentation_id: str = "value",
) -> dict[str, pd.DataFrame]:
    """Return the equally good divisions of every number of segments, and the accounts that swing at the number chosen.

    Parameters
    ----------
    found : mapping
        Number of segments → `NearEqual`; at least one.
    n_segments : int
        The number chosen.
    features : DataFrame
        account_id, revenue_12m, margin_12m (money, may be empty): the rows that were divided, in their order.
    cluster_ids : sequence of str
        Ids at the number chosen, in the order of the labels.

    Returns
    -------
    dict
        Tables `near_equal` and `swing_accounts`.
    """
    import pandas as pd

    rows = [_rows(near, features).assign(n_segments=k) for k, near in sorted(found.items())]
    table = pd.concat(rows, ignore_index=True).assign(segmentation_id=segmentation_id)
    chosen = found.get(n_segments)
    swing = find_swing_accounts(chosen, features, cluster_ids) if chosen else pd.DataFrame(columns=SWINGS)
    swing = swing.assign(segmentation_id=segmentation_id)
    return {"near_equal": table, "swing_accounts": swing[SWINGS]}


def summarise_near_equal(found: Mapping[int, NearEqual]) -> pd.DataFrame:
    """Return n_segments, n_near_equal (with the best), near_equal_ari (lowest of two) for `cluster_search`."""
    import pandas as pd

    rows = [(k, near.n_all, near.lowest_agreement) for k, near in sorted(found.items())]
    return pd.DataFrame(rows, columns=["n_segments", "n_near_equal", "near_equal_ari"])


def _rows(near: NearEqual, features: pd.DataFrame) -> pd.DataFrame:
    """Return one row per division: columns of `near_equal` without ids."""
    import pandas as pd

    n, best = len(features), near.labels[0]
    revenue = features["revenue_12m"].to_numpy(float, na_value=np.nan)
    is_elsewhere = near.labels != best
    sizes = [np.bincount(labels[labels >= 0]) for labels in near.labels]
    value = {name: _explained(features[money], near.labels) for money, name in VALUES.items()}
    gain, low, high = compare_value(near, features)
    return pd.DataFrame(
        {
            "solution": np.arange(1, len(near.labels) + 1),
            "objective": np.round([fit.objective or 0.0 for fit in near.fits], DIGITS),
            "excess": near.excess,
            "n_found": near.n_found,
            "n_searches": near.n_searches,
            "seen": near.seen,
            "n_accounts": n,
            "revenue_12m": round(float(np.nansum(revenue)), 4),
            "ari_best": np.round([adjusted_rand(labels, best) for labels in near.labels], DIGITS),
            "n_moved": is_elsewhere.sum(axis=1),
            "moved_revenue": np.where(is_elsewhere, np.nan_to_num(revenue), 0.0).sum(axis=1).round(4),
            "smallest_share": np.round([size[size > 0].min() / max(n, 1) for size in sizes], DIGITS),
            **value,
            "gain": gain,
            "gain_low": low,
            "gain_high": high,
            "is_most_valuable": np.arange(len(near.labels)) == choose_by_value(near, features),
        }
    )


def compare_value(near: NearEqual, features: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the gain in value of each division over the best, and the ends of intervals that hold together (95 %)."""
    gain, error = gain_in_value(features, near.labels)
    distance = NormalDist().inv_cdf(1 - CHANCE / 2 / max(len(near.labels) - 1, 1)) * error  # Bonferroni
    return gain.round(DIGITS), (gain - distance).round(DIGITS), (gain + distance).round(DIGITS)


def choose_by_value(near: NearEqual, features: pd.DataFrame) -> int:
    """Return which of the equally good divisions (a place in `NearEqual.fits`) separates value best.

    Among those whose gain is beyond chance the one with the largest; the best by the method's criterion without any.
    """
    gain, low, _ = compare_value(near, features)
    return int(np.where(low > 0, gain, -np.inf).argmax()) if (low > 0).any() else 0


def find_swing_accounts(near: NearEqual, features: pd.DataFrame, cluster_ids: Sequence[str]) -> pd.DataFrame:
    """Return the accounts that equally good divisions put elsewhere, those that do so most often first.

    Returns
    -------
    DataFrame
        account_id, cluster_id (in the best), other_id (most frequent elsewhere), share_other (of the others),
        revenue_12m.
    """
    import pandas as pd

    rows = np.flatnonzero(~near.is_core & (near.labels[0] >= 0))
    own, others = near.labels[0, rows], near.labels[1:, rows]
    shares = np.array([(others == j).mean(axis=0) for j in range(len(cluster_ids))]) if len(rows) else np.empty((1, 0))
    elsewhere = shares.copy()
    if len(rows):
        elsewhere[own, np.arange(len(rows))] = -1.0
    names = np.array(cluster_ids, dtype=object)
    table = pd.DataFrame(
        {
            "account_id": features["account_id"].to_numpy()[rows],
            "cluster_id": names[own],
            "other_id": names[elsewhere.argmax(axis=0)],
            "share_other": np.round((others != own).mean(axis=0), DIGITS) if len(rows) else np.empty(0),
            "revenue_12m": features["revenue_12m"].to_numpy(float, na_value=np.nan)[rows].round(4),
        }
    )
    return table.sort_values(["share_other", "revenue_12m", "account_id"], ascending=[False, False, True]).reset_index(
        drop=True
    )


def count_cores(swing: pd.DataFrame, clusters: pd.DataFrame) -> pd.DataFrame:
    """Return how much of each segment stays together in all equally good divisions.

    Parameters
    ----------
    swing : DataFrame
        Table `swing_accounts`.
    clusters : DataFrame
        account_id, cluster_id, revenue_12m of all accounts divided.

    Returns
    -------
    DataFrame
        cluster_id, n_accounts, n_swing, revenue_12m, swing_revenue, share_swing (of accounts), share_swing_revenue.
    """
    swings = clusters["account_id"].isin(swing["account_id"])
    frame = clusters.assign(n_swing=swings.astype("int64"), swing_revenue=clusters["revenue_12m"].where(swings, 0.0))
    table = frame.groupby("cluster_id", as_index=False).agg(
        n_accounts=("account_id", "size"),
        n_swing=("n_swing", "sum"),
        revenue_12m=("revenue_12m", "sum"),
        swing_revenue=("swing_revenue", "sum"),
    )
    table["share_swing"] = (table["n_swing"] / table["n_accounts"]).round(DIGITS)
    whole = table["revenue_12m"].where(table["revenue_12m"] > 0)
    table["share_swing_revenue"] = (table["swing_revenue"] / whole).round(DIGITS)
    return table.round({"revenue_12m": 4, "swing_revenue": 4})


def gain_in_value(features: pd.DataFrame, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return by how much each division separates value better than the first, and the standard error of that.

    Value: the mean of the shares of variance of log revenue and log margin between the groups; revenue alone where
    margins are not known. The error is that of a paired difference, from the influence of each account on it
    (`influence_on_explained`), so that it covers what another sample of accounts would have shown.
    """
    n = len(features)
    known = [money for money in VALUES if features[money].notna().any()]
    gain, influence = np.zeros(len(labels)), np.zeros((len(labels), n))
    for money in known:
        rows = features[money].notna().to_numpy()
        values = _log(features[money])[rows]
        shares = np.array([explained(values, row[rows]) for row in labels])
        effects = np.array([influence_on_explained(values, row[rows]) for row in labels])
        gain += (shares - shares[0]) / len(known)
        influence[:, rows] += (effects - effects[0]) / len(known) * (n / rows.sum())
    return gain, influence.std(axis=1) / np.sqrt(max(n, 1))


def influence_on_explained(values: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the influence of each value on the share of variance between groups (eta squared); the mean is 0.

    With m_g the mean of the value's group, m that of all, B and T the variance between groups and in all, the influence
    on B is 2 (y − m_g)(m_g − m) + (m_g − m)² − B, that on T is (y − m)² − T, and on B / T the quotient rule
    (influence function, Hampel 1974). Its variance over n is the variance of the estimate.
    """
    codes = np.unique(labels, return_inverse=True)[1]
    of_group = (np.bincount(codes, values) / np.bincount(codes))[codes]
    between, off = of_group - values.mean(), values - values.mean()
    total = np.mean(off**2)
    if total <= 0:
        return np.zeros(len(values))
    on_between = 2 * (values - of_group) * between + between**2 - np.mean(between**2)
    return (on_between - np.mean(between**2) / total * (off**2 - total)) / total


def _explained(money: pd.Series, labels: np.ndarray) -> np.ndarray:
    rows = money.notna().to_numpy()
    if not rows.any():
        return np.full(len(labels), np.nan)
    return np.round([explained(_log(money)[rows], row[rows]) for row in labels], DIGITS)


def _log(money: pd.Series) -> np.ndarray:
    return np.log1p(np.maximum(money.to_numpy(float, na_value=np.nan), 0.0))


def describe_equals(
    near_equal: pd.DataFrame, swing: pd.DataFrame, n_segments: int, share: float
) -> list[tuple[str, dict[str, Any]]]:
    """Return what the equally good divisions at the number chosen mean: sentences with their numbers.

    Parameters
    ----------
    near_equal, swing : DataFrame
        The tables of `describe_near_equal`.
    share : float
        Setting `near_equal`.
    """
    rows = near_equal[near_equal["n_segments"] == n_segments].sort_values("solution")
    if rows.empty:
        return []
    best, others = rows.iloc[0], rows[rows["solution"] > 1]
    n, revenue = int(best["n_accounts"]), float(best["revenue_12m"])
    numbers: dict[str, Any] = {"k": n_segments, "share": share, "n_searches": int(best["n_searches"])}
    if not numbers["n_searches"]:
        return [("near_equal.fixed", numbers)]
    if others.empty:
        numbers["n_found"] = int(best["n_found"])
        is_seen, is_sure = best["seen"] == best["seen"], numbers["n_found"] >= SURE_FINDS
        return [(f"near_equal.{'none' if is_sure else 'none_weak'}" if is_seen else "near_equal.warn_unseen", numbers)]
    farthest = others.sort_values(["n_moved", "solution"], ascending=[False, True]).iloc[0]
    moved = float(farthest["moved_revenue"])
    numbers |= {"n": len(rows), "n_moved": int(farthest["n_moved"]), "n_accounts": n, "moved": moved}
    numbers |= {"share_moved": int(farthest["n_moved"]) / n, "ari": float(rows["ari_best"].min())}
    swinging = float(swing["revenue_12m"].sum())
    cores: dict[str, Any] = {
        "n_core": n - len(swing),
        "share_core": 1 - len(swing) / n,
        "n_swing": len(swing),
        "revenue": swinging,
    }
    cores["share_revenue"] = swinging / revenue if revenue > 0 else None
    sentences = [("near_equal.several", numbers), ("near_equal.cores", cores), _say_value(rows)]
    if cores["share_core"] < 0.75:
        sentences.append(("near_equal.warn_many", {"share": len(swing) / n}))
    if float(best["seen"]) < 0.9:
        sentences.append(("near_equal.warn_more", {"n": len(rows)}))
    if float(others["excess"].min()) < -BETTER:
        sentences.append(("near_equal.warn_better", {"excess": -float(others["excess"].min())}))
    return sentences


def _say_value(rows: pd.DataFrame) -> tuple[str, dict[str, Any]]:
    if rows["revenue_explained"].isna().all():
        return "near_equal.value_unknown", {}
    best, valuable = rows.iloc[0], rows[rows["is_most_valuable"].astype(bool)].iloc[0]
    if valuable["solution"] == 1:
        spread = {"low": float(rows["revenue_explained"].min()), "high": float(rows["revenue_explained"].max())}
        return "near_equal.value_same", spread | {"best": float(best["revenue_explained"])}
    numbers = {name: float(valuable[name]) for name in ("gain", "gain_low", "gain_high", "excess")}
    return "near_equal.value_better", numbers | {"solution": int(valuable["solution"])}
