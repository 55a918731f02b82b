"""Movement and review of the further segmentations of a project, beside the one that page 09 tells in full."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from segkit.monitoring.flows import GONE, NEW
from segkit.monitoring.migration import BY_BEHAVIOUR, Moment, build_migration
from segkit.monitoring.review import plan_review
from segkit.texts import LANGUAGES, say

if TYPE_CHECKING:
    import pandas as pd

    from segkit.settings.monitoring import Monitoring


@dataclass(frozen=True)
class Evidence:
    """What the reviews of all segmentations read: tables with the rows of every one, and the drift of all criteria."""

    migration: Any
    drift: Any
    segments: Any
    comparison: Any = None
    stability: Any = None


def track_moves(
    models: Mapping[str, Mapping[str, Any]],
    previous: pd.DataFrame | None,
    opening: pd.DataFrame,
    now: Moment,
    then: Moment,
    merged: pd.DataFrame,
) -> pd.DataFrame:
    """Return the rows of `migration` of further segmentations, one after another.

    Parameters
    ----------
    models : mapping
        id → accepted model of each.
    previous : DataFrame or None
        `segments` of the previous run with all its segmentations; None without a previous run.
    opening : DataFrame
        `opening_segments` of this run: stands for the previous run where that did not know a segmentation.
    now, then : Moment
        Of the run and of the one before; `segments` of `now` holds all segmentations, that of `then` is not read.
    merged : DataFrame
        account_id, merged_into.

    Returns
    -------
    DataFrame
        The columns of `migration`. Which axis of the grid changed is no reason here: who moved by its own behaviour
        fits the other segment better, or its contacts answered otherwise.
    """
    import pandas as pd

    found = []
    for name, model in models.items():
        known = previous is not None and (previous["segmentation_id"] == name).any()
        before = Moment(previous if known else opening, then.features, then.axes)
        moves = build_migration(name, before, now, merged, is_first=not known)
        reason = "persons" if model.get("unit") == "person" else "profile"
        own = moves["cause"].isin(BY_BEHAVIOUR) & moves["from_segment_id"].notna() & moves["to_segment_id"].notna()
        if model.get("method") != "grid":
            moves["reason"] = moves["reason"].mask(own, f"migration.reason_{reason}")
        found.append(moves)
    return pd.concat(found, ignore_index=True)


def plan_reviews(
    models: Mapping[str, Mapping[str, Any]],
    days: Mapping[str, dt.date | None],
    as_of: dt.date,
    first_month: int,
    decisions: pd.DataFrame,
    evidence: Evidence,
    settings: Monitoring,
) -> pd.DataFrame:
    """Return the table `review`, one row per segmentation.

    Parameters
    ----------
    models : mapping
        id → accepted model.
    days : mapping
        id → day of review that project.yml sets, or None: then it follows the age of the model.
    as_of, first_month, decisions, settings
        As for `plan_review`.
    evidence : Evidence
        Of each segmentation only its own rows count, and the drift of its own criteria: of the grid all, of needs none.
    """
    import pandas as pd

    def of(table: Any, name: str) -> Any:
        return None if table is None else table[table["segmentation_id"] == name]

    planned = []
    for name, model in models.items():
        mine = dict(model) | {"segmentation_id": name}
        drift = evidence.drift
        if model.get("method") != "grid":
            drift = drift[drift["variable"].isin(list(model.get("criteria") or ()))]
        parts = of(evidence.migration, name), drift, evidence.segments, of(evidence.comparison, name)
        day = days.get(name)
        planned.append(plan_review(mine, as_of, first_month, decisions, *parts, settings, day, evidence.stability))
    return pd.concat(planned, ignore_index=True)


def count_moved(flows: pd.DataFrame) -> dict[str, float]:
    """Return n_moved, n_accounts and revenue (currency, of those that moved): accounts that are in both quarters."""
    both = flows[(flows["from_segment_id"] != NEW) & (flows["to_segment_id"] != GONE)]
    moved = both[both["from_segment_id"] != both["to_segment_id"]]
    counts = {"n_moved": int(moved["n_accounts"].sum()), "n_accounts": int(both["n_accounts"].sum())}
    return counts | {"revenue": float(moved["revenue_12m"].sum())}


def find_moved(flows: pd.DataFrame, names: pd.DataFrame) -> pd.DataFrame:
    """Return the flows from one segment to another in words, largest revenue first.

    Parameters
    ----------
    flows : DataFrame
        Rows of `migration_flows` of one segmentation.
    names : DataFrame
        segment_id, name_de, name_en, of `shaping.name_segments`.

    Returns
    -------
    DataFrame
        from_de, from_en, to_de, to_en, cause_de, cause_en, n_accounts, revenue_12m.
    """
    moved = flows[flows["from_segment_id"] != flows["to_segment_id"]]
    keys = ["revenue_12m", "from_segment_id", "to_segment_id", "cause"]
    moved = moved.sort_values(keys, ascending=[False, True, True, True], ignore_index=True)
    called = names.set_index("segment_id")
    words: dict[str, Any] = {}
    for language in LANGUAGES:
        for end in ("from", "to"):
            ids = moved[f"{end}_segment_id"]
            words[f"{end}_{language}"] = ids.map(called[f"name_{language}"]).fillna(ids)
        words[f"cause_{language}"] = [say(f"migration.cause_{cause}", language) for cause in moved["cause"]]
    shown = [f"{word}_{language}" for word in ("from", "to", "cause") for language in LANGUAGES]
    return moved.assign(**words)[[*shown, "n_accounts", "revenue_12m"]]
