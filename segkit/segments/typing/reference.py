"""What the accounts looked like from which a kit was learned, and how far a file to score is from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.segments.typing.conditions import NUMBER, numbers_of, texts_of

if TYPE_CHECKING:
    import pandas as pd

BINS = 10
DIGITS = 6
WATCH, SHIFTED = 0.10, 0.25
"""Population stability index from which a field is watched, and from which it has shifted (as in notebook 09)."""
FEWEST_ROWS = 30


def reference_of(known: pd.DataFrame, fields: Mapping[str, str], is_placed: Sequence[bool], leaves: Sequence[Any]):
    """Return the distribution of each field among the accounts learned from, and the share that the rule leaves unsure.

    Numbers: shares between deciles; texts: shares of the values; both with the share that is missing (key "").
    """
    found: dict[str, Any] = {}
    for name, kind in fields.items():
        if kind == NUMBER:
            values = numbers_of(known[name])
            limits = np.unique(np.nanquantile(values, np.linspace(0, 1, BINS + 1)[1:-1]))
            found[name] = {"limits": [float(x) for x in limits], "shares": _binned(values, limits)}
        else:
            levels, counts = np.unique(texts_of(known[name]), return_counts=True)
            found[name] = {
                "shares": {str(k): round(float(n) / len(known), DIGITS) for k, n in zip(levels, counts, strict=True)}
            }
    n = np.array([leaf.counts.sum() for leaf in leaves], float)
    unsure = float(n[~np.array(is_placed, bool)].sum() / n.sum()) if n.sum() else 1.0
    return {"fields": found, "n_accounts": len(known), "share_abstained": round(unsure, DIGITS)}


def _binned(values: np.ndarray, limits: Any) -> dict[str, float]:
    known = values[~np.isnan(values)]
    counts = np.bincount(np.searchsorted(limits, known, side="right"), minlength=len(limits) + 1)
    shares = {str(i): round(float(n) / max(len(values), 1), DIGITS) for i, n in enumerate(counts)}
    return shares | {"": round(1 - len(known) / max(len(values), 1), DIGITS)}


def compare_with(known: pd.DataFrame, model: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return how far a file is from the accounts learned from, field by field.

    Returns
    -------
    list of dict
        field, psi (population stability index: Σ (p − q) ln(p / q), values that either side lacks count half a row),
        noise (what psi is by chance alone: (groups − 1) × (1/n + 1/m), its expectation when nothing changed), share_new
        (rows with a value that no account had), status (steady, watch, shifted; too_few below 30 rows).
    """
    found = []
    for name, held in model["reference"]["fields"].items():
        before = held["shares"]
        if "limits" in held:
            now = _binned(numbers_of(known[name]), np.array(held["limits"], float))
        else:
            levels, counts = np.unique(texts_of(known[name]), return_counts=True)
            now = {str(k): float(n) / max(len(known), 1) for k, n in zip(levels, counts, strict=True)}
        new = sum(share for level, share in now.items() if level not in before) if "limits" not in held else 0.0
        n, m = model["reference"]["n_accounts"], max(len(known), 1)
        groups = sorted(set(before) | set(now))
        p = np.array([max(now.get(level, 0.0), 0.5 / m) for level in groups])
        q = np.array([max(before.get(level, 0.0), 0.5 / n) for level in groups])
        psi = float(((p - q) * np.log(p / q)).sum())
        noise = (len(groups) - 1) * (1 / n + 1 / m)
        told = {"psi": psi, "noise": noise, "share_new": float(new)}
        status = _status(psi - noise, new, m)
        found.append({"field": name, "status": status} | {key: round(v, DIGITS) for key, v in told.items()})
    return found


def _status(psi: float, new: float, n_rows: int) -> str:
    if n_rows < FEWEST_ROWS:
        return "too_few"
    if psi >= SHIFTED or new >= SHIFTED:
        return "shifted"
    return "watch" if psi >= WATCH or new >= WATCH else "steady"
