"""A trial as a scenario: its name as a file, and the few settings that it changes."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from segkit.settings.account_segmentation import AccountSegmentation

LONGEST = 40
TAKEN = {"lab", "refit", "official", "runs"}
"""Names with a meaning of their own: `lab` is where notebooks in JupyterLab write, `refit` the challenger."""
DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
LETTERS = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"}
KEYS = (
    "method",
    "criteria",
    "n_segments",
    "k_min",
    "k_max",
    "weigh_by",
    "key_share",
    "dormant_months",
    "lapsed_months",
    "new_months",
    "class_a_share",
    "class_b_share",
    "silent_days",
    "growing_ratio",
    "falling_ratio",
)
OF_FITTED = ("criteria", "n_segments", "k_min", "k_max", "weigh_by")


def suggest_name(text: str) -> str:
    """Return the nearest name that is safe as a folder on any system; empty where nothing is left.

    Examples
    --------
    >>> suggest_name("Weniger Gruppen, größere!")
    'Weniger_Gruppen_groessere'
    """
    plain = "".join(LETTERS.get(letter, letter) for letter in text)
    plain = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9-]+", "_", plain).strip("_-")[:LONGEST].rstrip("_-")


def check_name(text: str, existing: list[str]) -> tuple[str, dict[str, Any]] | None:
    """Return what is wrong with the name of a scenario (key, numbers), or None.

    Parameters
    ----------
    existing : list of str
        Scenarios that there are; capital letters make no difference, as on Windows.
    """
    name = text.strip()
    if not name:
        return "explore.warn_name_missing", {}
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", name) or len(name) > LONGEST:
        suggested = suggest_name(name)
        return ("explore.warn_name_letters" if suggested else "explore.warn_name_nothing"), {"suggested": suggested}
    if name.lower() in TAKEN | DEVICES:
        return "explore.warn_name_taken", {"name": name}
    if name.lower() in {other.lower() for other in existing}:
        return "explore.warn_name_exists", {"name": name}
    return None


def make_patch(segmentation_id: str, before: AccountSegmentation, wished: AccountSegmentation) -> dict[str, Any]:
    """Return the settings that a trial changes, as a patch of project.yml; empty where it changes none."""
    old, new = before.model_dump(mode="json"), wished.model_dump(mode="json")
    keys = [key for key in KEYS if key not in OF_FITTED or wished.method not in ("grid", "rules")]
    changed = {key: new[key] for key in keys if _plain(new[key]) != _plain(old[key])}
    return {"segmentations": {segmentation_id: changed}} if changed else {}


def _plain(value: Any) -> Any:
    """Return a list of criteria as what it means: each with weight 1."""
    return dict.fromkeys(value, 1.0) if isinstance(value, list) else value
