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
STRONGEST = 3  # parts of the evidence that a table names; the widget shows all
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
    """Return the revenue of the larger records of pairs, each record once."""
    money = pairs.assign(money=pairs["revenue"].astype(float).fillna(0))
    return float(money.groupby("account_id_a")["money"].max().sum())


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
        one_record, other_record, in_systems, match_probability, evidence_de, evidence_en, revenue_larger.
    """
    review = by_money(duplicates[duplicates["status"] == "review"])
    shown = _pairs(review)
    return shown.assign(revenue_larger=review["revenue"].astype(float))


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
    evidence = {
        f"evidence_{x}": [say_evidence(text, x, STRONGEST) for text in pairs["evidence"]] for x in texts.LANGUAGES
    }
    both = [pairs[name].fillna("").tolist() for name in ("system_a", "system_b")]
    systems = [" / ".join(dict.fromkeys(filter(None, pair))) for pair in zip(*both, strict=True)]
    names = {
        column: [_named(*pair) for pair in zip(pairs[f"name_{side}"], pairs[f"account_id_{side}"], strict=True)]
        for column, side in (("one_record", "a"), ("other_record", "b"))
    }
    probability = pairs["probability"].astype(float)
    return pairs[[]].assign(**names, in_systems=systems, match_probability=probability, **evidence)


def _named(name: object, record: object) -> str:
    """Return the name of a record with the number that a decision needs."""
    return f"{_text(name)} ({record})" if _text(name) else str(record)


def known_records(accounts: pd.DataFrame, account_links: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Return what is known of records, by the ids that the table duplicates names.

    A record that is part of an account shows the account's values. Where the unit is not the company, accounts say
    nothing of single companies, and the result has no rows.

    Parameters
    ----------
    accounts, account_links : DataFrame
        The tables of these names.
    unit : str
        Setting of project.yml.

    Returns
    -------
    DataFrame
        Columns of accounts; account_id is the record's id, each once.
    """
    import pandas as pd

    if unit != "company":
        return accounts.head(0)
    parts = account_links.loc[account_links["how"] != "external", ["source_id", "account_id"]]
    parts = parts[~parts["source_id"].isin(accounts["account_id"])].drop_duplicates("source_id")
    of_account = parts.merge(accounts, on="account_id").drop(columns="account_id")
    records = of_account.rename(columns={"source_id": "account_id"})
    return pd.concat([accounts, records[list(accounts.columns)]], ignore_index=True)


def compare_pairs(duplicates: pd.DataFrame, records: pd.DataFrame, most: int = 3) -> pd.DataFrame:
    """Return the pairs with the most money that wait for a decision, side by side: what differs, and what is equal.

    Parameters
    ----------
    duplicates : DataFrame
        The table duplicates.
    records : DataFrame
        account_id (of the record) and any of `COMPARED`, such as `known_records` gives them.
    most : int
        So many pairs.

    Returns
    -------
    DataFrame
        field_de, field_en, one_record_de, one_record_en, other_record_de, other_record_en: for each pair its names, a
        row for each value that differs or that only one of them has, and one row with the names of equal ones.
    """
    import pandas as pd

    review = by_money(duplicates[duplicates["status"] == "review"]).head(most)
    known = records.drop_duplicates("account_id").set_index("account_id")
    columns = [column for column in COMPARED if column in known.columns]
    rows = []
    for pair in review.to_dict("records"):
        both = [_values(known, columns, pair[f"account_id_{side}"], pair[f"name_{side}"]) for side in "ab"]
        heads = [_named(pair[f"name_{side}"], pair[f"account_id_{side}"]) for side in "ab"]
        equal = [c for c in ("name", *columns) if both[0][c] and both[0][c].casefold() == both[1][c].casefold()]
        different = [c for c in ("name", *columns) if c not in equal and (both[0][c] or both[1][c])]
        if "name" in equal:
            different, equal = ["name", *different], [c for c in equal if c != "name"]
        for column in different:
            shown = heads if column == "name" else [side[column] or texts.NOTHING for side in both]
            rows.append([*(field_name(column, x) for x in texts.LANGUAGES),
                         *(text for text in shown for _ in texts.LANGUAGES)])  # fmt: skip
        if equal:
            words = [", ".join(field_name(column, x) for column in equal) for x in texts.LANGUAGES]
            rows.append([*(texts.say("quality.equal", x) for x in texts.LANGUAGES), *words, "", ""])
    names = [f"{column}_{x}" for column in ("field", "one_record", "other_record") for x in texts.LANGUAGES]
    return pd.DataFrame(rows, columns=names, dtype="str")


def _values(known: pd.DataFrame, columns: list[str], account_id: object, name: object) -> dict[str, str]:
    found = known.loc[account_id, columns].to_dict() if account_id in known.index else {}
    return {"name": _text(name), **{column: _text(found.get(column)) for column in columns}}


def _text(value: object) -> str:
    if value is None or value != value or str(value) in ("<NA>", "NaT"):
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
