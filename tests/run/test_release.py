"""Release as users do it: sign, late bookings arrive, what was signed stays, what changed is listed, sign again.

On the company of twelve accounts, with the real stages up to the segments in one notebook and without charts.
"""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pandas as pd
import pytest
import tiny

OLD, NEW = "2025Q4", "2026Q1"
LATE = ["K105;R9001;15.12.2025;A11;3;1234,56", "K199;R9002;28.12.2025;A11;3;-99,99"]
SIGN = ("--by", "Anna Weber", "--note", "mit dem Controlling abgestimmt")
AGAIN = ("--by", "B. Schmid", "--note", "Nachbuchung geprüft")


@dataclass
class Story:
    """What happened: what each command said, and what the folders held at that moment."""

    folder: Path
    said: dict[str, tiny.Answer]
    held: dict[str, dict[str, str]]

    def do(self, step: str, command: str, *arguments: object) -> None:
        self.said[step] = tiny.segkit_here(command, self.folder, *arguments)

    def keep(self, step: str, place: str) -> None:
        self.held[step] = tiny.contents(self.folder / place)

    def note(self, name: str, place: str) -> None:
        self.held[name] = {"": (self.folder / place).read_text("utf-8")}

    def state(self, quarter: str) -> dict:
        entries = json.loads(tiny.segkit_here("status", self.folder, "--json").text)
        return next(entry for entry in entries if entry["quarter"] == quarter)


def write_notebook(path: Path) -> Path:
    """What the notebooks of data, value and segments compute, without their charts, in one kernel."""
    source = Path(__file__).parents[2] / "notebooks"
    names = ("01_data_cleansing", "02_customer_value", "03_criteria_selection", "04_clustering")
    books = [nbformat.read(source / f"{name}.ipynb", as_version=4) for name in names]
    heads = [c for c in books[0].cells if "parameters" in c.metadata.get("tags", [])]
    opened = [
        c for book in (books[0], books[-1]) for c in book.cells if c.cell_type == "code" and "open_run(" in c.source
    ]
    work = [
        c for book in books for c in book.cells if "compute" in c.metadata.get("tags", []) and "_chart" not in c.source
    ]
    books[0].cells = [*heads, *opened, *work]
    nbformat.write(books[0], path)
    return path


def restatements(folder: Path, quarter: str) -> pd.DataFrame:
    return pd.read_parquet(folder / "runs" / quarter / "tables" / "restatements.parquet")


@pytest.fixture(scope="module")
def story(tmp_path_factory) -> Story:
    folder = tiny.write_project(tmp_path_factory.mktemp("release") / "tiny")
    s = Story(folder, {}, {})
    chosen = [write_notebook(tmp_path_factory.mktemp("notebooks") / "01_all.ipynb")]
    with pytest.MonkeyPatch.context() as patch:
        for module in ("batch", "overview"):
            patch.setattr(f"segkit.{module}.notebooks", lambda: chosen)
        s.do("first", "run", "--quarter", OLD)
        s.note("draft page", f"reports/{OLD}/index.html")
        s.do("signed", "release", "--quarter", OLD, *SIGN)
        s.do("signed twice", "release", "--quarter", OLD, *AGAIN)
        s.do("unchanged", "run", "--quarter", OLD)
        s.note("released page", f"reports/{OLD}/index.html")
        s.keep("released run", f"runs/{OLD}")
        s.keep("released pages", f"reports/{OLD}")

        (folder / "raw" / "invoices_late.csv").write_text("\n".join([tiny.HEADER, *LATE]) + "\n", encoding="utf-8")
        s.do("next", "run", "--quarter", NEW)
        s.do("status when late", "status")
        s.do("again", "run", "--quarter", OLD)
        s.held["state when restated"] = s.state(OLD)
        s.keep("kept run", "runs/.released")
        s.keep("kept pages", "reports/released")
        s.note("restating page", f"reports/{OLD}/index.html")
        s.do("diff", "diff", f"{NEW}@released", NEW)
        s.do("stale", "release", "--quarter", NEW, *SIGN)
        s.do("signed again", "release", "--quarter", OLD, *AGAIN)
        s.do("status at last", "status")
        s.held["state at last"] = s.state(OLD)
    return s


def test_a_run_is_a_draft_until_it_is_signed(story):
    assert (
        "is-draft" in story.held["draft page"][""]
        and "Entwurf – noch nicht freigegeben" in story.held["draft page"][""]
    )
    signed = story.said["signed"]
    assert signed.code == 0 and signed.text.startswith(f"{OLD} is released by Anna Weber: run ")
    assert "as of 2025-12-31, complete." in signed.text
    page = story.held["released page"][""]
    assert "Freigegeben von Anna Weber" in page and "watermark" not in page.partition("</style>")[2]
    twice = story.said["signed twice"]
    assert twice.code == 2 and "is released already, by Anna Weber on 20" in twice.text


