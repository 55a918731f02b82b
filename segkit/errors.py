"""Mistakes in data or settings, told in the user's words."""


class UserError(Exception):
    """Wrong input: the command stops with exit code 2 and writes nothing.

    Parameters
    ----------
    problems : str or list of str
        Each problem names table, column, rows and the remedy. All problems of a step are told at once.
    """

    def __init__(self, problems: str | list[str]):
        self.problems = [problems] if isinstance(problems, str) else list(problems)
        super().__init__("\n".join(self.problems))


class StageError(Exception):
    """A stage of a run failed: exit code 1, the last good run is untouched."""


class Problems:
    """Collects problems, so that the user reads all of them at once."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def add(self, text: str) -> None:
        """Note one more problem."""
        if text not in self.texts:
            self.texts.append(text)

    def raise_if_any(self) -> None:
        """Raise a `UserError` with everything noted so far; nothing happens without problems."""
        if self.texts:
            raise UserError(self.texts)
