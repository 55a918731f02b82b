"""All segmentations of a project in one quarter, whatever their kind: accounts, persons, and those made of two."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from segkit.quarters import Quarter
from segkit.segments.criteria_values import find_wanted, join_criteria
from segkit.segments.membership import take_slice
from segkit.segments.place import Place
from segkit.segments.quarterly import Before, Known, segment_accounts
from segkit.settings.account_segmentation import AccountSegmentation
from segkit.settings.combined_segmentation import CombinedSegmentation
from segkit.settings.person_segmentation import PersonSegmentation
from segkit.tables import no_rows

if TYPE_CHECKING:
    import pandas as pd

    from segkit.settings.segmentations import Segmentations

LEFT = ("segments", "segment_register")


@dataclass(frozen=True)
class Tables:
    """What all segmentations read; `contacts`, `surveys` and `hierarchy` are None where nobody delivers them."""

    panel: Any
    accounts: Any
    criteria: Any
    value: Any
    criterion_values: Any
    contacts: Any = None
    surveys: Any = None
    hierarchy: Any = None


@dataclass(frozen=True)
class Held:
    """What holds for each segmentation by its id: what the previous run left, and what somebody adopted."""

    before: Mapping[str, Before | None] = field(default_factory=dict)
    adopted: Mapping[str, Any] = field(default_factory=dict)


def read_before(read: Callable[..., Any], quarter: Quarter, ids: Any) -> dict[str, Before | None]:
    """Return what the previous run left of each segmentation; None where it did not know it.

    Parameters
    ----------
    read : callable
        `read` of the previous run.
    quarter : Quarter
        Of the previous run.
    ids : iterable of str
        Segmentations of this run.
    """
    found: dict[str, Before | None] = {}
    for name in ids:
        model = read(f"models/{name}", is_optional=True)
        left = [read(table, segmentation=name) for table in LEFT]
        found[name] = Before(quarter, model, *left) if model is not None and len(left[1]) else None
    return found


def join_wanted(settings: Segmentations, tables: Tables, held: Held) -> pd.DataFrame:
    """Return the panel with every criterion that a segmentation of accounts, its models or an adoption asks for."""
    wanted: dict[str, None] = {}
    for name, entry in settings.by_id.items():
        if isinstance(entry, AccountSegmentation):
            before, adopted = held.before.get(name), held.adopted.get(name)
            models = (before.model if before else None, adopted["model"] if adopted else None)
            wanted |= dict.fromkeys(find_wanted(entry, tables.criteria, *models))
    return join_criteria(tables.panel, wanted, tables.accounts, tables.criterion_values)


def segment_all(
    settings: Segmentations, tables: Tables, held: Held, place: Place, tell: Callable[[str], None] = lambda name: None
) -> dict[str, Any]:
    """Return every segmentation of a quarter by its id, the primary one first, those made of others last.

    Parameters
    ----------
    settings : Segmentations
        Section `segmentations`.
    tables : Tables
        Its panel has every criterion that is asked for (`join_wanted`).
    held : Held
        What the previous run left, and what was adopted.
    place : Place
        Quarter, seed, language, colours and decisions; segmentation_id and before are filled in for each.
    tell : callable
        Takes the id of the segmentation that comes next.

    Returns
    -------
    dict
        id → `Segmented` or its like: `model`, `challenger_model`, `tables` by name.
    """
    found: dict[str, Any] = {}
    for name, entry in settings.by_id.items():
        tell(name)
        at = Place(**vars(place) | {"segmentation_id": name, "before": held.before.get(name)})
        if isinstance(entry, PersonSegmentation):
            found[name] = _persons(entry, tables, held.adopted.get(name), at)
        elif isinstance(entry, CombinedSegmentation):
            found[name] = _combined(entry, settings, found, tables, at)
        else:
            found[name] = _accounts(entry, tables, held.adopted.get(name), at)
    return found


def count_hand_rules(found: Mapping[str, Any], features: pd.DataFrame) -> pd.DataFrame:
    """Return table `rule_counts` of every segmentation by hand-made rules; `features` has the columns they name."""
    import pandas as pd

    from segkit.segments.grid import BY_RULE, assign_grid
    from segkit.segments.rule_checks import count_rules

    counts = [no_rows("rule_counts")]
    for name, one in found.items():
        if one.model.get("method") == "rules":
            apart = assign_grid(features, one.model)["segment_id"].isin(BY_RULE).to_numpy()
            counts.append(count_rules(one.model["hand_rules"], features, name, apart))
    filled = [frame for frame in counts if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else counts[0]


def join_tables(found: Mapping[str, Any]) -> dict[str, pd.DataFrame]:
    """Return the tables of all segmentations by name, the rows of one after those of another."""
    import pandas as pd

    names = dict.fromkeys(name for one in found.values() for name in one.tables)
    joined = {}
    for name in names:
        frames = [one.tables[name] for one in found.values() if name in one.tables and len(one.tables[name])]
        joined[name] = pd.concat(frames, ignore_index=True) if frames else no_rows(name)
    return joined


def _accounts(entry: AccountSegmentation, tables: Tables, adopted: Any, place: Place) -> Any:
    return segment_accounts(
        tables.panel,
        place.as_of,
        place.quarter,
        entry,
        place.seed,
        place.language,
        place.moves,
        place.colours,
        place.before,
        place.names,
        Known(tables.accounts, tables.criteria, tables.value, adopted),
        place.segmentation_id,
    )


def _persons(entry: PersonSegmentation, tables: Tables, adopted: Any, place: Place) -> Any:
    from segkit.segments.needs.quarterly import PersonInputs, segment_persons

    contacts = no_rows("contacts") if tables.contacts is None else tables.contacts
    surveys = no_rows("surveys") if tables.surveys is None else tables.surveys
    features = take_slice(tables.panel, place.as_of)
    inputs = PersonInputs(contacts, surveys, tables.accounts, features, hierarchy=tables.hierarchy, adopted=adopted)
    return segment_persons(inputs, entry, place)


def _combined(
    entry: CombinedSegmentation, settings: Segmentations, found: Mapping[str, Any], tables: Tables, place: Place
) -> Any:
    from segkit.segments.combination import CombinationInputs, combine_segments

    outer, inner = (found[part].tables for part in entry.of)
    others = [
        name for name, one in settings.by_id.items() if isinstance(one, PersonSegmentation) and name not in entry.of
    ]
    needs = found[others[0]].tables["segments"] if others else None
    inputs = CombinationInputs(take_slice(tables.panel, place.as_of), needs=needs)
    return combine_segments(entry, outer, inner, inputs, place)
