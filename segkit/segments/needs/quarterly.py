"""One quarter of a segmentation of persons: from answers to the tables of notebook 04."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.segments.comparison import describe_sizes
from segkit.segments.needs.accepted import accept_needs
from segkit.segments.needs.accounts import account_needs, build_accounts, describe_account_rules
from segkit.segments.needs.answers import Answers, collect_answers
from segkit.segments.needs.attributes import attribute_values, check_attributes, learn_shares
from segkit.segments.needs.funnel import rate_candidates
from segkit.segments.needs.names import register_needs
from segkit.segments.needs.persons import mark_examples, place_persons
from segkit.segments.needs.profiles import profile_needs, split_departments
from segkit.segments.needs.roles import count_persons, find_indirect, find_roles
from segkit.segments.needs.scales import apply_space, learn_space, n_answered
from segkit.segments.needs.search import Search, search_classes, why_not
from segkit.segments.place import Place
from segkit.tables import TABLES, no_rows

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class PersonInputs:
    """Tables `contacts`, `surveys`, `accounts`, one slice of `account_features`, and `hierarchy` where there is one.

    `adopted`: a model that somebody took over by `segkit adopt`, as decisions/models hold it.
    """

    contacts: Any
    surveys: Any
    accounts: Any
    features: Any
    hierarchy: Any = None
    adopted: Any = None


@dataclass(frozen=True)
class PersonSegmented:
    """The model in force, the model that this quarter's answers would give (``why_not`` where none), and the tables."""

    model: dict[str, Any]
    challenger_model: dict[str, Any]
    tables: dict[str, Any]


def segment_persons(inputs: PersonInputs, settings: Any, place: Place) -> PersonSegmented:
    """Return the needs of a quarter, person by person and account by account.

    Parameters
    ----------
    inputs : PersonInputs
        What is known; each table may be empty, `hierarchy` may be missing.
    settings : PersonSegmentation
        One entry of settings.segmentations with ``unit: person``.
    place : Place
        Segmentation, quarter, seed, language, colours, decisions and what the previous run left.

    Returns
    -------
    PersonSegmented
        Tables segments, opening_segments, segment_register, segment_sizes, typing_rules, move_warnings of accounts;
        contact_segments, need_search, need_profiles, need_departments, need_candidates.

    Notes
    -----
    The classes rest on all persons who answered enough questions; the mode decides who of them counts for accounts,
    candidates and examples, so that both modes speak of the same needs.
    """
    from threadpoolctl import threadpool_limits

    contacts = _people(inputs.contacts)
    answers = collect_answers(inputs.surveys, contacts, settings.questions, place.as_of)
    with threadpool_limits(limits=1):  # the same sums in the same order, on one thread or two
        fresh, search = _fit(answers, contacts, settings, place)
        model, came_from = accept_needs(fresh, answers, contacts, inputs.adopted, settings, place)
        model |= _told(answers, contacts, model, settings) | {"n_indirect": len(_indirect(inputs, place.as_of))}
        placed = _place(contacts, answers, model, inputs, settings, place.as_of)
        previous = place.before
        register = register_needs(
            previous.register if previous else None, model, place.quarter, place.colours, came_from, place.names
        )
        tables = _account_tables(placed, contacts, answers, model, register, inputs, settings, place)
        tables |= _person_tables(placed, contacts, answers, model, register, inputs, settings, search)
    return PersonSegmented(model, fresh, tables)


def _people(contacts: pd.DataFrame) -> pd.DataFrame:
    """Return persons once each, with ids as text; an account that is not known is empty."""
    people = contacts.drop_duplicates("contact_id").sort_values("contact_id", ignore_index=True)
    ids = people["account_id"].fillna("").astype("str")
    return people.assign(contact_id=people["contact_id"].astype("str"), account_id=ids)


