"""One kit: the rule fitted on all accounts, and what the same procedure told of accounts that it had not seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.segments.typing.choose import FEWEST_PLACED, FOLDS, Choice, choose_fields, fold_of
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
    """What a rule tells of accounts: the true position of each one's segment, the told one, whether it is placed."""

    codes: np.ndarray
    told: np.ndarray
    is_placed: np.ndarray


@dataclass(frozen=True)
class Kit:
    """A fitted kit as plain JSON and the path of its fields, with what its figures come from.

    Attributes
    ----------
    held : Told
        Each account as the rule of the other folds tells it, which never saw it; `shares` are the chances then.
    learned : Told
        The same rules of the folds on the accounts they were made from, all of them in one row.
    final : Told
        The rule of the kit on the accounts it was made from.
    """

    model: dict[str, Any]
    choice: Choice
    held: Told
    shares: np.ndarray
    learned: Told
    final: Told


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
    cross-validation). The rule itself is then made from all accounts in the same way. `quality.state` corrects for its
    differing from those of the folds.
    """
    ids = known["account_id"].to_numpy(str)
    folds = fold_of(ids, FOLDS)
    n, k = len(ids), len(segments)
    held, shares, learned = Told(codes, np.zeros(n, int), np.zeros(n, bool)), np.zeros((n, k)), []
    for fold in np.unique(folds):
        train, test = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        fitted = _fit(known.iloc[train], codes[train], k, fields, costs, settings)
        shares[test] = _shares(*fitted, known.iloc[test], fields)
        limit = fitted[1].threshold
        held.told[test], held.is_placed[test] = shares[test].argmax(axis=1), shares[test].max(axis=1) >= limit
        learned.append(_tell(codes[train], _shares(*fitted, known.iloc[train], fields), limit))
    fitted = _fit(known, codes, k, fields, costs, settings)
    is_backed = held.is_placed.sum() >= FEWEST_PLACED
    limit = fitted[1].threshold if is_backed else NOBODY
    final = _tell(codes, _shares(*fitted, known, fields), limit)
    model = _model(known, *fitted, segments, fields, limit if final.is_placed.any() else NOBODY)
    parts = (np.concatenate([getattr(one, name) for one in learned]) for name in ("codes", "told", "is_placed"))
    whole = model | {"wanted_accuracy": settings.wanted_accuracy}
    return Kit(whole, fitted[1], held, shares, Told(*parts), final)


def _tell(codes: np.ndarray, shares: np.ndarray, limit: float) -> Told:
    return Told(codes, shares.argmax(axis=1), shares.max(axis=1) >= limit)


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
