"""What notebook 01 says: keys of the texts with their numbers, made from the tables it wrote."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from segkit import texts

if TYPE_CHECKING:
    import pandas as pd

Finding = tuple[str, dict[Any, Any]]
"""A key of the texts and the numbers of its sentence."""

MOST = 10  # sentences of one kind; the tables hold the rest
DECISIONS = (  # check → sentence that asks for a decision
    ("differs_between_deliveries", "cleansing.decide_deliveries"),
    ("mixed_shape", "cleansing.decide_ids"),
    ("not_delivered", "cleansing.decide_accounts"),
    ("scope_without_match", "cleansing.decide_scope"),
    ("charge", "cleansing.decide_charges"),
    ("no_rate", "cleansing.decide_no_rate"),
    ("dominant_account", "cleansing.decide_dominant"),
    ("few_accounts", "cleansing.decide_few"),
)


def describe_period(run_period: pd.DataFrame) -> list[Finding]:
    """Say what the quarter is, whether the data cover it, and what the money rests on.

    Parameters
    ----------
    run_period : DataFrame
        The table run_period (one row).
    """
    period = run_period.iloc[0].to_dict()
    if period["money_source"] == "none":
        return [("cleansing.warn_no_money", period)]
    found: list[Finding] = [("cleansing.period" if period["is_complete"] else "cleansing.warn_incomplete", period)]
    if period["money_source"] == "opportunities":
        found.append(("cleansing.warn_opportunities", {}))
    return found


def describe_money(reconciliation: pd.DataFrame) -> list[Finding]:
    """Say what came in, what is used, and every way out with its rows and money, the most money first.

    Parameters
    ----------
    reconciliation : DataFrame
        The table reconciliation.
    """
    steps = reconciliation[reconciliation["table"] == "invoices"].groupby("step")[["n_rows", "revenue"]].sum()
    if steps.empty:
        rows = reconciliation[["step", "n_rows"]].groupby("step").sum()["n_rows"].reindex(["in", "used"], fill_value=0)
        return [("cleansing.reconciled_rows", {"n_in": rows["in"], "n_used": rows["used"]})]
    came, used = steps.loc["in"], steps.reindex(["used"]).fillna(0).loc["used"]
    share = used["revenue"] / came["revenue"] if came["revenue"] else None
    numbers = {"n_in": came["n_rows"], "money_in": came["revenue"], "n_used": used["n_rows"],
               "money_used": used["revenue"], "share": share}  # fmt: skip
    out = steps.drop(index=["in", "used"], errors="ignore")
    out = out.loc[out["revenue"].abs().sort_values(ascending=False, kind="stable").index]
    found = [("cleansing.reconciled", numbers)]
    for step, row in out.to_dict("index").items():
        found.append((_first_known(f"cleansing.step_{step}", "cleansing.step_other"), {"step": step, **row}))
    return found


def _first_known(*keys: str) -> str:
    """Return the first key that has a sentence; the last one always has."""
    return next((key for key in keys if texts.has(key)), keys[-1])


def tabulate_sources(reconciliation: pd.DataFrame) -> pd.DataFrame:
    """Return one row per table and file: its rows and, for invoice lines, its money, and how much of both is used.

    Parameters
    ----------
    reconciliation : DataFrame
        The table reconciliation.

    Returns
    -------
    DataFrame
        table, source, n_in, n_used, n_left_out, revenue_in, revenue_used; invoices come first.
    """
    by_file = reconciliation.set_index(["table", "source", "step"])[["n_rows", "revenue"]].astype(float)
    came = by_file.xs("in", level="step")
    used = by_file.xs("used", level="step").reindex(came.index)
    used = used.assign(
        n_rows=used["n_rows"].fillna(0), revenue=used["revenue"].fillna(0).where(came["revenue"].notna())
    )
    files = came.add_suffix("_in").join(used.add_suffix("_used"))
    files = files.rename(columns={"n_rows_in": "n_in", "n_rows_used": "n_used"}).astype({"n_in": int, "n_used": int})
    files = files.assign(n_left_out=files["n_in"] - files["n_used"]).reset_index()
    files = files.sort_values("table", key=lambda table: table != "invoices", kind="stable", ignore_index=True)
    return files[["table", "source", "n_in", "n_used", "n_left_out", "revenue_in", "revenue_used"]]


def tabulate_files(files_read: pd.DataFrame) -> pd.DataFrame:
    """Return the files as a table to show: what each was recognised as, its rows, and how it is written.

    Parameters
    ----------
    files_read : DataFrame
        The table files_read.

    Returns
    -------
    DataFrame
        table, source, system, n_rows, n_unreadable, form_de, form_en; invoices come first. system is absent where no
        file was recognised.
    """
    files = files_read.sort_values("table", key=lambda table: table != "invoices", kind="stable", ignore_index=True)
    forms = {f"form_{x}": [_form(row, x) for row in files.to_dict("records")] for x in texts.LANGUAGES}
    known = ["system"] if files["system"].notna().any() else []
    return files[["table", "source", *known, "n_rows", "n_unreadable"]].assign(**forms)


def _form(row: dict, language: str) -> str:
    """How one file is written, in words: sheet, encoding, delimiter, row of the header, decimal sign, dates."""
    header = None if row["header_row"] == 1 else row["header_row"]  # the first row needs no mention
    parts = {
        **{name: row[name] for name in ("sheet", "encoding", "delimiter", "decimal", "date_format")},
        "header": header,
    }
    said = [
        texts.say(f"cleansing.form_{name}", language, value=_sign(str(value), language))
        for name, value in parts.items()
        if value is not None and value == value and str(value) not in ("", "<NA>", "date")  # date: Excel's own
    ]
    return ", ".join(said)


def _sign(value: str, language: str) -> str:
    """Decimal signs and delimiters in words, where they have some."""
    for word in ("comma", "point", "tab"):
        value = re.sub(rf"\b{word}\b", texts.say(f"cleansing.sign_{word}", language), value)
    return value.replace(" and ", texts.say("cleansing.sign_and", language))


def describe_quality(data_quality: pd.DataFrame) -> list[Finding]:
    """Say what is wrong, the most money first, then the most rows; columns that nobody delivered in one sentence each.

    Parameters
    ----------
    data_quality : DataFrame
        The table data_quality.
    """
    bad = data_quality[data_quality["n_bad"] > 0]
    is_empty = (bad["check"] == "missing") & (bad["n_bad"] == bad["n_rows"])
    worst = worst_checks(bad[~is_empty]).head(MOST).to_dict("records")
    found = [(_first_known(*_quality_keys(row)), row) for row in worst]
    for table, rows in bad[is_empty].groupby("table", sort=False):
        found.append(("cleansing.not_delivered", {"table": table, "columns": ", ".join(rows["column"])}))
    return found or [("cleansing.nothing_wrong", {"n_checks": len(data_quality)})]


def _quality_keys(row: dict) -> list[str]:
    """Keys of a check's sentence, the best first: without money, a sentence that names none."""
    rows_only = "_rows" if row["revenue"] is None or row["revenue"] != row["revenue"] else ""
    checks = [row["check"], "other"]
    return [f"cleansing.check_{check}{ending}" for check in checks for ending in dict.fromkeys([rows_only, ""])]


