"""The list of rules as a page of the documentation: ``python -m segkit.reports.rule_list`` writes it."""

from __future__ import annotations

from pathlib import Path

from segkit.cleansing.repairs import ONE_BY_ONE
from segkit.cleansing.rules import RULES, Rule
from segkit.cleansing.safe_values import missing_words

_KINDS = {
    "safe": "Safe: the value changes",
    "missing": "Missing: the value stands for nothing and goes",
    "doubtful": "Doubtful: a person decides",
}
_HEAD = f"""# Rules of cleansing

Generated from `segkit/cleansing/rules.py` by `python -m segkit.reports.rule_list`.

Every rule is counted in the table `cleaning_rules`, also where it found nothing. What a safe rule changes stands in
`cleaning_log` with the value before and after: one row for each column and file where only the writing changes, else
one row for each value (above {ONE_BY_ONE:,} changes of a column, one for each file and value). What a doubtful rule
finds stands in `proposals` until somebody accepts or refuses it in notebook 01, which writes `decisions/repairs.csv`;
an accepted proposal is applied in every later run that finds it again. Nothing else in a row changes.

A rule is switched off by its name in project.yml; what it changed stays as the source delivers it from the next run on:

```yaml
cleansing:
  switched_off: [phone_written, industry_misspelt]
```

What is about numbers (head counts, turnover, dates, industry codes) has rules of its own, see
[industry codes](industry_codes.md) and `segkit/cleansing/impossible.py`. Placeholders that no text can be mistaken for
(`k. A.`, `n/a`, `nan`, `-`) are taken out by reading already; `missing_values` counts all of them by reason.
"""


def rule_list() -> str:
    """Return the page as Markdown."""
    lines = [_HEAD]
    for kind, title in _KINDS.items():
        lines += [f"## {title}", "", "| rule | columns | what and why |", "|---|---|---|"]
        lines += [f"| `{rule.name}` | {_columns(rule)} | {rule.why} |" for rule in RULES if rule.kind == kind]
        lines.append("")
    lines += ["## Words that stand for nothing", ""]
    lines += [f"- **{reason}**: {', '.join(words)}" for reason, words in missing_words().items()]
    return "\n".join(lines) + "\n"


def _columns(rule: Rule) -> str:
    return "; ".join(f"{table}: {', '.join(columns)}" for table, columns in rule.columns.items())


if __name__ == "__main__":
    page = Path(__file__).parent.parent.parent / "docs" / "cleansing_rules.md"
    page.write_text(rule_list(), encoding="utf-8", newline="\n")
