"""Telling names: the short name and the one or two strongest traits in words; kept over the quarters."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from segkit.profiles.profile import strength
from segkit.profiles.traits import GONE_DAYS, is_known
from segkit.profiles.wording import category_name
from segkit.texts import LANGUAGES, has, say

if TYPE_CHECKING:
    import pandas as pd

MOST_PHRASES = 2
DAYS_PER_WEEK, DAYS_PER_MONTH = 7, 30.44
WEEKS_FROM, MONTHS_FROM = 10.5, 60.0  # days from which a rhythm is told in weeks, in months
FEWEST_FOR_FACT = 3  # accounts whose rhythm may stand in a name
TOLERANCE = 0.25  # a number in a name holds while the median is so near to what it was
STILL_HOLDS = 0.5  # a word in a name holds while the effect is at least half a medium one, in the same direction
Claim = dict[str, Any]


def find_claims(profiles: pd.DataFrame, traits: pd.DataFrame) -> list[Claim]:
    """Return what the name of one segment claims, at most two things; without traits a fact, or nothing.

    Parameters
    ----------
    profiles, traits : DataFrame
        Rows of the segment in the tables `profiles` and `segment_traits`.

    Returns
    -------
    list of dict
        key (of the phrase), variable, category, direction (1, −1; 0 for a fact), value, n (the number in the phrase).
    """
    claims = [_claim(row, 1 if row.effect_size > 0 else -1) for row in traits[~traits["is_fact"]].itertuples()]
    named = [claim for claim in claims if has(claim["key"])]
    named.sort(key=lambda claim: claim["variable"] != "interval_days")  # the rhythm first, then the strongest
    return named[:MOST_PHRASES] or _fact(profiles)


def _fact(profiles: pd.DataFrame) -> list[Claim]:
    """Return how long a segment has been gone, else its rhythm: true of the segment alone, and no comparison."""
    for variable, least in (("days_since_last", GONE_DAYS), ("interval_days", 0)):
        rows = profiles[(profiles["variable"] == variable) & is_known(profiles) & (profiles["n"] >= FEWEST_FOR_FACT)]
        for row in rows[rows["value"] >= least].itertuples():
            return [_claim(row, 0)]
    return []


def _claim(row: Any, direction: int) -> Claim:
    variable, category, value = str(row.variable), str(row.category), float(row.value)
    word, n = _told(variable, value, direction)
    key = f"profiles.name_{variable}" if category else f"profiles.name_{variable}_{word}"
    return {"key": key, "variable": variable, "category": category, "direction": direction, "value": value, "n": n}


def _told(variable: str, value: float, direction: int) -> tuple[str, int | None]:
    """Return the ending of a phrase's key and the number in it."""
    if variable == "interval_days":
        if value < 1.5:
            return "daily", None
        if value < WEEKS_FROM:
            return "days", round(value)
        if value < MONTHS_FROM:
            return "weeks", round(value / DAYS_PER_WEEK)
        return "months", round(value / DAYS_PER_MONTH)
    if variable == "days_since_last":
        return "months", round(value / DAYS_PER_MONTH)
    word = "high" if direction > 0 else "low"
    if variable == "frequency_12m":
        return ("once", None) if round(value) <= 1 else (word, round(value))
    return word, None


def telling_name(short: str, claims: Sequence[Claim], language: str) -> str:
    """Return a segment's telling name in one language: "Core: order about every 6 weeks, broad range"."""
    phrases = [
        say(
            claim["key"], language, n=claim["n"], category=category_name(claim["variable"], claim["category"], language)
        )
        for claim in claims
    ]
    return f"{short}: {', '.join(phrases)}" if phrases else short


def is_supported(claim: Claim, profiles: pd.DataFrame) -> bool:
    """Say whether what a name claims still holds; where too few accounts are left to judge it does.

    Parameters
    ----------
    claim : dict
        As of `find_claims`, when the name was given.
    profiles : DataFrame
        Rows of the segment in this quarter's table `profiles`.
    """
    rows = profiles[(profiles["variable"] == claim["variable"]) & (profiles["category"] == claim["category"])]
    if rows.empty:
        return True
    row = rows.iloc[0]
    is_far = abs(row["value"] - claim["value"]) > TOLERANCE * claim["value"]
    if claim["n"] is not None and row["n"] >= FEWEST_FOR_FACT and is_far:
        return False
    effect = float(strength(rows).iloc[0])
    return not claim["direction"] or effect != effect or effect * claim["direction"] >= STILL_HOLDS


