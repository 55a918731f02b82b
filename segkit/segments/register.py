"""The register: every segment that ever was, with its name and colour. Ids are never reused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.quarters import Quarter
from segkit.segments.accepted import segment_ids
from segkit.segments.cluster_names import name_by_criteria
from segkit.segments.criterion_names import Titles
from segkit.segments.grid import BY_RULE, GRID_SEGMENTS
from segkit.segments.hand_rules import OTHER
from segkit.texts import say

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = [
    "segmentation_id",
    "segment_id",
    "name_de",
    "name_en",
    "colour",
    "first_quarter",
    "last_quarter",
    "came_from",
    "status",
]
ACTIVE_DAYS, OCCASIONAL_DAYS = 90, 365


def update_register(
    register: pd.DataFrame | None,
    model: Mapping[str, Any],
    features: pd.DataFrame,
    quarter: Quarter,
    colours: Sequence[str],
    came_from: Mapping[str, str] | None = None,
    names: pd.DataFrame | None = None,
    titles: Titles | None = None,
) -> pd.DataFrame:
    """Return the register of this quarter: table `segment_register`.

    Parameters
    ----------
    register : DataFrame or None
        The register of the previous run; None in the first run.
    model : mapping
        The accepted model. Its segments are active; segments it no longer has are ended and stay in the register. A
        rule that comes back (grid, clusters, grid again) is the same segment again.
    features : DataFrame
        This quarter's slice of `account_features`, from which new clusters get a telling name.
    colours : sequence of str
        Palette; each segment takes the first colour that no segment of the register has, and keeps it.
    came_from : mapping, optional
        New segment → the segment most of its accounts were in.
    names : DataFrame, optional
        decisions/names.csv: a person's names take the place of the given ones; an empty name gives them back.
    titles : mapping, optional
        Criterion → its German and its English name, for the names of clusters.
    """
    import pandas as pd

    known = pd.DataFrame(columns=COLUMNS) if register is None else register[COLUMNS].copy()
    present = segment_ids(model)
    births = [segment for segment in present if segment not in set(known["segment_id"])]
    withdrawn = _withdrawn(known, names)
    others = known.loc[~known["segment_id"].isin(withdrawn), "name_en"]
    given = name_segments([*births, *withdrawn], model, features, set(others), titles)
    for segment in withdrawn:
        known.loc[known["segment_id"] == segment, ["name_de", "name_en"]] = given[segment]
    free = _colours(colours, known["colour"].tolist())
    born = pd.DataFrame(
        [
            {
                "segmentation_id": model["segmentation_id"],
                "segment_id": segment,
                "name_de": given[segment][0],
                "name_en": given[segment][1],
                "colour": next(free),
                "first_quarter": str(quarter),
                "last_quarter": str(quarter),
                "came_from": (came_from or {}).get(segment, ""),
            }
            for segment in births
        ],
        columns=COLUMNS,
    )
    updated = pd.concat([known, born], ignore_index=True) if len(known) else born
    is_present = updated["segment_id"].isin(present)
    updated["last_quarter"] = updated["last_quarter"].mask(is_present, str(quarter))
    updated["status"] = np.where(is_present, "active", "ended")
    updated = updated.astype("str").sort_values("segment_id", ignore_index=True)
    return updated if names is None else apply_names(updated, names)


def apply_names(register: pd.DataFrame, names: pd.DataFrame) -> pd.DataFrame:
    """Return the register with the names that people decided.

    Parameters
    ----------
    register : DataFrame
        Table `segment_register`.
    names : DataFrame
        decisions/names.csv: segmentation_id, segment_id, name_de, name_en; of several rows of a segment the last one
        holds, a name in one language stands for both. Rows that `check_names` finds wrong are passed over.
    """
    renamed = register.copy()
    wrong = {warning["segment_id"] for _, warning in check_names(register, names)}
    for segment_id, german, english in _decided(register, names):
        if segment_id not in wrong:
            renamed.loc[renamed["segment_id"] == segment_id, ["name_de", "name_en"]] = german, english
    return renamed


def check_names(register: pd.DataFrame, names: pd.DataFrame) -> list[tuple[str, dict[str, str]]]:
    """Return a sentence (key, numbers) for each decided name that cannot be obeyed: unknown segment, name taken."""
    decided = _decided(register, names)
    people = {segment_id: {german.casefold(), english.casefold()} for segment_id, german, english in decided}
    others = {
        row.segment_id: {row.name_de.casefold(), row.name_en.casefold()}
        for row in register.itertuples()
        if row.segment_id not in people
    }
    told, seen = [], set().union(*others.values())
    for segment_id, german, english in decided:
        numbers = {"segment_id": segment_id, "name_de": german, "name_en": english}
        if segment_id not in set(register["segment_id"]):
            told.append(("segments.warn_name_unknown", numbers))
        elif people[segment_id] & seen:
            told.append(("segments.warn_name_taken", numbers))
        else:
            seen |= people[segment_id]
    return told


def _withdrawn(register: pd.DataFrame, names: pd.DataFrame | None) -> list[str]:
    """Return the segments whose last decision is an empty name: they are called again as the model calls them."""
    if names is None or register.empty:
        return []
    mine = names[names["segmentation_id"].isin(register["segmentation_id"])].drop_duplicates("segment_id", keep="last")
    empty = mine[(mine["name_de"].fillna("") == "") & (mine["name_en"].fillna("") == "")]["segment_id"]
    active = register.loc[register["status"] == "active", "segment_id"]
    return sorted(set(empty) & set(active))


def _decided(register: pd.DataFrame, names: pd.DataFrame) -> list[tuple[str, str, str]]:
    """Return segment, German and English name of each decision on the register's segmentation."""
    mine = names[names["segmentation_id"].isin(register["segmentation_id"])].drop_duplicates("segment_id", keep="last")
    rows = [
        (str(row.segment_id), str(row.name_de or row.name_en), str(row.name_en or row.name_de))
        for row in mine.fillna("").itertuples()
    ]
    return [row for row in rows if row[1]]


