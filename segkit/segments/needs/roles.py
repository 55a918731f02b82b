"""Who counts: those who decide when it is about selling, users and middle management when it is about a new offer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.features.dealers import DEALER
from segkit.segments.needs.persons import ANSWERS

if TYPE_CHECKING:
    import pandas as pd

LEADS = (
    r"leit|geschäftsführ|vorstand|inhaber|prokur|meister|head|chief|direktor|director|manager|president|owner|founder|"
    r"\bvp\b|\bc[efot]o\b|lead\b|\bdecider\b|entscheid"
)
HELPS = r"assist|sekretär|secretar|referent"
BUYS = r"einkauf|beschaffung|purchas|procure|buyer|buying|sourcing"
TOP = r"geschäftsführ|geschäftsleitung|vorstand|inhaber|managing|executive|board|owner|founder|\bc[efot]o\b|c-level"
PURCHASING, TOP_MANAGEMENT, MIDDLE, USER, UNKNOWN_ROLE = "purchasing", "top", "middle", "user", "unknown"
DECIDERS = (PURCHASING, TOP_MANAGEMENT, MIDDLE)
DESIGNERS = (MIDDLE, USER)


def find_roles(contacts: pd.DataFrame) -> np.ndarray:
    """Return the part each person has in buying and using: purchasing, top, middle, user, or unknown.

    Parameters
    ----------
    contacts : DataFrame
        Table `contacts`: department, seniority, job_title; each may be missing. Whoever leads by the level, or by the
        job where no level is known, and neither buys nor stands at the top, is middle management; assistants do not
        lead.
    """
    department, job = _words(contacts, "department"), _words(contacts, "job_title")
    level = _words(contacts, "seniority")
    level = level.where(level != "", job)
    is_help = job.str.contains(HELPS, regex=True)
    leads = level.str.contains(LEADS, regex=True) & ~is_help
    buys = department.str.contains(BUYS, regex=True) | ((department == "") & job.str.contains(BUYS, regex=True))
    is_top = leads & (department.str.contains(TOP, regex=True) | job.str.contains(TOP, regex=True))
    is_known = (department != "") | (level != "")
    return np.select([~is_known, is_top, buys, leads], [UNKNOWN_ROLE, TOP_MANAGEMENT, PURCHASING, MIDDLE], USER)


def _words(contacts: pd.DataFrame, column: str) -> pd.Series:
    import pandas as pd

    if column not in contacts:
        return pd.Series("", index=contacts.index, dtype="str")
    return contacts[column].fillna("").astype("str").str.casefold().str.strip()


def find_indirect(hierarchy: pd.DataFrame | None, as_of: Any) -> set[str]:
    """Return the accounts that buy through a dealer on a day: by a relation in the hierarchy whose type says so."""
    import pandas as pd

    if hierarchy is None or not len(hierarchy):
        return set()
    day = pd.Timestamp(as_of)
    no_day = pd.Series(pd.NaT, index=hierarchy.index)
    since, until = (pd.to_datetime(hierarchy.get(name, no_day)) for name in ("valid_from", "valid_to"))
    kind = hierarchy["hierarchy_type"].fillna("").astype("str").str.casefold()
    holds = kind.str.contains(DEALER, regex=True) & ~(since > day) & ~(until < day)
    return set(hierarchy.loc[holds, "account_id"].astype("str"))


def count_persons(roles: np.ndarray, accounts: pd.Series, mode: str, indirect: set[str]) -> np.ndarray:
    """Return whether each person counts in a mode.

    Parameters
    ----------
    roles : array
        Of `find_roles`. Where nobody's role is known, all count.
    accounts : Series
        account_id of each person.
    mode : str
        selling: purchasing, top and middle management, but of no account that buys through a dealer only.
        business_design: users and middle management, those of customers of dealers included.
    indirect : set of str
        Accounts that buy through a dealer only.
    """
    wanted = np.isin(roles, DECIDERS if mode == "selling" else DESIGNERS)
    if (roles == UNKNOWN_ROLE).all():
        wanted = np.ones(len(roles), dtype=bool)
    if mode == "selling":
        wanted = wanted & ~accounts.isin(indirect).to_numpy(bool)
    return wanted


def describe_mode(persons: pd.DataFrame, model: Any) -> list[tuple[str, dict[str, Any]]]:
    """Return whom the mode counts, and what is missing for it.

    Parameters
    ----------
    persons : DataFrame
        Table `contact_segments`.
    model : mapping
        `mode`, `n_indirect` (accounts that buy through a dealer).
    """
    n_counted = int(persons["is_counted"].sum())
    told: list[tuple[str, dict[str, Any]]] = [(f"needs.mode_{model['mode']}", {"n": n_counted, "n_all": len(persons)})]
    if len(persons) and (persons["role"] == UNKNOWN_ROLE).all():
        told.append(("needs.mode_no_roles", {}))
    if model["mode"] == "business_design":
        n_indirect = int(model["n_indirect"])
        reached = persons[persons["is_indirect"] & persons["is_counted"]]
        numbers = {"n": n_indirect, "n_persons": len(reached), "n_known": int((reached["basis"] == ANSWERS).sum())}
        told.append(("needs.indirect", numbers) if n_indirect else ("needs.indirect_missing", {}))
    return told
