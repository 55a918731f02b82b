"""Goals in words: what cockpit, page, summary and workbook show of the table `goals`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from segkit.display import LOCALES, compact_money, quarter_name
from segkit.kpis.catalogue import kpi_catalogue
from segkit.kpis.figures import ALL
from segkit.texts import LANGUAGES, NOTHING, has, say, show

if TYPE_CHECKING:
    import pandas as pd

Finding = tuple[str, dict[str, Any]]
Titles = Mapping[str, Sequence[str]]
STATES = ("reached", "on_track", "open", "off_track", "missed", "undecidable", "not_measured")
ICONS = dict(zip(STATES, ("✓", "↗", "…", "↘", "✗", "?", "–"), strict=True))
TONES = dict(zip(STATES, ("good", "good", "plain", "bad", "bad", "plain", "plain"), strict=True))
VALUES = "baseline target value low high expected expected_low expected_high".split()
SHOWN = (
    "kpi_de kpi_en whom_de whom_en baseline_de baseline_en target_de target_en deadline verdict_de verdict_en".split()
)
SHOWN += "reach_de reach_en goal_owner goal_reason".split()


def shape_goals(goals: pd.DataFrame, register: pd.DataFrame, titles: Titles, currency: str) -> pd.DataFrame:
    """Return goals with everything in words, in German and English.

    Parameters
    ----------
    goals : DataFrame
        The table `goals`.
    register : DataFrame
        `segment_register` of all segmentations: segmentation_id, segment_id, name_de, name_en.
    titles : mapping
        Names of the segmentations by id, German and English (`name_segmentations`); with several, the name stands
        behind that of the segment.
    currency : str
        ISO code of the project's money.

    Returns
    -------
    DataFrame
        The columns of `goals`, state (an open goal that is undecidable is ``open``), icon, tone (good, bad, plain) and,
        each with _de and _en: kpi, whom, verdict, sentence, outlook, reach, now, and the figures of `VALUES` as text
        (``shown_value_de``).
    """
    import pandas as pd

    names = {(row["segmentation_id"], row["segment_id"]): row for row in register.to_dict("records")}
    rows = [_in_words(row, names, titles, currency) for row in goals.to_dict("records")]
    told = pd.DataFrame(rows, index=goals.index, columns=_columns())
    return pd.concat([goals, told], axis=1)


def _columns() -> list[str]:
    words = ["kpi", "whom", "verdict", "sentence", "outlook", "reach", "now", *(f"shown_{name}" for name in VALUES)]
    return ["state", "icon", "tone", *(f"{name}_{language}" for name in words for language in LANGUAGES)]


def _in_words(row: dict[str, Any], names: dict, titles: Titles, currency: str) -> dict[str, Any]:
    state = state_of(row)
    told: dict[str, Any] = {"state": state, "icon": ICONS[state], "tone": TONES[state]}
    for language in LANGUAGES:
        figures = {name: goal_value(row["kpi_id"], row[name], language, currency) for name in VALUES}
        words = {
            "kpi": say(f"kpis.name_{row['kpi_id']}", language),
            "whom": _whom(row, names, titles, language),
            "verdict": say(f"goals.state_{state}", language),
            "sentence": _sentence(row, figures, language),
            "outlook": _outlook(row, figures, language),
            "reach": _reach(row, language, currency),
            "now": _now(row, figures, language),
            **{f"shown_{name}": figure for name, figure in figures.items()},
        }
        told |= {f"{name}_{language}": word for name, word in words.items()}
    return told


def state_of(row: Mapping[str, Any]) -> str:
    """Return the state that is shown: before the deadline, what is undecidable is open."""
    return "open" if row["status"] == "undecidable" and not row["is_final"] else str(row["status"])


def goal_value(kpi_id: str, value: Any, language: str, currency: str) -> str:
    """Return a value of a KPI as text with its unit; a dash where there is none."""
    if not _known(value):
        return NOTHING
    unit = kpi_catalogue()[kpi_id].unit
    if unit == "money":
        return compact_money(float(value), language, currency)
    if unit == "percent":
        return show(value, "percent", LOCALES[language])
    number = show(value, "number" if abs(value) >= 10 else "decimal", LOCALES[language])
    return say(f"goals.value_{unit}", language, value=number) if has(f"goals.value_{unit}") else number


def goal_change(kpi_id: str, change: Any, language: str, currency: str) -> str:
    """Return a change of a KPI as text with its sign; shares change by points."""
    if not _known(change):
        return NOTHING
    sign = "+" if change > 0 else "−" if change < 0 else "±"
    if kpi_catalogue()[kpi_id].unit == "percent":
        number = show(100 * abs(change), "number", LOCALES[language])
        return sign + say("goals.points", language, value=number)
    return sign + goal_value(kpi_id, abs(change), language, currency)


def _known(value: Any) -> bool:
    return value is not None and value == value


def _whom(row: dict[str, Any], names: dict, titles: Titles, language: str) -> str:
    if row["segment_id"] == ALL:
        return say("kpis.all", language)
    segment = names.get((row["segmentation_id"], row["segment_id"]))
    name = str(segment[f"name_{language}"]) if segment else str(row["segment_id"])
    title = titles.get(row["segmentation_id"], (row["segmentation_id"],) * len(LANGUAGES))
    return f"{name} ({title[LANGUAGES.index(language)]})" if len(titles) > 1 else name


def _sentence(row: dict[str, Any], figures: dict[str, str], language: str) -> str:
    """Return the verdict in one sentence, with the figures that it rests on."""
    numbers = {**figures, "n": row["n"], "n_quarters": row["n_quarters"], "quarter": quarter_name(row["quarter"])}
    reason = str(row["reason"])
    if reason.startswith("goals."):
        return say(reason, language, **numbers)
    return say("goals.not_measured", language, reason=say(reason, language) if has(reason) else reason)


def _outlook(row: dict[str, Any], figures: dict[str, str], language: str) -> str:
    return say("goals.outlook", language, **figures) if _known(row["expected"]) else NOTHING


def _now(row: dict[str, Any], figures: dict[str, str], language: str) -> str:
    if not _known(row["value"]):
        return NOTHING
    key = "goals.now" if _known(row["low"]) and row["low"] != row["high"] else "goals.now_alone"
    return say(key, language, **figures, quarter=quarter_name(row["quarter"]))


def _reach(row: dict[str, Any], language: str, currency: str) -> str:
    best = goal_change(row["kpi_id"], row["best_change"], language, currency)
    if _known(row["baseline"]) and not _known(row["progress"]):
        return say("goals.reach_held", language)
    known = row["attainability"] if isinstance(row["attainability"], str) else "unknown"
    return say(f"goals.reach_{known}", language, best=best)


def describe_goals(shaped: pd.DataFrame) -> list[Finding]:
    """Return how many goals stand how, then a sentence for each: keys of the texts with their numbers.

    Parameters
    ----------
    shaped : DataFrame
        Goals as `shape_goals` gives them.
    """
    if shaped.empty:
        return [("goals.none", {})]
    counts = shaped["state"].value_counts()
    parts = {
        f"parts_{language}": ", ".join(
            say("goals.part", language, n=int(counts[state]), state=say(f"goals.state_{state}", language))
            for state in STATES
            if state in counts
        )
        for language in LANGUAGES
    }
    return [("goals.answer", {"n": len(shaped), **parts}), *(finding for _, finding in each_goal(shaped))]


def each_goal(shaped: pd.DataFrame) -> list[tuple[str, Finding]]:
    """Return id and sentence of each goal, those that need a decision first."""
    order = {state: place for place, state in enumerate(reversed(STATES))}
    first = {"missed": -3, "off_track": -2, "undecidable": -1}
    ranked = shaped.assign(place=shaped["state"].map({**order, **first}))
    rows = ranked.sort_values(["place", "deadline", "goal_id"], kind="stable").to_dict("records")
    names = [f"{name}_{language}" for name in ("kpi", "whom", "sentence", "shown_target") for language in LANGUAGES]
    return [
        (row["goal_id"], ("goals.line", {**{name: row[name] for name in names}, "deadline": row["deadline"].date()}))
        for row in rows
    ]


def list_goals(shaped: pd.DataFrame) -> pd.DataFrame:
    """Return goals as a table to read, one row per goal, what needs a decision first: `SHOWN`.

    Parameters
    ----------
    shaped : DataFrame
        Goals as `shape_goals` gives them.
    """
    told = {f"{name}_{x}": shaped[f"shown_{name}_{x}"] for name in ("baseline", "target") for x in LANGUAGES}
    verdicts = {f"verdict_{x}": shaped["icon"] + "\u00a0" + shaped[f"verdict_{x}"] for x in LANGUAGES}
    table = shaped.drop(columns=["baseline", "target"]).assign(
        goal_owner=shaped["owner"], goal_reason=shaped["why"], **told, **verdicts
    )
    order = [goal_id for goal_id, _ in each_goal(shaped)]
    return table.set_index("goal_id").loc[order, SHOWN].reset_index(drop=True)
