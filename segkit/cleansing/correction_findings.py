"""What notebook 01 says of the errors that go back to the source systems."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit import texts

if TYPE_CHECKING:
    import pandas as pd

    from segkit.cleansing.findings import Finding


def describe_corrections(corrections: pd.DataFrame, quarter: str) -> list[Finding]:
    """Say how many errors are to be mended, what was mended since, and where most of the money is.

    Parameters
    ----------
    corrections : DataFrame
        The table corrections.
    quarter : str
        This run's quarter.
    """
    is_open = corrections[corrections["status"] == "open"]
    found: list[Finding] = [("corrections.none", {})]
    if len(is_open):
        n_new = int((is_open["first_quarter"] == quarter).sum())
        n_proposed = int(is_open["proposed_value"].notna().sum())
        numbers = {"n": len(is_open), "n_systems": is_open["system"].nunique(), "n_new": n_new,
                   "n_old": len(is_open) - n_new, "n_proposed": n_proposed}  # fmt: skip
        found = [("corrections.summary", numbers)]
    mended = corrections[corrections["status"] == "mended"]
    if len(mended):
        found.append(("corrections.were_mended", {"n": len(mended), "quarter": mended["first_quarter"].min()}))
    n_gone = int((corrections["status"] == "gone").sum())
    if n_gone:
        found.append(("corrections.were_gone", {"n": n_gone}))
    systems = [_of_system(str(system), rows) for system, rows in is_open.groupby("system")]
    return found + sorted(systems, key=lambda finding: -finding[1]["revenue"])


def _of_system(system: str, rows: pd.DataFrame) -> Finding:
    """Sentence of one system: its errors, their money, and the kind with the most of it."""
    by_rule = {str(rule): (_concerned(part), len(part)) for rule, part in rows.groupby("rule")}
    most = max(sorted(by_rule), key=lambda rule: by_rule[rule])
    key = f"corrections.why_{most}" if texts.has(f"corrections.why_{most}") else "corrections.why_other"
    kind = {f"kind_{x}": texts.say(key, x, rule=most) for x in texts.LANGUAGES}
    return "corrections.of_system", {"system": system, "n": len(rows), "revenue": _concerned(rows), **kind}


def _concerned(rows: pd.DataFrame) -> float:
    """Return the money behind errors, that of each account once."""
    money = rows.assign(money=rows["revenue_12m"].astype(float).abs().fillna(0))
    of_account = money[money["account_id"].notna()].groupby("account_id")["money"].max().sum()
    return float(of_account + money[money["account_id"].isna()]["money"].sum())


def tabulate_corrections(corrections: pd.DataFrame) -> pd.DataFrame:
    """Return open errors as a table to show, the most money first.

    Parameters
    ----------
    corrections : DataFrame
        The table corrections.

    Returns
    -------
    DataFrame
        in_system, owner_id, what_de and what_en (what is wrong), n_errors, n_proposed, revenue_concerned; one row per
        system, owner and rule.
    """
    import pandas as pd

    is_open = corrections[corrections["status"] == "open"]
    rows = []
    for (system, owner, rule), part in is_open.groupby(["system", "owner_id", "rule"], dropna=False):
        key = f"corrections.why_{rule}" if texts.has(f"corrections.why_{rule}") else "corrections.why_other"
        what = [texts.say(key, language, rule=rule) for language in ("de", "en")]
        proposed = int(part["proposed_value"].notna().sum())
        rows.append((system, owner, *what, len(part), proposed, _concerned(part)))
    columns = ["in_system", "owner_id", "what_de", "what_en", "n_errors", "n_proposed", "revenue_concerned"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.sort_values(["revenue_concerned", "n_errors"], ascending=False, kind="stable", ignore_index=True)
