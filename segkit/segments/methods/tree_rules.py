"""The model of tree segments: splits in the criteria's own units, applied to any accounts and read as rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from segkit.segments.criterion_names import Titles, names_of
from segkit.segments.fits import Sample
from segkit.texts import LANGUAGES, say

Rule = dict[str, Any]


def by_tree(sample: Sample, model: Mapping[str, Any]) -> np.ndarray:
    """Return 1 for the leaf a row falls into, 0 for the others.

    ``nodes``, the first one the root: a leaf has ``segment``; a split has ``left``, ``right``, ``missing_left``, and
    either ``number`` (column of `Sample.numbers`) with ``at_most`` on its scale, or ``code`` (column of `Sample.codes`)
    with ``positions`` of the levels that go left.
    """
    nodes = model["nodes"]
    place = np.zeros(len(sample), dtype=np.int64)
    found = np.zeros((len(sample), len(model["segments"])))
    for number, node in enumerate(nodes):  # children stand behind their parents
        here = place == number
        if "segment" in node:
            found[here, node["segment"]] = 1.0
        else:
            place[here] = np.where(_goes_left(sample, node)[here], node["left"], node["right"])
    return found


def _goes_left(sample: Sample, node: Mapping[str, Any]) -> np.ndarray:
    if "number" in node:
        values = sample.numbers[:, node["number"]]
        is_missing, is_left = np.isnan(values), values <= node["at_most"]
    else:
        codes = sample.codes[:, node["code"]]
        is_missing, is_left = codes < 0, np.isin(codes, node["positions"])
    return np.where(is_missing, node["missing_left"], is_left).astype(bool)


def read_rules(nodes: list[dict[str, Any]], space: Mapping[str, Any]) -> list[list[Rule]]:
    """Return for each segment what holds for its accounts, one entry per criterion in the order of the splits.

    Numbers: ``criterion``, ``above`` and ``at_most`` in original units (None: no limit). Categories: ``criterion``,
    ``levels`` (names; ``has_other``: rare ones as well). Both: ``with_missing``: accounts without a value belong.
    """
    rules: dict[int, list[Rule]] = {}

    def follow(number: int, path: dict[str, Rule]) -> None:
        node = nodes[number]
        if "segment" in node:
            rules[node["segment"]] = list(path.values())
            return
        for side in ("left", "right"):
            name = node["criterion"]
            narrowed = _narrow(path.get(name) or _anything(node, space), node, side, space)
            follow(node[side], {**path, name: narrowed})

    follow(0, {})
    return [rules[segment] for segment in sorted(rules)]


def _anything(node: Mapping[str, Any], space: Mapping[str, Any]) -> Rule:
    if "number" in node:
        return {"criterion": node["criterion"], "above": None, "at_most": None, "with_missing": True}
    entry = space["categories"][node["code"]]
    return {
        "criterion": node["criterion"],
        "levels": list(entry["levels"]),
        "has_other": bool(entry["has_other"]),
        "with_missing": True,
    }


def _narrow(rule: Rule, node: Mapping[str, Any], side: str, space: Mapping[str, Any]) -> Rule:
    is_left = side == "left"
    kept = {"with_missing": rule["with_missing"] and node["missing_left"] == is_left}
    if "number" in node:
        return {**rule, **kept, ("at_most" if is_left else "above"): node["limit"]}
    levels = space["categories"][node["code"]]["levels"]
    left = {levels[position] for position in node["positions"] if position < len(levels)}
    other_is_left = len(levels) in node["positions"]
    names = [level for level in rule["levels"] if (level in left) == is_left]
    return {**rule, **kept, "levels": names, "has_other": rule["has_other"] and other_is_left == is_left}


def say_rules(rules: list[Rule], titles: Titles | None = None) -> dict[str, str]:
    """Return the conditions of one segment as text, ``rule_de`` and ``rule_en``.

    Parameters
    ----------
    rules : list of dict
        An entry of what `read_rules` returns.
    titles : mapping, optional
        Criterion → its German and its English name; those of the columns by default.
    """
    found = {}
    for language in LANGUAGES:
        named = [names_of("name", rule["criterion"], titles)[f"name_{language}"] for rule in rules]
        parts = [_say(rule, title, language) for rule, title in zip(rules, named, strict=True)]
        found[f"rule_{language}"] = "; ".join(parts) or say("methods.rule_all", language)
    return found


def _say(rule: Rule, title: str, language: str) -> str:
    if "levels" in rule:
        names = [*rule["levels"], *([say("methods.rule_other", language)] if rule["has_other"] else [])]
        text = say("methods.rule_levels", language, title=title, levels=", ".join(names)) if names else ""
    else:
        limits = {name: rule[name] for name in ("above", "at_most") if rule[name] is not None}
        kind = "between" if len(limits) == 2 else next(iter(limits), "")
        text = say(f"methods.rule_{kind}", language, title=title, **limits) if kind else ""
    if not text:
        return say("methods.rule_missing", language, title=title)
    return text + (say("methods.rule_or_missing", language) if rule["with_missing"] else "")
