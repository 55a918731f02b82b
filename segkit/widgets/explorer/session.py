"""One person's session in the explorer: what is in force, what was tried, in which language it is shown."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segkit.charts.theme import SEGMENT_COLOURS
from segkit.project import Project
from segkit.segments.explore.dress import NONE, Dressed, dress_trial
from segkit.segments.explore.duration import Clock
from segkit.segments.explore.history import History
from segkit.segments.explore.trial import FIRST_ROWS, Trial, rows_fitted, try_out
from segkit.segments.explore.wish import OF_ALL, THRESHOLDS, WHOLE, read_wish
from segkit.segments.grid import BY_RULE
from segkit.settings.account_segmentation import AccountSegmentation
from segkit.settings.combined_segmentation import CombinedSegmentation
from segkit.settings.person_segmentation import PersonSegmentation
from segkit.texts import LANGUAGES, say
from segkit.widgets.explorer.keeping import Decisions
from segkit.widgets.explorer.material import Material, account_segmentations, method_names, read_material

if TYPE_CHECKING:
    import numpy as np

    from segkit.run import Run


class Session:
    """The state behind one explorer; nothing here knows the browser."""

    def __init__(self, run: Run, folder: Path, segmentation_id: str = ""):
        self.run, self.folder = run, folder
        self.language, self.currency = run.settings.language, run.settings.currency
        self.segmentations = account_segmentations(run)
        self.clock = Clock()
        self.picked: np.ndarray | None = None
        self.axes: list[str] = []
        chosen = segmentation_id or run.settings.segmentations.primary
        self.choose(chosen if chosen in self.segmentations else next(iter(self.segmentations)))

    def choose(self, segmentation_id: str) -> None:
        """Begin anew with a segmentation."""
        self.material: Material = read_material(self.run, segmentation_id)
        self.decisions = Decisions(self.folder / "decisions", segmentation_id, self.run.quarter)
        self.history = History()
        self.left = 0
        self.picked, self.axes = None, []

    @property
    def official_settings(self) -> AccountSegmentation:
        """The settings of project.yml from which a scenario differs, with the criteria in force."""
        held = Project(self.folder).settings.segmentations.by_id.get(self.material.segmentation_id)
        settings = held if isinstance(held, AccountSegmentation) else self.segmentations[self.material.segmentation_id]
        is_chosen = settings.criteria == "chosen"
        return settings.model_copy(update={"criteria": self.material.settings.criteria}) if is_chosen else settings

    def name_of(self, segment: str) -> str:
        """Return what a segment in force is called: as somebody decided, else as in the run."""
        names = self.decisions.names().get(segment) or self.material.force.names[segment]
        return names[LANGUAGES.index(self.language)]

    def decided(self) -> list[dict[str, Any]]:
        """Return the segments in force with their names in both languages, and the note that holds."""
        names, notes, force = self.decisions.names(), self.decisions.notes(), self.material.force
        return [
            {
                "id": segment,
                "colour": force.colours[segment],
                **dict(zip(("name_de", "name_en"), names.get(segment, force.names[segment]), strict=True)),
                "note": notes.get(segment, {}).get("note", ""),
                "noted": self.say("explore.noted", **notes[segment]) if segment in notes else "",
            }
            for segment in force.ids
            if segment != NONE
        ]

    def say(self, key: str, **numbers: Any) -> str:
        """Return a sentence in the language shown; thresholds are named as people read them."""
        told = {name: numbers[name] for name in numbers}
        for name in ("threshold", "other"):
            if isinstance(told.get(name), str) and told[name] in THRESHOLDS:
                told[name] = say(f"explore.{told[name]}", self.language)
        return say(key, self.language, self.currency, **told)

    @property
    def shown(self) -> Dressed:
        """The trial shown, else what is in force."""
        return self.history.shown or self.material.force

    def find(self, number: int) -> Dressed:
        """Return the trial of a number; what is in force for 0 and for unknown ones."""
        return self.history.find(number) or self.material.force

    @property
    def n_open(self) -> int:
        """Accounts that no rule sets apart."""
        return int((~_is_apart(self.material.force)).sum())

    def read_wish(self, asked: Any) -> tuple[AccountSegmentation | None, tuple[str, dict[str, Any]] | None]:
        """Return the settings that a wish means, or what is wrong with it."""
        material = self.material
        return read_wish(asked, material.settings, list(material.offered), self.n_open)

    def estimate(self, wished: AccountSegmentation) -> float:
        """Return the seconds that a trial is likely to take."""
        n_fitted, k = rows_fitted(wished, self.n_open), wished.n_segments or 5
        return self.clock.estimate(wished.method, len(self.material.features), n_fitted, k, len(wished.criteria))

    def has_first(self, wished: AccountSegmentation) -> bool:
        """Return whether a first answer from a sample comes before the full one: that would take noticeably longer."""
        shown = self.shown.trial
        if shown.is_first and shown.settings == wished or rows_fitted(wished, self.n_open) <= FIRST_ROWS:
            return False
        return self.clock.is_first_sooner(len(self.material.features), self.estimate(wished))

    def steps(self, wished: AccountSegmentation, first: str = "") -> Generator[Any, None, Any]:
        """Return the steps of a trial, with a first answer before the full one or alone where that is wished."""
        return try_out(self.material.features, wished, self.run.settings.seed, first)

    def warm_up(self) -> Generator[Any, None, None]:
        """Load what the first trial needs while nobody waits."""
        material = self.material
        quick = material.settings.model_copy(update={"method": "kmeans", "n_segments": 2})
        yield from try_out(material.features.head(200), quick, self.run.settings.seed)
        import sklearn.mixture  # noqa: F401 - loaded ahead, as a first use of it costs a third of a second

    def dress(self, trial: Trial, number: int, before: Dressed | None) -> Dressed:
        """Return a trial with names and colours."""
        material = self.material
        titles = {name: criterion.names for name, criterion in material.offered.items()}
        return dress_trial(trial, material.features, material.force, before, SEGMENT_COLOURS, number, titles)

    def wish_of(self, dressed: Dressed) -> dict[str, Any]:
        """Return the controls' values of a trial."""
        settings = dressed.trial.settings
        n_fitted = len(settings.criteria) and (settings.n_segments or 5)
        return {
            "method": dressed.trial.model["method"],  # of the run, also where an adoption waits for the next one
            "n_segments": n_fitted or 5,
            "criteria": dict(settings.criteria),
            "weigh_by": settings.weigh_by,
            "thresholds": {name: getattr(settings, name) for name in THRESHOLDS},
        }

    def controls(self) -> dict[str, Any]:
        """Return what there is to choose from, in the language shown."""
        place = LANGUAGES.index(self.language)
        methods = [(n, t) for n, t in method_names(self.language) if n != "rules" or self.material.settings.rules]
        criteria = [
            {
                "id": name,
                "name": criterion.names[place],
                "is_chosen": criterion.is_chosen,
                "is_sensitive": criterion.is_sensitive,
            }
            for name, criterion in self.material.offered.items()
        ]
        thresholds = [
            {
                "id": name,
                "name": say(f"explore.{name}", self.language),
                "unit": "%" if name.endswith("_share") else "",
                "low": low,
                "high": high,
                "step": 1 if name in WHOLE else 0.05 if name.endswith("_ratio") else 0.01,
                "is_of_all": name in OF_ALL,
            }
            for name, (low, high) in THRESHOLDS.items()
        ]
        names = {n: entry.name or say_segmentation(n, self.language) for n, entry in self.segmentations.items()}
        return {
            "methods": methods,
            "criteria": criteria,
            "thresholds": thresholds,
            "segmentations": list(names.items()),
            "segmentation": self.material.segmentation_id,
            "elsewhere": say_elsewhere(self.run.settings.segmentations.by_id, self.language),
            "most": max(2, min(12, self.n_open // 10)),
        }


def say_segmentation(name: str, language: str) -> str:
    """Return what a segmentation without a name of its own is called."""
    return say("explore.segmentation_value", language) if name == "value" else name


def say_elsewhere(entries: Mapping[str, Any], language: str) -> list[str]:
    """Return a sentence for the segmentations of persons, and one for combined ones: why they are not tried here."""
    told = []
    for key, kind in (("person", PersonSegmentation), ("combined", CombinedSegmentation)):
        names = [entry.name or name for name, entry in entries.items() if isinstance(entry, kind)]
        told += [say(f"explore.not_here_{key}", language, names=", ".join(names))] if names else []
    return told


def _is_apart(dressed: Dressed) -> Any:
    import numpy as np

    return np.isin(dressed.trial.segments, BY_RULE)
