"""Names of clusters that are not about revenue: by what is typical of them in their own criteria."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.segments.criterion_names import Titles, names_of
from segkit.texts import LANGUAGES, say

if TYPE_CHECKING:
    import pandas as pd

MOST = 2  # criteria in a name
TELLING = 0.4  # standard deviations from the mean of the clusters below which a second criterion says nothing


def name_by_criteria(
    model: Mapping[str, Any], features: pd.DataFrame, titles: Titles | None = None
) -> dict[str, tuple[str, str]]:
    """Return the German and the English name of each cluster: "Service tickets high", "Contract: full service".

    Parameters
    ----------
    model : mapping
        segments (ids), typical (id → criterion → its median or commonest level), criteria.
    features : DataFrame
        One row per account with the criteria; gives the spread of numbers.
    titles : mapping, optional
        Criterion → its German and its English name.

    Notes
    -----
    A number names a cluster by how many standard deviations its median lies from the mean of the clusters' medians,
    criteria first in which no other cluster is as high or as low;
    it is high or low where no other cluster is higher or lower, else middle. A category counts as one standard
    deviation where most clusters have another level. One criterion is enough where no other cluster gets the same
    name: charts and tables cut long ones.
    """
    typical = {segment: model["typical"][segment] for segment in model["segments"]}
    far = {name: _distances(name, typical, features) for name in model["criteria"]}
    parts: dict[str, list[dict[str, str]]] = {}
    for i, segment in enumerate(typical):
        known = [name for name in far if np.isfinite(far[name][i])]
        ordered = sorted(known, key=lambda name: (_is_shared(far[name], i), -abs(far[name][i])))
        chosen = [name for j, name in enumerate(ordered[:MOST]) if j == 0 or abs(far[name][i]) >= TELLING]
        parts[segment] = [_word(name, segment, typical, titles) for name in chosen]
    first = [words[:1] for words in parts.values()]
    found = {}
    for segment, words in parts.items():
        told = words[:1] if first.count(words[:1]) == 1 else words
        names = [", ".join(word[language] for word in told) for language in LANGUAGES]
        found[segment] = (names[0] or segment, names[1] or segment)
    return found


def _distances(name: str, typical: Mapping[str, Mapping[str, Any]], features: pd.DataFrame) -> np.ndarray:
    values = [each.get(name) for each in typical.values()]
    if any(isinstance(value, str) for value in values):
        return np.array([1.0 if values.count(value) <= len(values) / 2 else 0.0 for value in values])
    numbers = np.array([np.nan if value is None else float(value) for value in values])
    spread = float(features[name].astype(float).std()) if name in features else 0.0
    if not spread > 0 or np.isnan(numbers).all():
        return np.full(len(numbers), np.nan)
    return (numbers - np.nanmean(numbers)) / spread


def _is_shared(far: np.ndarray, i: int) -> bool:
    """Return whether a cluster is neither the only highest nor the only lowest one."""
    others = np.delete(far, i)
    return bool(np.any(others >= far[i]) and np.any(others <= far[i]))


def _word(name: str, segment: str, typical: Mapping[str, Mapping[str, Any]], titles: Titles | None) -> dict[str, str]:
    """Return what a criterion says of a cluster, by language."""
    called, value = names_of("name", name, titles), typical[segment].get(name)
    if any(isinstance(each.get(name), str) for each in typical.values()):
        words = {lang: str(value) if value is not None else say("segments.level_none", lang) for lang in LANGUAGES}
        return {language: f"{called[f'name_{language}']}: {words[language]}" for language in LANGUAGES}
    known = [float(each[name]) for each in typical.values() if each.get(name) is not None]
    value = 0.0 if value is None else float(value)
    level = "high" if value >= max(known) else "low" if value <= min(known) else "middle"
    return {lang: f"{called[f'name_{lang}']} {say(f'segments.level_{level}', lang)}" for lang in LANGUAGES}