def name_segments(
    shorts: pd.DataFrame,
    profiles: pd.DataFrame,
    traits: pd.DataFrame,
    names: pd.DataFrame,
    quarter: str,
    before: pd.DataFrame | None = None,
    is_complete: bool = True,
) -> pd.DataFrame:
    """Return the telling names: a person's decision, else the one of the previous run, else one from the profile.

    Parameters
    ----------
    shorts : DataFrame
        segment_id, name_de, name_en of the active segments of one segmentation (names decided are in it already).
    profiles, traits : DataFrame
        Tables `profiles` and `segment_traits` of this quarter.
    names : DataFrame
        decisions/names.csv of this segmentation.
    quarter : str
        Of the run.
    before : DataFrame, optional
        `segment_cards` of the previous run, of this segmentation.
    is_complete : bool
        The data cover the quarter; otherwise no other name is proposed.

    Returns
    -------
    DataFrame
        segment_id, telling_de, telling_en, name_source, name_quarter, claims (JSON), proposal_de, proposal_en (the name
        that the profile would give today, where it no longer supports the one kept; else empty).
    """
    import pandas as pd

    decided = {row["segment_id"]: row for row in names.fillna("").to_dict("records")}
    kept: dict[str, Any] = {} if before is None else before.set_index("segment_id").to_dict("index")
    rows = []
    for short in shorts.to_dict("records"):
        segment_id = str(short["segment_id"])
        of_segment = profiles[profiles["segment_id"] == segment_id]
        claims = find_claims(of_segment, traits[traits["segment_id"] == segment_id])
        fresh = {f"telling_{lang}": telling_name(str(short[f"name_{lang}"]), claims, lang) for lang in LANGUAGES}
        row: dict[str, Any] = {"segment_id": segment_id, "proposal_de": None, "proposal_en": None}
        earlier = kept.get(segment_id, {})
        if _is_decided(short, decided.get(segment_id, {})):
            row |= {"name_source": "decision", "name_quarter": decided[segment_id]["quarter"] or quarter}
            row |= {"telling_de": short["name_de"], "telling_en": short["name_en"], "claims": "[]"}
        elif _is_kept(earlier, claims):
            row |= {name: earlier[name] for name in ("telling_de", "telling_en", "name_quarter", "claims")}
            row |= {"name_source": "kept"} | (_proposal(earlier, of_segment, fresh) if is_complete else {})
        else:
            row |= {"name_source": "template", "name_quarter": quarter, "claims": json.dumps(claims)} | fresh
        rows.append(row)
    return pd.DataFrame(rows)


def _is_decided(short: Mapping[str, Any], decision: Mapping[str, Any]) -> bool:
    """Say whether a segment bears the name that a person gave; a name that another segment has is not obeyed."""
    name = decision.get("name_de") or decision.get("name_en")
    return bool(name) and name == short["name_de"]


def _is_kept(earlier: Mapping[str, Any], claims: list[Claim]) -> bool:
    """Say whether the name of the previous run goes on: not a withdrawn one, nor one that said nothing yet."""
    if not earlier or earlier["name_source"] == "decision":
        return False
    return earlier["claims"] != "[]" or not claims


def _proposal(earlier: Mapping[str, Any], profiles: pd.DataFrame, fresh: Mapping[str, str]) -> dict[str, str]:
    """Return the name that the profile would give today, where one of the kept name's claims no longer holds."""
    claims = json.loads(str(earlier["claims"]))
    if all(is_supported(claim, profiles) for claim in claims) or fresh["telling_en"] == earlier["telling_en"]:
        return {}
    return {f"proposal_{lang}": fresh[f"telling_{lang}"] for lang in LANGUAGES}
