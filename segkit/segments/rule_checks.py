"""Hand-made rules before anybody is sorted by them: whom each would get, and which are wrong or in vain."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.segments.grid import BY_RULE, assign_grid
from segkit.segments.hand_rules import JOINS, OTHER, holds, name_columns, say_rule
from segkit.segments.rule_logic import find_contradictions, is_within
from segkit.tables import TABLES, no_rows

if TYPE_CHECKING:
    import pandas as pd

Sentences = list[tuple[str, dict[str, Any]]]
NEAR = 0.55  # similarity from which a word may have been meant
MOST_LEVELS = 2000  # values among which a near one is looked for
LISTED = 5


def find_missing_columns(rules: Sequence[Mapping[str, Any]], known: Collection[str]) -> Sentences:
    """Return a sentence for each column that a rule names and nobody can deliver, with the nearest that is there.

    Parameters
    ----------
    rules : sequence of mapping
        id, name, when.
    known : collection of str
        Columns of account_features, of accounts, and criteria.
    """
    told: Sentences = []
    for rule in rules:
        for column in dict.fromkeys(name_columns(rule["when"])):
            if column not in known:
                told.append(_near("rules.no_column", column, known, {"rule": rule["id"], "column": column}))
    return told


def find_unknown_criteria(columns: Iterable[str], known: Collection[str]) -> Sentences:
    """Return a sentence for each criterion that nobody can deliver, with the nearest that is there.

    Parameters
    ----------
    columns : iterable of str
        Criteria of a segmentation.
    known : collection of str
        Columns of account_features, of accounts, and criteria.
    """
    return [_near("rules.no_criterion", name, known, {"column": name}) for name in columns if name not in known]


def count_rules(
    rules: Sequence[Mapping[str, Any]], features: pd.DataFrame, segmentation_id: str, apart: np.ndarray | None = None
) -> pd.DataFrame:
    """Return whom each rule gets, in the order in which they are tried: table `rule_counts`.

    Parameters
    ----------
    rules : sequence of mapping
        id, name, when.
    features : DataFrame
        One row per account, with the columns that the rules name and revenue_12m (money; may be missing).
    segmentation_id : str
        Whose rules.
    apart : array of bool, optional
        Accounts that are key accounts or dormant: no rule gets them.

    Returns
    -------
    DataFrame
        segmentation_id, step, segment_id (OTHER at the end: no rule), rule, n_accounts (that fulfil it, whoever gets
        them), n_gets, revenue_12m (of those it gets), n_taken (that earlier rules get, or that are set apart),
        taken_by (which takes most of them), n_taken_by.
    """
    import pandas as pd

    if not rules:
        return no_rows("rule_counts")
    free = np.ones(len(features), dtype=bool) if apart is None else ~apart
    owner = np.where(free, "", "KEY, DORMANT").astype(object)
    has_money = "revenue_12m" in features
    money = np.nan_to_num(features["revenue_12m"].to_numpy(float)) if has_money else np.full(len(features), np.nan)
    rows = []
    for step, rule in enumerate(rules, start=1):
        fulfils = holds(features, rule["when"])
        gets = fulfils & (owner == "")
        takers, counts = np.unique(owner[fulfils & ~gets].astype(str), return_counts=True)
        owner[gets] = rule["id"]
        most = int(counts.argmax()) if len(counts) else -1
        taken = {"n_taken": int(counts.sum()), "taken_by": takers[most] if most >= 0 else None}
        told = {"step": step, "segment_id": rule["id"], "rule": say_rule(rule["when"]), **taken}
        told |= {"n_accounts": int(fulfils.sum()), "n_gets": int(gets.sum()), "revenue_12m": money[gets].sum()}
        rows.append(told | {"n_taken_by": int(counts[most]) if most >= 0 else 0})
    left = owner == ""
    last = {"step": len(rules) + 1, "segment_id": OTHER, "rule": "no rule", "n_taken": 0, "n_taken_by": 0}
    last |= {"n_accounts": int(left.sum()), "n_gets": int(left.sum()), "revenue_12m": money[left].sum()}
    frame = pd.DataFrame([*rows, last]).assign(segmentation_id=segmentation_id)
    frame["revenue_12m"] = frame["revenue_12m"].round(4)
    return frame.reindex(columns=list(TABLES["rule_counts"].columns))


def check_rules(rules: Sequence[Mapping[str, Any]], features: pd.DataFrame, counts: pd.DataFrame) -> Sentences:
    """Return a sentence for each rule that is wrong or in vain, once per cause.

    Parameters
    ----------
    rules : sequence of mapping
        id, name, when; their columns exist.
    features, counts : DataFrame
        As for `count_rules`, and what it returned.

    Notes
    -----
    A rule that contradicts itself is told as that only, a value that never occurs before the rule that it empties. A
    rule is hidden *by logic* where it can hold only where one earlier rule holds, whatever the data; *by counts* where
    earlier rules get all of its accounts today.
    """
    told: Sentences = []
    rows = counts.set_index("segment_id")
    for place, rule in enumerate(rules):
        numbers: dict[str, Any] = {"rule": rule["id"], "condition": say_rule(rule["when"])}
        columns, never = find_contradictions(rule["when"])
        if columns:
            key = "rules.contradiction" if never else "rules.contradiction_part"
            told.append((key, numbers | {"columns": ", ".join(columns)}))
            if never:
                continue
        wrong = _check_values(rule, features)
        told += wrong
        hiding = next((r["id"] for r in rules[:place] if is_within(rule["when"], r["when"])), None)
        row = rows.loc[rule["id"]]
        if hiding is not None and not row["n_gets"]:
            told.append(("rules.hidden", numbers | {"by": hiding, "n": int(row["n_accounts"])}))
        elif not row["n_accounts"] and not wrong:
            told.append(("rules.nobody", numbers))
        elif row["n_accounts"] and not row["n_gets"]:
            taken = {"n": int(row["n_accounts"]), "by": row["taken_by"], "n_by": int(row["n_taken_by"])}
            told.append(("rules.hidden_today", numbers | taken))
    return told


def warn_of_rules(features: pd.DataFrame, model: Mapping[str, Any]) -> dict[str, list[list[Any]]]:
    """Return what a model keeps for the page: ``rule_warnings``, as [key, numbers]; nothing for other models.

    Parameters
    ----------
    features : DataFrame
        This quarter's slice, with the columns that the rules name.
    model : mapping
        Any accepted model.
    """
    rules = model.get("hand_rules")
    if not rules:
        return {}
    apart = assign_grid(features, model)["segment_id"].isin(BY_RULE).to_numpy()
    counts = count_rules(rules, features, model["segmentation_id"], apart)
    return {"rule_warnings": [[key, numbers] for key, numbers in check_rules(rules, features, counts)]}


def describe_rules(counts: pd.DataFrame, model: Mapping[str, Any]) -> Sentences:
    """Return what page 04 says of one segmentation by rules: whom each rule gets, and which are wrong or in vain.

    Parameters
    ----------
    counts : DataFrame
        Its rows of table `rule_counts`.
    model : mapping
        Its accepted model, with ``rule_warnings`` (`warn_of_rules`).
    """
    return [*describe_counts(counts), *((key, numbers) for key, numbers in model.get("rule_warnings", []))]


def _check_values(rule: Mapping[str, Any], features: pd.DataFrame) -> Sentences:
    """Return what a rule asks of columns that these cannot give: values that never occur, numbers of words."""
    import pandas as pd

    told: Sentences = []
    for column, wanted in _comparisons(rule["when"]):
        numbers = {"rule": rule["id"], "column": column}
        known = features[column].dropna() if column in features else None
        if known is None:
            told.append(("rules.not_here", numbers))
        elif known.empty:
            told.append(("rules.empty_column", numbers))
        elif isinstance(wanted, Mapping):
            if pd.to_numeric(known, errors="coerce").notna().sum() == 0:
                told.append(("rules.no_number", numbers))
        else:
            never = [v for v in (wanted if isinstance(wanted, list | tuple) else [wanted]) if not _occurs(known, v)]
            if never:
                told += _near_values(never, known, numbers)
    return list({(key, tuple(sorted(map(str, n.items())))): (key, n) for key, n in told}.values())


def _occurs(known: pd.Series, value: Any) -> bool:
    return bool(holds(known.to_frame("value"), {"value": value}).any())


def _near_values(never: list[Any], known: pd.Series, numbers: dict[str, Any]) -> Sentences:
    levels = known.astype("str").value_counts()
    near = levels.index[:MOST_LEVELS].tolist()
    few = sorted(near[:LISTED])
    found: Sentences = []
    for value in never:
        key, told = _near("rules.no_value", str(value), near, numbers | {"value": str(value)})
        if key == "rules.no_value" and len(near) <= LISTED:
            key, told = "rules.no_value_of", told | {"values": ", ".join(few)}
        found.append((key, told))
    return found


def _comparisons(when: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return all comparisons of a condition, those inside "not" as well."""
    found: list[tuple[str, Any]] = []
    for name, wanted in when.items():
        if name in JOINS:
            found += [pair for part in wanted for pair in _comparisons(part)]
        elif name == "not":
            found += _comparisons(wanted)
        else:
            found.append((name, wanted))
    return found


def _near(key: str, word: str, known: Collection[str], numbers: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the sentence with the nearest word that is known, or the one without."""
    by_small = {name.casefold(): name for name in sorted(known)}
    near = difflib.get_close_matches(word.casefold(), by_small, n=1, cutoff=NEAR)
    return (f"{key}_near", numbers | {"near": by_small[near[0]]}) if near else (key, numbers)


def describe_counts(counts: pd.DataFrame) -> Sentences:
    """Return one sentence per rule: how many accounts it gets, and how many earlier rules take from it."""
    told: Sentences = []
    total = max(int(counts["n_gets"].sum()), 1)
    for row in counts.itertuples():
        numbers = {"rule": row.segment_id, "condition": row.rule, "n": int(row.n_gets), "share": row.n_gets / total}
        numbers |= {"revenue": float(row.revenue_12m), "n_all": int(row.n_accounts)}
        if row.segment_id == OTHER:
            told.append(("rules.count_other", numbers))
        elif row.n_taken:
            told.append(("rules.count_taken", numbers | {"n_taken": int(row.n_taken), "by": str(row.taken_by)}))
        else:
            told.append(("rules.count", numbers))
    return told
