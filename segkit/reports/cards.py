"""Segment cards: one card per segment, all of them on one printed page, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from segkit.display import compact_money, quarter_name
from segkit.profiles.wording import trait_sentence
from segkit.texts import LANGUAGES, escape, say

if TYPE_CHECKING:
    import pandas as pd


def cards_html(
    cards: pd.DataFrame, traits: pd.DataFrame, examples: pd.DataFrame, currency: str = "EUR"
) -> dict[str, str]:
    """Return the cards of all segments with accounts as HTML in each language.

    Each card is an ``article`` with ``id="segment-<id>"`` (English: ``id="en-segment-<id>"``, so that both languages
    can stand in one page) and ``data-segment="<id>"``. The style sheet is the part of display.css named after it.

    Parameters
    ----------
    cards, traits, examples : DataFrame
        Tables `segment_cards`, `segment_traits`, `segment_examples`.
    currency : str
        ISO code of the project's currency.
    """
    return {language: _cards(cards, traits, examples, language, currency) for language in LANGUAGES}


def _cards(cards: pd.DataFrame, traits: pd.DataFrame, examples: pd.DataFrame, language: str, currency: str) -> str:
    filled = cards[cards["n_accounts"] > 0].sort_values(["revenue", "segment_id"], ascending=[False, True])
    of_traits = {key: rows.to_dict("records") for key, rows in traits.groupby("segment_id")}
    of_examples = {key: rows.to_dict("records") for key, rows in examples.groupby("segment_id")}
    articles = [
        card_html(
            card, of_traits.get(card["segment_id"], []), of_examples.get(card["segment_id"], []), language, currency
        )
        for card in filled.to_dict("records")
    ]
    empty = cards.loc[cards["n_accounts"] == 0, f"name_{language}"]
    rest = say("profiles.cards_empty", language, names=", ".join(empty)) if len(empty) else ""
    note = f'<p class="note">{escape(rest)}</p>' if rest else ""
    label = escape(say("profiles.cards_label", language))
    return f'<section class="segment-cards" aria-label="{label}">{"".join(articles)}</section>{note}'


def card_html(
    card: Mapping[str, Any],
    traits: list[dict[str, Any]],
    examples: list[dict[str, Any]],
    language: str,
    currency: str = "EUR",
) -> str:
    """Return the card of one segment.

    Parameters
    ----------
    card : mapping
        A row of `segment_cards`.
    traits, examples : list of dict
        Rows of `segment_traits` and `segment_examples` of the segment.
    language, currency : str
        Of the words and of the money.
    """
    short, _, told = str(card[f"telling_{language}"]).partition(": ")
    segment_id = escape(card["segment_id"])
    prefix = "" if language == "de" else f"{language}-"
    items = [escape(trait_sentence(trait, language, currency)) for trait in sorted(traits, key=lambda row: row["rank"])]
    small = f'<p class="small">{escape(say("profiles.card_small", language))}</p>' if card["is_small"] else ""
    return (
        f'<article class="segment-card" id="{prefix}segment-{segment_id}" data-segment="{segment_id}"'
        f' style="--colour:{escape(card["colour"])}"><h3>{escape(short)}</h3>'
        f'<p class="telling">{escape(told)}</p>{_sizes(card, language, currency)}'
        f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>{small}"
        f"{_examples(examples, language, currency)}{_change(card, language, currency)}</article>"
    )


def _sizes(card: Mapping[str, Any], language: str, currency: str) -> str:
    """Return accounts, revenue and margin with their shares."""
    accounts = say("profiles.card_accounts", language, n=card["n_accounts"])
    count, _, word = accounts.partition("\u00a0")
    figures = [(word, count, say("profiles.card_accounts_share", language, share=card["share_accounts"]))]
    share = say("profiles.card_share", language, share=card["share_revenue"])
    figures.append((say("profiles.card_revenue", language), compact_money(card["revenue"], language, currency), share))
    if card["margin"] == card["margin"] and card["margin"] is not None:
        rate = say("profiles.card_rate", language, rate=card["margin_rate"])
        figures.append((say("profiles.card_margin", language), compact_money(card["margin"], language, currency), rate))
    rows = "".join(
        f"<div><dt>{escape(name)}</dt><dd><b>{escape(value)}</b> <span>{escape(part)}</span></dd></div>"
        for name, value, part in figures
    )
    return f"<dl>{rows}</dl>"


def _examples(examples: list[dict[str, Any]], language: str, currency: str) -> str:
    """Return typical accounts and the largest; the money of the largest where there was any."""
    lines = []
    for role in ("typical", "largest"):
        rows = sorted((row for row in examples if row["role"] == role), key=lambda row: row["rank"])
        names = [_example(row, role, language, currency) for row in rows]
        if names:
            word = say(f"profiles.card_{role}", language)
            lines.append(f"<p><b>{escape(word)}:</b> {escape(', '.join(names))}</p>")
    return f'<div class="examples">{"".join(lines)}</div>'


def _example(row: Mapping[str, Any], role: str, language: str, currency: str) -> str:
    if role == "typical" or row["revenue_12m"] <= 0:
        return str(row["name"])
    return f"{row['name']} ({compact_money(row['revenue_12m'], language, currency)})"


def _change(card: Mapping[str, Any], language: str, currency: str) -> str:
    """Return what changed since the previous run."""
    quarter = card["compared_with"]
    if not isinstance(quarter, str) or not quarter:
        return f'<p class="change">{escape(say("profiles.card_no_change", language))}</p>'
    difference = float(card["change_revenue"])
    sign = "+" if difference > 0 else ""
    numbers = {name: int(card[name]) for name in ("n_joined", "n_left")}
    change = sign + compact_money(difference, language, currency)
    text = say("profiles.card_changed", language, quarter=quarter_name(quarter), change=change, **numbers)
    return f'<p class="change">{escape(text)}</p>'
