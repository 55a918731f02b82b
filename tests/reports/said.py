"""Whether the summary of a finished run says what the run's tables say, each number worked out again."""

from __future__ import annotations

from pathlib import Path

from reports import expected
from reports.test_summary import plain, shown

from segkit import texts
from segkit.project import Project
from segkit.reports.summary import describe_quarter, read_tables
from segkit.reports.summary_facts import Evidence

SEVERAL = ("summary.tile_percent", "summary.tile_range", "summary.tile_up", "summary.tile_down")  # of several KPIs


def check_summary(folder: Path, quarter: str) -> int:
    """Return how many sentences of ``summary.html`` were worked out again; fails where one says something else."""
    project = Project(folder)
    tables = read_tables(project.run_folder(quarter))
    page = (project.report_folder(quarter) / "summary.html").read_text("utf-8")
    facts = describe_quarter(Evidence(tables, project.settings), {"is_draft": True, "run_id": ""})
    keys = {fact.key for fact in facts if fact.key not in SEVERAL}
    checked = [key for key in sorted(keys) if callable(expected.EXPECTED.get(key, ("", None))[1])]
    main = project.settings.segmentations.primary
    of_main = {
        name: frame[frame["segmentation_id"] == main].reset_index(drop=True) if "segmentation_id" in frame else frame
        for name, frame in tables.items()
    }
    for key in checked:
        found = expected.EXPECTED[key][1](of_main)
        for numbers in found if isinstance(found, list) else [found]:
            for language in texts.LANGUAGES:
                said = plain(texts.say(key, language, project.settings.currency, **numbers))
                assert said in shown(page, language), key
    return len(checked)
