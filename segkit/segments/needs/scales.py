"""From answers to the numbers and codes that latent classes are fitted on, and back for any later answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.segments.fits import Sample
from segkit.segments.needs.answers import PICK, RATING

if TYPE_CHECKING:
    import pandas as pd

DIGITS = 12
LEAST_RATINGS = 4  # fewer ratings are too few to tell a person's own level from what it wants


def learn_space(wide: pd.DataFrame, kinds: Mapping[str, str], is_centred: bool | None = None) -> dict[str, Any]:
    """Return how answers become comparable, as plain JSON.

    Parameters
    ----------
    wide : DataFrame
        `Answers.wide`, the persons that are fitted.
    kinds : mapping
        `Answers.kinds`.
    is_centred : bool, optional
        Take each person's own level off its ratings; by default where there are at least four ratings.

    Returns
    -------
    dict
        ``items``: question, kind, mean and range in the answers' units, and centre and spread on the scale of
        the fit; ``is_centred``.

    Notes
    -----
    Some people tick high everywhere. Left in, this style fills classes of its own: in ten sample companies the smallest
    BIC then asked for six to eight classes of the four that were planted and placed 56 to 70 of 100 persons rightly;
    without it four, and 93 to 95 (`benchmarks/needs.md`). Taking a person's level off its ratings is the old remedy
    (ipsatising; Cattell 1944, Psychometrika 9; Fischer 2004, Journal of Cross-Cultural Psychology 35). What it cannot
    see any more is a class that wants more of everything.
    """
    ratings = [name for name in wide if kinds[name] == RATING]
    if is_centred is None:
        is_centred = len(ratings) >= LEAST_RATINGS
    items = []
    for name in wide:
        values = wide[name].dropna()
        reach = float(values.max() - values.min()) if kinds[name] == RATING else 1.0
        items.append(
            {"question": str(name), "kind": kinds[name], "mean": round(float(values.mean()), DIGITS), "range": reach}
        )
    space = {"items": items, "is_centred": bool(is_centred)}
    levels = own_levels(wide, space)
    for item in items:
        if item["kind"] == RATING:
            values = _relative(wide, item, levels if is_centred else None)
            item["centre"] = round(float(np.nanmean(values)), DIGITS)
            item["spread"] = round(float(max(np.nanstd(values), 1e-9)), DIGITS)
    return space


def own_levels(wide: pd.DataFrame, space: Mapping[str, Any]) -> np.ndarray:
    """Return how far each person rates above or below the average, in shares of the scale; 0 without ratings.

    The mean of its ratings, each less the item's mean, so that a question left out does not shift it.
    """
    import warnings

    parts = [_relative(wide, item, None) for item in space["items"] if item["kind"] == RATING]
    if not parts or not len(wide):
        return np.zeros(len(wide))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a person without any rating has no level
        return np.nan_to_num(np.nanmean(np.column_stack(parts), axis=1))


def _relative(wide: pd.DataFrame, item: Mapping[str, Any], levels: np.ndarray | None) -> np.ndarray:
    """Return answers less the item's mean, in shares of the scale, less the person's own level."""
    if item["question"] not in wide:
        return np.full(len(wide), np.nan)
    values = (wide[item["question"]].to_numpy(float) - item["mean"]) / (item["range"] or 1.0)
    return values if levels is None else values - levels


def apply_space(wide: pd.DataFrame, space: Mapping[str, Any]) -> Sample:
    """Return answers as `fit_mixture` reads them: ratings as numbers on their scale, picks as codes.

    A question of the space that nobody was asked is a gap; another question does not count.
    """
    levels = own_levels(wide, space) if space["is_centred"] else None
    numbers, codes, points = [], [], []
    for item in space["items"]:
        if item["kind"] == RATING:
            numbers.append((_relative(wide, item, levels) - item["centre"]) / item["spread"])
            points.append(np.nan_to_num(numbers[-1]))
        else:
            picked = wide[item["question"]].to_numpy(float) if item["question"] in wide else np.full(len(wide), np.nan)
            codes.append(np.where(np.isnan(picked), -1, np.nan_to_num(picked) > 0).astype(np.int64))
            share = min(max(item["mean"], 0.02), 0.98)
            points.append(np.nan_to_num((picked - share) / np.sqrt(share * (1 - share))))
    shape = len(wide), -1
    return Sample(
        np.column_stack(numbers) if numbers else np.empty((len(wide), 0)),
        np.column_stack(codes) if codes else np.empty((len(wide), 0), dtype=np.int64),
        np.column_stack(points).reshape(shape) if points else np.empty((len(wide), 0)),
        np.ones(len(wide)),
    )


def relative_answers(wide: pd.DataFrame, space: Mapping[str, Any]) -> pd.DataFrame:
    """Return answers as they are compared: ratings in their own units above the person's level, picks as they are."""
    import pandas as pd

    levels = own_levels(wide, space) if space["is_centred"] else np.zeros(len(wide))
    columns = {}
    for item in space["items"]:
        name = item["question"]
        if name in wide:
            is_rating = item["kind"] == RATING
            columns[name] = wide[name] - levels * item["range"] if is_rating else wide[name]
    return pd.DataFrame(columns, index=wide.index)


def n_answered(wide: pd.DataFrame, space: Mapping[str, Any]) -> np.ndarray:
    """Return to how many questions of a model each person gave an answer."""
    names = [item["question"] for item in space["items"] if item["question"] in wide]
    return wide[names].notna().sum(axis=1).to_numpy(int)


__all__ = ["PICK", "RATING", "apply_space", "learn_space", "n_answered", "own_levels", "relative_answers"]