def _fit(answers: Answers, contacts: pd.DataFrame, settings: Any, place: Place) -> tuple[dict[str, Any], Search | None]:
    """Return the model of this quarter's answers and the search behind it; why_not where there is none."""
    n_items = len(answers.wide.columns)
    enough = answers.wide[answers.wide.notna().sum(axis=1) >= settings.least_answered * n_items]
    base = {
        "segmentation_id": place.segmentation_id,
        "unit": "person",
        "method": "needs",
        "rules": {},
        "questions": list(settings.questions),
        "fitted_quarter": str(place.quarter),
        "adoption_id": None,
        "segments": [],
        "mixed_share": settings.mixed_share,
        "least_answered": settings.least_answered,
        "least_confidence": settings.least_confidence,
    }
    space = learn_space(enough, answers.kinds) if n_items and len(enough) else {"items": [], "is_centred": False}
    empty: dict[str, Any] = {
        "space": space,
        "fit": {"kind": "mixture", "segments": []},
        "attributes": {"columns": [], "shares": []},
    }
    reason = why_not(len(enough), space, settings.k_min)
    if reason:
        return base | empty | {"why_not": list(reason)}, None
    sample = apply_space(enough, space)
    search = search_classes(sample, settings, place.seed, place.segmentation_id)
    model = base | empty | {"fit": search.fit.model, "why_not": None, "n_fitted": len(enough)}
    names = [name for name in settings.attributes if name in contacts]
    people = contacts.set_index("contact_id").loc[enough.index]
    values, overall = attribute_values(people, names), np.array([s["share"] for s in model["fit"]["segments"]])
    # every id in the order of the fit; the lasting ones are given when the model is accepted
    plain = model | {"segments": [f"N{j + 1}" for j in range(len(overall))]}
    chances = _chances(people.reset_index(), enough, plain)
    model["attributes"] = {"columns": names, "shares": learn_shares(chances, values, overall)} | {
        "check": check_attributes(chances, values, overall, people["account_id"], settings.least_confidence)
    }
    measures = {name: search.fit.measures.get(name) for name in ("entropy", "n_searches", "n_found")}
    stability = float(search.table.loc[search.table["is_chosen"], "stability"].iloc[0])
    told = {"by_icl": search.by_icl, "n_wanted": settings.n_segments, "stability": stability, **measures}
    return plain | {"attributes": model["attributes"], "search": told}, search


def _chances(people: pd.DataFrame, wide: pd.DataFrame, model: Mapping[str, Any]) -> np.ndarray:
    """Return the chances of each class of persons who answered, in the order of ``people``."""
    from segkit.segments.methods.posterior import by_mixture

    return by_mixture(apply_space(wide.reindex(people["contact_id"]), model["space"]), model["fit"])


def _told(answers: Answers, contacts: Any, model: Mapping[str, Any], settings: Any) -> dict[str, Any]:
    """Return what this quarter's page says beside the tables: what was left out, who is missing."""
    unknown = sorted(set(settings.attributes) - set(contacts.columns))
    notes = [[key, numbers] for key, numbers in answers.told]
    if unknown:
        notes.append(["needs.left_attribute", {"columns": ", ".join(unknown), "n": len(unknown)}])
    n_homeless = int((contacts["account_id"] == "").sum())
    if n_homeless:
        notes.append(["needs.no_account", {"n": n_homeless}])
    missing = [item["question"] for item in model["space"]["items"] if item["question"] not in answers.wide]
    if missing and model["why"] == "kept":
        notes.append(["needs.not_asked", {"n": len(missing), "questions": ", ".join(missing[:3])}])
    n_enough = int((n_answered(answers.wide, model["space"]) > 0).sum()) if model["space"]["items"] else 0
    return {"notes": notes, "n_asked": n_enough, "mode": settings.mode}


def _indirect(inputs: PersonInputs, as_of: Any) -> set[str]:
    """Return the accounts that buy through a dealer only: nothing was ever invoiced to them."""
    return find_indirect(inputs.hierarchy, as_of) - set(inputs.features["account_id"].astype("str"))