def test_a_release_does_not_make_the_run_another_one(story):
    assert story.said["unchanged"].text.startswith(f"{OLD}  unchanged")


def test_the_next_quarter_lists_exactly_the_late_bookings(story):
    rows = restatements(story.folder, NEW).set_index("account_id")
    assert sorted(rows.index) == ["K105", "K199"] and set(rows["quarter"]) == {OLD}
    assert rows["difference"].to_dict() == {"K105": 1234.56, "K199": -99.99}
    assert (rows["released_by"] == "Anna Weber").all() and pd.isna(rows.loc["K199", "revenue_before"])
    assert "released, stale" in story.said["status when late"].text
    assert "2 released figure(s) have changed" in story.said["status when late"].text


def test_restatements_add_up_to_the_cent(story):
    money = []
    for place in (next((story.folder / "runs" / ".released").iterdir()), story.folder / "runs" / NEW):
        panel = pd.read_parquet(place / "tables" / "account_features.parquet")
        money.append(panel.loc[panel["quarter"] == OLD, "revenue_q"].sum())
    assert round(float(restatements(story.folder, NEW)["difference"].sum()), 2) == round(float(money[1] - money[0]), 2)


def test_what_was_released_stays_byte_for_byte(story):
    for kind in ("run", "pages"):
        before, kept = story.held[f"released {kind}"], story.held[f"kept {kind}"]
        assert {path.partition("/")[2]: sha for path, sha in kept.items()} == before
        assert len({path.partition("/")[0] for path in kept}) == 1


def test_the_new_run_of_a_released_quarter_is_a_draft_that_says_what_it_restates(story):
    state = story.held["state when restated"]
    assert state["state"] == "draft" and state["restates"]["author"] == "Anna Weber" and state["n_restated"] == 2
    page = story.held["restating page"][""]
    assert "Dieser Entwurf ersetzt die Freigabe vom" in page and 'href="restatement.html"' in page
    assert story.said["diff"].code == 2 and f"There is no released run of {NEW}" in story.said["diff"].text
    assert story.said["stale"].code == 2 and "previous:table:segments" in story.said["stale"].text


def test_the_second_release_is_recorded_as_a_restatement(story):
    said = story.said["signed again"]
    assert said.code == 0, said.text
    assert "It restates the release of" in said.text and "2 account(s) changed" in said.text
    assert "difference €1,134.57" in said.text
    state = story.held["state at last"]
    assert state["state"] == "released" and state["released_by"] == "B. Schmid"
    assert "restates the release of" in story.said["status at last"].text
    lines = (story.folder / "decisions" / "releases.csv").read_text("utf-8-sig").splitlines()
    assert [line.split(";")[2] for line in lines[1:]] == ["Anna Weber", "B. Schmid"]


def test_the_report_is_one_small_folder_and_one_file_to_attach(story):
    folder = story.folder / "reports" / OLD
    names = {path.name for path in folder.iterdir() if path.is_file()}  # the rules for other systems go by no mail
    assert {"index.html", "summary.html", "restatement.html", f"zwoelf-co-kg_{OLD}.xlsx"} <= names
    with zipfile.ZipFile(folder / f"zwoelf-co-kg_{OLD}.zip") as packed:
        assert {Path(name).name for name in packed.namelist()} == names - {"run.json", f"zwoelf-co-kg_{OLD}.zip"}
    assert sum(path.stat().st_size for path in folder.iterdir()) < 5_000_000
    draft = story.folder / "reports" / NEW
    assert [path.name for path in draft.glob("*.zip")] == [f"zwoelf-co-kg_{NEW}_entwurf.zip"]


@pytest.mark.parametrize(
    ("quarter", "by", "note", "said"),
    [
        ("2024Q1", "A", "b", "There is no run of 2024Q1 to release. Runs: 2025Q4, 2026Q1."),
        (NEW, " ", "b", "--by and --note must not be empty"),
        (NEW, "A", "", "--by and --note must not be empty"),
        (f"{NEW}@idea", "A", "b", "a scenario is never released"),
    ],
)
def test_what_cannot_be_signed(story, quarter, by, note, said):
    before = (story.folder / "decisions" / "releases.csv").read_bytes()
    answer = tiny.segkit_here("release", story.folder, "--quarter", quarter, "--by", by, "--note", note)
    assert answer.code == 2 and said in answer.text
    assert (story.folder / "decisions" / "releases.csv").read_bytes() == before
