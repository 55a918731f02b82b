"""The page of the ABC class that the source system holds beside the one of this run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segkit import display, texts
from segkit.reports.pages import write_parts
from segkit.reports.restatement import sentences_html
from segkit.store import read_frame
from segkit.value.abc_comparison import cross_classes, list_changes
from segkit.value.findings import describe_comparison

if TYPE_CHECKING:
    import pandas as pd

    from segkit.settings import Settings

ROWS = 25  # accounts of a list that the page names
NONE = ""  # stands for no class in the matrix


def write_abc_comparison(
    run_folder: Path, path: Path, language: str, state: Mapping[str, Any], settings: Settings
) -> None:
    """Write ``abc_comparison.html``: how far the classes agree, the matrix, and the accounts that stand elsewhere.

    Parameters
    ----------
    run_folder, path : Path
        The complete run with the table abc_comparison, and the file to write.
    language : str
        Language that is shown first.
    state : mapping
        `segkit.publishing.page_state` of the run.
    settings : Settings
        Of the project; its currency and the limits of the classes are used.
    """
    tables, currency, limits = run_folder / "tables", settings.currency, settings.value
    comparison, value = (read_frame(tables / f"{name}.parquet") for name in ("abc_comparison", "account_value"))
    names = read_frame(tables / "accounts.parquet").set_index("account_id")["name"]
    changes = list_changes(comparison, value, limits).assign(name=lambda rows: _named(rows, names))
    without = comparison[comparison["source_abc_class"].isna()].sort_values("revenue_12m", ascending=False)
    said = [(str(finding.pop("key")), finding) for finding in describe_comparison(comparison)]
    lead = [("value.class_lead", {"limit_a": limits.abc_a, "limit_b": limits.abc_b})]
    cells = cross_classes(comparison)

    def part(render: Any) -> str:
        return display.both_languages(*(render(x) for x in texts.LANGUAGES))

    parts = [part(lambda x: _head("h1", "page.abc_comparison.title", x) + sentences_html(lead + said, x, currency))]
    parts.append(part(lambda x: _head("h2", "value.class_matrix_head", x) + matrix_html(cells, x, currency)))
    if len(changes):
        counts = changes["reason"].value_counts().reindex(["before", "revenue", "silent"], fill_value=0)
        reasons = [("value.class_reasons", {"n": len(changes), **{f"n_{k}": int(v) for k, v in counts.items()}})]
        parts.append(part(lambda x: sentences_html(reasons, x, currency)))
    for change in ("up", "down"):
        rows = changes[changes["change"] == change]
        parts.append(part(lambda x, c=change, r=rows: _list_html(r, c, x, currency)))
    if len(without):
        shown = without.assign(name=_named(without, names))
        parts.append(part(lambda x: _head("h2", "value.class_without_head", x) + _without_html(shown, x, currency)))
    parts.append(part(lambda x: f'<p class="note">{texts.escape(texts.say("value.class_note_page", x))}</p>'))
    write_parts(path, parts, "abc_comparison", language, state)


def matrix_html(cells: pd.DataFrame, language: str, currency: str) -> str:
    """The matrix as a table: old class (rows) × new class, accounts and money in each field, and the sums.

    Parameters
    ----------
    cells : DataFrame
        As `cross_classes` gives them.
    language, currency : str
        Of the words and numbers.
    """
    rows = list(dict.fromkeys(cells["source_abc_class"]))
    columns = [c for c in ("A", "B", "C", NONE) if c in set(cells["abc_class"])]
    by_pair = {(c["source_abc_class"], c["abc_class"]): c for c in cells.to_dict("records")}
    none, total = (texts.say(f"value.class_{key}", language) for key in ("none", "total"))
    heads = "".join(f'<th scope="col">{texts.escape(c or none)}</th>' for c in [*columns, total])
    corner = texts.escape(texts.say("value.class_corner", language))
    body = []
    for row in [*rows, None]:
        of_row = cells if row is None else cells[cells["source_abc_class"] == row]
        fields = []
        for column in columns:
            found = of_row[of_row["abc_class"] == column]
            change = "sum" if row is None else by_pair.get((row, column), {"change": "unrated"})["change"]
            fields.append(_field(found, change, language, currency))
        label = total if row is None else row or none
        fields.append(_field(of_row, "sum", language, currency))
        body.append(f'<tr><th scope="row">{texts.escape(label)}</th>{"".join(fields)}</tr>')
    legend = "".join(
        f'<span class="{change}">{texts.escape(texts.say(f"value.class_{change}", language))}</span>'
        for change in ("same", "up", "down")
    )
    return (
        f'<div class="table-wrap" tabindex="0"><table class="class-matrix"><thead><tr><th class="corner">{corner}</th>'
        f"{heads}</tr></thead><tbody>{''.join(body)}</tbody></table></div>"
        f'<p class="class-legend">{legend}</p><p class="note">'
        f"{texts.escape(texts.say('value.class_note', language))}</p>"
    )


def _field(cells: pd.DataFrame, change: str, language: str, currency: str) -> str:
    n, revenue = int(cells["n_accounts"].sum()), float(cells["revenue"].sum())
    if not n:
        return f'<td class="{change} empty">{texts.NOTHING}</td>'
    words = texts.say("value.one_account" if n == 1 else "value.accounts", language)
    count = texts.show(n, "count", display.LOCALES[language])
    money = display.compact_money(revenue, language, currency)
    return f'<td class="{change}"><b>{texts.escape(f"{count} {words}")}</b> <span>{texts.escape(money)}</span></td>'


def _list_html(rows: pd.DataFrame, change: str, language: str, currency: str) -> str:
    head = _head("h2", f"value.class_{change}_head", language)
    if rows.empty:
        return head + sentences_html([(f"value.class_none_{change}", {})], language, currency)
    reasons = [
        texts.say(f"value.class_reason_{row['reason']}", language, class_before=row["class_before"]).replace(
            " ", "\u00a0"
        )
        for row in rows[["reason", "class_before"]].to_dict("records")
    ]
    shown = rows.assign(reason=reasons, move=rows["source_abc_class"] + " → " + rows["abc_class"])
    columns = {
        "account_id": "", "name": "", "move": "move", "revenue_12m": "now",
        "revenue_prev_12m": "before", "revenue_rank": "rank", "reason": "reason",
    }  # fmt: skip
    return head + _table(shown, columns, language, currency)


def _without_html(rows: pd.DataFrame, language: str, currency: str) -> str:
    columns = {"account_id": "", "name": "", "abc_class": "new", "revenue_12m": "now"}
    return _table(rows, columns, language, currency)


def _table(rows: pd.DataFrame, columns: dict[str, str], language: str, currency: str) -> str:
    shown = rows[list(columns)]
    if (shown["name"] == shown["account_id"]).all():
        shown = shown.drop(columns="name")
    if "revenue_prev_12m" in shown and shown["revenue_prev_12m"].isna().all():
        shown = shown.drop(columns="revenue_prev_12m")
    labels = {c: texts.say(f"value.column_{key}", language) for c, key in columns.items() if key and c in shown}
    return display.table_html(shown, language, rows=ROWS, labels=labels, currency=currency)


def _named(rows: pd.DataFrame, names: pd.Series) -> pd.Series:
    return rows["account_id"].map(names).fillna(rows["account_id"])


def _head(tag: str, key: str, language: str) -> str:
    return f"<{tag}>{texts.escape(texts.say(key, language))}</{tag}>"
