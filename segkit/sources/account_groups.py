"""Account groups that look like accounts nobody wants to segment: a proposal for scope.account_groups."""

from __future__ import annotations

import re

from segkit.sources.aliases import words_of
from segkit.sources.exports import Exports
from segkit.sources.proposal import Entry

_LOOKS = {
    "one_time": r"cpda?|0099|einmal(kunden?|debitor(en)?)|one ?time( (accounts?|customers?))?|barverkauf|laufkund\w*",
    "intercompany": r"(ku)?ic|intercompany|inter company|konzern(intern|gesellschaft(en)?|unternehmen|firmen?)?"
    r"|verbundenes? unternehmen|affiliated( compan(y|ies))?|own compan(y|ies)|eigene gesellschaft(en)?",
    "staff": r"mitarbeiter(innen|verkauf)?|mitarbeiter in|personal(verkauf|kauf)?|staff( sales?)?|employees?",
}
"""Reason of scope → how such a group is called, in plain lower case; 0099, CPD and CPDA are SAP's one-time accounts."""


def find_account_groups(entries: list[Entry], exports: Exports) -> dict[str, str]:
    """Return account group → reason, of the groups that look like one-time, intercompany or staff accounts.

    Parameters
    ----------
    entries : list of Entry
        Those of accounts whose column account_group is one header are looked at, with all their values.
    exports : Exports
        The files.
    """
    headers = {
        column.header or column.text
        for entry in entries
        if entry.table == "accounts"
        for column in entry.columns
        if column.name == "account_group"
    }
    samples = [group.sample for group in exports.groups if group.used]
    names = {
        name for sample in samples for header in sample.headers if header in headers for name in sample.values(header)
    }
    found = {name: _reason(name) for name in sorted(names)}
    return {name: reason for name, reason in found.items() if reason}


def _reason(name: str) -> str | None:
    plain = " ".join(words_of(name))
    return next((reason for reason, look in _LOOKS.items() if re.fullmatch(look, plain)), None)
