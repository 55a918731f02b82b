"""The accepted model in words: one rule per segment, in the order in which they are tried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.segments.accepted import assign_segments
from segkit.segments.grid import BY_RULE, DORMANT, KEY, grid_cuts
from segkit.segments.hand_rules import OTHER, say_rule

if TYPE_CHECKING:
    import pandas as pd

FALLING = "revenue_12m <= {falling_ratio} * revenue_prev_12m"
GROWING = "revenue_12m >= {growing_ratio} * revenue_prev_12m"
GRID_RULES = (
    (KEY, "account_id in key_accounts or revenue_12m >= {key:.2f}", "key"),
    (DORMANT, "no line for {dormant_months} months", None),
    ("S6", "no line for {lapsed_months} months", None),
    ("S5", "first line within {new_months} months, data reach 12 months before it", None),
    ("S1", "revenue_12m >= {a:.2f} and days_since_last <= {silent_days} and not " + FALLING, "a"),
    ("S2", "revenue_12m < {a:.2f} and " + GROWING, None),
    ("S4", "revenue_12m >= {b:.2f} and (days_since_last > {silent_days} or " + FALLING + ")", "b"),
    ("S3", "revenue_12m >= {b:.2f}", "b"),
    ("S7", "all others", None),
)


HOW = {
    "centres": "nearest centre",
    "exemplars": "nearest account of a dense group",
    "mixture": "likeliest class",
    "tree": "leaf of the tree",
}


def describe_rules(features: pd.DataFrame, model: Mapping[str, Any]) -> pd.DataFrame:
    """Return the rules in their order, the first that holds counts: table `typing_rules`.

    Parameters
    ----------
    features : DataFrame
        One slice of `account_features`; the limits in money are those of its accounts.
    model : mapping
        The accepted model.

    Returns
    -------
    DataFrame
        segmentation_id, step, segment_id, rule (condition over account_features), reason (key of the sentence),
        revenue_from (money; the limit of this slice, or the typical revenue of a cluster), n_accounts, fidelity: 1, as
        the rule is the model.
    """
    import pandas as pd

    limits = asdict(grid_cuts(features, model))
    numbers = model["rules"] | limits
    rules = GRID_RULES if model["method"] == "grid" else [rule for rule in GRID_RULES if rule[0] in BY_RULE]
    rows = [
        (segment, rule.format(**numbers), f"segments.rule_{segment}", limits.get(limit or ""))
        for segment, rule, limit in rules
    ]
    if model["method"] == "rules":
        hand = [(rule["id"], say_rule(rule["when"]), "segments.rule_hand", None) for rule in model["hand_rules"]]
        rows += [*hand, (OTHER, "all others", "segments.rule_other", None)]
    elif "fit" in model:
        rows += [_fitted_rule(segment, model) for segment in model["segments"]]
    frame = pd.DataFrame(rows, columns=["segment_id", "rule", "reason", "revenue_from"])
    sizes = assign_segments(features, model)["segment_id"].value_counts()
    revenue_from = frame["revenue_from"].astype(float)
    return frame.assign(
        segmentation_id=model["segmentation_id"],
        step=np.arange(1, len(frame) + 1),
        revenue_from=revenue_from.where(np.isfinite(revenue_from)).round(4),
        n_accounts=frame["segment_id"].map(sizes).fillna(0).astype("int64"),
        fidelity=1.0,
    )


def describe_cluster(segment: str, model: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is typical of a fitted segment, in the units of the criteria (money, invoices, days, words)."""
    return dict(model["typical"][segment])


def _fitted_rule(segment: str, model: Mapping[str, Any]) -> tuple[str, str, str, float | None]:
    typical = describe_cluster(segment, model)
    about = ", ".join(
        f"{name} ~ {value:.1f}" if isinstance(value, float) else f"{name} ~ {value}"
        for name, value in typical.items()
        if name in model["criteria"]
    )
    rule = f"{HOW[model['fit']['kind']]}; typical: {about}"
    return segment, rule, "segments.rule_cluster", typical.get("revenue_12m")
