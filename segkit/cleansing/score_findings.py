"""What notebook 01 says of the score of data quality."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segkit import texts
from segkit.cleansing.score import DIMENSIONS

if TYPE_CHECKING:
    import pandas as pd

    from segkit.cleansing.findings import Finding

SAME = 0.05  # points that no reader sees


def rounded(score: float) -> float:
    """Return a score as people see it, with one digit: 100 only where nothing fails."""
    shown = round(float(score), 1)  # numpy rounds 92.65 to 92.6, Python to 92.7: one of them, in text and picture
    return shown if score >= 100 else min(shown, 99.9)


def describe_scores(quality_scores: pd.DataFrame) -> list[Finding]:
    """Say how good the data are, where they are weakest, and what changed since the quarter before.

    Parameters
    ----------
    quality_scores : DataFrame
        The table quality_scores.
    """
    scores = quality_scores.set_index("dimension")[["n_checked", "n_bad", "score", "previous_score"]].astype(float)
    total, parts = scores.loc["total"], scores.drop(index="total")
    known = parts[parts["score"].notna()]
    if known.empty:
        return [("quality.score_none", {})]
    worst = known["score"].idxmin()
    numbers = {
        "score": rounded(total["score"]),
        "worst_score": rounded(known.loc[worst, "score"]),
        **known.loc[worst, ["n_bad", "n_checked"]].to_dict(),
        **_names([worst], "worst"),
    }
    found: list[Finding] = [("quality.score", numbers), *_changes(total, parts)]
    unknown = list(parts.index[parts["score"].isna()])
    if unknown:
        found.append(("quality.score_not_measured", _names(unknown)))
    return found


def _changes(total: pd.Series, parts: pd.DataFrame) -> list[Finding]:
    if total["previous_score"] != total["previous_score"]:
        return [("quality.score_first", {})]
    one_sided = list(parts.index[parts["score"].isna() != parts["previous_score"].isna()])
    change = total["score"] - total["previous_score"]
    key = "score_same" if abs(change) < SAME else "score_rose" if change > 0 else "warn_score_fell"
    moved = (parts["score"] - parts["previous_score"]).dropna()
    if key != "score_same" and (moved.empty or change * (moved.max() if change > 0 else moved.min()) <= 0):
        return [("quality.score_not_alike", {**_names(one_sided), "n": len(one_sided)})] if one_sided else []
    most = moved.idxmax() if change > 0 else moved.idxmin()
    numbers: dict[str, Any] = {"previous": rounded(total["previous_score"])}
    if key != "score_same":
        numbers |= {"change": abs(moved[most]), **_names([most], "most")}
    found: list[Finding] = [(f"quality.{key}", numbers)]
    if one_sided:
        found.append(("quality.score_not_alike", {**_names(one_sided), "n": len(one_sided)}))
    return found


def _names(dimensions: list[str], prefix: str = "names") -> dict[str, str]:
    return {f"{prefix}_{x}": ", ".join(texts.say(f"scores.{name}", x) for name in dimensions) for x in texts.LANGUAGES}


def tabulate_scores(quality_scores: pd.DataFrame) -> pd.DataFrame:
    """Return the scores as a table to show: what each measures, and what it rests on.

    Parameters
    ----------
    quality_scores : DataFrame
        The table quality_scores.

    Returns
    -------
    DataFrame
        dimension_de, dimension_en, measures_de, measures_en, n_checked, n_bad; the total stays out.
    """
    parts = quality_scores[quality_scores["dimension"] != "total"]
    parts = parts.sort_values("dimension", key=lambda names: names.map(DIMENSIONS.index), kind="stable")
    words = {
        f"{column}_{language}": [texts.say(f"scores.{prefix}{name}", language) for name in parts["dimension"]]
        for column, prefix in (("dimension", ""), ("measures", "what_"))
        for language in texts.LANGUAGES
    }
    kept = parts[["n_checked", "n_bad"]]
    return kept.drop(columns=list(kept.columns)).assign(**words, n_checked=kept["n_checked"], n_bad=kept["n_bad"])
