"""The rules of a run as files for other systems: SQL, Excel, filters of a CRM, JSON."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from segkit import texts
from segkit.reports.rules_workbook import write_rule_workbook
from segkit.segments.typing.as_filter import rule_filters
from segkit.segments.typing.as_sql import rule_sql
from segkit.segments.typing.quarterly import PERSON, rules_of
from segkit.store import read_frame, read_json, written_whole

FORMATS = ("sql", "xlsx", "txt", "json")


def write_rules(run: Path, folder: Path, language: str, quarter: str) -> list[Path]:
    """Write the rules of every segmentation of a run, and return the files; a run without any has no folder.

    Parameters
    ----------
    run : Path
        Folder of a complete run: models/typing_<segmentation>.json, tables typing_exports and segment_register.
    folder : Path
        Where the files go; what an earlier run left there goes.
    language : str
        de or en.
    quarter : str
        Such as 2026Q3, named in every file: limits hold for it.

    Returns
    -------
    list of Path
        ``<segmentation>_<rule>.<format>``: rule accepted, crm, full or person; sql, xlsx, txt (filters of a CRM), json.
    """
    models = sorted((run / "models").glob("typing_*.json"))
    shutil.rmtree(folder, ignore_errors=True)
    if not models or not (run / "tables" / "typing_exports.parquet").exists():
        return []
    exports = read_frame(run / "tables" / "typing_exports.parquet")
    register = read_frame(run / "tables" / "segment_register.parquet")
    found: list[Path] = []
    for path in models:
        model = read_json(path)
        segmentation = model["segmentation_id"]
        names = dict(
            register[register["segmentation_id"] == segmentation][["segment_id", f"name_{language}"]].to_numpy()
        )
        for kind, rule in rules_of(model).items():
            stated = exports[(exports["segmentation_id"] == segmentation) & (exports["rule"] == kind)]
            if len(stated):
                comments = describe_export(segmentation, kind, quarter, stated.iloc[0], language)
                table = "contacts" if kind == PERSON else "accounts"
                found += write_rule(folder / f"{segmentation}_{kind}", rule, names, language, comments, table)
    return found


def describe_export(segmentation: str, kind: str, quarter: str, stated: Any, language: str) -> tuple[str, ...]:
    """Return the lines that stand above a rule in every format: what it is and how far it agrees."""
    numbers = {name: stated[name] for name in ("fidelity", "low", "high", "n_accounts")}
    about = {"segmentation": segmentation, "quarter": quarter}
    return (
        texts.say(f"typing.export_{kind}", language, **about),
        texts.say("typing.export_fidelity" if kind == "accepted" else "typing.export_held", language, **numbers),
    )


def write_rule(
    base: Path, rule: Mapping[str, Any], names: Mapping[str, str], language: str, comments: tuple[str, ...],
    table: str = "accounts",
) -> list[Path]:  # fmt: skip
    """Write one rule in every format beside each other: `base` with the endings of `FORMATS`; SQL asks for `table`."""
    written = {
        "sql": rule_sql(rule, table, comments),
        "txt": rule_filters(rule, names, language, comments),
        "json": json.dumps({"about": list(comments), "names": dict(names), **rule}, indent=1, ensure_ascii=False),
    }
    for ending, text in written.items():
        with written_whole(base.with_name(f"{base.name}.{ending}")) as temporary:
            temporary.write_text(text, encoding="utf-8", newline="\n")
    workbook = base.with_name(f"{base.name}.xlsx")
    with written_whole(workbook) as temporary:
        write_rule_workbook(temporary, rule, names, language, comments)
    return [base.with_name(f"{base.name}.{ending}") for ending in FORMATS]
