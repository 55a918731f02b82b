"""HTML of what a notebook shows: tables and charts, in both languages, with everything from data escaped."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from segkit import texts

if TYPE_CHECKING:
    import pandas as pd

# What a column's name says about its numbers, first match first: pattern, kind of segkit.texts.show.
NAME_KINDS = [
    (
        r"^trend_change|^care_cost|^contribution|^price_gap|^gap$|^expected_|^lifetime_(low|high)|_at_risk$|^renewal_value|^moved_",
        "money",
    ),
    (r"^trend$|^trend_(low|high)$|^discount|^churn_|^score|^risk$|^rule_(score|risk)$", "percent"),
    (r"^(revenue|margin|next)_explained$|^next_(low|high)$|^gain|^explained|^excess$|^seen$|^told", "percent"),
    (r"^n_|_days$|^days_|^frequency|^orders|_rank$|_score$|^row_number$", "count"),
    (r"(^|_)(share|rate|pct|growth|probability|confidence|fidelity|retention|churn)(_|$)", "percent"),
    (r"^(revenue|margin|gross|monetary_value|avg_order_value|amount|cost|potential|lifetime_value)", "money"),
]
NUMBERS = {"count", "money", "whole_money", "cents", "million", "percent", "number", "decimal"}
LOCALES = {"de": "de_DE", "en": "en_GB"}
MONEY_BADGES = {"opportunities": "badge.opportunities", "none": "badge.no_money"}
MOST_YEARS = 3  # named in one badge


def both_languages(de_html: str, en_html: str) -> str:
    """German and English of one output; the page's style sheet shows one of them."""
    return f'<div class="lang-de" lang="de">{de_html}</div><div class="lang-en" lang="en">{en_html}</div>'


def badges(state: Mapping[str, Any], language: str) -> list[tuple[str, str]]:
    """What a reader must know before the numbers: (style class, text) of each badge, text not yet escaped.

    Parameters
    ----------
    state : mapping
        ``is_draft`` (default True) or ``released_by`` and ``released_on``; ``is_complete``; ``as_of``;
        ``money_source`` (``opportunities`` when won opportunities stand in for invoices, ``none`` without a table of
        money); ``money_off`` (years that do not agree with controlling, ``[year, share]`` each); ``scenario``.
    language : str
        ``de`` or ``en``.
    """
    found = []
    if state.get("scenario"):
        found.append(("plain", "badge.scenario"))
    if state.get("is_draft", True):
        found.append(("draft", "badge.draft"))
    else:
        found.append(("released", "badge.released"))
    if not state.get("is_complete", True):
        found.append(("incomplete", "badge.incomplete"))
    if state.get("money_source") in MONEY_BADGES:
        found.append(("stand-in", MONEY_BADGES[state["money_source"]]))
    numbers: dict[str, Any] = {name: state.get(name) for name in ("scenario", "released_by", "released_on", "as_of")}
    if off := list(state.get("money_off") or []):
        year, share = off[-1]
        found.append(("money-off", "badge.money_off" if len(off) == 1 and share else "badge.money_off_years"))
        numbers |= {"year": year, "share": abs(share or 0), "years": _years_off(off, language)}
    return [(css, texts.say(key, language, **numbers)) for css, key in found]


def _years_off(off: list, language: str) -> str:
    """The newest years that deviate, with how much: 2024 um 0,8 %, 2025 um 1,2 %."""
    years = [
        texts.say("badge.year_off", language, year=year, share=abs(share)) if share else str(year)
        for year, share in off[-MOST_YEARS:]  # no share where controlling states zero
    ]
    return ", ".join(["…"] * (len(off) > MOST_YEARS) + years)


def badges_html(state: Mapping[str, Any]) -> str:
    """Badges of a page in both languages."""
    rows = [
        "".join(f'<span class="badge {css}">{texts.escape(text)}</span>' for css, text in badges(state, language))
        for language in ("de", "en")
    ]
    return both_languages(*(f'<div class="badges">{row}</div>' for row in rows))


def watermark_html(state: Mapping[str, Any]) -> str:
    """The word that lies over every page of a draft or scenario, on screen and paper; empty once it is released.

    Screen readers skip it, because the badge says it. The page's body has the class ``is-draft`` with it.
    """
    if not state.get("is_draft", True) and not state.get("scenario"):
        return ""
    key = "watermark.scenario" if state.get("scenario") else "watermark.draft"
    words = "".join(f'<span class="lang-{x}" lang="{x}">{texts.escape(texts.say(key, x))}</span>' for x in ("de", "en"))
    return f'<div class="watermark" aria-hidden="true">{words}</div>'


