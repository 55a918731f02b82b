"""Hand-made rules of a project before a run: on its newest run, or on the exports where there is none yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from segkit.criteria.catalogue import criteria_catalogue
from segkit.segments.criteria_values import join_criteria, resolve_criteria
from segkit.segments.grid import BY_RULE, assign_grid, grid_rules
from segkit.segments.hand_rules import name_columns
from segkit.segments.rule_checks import (
    check_rules,
    count_rules,
    describe_counts,
    find_missing_columns,
    find_unknown_criteria,
)
from segkit.settings.account_segmentation import AccountSegmentation
from segkit.store import read_frame
from segkit.tables import TABLES
from segkit.texts import say

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

    from segkit.project import Project
    from segkit.quarters import Quarter


def known_columns() -> set[str]:
    """Return the columns that a rule may name: of account_features, of accounts, and criteria."""
    names = {*TABLES["account_features"].columns, *TABLES["accounts"].columns, *criteria_catalogue()}
    return names - {"as_of", "quarter"}


def rules_of(project: Project) -> Iterator[tuple[str, Any, list[dict[str, Any]]]]:
    """Yield id, settings and rules of each segmentation that rests on hand-made rules."""
    for name, entry in project.settings.segmentations.by_id.items():
        if isinstance(entry, AccountSegmentation) and entry.method == "rules":
            yield name, entry, [rule.model_dump() for rule in entry.rules]


def find_wrong_columns(project: Project) -> list[str]:
    """Return which rules and criteria name columns that nobody can deliver; empty where all can be followed.

    Returns
    -------
    list of str
        "project.yml: segmentations.service.rules: rule BIG names the column revenu_12m, which is none. Perhaps …";
        "project.yml: segmentations.service.criteria: there is no column or criterion tickts_12m. Perhaps …"
    """
    known = known_columns()
    wrong = [
        f"{project.file_of('segmentations', name)}: segmentations.{name}.rules: {say(key, 'en', **numbers)}"
        for name, _, rules in rules_of(project)
        for key, numbers in find_missing_columns(rules, known)
    ]
    for name, entry in project.settings.segmentations.by_id.items():
        if isinstance(entry, AccountSegmentation):
            for setting, columns in (("criteria", resolve_criteria(entry)), ("tree_criteria", entry.tree_criteria)):
                place = f"{project.file_of('segmentations', name)}: segmentations.{name}.{setting}"
                wrong += [f"{place}: {say(key, 'en', **n)}" for key, n in find_unknown_criteria(columns, known)]
    return wrong


def count_before(
    project: Project, con: duckdb.DuckDBPyConnection | None = None, quarter: Quarter | None = None
) -> list[dict[str, Any]]:
    """Return what `segkit check` tells of each segmentation by rules.

    Parameters
    ----------
    project : Project
        Its rules name columns that exist (`find_wrong_columns`).
    con : DuckDBPyConnection, optional
        With ``raw_accounts`` and ``raw_invoices``, for a project without a run.
    quarter : Quarter, optional
        The one that would be run: revenue is that of the twelve months before its end.

    Returns
    -------
    list of dict
        segmentation_id, source (sentence: what was counted), counts (rows of `rule_counts`), sentences (one per rule),
        warnings (sentences).
    """
    found, currency = [], project.settings.currency
    for name, entry, rules in rules_of(project):
        columns = list(dict.fromkeys(column for rule in rules for column in name_columns(rule["when"])))
        frame, source = _frame(project, columns, con, quarter)
        uncounted = [column for column in columns if column not in frame]
        apart = None
        if source[0] == "rules.from_run":
            apart = assign_grid(frame, {"rules": grid_rules(entry)})["segment_id"].isin(BY_RULE).to_numpy()
        usable = [rule for rule in rules if not set(name_columns(rule["when"])) & set(uncounted)]
        counts = count_rules(usable, frame, name, apart)
        told = check_rules(usable, frame, counts)
        left = [rule["id"] for rule in rules if rule not in usable]
        if left:
            told.append(("rules.uncounted", {"rules": ", ".join(left), "columns": ", ".join(uncounted)}))
        money = {} if counts["revenue_12m"].notna().all() else {"revenue_12m": None}
        found.append(
            {
                "segmentation_id": name,
                "source": say(source[0], "en", currency, segmentation=name, **source[1]),
                "counts": [row | money for row in counts.astype(object).where(counts.notna(), None).to_dict("records")],
                "sentences": [say(key, "en", currency, **numbers) for key, numbers in describe_counts(counts)],
                "warnings": [say(key, "en", currency, **numbers) for key, numbers in told],
            }
        )
    return found


def _frame(
    project: Project, columns: list[str], con: Any, wanted: Quarter | None
) -> tuple[pd.DataFrame, tuple[str, dict[str, Any]]]:
    """Return accounts with the columns of the rules, and the sentence that says what they are."""
    for quarter in reversed(project.quarters()):
        folder = project.run_folder(quarter) / "tables"
        if all((folder / f"{table}.parquet").exists() for table in ("account_features", "accounts")):
            panel, accounts = (read_frame(folder / f"{table}.parquet") for table in ("account_features", "accounts"))
            values = folder / "criterion_values.parquet"
            newest = panel[panel["as_of"] == panel["as_of"].max()].sort_values("account_id", ignore_index=True)
            joined = join_criteria(newest, columns, accounts, read_frame(values) if values.exists() else None)
            return joined, ("rules.from_run", {"quarter": str(quarter), "n": len(joined)})
    frame = _exported(project, con, wanted)
    return frame, ("rules.from_export", {"n": len(frame)})


def _exported(project: Project, con: Any, quarter: Quarter | None) -> pd.DataFrame:
    """Return accounts as they are exported, with the revenue of the twelve months before the quarter's end."""
    import pandas as pd

    delivered = project.settings.sources
    frame = pd.DataFrame({"account_id": pd.Series(dtype="str")})
    if con is None:
        return frame
    if "accounts" in delivered:
        rows = con.execute("SELECT * FROM raw_accounts WHERE skip IS NULL ORDER BY account_id, row_number").df()
        filled = [name for name in rows if name in TABLES["accounts"].columns and rows[name].notna().any()]
        frame = rows[filled].drop_duplicates("account_id", keep="last", ignore_index=True)
    if "invoices" in delivered and quarter is not None:  # a line dated in the future must not set the twelve months
        money = con.execute(
            "SELECT account_id, coalesce(sum(revenue) FILTER (invoice_date > $start AND invoice_date <= $end), 0)"
            "::DOUBLE AS revenue_12m FROM raw_invoices WHERE skip IS NULL AND account_id IS NOT NULL "
            "GROUP BY 1 ORDER BY 1",
            {"start": (quarter - 4).end, "end": quarter.end},
        ).df()
        frame = frame.merge(money, on="account_id", how="left" if len(frame) else "outer")
        frame["revenue_12m"] = frame["revenue_12m"].fillna(0.0)
    return frame
