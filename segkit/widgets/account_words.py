"""How the account page speaks: sentences, values and segments in one language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from segkit import display, texts
from segkit.widgets.account_rules import Sentence

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Words:
    """Says keys of `texts/account.*` in one language, and holds names and colours of segments by id."""

    language: str
    currency: str
    names: Mapping[str, str]
    colours: Mapping[str, str]

    def say(self, key: str, **numbers: Any) -> str:
        """Sentence of a key; a number that is a sentence itself is said first."""
        said = {k: self.sentence(v) if isinstance(v, tuple) else v for k, v in numbers.items()}
        return texts.say(key if "." in key else f"account.{key}", self.language, self.currency, **said)

    def sentence(self, sentence: Sentence) -> str:
        """A key with its numbers as text."""
        return self.say(sentence[0], **sentence[1])

    def show(self, value: object, kind: str) -> str:
        """One value as text; money of a thousand and more without cents."""
        return texts.show(value, kind, display.LOCALES[self.language], self.currency)

    def criterion(self, name: str) -> str:
        """What a column is called: as on this page, else as the head of tables."""
        for key in (f"account.figure_{name}", f"column.{name}"):
            if texts.has(key):
                return texts.say(key, self.language, self.currency)
        return name.replace("_", " ")

    def segment(self, segment_id: object) -> dict[str, str]:
        """Id, name and colour of a segment."""
        key = str(segment_id)
        return {"id": key, "name": self.names.get(key, key), "colour": self.colours.get(key, "#4A5868")}


def words_of(register: pd.DataFrame, language: str, currency: str) -> Words:
    """Return the words of a page from table `segment_register`."""
    rows = list(zip(register["segment_id"], register[f"name_{language}"], register["colour"], strict=True))
    return Words(language, currency, {i: name for i, name, _ in rows}, {i: colour for i, _, colour in rows})
