"""`segkit run` and `segkit adopt` from a widget: in a process of their own, line by line, and they can be ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable

LIVES = "SEGKIT_"
"""Variables of the notebook's own life; a run of its own must not inherit them."""


class Command:
    """One command of segkit.

    Parameters
    ----------
    arguments : list of str
        After ``segkit``.
    on_line : callable
        Takes each line as it comes.
    on_end : callable
        Takes the exit code and what was written as an error.
    """

    def __init__(
        self, arguments: list[str], on_line: Callable[[str], None], on_end: Callable[[int, str], None]
    ) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(LIVES)}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "segkit", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            errors="replace",
            env=kept | {"PYTHONIOENCODING": "utf-8", "PYTHONUNBUFFERED": "1"},
        )
        self._errors: list[str] = []
        self._on_line, self._on_end = on_line, on_end
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    @property
    def is_running(self) -> bool:
        """Whether it is still at work."""
        return self._process.poll() is None

    def stop(self) -> None:
        """End it as Ctrl-C does: the last good run stays as it was."""
        if self.is_running:
            self._process.send_signal(signal.SIGINT if os.name != "nt" else signal.SIGTERM)

    def wait(self, seconds: float) -> None:
        """Wait until it has ended and was heard out."""
        self._listener.join(seconds)

    def _listen(self) -> None:
        errors = threading.Thread(target=self._hear_errors, daemon=True)
        errors.start()
        for line in self._process.stdout or ():
            self._on_line(line.rstrip())
        code = self._process.wait()
        errors.join(5)
        self._on_end(code, "\n".join(self._errors).strip())

    def _hear_errors(self) -> None:
        for line in self._process.stderr or ():
            self._errors.append(line.rstrip())