def kind_of(column: pd.Series) -> str:
    """Kind of `segkit.texts.show` for a column, by its type and then by its name.

    Money is ``whole_money``, without cents in any row, where one of its values reaches a thousand.

    Examples
    --------
    ``revenue_12m`` is money, ``revenue_share`` a percentage, ``n_rows`` a count, dates are dates, ids are text.
    """
    from pandas.api import types

    name = str(column.name)
    if types.is_datetime64_any_dtype(column):
        return "date"
    if types.is_bool_dtype(column):
        return "bool"
    if not types.is_numeric_dtype(column):
        return "text"
    named = next((kind for pattern, kind in NAME_KINDS if re.search(pattern, name)), None)
    if named == "money" and (column.abs() >= 1000).any():
        return "whole_money"
    return named or ("count" if types.is_integer_dtype(column) else "decimal")


def show_cell(value: object, kind: str, language: str, currency: str = "EUR") -> str:
    """One value as plain text in the manner of the language; not yet escaped."""
    if kind == "bool":
        known = value is not None and str(value) not in ("<NA>", "nan")
        return texts.say("display.yes" if value else "display.no", language) if known else texts.NOTHING
    if kind == "whole_money":
        return _whole_money(value, language, currency) if _is_finite(value) else texts.NOTHING
    return texts.show(value, kind, LOCALES[language], currency)


_LARGE = {"de": [(1e9, "Mrd."), (1e6, "Mio.")], "en": [(1e9, "B"), (1e6, "M")]}


def compact_money(value: float, language: str, currency: str = "EUR") -> str:
    """Money for a headline: 98,9 Mio. €, else without cents: 51.300 €, 0 €."""
    size, word = next(((size, word) for size, word in _LARGE[language] if abs(value) >= size), (1.0, ""))
    if word:
        from babel.numbers import format_currency

        pattern = f"#,##0.0\u00a0'{word}'\u00a0¤" if language == "de" else f"¤#,##0.0'{word}'"
        return str(format_currency(value / size, currency, pattern, locale=LOCALES[language], currency_digits=False))
    return _whole_money(value, language, currency)


def _whole_money(value: Any, language: str, currency: str) -> str:
    from babel.numbers import format_currency

    pattern = "#,##0\u00a0¤" if language == "de" else "¤#,##0"
    return str(format_currency(value, currency, pattern, locale=LOCALES[language], currency_digits=False))


def _is_finite(value: object) -> bool:
    return value is not None and str(value) != "<NA>" and math.isfinite(float(value))  # type: ignore[arg-type]


def quarter_name(quarter: object) -> str:
    """Quarter as people write it: 2026Q3 is Q3 2026, in both languages."""
    return re.sub(r"^(\d{4})Q(\d)$", r"Q\2 \1", str(quarter))


def page_title(name: str, language: str) -> str:
    """Title of a notebook's page: the text ``page.<name>.title``, else its name without underscores."""
    key = f"page.{name}.title"
    return texts.say(key, language) if texts.has(key) else name.replace("_", " ")


def label_of(column: str, language: str) -> str:
    """Heading of a column: the text ``column.<name>``, else its name without underscores."""
    key = f"column.{column}"
    return texts.say(key, language) if texts.has(key) else column.replace("_", " ")


def in_language(frame: pd.DataFrame, language: str) -> pd.DataFrame:
    """Of two columns ``x_de`` and ``x_en`` only the one in the language, under the name ``x``."""
    names = {str(c) for c in frame.columns}
    pairs = [c[:-3] for c in names if c.endswith("_de") and f"{c[:-3]}_en" in names and c[:-3] not in names]
    other = "en" if language == "de" else "de"
    kept = frame.drop(columns=[f"{base}_{other}" for base in pairs])
    return kept.rename(columns={f"{base}_{language}": base for base in pairs})


