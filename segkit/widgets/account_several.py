"""In which segment an account stands in every segmentation of a project, and which need each of its persons has."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from segkit.errors import UserError
from segkit.segments.several_findings import name_segmentations
from segkit.texts import LANGUAGES

if TYPE_CHECKING:
    import pandas as pd

    from segkit.run import Run


def read_several(run: Run) -> dict[str, Any]:
    """Return the tables of all segmentations that a run has, and what pages call each; an older run may lack some.

    Returns
    -------
    dict
        ``every_segment``, ``every_register``, ``needs_of_persons`` (`segments`, `segment_register`,
        `contact_segments` with all rows) and ``called``: id → names in German and English.
    """
    tables: dict[str, Any] = {"called": name_segmentations(run.settings.segmentations)}
    wanted = {"every_segment": "segments", "every_register": "segment_register", "needs_of_persons": "contact_segments"}
    for key, name in wanted.items():
        with contextlib.suppress(UserError):
            tables[key] = run.read(name, is_optional=True, segmentation="all")
    return tables


def place_account(tables: Mapping[str, Any], account_id: str) -> pd.DataFrame | None:
    """Return the account's segment in every segmentation; None where there is one segmentation only.

    Parameters
    ----------
    tables : mapping
        With what `read_several` returns.
    account_id : str
        Of the account.

    Returns
    -------
    DataFrame
        segmentation_de, segmentation_en, placed_de, placed_en (name of the segment), sure (share), is_moved, since.
    """
    segments, register = tables.get("every_segment"), tables.get("every_register")
    if segments is None or register is None or segments["segmentation_id"].nunique() < 2:
        return None
    mine = segments[segments["account_id"] == account_id]
    called = tables.get("called", {})
    mine = mine.assign(order=mine["segmentation_id"].map({name: i for i, name in enumerate(called)}))
    mine = mine.sort_values(["order", "segmentation_id"]).merge(
        register[["segmentation_id", "segment_id", "name_de", "name_en"]],
        on=["segmentation_id", "segment_id"],
        how="left",
    )
    for i, language in enumerate(LANGUAGES):
        titles = {name: names[i] for name, names in called.items()}
        mine[f"segmentation_{language}"] = mine["segmentation_id"].map(titles).fillna(mine["segmentation_id"])
        mine[f"placed_{language}"] = mine[f"name_{language}"].fillna(mine["segment_id"])
    mine = mine.rename(columns={"confidence": "sure", "is_manual": "is_moved", "since_quarter": "since"})
    shown = [f"{word}_{language}" for word in ("segmentation", "placed") for language in LANGUAGES]
    return mine[[*shown, "sure", "is_moved", "since"]].reset_index(drop=True)


def add_needs(contacts: pd.DataFrame | None, tables: Mapping[str, Any]) -> pd.DataFrame | None:
    """Return contacts with need_de and need_en, the need of each person, where a segmentation of persons is there.

    Parameters
    ----------
    contacts : DataFrame or None
        Rows of `contacts`: contact_id.
    tables : mapping
        With what `read_several` returns; of several segmentations of persons the first one counts.
    """
    needs, register = tables.get("needs_of_persons"), tables.get("every_register")
    if contacts is None or needs is None or register is None or needs.empty:
        return contacts
    first = needs["segmentation_id"].iloc[0]
    of_person = needs[needs["segmentation_id"] == first].set_index("contact_id")["segment_id"]
    names = register[register["segmentation_id"] == first].set_index("segment_id")
    ids = contacts["contact_id"].map(of_person)
    return contacts.assign(**{f"need_{language}": ids.map(names[f"name_{language}"]) for language in LANGUAGES})
