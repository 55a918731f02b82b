"""What notebook 04 says about a combination: keys of sentences with their numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from segkit.segments.combination_cells import REST
from segkit.segments.combination_gains import ALL
from segkit.texts import LANGUAGES, say

if TYPE_CHECKING:
    import pandas as pd

Sentences = list[tuple[str, dict[str, Any]]]
AND = {"de": " und ", "en": " and "}


def describe_combination(
    model: Mapping[str, Any], gains: pd.DataFrame, sizes: pd.DataFrame, outer_register: pd.DataFrame
) -> Sentences:
    """Return what the combination is, where the inner segmentation adds something, and what stays undivided.

    Parameters
    ----------
    model : mapping
        The model in force.
    gains : DataFrame
        Table `combination_gains` of this quarter.
    sizes : DataFrame
        Table `segment_sizes` of the combination.
    outer_register : DataFrame
        Table `segment_register` of the outer segmentation, for its names.
    """
    rated = gains[gains["outer_segment_id"] != ALL]
    adding = rated[rated["adds"].astype(bool)]
    cells = [cell for cell in model["cells"] if cell["inner"] != REST]
    divided = sorted({cell["outer"] for cell in cells})
    filled = int((sizes["n_accounts"] > 0).sum())
    base = {"n_nests": len(rated), "n_cells": len(cells), "n_segments": filled, "least": model["least_accounts"]}
    told: Sentences = []
    if cells:
        told.append((f"combination.answer_{model['method']}", base | _listed(divided, outer_register)))
    elif model["n_wanted"]:
        told.append(("combination.no_room", base | {"most": model["most_segments"], "n_wanted": model["n_wanted"]}))
    else:
        told.append(("combination.undivided", base))
    if len(adding):
        told.append(
            ("combination.adds", base | {"n": len(adding)} | _listed(adding["outer_segment_id"], outer_register))
        )
    else:
        told.append(("combination.adds_nowhere", base))
    without = sorted(set(divided) - set(adding["outer_segment_id"]))
    if without:
        told.append(("combination.without_gain", base | {"n": len(without)} | _listed(without, outer_register)))
    dropped = model["n_wanted"] - len(cells)
    if cells and dropped > 0 and model.get("why") != "kept":
        told.append(("combination.dropped", {"n": dropped, "most": model["most_segments"]}))
    new = sorted(set(adding["outer_segment_id"]) - set(divided))
    if model.get("why") == "kept" and new:
        told.append(("combination.kept", {"n": len(new)} | _listed(new, outer_register)))
    return told


def describe_cells_in_words(rules: pd.DataFrame, sizes: pd.DataFrame, model: Mapping[str, Any]) -> Sentences:
    """Return one sentence per combination that has accounts, in the order in which the rules are tried."""
    names = sizes.set_index("segment_id")
    has_accounts = rules[rules["n_accounts"] > 0].sort_values("step")
    return [
        (
            row.reason,
            {"n": int(row.n_accounts), "rule": row.rule}
            | {f"name_{language}": str(names.at[row.segment_id, f"name_{language}"]) for language in LANGUAGES},
        )
        for row in has_accounts.itertuples()
        if row.segment_id in names.index
    ]


def show_gains(gains: pd.DataFrame, outer_register: pd.DataFrame) -> pd.DataFrame:
    """Return `combination_gains` with the names of the outer segments and the verdict in words, ready to be shown.

    Returns
    -------
    DataFrame
        outer_segment_id_de, outer_segment_id_en, n_accounts, n_cells, stability, next_gain, next_low, next_high,
        value_gap, gain_verdict_de, gain_verdict_en.
    """
    shown = gains[["n_accounts", "n_cells", "stability", "next_gain", "next_low", "next_high", "value_gap"]]
    for language in LANGUAGES:
        names = _names(outer_register, language) | {ALL: say("combination.all", language)}
        called = [names.get(segment, segment) for segment in gains["outer_segment_id"]]
        verdicts = [say(f"combination.verdict_{verdict}", language) for verdict in gains["verdict"]]
        shown = shown.assign(**{f"outer_segment_id_{language}": called, f"gain_verdict_{language}": verdicts})
    both = [f"outer_segment_id_{language}" for language in LANGUAGES]
    last = [f"gain_verdict_{language}" for language in LANGUAGES]
    return shown[[*both, *(name for name in shown if name not in (*both, *last)), *last]]


def _listed(ids: Any, register: pd.DataFrame) -> dict[str, str]:
    """Return names joined by commas and a last "and", in both languages."""
    found = {}
    for language in LANGUAGES:
        names = _names(register, language)
        called = [names.get(segment, segment) for segment in ids]
        head, last = called[:-1], called[-1:]
        found[f"names_{language}"] = AND[language].join([", ".join(head), *last] if head else last)
    return found


def _names(register: pd.DataFrame, language: str) -> dict[str, str]:
    return dict(zip(register["segment_id"], register[f"name_{language}"], strict=True))