def _place(contacts, answers: Answers, model: Mapping[str, Any], inputs: PersonInputs, settings: Any, as_of: Any):
    """Return every person's need, its role, and whether it counts, may be contacted, stands for its need."""
    placed = place_persons(contacts, answers.wide, model)
    roles = find_roles(contacts)
    indirect = _indirect(inputs, as_of)
    may = contacts["is_contactable"] if "is_contactable" in contacts else None
    placed = placed.assign(
        role=roles,
        is_counted=count_persons(roles, contacts["account_id"], settings.mode, indirect),
        is_indirect=contacts["account_id"].isin(indirect).to_numpy(bool),
        is_contactable=None if may is None else may.astype("boolean"),
    )
    return placed.assign(is_example=mark_examples(placed, answers.wide, model))


def _account_tables(placed, contacts, answers, model, register, inputs: PersonInputs, settings: Any, place: Place):
    """Return the tables of accounts that every kind of segmentation has."""
    ids = np.sort(inputs.features["account_id"].astype("str").unique())
    wanted = (ids, model["segments"], settings.mixed_share, place.seed)
    needs = account_needs(placed, *wanted)
    before, kept = place.before, None
    if before is not None and before.model.get("unit") == "person" and before.model["segments"]:
        then = _place(contacts, answers, before.model, inputs, settings, place.as_of)
        kept = account_needs(then, ids, before.model["segments"], settings.mixed_share, place.seed)
    names = (register, place.moves, place.quarter, place.language, place.segmentation_id)
    segments, warnings = build_accounts(needs, *names, kept, before.segments if before else None)
    return {
        "segments": segments,
        "opening_segments": _open(segments, contacts, model, inputs, settings, place),
        "segment_register": register,
        "segment_sizes": describe_sizes(segments, inputs.features, register),
        "typing_rules": describe_account_rules(needs, model),
        "move_warnings": warnings,
    }


def _open(segments, contacts, model: Mapping[str, Any], inputs: PersonInputs, settings: Any, place: Place):
    """Return table `opening_segments`: the previous run's, else the model on the answers known at the opening."""
    opening = place.quarter - 1
    if place.before is not None and place.before.quarter == opening:
        rows = place.before.segments
        rows = rows[rows["segmentation_id"] == place.segmentation_id]
        return rows[["segmentation_id", "account_id", "segment_id"]]
    answers = collect_answers(inputs.surveys, contacts, settings.questions, opening.end)
    then = _place(contacts, answers, model, inputs, settings, opening.end)
    ids = np.sort(segments["account_id"].to_numpy(str))
    found = account_needs(then, ids, model["segments"], settings.mixed_share, place.seed)
    ordered = segments.set_index("account_id").loc[found["account_id"]]
    found["segment_id"] = np.where(ordered["is_manual"], ordered["segment_id"], found["segment_id"])
    return found.assign(segmentation_id=place.segmentation_id)[["segmentation_id", "account_id", "segment_id"]]


def _person_tables(placed, contacts, answers, model, register, inputs: PersonInputs, settings: Any, search: Any):
    """Return the tables of persons and needs."""
    persons = placed.assign(segmentation_id=model["segmentation_id"])
    tables = {"contact_segments": persons, "need_search": None if search is None else search.table}
    if model["segments"]:
        tables["need_profiles"] = profile_needs(placed, answers.wide, model)
        tables["need_departments"] = split_departments(placed, contacts, model)
        tables["need_candidates"] = rate_candidates(persons, contacts, inputs.accounts, inputs.features, settings)
    found = {}
    for name in ("contact_segments", "need_search", "need_profiles", "need_departments", "need_candidates"):
        frame = tables.get(name)
        wanted = list(TABLES[name].columns)
        found[name] = no_rows(name) if frame is None or not len(frame) else frame.reindex(columns=wanted)
    return found
