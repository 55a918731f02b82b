"""What the profiles say: each finding is a key of the texts with its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segkit.profiles.profile import FEWEST_ACCOUNTS, strength
from segkit.profiles.shaping import missing_variables
from segkit.profiles.variables import CATEGORIES, VARIABLES
from segkit.profiles.wording import category_name, variable_name
from segkit.texts import LANGUAGES, show

if TYPE_CHECKING:
    import pandas as pd

Sentences = list[tuple[str, dict[str, Any]]]
LOCALES = {"de": "de_DE", "en": "en_GB"}
KINDS = {"money": "money", "days": "count", "count": "number", "number": "decimal", "percent": "percent"}


def describe_answer(cards: pd.DataFrame, profiles: pd.DataFrame, currency: str = "EUR") -> Sentences:
    """Return how many segments differ from the rest in something they are not made from, and which stands out most."""
    markers = _markers(profiles)
    filled = cards[cards["n_accounts"] > 0]
    numbers = {
        "n_segments": len(filled),
        "n_accounts": int(cards["n_accounts"].sum()),
        "n_different": int(markers["segment_id"].nunique()) if len(markers) else 0,
    }
    told: Sentences = [("profiles.answer", numbers)]
    of_numbers = markers[markers["category"] == ""] if len(markers) else markers
    if len(of_numbers):
        first = of_numbers.loc[strength(of_numbers).abs().round(9).sort_values(kind="stable").index[-1]]
        told.append(("profiles.answer_strongest", _names(cards, first["segment_id"]) | _figures(first, currency)))
    return told if len(markers) else [*told, ("profiles.no_markers", {})]


def describe_rules(profiles: pd.DataFrame) -> Sentences:
    """Return what makes a marker, and what proves nothing."""
    n_tests = int(profiles["p_adjusted"].notna().sum()) if len(profiles) else 0
    return [("profiles.rule_markers", {"n_tests": n_tests})]


def describe_limits(cards: pd.DataFrame, profiles: pd.DataFrame) -> Sentences:
    """Return which segments are too small to compare, and which variables the data lack."""
    told: Sentences = []
    small = cards[cards["is_small"].astype(bool) & (cards["n_accounts"] > 0)]
    if len(small):
        names = {f"small_{lang}": ", ".join(small[f"name_{lang}"]) for lang in LANGUAGES}
        told.append(("profiles.small", {"fewest": FEWEST_ACCOUNTS, **names}))
    missing = missing_variables(profiles)
    if missing:
        words = {f"missing_{lang}": ", ".join(variable_name(name, lang) for name in missing) for lang in LANGUAGES}
        told.append(("profiles.missing", words))
    return told


def describe_categories(cards: pd.DataFrame, profiles: pd.DataFrame) -> Sentences:
    """Return which category stands out most in a segment; or that none does, or that there are none."""
    names = {variable.name for variable in CATEGORIES}
    if profiles.empty or not profiles["variable"].isin(names).any():
        return [("profiles.without_categories", {})]
    markers = _markers(profiles)
    over = markers[markers["variable"].isin(names) & (markers["effect_size"] > 0)]
    if over.empty:
        return [("profiles.no_categories", {})]
    first = over.loc[over["effect_size"].round(9).sort_values(kind="stable").index[-1]]
    shown = {
        f"category_{lang}": f"{variable_name(first['variable'], lang)} "
        f"{category_name(first['variable'], first['category'], lang)}"
        for lang in LANGUAGES
    }
    figures = {name: float(first[name]) for name in ("value", "overall", "index")}
    n = int(over.drop_duplicates(["variable", "category"]).shape[0])
    return [("profiles.categories", {"n": n, **shown, **_names(cards, first["segment_id"]), **figures})]


def describe_changes(cards: pd.DataFrame, is_complete: bool) -> Sentences:
    """Return the segment that changed most in accounts; or why nothing is compared."""
    compared = cards.dropna(subset="compared_with")
    if compared.empty:
        return [("profiles.changed_first" if is_complete else "profiles.changed_incomplete", {})]
    moves = (compared["n_joined"] + compared["n_left"]).astype(float)
    most = compared.loc[moves.sort_values(kind="stable").index[-1]]
    numbers = {"quarter": str(most["compared_with"]), **_names(cards, most["segment_id"])}
    return [("profiles.changed", numbers | {name: int(most[name]) for name in ("n_joined", "n_left")})]


def describe_names(cards: pd.DataFrame) -> Sentences:
    """Return where the names come from, and a warning for each that the profile no longer supports."""
    counts = cards["name_source"].value_counts()
    sources = {f"n_{source}": int(counts.get(source, 0)) for source in ("template", "kept", "decision")}
    told: Sentences = [("profiles.names_new", sources)]
    outdated = cards.dropna(subset="proposal_en")
    texts = ("telling_de", "telling_en", "proposal_de", "proposal_en")
    told += [
        ("profiles.warn_name", {"quarter": str(row["name_quarter"]), **{name: str(row[name]) for name in texts}})
        for row in outdated.to_dict("records")
    ]
    return told if len(outdated) else [*told, ("profiles.names_hold", {})]


def describe_next(cards: pd.DataFrame) -> Sentences:
    """Return what there is to decide."""
    return [("profiles.next", {"n_segments": int((cards["n_accounts"] > 0).sum())})]


def _markers(profiles: pd.DataFrame) -> pd.DataFrame:
    """Return the markers that the segments are not made from."""
    if profiles.empty:
        return profiles
    return profiles[profiles["is_marker"].astype(bool) & ~profiles["is_input"].astype(bool)]


def _names(cards: pd.DataFrame, segment_id: str) -> dict[str, str]:
    row = cards.set_index("segment_id").loc[segment_id]
    return {f"name_{lang}": str(row[f"name_{lang}"]) for lang in LANGUAGES}


def _figures(row: pd.Series, currency: str) -> dict[str, str]:
    """Return the variable and its values in the manner of each language."""
    kind = KINDS[VARIABLES[row["variable"]].unit]
    shown = {f"variable_{lang}": variable_name(row["variable"], lang) for lang in LANGUAGES}
    for name in ("value", "overall"):
        shown |= {f"{name}_{lang}": show(float(row[name]), kind, LOCALES[lang], currency) for lang in LANGUAGES}
    return shown