def table_html(
    frame: pd.DataFrame,
    language: str,
    formats: Mapping[str, str] | None = None,
    rows: int = 20,
    labels: Mapping[str, str] | None = None,
    currency: str = "EUR",
) -> str:
    """First rows of a frame as an escaped HTML table.

    Parameters
    ----------
    frame : DataFrame
        Any columns; of two columns ``x_de`` and ``x_en`` the one in the language is shown.
    language : str
        ``de`` or ``en``.
    formats : mapping, optional
        Column to kind of `segkit.texts.show`, where `kind_of` would guess otherwise.
    rows : int
        So many rows are shown; below the table stands how many there are.
    labels : mapping, optional
        Column to heading, where the texts have no ``column.<name>`` or another word is wanted.
    currency : str
        ISO code of the project's currency.
    """
    formats, labels, frame = formats or {}, labels or {}, in_language(frame, language)
    if frame.empty:
        return f'<p class="note">{texts.escape(texts.say("display.empty", language))}</p>'
    kinds = {name: formats.get(name) or kind_of(frame[name]) for name in frame.columns}
    heads = "".join(
        _cell("th", labels.get(name) or label_of(str(name), language), kind) for name, kind in kinds.items()
    )
    shown = frame.head(rows)
    columns = [
        [_cell("td", show_cell(value, kind, language, currency), kind) for value in shown[name]]
        for name, kind in kinds.items()
    ]
    body = "".join(f"<tr>{''.join(cells)}</tr>" for cells in zip(*columns, strict=True))
    return (
        f'<div class="table-wrap" tabindex="0"><table class="data"><thead><tr>{heads}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>{_more(len(frame), len(shown), language)}"
    )


def _cell(tag: str, text: str, kind: str) -> str:
    css = ' class="num"' if kind in NUMBERS else ' class="date"' if kind == "date" else ""
    scope = ' scope="col"' if tag == "th" else ""
    return f"<{tag}{scope}{css}>{texts.escape(text)}</{tag}>"


def _more(n: int, n_shown: int, language: str) -> str:
    if n <= n_shown:
        return ""
    return f'<p class="note">{texts.escape(texts.say("display.rows", language, n=n, shown=n_shown))}</p>'


def chart_html(specs: Mapping[str, dict[str, Any]], name: str = "") -> str:
    """A stored chart, ``{"de": specification, "en": specification}``, as inline SVG in both languages.

    With its name a live page finds the stored chart again and draws it with tooltips.
    """
    mark = f' data-chart="{texts.escape(name)}"' if name else ""
    figures = {language: f'<figure class="chart"{mark}>{svg(specs[language])}</figure>' for language in ("de", "en")}
    return both_languages(figures["de"], figures["en"])


def svg(spec: dict[str, Any]) -> str:
    """SVG of a Vega-Lite specification: no network, and the same text for the same specification.

    Ids inside are made from the specification, so that several charts can stand in one page.
    """
    import json

    import vl_convert

    text: str = _slim(vl_convert.vegalite_to_svg(json.dumps(spec), vl_version="6.4", allowed_base_urls=[]))
    prefix = "c" + hashlib.sha256(json.dumps(spec, sort_keys=True).encode()).hexdigest()[:8]
    names = {old: f"{prefix}-{i}" for i, old in enumerate(dict.fromkeys(re.findall(r'\bid="([^"]+)"', text)))}
    text = re.sub(r'\bid="([^"]+)"', lambda m: f'id="{names[m[1]]}"', text)
    text = re.sub(r"url\(#([^)]+)\)", lambda m: f"url(#{names.get(m[1], m[1])})", text)
    return text.replace("<svg ", f'<svg role="img" aria-label="{texts.escape(_title(spec))}" ', 1)


def _slim(text: str) -> str:
    """Half the size: no descriptions of single marks, which nobody hears inside one image, and hundredths of pixels."""
    text = re.sub(r' (?:aria-label|aria-roledescription|role)="[^"]*"', "", text)
    places = r' (?:d|transform|x|y|x1|x2|y1|y2|width|height)="[^"]*"'
    return re.sub(places, lambda found: re.sub(r"-?\d+\.\d+(?:e-?\d+)?", _hundredths, found[0]), text)


def _hundredths(number: re.Match) -> str:
    return f"{round(float(number[0]), 2) + 0.0:.2f}".rstrip("0").rstrip(".")  # + 0.0: no minus before a zero


def _title(spec: dict[str, Any]) -> str:
    title = spec.get("description") or spec.get("title") or ""
    return str(title.get("text", "") if isinstance(title, dict) else title)
