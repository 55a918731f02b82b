"""What notebook 04 says: keys of sentences with their numbers, worked out from the tables it wrote."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from segkit.segments.grid import DORMANT
from segkit.segments.rules import describe_cluster
from segkit.texts import LANGUAGES, say

if TYPE_CHECKING:
    import pandas as pd

Sentences = list[tuple[str, dict[str, Any]]]
SURE = 0.8


def describe_answer(sizes: pd.DataFrame, segments: pd.DataFrame, model: Mapping[str, Any]) -> Sentences:
    """Return what the segments are, and whether the model changed."""
    filled = sizes[sizes["n_accounts"] > 0]
    largest = filled.sort_values(["revenue_12m", "segment_id"], ascending=[False, True]).iloc[0]
    kept = segments["kept_segment_id"].fillna("")
    changed = (kept != "") & (kept != segments["segment_id"]) & ~segments["is_manual"].astype(bool)
    quarter = {"fitted_quarter": model["fitted_quarter"], "author": model.get("adopted", {}).get("by", "")}
    quarter |= {f"method_{language}": say(f"methods.name_{model['method']}", language) for language in LANGUAGES}
    numbers = {
        "n_accounts": int(sizes["n_accounts"].sum()),
        "n_segments": len(filled),
        **_names("largest", largest),
        "share_accounts": _float(largest["share_accounts"]),
        "share_revenue": _float(largest["share_revenue"]),
    }
    why = model["why"]
    if why == "adopted" and not (kept != "").any():
        why = "adopted_alone"
    return [
        ("segments.answer", numbers),
        ("segments.answer_fitted" if "fit" in model else "segments.answer_grid", quarter),
        (f"segments.why_{why}", quarter | {"n_changed": int(changed.sum())}),
    ]


def describe_money(sizes: pd.DataFrame) -> Sentences:
    """Return who holds the margin, and how many accounts are gone."""
    gone = sizes[sizes["segment_id"].isin(["S6", DORMANT])]
    numbers: dict[str, Any] = {"n_gone": int(gone["n_accounts"].sum())}
    if "S6" not in set(sizes["segment_id"]):
        return [("segments.sizes_no_lapsed", {})]
    if sizes["margin_12m"].isna().all():
        return [("segments.sizes_no_margin", numbers)]
    best = sizes.sort_values(["margin_12m", "segment_id"], ascending=[False, True], na_position="last").iloc[0]
    numbers |= {**_names("largest", best), "share_margin": _float(best["share_margin"])}
    return [("segments.sizes", numbers)]


def describe_rules_in_words(rules: pd.DataFrame, model: Mapping[str, Any], sizes: pd.DataFrame) -> Sentences:
    """Return one sentence per rule, in the order in which the rules are tried."""
    thresholds = {name: value for name, value in model["rules"].items() if name != "key_accounts"}
    names = sizes.set_index("segment_id")
    sentences = []
    for rule in rules.sort_values("step").itertuples():
        numbers = thresholds | {"n": int(rule.n_accounts), "revenue": _float(rule.revenue_from)}
        if rule.reason == "segments.rule_hand":
            numbers |= _names("name", names.loc[rule.segment_id]) | {"rule": rule.rule}
        if rule.reason == "segments.rule_cluster":
            typical = describe_cluster(rule.segment_id, model)
            numbers |= _names("name", names.loc[rule.segment_id])
            numbers |= {"frequency": typical.get("frequency_12m"), "days": typical.get("days_since_last")}
        sentences.append((rule.reason, numbers))
    return sentences


def describe_confidence(segments: pd.DataFrame, sizes: pd.DataFrame) -> Sentences:
    """Return how many accounts are assigned safely."""
    judged = segments[segments["confidence"].notna()]
    n_doubtful = int((judged["confidence"] < SURE).sum())
    if not len(judged):
        return [("several.unsure", {})]
    if not n_doubtful:
        return [("segments.confidence_all", {})]
    most = sizes.sort_values(["n_doubtful", "segment_id"], ascending=[False, True]).iloc[0]
    numbers = {
        "share_sure": 1 - n_doubtful / len(judged),
        "n_doubtful": n_doubtful,
        **_names("most", most),
    }
    return [("segments.confidence", numbers)]


def describe_moves(warnings: pd.DataFrame) -> Sentences:
    """Return the warning about decisions that could not be obeyed; nothing where all were."""
    return [("segments.warn_moves", {"n": len(warnings)})] if len(warnings) else []


def describe_why_not(challenger_model: Mapping[str, Any]) -> Sentences:
    """Return why no clusters were fitted; nothing where they were."""
    why_not = challenger_model["why_not"]
    return [(why_not, {"n": challenger_model["n_accounts"]})] if why_not else []


def describe_would_move(challenger: pd.DataFrame) -> Sentences:
    """Return how many accounts would change their segment with the challenger, and their revenue."""
    movers = challenger[challenger["would_move"].astype(bool)]
    if movers.empty:
        return [("segments.would_move_none", {})]
    numbers = {"n": len(movers), "n_all": len(challenger), "revenue": _float(movers["revenue_12m"].sum())}
    return [("segments.would_move", numbers)]


def select_movers(challenger: pd.DataFrame, accounts: pd.DataFrame, sizes: pd.DataFrame, n: int = 10) -> pd.DataFrame:
    """Return the n largest accounts that would move.

    Returns
    -------
    DataFrame
        account_id, name, segment_name_de, segment_name_en, counterpart_id_de, counterpart_id_en (empty: a segment of
        its own), revenue_12m.
    """
    movers = challenger[challenger["would_move"].astype(bool)]
    movers = movers.sort_values(["revenue_12m", "account_id"], ascending=[False, True]).head(n)
    known = accounts.set_index("account_id")["name"].dropna().to_dict()
    called = sizes.set_index("segment_id")
    movers = movers.assign(name=[known.get(account, account) for account in movers["account_id"]])
    for language in LANGUAGES:
        names = called[f"name_{language}"]
        movers[f"segment_name_{language}"] = movers["segment_id"].map(names)
        movers[f"counterpart_id_{language}"] = movers["counterpart_id"].map(names)
    both = [f"{column}_{language}" for column in ("segment_name", "counterpart_id") for language in LANGUAGES]
    return movers[["account_id", "name", *both, "revenue_12m"]]


def describe_next(sizes: pd.DataFrame, model: Mapping[str, Any]) -> Sentences:
    """Return what there is to decide."""
    if model["method"] != "grid":
        return [("segments.decide_clusters", {})]
    risk = sizes[sizes["segment_id"] == "S4"].iloc[0]
    return [("segments.decide", {"n_risk": int(risk["n_accounts"]), "revenue_risk": _float(risk["revenue_12m"])})]


def _names(word: str, segment: Any) -> dict[str, str]:
    """Return a segment's names for the sentences of both languages."""
    return {f"{word}_{language}": str(segment[f"name_{language}"]) for language in ("de", "en")}


def _float(value: Any) -> float | None:
    number = float(value)
    return None if number != number else number
