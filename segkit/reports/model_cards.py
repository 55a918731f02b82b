"""The page of the model cards: what every forecast was worth on past quarters, and which figure is used."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segkit import display, texts
from segkit.reports.pages import write_parts
from segkit.reports.restatement import sentences_html
from segkit.store import read_frame
from segkit.value.backtests.cards import KINDS, list_verdicts, name_of, summarise_trust, trust_findings
from segkit.value.backtests.scores import ALL

if TYPE_CHECKING:
    import pandas as pd

    from segkit.settings import Settings

NO_RULE = "-"  # a measure beside which no rule stands: its baseline is what was promised
Cell = tuple[str, str]
"""What stands in a cell, and what stands below it in small print."""
BADGES = {"model": "badge released", "rule": "badge plain", "none": "badge"}


def write_model_cards(
    run_folder: Path, path: Path, language: str, state: Mapping[str, Any], settings: Settings
) -> None:
    """Write ``model_cards.html``: the lead of each model over its rule, then a card per model with what came true.

    Parameters
    ----------
    run_folder, path : Path
        The complete run with the tables model_cards and calibration, and the file to write.
    language : str
        Language that is shown first.
    state : mapping
        `segkit.publishing.page_state` of the run.
    settings : Settings
        Of the project; its currency is used.
    """
    from segkit.charts.backtests import calibration_chart, gains_chart
    from segkit.charts.theme import in_languages

    tables, currency = run_folder / "tables", settings.currency
    cards, calibration = (read_frame(tables / f"{name}.parquet") for name in ("model_cards", "calibration"))
    verdicts = list_verdicts(cards)
    said = [("cards.lead", {}), *((f.pop("key"), f) for f in summarise_trust(cards))]
    parts = [_both(lambda x: _head("h1", "page.model_cards.title", x) + sentences_html(said, x, currency))]
    if len(verdicts):
        parts.append(_both(lambda x: _head("h2", "cards.gains_head", x)))
        parts.append(display.chart_html(in_languages(gains_chart, verdicts, currency=currency)))
    for model in dict.fromkeys(verdicts["model"]):
        of_model, mine = verdicts[verdicts["model"] == model], cards[cards["model"] == model]
        groups = calibration[calibration["model"] == model]
        parts.append('<section class="model-card">')
        parts.append(_both(lambda x, c=mine, v=of_model: card_html(c, v, x, currency)))
        if len(groups):
            parts.append(display.chart_html(in_languages(calibration_chart, groups, currency=currency)))
        parts.append(_both(lambda x, c=mine, v=of_model: origins_html(c, v, x, currency)))
        parts.append("</section>")
    parts.append(_both(lambda x: f'<p class="note">{texts.escape(texts.say("cards.note", x))}</p>'))
    write_parts(path, parts, "model_cards", language, state)


def card_html(cards: pd.DataFrame, verdicts: pd.DataFrame, language: str, currency: str) -> str:
    """One model's card: its verdict in words, what it is asked, how it was tried, its limits, and all measures.

    Parameters
    ----------
    cards : DataFrame
        Rows of table `model_cards` of one model.
    verdicts : DataFrame
        Its rows of `list_verdicts`, at least one.
    language, currency : str
        Of the words and numbers.
    """
    first = verdicts.iloc[0]
    model, used = str(first["model"]), str(first["used"])
    name = name_of(f"cards.name_{model}", model, language)
    badge = texts.escape(texts.say(f"cards.verdict_{used}", language))
    verdict = [(finding.pop("key"), finding) for finding in trust_findings(cards, model)]
    facts = {"question": name_of(f"cards.question_{model}", "", language)}
    facts |= {"learnt": name_of(f"cards.learnt_{model}", "", language), "tried": _tried(first, language)}
    facts |= {"limits": name_of(f"cards.limits_{model}", "", language)}
    rows = "".join(
        f"<dt>{texts.escape(texts.say(f'cards.card_{key}', language))}</dt><dd>{texts.escape(text)}</dd>"
        for key, text in facts.items()
        if text
    )
    return (
        f'<h2>{texts.escape(name)} <span class="{BADGES[used]}">{badge}</span></h2>'
        f"{sentences_html(verdict, language, currency)}<dl>{rows}</dl>{_measures(cards, verdicts, language, currency)}"
    )


def origins_html(cards: pd.DataFrame, verdicts: pd.DataFrame, language: str, currency: str) -> str:
    """How it came out at each past quarter end, in the measure that decides; nothing with fewer than two of them."""
    deciding = verdicts.iloc[0]
    same = (cards["metric"] == deciding["metric"]) & (cards["baseline_name"] == deciding["baseline_name"])
    rows = cards[same & (cards["origin"] != ALL)].sort_values("origin")
    if len(rows) < 2:
        return ""
    metric = str(deciding["metric"])
    words = {"metric": texts.say(f"cards.metric_{metric}", language)}
    heads = [texts.say(f"cards.column_{c}", language) for c in ("origin", "n", "model", "rule")]
    body = [
        [
            (texts.show(row["origin"], "date", display.LOCALES[language]), ""),
            (texts.show(row["n"], "count", display.LOCALES[language]), ""),
            _model_cell(row, metric, language, currency),
            _rule_cell(row, metric, language, currency),
        ]
        for row in rows.to_dict("records")
    ]
    head = texts.escape(texts.say("cards.origins_head", language, **words))
    return f"<h3>{head}</h3>{_table(heads, body)}"


def _measures(cards: pd.DataFrame, verdicts: pd.DataFrame, language: str, currency: str) -> str:
    """All measures over all quarters: the model's with its interval, then each rule's with the model's lead over it."""
    of_all = cards[(cards["origin"] == ALL) & (cards["n"] > 0)]
    rules = list(verdicts["baseline_name"])
    heads = [texts.say(f"cards.column_{c}", language) for c in ("metric", "model")]
    heads += [texts.say("cards.rule_is", language, rule=name_of(rule, rule, language)) for rule in rules]
    deciding = dict.fromkeys(verdicts["metric"])
    body: list[list[Cell]] = []
    for metric in dict.fromkeys([*deciding, *of_all["metric"]]):
        of_metric = {row["baseline_name"]: row for row in of_all[of_all["metric"] == metric].to_dict("records")}
        if not of_metric:
            continue
        mark = texts.say("cards.deciding", language) if metric in deciding else ""
        if NO_RULE in of_metric and of_metric[NO_RULE]["baseline"] == of_metric[NO_RULE]["baseline"]:
            promised = _show(of_metric[NO_RULE]["baseline"], metric, language, currency)
            mark = texts.say("cards.promised", language, value=promised)
        cells = [(name_of(f"cards.metric_{metric}", metric, language), mark)]
        cells.append(_model_cell(next(iter(of_metric.values())), metric, language, currency))
        cells += [_rule_cell(of_metric.get(rule), metric, language, currency) for rule in rules]
        body.append(cells)
    return _table(heads, body) if body else ""


