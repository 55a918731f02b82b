"""Why an account is in its segment: the rules tried on its own numbers, and what would change the answer."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from segkit.segments.accepted import assign_segments
from segkit.segments.grid import DORMANT, KEY, Cuts
from segkit.segments.hand_rules import say_rule
from segkit.segments.nearness import rank_segments
from segkit.widgets.account_rules import FAILS, HOLDS, Sentence, rule_facts

if TYPE_CHECKING:
    import pandas as pd

CENT = 0.01


@dataclass(frozen=True)
class Step:
    """One rule tried on the account: its segment, whether it holds, and the sentence that says why."""

    segment_id: str
    holds: bool
    sentence: Sentence


@dataclass(frozen=True)
class Why:
    """The segment by the rules, the rules tried up to the first that holds, and the nearest changes.

    `nearest` compares the account with what is typical of fitted segments: criterion, own value, own and next segment.
    """

    segment_id: str
    steps: list[Step]
    changes: list[Step] = field(default_factory=list)
    nearest: list[tuple[str, Any, Any, Any]] = field(default_factory=list)
    next_segment_id: str = ""


def explain_segment(features: pd.DataFrame, model: Mapping[str, Any], rules: pd.DataFrame) -> Why:
    """Return why the accepted model gives an account its segment.

    Parameters
    ----------
    features : DataFrame
        The account's row of `account_features` at as-of, with the model's criteria joined.
    model : mapping
        The accepted model (``models/value.json``).
    rules : DataFrame
        Table `typing_rules` of that segmentation: the order of the rules and this quarter's limits in money.
    """
    cuts = read_cuts(rules)
    segment = str(assign_segments(features, model, cuts)["segment_id"].iloc[0])
    facts = rule_facts(features, model["rules"], cuts)
    order = [str(s) for s in rules.sort_values("step")["segment_id"]]
    if segment not in (KEY, DORMANT) and "fit" in model:
        return _nearest(features, model, segment, facts)
    if segment not in (KEY, DORMANT) and model["method"] == "rules":
        return _by_rules(model, segment, facts)
    tried = order[: order.index(segment) + 1] if segment in order else [segment]
    steps = [Step(s, s == segment, HOLDS[s](facts) if s == segment else FAILS[s](facts)) for s in tried]
    changes = _changes(features, model, cuts, segment, facts) if model["method"] == "grid" else []
    return Why(segment, steps, changes)


def _by_rules(model: Mapping[str, Any], segment: str, facts: Mapping[str, Any]) -> Why:
    """Return the hand-made rules tried up to the one that holds."""
    steps = [Step(KEY, False, FAILS[KEY](facts)), Step(DORMANT, False, FAILS[DORMANT](facts))]
    for rule in model["hand_rules"]:
        is_it = rule["id"] == segment
        sentence: Sentence = (f"account.rule_{'holds' if is_it else 'fails'}", {"rule": say_rule(rule["when"])})
        steps.append(Step(rule["id"], is_it, sentence))
        if is_it:
            return Why(segment, steps)
    return Why(segment, [*steps, Step(segment, True, ("account.rule_none", {}))])


def read_cuts(rules: pd.DataFrame) -> Cuts:
    """Return this quarter's limits in money as `typing_rules` holds them; infinite where nobody reaches them."""
    limits = rules.set_index("segment_id")["revenue_from"].astype(float)

    def limit(segment: str) -> float:
        value = limits.get(segment)
        return math.inf if value is None or math.isnan(value) else float(value)

    return Cuts(limit(KEY), limit("S1"), limit("S3"))


