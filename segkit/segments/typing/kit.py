"""One kit: the rule fitted on all accounts, and what the same procedure told of accounts that it had not seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.segments.typing.choose import FEWEST_PLACED, FOLDS, ROUNDS, Choice, choose_fields, fold_of
from segkit.segments.typing.fields import encode
from segkit.segments.typing.grow import Leaf, fit_tree, leaf_shares, read_leaves
from segkit.segments.typing.reference import reference_of

if TYPE_CHECKING:
    import pandas as pd

DIGITS = 6
NOBODY = 2.0
"""A chance that nobody reaches."""
UNSURE = "UNSURE"
"""What a rule says where it cannot say: an account that a person has to place."""


@dataclass(frozen=True)
class Told:
    """What rules tell of the accounts they were made from and of others.

    Attributes
    ----------
    told : array of rules × accounts
        Position of the segment told.
    chance : array of rules × accounts
        The chance told with it.
    folds : array
        Which of the rules did not see an account; −1: all have seen it.
    """

    told: np.ndarray
    chance: np.ndarray
    folds: np.ndarray


@dataclass(frozen=True)
class Kit:
    """A fitted kit as plain JSON and the path of its fields, with what its figures come from.

    Attributes
    ----------
    codes : array
        True position of each account's segment.
    units : array of int
        Which accounts hang together: persons of one company share a number, accounts have one each.
    rounds : list of Told
        The rules of the folds, once for each way of parting the accounts into folds.
    shares : array of accounts × segments
        The chances that the rules of the first round told of the accounts they did not see.
    own : Told
        The one rule of the kit.
    is_placed : array of bool
        Which accounts the kit's rule places.
    """

    model: dict[str, Any]
    choice: Choice
    codes: np.ndarray
    units: np.ndarray
    rounds: list[Told]
    shares: np.ndarray
    own: Told
    is_placed: np.ndarray


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
    Every account is held back twice, each time in one of five folds by the hash of its id, and everything — which
    fields, which limits, which chances, from which chance on to place — is chosen anew on the other four (repeated
    cross-validation; Stone 1974, Kim 2009). The rule itself is then made from all accounts in the same way.
    `stated.state` corrects for its differing from those of the folds.
    """
    n_segments = len(segments)
    units = np.unique(known["account_id"].to_numpy(str), return_inverse=True)[1]
    parted = [_hold_back(known, codes, n_segments, fields, costs, settings, salt) for salt in range(ROUNDS)]
    n_backed = np.mean([n_placed for _, _, n_placed in parted])
    leaves, choice, prior = _fit(known, codes, n_segments, fields, costs, settings)
    chances = _shares(leaves, choice, prior, known, fields)
    limit = choice.threshold if n_backed >= FEWEST_PLACED else NOBODY
    is_placed = chances.max(axis=1) >= limit
    model = _model(known, leaves, choice, prior, segments, fields, limit if is_placed.any() else NOBODY)
    own = Told(chances.argmax(axis=1)[None], chances.max(axis=1)[None], np.full(len(known), -1))
    whole = model | {"wanted_accuracy": settings.wanted_accuracy}
    return Kit(whole, choice, codes, units, [told for told, _, _ in parted], parted[0][1], own, is_placed)


def _hold_back(known, codes, n_segments: int, fields, costs, settings, salt: int) -> tuple[Told, np.ndarray, int]:
    """Return what the rules of five folds tell, the chances of accounts held back, and how many of these are placed."""
    ids = known["account_id"].to_numpy(str)
    folds = np.unique(fold_of(ids, FOLDS, f"again {salt}" if salt else ""), return_inverse=True)[1]
    told, chance, held, n_placed = [], [], np.zeros((len(ids), n_segments)), 0
    for fold in range(folds.max() + 1):
        train, test = np.flatnonzero(folds != fold), folds == fold
        fitted = _fit(known.iloc[train], codes[train], n_segments, fields, costs, settings)
        shares = _shares(*fitted, known, fields)
        told.append(shares.argmax(axis=1))
        chance.append(shares.max(axis=1))
        held[test] = shares[test]
        n_placed += int((chance[-1][test] >= fitted[1].threshold).sum())
    return Told(np.array(told), np.array(chance), folds), held, n_placed


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


def _shares(leaves: list[Leaf], choice: Choice, prior: np.ndarray, known, fields) -> np.ndarray:
    from segkit.segments.typing.conditions import first_that_holds

    rule = {"fields": fields, "rules": [{"when": leaf.when} for leaf in leaves]}
    chances = np.array([*(leaf_shares(leaf.counts, prior, choice.weight) for leaf in leaves), prior])
    return chances[first_that_holds(known, rule)].round(DIGITS)


def _model(known, leaves: list[Leaf], choice: Choice, prior, segments, fields, limit: float) -> dict[str, Any]:
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
        "threshold": limit,
        "n_accounts": len(known),
        "reference": reference_of(known, used, [rule["confidence"] >= limit for rule in rules], leaves),
    }