def _model_cell(row: Mapping[str, Any], metric: str, language: str, currency: str) -> Cell:
    """The model's value over its interval; why there is none where there is none."""
    reason = str(row["reason"])
    between = _range(row["low"], row["high"], metric, language, currency)
    if not between and reason != "cards.no_better" and texts.has(reason):
        between = texts.say(reason, language)
    return _show(row["value"], metric, language, currency), between


def _rule_cell(row: Mapping[str, Any] | None, metric: str, language: str, currency: str) -> Cell:
    """The rule's value over the model's lead."""
    if row is None or row["baseline"] != row["baseline"]:
        return texts.NOTHING, ""
    lead = ""
    if row["gain"] == row["gain"]:
        between = _range(row["gain_low"], row["gain_high"], metric, language, currency)
        gain = _show(row["gain"], metric, language, currency)
        lead = texts.say("cards.lead_between" if between else "cards.lead_alone", language, gain=gain, between=between)
    return _show(row["baseline"], metric, language, currency), lead


def _range(low: Any, high: Any, metric: str, language: str, currency: str) -> str:
    if low != low or high != high:
        return ""
    word = " bis " if language == "de" else " to "
    return word.join(_show(x, metric, language, currency) for x in (low, high))


def _show(value: Any, metric: str, language: str, currency: str) -> str:
    return texts.show(value, KINDS.get(metric, "decimal"), display.LOCALES[language], currency)


def _tried(verdict: pd.Series, language: str) -> str:
    if not verdict["n"]:
        return texts.say("cards.tried_not", language)
    has_origins = verdict["n_origins"] > 0 and verdict["horizon_days"] == verdict["horizon_days"]
    key = "tried_once" if not has_origins else "tried" if verdict["n_origins"] > 1 else "tried_from"
    return texts.say(f"cards.{key}", language, **verdict.to_dict())


def _table(heads: list[str], body: list[list[Cell]]) -> str:
    """A table of cells with a small second line; all but the first column stand right."""
    top = "".join(f'<th scope="col"{_side(i)}>{texts.escape(head)}</th>' for i, head in enumerate(heads))
    rows = "".join(
        "<tr>" + "".join(f"<td{_side(i)}>{_cell(*cell)}</td>" for i, cell in enumerate(cells)) + "</tr>"
        for cells in body
    )
    return (
        f'<div class="table-wrap" tabindex="0"><table class="data measures"><thead><tr>{top}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _side(column: int) -> str:
    return ' class="num"' if column else ""


def _cell(text: str, small: str) -> str:
    return texts.escape(text) + (f"<small>{texts.escape(small)}</small>" if small else "")


def _head(tag: str, key: str, language: str) -> str:
    return f"<{tag}>{texts.escape(texts.say(key, language))}</{tag}>"


def _both(render: Any) -> str:
    return display.both_languages(*(render(x) for x in texts.LANGUAGES))