def _changes(features: pd.DataFrame, model, cuts: Cuts, segment: str, facts: Mapping[str, Any]) -> list[Step]:
    """Return the nearest revenue below and above, and the nearest day, at which another rule would hold."""
    found = []
    points = [cuts.key, cuts.a, cuts.b]
    if not math.isnan(facts["before"]):
        points += [model["rules"]["growing_ratio"] * facts["before"], model["rules"]["falling_ratio"] * facts["before"]]
    cents = {c for p in points if math.isfinite(p) for c in (math.floor(p * 100), math.ceil(p * 100))}
    amounts = sorted({round((c + d) * CENT, 2) for c in cents for d in (-1, 0, 1)})
    for key, ordered in (
        ("account.falls_to", [x for x in reversed(amounts) if 0 <= x < facts["revenue"]]),
        ("account.rises_to", [x for x in amounts if x > facts["revenue"]]),
    ):
        if not ordered:
            continue
        trial = features.loc[features.index.repeat(len(ordered))].assign(revenue_12m=ordered)
        results = assign_segments(trial, model, cuts)["segment_id"]
        other = next(((x, s) for x, s in zip(ordered, results, strict=True) if s != segment), None)
        if other is not None:
            found.append(Step(other[1], False, (key, {"revenue": other[0], "gap": abs(other[0] - facts["revenue"])})))
    return found + _later(features, model, cuts, segment, facts)


def _later(features: pd.DataFrame, model, cuts: Cuts, segment: str, facts: Mapping[str, Any]) -> list[Step]:
    """Return the first day on which time alone would give another segment, revenue as it is."""
    import pandas as pd

    as_of, rules = features["as_of"].iloc[0], model["rules"]
    ends = {
        "account.turns_silent": facts["last_date"] + pd.Timedelta(days=rules["silent_days"] + 1),
        "account.turns_lapsed": facts["last_date"] + pd.DateOffset(months=rules["lapsed_months"]),
        "account.turns_dormant": facts["last_date"] + pd.DateOffset(months=rules["dormant_months"]),
        "account.turns_known": facts["first_date"] + pd.DateOffset(months=rules["new_months"]),
    }
    days = [(day + pd.Timedelta(days=extra), key) for key, day in ends.items() for extra in range(4)]
    days = sorted((day, key) for day, key in days if day > as_of)  # months differ in length: a few days are tried
    if not days:
        return []
    ahead = [(day - as_of).days for day, _ in days]
    trial = features.loc[features.index.repeat(len(days))].assign(as_of=[day for day, _ in days])
    for column in ("days_since_last", "history_days", "tenure_days"):
        trial[column] = trial[column] + ahead
    results = assign_segments(trial, model, cuts)["segment_id"]
    other = next(((d, k, s) for (d, k), s in zip(days, results, strict=True) if s != segment), None)
    if other is None:
        return []
    day, key, segment_id = other  # who is no longer new has another year before by then: its segment is open
    return [Step("" if key == "account.turns_known" else segment_id, False, (key, {"date": day}))]


def _nearest(features: pd.DataFrame, model: Mapping[str, Any], segment: str, facts: Mapping[str, Any]) -> Why:
    """Return how near the account is to its own segment and to the next, and what is typical of both."""
    ranked, is_distance = rank_segments(features, model)
    others = [(name, figure) for name, figure in ranked if name != segment]
    own_figure = dict(ranked)[segment]
    following, figure = others[0] if others else ("", math.nan)
    kind = "near" if is_distance else "likeli"
    numbers: dict[str, Any] = {"distance": own_figure}
    sentence: Sentence = (f"account.{kind}est", numbers)
    if following:
        sentence = (f"account.{kind}er", numbers | {"other": figure, "name": following})
    steps = [Step(KEY, False, FAILS[KEY](facts)), Step(DORMANT, False, FAILS[DORMANT](facts))]
    steps.append(Step(segment, True, sentence))
    typical = model["typical"]
    rows = [
        (name, features[name].iloc[0], typical[segment].get(name), typical.get(following, {}).get(name))
        for name in model["criteria"]
        if name in features and any(name in cluster for cluster in typical.values())
    ]
    return Why(segment, steps, [], rows, following)
