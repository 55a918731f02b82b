"""Model cards to read: per model what was asked, how it was tried, what came out, and which figure is used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.texts import LANGUAGES, has, say, show
from segkit.value.backtests.scores import ALL, is_used

if TYPE_CHECKING:
    import pandas as pd

MODELS = ("lifetime", "churn", "potential", "leads", "onboarding")
FIGURES = ["value", "low", "high", "baseline", "gain", "gain_low", "gain_high"]
KINDS = {
    **dict.fromkeys(["auc", "calibration_in_the_large", "bias_share", "top_decile_share", "coverage"], "percent"),
    "interval_coverage": "percent",
    **dict.fromkeys(["brier", "log_loss", "pinball"], "fine"),
    "mae": "money",
}
"""Metric → kind of `segkit.texts.show`; the others are plain numbers."""
LOCALES = {"de": "de_DE", "en": "en_GB"}
WORTH_SAYING = ("few_accounts", "few_outcomes", "one_outcome", "constant", "no_cases", "no_better")


def list_verdicts(cards: pd.DataFrame) -> pd.DataFrame:
    """Return one row per model and rule that it was set beside: how it came out where it counts.

    Parameters
    ----------
    cards : DataFrame
        Table `model_cards`.

    Returns
    -------
    DataFrame
        `model` (in the order of the notebook), `metric` (the deciding one), `baseline_name`, the FIGURES, `n`,
        `n_origins`, `first_origin` and `last_origin` (dates as text, None without), `horizon_days`, `used` (model only
        where it beats every rule), `reason`, and `relative`, `relative_low`, `relative_high`: the gain over the size of
        the rule's own figure, so that models with different measures stand beside each other.
    """
    import pandas as pd

    deciding = cards[cards["is_deciding"].astype(bool)]
    known = [*MODELS, *sorted(set(deciding["model"]) - set(MODELS))]
    rows: list[dict[str, Any]] = []
    for model in known:
        of_model = cards[cards["model"] == model]
        used = "model" if is_used(of_model) else None
        for row in deciding[deciding["model"] == model].sort_values("baseline_name").to_dict("records"):
            same = (of_model["metric"] == row["metric"]) & (of_model["baseline_name"] == row["baseline_name"])
            origins = sorted(of_model.loc[same & (of_model["origin"] != ALL), "origin"].astype(str))
            horizon = row["horizon_days"]
            size = abs(row["baseline"]) or np.nan
            rows.append(
                {
                    **{name: row[name] for name in ["model", "metric", "baseline_name", *FIGURES, "n"]},
                    "n_origins": len(origins),
                    "first_origin": origins[0] if origins else None,
                    "last_origin": origins[-1] if origins else None,
                    "horizon_days": None if pd.isna(horizon) else int(horizon),
                    "used": used or ("none" if row["used"] == "none" else "rule"),
                    "reason": None if pd.isna(row["reason"]) else str(row["reason"]),
                    "relative": row["gain"] / size,
                    "relative_low": row["gain_low"] / size,
                    "relative_high": row["gain_high"] / size,
                }
            )
    columns = ["model", "metric", "baseline_name", *FIGURES, "n", "n_origins", "first_origin", "last_origin"]
    columns += ["horizon_days", "used", "reason", "relative", "relative_low", "relative_high"]
    return pd.DataFrame(rows, columns=columns)


def name_verdicts(verdicts: pd.DataFrame, currency: str = "EUR") -> pd.DataFrame:
    """Return the verdicts as a table to read, each column in German (`_de`) and English (`_en`).

    Parameters
    ----------
    verdicts : DataFrame
        As `list_verdicts` gives them.
    currency : str
        Of measures in money.

    Returns
    -------
    DataFrame
        `forecast`, `measure`, `model_figure` (with its interval), `beside_rule` (name of the rule), `rule_figure` and
        `in_use`, all of them text; `n_cases`.
    """
    import pandas as pd

    rows = []
    for row in verdicts.to_dict("records"):
        shown: dict[str, Any] = {}
        for language in LANGUAGES:
            figures = {
                f: show(row[f], KINDS.get(row["metric"], "decimal"), LOCALES[language], currency) for f in FIGURES
            }
            between = "cards.figure_between" if pd.notna(row["low"]) else "cards.figure_alone"
            shown |= {
                f"forecast_{language}": name_of(f"cards.name_{row['model']}", row["model"], language),
                f"measure_{language}": name_of(f"cards.metric_{row['metric']}", row["metric"], language),
                f"model_figure_{language}": say(between, language, **figures),
                f"beside_rule_{language}": name_of(row["baseline_name"], row["baseline_name"], language),
                f"rule_figure_{language}": figures["baseline"],
                f"in_use_{language}": say(f"cards.verdict_{row['used'] if row['n'] else 'untried'}", language),
            }
        rows.append({**shown, "n_cases": row["n"]})
    names = ["forecast", "measure", "model_figure", "beside_rule", "rule_figure", "in_use"]
    return pd.DataFrame(rows, columns=[*(f"{name}_{x}" for name in names for x in LANGUAGES), "n_cases"])


def name_of(key: str, otherwise: str, language: str) -> str:
    """Return the words of a key, or something else where the texts have none."""
    return say(key, language) if has(key) else otherwise


def trust_findings(cards: pd.DataFrame, model: str) -> list[dict[str, Any]]:
    """Return how far a model can be trusted: what the look back measured with both numbers, and what is used.

    Parameters
    ----------
    cards : DataFrame
        Rows of table `model_cards`, also of other models.
    model : str
        Which one.

    Returns
    -------
    list of dict
        Two findings: `cards.measured_<metric>` of the rule that comes closest (in words of the model's own where there
        are such), and `cards.used_…`. Only the second, with the reason in its key, where there is no interval; none
        where the model has no card.
    """
    verdicts = list_verdicts(cards[cards["model"] == model])
    if verdicts.empty:
        return []
    closest = verdicts.loc[verdicts["gain"].fillna(np.inf).idxmin()].to_dict()
    numbers = {k: _plain(closest[k]) for k in ["n", "n_origins", "first_origin", "last_origin", "horizon_days"]}
    figures = {k: _plain(closest[k]) for k in FIGURES}
    found = []
    if figures["low"] is not None and figures["baseline"] is not None:
        key, own = (f"cards.measured_{name}" for name in (closest["metric"], f"{closest['metric']}_{model}"))
        found.append({"key": own if has(own) else key, **numbers, **figures})
    return [*found, {"key": f"cards.{_verdict(closest)}", **numbers}]


def _verdict(closest: dict[str, Any]) -> str:
    """Return used_model, used_none, or used_rule with what speaks against the model."""
    if closest["used"] != "rule":
        return f"used_{closest['used']}"
    if closest["gain_low"] > 0:
        return "used_rule_worse_elsewhere"
    reason = (closest["reason"] or "cards.no_better").removeprefix("cards.")
    return f"used_rule_{reason}" if reason in WORTH_SAYING else "used_rule_no_better"


def _plain(value: Any) -> Any:
    """Return a number or text of plain Python, None for what is missing."""
    if value is None or (isinstance(value, float) and not np.isfinite(value)):
        return None
    return value.item() if isinstance(value, np.generic) else value


def summarise_trust(cards: pd.DataFrame) -> list[dict[str, Any]]:
    """Return how far the models of a run can be trusted, all together: findings for the top of the page.

    Parameters
    ----------
    cards : DataFrame
        Table `model_cards`.

    Returns
    -------
    list of dict
        `cards.summary` (n_models tried, n_used of them, n_rules where the rule is used; other words where all or none
        are used), then how many could not be tried.
    """
    verdicts = list_verdicts(cards).drop_duplicates("model")
    if verdicts.empty:
        return [{"key": "cards.summary_nothing"}]
    tried = verdicts[verdicts["n"] > 0]
    n_used, n_untried = int((tried["used"] == "model").sum()), len(verdicts) - len(tried)
    found: list[dict[str, Any]] = []
    if len(tried):
        key = "cards.summary_all" if n_used == len(tried) else "cards.summary" if n_used else "cards.summary_rules"
        found.append({"key": key, "n_models": len(tried), "n_used": n_used, "n_rules": len(tried) - n_used})
    return [*found, {"key": "cards.summary_untried", "n": n_untried}] if n_untried else found
