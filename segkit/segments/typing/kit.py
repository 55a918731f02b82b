"""One kit: the rule fitted on all accounts, and what the same procedure told of accounts that it had not seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.segments.typing.choose import FOLDS, Choice, choose_fields, fold_of, place_from
from segkit.segments.typing.fields import encode
from segkit.segments.typing.grow import Leaf, fit_tree, leaf_shares, read_leaves
from segkit.segments.typing.reference import reference_of

if TYPE_CHECKING:
    import pandas as pd

DIGITS = 6
UNSURE = "UNSURE"
"""What a rule says where it cannot say: an account that a person has to place."""


@dataclass(frozen=True)
class Held:
    """What is told of each account while it was held back: position of its segment, chance, whether it is placed.

    From which chance on the accounts of a fold are placed was found on the other folds.
    """

    told: np.ndarray
    chance: np.ndarray
    is_placed: np.ndarray
    shares: np.ndarray


@dataclass(frozen=True)
class Kit:
    """A fitted kit as plain JSON, the path of its fields, and its held-back answers."""

    model: dict[str, Any]
    choice: Choice
    held: Held


def fit_kit(
    known: pd.DataFrame, codes: np.ndarray, segments: Sequence[str], fields: Mapping[str, str],
    costs: Mapping[str, float], settings: Any,
) -> Kit:  # fmt: skip
    """Return a kit of some fields.

    Parameters
    ----------
    known : DataFrame
        account_id and a column per field; one row per account to learn from.
    codes : array
        Position of each account's segment in `segments`.
    fields : mapping
        Field → number or text: the candidates.
    costs : mapping
        Field → cost of knowing it.
    settings : Typing
        The section of project.yml.

    Notes
    -----
    Every account is held back once: it belongs to one of five folds by the hash of its id, and everything — which
    fields, which limits, which chances, from which chance on to place — is chosen anew on the other four (Stone 1974,
    cross-validation). The rule itself is then made from all accounts in the same way, so the stated figures are of
    rules made from four fifths of them: a little too low rather than too high.
    """
    ids = known["account_id"].to_numpy(str)
    folds = fold_of(ids, FOLDS)
    held = Held(
        np.zeros(len(ids), int), np.zeros(len(ids)), np.zeros(len(ids), bool), np.zeros((len(ids), len(segments)))
    )
    for fold in np.unique(folds):
        train, test = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        leaves, choice, prior = _fit(known.iloc[train], codes[train], len(segments), fields, costs, settings)
        shares = _shares(leaves, known.iloc[test], choice, prior, fields)
        held.shares[test], held.told[test], held.chance[test] = shares, shares.argmax(axis=1), shares.max(axis=1)
    threshold = place_from(held.shares, codes, settings.wanted_accuracy)
    for fold in np.unique(folds) if threshold <= 1 else []:
        others, test = folds != fold, folds == fold
        limit = place_from(held.shares[others], codes[others], settings.wanted_accuracy)
        held.is_placed[test] = held.chance[test] >= limit
    leaves, choice, prior = _fit(known, codes, len(segments), fields, costs, settings)
    model = _model(known, leaves, choice, prior, segments, fields, threshold)
    return Kit(model | {"wanted_accuracy": settings.wanted_accuracy}, choice, held)


def _fit(known, codes, n_segments: int, fields, costs, settings) -> tuple[list[Leaf], Choice, np.ndarray]:
    encoded = encode(known, fields, settings.least_accounts)
    ids = known["account_id"].to_numpy(str)
    prior = np.bincount(codes, minlength=n_segments) / len(codes)
    choice = choose_fields(encoded, codes, ids, costs, settings, n_segments)
    columns = [column for name in choice.fields for column in encoded.columns[name]]
    if not columns:
        return [Leaf({"all": []}, np.bincount(codes, minlength=n_segments))], choice, prior
    tree = fit_tree(encoded.matrix[:, columns], codes, choice.n_leaves, settings.least_accounts)
    return read_leaves(tree, encoded, columns, known, codes, fields, n_segments), choice, prior


def _shares(leaves: list[Leaf], known, choice: Choice, prior: np.ndarray, fields) -> np.ndarray:
    from segkit.segments.typing.conditions import first_that_holds

    rule = {"fields": fields, "rules": [{"when": leaf.when} for leaf in leaves]}
    chances = np.array([*(leaf_shares(leaf.counts, prior, choice.weight) for leaf in leaves), prior])
    return chances[first_that_holds(known, rule)].round(DIGITS)


def _model(known, leaves: list[Leaf], choice: Choice, prior, segments, fields, threshold: float) -> dict[str, Any]:
    used = {name: fields[name] for name in choice.fields}
    rules = []
    for leaf in leaves:
        shares = leaf_shares(leaf.counts, prior, choice.weight)
        best = int(shares.argmax())
        rules.append(
            {
                "segment_id": segments[best],
                "confidence": round(float(shares[best]), DIGITS),
                "second_id": segments[int(np.argsort(-shares, kind="stable")[1])] if len(segments) > 1 else "",
                "n_accounts": int(leaf.counts.sum()),
                "when": leaf.when,
            }
        )
    return {
        "fields": used,
        "rules": rules,
        "otherwise": UNSURE,
        "likely": segments[int(prior.argmax())],
        "likely_confidence": round(float(prior.max()), DIGITS),
        "threshold": threshold,
        "n_accounts": len(known),
        "reference": reference_of(known, used, [rule["confidence"] >= threshold for rule in rules], leaves),
    }
