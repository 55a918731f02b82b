"""One account as what the browser shows: plain text and numbers, in one language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from segkit import display, texts
from segkit.charts.account import account_history_chart
from segkit.quarters import Quarter
from segkit.segments.findings import SURE
from segkit.tables import TABLES
from segkit.widgets.account_data import FIGURES
from segkit.widgets.account_why import Why
from segkit.widgets.account_words import Words

if TYPE_CHECKING:
    import pandas as pd

COIN = 0.5  # below it the account would leave its segment more often than not
LABELS = """search search_hint search_none print outlook why steps changes figures history history_table all_accounts
    cockpit""".split()
CLASSES = ("abc_class", "abc_margin_class", "xyz_class")
SCORES = ("r_score", "f_score", "m_score")


def head(data: Mapping[str, Any], words: Words) -> dict[str, Any]:
    """Name, facts, parent and branches."""
    master = data["master"]
    place = " ".join(str(master[c]) for c in ("postal_code", "city") if c in master)
    place = ", ".join(filter(None, [place, str(master.get("country", ""))]))
    facts = {
        "account_id": data["account_id"],
        "place": place,
        "owner": " · ".join(str(master[c]) for c in ("owner_id", "team") if c in master),
        "industry": " · ".join(str(master[c]) for c in ("industry", "industry_code") if c in master),
        "employees": _employees(master, words),
        "contact": words.say("blocked") if master.get("is_contactable") is False else "",
        "consent": words.say("yes" if master["consent"] else "no") if "consent" in master else "",
    }
    return {
        "name": str(master.get("name", data["account_id"])),
        "facts": [[words.say(f"fact_{name}"), value] for name, value in facts.items() if value],
        "family": [
            {"label": words.say(role), "accounts": [{"id": i, "name": str(name)} for i, name in data[role]]}
            for role in ("parent", "children")
            if data[role]
        ],
    }


def _employees(master: Mapping[str, Any], words: Words) -> str:
    if "employees" not in master:
        return ""
    key = "employees_known" if "employees_date" in master else "employees"
    return words.say(key, n=master["employees"], date=master.get("employees_date"))


def segment(data: Mapping[str, Any], why: Why | None, move: Mapping[str, Any] | None, words: Words) -> dict[str, Any]:
    """The badge: segment, since when, how sure, and who moved it by hand."""
    row = data["segment"]
    if not row:
        return {"none": words.say("no_purchases")}
    manual = ""
    if row["is_manual"]:
        manual = words.say("manual", **_decision(move, words))
        if why is not None and why.segment_id != row["segment_id"]:
            manual += " " + words.say("by_rules", name=words.segment(why.segment_id)["name"])
    return words.segment(row["segment_id"]) | {
        "since": words.say("since", quarter=display.quarter_name(row["since_quarter"])),
        "manual": manual,
        **_confidence(row.get("confidence"), words),
    }


def _decision(move: Mapping[str, Any] | None, words: Words) -> dict[str, str]:
    unknown = words.say("nobody_named")
    found = move or {}
    return {name: found.get(name) or unknown for name in ("author", "date", "reason")}


def _confidence(value: float | None, words: Words) -> dict[str, Any]:
    if value is None:
        return {"confidence": "", "doubt": False}
    key = "sure" if value >= SURE else "doubtful" if value >= COIN else "very_doubtful"
    return {"confidence": words.say(key, n=round(100 * value)), "doubt": value < SURE}


def why_card(data: Mapping[str, Any], why: Why | None, words: Words) -> dict[str, Any]:
    """The sentence, the rules tried in order, what would change the segment, and what is typical of its cluster."""
    if not data["segment"]:
        return {"sentence": "", "steps": [], "changes": [], "note": "", "nearest": None}
    if why is None:
        return {"sentence": words.say("why_unknown"), "steps": [], "changes": [], "note": "", "nearest": None}

    def said(step: Any) -> str:
        key, numbers = step.sentence
        if "name" in numbers:
            numbers = numbers | {"name": words.segment(numbers["name"])["name"]}
        return words.say(key, **numbers)

    steps = [
        words.segment(s.segment_id) | {"holds": s.holds, "text": words.say("holds") if s.holds else said(s)}
        for s in why.steps
    ]
    changes = [words.segment(s.segment_id) | {"text": words.say(s.sentence[0], **s.sentence[1])} for s in why.changes]
    return {
        "sentence": said(why.steps[-1]),
        "steps": steps,
        "changes": changes,
        "note": words.say("limits_move") if changes else "",
        "nearest": _nearest(why, words),
    }


def _nearest(why: Why, words: Words) -> dict[str, Any] | None:
    if not why.nearest:
        return None
    heads = [words.say("criterion"), words.say("own"), words.segment(why.segment_id)["name"]]
    if why.next_segment_id:
        heads.append(words.segment(why.next_segment_id)["name"])
    rows = [
        [words.criterion(name), *(_criterion_value(v, name, words) for v in values[: len(heads) - 1])]
        for name, *values in why.nearest
    ]
    return {"heads": heads, "rows": rows}


def _criterion_value(value: Any, name: str, words: Words) -> str:
    if value is None or value != value:
        return words.show(None, "number")
    if isinstance(value, str | bool):
        return str(value)
    return words.show(float(value), (FIGURES | {"tenure_days": "count"}).get(name, "number"))


def figures(data: Mapping[str, Any], words: Words) -> dict[str, Any] | None:
    """Own figures beside the medians, the place among all accounts, classes and scores, the rhythm of buying."""
    frame, value = data.get("figures"), data["value"]
    if frame is None:
        return None
    rows = [
        [words.say(f"figure_{name}"), *(words.show(number, FIGURES[name]) for number in numbers)]
        for name, *numbers in frame[["name", "own", "segment", "overall"]].itertuples(index=False)
    ]
    heads = [
        words.say("figure"),
        words.say("own"),
        words.say("median_segment", n=data["n_segment"]),
        words.say("median_all", n=data["n_accounts"]),
    ]
    sentences = [words.say("rank", rank=data["rank"], n=data["n_accounts"], share=value.get("revenue_share"))]
    if "cumulative_share" in value and value["revenue_12m"] > 0:
        sentences.append(words.say("cumulative", share=value["cumulative_share"]))
    rhythm = _rhythm(frame.set_index("name")["own"], words)
    classes = [
        {"label": words.say(f"label_{name}"), "value": str(value[name]), "hint": words.say(f"hint_{name}")}
        for name in (*CLASSES, *SCORES)
        if name in value
    ]
    return {"heads": heads, "rows": rows, "sentences": [*sentences, *rhythm], "classes": classes}


def _rhythm(own: pd.Series, words: Words) -> list[str]:
    interval, days = own.get("interval_days"), own.get("days_since_last")
    if interval is None or interval != interval or interval <= 0:
        return [words.say("no_rhythm")]
    if days <= interval:
        return [words.say("rhythm", interval=interval)]
    return [words.say("rhythm_late", interval=interval, days=days, times=days / interval)]


def history(
    data: Mapping[str, Any],
    slices: Sequence[tuple[str, bool]],
    path: Sequence[tuple[str, str]],
    words: Words,
) -> dict[str, Any] | None:
    """Revenue by quarter with the segment of each official run.

    Parameters
    ----------
    slices : sequence of (str, bool)
        Every quarter of the panel, oldest first, and whether the data cover it.
    path : sequence of (str, str)
        Quarter and segment_id of each official run up to this one, oldest first.
    """
    panel = data["panel"]
    if panel is None or panel.empty:
        return None
    revenue = dict(zip(panel["quarter"], panel["revenue_q"].astype(float), strict=True))
    segments, no_run = dict(path), words.say("no_run")
    rows: list[dict[str, Any]] = [
        {
            "quarter": quarter,
            "revenue": None if quarter not in revenue else round(revenue[quarter], 2),
            "segment": words.segment(segments[quarter])["name"] if quarter in segments else no_run,
            "is_complete": is_complete,
            "quarter_text": display.quarter_name(quarter),
            "revenue_text": words.show(revenue.get(quarter), "money"),
            "note": "" if is_complete else words.say("incomplete"),
        }
        for quarter, is_complete in slices
    ]
    shown = [{"name": words.names[i], "colour": words.colours[i]} for i in words.names]
    for row in rows:
        row["spoken"] = ", ".join(filter(None, (row[c] for c in ("quarter_text", "revenue_text", "segment", "note"))))
    heads = [words.say(x) for x in ("quarter", "revenue_q", "segment", "remark")]
    table = [[r["quarter_text"], r["revenue_text"], r["segment"], r["note"]] for r in rows]
    return {
        "spec": account_history_chart(shown, words.language, words.currency),
        "rows": rows,
        "path": _stretches(path, words),
        "note": words.say("history_note") if any(not ok for _, ok in slices) else words.say("history_note_complete"),
        "table": {"heads": heads, "rows": table},
    }


def _stretches(path: Sequence[tuple[str, str]], words: Words) -> list[dict[str, str]]:
    """Runs of quarters in the same segment, as chips."""
    chips: list[dict[str, str]] = []
    for quarter, segment_id in path:
        name = display.quarter_name(quarter)
        if chips and chips[-1]["id"] == segment_id:
            chips[-1]["to"] = name
        else:
            chips.append(words.segment(segment_id) | {"from": name, "to": name})
    return [chip | {"when": " – ".join(dict.fromkeys([chip["from"], chip["to"]]))} for chip in chips]


def covered(as_of: Any, quarter: Quarter, history_days: int) -> bool:
    """Say whether the data reach from the first to the last day of a quarter."""
    return as_of.date() >= quarter.end and history_days >= (as_of.date() - quarter.start).days


def movement(data: Mapping[str, Any], path: Sequence[tuple[str, str]], words: Words) -> str:
    """Where the account came from since the run before, and why; empty in a first run."""
    row, now = data["migration"], data["segment"]
    if not now or len(path) < 2:
        return ""
    before = row.get("from_segment_id") if row else now.get("previous_segment_id")
    numbers = {"quarter": display.quarter_name(path[-2][0]), "to": words.segment(now["segment_id"])["name"]}
    if before is None:
        return words.say("moved_new", **numbers)
    numbers["from"] = words.segment(before)["name"]
    if before == now["segment_id"]:
        return words.say("stayed", **numbers)
    reason = str(row.get("reason", ""))
    if not texts.has(reason):
        return words.say("moved", **numbers)
    figures = dict.fromkeys(TABLES["migration"].columns) | row  # what is empty in the row reads "–"
    doubt = [words.say("move_doubtful")] if row.get("is_doubtful") else []
    return " ".join([words.say("moved_why", **numbers, why=words.say(reason, **figures)), *doubt])


def suggestions(found: pd.DataFrame, words: Words) -> list[dict[str, Any]]:
    """Accounts to choose from: id, name, place, segment."""
    return [
        {
            "id": row["account_id"],
            "name": str(row["name"]),
            "place": str(row["city"]) if row["city"] == row["city"] and row["city"] is not None else "",
            "segment": words.segment(row["segment_id"]) if row["segment_id"] == row["segment_id"] else None,
            "revenue": words.show(row["revenue_12m"], "money"),
        }
        for row in found.to_dict("records")
    ]
