"""Section `goals` of project.yml: what the segmentation is for, each goal specific, measurable and dated."""

from __future__ import annotations

import datetime as dt
import difflib
import functools
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, WrapValidator, field_validator, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError


@functools.cache
def known_kpis() -> dict[str, dict[str, Any]]:
    """Return the KPIs that can be measured: the entries of kpis/catalogue.yml by id."""
    path = Path(__file__).parents[1] / "kpis" / "catalogue.yml"
    entries: dict[str, dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return entries


def bounds_of(kpi_id: str) -> tuple[float, float]:
    """Return the lowest and the highest value that a KPI can have; infinite where nothing limits it.

    Parameters
    ----------
    kpi_id : str
        Of the catalogue: what its entry says under `bounds`; else 0 to 1 for shares of things counted, at least -1 for
        changes.
    """
    entry = known_kpis()[kpi_id]
    low, high = entry.get("bounds") or (None, None)
    if "bounds" not in entry and entry["unit"] == "percent":
        if entry.get("less_one"):
            low = -1
        elif entry.get("interval") == "wilson":
            low, high = 0, 1
    return (-math.inf if low is None else float(low), math.inf if high is None else float(high))


class Goal(BaseModel):
    """One goal: which KPI, for whom, from where to where, until when, whose it is and why."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(min_length=1, description="short name, kept from quarter to quarter")
    kpi: str = Field(description="id of a KPI; its progress is measured with it")
    segmentation: str = Field("value", description="segmentation whose segment is meant; empty: the primary one")
    segment: str | None = Field(None, min_length=1, description="id of a segment; empty: all accounts")
    baseline: float | None = Field(
        None, allow_inf_nan=False, description="where it starts; empty: the value of the first run"
    )
    target: float = Field(allow_inf_nan=False, description="value to be reached, in the KPI's unit; shares as 0.08")
    deadline: dt.date = Field(description="day by which it is to be reached")
    owner: str = Field(min_length=1, description="who answers for it")
    why: str = Field(min_length=1, description="what it is good for")

    @field_validator("kpi")
    @classmethod
    def _known(cls, kpi: str) -> str:
        """Refuse a KPI that nobody measures, and offer the nearest; refuse one of which neither way is progress."""
        if kpi not in known_kpis():
            nearest = difflib.get_close_matches(kpi, known_kpis(), n=1, cutoff=0.5)
            remedy = f"Did you mean {nearest[0]}?" if nearest else f"Known KPIs: {', '.join(known_kpis())}."
            raise ValueError(f"there is no KPI {kpi}. {remedy.removesuffix('.')}")
        if known_kpis()[kpi]["better"] == "none":
            other = ", ".join(name for name, entry in known_kpis().items() if entry["better"] != "none")
            raise ValueError(
                f"{kpi} is better neither higher nor lower, so no value of it is progress. KPIs for goals: {other}"
            )
        return kpi

    @model_validator(mode="after")
    def _is_progress(self) -> Self:
        """Refuse values that the KPI cannot have, and a target that is no improvement on the baseline."""
        problems = [self._out_of_range(name) for name in ("baseline", "target")] + [self._no_progress()]
        told = [problem for problem in problems if problem]
        if told:
            raise ValueError(f"goal {self.id}: {'; '.join(told)}")
        return self

    def _out_of_range(self, name: str) -> str:
        value, (low, high) = getattr(self, name), bounds_of(self.kpi)
        if value is None or low <= value <= high:
            return ""
        span = f"at least {low:g}" if math.isinf(high) else f"at most {high:g}" if math.isinf(low) else ""
        span = span or f"between {low:g} and {high:g}"
        hint = f"; {value:g} % is written {value / 100:g}" if high == 1 and 1 < value <= 100 else ""
        return f"{self.kpi} is {span}, so {name} cannot be {value:g}{hint}"

    def _no_progress(self) -> str:
        if self.baseline is None:
            return ""
        if self.target == self.baseline:
            return f"target and baseline are both {self.target}; nothing would change"
        better = known_kpis()[self.kpi]["better"]
        if (better == "up") == (self.target > self.baseline):
            return ""
        way = {"up": "above", "down": "below"}[better]
        return (
            f"{self.kpi} is better when it goes {better}, so the target ({self.target}) must be {way} the baseline "
            f"({self.baseline})"
        )


def _checked(given: Any, check: Any) -> list[Goal]:
    """Check the goals one by one and their ids together, so that all problems are told at once."""
    problems: list[Any] = []
    goals: list[Goal] = []
    try:
        goals = check(given)
    except ValidationError as error:
        problems = [_again(problem) for problem in error.errors()]
    entries = given if isinstance(given, list) else []
    ids = [str(entry.get("id")) if isinstance(entry, dict) else getattr(entry, "id", None) for entry in entries]
    twice = repeated(name for name in ids if name not in (None, "None"))
    if twice:
        told = f"each goal needs an id of its own; {', '.join(twice)} stands there twice"
        problems.append(InitErrorDetails(type=PydanticCustomError("value_error", "{told}", {"told": told}), input=ids))
    if problems:
        raise ValidationError.from_exception_data("goals", problems)
    return goals


def _again(problem: Any) -> InitErrorDetails:
    """Return a problem found by pydantic as one that can be raised again, with the same words."""
    custom = PydanticCustomError(problem["type"], "{told}", {"told": problem["msg"]})
    return InitErrorDetails(type=custom, loc=problem["loc"], input=problem["input"])


def repeated(names: Iterable[Any]) -> list[str]:
    """Return the names that stand there more than once, in alphabetical order."""
    held = list(names)
    return sorted({name for name in held if held.count(name) > 1})


Goals = Annotated[list[Goal], WrapValidator(_checked)]
