"""The page of what later knowledge changed in released quarters, and the sentences that say so."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segkit import display, texts
from segkit.monitoring.restatement import summarise_restatements
from segkit.reports.pages import write_parts
from segkit.store import read_frame

if TYPE_CHECKING:
    import pandas as pd

    from segkit.settings import Settings

ROWS = 25  # accounts of a quarter that the page names; the table holds all
Sentence = tuple[str, dict[str, Any]]


def write_restatement(
    run_folder: Path, path: Path, language: str, state: Mapping[str, Any], settings: Settings
) -> None:
    """Write ``restatement.html``: by released quarter the money before and now, and the accounts behind it.

    Parameters
    ----------
    run_folder, path : Path
        The complete run, and the file to write.
    language : str
        Language that is shown first.
    state : mapping
        `segkit.publishing.page_state` of the run.
    settings : Settings
        Of the project; its currency is used.
    """
    rows = _named(run_folder, read_frame(run_folder / "tables" / "restatements.parquet"))
    summary = summarise_restatements(rows)
    currency = settings.currency
    parts = [_heads("h1", "page.restatement.title"), _both_html([("release.page_lead", {})], currency)]
    parts.append(_both_html(replaced(state), currency))
    for quarter in reversed(_rows(summary)):
        of = rows[rows["quarter"] == quarter["quarter"]]
        entry = next(e for e in state["compared"] if e["quarter"] == quarter["quarter"])
        parts.append(_heads("h2", "release.quarter_head", quarter=display.quarter_name(quarter["quarter"])))
        parts.append(_both_html(_quarter_sentences(quarter, entry, of), currency))
        parts.append(display.both_languages(*(_table(of, x, currency) for x in ("de", "en"))))
    parts.append(_both_html([("release.page_note", {})], currency))
    write_parts(path, parts, "restatement", language, state)


def replaced(state: Mapping[str, Any]) -> list[Sentence]:
    """Say which release this run replaces, or would replace."""
    restates = state.get("restates")
    if not restates:
        return []
    key = "release.would_replace" if state["is_draft"] else "release.replaces"
    folder = f"released/{state['quarter']}-{restates['run_id']}"
    return [(key, {"author": restates["author"], "date": restates["date"], "folder": folder})]


def index_notice(run_folder: Path, state: Mapping[str, Any], currency: str) -> str:
    """What became of released figures, for the top of the overview; nothing before the first release."""
    if not state["compared"] and not state["restates"]:
        return ""
    rows = read_frame(run_folder / "tables" / "restatements.parquet") if state["compared"] else None
    said = index_sentences(state, _rows(summarise_restatements(rows)) if rows is not None else [])
    css = "released-figures changed" if state["n_restated"] else "released-figures"
    found = {}
    for language in texts.LANGUAGES:
        head, more = (texts.escape(texts.say(f"release.{key}", language)) for key in ("head", "more"))
        link = f'<p><a href="restatement.html">{more}</a></p>' if state["n_restated"] else ""
        found[language] = f"<h2>{head}</h2>{sentences_html(said, language, currency)}{link}"
    return f'<section class="{css}">{display.both_languages(found["de"], found["en"])}</section>'


def index_sentences(state: Mapping[str, Any], quarters: list[dict[str, Any]]) -> list[Sentence]:
    """Say which release this run replaces, and what has changed in each released quarter.

    Parameters
    ----------
    state : mapping
        `segkit.publishing.page_state`.
    quarters : list of dict
        Rows of `summarise_restatements` of the run's table.
    """
    said = replaced(state)
    found = [display.quarter_name(entry["quarter"]) for entry in state["compared"] if entry["is_found"]]
    if found and not quarters:
        said.append(("release.unchanged", {"n": len(found), "quarters": ", ".join(found)}))
    for row in quarters:
        entry = next(e for e in state["compared"] if e["quarter"] == row["quarter"])
        said.append(("release.changed", row | {"quarter": display.quarter_name(row["quarter"]), **_signed(entry)}))
    lost = [entry for entry in state["compared"] if not entry["is_found"]]
    return said + [
        ("release.warn_lost", {"quarter": display.quarter_name(entry["quarter"]), **_signed(entry)}) for entry in lost
    ]


def sentences_html(said: list[Sentence], language: str, currency: str) -> str:
    """Sentences as paragraphs; a warning is marked as one."""
    rows = [
        (f"finding{' warning' if '.warn' in key else ''}", texts.say(key, language, currency, **numbers))
        for key, numbers in said
    ]
    return "".join(f'<p class="{css}">{texts.escape(text)}</p>' for css, text in rows)


def _quarter_sentences(quarter: Mapping[str, Any], entry: Mapping[str, Any], rows: pd.DataFrame) -> list[Sentence]:
    said: list[Sentence] = [("release.signed", _signed(entry))]
    if not entry["is_complete"]:
        said.append(("release.warn_incomplete", {"as_of": entry["as_of"]}))
    said.append(("release.money", dict(quarter)))
    largest = rows.reindex(rows["difference"].abs().sort_values(ascending=False, kind="stable").index).iloc[0]
    if largest["difference"]:
        said.append(("release.largest", {"name": largest["name"], "difference": largest["difference"]}))
    if quarter["n_segments"]:
        said.append(("release.segments", {"n": quarter["n_segments"]}))
    return said


def _rows(summary: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in summary.to_dict("records")]


def _signed(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {"date": entry["date"], "author": entry["author"]}


def _named(run_folder: Path, rows: pd.DataFrame) -> pd.DataFrame:
    """Add the name of each account, and those of its segments in both languages."""
    tables = run_folder / "tables"
    names: dict[Any, Any] = {}
    if (tables / "accounts.parquet").exists():
        accounts = read_frame(tables / "accounts.parquet")
        if "name" in accounts:
            names = accounts.dropna(subset="name").set_index("account_id")["name"].to_dict()
    register = read_frame(tables / "segment_register.parquet").drop_duplicates("segment_id", keep="last")
    named = rows.assign(name=rows["account_id"].map(names).fillna(rows["account_id"]))
    for column in ("from", "to"):
        for language in texts.LANGUAGES:
            known = register.set_index("segment_id")[f"name_{language}"]
            ids = named[f"{column}_segment_id"]
            named[f"{column}_segment_{language}"] = ids.map(known).fillna(ids)
    return named


def _table(rows: pd.DataFrame, language: str, currency: str) -> str:
    """The accounts that changed most, to the cent."""
    ordered = rows.reindex(rows["difference"].abs().sort_values(ascending=False, kind="stable").index)
    columns = ["account_id", "name", "revenue_before", "revenue_now", "difference"]
    if rows["to_segment_de"].notna().any():
        columns += [f"from_segment_{language}", f"to_segment_{language}"]
    shown = ordered[columns].rename(columns=lambda c: c.removesuffix(f"_{language}"))
    if (shown["name"] == shown["account_id"]).all():
        shown = shown.drop(columns="name")
    labels = {c: texts.say(f"release.column.{c}", language) for c in shown.columns if c != "account_id"}
    money = dict.fromkeys(("revenue_before", "revenue_now", "difference"), "cents")
    return display.table_html(shown, language, money, ROWS, labels, currency)


def _heads(tag: str, key: str, **numbers: Any) -> str:
    words = (texts.escape(texts.say(key, language, **numbers)) for language in ("de", "en"))
    return display.both_languages(*(f"<{tag}>{word}</{tag}>" for word in words))


def _both_html(said: list[Sentence], currency: str) -> str:
    return display.both_languages(*(sentences_html(said, x, currency) for x in ("de", "en"))) if said else ""
