"""A wish of the browser worked out in the background: a first answer from a sample, then the full one."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from segkit.segments.explore.dress import Dressed
from segkit.segments.explore.duration import AT_ONCE, LONG
from segkit.segments.explore.trial import Step, Trial
from segkit.settings.account_segmentation import AccountSegmentation
from segkit.widgets.explorer.session import Session
from segkit.widgets.explorer.worker import Worker

Send = Callable[..., None]


class Trying:
    """Works out wishes one at a time; a newer one ends the older.

    Parameters
    ----------
    send : callable
        Takes messages for the browser.
    show : callable
        Shows the session's trial; True: more is to come.
    """

    def __init__(self, session: Session, send: Send, show: Callable[[bool], None]):
        self._session, self._send, self._show = session, send, show
        self.worker = Worker()

    def answer(self, message: dict[str, Any]) -> None:
        """Check a wish and work it out; one that takes long gets a first answer, the rest only after asking."""
        session = self._session
        wished, problem = session.read_wish(message.get("wish"))
        if problem is not None or wished is None:
            self.worker.cancel()
            self._tell(*(problem or ("explore.warn_not_understood", {})))
            return
        seconds, has_first = session.estimate(wished), session.has_first(wished)
        is_asked = seconds > LONG and not message.get("is_sure")
        if is_asked and not has_first:
            self._ask(seconds)
            return
        words = session.say("explore.takes", seconds=max(1, round(seconds))) if seconds > AT_ONCE else ""
        self._send({"kind": "busy", "share": 0.02, "words": words, "seconds": seconds})
        _Attempt(self, session, wished, seconds, words, is_asked).begin(has_first)

    def cancel(self, _: dict[str, Any]) -> None:
        """End what is under way; a first answer stays."""
        self.worker.cancel()
        self._send({"kind": "idle"})
        self._tell("explore.cancelled", {}, level="note")
        if self._session.shown.trial.is_first:
            self._show(False)  # last: it offers to work it out in full

    def _ask(self, seconds: float) -> None:
        self._send({"kind": "ask", "text": self._session.say("explore.ask_long", seconds=round(seconds))})

    def _tell(self, key: str, numbers: dict[str, Any], level: str = "warn") -> None:
        self._send({"kind": "told", "where": "try", "level": level, "text": self._session.say(key, **numbers)})


class _Attempt:
    """One wish on its way; its first answer and its full one have the same number."""

    def __init__(
        self,
        trying: Trying,
        session: Session,
        wished: AccountSegmentation,
        seconds: float,
        words: str,
        is_asked: bool,
    ):
        self._trying, self._session, self._wished = trying, session, wished
        self._seconds, self._words, self._is_asked = seconds, words, is_asked
        shown = session.history.shown
        is_again = shown is not None and shown.trial.is_first and shown.trial.settings == wished
        self._before: Dressed | None = shown
        self._number = shown.number if shown is not None and is_again else session.history.count + 1
        self._begun = time.perf_counter()

    def begin(self, has_first: bool) -> None:
        """Start in the background."""
        first = ("only" if self._is_asked else "before") if has_first else ""
        steps = self._session.steps(self._wished, first)
        self._trying.worker.start(steps, self._step, self._end, self._fail)

    def _step(self, step: Step) -> None:
        if step.trial is not None:
            self._hold(step.trial)
            if step.trial.is_first:
                self._correct(step.trial)
            if not (step.trial.is_first and self._is_asked):
                self._trying._show(True)
        share = step.done / step.of
        self._trying._send({"kind": "busy", "share": share, "words": self._words, "seconds": self._seconds})

    def _hold(self, trial: Trial) -> None:
        """Put a trial into the session: the full answer in the place of the first one."""
        history = self._session.history
        dressed = self._session.dress(trial, self._number, self._before)
        if history.shown is not None and history.shown.number == self._number:
            history.replace(dressed)
        else:
            history.add(dressed)
        self._before = dressed

    def _correct(self, trial: Trial) -> None:
        """Say how long the rest takes on a machine that needed so long for the first answer."""
        session, now = self._session, time.perf_counter()
        n = len(trial.segments)
        self._seconds = session.clock.corrected(self._seconds, session.clock.first(n), now - self._begun)
        self._begun = now
        if self._seconds > AT_ONCE:
            told = {"n": trial.n_fitted, "of": n, "seconds": max(1, round(self._seconds))}
            self._words = session.say("explore.first_takes", **told)

    def _end(self, found: Trial | tuple[str, dict[str, Any]]) -> None:
        trying = self._trying
        if self._is_asked:
            trying._show(False)
            trying._ask(self._seconds)
        elif not isinstance(found, Trial):
            trying._tell(*found)
        else:
            self._hold(found)
            self._session.clock.learn(self._seconds, time.perf_counter() - self._begun)
            trying._show(False)

    def _fail(self, failure: BaseException) -> None:
        reason = f"{type(failure).__name__}: {failure}"[:200]
        self._trying._tell("explore.warn_failed", {"reason": reason})