def _colours(palette: Sequence[str], taken: Sequence[str]):
    """Yield unused colours, then the palette again from its start."""
    yield from (colour for colour in palette if colour not in taken)
    while True:
        yield from palette


def name_segments(
    ids: Sequence[str],
    model: Mapping[str, Any],
    features: pd.DataFrame,
    taken: set[str] | None = None,
    titles: Titles | None = None,
) -> dict[str, tuple[str, str]]:
    """Return the German and the English name of new segments; no two are the same.

    Segments of the grid and KEY, DORMANT have fixed names, hand-made rules those of project.yml; a cluster is named by
    its revenue among the clusters (high, middle, low; none) and by the days since the last line that are typical of it;
    where the segmentation is not about revenue, by those of its own criteria that are farthest from the other clusters.
    """
    names: dict[str, tuple[str, str]] = {}
    used = set(taken or ())
    is_of_value = "revenue_12m" in model.get("criteria", {"revenue_12m": 1.0})
    words = _cluster_words(model, features) if "fit" in model and is_of_value else {}
    own = name_by_criteria(model, features, titles) if "fit" in model and not is_of_value else {}
    given = {rule["id"]: rule["name"] for rule in model.get("hand_rules", [])}
    for segment in _largest_first(ids, model):
        fixed = segment in (*GRID_SEGMENTS, *BY_RULE, OTHER) and segment not in own
        key = f"segments.name_{segment}" if fixed else f"segments.cluster_{words.get(segment, '')}"
        plain = own[segment] if segment in own else (say(key, "de"), say(key, "en")) if segment not in given else None
        german, english = plain or (given[segment], given[segment])
        number = 2
        names[segment] = (german, english)
        while names[segment][1] in used:
            names[segment], number = (f"{german} {number}", f"{english} {number}"), number + 1
        used.add(names[segment][1])
    return names


def _largest_first(ids: Sequence[str], model: Mapping[str, Any]) -> list[str]:
    """Return the segments by their typical revenue, so that the larger of two alike has the plain name."""
    typical = model.get("typical", {})
    return sorted(ids, key=lambda segment: -float(typical.get(segment, {}).get("revenue_12m", 0.0)))


def _cluster_words(model: Mapping[str, Any], features: pd.DataFrame) -> dict[str, str]:
    """Return such as ``high_active`` for each cluster, from what is typical of it."""
    typical = [model["typical"][segment] for segment in model["segments"]]
    revenue, recency = (
        np.array([cluster.get(name, features[name].median()) for cluster in typical])
        for name in ("revenue_12m", "days_since_last")
    )
    activity = np.select([recency <= ACTIVE_DAYS, recency <= OCCASIONAL_DAYS], ["active", "occasional"], "gone")
    buys = activity != "gone"  # only those that buy are ranked: who is gone makes nobody else's revenue high
    rank = np.argsort(np.argsort(-np.where(buys, revenue, -np.inf), kind="stable"))
    place = np.clip(np.round(2 * rank / max(buys.sum() - 1, 1)), 0, 2).astype(int)
    level = np.array(["high", "middle", "low"])[place]
    return {
        segment: f"{a}_{b}" if b != "gone" else "gone"
        for segment, a, b in zip(model["segments"], level.tolist(), activity.tolist(), strict=True)
    }
