"""Working in the background: one trial at a time, a newer one ends the older."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from typing import Any


class Worker:
    """Runs a generator of steps in a thread; what an older one still finds out after a newer one began is dropped.

    Parameters
    ----------
    is_threaded : bool
        False: work is done before `start` returns, for tests.
    """

    def __init__(self, is_threaded: bool = True):
        self._is_threaded = is_threaded
        self._lock = threading.Lock()
        self._ticket = 0
        self._thread: threading.Thread | None = None

    def start(
        self,
        steps: Generator[Any, None, Any],
        on_step: Callable[[Any], None],
        on_end: Callable[[Any], None],
        on_failure: Callable[[BaseException], None],
    ) -> None:
        """Begin; `on_step` sees what the generator yields, `on_end` what it returns."""
        with self._lock:
            self._ticket += 1
            ticket = self._ticket
        arguments = (ticket, steps, on_step, on_end, on_failure)
        if not self._is_threaded:
            self._work(*arguments)
            return
        self._thread = threading.Thread(target=self._work, args=arguments, daemon=True)
        self._thread.start()

    def cancel(self) -> None:
        """End what is under way at its next step; nothing more is heard of it."""
        with self._lock:
            self._ticket += 1

    def wait(self, seconds: float) -> None:
        """Wait for what is under way."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _work(self, ticket: int, steps: Generator[Any, None, Any], on_step, on_end, on_failure) -> None:
        from threadpoolctl import threadpool_limits

        try:
            with threadpool_limits(limits=1):
                while self._is_current(ticket):
                    try:
                        step = next(steps)
                    except StopIteration as end:
                        self._tell(ticket, on_end, end.value)
                        return
                    self._tell(ticket, on_step, step)
            steps.close()
        except Exception as failure:  # noqa: BLE001 - a thread has nobody else who would hear of it
            self._tell(ticket, on_failure, failure)

    def _is_current(self, ticket: int) -> bool:
        return ticket == self._ticket

    def _tell(self, ticket: int, listener: Callable[[Any], None], what: Any) -> None:
        with self._lock:
            if self._is_current(ticket):
                listener(what)
