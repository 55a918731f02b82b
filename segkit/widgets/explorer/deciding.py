"""Moves, names and notes: each is a signed row in decisions/, and holds from the next run on."""

from __future__ import annotations

from typing import Any

from segkit.widgets.explorer.keeping import one_line
from segkit.widgets.explorer.session import Session


def move(session: Session, message: dict[str, Any]) -> list[dict[str, Any]]:
    """Move the ticked accounts into a segment in force."""
    known = set(session.material.labels["account_id"])
    asked = message.get("accounts")
    accounts = [account for account in asked if account in known] if isinstance(asked, list) else []
    segment, force = message.get("segment"), session.material.force
    if segment != "" and segment not in force.ids:
        return [_told(session, "map", "explore.warn_no_target", {})]
    author, reason = one_line(message.get("author")), one_line(message.get("reason"))
    problem = session.decisions.move(accounts, str(segment), author, reason)
    if problem is not None:
        return [_told(session, "map", *problem)]
    key = "explore.moved" if segment else "explore.given_back"
    name = session.name_of(str(segment)) if segment else ""
    told = session.say(key, n=len(accounts), name=name, quarter=session.run.quarter.label)
    return [{"kind": "told", "where": "map", "level": "good", "text": told}]


def rename(session: Session, message: dict[str, Any]) -> list[dict[str, Any]]:
    """Name a segment in force, and note what is to be known of it."""
    segment, force = message.get("segment"), session.material.force
    if segment not in force.ids:
        return [_told(session, "names", "explore.warn_not_understood", {})]
    german, english, note, author = (one_line(message.get(name)) for name in ("name_de", "name_en", "note", "author"))
    problem = _name_and_note(session, str(segment), (german, english), note, author)
    if problem is not None:
        return [_told(session, "names", *problem)]
    told = session.say("explore.named", name=session.name_of(str(segment)), quarter=session.run.quarter.label)
    return [{"kind": "decided"}, {"kind": "told", "where": "names", "level": "good", "text": told}]


def _name_and_note(session: Session, segment: str, names: tuple[str, str], note: str, author: str):
    """Write what differs from what is known; return what is wrong instead."""
    force, decisions = session.material.force, session.decisions
    current = decisions.names().get(segment, force.names[segment])
    noted = decisions.notes().get(segment, {}).get("note", "")
    is_renamed, is_noted = tuple(n or o for n, o in zip(names, names[::-1], strict=True)) != current, note != noted
    others = {n.casefold() for s in force.ids if s != segment for n in decisions.names().get(s, force.names[s])}
    if not (names[0] or names[1]):
        return "explore.warn_segment_name", {}
    if is_renamed and {n.casefold() for n in names if n} & others:
        return "explore.warn_segment_name_taken", {"name": names[0] or names[1]}
    if not (is_renamed or is_noted):
        return "explore.warn_name_same", {}
    if is_renamed and (problem := decisions.name(segment, *names, author, note or session.say("explore.renamed"))):
        return problem
    return decisions.note(segment, note, author) if is_noted else None


def _told(session: Session, where: str, key: str, numbers: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "told", "where": where, "level": "warn", "text": session.say(key, **numbers)}


DECIDE = {"move": move, "rename": rename}
