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
    cards: pd.DataFrame,
    traits: pd.DataFrame,
    examples: pd.DataFrame,
    currency: str = "EUR",
    quarter: str = "",
    about: str = "",
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
    quarter : str
        Stands above the cards on paper, where they are a sheet of their own.
    about : str
        id of a further segmentation on the same page; stands in the ids of its cards, which would be there twice.
    """
    shown = (currency, quarter, about)
    return {language: _sheet(cards, traits, examples, language, *shown) for language in LANGUAGES}


def _sheet(cards: Any, traits: Any, examples: Any, language: str, currency: str, quarter: str, about: str) -> str:
    """Return all cards with what their percentages mean, and the names of segments without accounts."""
    filled = cards[cards["n_accounts"] > 0].sort_values(["revenue", "segment_id"], ascending=[False, True])
    of_traits = {key: rows.to_dict("records") for key, rows in traits.groupby("segment_id")}
    of_examples = {key: rows.to_dict("records") for key, rows in examples.groupby("segment_id")}
    articles = [
        card_html(
            card,
            of_traits.get(card["segment_id"], []),
            of_examples.get(card["segment_id"], []),
            language,
            currency,
            about,
        )
        for card in filled.to_dict("records")
    ]
    empty = cards.loc[cards["n_accounts"] == 0, f"name_{language}"]
    rest = " " + say("profiles.cards_empty", language, names=", ".join(empty)) if len(empty) else ""
    label = escape(say("profiles.cards_label", language))
    return (
        f'<section class="cards-sheet" aria-label="{label}">'
        f'<p class="cards-title">{label} {escape(quarter_name(quarter))}</p>'
        f'<div class="segment-cards">{"".join(articles)}</div>'
        f'<p class="note">{escape(say("profiles.cards_note", language) + rest)}</p></section>'
    )


def card_html(
    card: Mapping[str, Any],
    traits: list[dict[str, Any]],
    examples: list[dict[str, Any]],
    language: str,
    currency: str = "EUR",
    about: str = "",
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
    about : str
        id of a further segmentation, as for `cards_html`.
    """
    short, _, told = str(card[f"telling_{language}"]).partition(": ")
    segment_id = escape(card["segment_id"])
    prefix = ("" if language == "de" else f"{language}-") + (f"{escape(about)}-" if about else "")
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
    """Return accounts and revenue with their shares, and the margin with its rate."""
    shown = {"language": language, "currency": currency}
    figures = [
        ("accounts", say("profiles.card_number", language, n=card["n_accounts"]), card["share_accounts"]),
        ("revenue", compact_money(card["revenue"], **shown), card["share_revenue"]),
    ]
    if card["margin"] is not None and card["margin"] == card["margin"]:
        figures.append(("margin", compact_money(card["margin"], **shown), card["margin_rate"]))
    rows = "".join(
        f"<div><dt>{escape(say(f'profiles.card_{name}', language))}</dt><dd><b>{escape(value)}</b>"
        f" <span>{escape(say('profiles.card_share', language, share=share))}</span></dd></div>"
        for name, value, share in figures
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
    notes = []
    if role != "typical" and row["revenue_12m"] > 0:
        notes.append(compact_money(row["revenue_12m"], language, currency))
    if row.get("is_contactable") is False:
        notes.append(say("privacy.blocked", language))
    return f"{row['name']} ({'; '.join(notes)})" if notes else str(row["name"])


def _change(card: Mapping[str, Any], language: str, currency: str) -> str:
    """Return what changed since the previous run."""
    quarter = card["compared_with"]
    if not isinstance(quarter, str) or not quarter:
        return f'<p class="change">{escape(say("profiles.card_no_change", language))}</p>'
    difference = float(card["change_revenue"])
    sign = "+" if difference > 0 else ""
    numbers: dict[str, Any] = {name: int(card[name]) for name in ("n_joined", "n_left")}
    change = sign + compact_money(difference, language, currency)
    text = say("profiles.card_changed", language, quarter=quarter_name(quarter), change=change, **numbers)
    return f'<p class="change">{escape(text)}</p>'
