"""What was tried in a session, one after the other, with a way back and forth."""

from __future__ import annotations

from dataclasses import dataclass, field

from segkit.segments.explore.dress import Dressed

MOST = 30


@dataclass
class History:
    """Trials in the order of the session; `place` is the one shown, −1 before the first.

    A trial after a step back takes the place of those that were undone, as everywhere.
    """

    trials: list[Dressed] = field(default_factory=list)
    place: int = -1
    count: int = 0

    def add(self, trial: Dressed) -> None:
        """Show a trial after the present one; what was undone is gone, and the oldest of more than thirty."""
        self.trials = [*self.trials[: self.place + 1], trial][-MOST:]
        self.place = len(self.trials) - 1
        self.count = max(self.count, trial.number)

    def replace(self, trial: Dressed) -> None:
        """Put a trial that is further worked out in the place of the one with its number."""
        self.trials = [trial if held.number == trial.number else held for held in self.trials]

    @property
    def shown(self) -> Dressed | None:
        """The trial shown, or None."""
        return self.trials[self.place] if self.place >= 0 else None

    @property
    def can_undo(self) -> bool:
        """Whether there is a trial, or the segmentation in force, to go back to."""
        return self.place >= 0

    @property
    def can_redo(self) -> bool:
        """Whether an undone trial can come back."""
        return self.place < len(self.trials) - 1

    def undo(self) -> Dressed | None:
        """Go one trial back."""
        self.place -= self.can_undo
        return self.shown

    def redo(self) -> Dressed | None:
        """Go one trial forth again."""
        self.place += self.can_redo
        return self.shown

    def find(self, number: int) -> Dressed | None:
        """Return the trial of a number."""
        return next((held for held in self.trials if held.number == number), None)