def worst_checks(data_quality: pd.DataFrame) -> pd.DataFrame:
    """Return the checks with the most money behind them first, then those with the largest share of rows.

    Parameters
    ----------
    data_quality : DataFrame
        n_rows, n_bad, revenue of the bad rows.

    Returns
    -------
    DataFrame
        The same rows; new column share (bad rows over rows checked).
    """
    share = (data_quality["n_bad"] / data_quality["n_rows"].where(data_quality["n_rows"] > 0)).astype(float).fillna(0)
    ranked = data_quality.assign(share=share, money=data_quality["revenue"].astype(float).abs().fillna(0))
    return ranked.sort_values(["money", "share"], ascending=False, kind="stable").drop(columns="money")


def describe_changes(cleaning_log: pd.DataFrame) -> list[Finding]:
    """Say what was changed or left out, one sentence a rule with the number of rows.

    Parameters
    ----------
    cleaning_log : DataFrame
        The table cleaning_log.
    """
    rules = cleaning_log.groupby(["reason", "rule"], sort=True)["n_rows"].sum().reset_index()
    found: list[Finding] = [
        (_first_known(row["reason"], f"cleansing.rule_{row['rule']}", "cleansing.changed"), row)
        for row in rules.sort_values("n_rows", ascending=False, kind="stable").to_dict("records")
    ]
    return found or [("cleansing.nothing_changed", {})]


def tabulate_quarantine(quarantine: pd.DataFrame) -> pd.DataFrame:
    """Return the rows in quarantine as a table to show: the reason in words, each reason's first rows before others'.

    Parameters
    ----------
    quarantine : DataFrame
        The table quarantine.

    Returns
    -------
    DataFrame
        source, row_number, why_left_out_de, why_left_out_en, raw: a row of every reason before the second row of any.
    """
    nth = quarantine.groupby("reason", sort=False).cumcount()
    mixed = quarantine.iloc[nth.sort_values(kind="stable").index] if len(quarantine) else quarantine
    words = {reason: [_reason(reason, language) for language in texts.LANGUAGES] for reason in set(mixed["reason"])}
    places = enumerate(texts.LANGUAGES)
    why = {f"why_left_out_{x}": [words[reason][i] for reason in mixed["reason"]] for i, x in places}
    return mixed[["source", "row_number"]].assign(**why, raw=mixed["raw"])


def _reason(reason: str, language: str) -> str:
    key = f"cleansing.label_quarantined_{reason}"
    return texts.say(key, language) if texts.has(key) else reason


def describe_decisions(reconciliation: pd.DataFrame, data_quality: pd.DataFrame) -> list[Finding]:
    """Say what people must decide: what the data cannot tell by themselves.

    Parameters
    ----------
    reconciliation, data_quality : DataFrame
        The tables of these names.
    """
    money = reconciliation[reconciliation["table"] == "invoices"]
    nobody = money[money["step"] == "quarantined_no_account"]
    unreadable = reconciliation[reconciliation["step"].str.match("quarantined_(?!no_)")]
    found: list[Finding] = []
    for rows, key in ((nobody, "cleansing.decide_no_account"), (unreadable, "cleansing.decide_unreadable")):
        if rows["n_rows"].sum():
            found.append((key, {"n_rows": rows["n_rows"].sum(), "revenue": rows["revenue"].sum()}))
    for check, key in DECISIONS:
        rows = data_quality[(data_quality["check"] == check) & (data_quality["n_bad"] > 0)]
        found += [(key, row) for row in rows.head(1).to_dict("records")]
    unknown = data_quality[(data_quality["check"] == "unknown_reference") & (data_quality["n_bad"] > 0)]
    found += [("cleansing.decide_unknown", row) for row in worst_checks(unknown).head(3).to_dict("records")]
    return found or [("cleansing.decide_nothing", {})]
