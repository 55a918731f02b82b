"""What models say of one account: what it will bring, what it is worth, may leave, could buy; each with its reasons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from segkit import texts
from segkit.tables import TABLES
from segkit.widgets.account_words import Words

if TYPE_CHECKING:
    import pandas as pd

TILES = {  # column of account_value → kind of segkit.texts.show, ends of its interval, model whose reasons it has
    "expected_revenue_12m": ("money", ("expected_low", "expected_high"), ""),
    "lifetime_value": ("money", ("lifetime_low", "lifetime_high"), "lifetime"),
    "churn_probability": ("percent", None, "churn"),
    "potential": ("money", ("potential_low", "potential_high"), "potential"),
}
MOST_REASONS = 2
LIKELY = 0.5  # chance of leaving from which an account is more likely to be lost than to stay


def outlook(data: Mapping[str, Any], words: Words, top_share: float) -> list[dict[str, Any]]:
    """Return one tile for each forecast that the run holds of the account; none where it holds none.

    Parameters
    ----------
    data : mapping
        What `account_data` returns: ``value`` (row of account_value), ``account_reasons`` (its rows, or None).
    words : Words
        Language, currency and names.
    top_share : float
        Share of similar customers that reach the potential.

    Returns
    -------
    list of dict
        label, value, range (sentence on the interval, or on what the number stands beside; may be empty), reasons
        (sentences, the weightiest first).
    """
    value = data["value"]
    tiles = []
    for column, (kind, ends, model) in TILES.items():
        if column not in value:
            continue
        low, high = (value.get(end) for end in ends or ("", ""))
        shown = {"low": words.show(low, kind), "high": words.show(high, kind)} if low is not None else {}
        tiles.append(
            {
                "label": words.say(f"outlook_{column}", top=top_share),
                "value": words.show(value[column], kind),
                "range": words.say(f"outlook_{column}_range", **shown) if shown else "",
                "reasons": [*_beside(column, value, words), *_reasons(data.get("account_reasons"), model, words)],
            }
        )
    return tiles


def _beside(column: str, value: Mapping[str, Any], words: Words) -> list[str]:
    """What else is known of the same thing: the share of wallet, other estimates, the next end of a contract.

    Where an account is likely to be lost, what is foreseen of its purchases holds only if it stays: the models of
    purchases see a silence later than the model of churn does.
    """
    found = []
    if column in ("expected_revenue_12m", "lifetime_value") and value.get("churn_probability", 0) >= LIKELY:
        found.append(words.say("outlook_if_it_stays"))
    if column == "potential" and "share_of_wallet" in value:
        found.append(words.say("outlook_wallet", share=value["share_of_wallet"]))
    others = ("potential_estimate", "potential_top_down", "potential_known") if column == "potential" else ()
    found += [words.say(f"outlook_{name}", amount=value[name]) for name in others if name in value]
    if column == "churn_probability" and "renewal_date" in value:
        found.append(words.say("outlook_renewal", date=value["renewal_date"], amount=value.get("renewal_value")))
    if column == "churn_probability" and "revenue_at_risk" in value:
        found.append(words.say("outlook_at_risk", amount=value["revenue_at_risk"]))
    return found


def _reasons(rows: pd.DataFrame | None, model: str, words: Words) -> list[str]:
    if rows is None or not model:
        return []
    mine = rows[rows["model"] == model].sort_values("reason_rank").head(MOST_REASONS)
    columns = dict.fromkeys(TABLES["account_reasons"].columns)
    known = [row for row in mine.to_dict("records") if texts.has(row["reason"])]
    return list(dict.fromkeys(words.say(str(row["reason"]), **columns | row) for row in known))
