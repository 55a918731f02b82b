"""What notebook 01 says of rules, of doubtful values that people decide, and of missing values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit import texts
from segkit.cleansing.fields import field_name

if TYPE_CHECKING:
    import pandas as pd

    from segkit.cleansing.findings import Finding

MOST = 5  # sentences about missing values; the picture shows more
EXAMPLES = 4
LONGEST_EXAMPLE = 30  # characters of what stands in a cell instead of a value
LOOKED_EMPTY = ("not_stated", "not_chosen", "not_applicable")


def describe_rules(cleaning_rules: pd.DataFrame) -> list[Finding]:
    """Say what the rules looked at, repaired and proposed, and how many found nothing.

    Parameters
    ----------
    cleaning_rules : DataFrame
        The table cleaning_rules.
    """
    if cleaning_rules.empty:
        return [("quality.rules_none", {})]
    counts = cleaning_rules[["n_rows", "n_changed", "n_proposed"]].astype(int).sum()
    found: list[Finding] = [("quality.rules", {"n_rules": cleaning_rules["rule"].nunique(), **counts.to_dict()})]
    by_rule = cleaning_rules.assign(n=_found(cleaning_rules)).groupby("rule")["n"].sum()
    n_idle = int((by_rule == 0).sum())
    if n_idle:
        found.append(("quality.rules_idle", {"n": n_idle}))
    return found


def _found(rules: pd.DataFrame) -> pd.Series:
    return rules["n_changed"].astype(int) + rules["n_proposed"].astype(int)


def tabulate_rules(cleaning_rules: pd.DataFrame) -> pd.DataFrame:
    """Return the rules that found something as a table to show, those with the most to decide first, then repairs.

    Parameters
    ----------
    cleaning_rules : DataFrame
        The table cleaning_rules.

    Returns
    -------
    DataFrame
        rule_words_de, rule_words_en, kind_words_de, kind_words_en, where, n_looked_at, n_repaired, n_to_decide.
    """
    busy = cleaning_rules[_found(cleaning_rules) > 0]
    order = ["n_proposed", "n_changed", "table", "column", "rule"]
    busy = busy.sort_values(order, ascending=[False, False, True, True, True], kind="stable").reset_index(drop=True)
    words = {f"rule_words_{x}": [rule_words(rule, x) for rule in busy["rule"]] for x in texts.LANGUAGES}
    kinds = {f"kind_words_{x}": [_known(f"quality.kind_{kind}", x, str(kind)) for kind in busy["kind"]]
             for x in texts.LANGUAGES}  # fmt: skip
    numbers = {"n_looked_at": "n_rows", "n_repaired": "n_changed", "n_to_decide": "n_proposed"}
    where = busy["table"] + "." + busy["column"]
    return busy[[]].assign(**words, **kinds, where=where, **{new: busy[old] for new, old in numbers.items()})


def rule_words(rule: object, language: str) -> str:
    """Return the words of a rule, from the texts of the repairs; without any, its name without underscores."""
    for key in (f"repairs.rule_{rule}", f"firmographics.rule_{rule}", f"quality.rule_{rule}"):
        if texts.has(key):
            return _known(key, language, str(rule))
    return str(rule).replace("_", " ")


def _known(key: str, language: str, otherwise: str) -> str:
    """Return the text of a key, where it has one that needs no numbers."""
    if not texts.has(key):
        return otherwise
    try:
        return texts.say(key, language)
    except KeyError:
        return otherwise


def by_money(proposals: pd.DataFrame) -> pd.DataFrame:
    """Return proposals in the order in which people decide: the most money first."""
    money = proposals["revenue"].astype(float).fillna(0)
    ranked = proposals.assign(money=money)
    order = ["money", "table", "record_id", "column", "rule"]
    ranked = ranked.sort_values(order, ascending=[False, True, True, True, True], kind="stable")
    return ranked.drop(columns="money").reset_index(drop=True)


def revenue_of(proposals: pd.DataFrame) -> float:
    """Return the revenue of the accounts behind proposals, that of each record once."""
    money = proposals.assign(money=proposals["revenue"].astype(float).fillna(0))
    return float(money.groupby(["table", "record_id"])["money"].max().sum())


def describe_proposals(proposals: pd.DataFrame) -> list[Finding]:
    """Say how many doubtful values wait, with whose money, and how many are decided.

    Parameters
    ----------
    proposals : DataFrame
        The table proposals.
    """
    status = proposals["status"]
    is_open = proposals[status == "open"]
    found: list[Finding] = []
    if len(is_open):
        found.append(("quality.proposals_open", {"n": len(is_open), "revenue": revenue_of(is_open)}))
    counts = {"n_accepted": int((status == "accepted").sum()), "n_refused": int((status == "refused").sum())}
    if any(counts.values()):
        found.append(("quality.proposals_decided", counts))
    return found or [("quality.proposals_none", {})]


def tabulate_proposals(proposals: pd.DataFrame, accounts: pd.DataFrame) -> pd.DataFrame:
    """Return the doubtful values that wait for a decision as a table to show, the most money first.

    Parameters
    ----------
    proposals : DataFrame
        The table proposals.
    accounts : DataFrame
        account_id, name; records that are no account have no name.

    Returns
    -------
    DataFrame
        record_id, name, field_de, field_en, stands_there, would_be_de, would_be_en, why_doubtful_de,
        why_doubtful_en, revenue_account.
    """
    is_open = by_money(proposals[proposals["status"] == "open"])
    fields = {f"field_{x}": [field_name(column, x) for column in is_open["column"]] for x in texts.LANGUAGES}
    would = {
        f"would_be_{x}": is_open["proposed_value"].fillna(texts.say("quality.set_empty", x)) for x in texts.LANGUAGES
    }
    why = {f"why_doubtful_{x}": [reason_words(row, x) for row in is_open.to_dict("records")] for x in texts.LANGUAGES}
    names = accounts.drop_duplicates("account_id").set_index("account_id")["name"]
    known = is_open["record_id"].map(names).where(is_open["table"] == "accounts")
    return is_open[["record_id"]].assign(
        name=known,
        **fields,
        stands_there=is_open["old_value"],
        **would,
        **why,
        revenue_account=is_open["revenue"].astype(float),
    )


def reason_words(proposal: dict, language: str) -> str:
    """Return why a value is doubtful: the sentence of its reason, else the words of its rule."""
    reason = str(proposal.get("reason") or "")
    if texts.has(reason):
        try:
            return texts.say(reason, language, **{str(name): value for name, value in proposal.items()})
        except KeyError:  # a sentence about many values, with their number
            pass
    return rule_words(proposal.get("rule") or reason, language)


def describe_missing(missing_values: pd.DataFrame) -> list[Finding]:
    """Say which delivered columns lack most, and what looked filled in and was not.

    Parameters
    ----------
    missing_values : DataFrame
        The table missing_values.
    """
    counts = missing_values.astype({"n_rows": int, "n_missing": int})
    found: list[Finding] = []
    for (table, column), rows in counts.groupby(["table", "column"], sort=True):
        n_missing, n_rows = int(rows["n_missing"].sum()), int(rows["n_rows"].max())
        if 0 < n_missing < n_rows:
            most = rows.sort_values(["n_missing", "reason"], ascending=[False, True], kind="stable")["reason"].iloc[0]
            reasons = {f"reason_{x}": _known(f"quality.reason_{most}", x, str(most)) for x in texts.LANGUAGES}
            numbers = {"table": table, "column": column, "n_missing": n_missing, "n_rows": n_rows}
            found.append(("quality.missing", {**numbers, "share": n_missing / n_rows, **reasons}))
    found = sorted(found, key=lambda finding: -finding[1]["share"])[:MOST]
    looked = counts[counts["reason"].isin(LOOKED_EMPTY) & (counts["n_missing"] > 0)]
    if looked["written"].notna().any():
        common = looked.groupby("written")["n_missing"].sum().sort_values(ascending=False, kind="stable")
        shown = ", ".join(f"“{str(text)[:LONGEST_EXAMPLE]}”" for text in common.index[:EXAMPLES])
        found.append(("quality.missing_written", {"n": int(looked["n_missing"].sum()), "examples": shown}))
    return found or [("quality.missing_none", {})]
