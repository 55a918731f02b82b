"""What lies beside the tables of a pseudonymised copy: a guide in both languages, and what every column means."""

from __future__ import annotations

import csv
from pathlib import Path

from segkit import texts
from segkit.display import quarter_name
from segkit.governance.copy_rules import Treatment
from segkit.governance.crowds import FEWEST
from segkit.tables import TABLES

SENTENCES = ("what", "still", "contact", "read", "exact")
HEAD = ["table", "column", "type", "unit", "meaning", "treatment_de", "treatment_en"]


def write_guide(folder: Path, quarter: str, done: dict[str, dict[str, Treatment]], with_lines: bool) -> None:
    """Write README.md and columns.csv.

    Parameters
    ----------
    folder : Path
        The copy.
    quarter : str
        Such as 2026Q3.
    done : dict
        Table → column → what became of it.
    with_lines : bool
        Whether tables of single acts are there.
    """
    parts = [_guide(language, quarter, done, with_lines) for language in texts.LANGUAGES]
    (folder / "README.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    with (folder / "columns.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEAD)
        writer.writerows(_columns(done))


def _guide(language: str, quarter: str, done: dict[str, dict[str, Treatment]], with_lines: bool) -> str:
    def say(key: str) -> str:
        return texts.say(f"privacy.readme_{key}", language, quarter=quarter_name(quarter), fewest=FEWEST)

    lines = ["lines" if with_lines else "no_lines", "charts"]
    paragraphs = [f"# {say('title')}", *map(say, (*SENTENCES, *lines)), f"## {say('tables')}"]
    tables = "\n".join(f"- {name}: {TABLES[name].text}" for name in sorted(done))
    return "\n\n".join([*paragraphs, tables])


def _columns(done: dict[str, dict[str, Treatment]]) -> list[list[str]]:
    rows = []
    for table, columns in sorted(done.items()):
        for name, treatment in columns.items():
            column = TABLES[table].columns[name]
            words = [texts.say(f"privacy.treatment_{treatment.kind}", language) for language in texts.LANGUAGES]
            rows.append([table, name, column.type, column.unit, column.text, *words])
    return rows
