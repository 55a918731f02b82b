"""project.yml: how to compute. Each section arrives with the stage that uses it; unknown keys are refused."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, Self, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from segkit.errors import UserError
from segkit.settings.cleansing import Cleansing, ControlTotals, Scope, Unit
from segkit.settings.corrections import DataOwners
from segkit.settings.criteria import CriteriaSettings
from segkit.settings.editing import undo_changes
from segkit.settings.exchange_rates import ExchangeRates
from segkit.settings.goals import Goals
from segkit.settings.kpis import KpiSettings
from segkit.settings.monitoring import Monitoring
from segkit.settings.segmentations import KINDS, Segmentations
from segkit.settings.sources import Sources
from segkit.settings.typing import Typing
from segkit.settings.value import Value


class Settings(BaseModel):
    """All of project.yml; defaults for everything but `name` and `sources`."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, description="name on every page")
    language: Literal["de", "en"] = Field("de", description="language in which pages open")
    currency: str = Field("EUR", pattern=r"^[A-Z]{3}$", description="ISO code of the money in the tables")
    fiscal_year_start: int = Field(1, ge=1, le=12, description="first month of the fiscal year")
    seed: int = Field(20_260_101, ge=0, description="start of every random draw")
    unit: Unit = Field(
        "company",
        description="What counts as one customer: group, company, site, department or person. Later tables are about "
        "this unit; money that names no such unit stays with the company.",
    )
    engine: Literal["duckdb", "spark"] = Field(
        "duckdb",
        description="What the queries over invoice lines run on. Both give the same results; spark is for lines that "
        "outgrow one machine and needs the extra of that name.",
    )
    scope: Scope = Field(default_factory=Scope, description="whom the segmentation leaves out")
    control_totals: ControlTotals = Field(default_factory=dict)
    exchange_rates: ExchangeRates = Field(default_factory=dict)
    sources: Sources = Field(description="where the tables come from")
    data_owners: DataOwners = Field(default_factory=dict)
    goals: Goals = Field(default_factory=list, description="what the segmentation is for")
    cleansing: Cleansing = Field(default_factory=Cleansing)
    value: Value = Field(default_factory=Value)
    criteria: CriteriaSettings = Field(default_factory=CriteriaSettings)
    segmentations: Segmentations = Field(default_factory=Segmentations)
    typing: Typing = Field(default_factory=Typing, description="how new accounts are placed")
    kpis: KpiSettings = Field(default_factory=KpiSettings)
    monitoring: Monitoring = Field(default_factory=Monitoring)

    @model_validator(mode="after")
    def _about_one(self) -> Self:
        """Tell KPIs and goals of the primary segmentation where nothing else is said, and KPIs of none unknown."""
        if "segmentation" not in self.kpis.model_fields_set:
            self.kpis = self.kpis.model_copy(update={"segmentation": self.segmentations.primary})
        elif self.kpis.segmentation not in self.segmentations.by_id:
            known = ", ".join(self.segmentations.by_id)
            raise ValueError(f"kpis.segmentation ({self.kpis.segmentation}) is none of {known}")
        for goal in self.goals:
            if "segmentation" not in goal.model_fields_set:
                goal.segmentation = self.segmentations.primary
        return self


class ProjectLoader(yaml.SafeLoader):
    """Plain YAML in which `on`, `no` and `yes` are words: `on: orderID` is a key, NO a country."""


ProjectLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
ProjectLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(true|True|false|False)$"), list("tTfF"))


def read_settings(path: Path, patch: Path | None = None, undone: Sequence[list[Any]] = ()) -> Settings:
    """Return the settings of a project file.

    Parameters
    ----------
    path : Path
        project.yml.
    patch : Path, optional
        A scenario's project.yml: sections and keys that replace those of the project.
    undone : sequence
        Changes (`editing.list_changes`) that do not hold yet, the latest first.

    Raises
    ------
    UserError
        All problems at once, each with its key: "project.yml: unknown key value.abc_aa. Did you mean abc_a?"
    """
    document = _read_yaml(path)
    if undone:
        document = undo_changes(document, list(undone))
    if patch is not None:
        document = patched(document, read_patch(patch))
    try:
        return Settings.model_validate(document)
    except ValidationError as error:
        problems = [(file_of(_written(problem["loc"]), path, patch), problem) for problem in error.errors()]
        raise UserError([_message(name, problem) for name, problem in problems]) from None


