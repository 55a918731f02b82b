"""The typing kits of one segmentation in one quarter: all that notebook 04 writes about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.segments.grid import DORMANT, KEY
from segkit.segments.typing.choose import fold_of
from segkit.segments.typing.conditions import apply_rule
from segkit.segments.typing.exact import exact_rule
from segkit.segments.typing.fields import BEHAVIOUR, TypingInputs, join_fields, join_persons, usable_fields
from segkit.segments.typing.kit import Kit, fit_kit
from segkit.segments.typing.quality import compare_kits, list_errors, measure_kit, typical_values
from segkit.statistics.intervals import wilson_interval
from segkit.tables import TABLES, no_rows

if TYPE_CHECKING:
    import pandas as pd

CRM, FULL, PERSON = "crm", "full", "person"
SET_APART = (KEY, DORMANT, "UNKNOWN")
STATES_OF_TIME = ("S5", "S6")
FEWEST = 100
"""Accounts to learn from, at least: of fewer, a fifth held back says nothing."""
FEWEST_COMPANIES = 20
"""Companies that the persons to learn from must work for, at least: persons of one company are held back together."""
TABLE_NAMES = ("typing_fields", "typing_quality", "typing_errors", "typing_exports")


@dataclass(frozen=True)
class Typed:
    """The kits of a segmentation as plain JSON, and the tables about them by name."""

    model: dict[str, Any]
    tables: dict[str, Any]


def type_accounts(inputs: TypingInputs, settings: Any, segmentation_id: str, model: Mapping[str, Any]) -> Typed:
    """Return the typing kits of a segmentation.

    Parameters
    ----------
    inputs : TypingInputs
        Tables of this quarter; `segments` holds the rows of this segmentation only.
    settings : Typing
        Section `typing` of project.yml.
    segmentation_id : str
        Its id.
    model : mapping
        The accepted model, plain JSON: its criteria are offered to the full kit; a grid or rules are kept exactly.

    Returns
    -------
    Typed
        model: segmentation_id, why_not (empty, or the key of a sentence with its numbers), kits (crm and full: fields,
        rules, threshold …; one that cannot be made is not there), exact (the accepted rules themselves or None).
        tables: typing_fields, typing_quality, typing_errors, typing_exports.
    """
    known, exact = join_fields(inputs), exact_rule(inputs.features, model)
    told = inputs.segments["segment_id"].to_numpy(str)
    is_used = _is_used(known["account_id"].to_numpy(str), told, settings, left_out(settings, model))
    segments, codes = np.unique(told[is_used], return_inverse=True)
    empty = {"segmentation_id": segmentation_id, "kits": {}, "exact": exact, "segments": segments.tolist()}
    if len(codes) < FEWEST or len(segments) < 2:
        key = "typing.too_few" if len(segments) > 1 else "typing.one_segment"
        why_not = [key, {"n": len(codes), "least": FEWEST}]
        told_nothing = {name: no_rows(name) for name in TABLE_NAMES}
        found = empty | {"why_not": why_not}
        return Typed(
            found,
            told_nothing | {"typing_exports": _exports(found, no_rows("typing_quality"), inputs, segmentation_id)},
        )
    known = known[is_used].reset_index(drop=True)
    kits = {}
    for kit, names in _candidates(settings, model).items():
        fields = usable_fields(known, names)
        if fields:
            kits[kit] = fit_kit(known, codes, segments.tolist(), fields, settings.crm_fields, settings)
    revenue = inputs.segments["account_id"].map(inputs.features.set_index("account_id")["revenue_12m"])
    values = typical_values(segments.tolist(), told[is_used], revenue.to_numpy(float)[is_used])
    tables = _tables(kits, codes, segments.tolist(), values, segmentation_id)
    models = {name: kit.model for name, kit in kits.items()}
    if inputs.persons is not None and len(inputs.persons):
        kit, of_persons = _type_persons(inputs, settings, segmentation_id)
        models |= kit
        tables = {name: join_rows(name, [frame, of_persons[name]]) for name, frame in tables.items()}
    found = empty | {"why_not": [], "kits": models, "values": _plain(segments, values)}
    quality = tables["typing_quality"]
    stated = quality[quality["metric"] == "accuracy"].set_index("kit")
    return Typed(found, tables | {"typing_exports": _exports(found, stated, inputs, segmentation_id)})


def rules_of(model: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return every rule of a typing model that can be exported: accepted, crm, full; one without a field cannot."""
    rules = {"accepted": model["exact"], **model["kits"]}
    return {kind: rule for kind, rule in rules.items() if rule and rule["fields"]}


def _exports(model: Mapping[str, Any], stated: pd.DataFrame, inputs: TypingInputs, segmentation_id: str):
    """Return table typing_exports: which rules there are, and how far each agrees with the segmentation."""
    import pandas as pd

    rows = []
    for kind, rule in rules_of(model).items():
        if kind == "accepted":
            hits = _obeyed(rule, inputs)
            low, high = wilson_interval([hits.sum()], [len(hits)])
            found, n = {"fidelity": float(hits.mean()), "low": float(low[0]), "high": float(high[0])}, len(hits)
        else:
            row = stated.loc[kind]
            found, n = {"fidelity": row["value"], "low": row["low"], "high": row["high"]}, int(row["n_accounts"])
        sizes = {"n_rules": len(rule["rules"]), "n_fields": len(rule["fields"]), "n_accounts": n}
        about = {"segmentation_id": segmentation_id, "rule": kind}
        rows.append(about | sizes | {name: round(float(value), 12) for name, value in found.items()})
    frame = pd.DataFrame(rows, columns=list(TABLES["typing_exports"].columns))
    return frame if len(frame) else no_rows("typing_exports")


