"""The map of accounts: points on two axes, and what lies inside a line or answers to a name."""

from __future__ import annotations

from typing import Any

import numpy as np

from segkit.display import show_cell
from segkit.segments.explore.picture import Axis, find_axes, find_inside, make_axis, points_drawn
from segkit.segments.space import VALUE_CRITERIA
from segkit.widgets.explorer import view
from segkit.widgets.explorer.keeping import one_line
from segkit.widgets.explorer.session import Session

MOST_LISTED = 200
NOWHERE = -1.0


def send_points(session: Session, message: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the points of all accounts, or of 20,000 of them: x and y from 0 to 1, segment in place of colour."""
    columns = find_axes(session.material.features, list(session.material.offered))
    asked = [name for name in (message.get("x"), message.get("y")) if name in columns]
    first = [*session.axes, *(name for name in (VALUE_CRITERIA[2], VALUE_CRITERIA[0]) if name in columns), *columns]
    session.axes = asked if len(asked) == 2 else first[:2]
    if len(session.axes) < 2:
        return [{"kind": "told", "where": "map", "level": "warn", "text": session.say("explore.warn_no_axes")}]
    x, y = _axes(session)
    shown = session.shown
    rows = points_drawn(len(session.material.features), session.run.settings.seed)
    place = {segment: j for j, segment in enumerate(shown.ids)}
    codes = np.array([place.get(s, 0) for s in shown.trial.segments[rows].tolist()], dtype=np.uint8)
    coordinates = np.column_stack([np.nan_to_num(axis.values[rows], nan=NOWHERE) for axis in (x, y)])
    n_missing = int((~(np.isfinite(x.values) & np.isfinite(y.values))).sum())
    told = {"n": len(rows), "of": len(session.material.features), "missing": n_missing}
    key = "explore.map_part" if len(rows) < len(session.material.features) else "explore.map_all"
    words = session.say(key, **told) + (" " + session.say("explore.map_missing", **told) if n_missing else "")
    return [
        {
            "kind": "points",
            "axes": [[name, view.criterion_name(session.material, name, session.language)] for name in columns],
            "x": _about(session, x),
            "y": _about(session, y),
            "segments": view.segments_of(shown, session.language),
            "words": words,
            "buffers": [coordinates.astype("<f4").tobytes(), codes.tobytes()],
        }
    ]


def pick_inside(session: Session, message: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the accounts inside a line, among those of the segments that are shown."""
    if len(session.axes) < 2:
        return []
    inside = find_inside(*_axes(session), message.get("line"))
    hidden = [s for s in message.get("hidden") or [] if isinstance(s, str)]
    return _listed(session, inside & ~np.isin(session.shown.trial.segments, hidden))


def search(session: Session, message: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the accounts whose name or id holds a text; of one segment where the text is empty."""
    text, segment = one_line(message.get("text")).casefold(), message.get("segment")
    labels = session.material.labels
    found = np.ones(len(labels), dtype=bool)
    if text:
        is_in = [labels[name].str.casefold().str.contains(text, regex=False) for name in ("name", "account_id")]
        found = (is_in[0] | is_in[1]).to_numpy(bool)
    if segment:
        found &= session.shown.trial.segments == segment
    return _listed(session, found if text or segment else ~found)


def _listed(session: Session, picked: np.ndarray) -> list[dict[str, Any]]:
    """Return the picked accounts as a list, the most money first, and what they come to."""
    money = np.nan_to_num(session.material.features["revenue_12m"].to_numpy(float, na_value=np.nan))
    rows = np.flatnonzero(picked)
    rows = rows[np.argsort(-money[rows], kind="stable")]
    session.picked = rows
    numbers = {"n": len(rows), "revenue": float(money[rows].sum()), "of_revenue": float(money.sum())}
    key = "explore.picked" if len(rows) else "explore.picked_none"
    more = session.say("explore.picked_more", n=MOST_LISTED) if len(rows) > MOST_LISTED else ""
    shown = view.list_accounts(
        rows.tolist(), session.shown, session.material, session.language, session.currency, MOST_LISTED
    )
    return [{"kind": "picked", "words": session.say(key, **numbers), "more": more, "accounts": shown, "n": len(rows)}]


def _axes(session: Session) -> tuple[Axis, Axis]:
    features = session.material.features
    return make_axis(features, session.axes[0]), make_axis(features, session.axes[1])


def _about(session: Session, axis: Axis) -> dict[str, Any]:
    kind = view.kind_shown(session.material.features[axis.column])
    marks = [[place, show_cell(value, kind, session.language, session.currency)] for place, value in axis.marks]
    name = view.criterion_name(session.material, axis.column, session.language)
    return {"id": axis.column, "name": name, "marks": marks}


MAP = {"points": send_points, "lasso": pick_inside, "search": search}
