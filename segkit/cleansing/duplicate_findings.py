"""What notebook 01 says of records that may be one customer: what was merged, what people decide, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit import texts
from segkit.cleansing.fields import field_name, say_evidence

if TYPE_CHECKING:
    import pandas as pd

    from segkit.cleansing.findings import Finding

MERGED = ("merged", "kept", "decided_same")
APART = ("apart", "decided_different")
COMPARED = ("legal_form", "street", "postal_code", "city", "country", "phone", "website", "vat_id", "register_id",
            "industry", "employees")  # fmt: skip


def describe_duplicates(duplicates: pd.DataFrame, match_model: pd.DataFrame) -> list[Finding]:
    """Say how many pairs were merged, wait for a decision or stay apart, and whether the weights are learned.

    Parameters
    ----------
    duplicates, match_model : DataFrame
        The tables of these names.
    """
    if duplicates.empty:
        return [("quality.duplicates_nothing" if len(match_model) else "quality.duplicates_none", {})]
    status = duplicates["status"]
    found: list[Finding] = []
    merged, review, apart = (duplicates[status.isin(names)] for names in (MERGED, ("review",), APART))
    if len(merged):
        numbers = {"n": len(merged), "n_decided": int((merged["status"] == "decided_same").sum()),
                   "n_new": int(merged["is_new"].fillna(False).astype(bool).sum())}  # fmt: skip
        found.append(("quality.duplicates_merged", numbers))
    if len(review):
        found.append(("quality.duplicates_review", {"n": len(review), "revenue": revenue_of(review)}))
    if len(apart):
        n_decided = int((apart["status"] == "decided_different").sum())
        found.append(("quality.duplicates_apart", {"n": len(apart), "n_decided": n_decided}))
    return found


def describe_model(match_model: pd.DataFrame) -> list[Finding]:
    """Say how many of the weights are learned from these data.

    Parameters
    ----------
    match_model : DataFrame
        The table match_model.
    """
    weights = match_model[match_model["match_weight"].notna()]
    n_trained = int(weights["is_trained"].fillna(False).astype(bool).sum())
    if weights.empty:
        return []
    key = "quality.model_trained" if n_trained else "quality.warn_model_fallback"
    return [(key, {"n": len(weights), **({"n_trained": n_trained} if n_trained else {})})]


def revenue_of(pairs: pd.DataFrame) -> float:
    """Return the revenue of the smaller records of pairs, each record once."""
    money = pairs.assign(money=pairs["revenue"].astype(float).fillna(0))
    return float(money.groupby("account_id_b")["money"].max().sum())


def by_money(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return pairs in the order in which people decide: the most money first, then the most doubtful."""
    ranked = pairs.assign(
        money=pairs["revenue"].astype(float).fillna(0), doubt=(pairs["probability"].astype(float) - 0.5).abs()
    )
    order = ["money", "doubt", "account_id_a", "account_id_b"]
    ranked = ranked.sort_values(order, ascending=[False, True, True, True], kind="stable")
    return ranked.drop(columns=["money", "doubt"]).reset_index(drop=True)


def tabulate_review(duplicates: pd.DataFrame) -> pd.DataFrame:
    """Return pairs that wait for a decision as a table to show, the most money first.

    Parameters
    ----------
    duplicates : DataFrame
        The table duplicates.

    Returns
    -------
    DataFrame
        one_record, other_record, in_systems, match_probability, evidence_de, evidence_en, revenue_smaller.
    """
    review = by_money(duplicates[duplicates["status"] == "review"])
    shown = _pairs(review)
    return shown.assign(revenue_smaller=review["revenue"].astype(float))


def tabulate_merged(duplicates: pd.DataFrame) -> pd.DataFrame:
    """Return pairs that are one customer as a table to show: new ones first, then the most doubtful.

    Parameters
    ----------
    duplicates : DataFrame
        The table duplicates.

    Returns
    -------
    DataFrame
        As `tabulate_review`, with how_decided_de and how_decided_en in the place of the money.
    """
    merged = duplicates[duplicates["status"].isin(MERGED)]
    merged = merged.assign(is_old=~merged["is_new"].fillna(False).astype(bool))
    merged = merged.sort_values(["is_old", "probability", "account_id_a", "account_id_b"], kind="stable")
    merged = merged.reset_index(drop=True)
    how = {f"how_decided_{x}": [texts.say(f"quality.by_{s}", x) for s in merged["status"]] for x in texts.LANGUAGES}
    return _pairs(merged).assign(**how)


def _pairs(pairs: pd.DataFrame) -> pd.DataFrame:
    evidence = {f"evidence_{x}": [say_evidence(text, x) for text in pairs["evidence"]] for x in texts.LANGUAGES}
    both = [pairs[name].fillna("").tolist() for name in ("system_a", "system_b")]
    systems = [" / ".join(dict.fromkeys(filter(None, pair))) for pair in zip(*both, strict=True)]
    names = {column: pairs[f"name_{side}"].fillna(pairs[f"account_id_{side}"])
             for column, side in (("one_record", "a"), ("other_record", "b"))}  # fmt: skip
    probability = pairs["probability"].astype(float)
    return pairs[[]].assign(**names, in_systems=systems, match_probability=probability, **evidence)


def compare_pairs(duplicates: pd.DataFrame, accounts: pd.DataFrame, most: int = 3) -> pd.DataFrame:
    """Return the pairs with the most money that wait for a decision, side by side: a row for each value that one has.

    Parameters
    ----------
    duplicates : DataFrame
        The table duplicates.
    accounts : DataFrame
        account_id and any of `COMPARED`.
    most : int
        So many pairs.

    Returns
    -------
    DataFrame
        pair (1, 2 …), field_de, field_en, one_record, other_record, is_equal (empty where one of them has no value).
    """
    import pandas as pd

    review = by_money(duplicates[duplicates["status"] == "review"]).head(most)
    known = accounts.drop_duplicates("account_id").set_index("account_id")
    columns = [column for column in COMPARED if column in known.columns]
    rows = []
    for number, pair in enumerate(review.to_dict("records"), start=1):
        ids = [pair["account_id_a"], pair["account_id_b"]]
        both = [{"name": pair["name_a"]}, {"name": pair["name_b"]}]
        for side, account_id in zip(both, ids, strict=True):
            if account_id in known.index:
                side |= known.loc[account_id, columns].to_dict()
        for column in ("name", *columns):
            values = [_text(side.get(column)) for side in both]
            if any(values):
                is_equal = values[0].casefold() == values[1].casefold() if all(values) else pd.NA
                rows.append((number, *(field_name(column, x) for x in texts.LANGUAGES), *values, is_equal))
    names = ["pair", "field_de", "field_en", "one_record", "other_record", "is_equal"]
    return pd.DataFrame(rows, columns=names).astype({"is_equal": "boolean"})


def _text(value: object) -> str:
    if value is None or value != value or str(value) in ("<NA>", "NaT"):
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
