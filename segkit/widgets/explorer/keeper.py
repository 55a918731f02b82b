"""From a trial to a scenario, its run, and its adoption."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from segkit.project import Project
from segkit.run import Run
from segkit.segments.explore.beside import compare
from segkit.segments.explore.scenario import make_patch, suggest_name
from segkit.settings import read_patch
from segkit.widgets.explorer.commands import Command
from segkit.widgets.explorer.keeping import keep_scenario, one_line, scenarios_of
from segkit.widgets.explorer.material import Material, read_force, read_material
from segkit.widgets.explorer.session import Session

NOTEBOOKS = 9  # of a run, for its progress
CHANGED = {"decisions:moves": "moves", "decisions:names": "names", "settings": "settings", "sources": "sources"}
Problem = tuple[str, dict[str, Any]]
STALE = re.compile(r"The (official run|run) .*is stale, because this has changed since: (.+?)\. Renew it")
"""What `segkit adopt` says where a run has to be renewed first."""
LINE = re.compile(r"^\d{4}Q\d  (\w+)\s")


class Keeper:
    """Answers to everything that keeps, runs and adopts; `send` takes messages for the browser."""

    def __init__(self, session: Session, send: Callable[..., None]):
        self._session, self._send = session, send
        self._command: Command | None = None
        self.answers: dict[str, Callable[[dict[str, Any]], None]] = {
            "keep": self.keep,
            "run": self.run,
            "stop": self.stop,
            "adopt": self.adopt,
        }

    def scenarios(self) -> list[dict[str, Any]]:
        """Return the scenarios: name, and whether there is a run of this quarter."""
        folder, quarter = self._session.folder, self._session.run.quarter
        found = []
        for name in scenarios_of(folder):
            run = folder / "scenarios" / name / "runs" / quarter.label
            found.append({"name": name, "is_run": (run / "manifest.json").exists()})
        return found

    def keep(self, message: dict[str, Any]) -> None:
        """Keep the trial shown as a scenario."""
        session, name = self._session, one_line(message.get("name"))
        trial = session.shown.trial
        if trial.is_first:
            self._tell("explore.warn_first", {})
            return
        patch = make_patch(session.material.segmentation_id, session.official_settings, trial.settings)
        problem = keep_scenario(session.folder, name, patch, bool(message.get("may_replace")))
        if problem is not None:
            self._tell(*problem, suggested=suggest_name(name))
            return
        self._send({"kind": "scenarios", "scenarios": self.scenarios(), "chosen": name})
        self._tell("explore.kept", {"name": name}, level="good")

    def run(self, message: dict[str, Any]) -> None:
        """Run a scenario, or with an empty name the official run, and tell how far it is."""
        session, name = self._session, one_line(message.get("name"))
        if name and name not in scenarios_of(session.folder):
            self._tell("explore.warn_no_scenario", {})
            return
        if self._is_busy():
            return
        option = ["--scenario", name] if name else []
        quarter, done = session.run.quarter.label, [0]
        self._progress(0.02, session.say("explore.running", name=name) if name else session.say("explore.renewing"))

        def on_line(line: str) -> None:
            found = LINE.match(line)
            if found and found[1] not in ("done", "unchanged"):
                done[0] += 1
                self._progress(min(done[0] / NOTEBOOKS, 0.98), session.say("explore.run_step", step=found[1]))

        def on_end(code: int, errors: str) -> None:
            self._ended(code, errors, "explore.ran" if name else "explore.renewed", name)

        self._command = Command(["run", str(session.folder), "--quarter", quarter, *option], on_line, on_end)

    def adopt(self, message: dict[str, Any]) -> None:
        """Adopt a scenario: signed and explained."""
        session = self._session
        name, by, note = (one_line(message.get(key)) for key in ("name", "author", "note"))
        if name not in scenarios_of(session.folder):
            self._tell("explore.warn_no_scenario", {})
        elif not any(entry["name"] == name and entry["is_run"] for entry in self.scenarios()):
            self._tell("explore.warn_not_run", {"name": name})
        elif not by:
            self._tell("explore.warn_author", {})
        elif not note:
            self._tell("explore.warn_reason", {})
        elif not self._is_busy():
            self._progress(0.3, session.say("explore.adopting", name=name))
            arguments = ["adopt", str(session.folder), name, "--by", by, "--note", note]
            arguments += ["--quarter", session.run.quarter.label]
            lines: list[str] = []

            def on_end(code: int, errors: str) -> None:
                self._ended(code, errors, "explore.adopted", name, self._find_stale(errors, name))

            self._command = Command(arguments, lines.append, on_end)

    def stop(self, _: dict[str, Any]) -> None:
        """End what is running; the last good run stays as it was."""
        if self._command is not None:
            self._command.stop()

    def _is_busy(self) -> bool:
        is_busy = self._command is not None and self._command.is_running
        if is_busy:
            self._tell("explore.warn_busy", {})
        return is_busy

    def _find_stale(self, errors: str, name: str) -> Problem | None:
        """Return in words what has to run again before an adoption, where that is why it was refused."""
        found = STALE.search(" ".join(errors.split()))
        if found is None:
            return None
        kinds = [CHANGED.get(what, CHANGED.get(what.partition(":")[0], "other")) for what in found[2].split(", ")]
        told = ", ".join(self._session.say(f"explore.changed_{kind}") for kind in dict.fromkeys(kinds))
        key = "official" if found[1] == "official run" else "scenario"
        return f"explore.warn_stale_{key}", {"what": told, "name": name}

    def _ended(self, code: int, errors: str, key: str, name: str, problem: Problem | None = None) -> None:
        session = self._session
        self._send({"kind": "running", "share": None, "words": ""})
        self._send(
            {
                "kind": "scenarios",
                "scenarios": self.scenarios(),
                "chosen": name,
                "is_adopted": key.endswith("adopted") and not code,
                "is_stale": problem is not None and problem[0].endswith("official"),
            }
        )
        if code in (130, -2):
            self._tell("explore.stopped", {}, level="note", is_end=True)
        elif problem is not None:
            self._tell(*problem, is_end=True)
        elif code:
            last = [line for line in errors.splitlines() if line.strip()][-3:]
            self._tell("explore.warn_command", {"reason": " ".join(last) or f"exit {code}"}, is_end=True)
        else:
            numbers = {"name": name, "quarter": session.run.quarter.label}
            numbers |= self._moved(name) if key == "explore.ran" else {}
            self._tell(key, numbers, level="good", is_end=True)

    def _moved(self, name: str) -> dict[str, Any]:
        """Return how many accounts, with how much revenue, a scenario's run would move."""
        session, quarter = self._session, self._session.run.quarter.label
        material = self._material_of(name)
        run = Run(Project(session.folder, name), session.run.quarter)
        found = compare(material.force, read_force(run, material.segmentation_id, material), material.features)
        return {
            "n": len(found.movers),
            "of": found.n_accounts,
            "revenue": float(found.movers["revenue_12m"].sum()),
            "quarter": quarter,
        }

    def _material_of(self, name: str) -> Material:
        """Return the segmentation that a scenario changes: not the one shown where somebody went on to another."""
        session = self._session
        patch = read_patch(session.folder / "scenarios" / name / "project.yml").get("segmentations") or {}
        touched = [one for one in session.segmentations if one in patch]
        shown = session.material
        return shown if shown.segmentation_id in touched or not touched else read_material(session.run, touched[0])

    def _progress(self, share: float, words: str) -> None:
        self._send({"kind": "running", "share": share, "words": words})

    def _tell(
        self, key: str, numbers: dict[str, Any], level: str = "warn", suggested: str = "", is_end: bool = False
    ) -> None:
        """Say a sentence; what a run or an adoption came to stays on the tab until the next one begins."""
        text = self._session.say(key, **numbers)
        told = {"kind": "told", "where": "keep", "level": level, "text": text, "suggested": suggested}
        self._send(told | {"is_end": is_end})
