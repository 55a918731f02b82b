"""What pages say of several segmentations: which there are, what they are called, when they are looked at again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segkit.settings.account_segmentation import AccountSegmentation
from segkit.settings.combined_segmentation import CombinedSegmentation
from segkit.settings.person_segmentation import PersonSegmentation
from segkit.texts import LANGUAGES, has, say

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd

    from segkit.settings.segmentations import Segmentations

Sentences = list[tuple[str, dict[str, Any]]]


def find_main(settings: Segmentations) -> str:
    """Return which segmentation a page tells in full: the primary one, or `value` where that is not of accounts."""
    is_of_accounts = isinstance(settings.by_id[settings.primary], AccountSegmentation)
    return settings.primary if is_of_accounts else "value"


def ids_of_persons(settings: Segmentations) -> list[str]:
    """Return the ids of the segmentations of persons."""
    return [name for name, entry in settings.by_id.items() if isinstance(entry, PersonSegmentation)]


def ids_of_combined(settings: Segmentations) -> list[str]:
    """Return the ids of the segmentations made of two others."""
    return [name for name, entry in settings.by_id.items() if isinstance(entry, CombinedSegmentation)]


def challenger_of(segmentation_id: str) -> str:
    """Return the name of the model that this quarter alone would give a segmentation."""
    return "models/challenger" if segmentation_id == "value" else f"models/challenger_{segmentation_id}"


def name_segmentations(settings: Segmentations) -> dict[str, tuple[str, str]]:
    """Return what pages call each segmentation, in German and English: its name, or its id."""
    called = {}
    for name, entry in settings.by_id.items():
        key = f"several.name_{name}"
        plain = (say(key, "de"), say(key, "en")) if has(key) else (name, name)
        called[name] = (entry.name, entry.name) if entry.name else plain
    return called


def name_pair(called: dict[str, tuple[str, str]], one: str, other: str) -> dict[str, str]:
    """Return the names of two segmentations as sentences and titles take them: name_de, name_en, other_de, other_en."""
    words = {"name": called.get(one, (one, one)), "other": called.get(other, (other, other))}
    return {f"{word}_{language}": names[i] for word, names in words.items() for i, language in enumerate(LANGUAGES)}


def describe_about(settings: Segmentations, about: str) -> Sentences:
    """Return which segmentation a page tells in full, and which others stand below; nothing where there is one only."""
    called = name_segmentations(settings)
    others = [names for name, names in called.items() if name != about]
    if not others:
        return []
    numbers = {f"name_{language}": called[about][i] for i, language in enumerate(LANGUAGES)}
    numbers |= {
        f"others_{lang}": ", ".join(_quoted(names[i], lang) for names in others) for i, lang in enumerate(LANGUAGES)
    }
    return [("several.about", numbers)]


def describe_segmentation(settings: Segmentations, name: str, sizes: pd.DataFrame, as_of: dt.date) -> Sentences:
    """Return how large a segmentation is, what it is made of, when it is reviewed, and how sure it is.

    Parameters
    ----------
    settings : Segmentations
        Section `segmentations`.
    name : str
        Its id.
    sizes : DataFrame
        Its rows of `segment_sizes`: n_accounts, confidence, n_doubtful.
    as_of : date
        Of the run: a review before it is due.
    """
    entry, called = settings.by_id[name], name_segmentations(settings)
    names = {f"name_{language}": called[name][i] for i, language in enumerate(LANGUAGES)}
    if not len(sizes):
        return [("several.nobody", names)]
    numbers: dict[str, Any] = {"n": len(sizes), "n_accounts": int(sizes["n_accounts"].sum())}
    for i, language in enumerate(LANGUAGES):
        numbers |= {f"by_{language}": _made_of(entry, called, i), f"review_{language}": _review(entry, as_of, language)}
    told: Sentences = [("several.about_next", names | numbers)]
    known = sizes[sizes["confidence"].notna()]
    if not len(known):
        told.append(("several.unsure", {}))
    else:
        weights = known["n_accounts"] / known["n_accounts"].sum()
        doubtful = int(known["n_doubtful"].sum())
        told.append(
            ("several.sure", {"confidence": float((weights * known["confidence"]).sum()), "n_doubtful": doubtful})
        )
    return told


def _made_of(entry: Any, called: dict[str, tuple[str, str]], i: int) -> str:
    language = LANGUAGES[i]
    if isinstance(entry, PersonSegmentation):
        return say("several.by_persons", language)
    if isinstance(entry, CombinedSegmentation):
        outer, inner = (called[part][i] for part in entry.of)
        return say("several.by_both", language, **{f"outer_{language}": outer, f"inner_{language}": inner})
    return ""


def _review(entry: Any, as_of: dt.date, language: str) -> str:
    if entry.review is None:
        return say("several.review_none", language)
    key = "several.review_due" if entry.review <= as_of else "several.review_later"
    return say(key, language, review=entry.review)


def _quoted(name: str, language: str) -> str:
    return f"„{name}“" if language == "de" else f"“{name}”"
