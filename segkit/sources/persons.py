"""Examples of persons have no place in project.yml and mapping.xlsx: both are mailed around."""

from __future__ import annotations

import re
from dataclasses import replace

from segkit.sources.proposal import Entry

_PERSONAL = ("first_name", "last_name", "email", "owner_id")
"""Columns about persons, as is the telephone of contacts."""
_NAMES = ("name", "account_id", "company")
"""Columns that hold names of companies, and of sole traders among them."""
_COMPANY = (
    r"\b(gmbh|ggmbh|mbh|ag|kg|kgaa|ohg|gbr|se|ug|e\. ?v|e\. ?k|eg|ev|inc|llc|ltd|limited|corp|company|co|plc|"
    r"corporation|s\.?a|s\.?l|sas|b\.?v|n\.?v|oy|as|ab|werke?|stadtwerke|stiftung|verein|verband|bank|kasse|gesellschaft|gemeinde|"
    r"stadt|group)\b"
)
_PERSON = re.compile(rf"(?i:(?!.*{_COMPANY}))[^\W\d_.][^\W\d_]*\.?(?:[ ,-]+[^\W\d_]+\.?){{1,3}}")
"""Two to four words, no digit, nothing that only a company has in its name."""


def without_persons(entry: Entry) -> Entry:
    """Return an entry without examples of what is about persons, and of names that may be those of persons."""
    personal = (*_PERSONAL, "phone") if entry.table == "contacts" else _PERSONAL
    shown = {c.name: () if c.name in personal else c.examples for c in entry.columns}
    shown |= {name: tuple(e for e in shown[name] if not may_be_person(e)) for name in _NAMES if name in shown}
    return replace(entry, columns=[replace(c, examples=shown[c.name]) for c in entry.columns])


def may_be_person(name: str) -> bool:
    """Say whether a name may be that of a person: Erika Muster may, Muster GmbH, Muster & Sohn and K100 may not."""
    return _PERSON.fullmatch(name) is not None
