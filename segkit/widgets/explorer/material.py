"""What the explorer works on: one quarter's accounts with every criterion that the data give, and what is in force."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from segkit import texts
from segkit.criteria.catalogue import tables_needed
from segkit.criteria.measures import measure_criteria
from segkit.segments.criteria_values import find_wanted, join_criteria, resolve_criteria
from segkit.segments.criterion_names import names_of
from segkit.segments.explore.dress import Dressed, dress_force
from segkit.segments.explore.trial import Trial
from segkit.segments.explore.wish import METHODS
from segkit.segments.membership import take_slice
from segkit.segments.space import VALUE_CRITERIA
from segkit.settings.account_segmentation import AccountSegmentation

if TYPE_CHECKING:
    import pandas as pd

    from segkit.run import Run


@dataclass(frozen=True)
class Criterion:
    """A criterion that can be tried: its names, whether notebook 03 chose it, and whether it could do wrong."""

    column: str
    names: tuple[str, str]
    is_chosen: bool = False
    is_sensitive: bool = False


@dataclass(frozen=True)
class Material:
    """One segmentation of accounts in one quarter.

    Attributes
    ----------
    settings : AccountSegmentation
        Its settings; `criteria` as columns with weights, also where the settings say ``chosen``.
    features : DataFrame
        One row per account of the run, by account_id, with all criteria.
    offered : dict
        Column → Criterion, those in use first.
    force : Dressed
        The segmentation in force, as the run wrote it.
    labels : DataFrame
        account_id → name, is_manual.
    """

    segmentation_id: str
    settings: AccountSegmentation
    features: Any
    offered: dict[str, Criterion]
    force: Dressed
    labels: Any


def account_segmentations(run: Run) -> dict[str, AccountSegmentation]:
    """Return the segmentations of accounts by id, the primary one first; those of persons and combined ones not."""
    held = run.settings.segmentations.by_id.items()
    return {name: entry for name, entry in held if isinstance(entry, AccountSegmentation)}


def read_material(run: Run, segmentation_id: str) -> Material:
    """Return what the explorer works on; a segmentation that the run does not hold yet starts from its settings."""
    settings = account_segmentations(run)[segmentation_id]
    chosen = run.read("criteria", is_optional=True)
    weights = resolve_criteria(settings, chosen) or dict.fromkeys(VALUE_CRITERIA, 1.0)
    settings = settings.model_copy(update={"criteria": weights})
    accounts = run.read("accounts")
    features = _join_all(run, settings, chosen, accounts)
    offered = _offer(features, weights, chosen)
    force = _read_force(run, segmentation_id, settings, features["account_id"])
    segments = run.read("segments", columns=["account_id", "is_manual"], segmentation=segmentation_id)
    is_manual = features["account_id"].isin(segments.loc[segments["is_manual"].eq(True), "account_id"])
    names = accounts.drop_duplicates("account_id").set_index("account_id")["name"]
    shown = features["account_id"].map(names).fillna(features["account_id"])
    labels = features[["account_id"]].assign(name=shown.astype(str), is_manual=is_manual)
    return Material(segmentation_id, settings, features, offered, force, labels)


def _join_all(
    run: Run, settings: AccountSegmentation, chosen: pd.DataFrame | None, accounts: pd.DataFrame
) -> pd.DataFrame:
    """Return this quarter's accounts with what notebook 04 joins, and all other criteria of the catalogue."""
    panel = run.read("account_features")
    features = take_slice(panel, run.as_of)
    wanted = find_wanted(settings, chosen)
    features = join_criteria(features, wanted, accounts, run.read("criterion_values", is_optional=True))
    measured = _measure(run, panel)
    new = [name for name in measured.columns if name not in features.columns]
    extra = measured[new].reindex(features["account_id"]).reset_index(drop=True)
    return features.join(extra)


def _measure(run: Run, panel: pd.DataFrame) -> pd.DataFrame:
    """Return every criterion of the catalogue that the data give, as notebook 03 measures it."""
    import pandas as pd

    delivered = set(run.read("reconciliation")["table"])
    tables = {name: run.read(name, is_optional=True) for name in tables_needed(delivered)}
    tables = {name: table for name, table in tables.items() if table is not None} | {"account_features": panel}
    if "products" in tables:
        since = run.as_of - dt.timedelta(days=364)
        tables["account_products"] = run.query("account_products", since=since, as_of=run.as_of)
    return measure_criteria(tables, pd.Timestamp(run.as_of))


def _offer(features: pd.DataFrame, weights: dict[str, float], chosen: pd.DataFrame | None) -> dict[str, Criterion]:
    """Return the criteria to choose from: those in use, those that notebook 03 chose, then the others."""
    import pandas as pd

    rows = pd.DataFrame() if chosen is None else chosen.set_index("criterion_id")
    known = [name for name in rows.index if name in features.columns and features[name].notna().any()]
    known.sort(key=lambda name: (not bool(rows.at[name, "is_selected"]), -float(rows.at[name, "weight"] or 0)))
    used = [name for name in weights if name in features.columns]
    offered = {}
    for name in dict.fromkeys([*used, *VALUE_CRITERIA, *known]):
        if name in rows.index:
            row = rows.loc[name]
            names = (str(row["name_de"]), str(row["name_en"]))
            offered[name] = Criterion(name, names, bool(row["is_selected"]), bool(row["is_sensitive"]))
        elif name in features.columns:
            found = names_of("name", name)
            offered[name] = Criterion(name, (found["name_de"], found["name_en"]))
    return offered


def read_force(run: Run, segmentation_id: str, material: Material) -> Dressed:
    """Return a segmentation as another run of the quarter holds it, on the accounts of the material."""
    return _read_force(run, segmentation_id, material.settings, material.features["account_id"])


def _read_force(run: Run, segmentation_id: str, settings: AccountSegmentation, accounts: pd.Series) -> Dressed:
    """Return the segmentation in force, with the stability that the run measured."""
    segments = run.read("segments", segmentation=segmentation_id)
    register = run.read("segment_register", segmentation=segmentation_id)
    model = run.read(f"models/{segmentation_id}", is_optional=True) or {"method": settings.method, "rules": {}}
    held = accounts.map(segments.drop_duplicates("account_id").set_index("account_id")["segment_id"])
    stability = run.read("segment_stability", is_optional=True, segmentation=segmentation_id)
    shares, agreement = _read_stability(stability, model)
    return dress_force(Trial(settings, model, held.fillna("?").to_numpy(str), agreement, shares), register)


def _read_stability(table: pd.DataFrame | None, model: dict[str, Any]) -> tuple[dict[str, float], float]:
    """Return how well each segment in force is found again, and the agreement of all; only rules keep their ids."""
    if table is None or model["method"] != "grid":
        return {}, float("nan")
    rows = table[table["method"] == "grid"].set_index("segment_id")
    shares = rows["slsw"].drop("ALL", errors="ignore").astype(float).to_dict()
    return shares, float(rows["global_ari"].iloc[0]) if len(rows) else float("nan")


def method_names(language: str) -> list[tuple[str, str]]:
    """Return each method with what pages call it."""
    return [(name, texts.say(f"methods.name_{name}", language)) for name in METHODS]
