"""What a method says beyond its groups: how sharp classes are, what limits cost, rules of a tree, outside variables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.segments.challenger import Challenger
from segkit.segments.fits import Fit
from segkit.segments.left_out import names_of
from segkit.segments.methods.assign import memberships
from segkit.segments.methods.limits import describe_limits
from segkit.segments.methods.three_step import describe_by_class
from segkit.segments.methods.tree_rules import say_rules
from segkit.segments.overlap import describe_overlap
from segkit.tables import TABLES

if TYPE_CHECKING:
    import pandas as pd

OUTSIDE = ("margin_12m", "avg_order_value_12m", "n_products_12m", "return_share_12m", "interval_days")
MOST_LEVELS = 12
DIGITS = 12


def describe_method(challenger: Challenger) -> list[tuple[str, dict[str, Any]]]:
    """Return sentences on the challenger's own figures: sharpness of a mixture, price of limits of size."""
    if challenger.why_not:
        return []
    found = describe_limits(challenger.chosen)
    if challenger.chosen.model["kind"] == "mixture":
        found = [*found, *describe_overlap(challenger.chosen, _posteriors(challenger), challenger.n_segments)]
    return found


def describe_outside(challenger: Challenger, known: pd.DataFrame | None) -> pd.DataFrame:
    """Return variables that made no classes, by class, without the bias of sorting: table `class_descriptions`.

    Parameters
    ----------
    challenger : Challenger
        With its number chosen; only mixtures know chances, for other methods the table has no rows.
    known : DataFrame or None
        Known columns of the fitted accounts, in their order.
    """
    import pandas as pd

    columns = list(TABLES["class_descriptions"].columns)
    if challenger.why_not or challenger.chosen.model["kind"] != "mixture":
        return pd.DataFrame(columns=columns)
    posteriors, features = _posteriors(challenger), challenger.features
    variables: dict[str, Any] = {name: features[name] for name in OUTSIDE if name in features}
    if known is not None:
        variables |= {name: known[name] for name in known if 2 <= known[name].nunique() <= MOST_LEVELS}
    frames = [
        describe_by_class(posteriors, column).assign(variable=name)
        for name, column in variables.items()
        if name not in challenger.criteria and column.notna().any()
    ]
    if not frames:
        return pd.DataFrame(columns=columns)
    table = pd.concat([frame for frame in frames if len(frame)], ignore_index=True)
    ids = np.array(challenger.cluster_ids)
    table = table.assign(
        segmentation_id="value", cluster_id=ids[table["position"].to_numpy(int)], level=table["level"].fillna("")
    )
    return table.rename(columns={"n_rows": "n_accounts"})[columns]


def list_tree(fit: Fit | None, titles: Mapping[str, tuple[str, str]] | None = None) -> pd.DataFrame:
    """Return the segments of the tree in the contest as rules in words: table `tree_segments`; no rows without one.

    `typical`: the geometric mean of the target (of 1 + the target, less 1), in its units.
    """
    import pandas as pd

    rows: list[dict[str, Any]] = []
    if fit is None:
        return pd.DataFrame(rows, columns=list(TABLES["tree_segments"].columns))
    for position, leaf in enumerate(fit.model["segments"]):
        typical = round(float(np.expm1(leaf["mean"])), 4)
        rows.append({"position": position + 1, **say_rules(leaf["rules"], titles), "n_accounts": leaf["n_rows"]})
        rows[-1] |= {"typical": typical, "segmentation_id": "value"}
        rows[-1] |= {name: fit.measures.get(name, np.nan) for name in ("explained", "explained_elsewhere")}
    return pd.DataFrame(rows, columns=list(TABLES["tree_segments"].columns))


def _posteriors(challenger: Challenger) -> np.ndarray:
    return memberships(challenger.sample, challenger.chosen.model)


def describe_tree_segments(tree: pd.DataFrame, target: str) -> list[tuple[str, dict[str, Any]]]:
    """Return what the tree explains of its target in accounts on which it was not grown; nothing without a tree."""
    if tree.empty:
        return []
    row = tree.iloc[0]
    value, fitted = float(row["explained_elsewhere"]), float(row["explained"])
    key = "methods.tree_says" if value > 0 else "methods.tree_silent"
    return [(key, {"n": len(tree), "value": value, "fitted": fitted, **names_of("target", target)})]