def file_of(place: Sequence[Any], path: Path, patch: Path | None) -> str:
    """Return the file that holds a setting: ``scenarios/<name>/project.yml`` where a scenario changes it."""
    there: Any = read_patch(patch) if patch is not None else None
    for part in place:
        if not isinstance(there, dict):
            break
        if part not in there:
            return path.name
        there = there[part]
    return path.name if patch is None or not place else f"scenarios/{patch.parent.name}/{patch.name}"


def _read_yaml(path: Path) -> dict[str, Any]:
    if not path.exists():
        raise UserError(f"{path}: there is no such file. `segkit init DIR FILE…` proposes one from your exports.")
    try:
        document = yaml.load(path.read_text(encoding="utf-8-sig"), ProjectLoader)  # noqa: S506 - a SafeLoader
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        what = getattr(error, "problem", None) or "the file is not UTF-8 text"
        raise UserError(f"{path.name}: not readable as YAML{where}: {what}.") from None
    if not isinstance(document, dict):
        raise UserError(f"{path.name}: the file is empty or no list of settings. It needs at least name and sources.")
    return document


def read_patch(path: Path) -> dict[str, Any]:
    """Return the settings that a scenario replaces; nothing where it has no project.yml."""
    return _read_yaml(path) if path.exists() else {}


def patched(document: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
    """Return a document with the values of a patch; mappings go into mappings, anything else replaces."""
    merged = dict(document)
    for key, value in patch.items():
        both = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = patched(merged[key], value) if both else value
    return merged


def _message(file_name: str, problem: Any) -> str:
    where = ".".join(str(part) for part in _written(problem["loc"]))
    if problem["type"] == "extra_forbidden":
        known = _known_keys(problem["loc"][:-1])
        nearest = difflib.get_close_matches(str(problem["loc"][-1]), known, n=1, cutoff=0.5)
        remedy = f"Did you mean {nearest[0]}?" if nearest else f"Known keys: {', '.join(known)}."
        return f"{file_name}: unknown key {where}. {remedy}"
    if problem["type"] == "missing":
        return f"{file_name}: {where} is missing."
    text = problem["msg"].removeprefix("Value error, ")
    shown = "" if isinstance(problem.get("input"), (dict, list)) else f" (it is {problem.get('input')!r})"
    return f"{file_name}: {where or 'the file'}: {text}{shown}."


def _written(loc: tuple) -> tuple:
    """Return a place as it stands in the file: the kind of a further segmentation is no key of it."""
    return (*loc[:2], *loc[3:]) if loc[:1] == ("segmentations",) and loc[2:3] and loc[2] in KINDS else loc


def _known_keys(loc: tuple) -> list[str]:
    """Return the keys allowed at a place, for the offer of the nearest one."""
    if loc[:1] == ("segmentations",) and loc[2:3] and loc[2] in KINDS:
        return sorted(KINDS[loc[2]].model_fields)
    models: list[Any] = [Settings]
    for part in loc:
        found = []
        for model in models:
            if isinstance(part, str) and part in getattr(model, "model_fields", {}):
                found += _models_in(model.model_fields[part].annotation)
        models = found or models
    return sorted({key for model in models for key in getattr(model, "model_fields", {}) if key != "root"})


def _models_in(annotation: Any) -> list[Any]:
    """Return the pydantic models inside an annotation, through lists, dicts and root models."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        root = annotation.model_fields.get("root")
        return [annotation] if root is None else _models_in(root.annotation)
    return [model for inner in get_args(annotation) for model in _models_in(inner)]