def _obeyed(rule: Mapping[str, Any], inputs: TypingInputs) -> np.ndarray:
    """Return for which accounts the accepted rules give the segment that they stand in: all but those moved by hand."""
    told = inputs.segments.set_index("account_id")["segment_id"].reindex(inputs.features["account_id"])
    return apply_rule(inputs.features, rule) == told.to_numpy(str)


def join_rows(name: str, frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return the rows of several frames of a table, those without rows left aside."""
    import pandas as pd

    filled = [frame for frame in frames if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else no_rows(name)


def _type_persons(inputs: TypingInputs, settings: Any, segmentation_id: str):
    """Return the kit that places a new person by its department, level and company, and its tables.

    Persons of one company are held back together: they are not independent.
    """
    known = join_persons(inputs)
    known = known[~known["segment_id"].isin(SET_APART)].reset_index(drop=True)
    segments, codes = np.unique(known["segment_id"].to_numpy(str), return_inverse=True)
    fields = usable_fields(known, [*settings.person_fields, *settings.crm_fields])
    is_enough = len(codes) >= FEWEST and known["account_id"].nunique() >= FEWEST_COMPANIES
    if not is_enough or len(segments) < 2 or not fields:
        return {}, {name: no_rows(name) for name in TABLE_NAMES}
    costs = settings.crm_fields | settings.person_fields
    kit = fit_kit(known, codes, segments.tolist(), fields, costs, settings)
    nothing = np.full(len(segments), np.nan)
    return {PERSON: kit.model}, _tables({PERSON: kit}, codes, segments.tolist(), nothing, segmentation_id)


def left_out(settings: Any, model: Mapping[str, Any]) -> list[str]:
    """Return the segments that no kit tells: as the settings say, else those set apart and states of time."""
    if settings.leave_out is not None:
        return list(settings.leave_out)
    return [*SET_APART, *(STATES_OF_TIME if model.get("method") == "grid" else ())]


def _is_used(ids: np.ndarray, told: np.ndarray, settings: Any, without: Sequence[str]) -> np.ndarray:
    """Return which accounts are learned from: not of segments left out, and no more than the settings say."""
    is_used = ~np.isin(told, without)
    if is_used.sum() > settings.fit_accounts:
        rank = fold_of(ids, 1 << 31, "sample")
        limit = np.sort(rank[is_used])[settings.fit_accounts - 1]
        is_used &= rank <= limit
    return is_used


def _candidates(settings: Any, model: Mapping[str, Any]) -> dict[str, list[str]]:
    criteria = model.get("criteria") or []
    crm = list(settings.crm_fields)
    return {CRM: crm, FULL: [*crm, *criteria, *BEHAVIOUR]}


def _tables(kits: Mapping[str, Kit], codes, segments, values, segmentation_id: str) -> dict[str, pd.DataFrame]:
    import pandas as pd

    fields, quality, errors = [], [], [no_rows("typing_errors")]
    for name, kit in kits.items():
        about = {"segmentation_id": segmentation_id, "kit": name}
        fields += [_step(step, position, kit) | about for position, step in enumerate(kit.choice.steps)]
        quality += [row | about for row in measure_kit(kit, codes, values)]
        errors.append(list_errors(kit, codes, segments, values).assign(**about))
    if {CRM, FULL} <= set(kits):
        gap = compare_kits(kits[CRM], kits[FULL])
        quality.append(gap | {"segmentation_id": segmentation_id, "kit": FULL})
    made = {"typing_fields": pd.DataFrame(fields), "typing_quality": pd.DataFrame(quality)}
    found = {
        name: frame.reindex(columns=TABLES[name].columns) if len(frame) else no_rows(name)
        for name, frame in made.items()
    }
    filled = [frame for frame in errors if len(frame)]
    return found | {"typing_errors": pd.concat(filled, ignore_index=True) if filled else errors[0]}


def _step(step: Mapping[str, Any], position: int, kit: Kit) -> dict[str, Any]:
    low, high = wilson_interval([round(step["accuracy"] * step["n"])], [step["n"]])
    rounded = {
        "accuracy": step["accuracy"],
        "low": float(low[0]),
        "high": float(high[0]),
        "explained": step["explained"],
    }
    return {
        "step": position + 1,
        "field": step["field"],
        "cost": step["cost"],
        "is_used": position < kit.choice.n_used,
    } | {name: round(value, 12) for name, value in rounded.items()}


def _plain(segments: np.ndarray, values: np.ndarray) -> dict[str, float | None]:
    return {str(s): round(float(v), 4) if np.isfinite(v) else None for s, v in zip(segments, values, strict=True)}
